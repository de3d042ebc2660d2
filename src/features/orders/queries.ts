import { and, asc, desc, eq, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, refuseWhen } from '../../platform/db/rows.ts'
import { orderLines, orders } from '../../platform/db/schema/orders.ts'

export type OrderRow = typeof orders.$inferSelect
export type OrderLineRow = typeof orderLines.$inferSelect

export function findOrder(id: SQL): Query<OrderRow[]> {
  return q.select().from(orders).where(eq(orders.id, id))
}

/** The order, if it is `ownerId`'s: somebody else's is not there at all. */
export function findOwnOrder(id: string, ownerId: string): Query<OrderRow[]> {
  return q
    .select()
    .from(orders)
    .where(and(eq(orders.id, id), eq(orders.ownerId, ownerId)))
}

export function listOrderLines(orderId: SQL): Query<OrderLineRow[]> {
  return q.select().from(orderLines).where(eq(orderLines.orderId, orderId)).orderBy(asc(orderLines.position))
}

/** The variants of an order's lines, for IN. */
export function variantsOf(orderId: string): SQL {
  return sql`(SELECT variant_id FROM ${orderLines} WHERE order_id = ${orderId})`
}

/** A shopper's confirmed orders, newest first. */
export function listConfirmedOrders(ownerId: string, before: string | null, limit: number): Query<OrderRow[]> {
  return q
    .select()
    .from(orders)
    .where(
      and(eq(orders.ownerId, ownerId), isNotNull(orders.number), before === null ? undefined : lt(orders.id, before)),
    )
    .orderBy(desc(orders.id))
    .limit(limit)
}

/** Pending orders that were last touched before `before`: what recover looks through. */
export function listStalePendingOrders(before: Date, limit: number): Query<{ id: string }[]> {
  return q
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        // Written out, because only this very term leads to the index of pending orders.
        sql`${orders.status} = 'pending'`,
        lt(orders.updatedAt, before.getTime()),
        sql`NOT EXISTS (SELECT 1 FROM payments AS p WHERE p.order_id = ${orders.id}
          AND p.status IN ('created', 'requires_action', 'processing'))`,
      ),
    )
    .orderBy(asc(orders.id))
    .limit(limit)
}

/** A pending order that cannot be given up now goes to the back, so that it does not keep the others waiting. */
export function postponeOrder(id: string, now: Date): Write {
  return q
    .update(orders)
    .set({ updatedAt: now.getTime() })
    .where(sql`${orders.id} = ${id} AND ${orders.status} = 'pending'`)
}

/** Refuses with `order_not_pending` once the order was confirmed or given up: it takes no further attempt. */
export function refuseUnlessPending(orderId: string): Write {
  return refuseWhen(
    'order_not_pending',
    sql`NOT EXISTS (SELECT 1 FROM ${orders} WHERE id = ${orderId} AND status = 'pending')`,
  )
}

/** Refuses `order_not_found` where there is none of this id. */
export function refuseUnlessOrder(orderId: string): Write {
  return refuseWhen('order_not_found', sql`NOT EXISTS (SELECT 1 FROM ${orders} WHERE id = ${orderId})`)
}

/** A new order. Committing breaks `orders.cart_id` when its cart has one that is not cancelled. */
export function insertOrder(order: OrderRow, lines: readonly OrderLineRow[]): Write[] {
  return [...insertRows(orders, [order]), ...insertRows(orderLines, lines)]
}

/** Refuses `order_changed` once pieces of the order were shipped or taken out since `lines` were read. */
export function refuseIfCountsMoved(orderId: string, lines: readonly OrderLineRow[]): Write {
  const known = lines.map(({ id, fulfilledQuantity, removedQuantity }) => ({ id, fulfilledQuantity, removedQuantity }))
  return refuseWhen(
    'order_changed',
    sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(known)}) AS j JOIN ${orderLines} AS l
      ON l.order_id = ${orderId} AND l.id = j.value ->> '$.id'
      WHERE l.fulfilled_quantity <> j.value ->> '$.fulfilledQuantity'
        OR l.removed_quantity <> j.value ->> '$.removedQuantity')`,
  )
}

/** What a refund takes of an order's lines and shipping. */
export interface RefundedPart {
  /** `before`: what had been given back for when the part was worked out. */
  lines: readonly { lineId: string; before: number; quantity: number; removed: number }[]
  shipping: number
}

/**
 * Counts what a refund is for, so that nothing is given back for twice. Breaks `refunded_exceeds_ordered` and
 * `fulfilled_exceeds_ordered` when others were faster: the odd cents of a line go with its first pieces, once.
 */
export function countRefunded(orderId: string, { lines, shipping }: RefundedPart): Write[] {
  return [
    ...(lines.length > 0
      ? [
          q.run(sql`UPDATE ${orderLines} SET refunded_quantity = refunded_quantity + (j.value ->> '$.quantity'),
              removed_quantity = removed_quantity + (j.value ->> '$.removed')
            FROM json_each(${JSON.stringify(lines)}) AS j
            WHERE ${orderLines.orderId} = ${orderId} AND ${orderLines.id} = j.value ->> '$.lineId'
              AND refunded_quantity = j.value ->> '$.before'`),
          refuseWhen('refunded_exceeds_ordered', sql`changes() <> ${lines.length}`),
        ]
      : []),
    ...(shipping === 0
      ? []
      : [
          q
            .update(orders)
            .set({ refundedShipping: sql`${orders.refundedShipping} + ${shipping}` })
            .where(eq(orders.id, orderId)),
          refuseWhen(
            'refunded_exceeds_ordered',
            sql`EXISTS (SELECT 1 FROM ${orders} WHERE id = ${orderId} AND refunded_shipping >
            (shipping ->> '$.amount') - (shipping ->> '$.discount')
              + CASE WHEN totals ->> '$.tax_included' THEN 0 ELSE shipping ->> '$.tax' END)`,
          ),
        ]),
  ]
}

/** Refuses `promotion_first_order` where somebody has ordered from another cart: perhaps only a moment ago. */
export function refuseUnlessFirst(customerKey: string, cartId: string): Write {
  return refuseWhen('promotion_first_order', sql`EXISTS (${earlierOrders(sql`${customerKey}`, sql`${cartId}`)})`)
}

/** Orders of the customer that were not cancelled, from other carts than `cartId`. */
export function earlierOrders(customerKey: SQL, cartId: SQL): SQL {
  return sql`SELECT id FROM ${orders} WHERE customer_key = ${customerKey} AND status <> 'cancelled' AND cart_id <> ${cartId}`
}
