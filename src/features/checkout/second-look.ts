import { firstIdAt } from '../../domain/id.ts'
import type { Context } from '../../platform/http/context.ts'
import { findReviewed, listSettledPayments, moveReviewed, type PaymentRow } from '../payments/queries.ts'
import { applyFact } from './apply.ts'
import { lookAtSession } from './sessions.ts'

const DAY_MS = 24 * 3600 * 1000
/** How old a payment is when it is looked at a second time: whatever comes late has come by then. */
const LOOK_AFTER_MS = DAY_MS
/** How long its provider is asked in vain: then it is passed by, so that others are not kept waiting for ever. */
const PASS_AFTER_MS = 2 * DAY_MS
// More than the largest shop leaves unpaid in a minute.
const BATCH = 200

/**
 * Compares payments that are over with what their provider says, once, a day after they were made: one that failed, was closed
 * or let go and was paid all the same, or of which more was captured than was told. Their ids begin with the time they were
 * made, so that the next ones are found by their key. The mark moves behind what was settled: a crash before that repeats it.
 * @returns how many payments were moved by it.
 */
export async function lookAgain(context: Context): Promise<number> {
  const { db, now } = context
  const before = firstIdAt('payment', now.getTime() - LOOK_AFTER_MS)
  const [[mark]] = await db.read(findReviewed())
  if (!mark) {
    // What lay there before the first run is not news.
    await db.commit([moveReviewed(before)])
    return 0
  }
  if (mark.upTo >= before) return 0
  const [payments] = await db.read(listSettledPayments(mark.upTo, before, BATCH))
  const passed = firstIdAt('payment', now.getTime() - PASS_AFTER_MS)
  let moved = 0
  let upTo = mark.upTo
  for (const payment of payments) {
    const answer = await compare(context, payment)
    if (answer === null && payment.id >= passed) {
      if (upTo > mark.upTo) await db.commit([moveReviewed(upTo)])
      return moved
    }
    if (answer) moved += 1
    upTo = payment.id
  }
  await db.commit([moveReviewed(payments.length < BATCH ? before : upTo)])
  return moved
}

/** Whether it has moved the payment; null without an answer. One whose provider is no longer switched on cannot be asked. */
async function compare(context: Context, payment: PaymentRow): Promise<boolean | null> {
  if (!context.provider(payment.provider)) return false
  const session = await lookAtSession(context, payment)
  if (session === null) return null
  if (session === 'unheard') return false
  try {
    const { fact, reference } = session
    const settled = await applyFact(context, payment.id, fact, { actor: payment.provider, details: { reference } })
    return settled?.outcome === 'applied'
  } catch (error) {
    context.log.error('second_look_failed', error, { payment_id: payment.id })
    return null
  }
}
