import { isId } from '../../domain/id.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Context } from '../../platform/http/context.ts'
import { INDEXED_AT_ONCE, indexDocuments } from './chunk.ts'

/**
 * Brings the search index up to date with products that are marked, chunk by chunk, until none is left or `chunks` are done.
 * Each chunk is one commit: a crash leaves the rest marked, and of two at once one reads again.
 * @param first products that go before all others: somebody is looking at them.
 * @returns how many marks are gone.
 */
export async function drainDocuments(context: Context, chunks: number, first: readonly string[] = []): Promise<number> {
  let done = 0
  let changed = 0
  if (first.length > 0) add(await indexDocuments(context, { productIds: first }))
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    if (!add(await indexDocuments(context, { limit: INDEXED_AT_ONCE }))) break
  }
  // Pages of lists and searches, once for all of them.
  if (changed > 0) context.purge([CATALOG_TAG])
  return done

  function add(indexed: { done: number; changed: number } | null): boolean {
    done += indexed?.done ?? 0
    changed += indexed?.changed ?? 0
    return indexed !== null
  }
}

// Of a large change the rest is the cron's: others wait for this isolate.
const CHUNKS_BEHIND = 5

/** The same behind the answer to a change, what it has changed first. It never fails: what is left over is the cron's. */
export async function drainBehind(context: Context): Promise<void> {
  try {
    await drainDocuments(
      context,
      CHUNKS_BEHIND,
      [...context.shown.subjects].filter((id) => isId('product', id)),
    )
  } catch (error) {
    context.log.error('documents_left_stale', error)
  }
}
