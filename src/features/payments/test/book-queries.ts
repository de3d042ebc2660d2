import { sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../../platform/db/client.ts'
import { testPaymentEntries, testPayments } from '../../../platform/db/schema/payments.ts'
import { statement } from '../../../platform/db/statement.ts'

export type TestPaymentStatus = typeof testPayments.$inferSelect.status
type Entry = typeof testPaymentEntries.$inferSelect

/** The `test` provider's own book of a payment: where it stands, and what was captured, given back and disputed, in all. */
export interface TestBook {
  status: TestPaymentStatus
  updatedAt: number
  captured: number
  refunded: number
}

/** Nothing where the payment's page was never decided. */
export function findTestPayment(paymentId: string): Query<TestBook[]> {
  const total = (kind: Entry['kind']) =>
    sql`(SELECT coalesce(sum(amount), 0) FROM ${testPaymentEntries} AS e WHERE e.payment_id = t.payment_id
      AND e.kind = ${kind} AND e.status = 'succeeded')`
  return q.all(sql`SELECT t.status, t.updated_at AS updatedAt, ${total('capture')} AS captured, ${total('refund')} AS refunded
    FROM ${testPayments} AS t WHERE t.payment_id = ${paymentId}`)
}

/** Enters an outcome of the session; what has brought money or was closed stays so. */
export function noteTestPayment(paymentId: string, status: TestPaymentStatus, now: Date): Write {
  return q.run(sql`INSERT INTO ${testPayments} (payment_id, status, updated_at)
    VALUES (${paymentId}, ${status}, ${now.getTime()})
    ON CONFLICT (payment_id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at
    WHERE status NOT IN ('authorized', 'succeeded', 'closed', 'voided')`)
}

/**
 * Captures `amount` more of an authorized payment, once by its id, if there is as much; `final` or all of it ends the
 * authorization.
 * @param whole what the payment is of, in minor units.
 */
export function captureTestPayment(
  paymentId: string,
  { id, amount, final, whole }: { id: string; amount: number; final: boolean; whole: number },
  now: Date,
): Write[] {
  const at = now.getTime()
  const captured = sql`(SELECT coalesce(sum(amount), 0) FROM ${testPaymentEntries} WHERE payment_id = ${paymentId} AND kind = 'capture')`
  return [
    q.run(sql`INSERT INTO ${testPaymentEntries} (payment_id, kind, reference, amount, status, at)
      SELECT payment_id, 'capture', ${id}, ${amount}, 'succeeded', ${at} FROM ${testPayments}
      WHERE payment_id = ${paymentId} AND status = 'authorized' AND ${captured} + ${amount} <= ${whole}
      ON CONFLICT DO NOTHING`),
    q.run(sql`UPDATE ${testPayments} SET status = 'succeeded', updated_at = ${at}
      WHERE payment_id = ${paymentId} AND status = 'authorized' AND (${captured} >= ${whole} OR (${final ? 1 : 0} = 1
        AND EXISTS (SELECT 1 FROM ${testPaymentEntries} WHERE payment_id = ${paymentId} AND kind = 'capture' AND reference = ${id})))`),
  ]
}

/** Lets go of what is authorized: what was captured of it before stays. */
export function voidTestPayment(paymentId: string, now: Date): Write {
  return q.run(sql`UPDATE ${testPayments} SET updated_at = ${now.getTime()},
      status = CASE WHEN EXISTS (SELECT 1 FROM ${testPaymentEntries} WHERE payment_id = ${paymentId} AND kind = 'capture')
        THEN 'succeeded' ELSE 'voided' END
    WHERE payment_id = ${paymentId} AND status = 'authorized'`)
}

/** Gives `amount` back, once by its id: it fails where less is left. @param captured what was taken, in all. */
export function refundTestPayment(
  paymentId: string,
  { id, amount, captured }: { id: string; amount: number; captured: number },
  now: Date,
): Write {
  return q.run(sql`INSERT INTO ${testPaymentEntries} (payment_id, kind, reference, amount, status, at)
    SELECT ${paymentId}, 'refund', ${id}, ${amount}, CASE WHEN coalesce(sum(amount), 0) + ${amount} <= ${captured}
      THEN 'succeeded' ELSE 'failed' END, ${now.getTime()}
    FROM ${testPaymentEntries} WHERE payment_id = ${paymentId} AND kind = 'refund' AND status = 'succeeded' HAVING true
    ON CONFLICT DO NOTHING`)
}

export function findTestEntry(paymentId: string, kind: Entry['kind'], reference: string): Query<Entry[]> {
  return q
    .select()
    .from(testPaymentEntries)
    .where(
      sql`${testPaymentEntries.paymentId} = ${paymentId} AND ${testPaymentEntries.kind} = ${kind} AND ${testPaymentEntries.reference} = ${reference}`,
    )
}

/** Enters a dispute, or how it went. */
export function disputeTestPayment(
  paymentId: string,
  reference: string,
  amount: number,
  status: string,
  now: Date,
): Write {
  return statement`INSERT INTO ${testPaymentEntries} (payment_id, kind, reference, amount, status, at)
    VALUES (${paymentId}, 'dispute', ${reference}, ${amount}, ${status}, ${now.getTime()})
    ON CONFLICT DO UPDATE SET status = excluded.status`
}
