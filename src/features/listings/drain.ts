import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Context } from '../../platform/http/context.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { listStale } from './queries.ts'
import { RELISTED_AT_ONCE, relistProducts } from './relist.ts'

/**
 * Derives the listings of products that were left for later, chunk by chunk, until none is left or `chunks` are done. Each
 * chunk is one commit: a crash leaves the rest where it stands, and two at once do the same work twice, with one result.
 * @returns how many products were derived.
 */
export async function drainStale(context: Context, chunks: number): Promise<number> {
  const { db, now } = context
  let done = 0
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const [rows] = await db.read(listStale(RELISTED_AT_ONCE))
    if (rows.length === 0) break
    const ids = rows.map(({ productId }) => productId)
    const writes = relistProducts(ids, now)
    // Deriving again what is derived changes nothing. The purge comes once, at the end.
    await commitShown(context, { writes, reads: [], tags: [] }, { repeatable: true })
    done += rows.length
  }
  if (done > 0) context.purge([CATALOG_TAG])
  return done
}

// As many chunks as one request may wait for.
const CHUNKS_AT_ONCE = 10

/**
 * Derives what a change that is committed has left, as far as a request can wait for it. It never fails the request: the
 * change is made, and what is left over is the cron's.
 */
export async function drainAtOnce(context: Context): Promise<void> {
  try {
    await drainStale(context, CHUNKS_AT_ONCE)
  } catch (error) {
    context.log.error('listings_left_stale', error)
  }
}
