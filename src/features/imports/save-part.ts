import { type ImportCounts, NO_COUNTS } from '../../domain/import.ts'
import { audit } from '../../platform/audit.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError, DatabaseUnavailable } from '../../platform/db/errors.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { announce } from '../../platform/outbox.ts'
import type { SavePlan } from '../catalog/save.ts'
import { CHUNK_PRODUCTS, takeChunk } from './chunk.ts'
import type { Incoming, PartFile } from './incoming.ts'
import { type ChunkPlan, type ChunkRun, explain, planChunk } from './plan-chunk.ts'
import { claimHandles, findPart, movePart, type PartRow } from './queries.ts'

// An invocation may run 1,000 statements. The rest of them is for what follows a change behind the answer.
const MAX_STATEMENTS = 600
const TRIES = 3
// Somebody else saved the same product, or is at the same part: reading again settles it.
const RACES = ['version_mismatch', 'products.handle', 'import_part_moved', 'import_handles.import_id']

/**
 * Saves the products of a part from where it stands, chunk by chunk, as far as one request may go.
 *
 * Each chunk is one commit: the products, their events, the trail, and how far the part has come. So whoever asks again goes
 * on where the last commit has left it, after a crash or a lost answer, or beside somebody else who is at the same part: none
 * is saved twice, and the counts are right. A chunk that the database refuses is tried by halves, until the bad product stands
 * alone: it costs only itself, and a few commits.
 * @returns the part as it stands then: it is over when `done` is `products`.
 * @throws {DatabaseUnavailable} What was committed until then stays.
 */
export async function savePart(
  context: Context,
  start: PartRow,
  file: PartFile,
  of: ChunkRun['import'],
): Promise<PartRow> {
  const run = { import: of, handles: new Set(file.products.map(({ draft }) => draft.handle)) }
  let part = start
  let size = CHUNK_PRODUCTS
  let failures = 0
  let costliest = 0
  while (part.done < part.products) {
    const spent = context.meter.statements
    if (spent + costliest > MAX_STATEMENTS) break
    const chunk = takeChunk(file.products, part.done, size)
    const step = await saveChunk(context, chunk, part, run, failures === TRIES - 1)
    costliest = Math.max(costliest, context.meter.statements - spent)
    if (step.kind === 'moved') {
      part = step.part
      failures = 0
      size = Math.min(CHUNK_PRODUCTS, size * 2)
      continue
    }
    failures += 1
    if (step.kind === 'failed' && failures === TRIES) throw step.error
    if (step.kind === 'refused' && (!step.isRace || failures === TRIES)) {
      size = Math.ceil(chunk.length / 2)
      failures = 0
    }
  }
  return part
}

type Step =
  /** By us, or by somebody else before us. */
  | { kind: 'moved'; part: PartRow }
  | { kind: 'refused'; isRace: boolean }
  | { kind: 'failed'; error: DatabaseUnavailable }

/** @param isLast whether a race that is lost once more is the end of a product that stands alone. */
async function saveChunk(
  context: Context,
  chunk: readonly Incoming[],
  part: PartRow,
  run: ChunkRun,
  isLast: boolean,
): Promise<Step> {
  try {
    const plan = await planChunk(context, chunk, part, run)
    if (plan.part.done !== part.done) return { kind: 'moved', part: plan.part }
    try {
      return { kind: 'moved', part: await commitChunk(context, chunk, plan, run) }
    } catch (error) {
      const [only] = chunk
      if (!(error instanceof ConstraintError) || !only || chunk.length > 1) throw error
      if (RACES.includes(error.constraint) && !isLast) throw error
      return { kind: 'moved', part: await commitRefusal(context, only, plan, error.constraint) }
    }
  } catch (error) {
    // Whether it took effect is seen by where the part stands, when it is read again.
    if (error instanceof DatabaseUnavailable) return { kind: 'failed', error }
    if (!(error instanceof ConstraintError) || error.constraint === 'import_closed') throw error
    return { kind: 'refused', isRace: RACES.includes(error.constraint) }
  }
}

async function commitChunk(
  context: Context,
  chunk: readonly Incoming[],
  plan: ChunkPlan,
  run: ChunkRun,
): Promise<PartRow> {
  const { part, refusals: errors } = plan
  const progress = { products: chunk.length, counts: countsOf(plan), errors }
  const moved = [...movePart(part, progress, context.now), ...claimHandles(part, plan.handles)]
  const reads = [findPart(part.importId, part.number)] as const
  const isShown = plan.writes.length > 0 && !run.import.dryRun
  const writes = isShown ? [...moved, ...plan.writes, ...tell(context, plan.results, run)] : moved
  const [rows] = isShown
    ? await commitShown(context, { writes, reads, tags: [CATALOG_TAG] })
    : await context.db.commit(writes, reads)
  return standing(rows)
}

/** Leaves out a product that stood alone and that the database has refused. */
async function commitRefusal(
  { db, now }: Context,
  incoming: Incoming,
  { part, handles, owners }: ChunkPlan,
  constraint: string,
): Promise<PartRow> {
  const errors = [explain(constraint, incoming, owners)]
  const progress = { products: 1, counts: { ...NO_COUNTS, refused: 1 }, errors }
  const writes = [...movePart(part, progress, now), ...claimHandles(part, handles)]
  const [rows] = await db.commit(writes, [findPart(part.importId, part.number)])
  return standing(rows)
}

function standing([part]: readonly PartRow[]): PartRow {
  if (!part) throw new Error('the part just moved is gone')
  return part
}

function countsOf({ results, refusals }: ChunkPlan): ImportCounts {
  const counts = { ...NO_COUNTS, refused: refusals.length }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}

/** The trail and the events of what has changed. */
function tell({ now, mint, caller, requestId }: Context, results: SavePlan['results'], run: ChunkRun): Write[] {
  const changed = results.filter(({ outcome }) => outcome !== 'unchanged')
  const idsOf = (wanted: string) => changed.flatMap(({ outcome, productId }) => (outcome === wanted ? [productId] : []))
  const change = { created: idsOf('created'), updated: idsOf('updated') }
  const events = changed.map(({ outcome, productId }) => ({ topic: `product.${outcome}`, subjectId: productId }))
  const entry = { actor: actorOf(caller), action: 'products.imported', subjectId: run.import.id, change, requestId }
  return [audit(mint, now, entry), ...announce(mint, now, events)]
}
