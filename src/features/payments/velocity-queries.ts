import { type SQL, sql } from 'drizzle-orm'
import { firstIdAt } from '../../domain/id.ts'
import { type Attempt, type Limits, LONGEST_WINDOW_MS } from '../../domain/velocity.ts'
import { q, type Write } from '../../platform/db/client.ts'
import { insertRows } from '../../platform/db/rows.ts'
import { orders } from '../../platform/db/schema/orders.ts'
import { paymentAlerts, payments } from '../../platform/db/schema/payments.ts'
import { type Fragment, fragment, statement } from '../../platform/db/statement.ts'
import { type AddressKeys, firstKeyInUse } from './address-key.ts'

const HOUR_MS = 3600 * 1000

/**
 * The attempts of the last day, and some of the day before, on orders of one guest or customer other than `orderId`, as JSON
 * for `toAttempts`. What is refused leaves nothing behind, so that no more of them can be there than the limits allow: a LIMIT
 * would cost more than all the rest of it.
 * @param whose a term that leads to `orders_by_owner` or `orders_by_customer`.
 */
export function attemptsOfOthersOrders(whose: SQL, orderId: SQL, now: Date): Fragment {
  // An order takes attempts for a while after it was placed.
  const firstOrder = firstIdAt('order', now.getTime() - 2 * LONGEST_WINDOW_MS)
  return fragment`(SELECT json_group_array(json_array(p.created_at, max(p.declines, p.declined)))
    FROM ${orders} AS o CROSS JOIN ${payments} AS p ON p.order_id = o.id
    WHERE ${whose} AND o.id > ${firstOrder} AND o.id IS NOT ${orderId})`
}

/** The attempts of the last day from one network, as JSON for `toAttempts`. */
export function attemptsFrom(keys: AddressKeys | null, now: Date): Fragment {
  const since = now.getTime() - LONGEST_WINDOW_MS
  return fragment`(SELECT json_group_array(json_array(created_at, max(declines, declined))) FROM ${payments}
    WHERE address_key IN (${keys?.today ?? null}, ${keys?.yesterday ?? null}) AND created_at > ${since})`
}

export function toAttempts(json: unknown): Attempt[] {
  return (JSON.parse(json as string) as [number, number][]).map(([at, declines]) => ({ at, declines }))
}

/**
 * Refuses with `attempts_exceeded` where another attempt would be more than an hour allows: of many that come at the same
 * moment each has read that there is room. Only attempts are counted, because what is about to be declined is not known yet.
 */
export function refuseAttemptsBeyond(
  { ownerId, customerKey }: { ownerId: string; customerKey: string },
  keys: AddressKeys | null,
  { guest: [guest], email: [email], address: [address] }: Limits,
  now: Date,
): Write {
  const since = now.getTime() - HOUR_MS
  const firstOrder = firstIdAt('order', since - HOUR_MS)
  return statement`INSERT INTO guard SELECT 'attempts_exceeded' WHERE
    (SELECT count(*) FROM ${orders} AS o CROSS JOIN ${payments} AS p ON p.order_id = o.id
      WHERE o.owner_id = ${ownerId} AND o.id > ${firstOrder} AND p.created_at > ${since}) >= ${guest.attempts}
    OR (SELECT count(*) FROM ${orders} AS o CROSS JOIN ${payments} AS p ON p.order_id = o.id
      WHERE o.customer_key = ${customerKey} AND o.id > ${firstOrder} AND p.created_at > ${since}) >= ${email.attempts}
    OR (SELECT count(*) FROM ${payments} WHERE address_key IN (${keys?.today ?? null}, ${keys?.yesterday ?? null})
      AND created_at > ${since}) >= ${address.attempts}`
}

/** One more decline of a payment that an event tells of. The event's own mark makes it once. */
export function countDecline(id: string): Write {
  return statement`UPDATE ${payments} SET declines = declines + 1, declined = 1 WHERE id = ${id}`
}

/** Takes away what tells the networks of attempts that count no longer, `limit` of them. */
export function forgetAddresses(now: Date, limit: number): Write {
  return q.run(sql`UPDATE ${payments} SET address_key = NULL WHERE id IN (
    SELECT id FROM ${payments} WHERE address_key < ${firstKeyInUse(now)} LIMIT ${limit})`)
}

/** Notes that staff are told about `subject`. Breaks `payment_alerts.hour` when they have been within this hour. */
export function noteAlert(subject: string, now: Date): Write[] {
  return insertRows(paymentAlerts, [{ hour: hourOf(now), subject }])
}

export function forgetAlerts(now: Date): Write {
  return q.run(sql`DELETE FROM ${paymentAlerts} WHERE hour < ${hourOf(now)}`)
}

function hourOf(now: Date): number {
  return Math.floor(now.getTime() / HOUR_MS)
}
