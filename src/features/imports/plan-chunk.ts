import type { ImportError } from '../../domain/import.ts'
import { checkDraft } from '../../domain/product.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { toDraft } from '../catalog/draft.ts'
import { listProducts, productsByHandle, toProducts } from '../catalog/queries.ts'
import {
  listUnknownReferences,
  type Naming,
  REFERENCE_FAULTS,
  referencesOf,
  refuseUnknownReferences,
} from '../catalog/references.ts'
import { planSaves, type Save, type SavePlan } from '../catalog/save.ts'
import { isTooBig } from './chunk.ts'
import type { Incoming } from './incoming.ts'
import { findPart, type ImportRow, listClaims, listSkuOwners, type PartRow, type SkuOwner } from './queries.ts'

/** What is the same for every chunk of a part. */
export interface ChunkRun {
  import: Pick<ImportRow, 'id' | 'dryRun' | 'stock'>
  /** Of every product of the part: what they own, the part itself may move. */
  handles: ReadonlySet<string>
}

export interface ChunkPlan {
  writes: Write[]
  results: SavePlan['results']
  /** Products that cannot be saved, each with one error. */
  refusals: ImportError[]
  /** The handles of those that are kept as having been in this part. */
  handles: string[]
  owners: readonly SkuOwner[]
  /** The part as it stands where the plan was made. */
  part: PartRow
}

interface Findings {
  owners: readonly SkuOwner[]
  /** By handle, which other part has had the product. */
  claims: ReadonlyMap<string, number>
  /** What is named and not there: the guard's code by the value. */
  unknown: ReadonlyMap<string, string>
}

/** Reads what is there in one trip and plans what has to change. */
export async function planChunk(
  { db, now, mint }: Context,
  chunk: readonly Incoming[],
  assumed: PartRow,
  run: ChunkRun,
): Promise<ChunkPlan> {
  const skus = chunk.flatMap(({ draft }) => draft.variants.flatMap(({ sku }) => sku ?? []))
  const handles = chunk.map(({ draft }) => draft.handle)
  const named = referencesOf(chunk.map(({ draft }) => ({ draft, before: null })))
  const [parts, owners, claims, missing, ...rows] = await db.read(
    findPart(assumed.importId, assumed.number),
    listSkuOwners(skus),
    listClaims(assumed, handles),
    listUnknownReferences(named),
    ...listProducts(productsByHandle(handles), now),
  )
  const [part] = parts
  if (!part) throw new Error(`part ${assumed.number} of ${assumed.importId} is gone`)
  const findings: Findings = {
    owners,
    claims: new Map(claims.map(({ handle, part: other }) => [handle, other])),
    unknown: new Map(missing.map(({ code, value }) => [value, code])),
  }
  const existing = new Map(toProducts(rows).map((product) => [product.handle, product]))
  const saves: (Save & Naming)[] = []
  const refusals: ImportError[] = []
  for (const incoming of chunk) {
    const product = existing.get(incoming.draft.handle) ?? null
    const merged = product ? await incoming.over(product) : { ok: true as const, draft: incoming.draft }
    const before = product && toDraft(product)
    const why = merged.ok ? findObstacle(incoming, { draft: merged.draft, before }, findings, run) : merged.why
    if (why !== null) refusals.push(refusal(incoming, why))
    else if (merged.ok) saves.push({ draft: merged.draft, existing: product, before })
  }
  const { writes, results } = planSaves(saves, { reference: run.import.id, stock: run.import.stock, now, mint })
  return {
    writes: writes.length === 0 ? [] : [...refuseUnknownReferences(saves), ...writes],
    results,
    refusals,
    handles: handles.filter((handle) => !findings.claims.has(handle)),
    owners,
    part,
  }
}

/** Why a product cannot be saved, as far as it can be told before the database refuses it. */
function findObstacle(
  incoming: Incoming,
  naming: Naming,
  { owners, claims, unknown }: Findings,
  { handles }: ChunkRun,
): string | null {
  const { draft } = naming
  const part = claims.get(draft.handle)
  if (part !== undefined) {
    return `Part ${part} of this import has had the product ${draft.handle}: all of a product goes into one part.`
  }
  if (isTooBig(draft)) return 'The product is larger than can be stored: shorten its description or split its variants.'
  const owner = owners.find((candidate) => isOthers(candidate, incoming) && !handles.has(candidate.handle))
  if (owner) return skuTaken(owner)
  const [fault] = checkDraft(draft)
  if (fault) return `${fault.pointer} ${fault.detail}.`
  return unknown.size === 0 ? null : unknownIn(naming, unknown)
}

function unknownIn(naming: Naming, unknown: Findings['unknown']): string | null {
  const { categories, related, places } = referencesOf([naming])
  const code = [...categories, ...related, ...places].map((value) => unknown.get(value)).find(Boolean)
  return code ? (faultOf(code) ?? null) : null
}

function faultOf(code: string): string | null {
  const fault = REFERENCE_FAULTS[code]
  return fault ? `${fault.pointer} ${fault.detail}.` : null
}

function isOthers({ sku, handle }: SkuOwner, { draft }: Incoming): boolean {
  return handle !== draft.handle && draft.variants.some((variant) => variant.sku === sku)
}

function skuTaken({ sku, handle }: SkuOwner): string {
  return `The SKU ${JSON.stringify(sku)} belongs to the product ${handle}: give this variant another one, or take it from ${handle} first.`
}

/** What the database has refused about a product that stood alone in its commit. */
export function explain(constraint: string, incoming: Incoming, owners: readonly SkuOwner[]): ImportError {
  return refusal(incoming, reasonOf(constraint, incoming, owners))
}

function reasonOf(constraint: string, incoming: Incoming, owners: readonly SkuOwner[]): string {
  switch (constraint) {
    case 'variants.sku': {
      const owner = owners.find((candidate) => isOthers(candidate, incoming))
      return owner ? skuTaken(owner) : 'One of its SKUs was given to another product while the import ran.'
    }
    case 'stock_not_oversold':
      return 'Live checkouts hold more of a variant than the file leaves of it. Import it again when they are over, or with a higher quantity.'
    case 'version_mismatch':
    case 'products.handle':
      return 'Somebody else was changing the product at the same moment. Import it again.'
    default:
      return faultOf(constraint) ?? `The database refuses it: ${constraint}.`
  }
}

function refusal({ line }: Incoming, reason: string): ImportError {
  return { line, column: null, detail: `${reason} Nothing of the product was imported.` }
}
