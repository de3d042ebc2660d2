import type { CustomFieldDefinition } from '../../domain/custom-field.ts'
import type { ImportError } from '../../domain/import.ts'
import { parseJsonText } from '../../platform/http/body.ts'
import { Problem } from '../../platform/http/problem.ts'
import { check } from '../../platform/http/schema.ts'
import { toDraft } from '../catalog/draft.ts'
import { changedDraft, newDraft, type ProductChanges } from '../catalog/from-input.ts'
import { CreateProduct } from '../catalog/inputs.ts'
import type { Incoming, PartFile } from './incoming.ts'
import { shown } from './shopify-cells.ts'

// A longer line is a product that the database would not take either.
const MAX_LINE = 2_000_000
// What one line lists of what is wrong with it.
const MAX_FAULTS = 10

/**
 * Reads JSON Lines: on each line a product in the shape of `createProduct`, known by its handle. What a line names becomes so
 * and what it leaves out stays, as `updateProduct` has it; a product that is not there yet gets the defaults of
 * `createProduct`. Each line is read by itself: one that cannot be used is an error of that line.
 */
export async function readJsonLines(text: string, definitions: readonly CustomFieldDefinition[]): Promise<PartFile> {
  const products: Incoming[] = []
  const errors: ImportError[] = []
  const taken: Taken = { handles: new Map(), skus: new Map() }
  let rows = 0
  let refused = 0
  let line = 0
  for (const content of linesOf(text)) {
    line += 1
    if (content.trim() === '') continue
    rows += 1
    const read = await readLine(content, line, definitions)
    const faults = 'errors' in read ? read.errors : findRepeated(read, taken)
    errors.push(...faults)
    if (faults.length > 0) refused += 1
    else if (!('errors' in read)) products.push(read)
  }
  return { products, rows, refused, errors }
}

/** One after the other, so that no list of them all is made beside the text. */
function* linesOf(text: string): Generator<string> {
  for (let start = text.startsWith('\uFEFF') ? 1 : 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    yield text.slice(start, end < 0 ? text.length : end)
    start = end < 0 ? text.length : end + 1
  }
}

async function readLine(
  content: string,
  line: number,
  definitions: readonly CustomFieldDefinition[],
): Promise<Incoming | { errors: ImportError[] }> {
  if (content.length > MAX_LINE) {
    const detail = `The line has ${content.length} characters, and a product at most ${MAX_LINE}.`
    return { errors: [{ line, column: null, detail }] }
  }
  try {
    const parsed = parseJsonText(content)
    const input = check(CreateProduct(), parsed, '')
    const named = new Set(Object.keys(parsed as object))
    const changes: ProductChanges = Object.fromEntries(Object.entries(input).filter(([field]) => named.has(field)))
    const draft = await newDraft(input, definitions)
    const over = async (product: Parameters<Incoming['over']>[0]) => ({
      ok: true as const,
      draft: await changedDraft(toDraft(product), changes, definitions),
    })
    return { line, draft, over }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { detail = '', errors } = error.init
    const faults = errors ?? [{ pointer: null, detail: detail.replace(/^The body/, 'The line') }]
    const listed = faults.slice(0, MAX_FAULTS).map((fault) => ({ line, column: fault.pointer, detail: fault.detail }))
    return { errors: listed }
  }
}

interface Taken {
  handles: Map<string, number>
  skus: Map<string, number>
}

/** The product that comes first in the part keeps its handle and its SKUs. */
function findRepeated({ line, draft }: Incoming, { handles, skus }: Taken): ImportError[] {
  const first = handles.get(draft.handle)
  if (first !== undefined) {
    return [{ line, column: '/handle', detail: `Line ${first} is already the product ${shown(draft.handle)}.` }]
  }
  const own = draft.variants.flatMap(({ sku }) => sku ?? [])
  const sku = own.find((candidate) => skus.has(candidate))
  if (sku !== undefined) {
    return [{ line, column: '/variants', detail: `The SKU ${shown(sku)} already belongs to line ${skus.get(sku)}.` }]
  }
  handles.set(draft.handle, line)
  for (const each of own) skus.set(each, line)
  return []
}
