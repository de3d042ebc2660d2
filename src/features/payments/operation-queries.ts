import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { OperationStatus } from '../../domain/payment.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { paymentOperations } from '../../platform/db/schema/payments.ts'

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

/** Operations whose provider must be asked, last looked at before `before`. */
export function listPendingOperations(before: Date, limit: number): Query<OperationRow[]> {
  return q
    .select()
    .from(paymentOperations)
    .where(sql`${paymentOperations.status} = 'pending' AND ${paymentOperations.updatedAt} < ${before.getTime()}`)
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
