import { sql } from 'drizzle-orm'

/**
 * How long a sale counts, the day of it included. Long enough for what sells twice a month to be told from what does not,
 * short enough for last season's goods to be gone from the front.
 */
export const WINDOW_DAYS = 90

const DAY_MS = 24 * 3600 * 1000

/** The first day of the window (days since 1970, in UTC). */
export function firstDay(now: Date): number {
  return Math.floor(now.getTime() / DAY_MS) - WINDOW_DAYS + 1
}

/** When a day begins, in Unix milliseconds. */
export function startOf(day: number): number {
  return day * DAY_MS
}

/** The day an order was confirmed on. Written out, because D1 binds numbers as REAL, and would not divide to a whole day. */
export const dayOfOrder = sql.raw(`o.confirmed_at / ${DAY_MS}`)
