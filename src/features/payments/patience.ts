import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

// Asked again after a quarter of the time that it has been asked about in vain, and at the latest after six hours.
const SHARE = 4
const MAX_WAIT_MS = 6 * 3600 * 1000

/**
 * Whether something that was last looked at, in vain, at `looked` is due again: soon at first, ever less often when it stays
 * as it is. So what nobody answers for does not take the turns of what can be settled. @param since when the doubt began.
 */
export function isTimely(looked: SQLWrapper, since: SQLWrapper, now: Date): SQL {
  return sql`${looked} <= ${now.getTime()} - min(${MAX_WAIT_MS}, max(0, ${looked} - ${since}) / ${SHARE})`
}
