import type { Context } from '../../platform/http/context.ts'
import { expireImports, findUntidied, removeClaims } from './queries.ts'

// An import that nobody has gone on with for this long is over.
const ABANDONED_MS = 7 * 24 * 3600 * 1000
// What one commit removes, in some milliseconds of the database's time, and how many commits one run makes.
const CLAIMS = 2000
const BATCHES = 10

/**
 * Ends imports that were left open, and removes which parts the products of ended ones were in. Whatever is left waits for the
 * next minute.
 * @returns how many batches were removed.
 */
export async function sweepImports({ db, now }: Context): Promise<number> {
  const until = new Date(now.getTime() - ABANDONED_MS)
  let [found] = await db.commit([expireImports(until, now)], [findUntidied()], { repeatable: true })
  let batches = 0
  for (; batches < BATCHES; batches += 1) {
    const [row] = found
    if (!row) break
    ;[found] = await db.commit(removeClaims(row.id, CLAIMS), [findUntidied()], { repeatable: true })
  }
  return batches
}
