import { sql } from 'drizzle-orm'
import { isLive } from '../../domain/payment.ts'
import type { Context } from '../../platform/http/context.ts'
import { settleKeys } from '../../platform/http/idempotency.ts'
import { freeAllExpiredHolds } from '../inventory/queries.ts'
import { listStalePendingOrders } from '../orders/queries.ts'
import {
  findPayment,
  listDoubtfulPayments,
  listPendingRefunds,
  type PaymentRow,
  postponePayment,
  postponeRefund,
  type RefundRow,
  settleRefund,
} from '../payments/queries.ts'
import { abandonOrder } from './abandon.ts'
import { applyFact, lostRace } from './apply.ts'
import { closeSession, fetchSession, referenceOf } from './sessions.ts'
import { readOrderState } from './state.ts'

// Attempts younger than this belong to a request that is still at work.
const CREATED_GRACE_MS = 60_000
// A pending order nobody has touched for this long and whose attempts are all over is given up.
const PENDING_GRACE_MS = 60 * 60 * 1000
const BATCH = 50

export interface Recovery {
  payments: number
  orders: number
  refunds: number
}

/**
 * Finishes what a crash, a lost answer or an absent shopper left behind, by asking the provider under the same ids.
 * Safe to run at any time and by several at once: everything it does is decided anew and committed once.
 */
export async function recover(context: Context): Promise<Recovery> {
  const { db, now, log } = context
  const created = new Date(now.getTime() - CREATED_GRACE_MS)
  const stale = new Date(now.getTime() - PENDING_GRACE_MS)
  await db.commit(freeAllExpiredHolds(now))
  const [payments, orders, refunds] = await db.read(
    listDoubtfulPayments(created, now, BATCH),
    listStalePendingOrders(stale, BATCH),
    listPendingRefunds(BATCH),
  )
  const done: Recovery = { payments: 0, orders: 0, refunds: 0 }
  for (const payment of payments) {
    const finished = await attempt(() => recoverPayment(context, payment))
    if (finished === 0) await attempt(() => db.commit([postponePayment(payment.id, now)]).then(() => false))
    done.payments += finished
  }
  for (const { id } of orders) done.orders += await attempt(() => recoverOrder(context, id))
  for (const refund of refunds) {
    const finished = await attempt(() => carryOut(context, refund))
    if (finished === 0) await attempt(() => db.commit([postponeRefund(refund.id, now)]).then(() => false))
    done.refunds += finished
  }
  return done

  // One case that cannot be finished now must not keep the others waiting.
  async function attempt(work: () => Promise<boolean>): Promise<number> {
    try {
      return (await work()) ? 1 : 0
    } catch (error) {
      log.error('recover_failed', error)
      return 0
    }
  }
}

/** Asks what became of an attempt; one whose session is over is closed, so that it can no longer be paid. */
async function recoverPayment(context: Context, payment: PaymentRow): Promise<boolean> {
  const over = payment.sessionExpiresAt < context.now.getTime()
  const fetched = await fetchSession(context, payment)
  if (!fetched) return false
  const unpaid = fetched.fact.kind !== 'captured' && fetched.fact.kind !== 'authorized'
  const session = over && unpaid ? await closeSession(context, payment) : fetched
  if (!session) return false
  const settled = await applyFact(context, payment.id, session.fact, {
    details: { reference: session.reference, nextAction: session.nextAction },
    actor: payment.provider,
    alongside: () => (payment.status === 'created' ? settleKeys(payment.idempotencyId, 200) : []),
  })
  // What could not be closed is not over: a slow method may still pay.
  const closed = session.fact.kind === 'closed' || session.fact.kind === 'voided'
  if (over && closed) await abandonOrder(context, { orderId: payment.orderId }, 'payment_expired')
  return settled?.outcome === 'applied'
}

/** A pending order whose attempts are all over: nobody can pay it any more. */
async function recoverOrder(context: Context, orderId: string): Promise<boolean> {
  const state = await readOrderState(context.db, sql`${orderId}`, context.now)
  if (!state || state.payments.some(({ status }) => isLive(status))) return false
  return (await abandonOrder(context, { orderId }, 'payment_expired')).outcome === 'cancelled'
}

/** Gives the money of a saved refund back. The refund's id is the provider's idempotency key. */
async function carryOut(context: Context, refund: RefundRow): Promise<boolean> {
  const { db, now } = context
  const [[payment]] = await db.read(findPayment(refund.paymentId))
  const provider = payment ? context.provider(payment.provider) : null
  if (!payment || !provider) return false
  const amount = { amount: refund.amount, currency: refund.currency }
  const { status, reference } = await provider.refund(referenceOf(context, payment), refund.id, amount)
  if (status === 'pending') return false
  try {
    await db.commit(settleRefund(refund, status, reference, now))
    return true
  } catch (error) {
    if (lostRace(error)) return false
    throw error
  }
}
