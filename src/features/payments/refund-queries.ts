import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { payments, refundLines, refunds } from '../../platform/db/schema/payments.ts'
import { statement } from '../../platform/db/statement.ts'

import { isTimely } from './patience.ts'

export type RefundRow = typeof refunds.$inferSelect
export type RefundLineRow = typeof refundLines.$inferSelect

/** The refunds of an order, the first one first. */
export function listRefunds(orderId: SQL): Query<RefundRow[]> {
  return q.select().from(refunds).where(eq(refunds.orderId, orderId)).orderBy(asc(refunds.id))
}

/** The ids of an order's refunds, for IN. */
export function refundsOf(orderId: string): SQL {
  return sql`(SELECT id FROM ${refunds} WHERE order_id = ${orderId})`
}

/** What the refunds of an order were for. */
export function listRefundLines(orderId: SQL): Query<RefundLineRow[]> {
  return q
    .select()
    .from(refundLines)
    .where(sql`${refundLines.refundId} IN (SELECT id FROM ${refunds} WHERE order_id = ${orderId})`)
}

/**
 * Saves refunds, the amounts to payments counting as refunded from now on whether or not the provider has been asked yet.
 * Committing breaks `refund_exceeds_captured` when more would go back than came in.
 */
export function insertRefunds(rows: readonly RefundRow[], lines: readonly RefundLineRow[] = []): Write[] {
  const toPayments = rows.filter(({ paymentId, status }) => paymentId !== null && status !== 'failed')
  return [
    ...toPayments.map(({ paymentId, amount, createdAt }) => addRefunded(paymentId, amount, createdAt)),
    ...insertRows(refunds, rows),
    ...insertRows(refundLines, lines),
  ]
}

/**
 * Refuses with `refunds_changed` when the order's gift cards have got something back since `known` was read. No payment moves
 * by that, and the order need not either.
 */
export function refuseOtherCardRefunds(orderId: string, known: readonly RefundRow[]): Write {
  const returned = known.reduce((total, { giftCardId, amount }) => total + (giftCardId === null ? 0 : amount), 0)
  return statement`INSERT INTO guard SELECT 'refunds_changed' WHERE (SELECT coalesce(sum(amount), 0) FROM ${refunds}
    WHERE order_id = ${orderId} AND gift_card_id IS NOT NULL) <> ${returned}`
}

/** Refuses with `refund_exceeds_captured` what a dispute has taken meanwhile: it would go back twice. */
export function refuseDisputedRefunds(rows: readonly RefundRow[]): Write[] {
  const ids = rows.flatMap(({ paymentId }) => paymentId ?? [])
  if (ids.length === 0) return []
  const disputed = sql`SELECT 1 FROM ${payments} WHERE id IN ${listOf(ids)} AND refunded + disputed > captured`
  return [refuseWhen('refund_exceeds_captured', sql`EXISTS (${disputed})`)]
}

/** Counts `amount` more, or with a minus less, as refunded of a payment. */
export function addRefunded(paymentId: string | null, amount: number, at: number): Write {
  return statement`UPDATE ${payments} SET refunded = refunded + ${amount}, updated_at = ${at} WHERE id = ${paymentId}`
}

/**
 * Moves a refund from the status it was read in. Breaks `refund_settled` when somebody else has.
 * @param reference the provider's own id of it. @param detail why it failed.
 */
export function moveRefund(
  row: RefundRow,
  step: { status: RefundRow['status']; reference: string | null; detail: string | null; now: Date },
): Write[] {
  return [
    statement`UPDATE ${refunds} SET status = ${step.status}, updated_at = ${step.now.getTime()},
        provider_reference = coalesce(${step.reference}, provider_reference), detail = ${step.detail}
      WHERE id = ${row.id} AND status = ${row.status}`,
    refuseWhen('refund_settled', sql`changes() <> 1`),
  ]
}

/** The reason of refunds that staff have made in the provider's dashboard. */
export const MADE_ELSEWHERE = 'provider'

// What was made elsewhere is under way already: asked for by an id of ours it would go out a second time. Staff may write the
// same word as their reason, but never act under the name of a provider.
const isOurs = sql`NOT (${refunds.reason} = ${MADE_ELSEWHERE}
  AND ${refunds.actor} = (SELECT p.provider FROM ${payments} AS p WHERE p.id = ${refunds.paymentId}))`

/** Refunds whose provider must be asked, last looked at before `before`. */
export function listPendingRefunds(before: Date, now: Date, limit: number): Query<RefundRow[]> {
  return q
    .select()
    .from(refunds)
    .where(sql`${isDue(before, now)} AND ${isOurs}`)
    .orderBy(asc(refunds.updatedAt))
    .limit(limit)
}

/** Refunds under way that were made in the provider's dashboard, last looked at before `before`: they are only asked about. */
export function listPendingForeignRefunds(before: Date, now: Date, limit: number): Query<RefundRow[]> {
  return q
    .select()
    .from(refunds)
    .where(sql`${isDue(before, now)} AND NOT (${isOurs}) AND ${refunds.providerReference} IS NOT NULL`)
    .orderBy(asc(refunds.updatedAt))
    .limit(limit)
}

function isDue(before: Date, now: Date): SQL {
  const { status, updatedAt, createdAt } = refunds
  return sql`${status} = 'pending' AND ${updatedAt} < ${before.getTime()} AND ${isTimely(updatedAt, createdAt, now)}`
}

/** The same to these payments, whenever they were saved. */
export function listPendingRefundsOf(paymentIds: readonly string[]): Query<RefundRow[]> {
  return q
    .select()
    .from(refunds)
    .where(
      // By their order, which is what there is an index of.
      sql`${refunds.orderId} IN (SELECT order_id FROM ${payments} WHERE id IN ${listOf(paymentIds)})
        AND ${refunds.paymentId} IN ${listOf(paymentIds)} AND ${refunds.status} = 'pending' AND ${isOurs}`,
    )
}

export function postponeRefund(id: string, now: Date): Write {
  return q.update(refunds).set({ updatedAt: now.getTime() }).where(eq(refunds.id, id))
}
