import type { CustomFieldDefinition } from '../../domain/custom-field.ts'
import { sanitizeHtml } from '../../platform/html/sanitize.ts'
import type { FileType } from '../../platform/http/body.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import type { Product } from '../catalog/product.ts'
import type { Incoming, PartFile } from './incoming.ts'
import { readJsonLines } from './json-lines.ts'
import { type FileScope, mergeDraft } from './merge.ts'
import { readShopifyCsv, type ShopifyCsv } from './shopify-csv.ts'

/** What products are read with. */
export interface Reading {
  /** Of every price of a table. */
  currency: string
  /** The shop's custom fields. */
  definitions: readonly CustomFieldDefinition[]
}

// What is made of a row is many times as large as a short one: a part is held in memory whole, beside others.
const MAX_ROWS = 20_000
// Values have lines in them too.
const MAX_LINES = 100_000

/** The products of a part. @throws {Problem} invalid_request when nothing of it can be read, or there is too much of it. */
export async function readPart(type: FileType, text: string, { currency, definitions }: Reading): Promise<PartFile> {
  const lines = countLines(text)
  if (type === 'application/jsonl') {
    refuseMore('lines', lines, MAX_ROWS)
    const file = await readJsonLines(text, definitions)
    if (file.rows === 0) throw invalid('/', 'has no line with a product')
    return file
  }
  refuseMore('lines', lines, MAX_LINES)
  const table = await readShopifyCsv(text, { currency, sanitize: sanitizeHtml })
  refuseMore('rows', table.rows, MAX_ROWS)
  refuseUnreadable(table)
  const { fields, isWhole, rows, refused, problems } = table
  const scope = { currency, fields, isWhole }
  const products = table.products.map(
    ({ line, draft }): Incoming => ({ line, draft, over: async (product) => mergeTable(draft, product, scope) }),
  )
  return { products, rows, refused, errors: problems }
}

function countLines(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}

function refuseMore(what: string, count: number, limit: number): void {
  if (count > limit)
    throw invalid('/', `has ${count} ${what}, and one part takes ${limit}: split it between two products`)
}

function mergeTable(draft: Incoming['draft'], product: Product, scope: FileScope) {
  if (product.options.length > 0 && draft.options.length === 0 && !scope.fields.has('option1Name')) {
    const names = product.options.join(', ')
    const why = `The product has options (${names}), and the file no column Option1 Name that says which variant a row is.`
    return { ok: false as const, why }
  }
  return { ok: true as const, draft: mergeDraft(draft, product, scope) }
}

/** Data starts on line 2 at the earliest: a problem on line 1 is one of the header. */
function refuseUnreadable({ products, problems }: ShopifyCsv): void {
  const faults = problems.filter(({ line }) => line === 1)
  if (products.length > 0 || faults.length === 0) return
  const errors = faults.map(({ line, detail }) => ({ pointer: '/', detail: `line ${line}: ${detail}` }))
  throw new Problem('invalid_request', { detail: 'Nothing of the file could be read.', errors })
}
