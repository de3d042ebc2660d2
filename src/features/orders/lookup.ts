import { isSameHash } from '../../platform/crypto/hash.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { customerKey } from '../promotions/customer.ts'
import { issueAccess, type OrderAccess } from './access.ts'
import { countTry, findCandidate, listTries, removeOldTries, subjectsOf, uncountTry } from './lookup-queries.ts'
import { toWholeOrder, type WholeOrder, wholeOrder } from './read.ts'

const HOUR_MS = 3600 * 1000
/** Wrong tries that a number, and an e-mail, may be named in within one hour of the clock. */
const TRIES_AN_HOUR = 10

/**
 * The order of this number, if it was made with this e-mail. An unknown number and a wrong e-mail are one answer, by one
 * trip that reads and writes the same rows; both count, and past the limit right answers are refused as wrong ones are, so
 * that a limit tells nothing either. A right answer costs a second trip: whoever gives it knows already.
 * @throws {Problem} order_not_found, rate_limited.
 */
export async function lookUpOrder(
  context: Context,
  { number, email }: { number: number; email: string },
): Promise<{ order: WholeOrder; access: OrderAccess }> {
  const { db, now } = context
  const key = (await customerKey(email)) ?? ''
  const hour = hourOf(now)
  const subjects = subjectsOf(number, key)
  const [tries, [candidate]] = await db.commit(
    [countTry(hour, subjects)],
    [listTries(hour, subjects), findCandidate(number)],
  )
  if (tries.some((row) => row.tries > TRIES_AN_HOUR)) {
    const seconds = Math.ceil(((hour + 1) * HOUR_MS - now.getTime()) / 1000)
    throw new Problem('rate_limited', {
      headers: { RateLimit: `"lookup";r=0;t=${seconds}`, 'Retry-After': String(seconds) },
    })
  }
  const isTheirs = isSameHash(candidate?.customerKey ?? '', key)
  if (!candidate || candidate.number !== number || !isTheirs) {
    throw new Problem('order_not_found', { detail: 'No order has this number and this e-mail.' })
  }
  const results = await db.commit([uncountTry(hour, subjects)], wholeOrder(candidate.id, null))
  const order = toWholeOrder(results)
  if (!order) throw new Error('the order just found is gone')
  return { order, access: await issueAccess(context, candidate.id) }
}

/** Tries that count no longer leave. */
export function forgetTries(now: Date): Write {
  return removeOldTries(hourOf(now))
}

function hourOf(now: Date): number {
  return Math.floor(now.getTime() / HOUR_MS)
}
