import type { ImportError } from '../../domain/import.ts'
import { checkDraft, type ProductDraft } from '../../domain/product.ts'
import { audit } from '../../platform/audit.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import { ConstraintError, DatabaseUnavailable } from '../../platform/db/errors.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { announce } from '../../platform/outbox.ts'
import type { Product } from '../catalog/product.ts'
import { listProducts, productsByHandle, toProducts } from '../catalog/queries.ts'
import { planSaves, type SavePlan } from '../catalog/save.ts'
import { type Incoming, isTooBig } from './chunk.ts'
import { type FileScope, mergeDraft } from './merge.ts'
import { listSkuOwners, type SkuOwner } from './queries.ts'

/** What is the same for every chunk of one import. */
export interface ImportRun extends FileScope {
  id: string
  dryRun: boolean
  stock: 'keep' | 'overwrite'
  /** Of every product in the file: what they own, the file itself may move. */
  handles: ReadonlySet<string>
}

export interface ChunkOutcome {
  outcomes: SavePlan['results'][number]['outcome'][]
  errors: ImportError[]
}

const TRIES = 3
// Somebody else saved the same product since it was read: reading it again settles it.
const RACES = ['version_mismatch', 'products.handle']

/**
 * Saves the products of `chunk` in one commit. If one of them is refused, each half is tried by itself, and so on until
 * the bad one stands alone: it costs only itself, and a few commits. Saving the same products again changes nothing. That makes a lost answer harmless: the chunk is
 * read again, and what there is nothing left to write of has been written.
 * @throws {DatabaseUnavailable} The chunk is then stored whole or not at all; the import may be repeated.
 */
export async function saveChunk(context: Context, chunk: readonly Incoming[], run: ImportRun): Promise<ChunkOutcome> {
  let unanswered: SavePlan['results'] | null = null
  for (let tries = 1; ; tries += 1) {
    const { plan, errors, owners } = await planChunk(context, chunk, run)
    if (plan.writes.length === 0) return { outcomes: outcomesOf(unanswered ?? plan.results), errors }
    if (run.dryRun) return { outcomes: outcomesOf(plan.results), errors }
    try {
      await commitChunk(context, plan, run)
      return { outcomes: outcomesOf(plan.results), errors }
    } catch (error) {
      if (error instanceof DatabaseUnavailable && tries < TRIES) {
        unanswered = plan.results
        continue
      }
      if (!(error instanceof ConstraintError)) throw error
      if (RACES.includes(error.constraint) && tries < TRIES) continue
      const [only] = chunk
      if (chunk.length > 1) return saveHalves(context, chunk, run)
      const reason = only && explain(error.constraint, only, owners)
      if (!reason) throw error
      return { outcomes: [], errors: [...errors, refusal(only, reason)] }
    }
  }
}

async function saveHalves(context: Context, chunk: readonly Incoming[], run: ImportRun): Promise<ChunkOutcome> {
  const middle = Math.ceil(chunk.length / 2)
  const first = await saveChunk(context, chunk.slice(0, middle), run)
  const second = await saveChunk(context, chunk.slice(middle), run)
  return { outcomes: [...first.outcomes, ...second.outcomes], errors: [...first.errors, ...second.errors] }
}

function outcomesOf(results: SavePlan['results']): ChunkOutcome['outcomes'] {
  return results.map(({ outcome }) => outcome)
}

/** Reads what is there and plans what has to change; products that cannot be saved are errors already here. */
async function planChunk({ db, now, mint }: Context, chunk: readonly Incoming[], run: ImportRun) {
  const skus = chunk.flatMap(({ draft }) => draft.variants.flatMap(({ sku }) => sku ?? []))
  const handles = chunk.map(({ draft }) => draft.handle)
  const [owners, ...rows] = await db.read(listSkuOwners(skus), ...listProducts(productsByHandle(handles), now))
  const existing = new Map(toProducts(rows).map((product) => [product.handle, product]))
  const errors: ImportError[] = []
  const saves = chunk.flatMap((incoming) => {
    const product = existing.get(incoming.draft.handle) ?? null
    const draft = product ? mergeDraft(incoming.draft, product, run) : incoming.draft
    const reason = findObstacle(incoming, draft, product, owners, run)
    if (!reason) return [{ draft, existing: product }]
    errors.push(refusal(incoming, reason))
    return []
  })
  return { plan: planSaves(saves, { reference: run.id, stock: run.stock, now, mint }), errors, owners }
}

async function commitChunk(context: Context, { writes, results }: SavePlan, run: ImportRun): Promise<void> {
  const { now, mint, caller, requestId } = context
  const changed = results.filter(({ outcome }) => outcome !== 'unchanged')
  const idsOf = (wanted: string) => changed.flatMap(({ outcome, productId }) => (outcome === wanted ? [productId] : []))
  const change = { created: idsOf('created'), updated: idsOf('updated') }
  const events = changed.map(({ outcome, productId }) => ({ topic: `product.${outcome}`, subjectId: productId }))
  const trail = [
    audit(mint, now, { actor: actorOf(caller), action: 'products.imported', subjectId: run.id, change, requestId }),
    ...announce(mint, now, events),
  ]
  await commitShown(context, { writes: [...writes, ...trail], reads: [], tags: [CATALOG_TAG] })
}

/** Why `draft` cannot be saved, as far as it can be told before the database refuses it. */
function findObstacle(
  incoming: Incoming,
  draft: ProductDraft,
  product: Product | null,
  owners: readonly SkuOwner[],
  { fields, handles }: ImportRun,
): string | null {
  if (product && product.options.length > 0 && draft.options.length === 0 && !fields.has('option1Name')) {
    return `The product has options (${product.options.join(', ')}), and the file no column Option1 Name that says which variant a row is.`
  }
  if (isTooBig(draft)) return 'The product is larger than can be stored: shorten its description or split its variants.'
  const owner = owners.find((candidate) => isOthers(candidate, incoming) && !handles.has(candidate.handle))
  if (owner) return skuTaken(owner)
  const [fault] = checkDraft(draft)
  return fault ? `${fault.pointer} ${fault.detail}.` : null
}

function isOthers({ sku, handle }: SkuOwner, { draft }: Incoming): boolean {
  return handle !== draft.handle && draft.variants.some((variant) => variant.sku === sku)
}

function skuTaken({ sku, handle }: SkuOwner): string {
  return `The SKU ${JSON.stringify(sku)} belongs to the product ${handle}: give this variant another one, or take it from ${handle} first.`
}

function explain(constraint: string, incoming: Incoming, owners: readonly SkuOwner[]): string | null {
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
      return null
  }
}

function refusal({ line }: Incoming, reason: string): ImportError {
  return { line, column: null, detail: `${reason} Nothing of the product was imported.` }
}
