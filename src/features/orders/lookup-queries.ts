import { sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { orderLookups, orders } from '../../platform/db/schema/orders.ts'

/** What a try names: both are counted, each by itself. */
export function subjectsOf(number: number, customerKey: string): string[] {
  return [`number:${number}`, `email:${customerKey}`]
}

/** Counts a try before it is looked at: of many at the same moment each gets a count of its own. */
export function countTry(hour: number, subjects: readonly string[]): Write {
  return q.run(sql`INSERT INTO ${orderLookups} (hour, subject, tries)
    SELECT CAST(${hour} AS INTEGER), value, 1 FROM json_each(${JSON.stringify(subjects)}) WHERE true
    ON CONFLICT (hour, subject) DO UPDATE SET tries = tries + 1`)
}

/** Takes a try back that was right. */
export function uncountTry(hour: number, subjects: readonly string[]): Write {
  return q.run(
    sql`UPDATE ${orderLookups} SET tries = tries - 1 WHERE hour = ${hour} AND subject IN ${listOf(subjects)}`,
  )
}

export function listTries(hour: number, subjects: readonly string[]): Query<{ tries: number }[]> {
  return q.all(sql`SELECT tries FROM ${orderLookups} WHERE hour = ${hour} AND subject IN ${listOf(subjects)}`)
}

export interface Candidate {
  id: string
  number: number
  customerKey: string
}

/**
 * The order of this number, or else the one below it, or else the first: numbers have no gaps, so that there always is
 * one, and a number that was never given costs exactly what one costs that was. The caller compares.
 */
export function findCandidate(number: number): Query<Candidate[]> {
  return q.all(sql`SELECT id, number, customer_key AS customerKey FROM ${orders}
    WHERE number <= max(${number}, (SELECT min(number) FROM ${orders} WHERE number IS NOT NULL)) AND number IS NOT NULL
    ORDER BY number DESC LIMIT 1`)
}

/** Tries of hours that are over. */
export function removeOldTries(hour: number): Write {
  return q.run(sql`DELETE FROM ${orderLookups} WHERE hour < ${hour}`)
}
