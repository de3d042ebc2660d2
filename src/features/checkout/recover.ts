import { isLive } from '../../domain/payment.ts'
import type { Write } from '../../platform/db/client.ts'
import { fragment } from '../../platform/db/statement.ts'
import type { Context } from '../../platform/http/context.ts'
import { settleKeys } from '../../platform/http/idempotency.ts'
import { freeAllExpiredHolds } from '../inventory/queries.ts'
import { listStalePendingOrders, postponeOrder } from '../orders/queries.ts'
import { listPendingOperations, postponeOperation } from '../payments/operation-queries.ts'
import {
  listDoubtfulPayments,
  listEndedAuthorizations,
  type PaymentRow,
  postponeAuthorization,
  postponePayment,
} from '../payments/queries.ts'
import { listPendingRefunds, postponeRefund } from '../payments/refund-queries.ts'
import { abandonOrder } from './abandon.ts'
import { applyFact } from './apply.ts'
import { carryOutRefund } from './carry-out-refund.ts'
import { carryOut } from './operate.ts'
import { closeSession, fetchSession } from './sessions.ts'
import { readOrderState } from './state.ts'

// Attempts younger than this belong to a request that is still at work.
const CREATED_GRACE_MS = 60_000
// A pending order nobody has touched for this long and whose attempts are all over is given up.
const PENDING_GRACE_MS = 60 * 60 * 1000
// A refund, capture or void this young is being carried out by whoever has saved it.
const REQUEST_GRACE_MS = 30_000
// How long until an authorization is asked about again that the provider keeps longer than it promised.
const AUTHORIZATION_RETRY_MS = 24 * 3600 * 1000
const BATCH = 50

export interface Recovery {
  payments: number
  orders: number
  refunds: number
  /** Captures and voids. */
  operations: number
}

/**
 * Finishes what a crash, a lost answer or an absent shopper left behind, by asking the provider under the same ids.
 * Safe to run at any time and by several at once: everything it does is decided anew and committed once.
 */
export async function recover(context: Context): Promise<Recovery> {
  const { db, now, log } = context
  const created = new Date(now.getTime() - CREATED_GRACE_MS)
  const stale = new Date(now.getTime() - PENDING_GRACE_MS)
  const asked = new Date(now.getTime() - REQUEST_GRACE_MS)
  await db.commit(freeAllExpiredHolds(now))
  const [payments, authorizations, orders, refunds, operations] = await db.read(
    listDoubtfulPayments(created, now, BATCH),
    listEndedAuthorizations(now, BATCH),
    listStalePendingOrders(stale, BATCH),
    listPendingRefunds(asked, BATCH),
    listPendingOperations(asked, BATCH),
  )
  const done: Recovery = { payments: 0, orders: 0, refunds: 0, operations: 0 }
  for (const payment of payments) {
    done.payments += await attempt(() => recoverPayment(context, payment), postponePayment(payment.id, now))
  }
  const later = new Date(now.getTime() + AUTHORIZATION_RETRY_MS)
  for (const payment of authorizations) {
    done.payments += await attempt(() => endAuthorization(context, payment), postponeAuthorization(payment.id, later))
  }
  for (const { id } of orders) done.orders += await attempt(() => recoverOrder(context, id), postponeOrder(id, now))
  for (const operation of operations) {
    done.operations += await attempt(() => carryOut(context, operation), postponeOperation(operation.id, now))
  }
  for (const refund of refunds) {
    done.refunds += await attempt(() => carryOutRefund(context, refund), postponeRefund(refund.id, now))
  }
  return done

  // One case that cannot be finished now goes to the back, and must not keep the others waiting.
  async function attempt(work: () => Promise<boolean>, postpone: Write): Promise<number> {
    try {
      if (await work()) return 1
    } catch (error) {
      log.error('recover_failed', error)
    }
    try {
      await db.commit([postpone])
    } catch (error) {
      log.error('recover_failed', error)
    }
    return 0
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
  const state = await readOrderState(context.db, fragment`${orderId}`, context.now)
  if (!state || state.payments.some(({ status }) => isLive(status))) return false
  return (await abandonOrder(context, { orderId }, 'payment_expired')).outcome === 'cancelled'
}

/** An authorization whose time is over: most providers have let go of it by now, and say so when asked. */
async function endAuthorization(context: Context, payment: PaymentRow): Promise<boolean> {
  const session = await fetchSession(context, payment)
  if (!session) return false
  const settled = await applyFact(context, payment.id, session.fact, { actor: payment.provider })
  return settled?.outcome === 'applied'
}
