import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { AttemptStatus, NextAction } from '../../domain/payment.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, refuseWhen } from '../../platform/db/rows.ts'
import { paymentEntries, paymentMoves, payments, refunds, testPayments } from '../../platform/db/schema/payments.ts'

export type PaymentRow = typeof payments.$inferSelect
export type RefundRow = typeof refunds.$inferSelect

/** Attempts of one order, the first one first. */
export function listPayments(orderId: SQL): Query<PaymentRow[]> {
  return q.select().from(payments).where(eq(payments.orderId, orderId)).orderBy(asc(payments.attempt))
}

export function listRefunds(orderId: SQL): Query<RefundRow[]> {
  return q.select().from(refunds).where(eq(refunds.orderId, orderId)).orderBy(asc(refunds.id))
}

export function findPayment(id: string): Query<PaymentRow[]> {
  return q.select().from(payments).where(eq(payments.id, id))
}

/** The order a payment belongs to, as a subquery. */
export function orderOfPayment(id: string): SQL {
  return sql`(SELECT order_id FROM ${payments} WHERE id = ${id})`
}

/** Refuses with `attempts_changed` when the order has another number of attempts than was decided by. */
export function refuseOtherAttempts(orderId: string, count: number): Write {
  return refuseWhen('attempts_changed', sql`(SELECT count(*) FROM ${payments} WHERE order_id = ${orderId}) <> ${count}`)
}

/** A new attempt. Committing breaks `payments.order_id` when another one is live. */
export function insertPayment(row: PaymentRow, actor: string): Write[] {
  const move = { paymentId: row.id, seq: row.seq, fromStatus: null, toStatus: row.status, actor, reason: 'opened' }
  return [...insertRows(payments, [row]), q.insert(paymentMoves).values({ ...move, at: row.createdAt })]
}

/** One step of an attempt, with what is learned on the way. */
export interface PaymentStep {
  to: AttemptStatus
  reason: string
  actor: string
  now: Date
  reference?: string | null
  nextAction?: NextAction | null
}

/**
 * Moves an attempt from the state it was read in. Committing breaks `payment_moves.payment_id` when somebody else has
 * moved it meanwhile: read it again and decide anew.
 */
export function movePayment(row: PaymentRow, step: PaymentStep): Write[] {
  const at = step.now.getTime()
  const money = step.to === 'authorized' || step.to === 'captured'
  const { id, seq, status, amount } = row
  return [
    q.insert(paymentMoves).values({
      paymentId: id,
      seq: seq + 1,
      fromStatus: status,
      toStatus: step.to,
      actor: step.actor,
      reason: step.reason,
      at,
    }),
    q
      .update(payments)
      .set({
        status: step.to,
        seq: seq + 1,
        updatedAt: at,
        ...(step.reference ? { providerReference: step.reference } : {}),
        // An action is only offered while it can be taken.
        nextAction: step.to === 'requires_action' ? (step.nextAction ?? null) : null,
        ...(step.to === 'captured' ? { captured: amount } : {}),
      })
      .where(eq(payments.id, id)),
    ...(money
      ? [q.insert(paymentEntries).values({ paymentId: id, kind: entryKind(step.to), reference: id, amount, at })]
      : []),
  ]
}

function entryKind(status: AttemptStatus): 'authorized' | 'captured' {
  return status === 'captured' ? 'captured' : 'authorized'
}

/**
 * Saves a refund as pending, before any provider is asked; the amount counts as refunded from now on. Committing breaks
 * `refund_exceeds_captured` when more would go back than came in.
 */
export function insertRefund(row: RefundRow): Write[] {
  return [
    q
      .update(payments)
      .set({ refunded: sql`${payments.refunded} + ${row.amount}`, updatedAt: row.createdAt })
      .where(eq(payments.id, row.paymentId)),
    ...insertRows(refunds, [row]),
  ]
}

/** The provider's word on a pending refund: the ledger takes it, or the amount is free again. Once only. */
export function settleRefund(
  row: RefundRow,
  status: 'succeeded' | 'failed',
  reference: string | null,
  now: Date,
): Write[] {
  const at = now.getTime()
  const { id, paymentId, amount } = row
  const settled = q
    .update(refunds)
    .set({ status, providerReference: reference, updatedAt: at })
    .where(and(eq(refunds.id, id), eq(refunds.status, 'pending')))
  const guard = q.run(sql`INSERT INTO guard SELECT 'refund_settled' WHERE changes() <> 1`)
  if (status === 'succeeded') {
    return [settled, guard, q.insert(paymentEntries).values({ paymentId, kind: 'refunded', reference: id, amount, at })]
  }
  const free = q
    .update(payments)
    .set({ refunded: sql`${payments.refunded} - ${amount}` })
    .where(eq(payments.id, paymentId))
  return [settled, guard, free]
}

export function listPendingRefunds(limit: number): Query<RefundRow[]> {
  return q.select().from(refunds).where(eq(refunds.status, 'pending')).orderBy(asc(refunds.updatedAt)).limit(limit)
}

/**
 * Live attempts that somebody must ask the provider about: opened and never answered since `createdBefore`, or with a
 * session that has ended by the clock. Failed ones are not live; recover finds them through their pending order.
 */
export function listDoubtfulPayments(createdBefore: Date, now: Date, limit: number): Query<PaymentRow[]> {
  // The very words of payments_one_live, so that only live attempts are looked through.
  const live = sql`${payments.status} IN ('created', 'requires_action', 'processing')`
  const unanswered = sql`${payments.status} = 'created' AND ${payments.createdAt} < ${createdBefore.getTime()}`
  const over = sql`${payments.status} IN ('requires_action', 'processing') AND ${payments.sessionExpiresAt} < ${now.getTime()}`
  return q
    .select()
    .from(payments)
    .where(sql`${live} AND ((${unanswered}) OR (${over}))`)
    .orderBy(asc(payments.updatedAt))
    .limit(limit)
}

/** What could not be finished now goes to the back, so that it does not keep the others waiting. */
export function postponePayment(id: string, now: Date): Write {
  return q.update(payments).set({ updatedAt: now.getTime() }).where(eq(payments.id, id))
}

export function postponeRefund(id: string, now: Date): Write {
  return q.update(refunds).set({ updatedAt: now.getTime() }).where(eq(refunds.id, id))
}

export type TestPaymentStatus = typeof testPayments.$inferSelect.status

/** The `test` provider's own book. */
export function findTestPayment(paymentId: string): Query<{ status: TestPaymentStatus }[]> {
  return q.select({ status: testPayments.status }).from(testPayments).where(eq(testPayments.paymentId, paymentId))
}

/** Enters an outcome; what has succeeded or was closed stays so. */
export function noteTestPayment(paymentId: string, status: TestPaymentStatus, now: Date): Write {
  return q.run(sql`INSERT INTO ${testPayments} (payment_id, status, updated_at)
    VALUES (${paymentId}, ${status}, ${now.getTime()})
    ON CONFLICT (payment_id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at
    WHERE status NOT IN ('succeeded', 'closed')`)
}
