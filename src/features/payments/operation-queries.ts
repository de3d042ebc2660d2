import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { isId, type Mint } from '../../domain/id.ts'
import type { OperationStatus } from '../../domain/payment.ts'
import type { OperationOutcome } from '../../domain/provider.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { paymentOperations, payments } from '../../platform/db/schema/payments.ts'
import { fragment, statement } from '../../platform/db/statement.ts'
import { announceWhere } from '../../platform/outbox.ts'
import { isTimely } from './patience.ts'

export type OperationRow = typeof paymentOperations.$inferSelect

/** The captures and voids of an order, the first one first. */
export function listOperations(orderId: SQL): Query<OperationRow[]> {
  return q
    .select()
    .from(paymentOperations)
    .where(eq(paymentOperations.orderId, orderId))
    .orderBy(asc(paymentOperations.createdAt), asc(paymentOperations.id))
}

/** Saves a capture or void before its provider is called. Breaks `payment_operations.payment_id` while another is under way. */
export function insertOperation(row: OperationRow): Write[] {
  return insertRows(paymentOperations, [row])
}

/** What became of it, once. Breaks `operation_settled` when somebody else has said so. */
export function settleOperation(
  { id }: OperationRow,
  status: Exclude<OperationStatus, 'pending'>,
  detail: string | null,
  now: Date,
): Write[] {
  return [
    q
      .update(paymentOperations)
      .set({ status, detail, updatedAt: now.getTime() })
      .where(sql`${paymentOperations.id} = ${id} AND ${paymentOperations.status} = 'pending'`),
    refuseWhen('operation_settled', sql`changes() <> 1`),
  ]
}

/**
 * What an event of `provider` says became of it, unless that is known already; one of another payment is not meant. Nobody waits
 * for the answer any more, so staff are told of a failure.
 */
export function noteOutcome(
  { paymentId, provider }: { paymentId: string; provider: string },
  { id, status, detail }: OperationOutcome,
  { mint, now }: { mint: Mint; now: Date },
): Write[] {
  const pending = fragment`id = ${id} AND payment_id = ${paymentId} AND status = 'pending'
    AND EXISTS (SELECT 1 FROM ${payments} AS p WHERE p.id = payment_id AND p.provider = ${provider})`
  const topic = isId('void', id) ? 'payment.void_failed' : 'payment.capture_failed'
  const event = { topic, subjectId: paymentId, payload: { operation_id: id, detail } }
  const isNews = fragment`EXISTS (SELECT 1 FROM ${paymentOperations} WHERE ${pending})`
  return [
    ...(status === 'failed' ? [announceWhere(isNews, mint, now, event)] : []),
    statement`UPDATE ${paymentOperations} SET status = ${status}, detail = ${detail}, updated_at = ${now.getTime()}
      WHERE ${pending}`,
  ]
}

/** Operations whose provider must be asked, last looked at before `before`. */
export function listPendingOperations(before: Date, now: Date, limit: number): Query<OperationRow[]> {
  const { status, updatedAt, createdAt } = paymentOperations
  return q
    .select()
    .from(paymentOperations)
    .where(sql`${status} = 'pending' AND ${updatedAt} < ${before.getTime()} AND ${isTimely(updatedAt, createdAt, now)}`)
    .orderBy(asc(paymentOperations.updatedAt))
    .limit(limit)
}

/** The same of these payments, whenever they were saved. */
export function listPendingOperationsOf(paymentIds: readonly string[]): Query<OperationRow[]> {
  return q
    .select()
    .from(paymentOperations)
    .where(sql`${paymentOperations.paymentId} IN ${listOf(paymentIds)} AND ${paymentOperations.status} = 'pending'`)
}

export function postponeOperation(id: string, now: Date): Write {
  return q.update(paymentOperations).set({ updatedAt: now.getTime() }).where(eq(paymentOperations.id, id))
}
