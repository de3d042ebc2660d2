import type { CommitOptions, Query, Results, Write } from '../db/client.ts'
import { findGeneration, raiseGeneration } from '../generations.ts'
import type { Context } from './context.ts'

/**
 * Commits a change of what storefronts show, in the catalog's next generation. Afterwards this isolate serves nothing older,
 * and the cache in front of the Worker is told.
 * @param tags of public answers that are out of date from now on; none where it only shows in carts.
 * @param subjectId what has changed, where it is one thing.
 */
export async function commitShown<const Reads extends readonly Query[]>(
  { db, cache, purge, shown }: Context,
  {
    writes,
    reads,
    tags,
    subjectId,
  }: { writes: readonly Write[]; reads: Reads; tags: readonly string[]; subjectId?: string },
  options?: CommitOptions,
): Promise<Results<Reads>> {
  const [generation, ...results] = await db.commit(
    [...writes, raiseGeneration()],
    [findGeneration(), ...reads],
    options,
  )
  cache.raiseFloor((generation as { value: number }[])[0]?.value ?? 0)
  purge(tags)
  shown.changed = true
  if (subjectId !== undefined) shown.subjects.add(subjectId)
  return results as Results<Reads>
}
