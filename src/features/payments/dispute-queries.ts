import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { refuseWhen } from '../../platform/db/rows.ts'
import { disputes, payments } from '../../platform/db/schema/payments.ts'
import { statement } from '../../platform/db/statement.ts'

export type DisputeRow = typeof disputes.$inferSelect

export function listDisputes(orderId: SQL): Query<DisputeRow[]> {
  return q.select().from(disputes).where(eq(disputes.orderId, orderId)).orderBy(asc(disputes.createdAt))
}

/** Enters a dispute, or how it went; one that has been decided stays so, which breaks `dispute_settled`. The payment
 *  counts what is not there for now. */
export function noteDispute(row: DisputeRow): Write[] {
  const { paymentId, reference, orderId, status, amount, currency, reason, createdAt, updatedAt } = row
  return [
    statement`INSERT INTO ${disputes} (payment_id, reference, order_id, status, amount, currency, reason, created_at, updated_at)
      VALUES (${paymentId}, ${reference}, ${orderId}, ${status}, ${amount}, ${currency}, ${reason}, ${createdAt}, ${updatedAt})
      ON CONFLICT (payment_id, reference) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at
      WHERE disputes.status = 'open' AND excluded.status <> 'open'`,
    refuseWhen('dispute_settled', sql`changes() <> 1`),
    q
      .update(payments)
      .set({
        disputed: sql`(SELECT coalesce(sum(d.amount), 0) FROM ${disputes} AS d WHERE d.payment_id = ${paymentId} AND d.status <> 'won')`,
        updatedAt,
      })
      .where(eq(payments.id, paymentId)),
  ]
}
