import { and, asc, desc, eq, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Lifecycle } from '../../domain/order.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, refuseWhen } from '../../platform/db/rows.ts'
import { orderLines, orderMoves, orderNumbers, orders } from '../../platform/db/schema/orders.ts'

export type OrderRow = typeof orders.$inferSelect
export type OrderLineRow = typeof orderLines.$inferSelect
export type OrderMoveRow = typeof orderMoves.$inferSelect

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

/** The timeline, oldest first. */
export function listMoves(orderId: SQL): Query<OrderMoveRow[]> {
  return q
    .select()
    .from(orderMoves)
    .where(eq(orderMoves.orderId, orderId))
    .orderBy(asc(orderMoves.at), asc(orderMoves.lifecycle), asc(orderMoves.seq))
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

/** All orders for staff, newest first. */
export function listAllOrders(before: string | null, limit: number): Query<OrderRow[]> {
  return q
    .select()
    .from(orders)
    .where(before === null ? undefined : lt(orders.id, before))
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
        eq(orders.status, 'pending'),
        lt(orders.updatedAt, before.getTime()),
        sql`NOT EXISTS (SELECT 1 FROM payments AS p WHERE p.order_id = ${orders.id}
          AND p.status IN ('created', 'requires_action', 'processing'))`,
      ),
    )
    .orderBy(asc(orders.id))
    .limit(limit)
}

/** Refuses with `order_not_pending` once the order was confirmed or given up: it takes no further attempt. */
export function refuseUnlessPending(orderId: string): Write {
  return refuseWhen(
    'order_not_pending',
    sql`NOT EXISTS (SELECT 1 FROM ${orders} WHERE id = ${orderId} AND status = 'pending')`,
  )
}

/** A new order. Committing breaks `orders.cart_id` when its cart has one that is not cancelled. */
export function insertOrder(order: OrderRow, lines: readonly OrderLineRow[]): Write[] {
  return [...insertRows(orders, [order]), ...insertRows(orderLines, lines)]
}

export interface Move {
  lifecycle: Lifecycle
  /** One above the last one read: two who decide from the same state cannot both commit. */
  seq: number
  from: string | null
  to: string
  reason: string
}

const STATUS_COLUMN = { order: 'status', payment: 'paymentStatus', fulfillment: 'fulfillmentStatus' } as const

/**
 * Moves an order's lifecycles and writes the trail. Committing breaks `order_moves.order_id` when somebody else has
 * moved one of them meanwhile: read the order again and decide anew.
 */
export function moveOrder(
  orderId: string,
  moves: readonly Move[],
  { actor, now }: { actor: string; now: Date },
): Write[] {
  if (moves.length === 0) return []
  const at = now.getTime()
  const statuses = Object.fromEntries(moves.map(({ lifecycle, to }) => [STATUS_COLUMN[lifecycle], to]))
  return [
    ...insertRows(
      orderMoves,
      moves.map(({ lifecycle, seq, from, to, reason }) => ({
        orderId,
        lifecycle,
        seq,
        fromStatus: from,
        toStatus: to,
        actor,
        reason,
        at,
      })),
    ),
    q
      .update(orders)
      .set({ ...statuses, updatedAt: at })
      .where(eq(orders.id, orderId)),
  ]
}

/** The first moves of a new order: it begins pending, unpaid and unfulfilled. */
export function beginOrder(orderId: string, { actor, now }: { actor: string; now: Date }): Write[] {
  const begin = { orderId, seq: 1, fromStatus: null, actor, reason: 'placed', at: now.getTime() }
  return insertRows(orderMoves, [
    { ...begin, lifecycle: 'order', toStatus: 'pending' },
    { ...begin, lifecycle: 'payment', toStatus: 'pending' },
  ])
}

/** Takes the next number, in the batch that confirms the order: numbers have no gaps and are given once. */
export function takeNumber(orderId: string, now: Date): Write[] {
  return [
    refuseWhen('already_numbered', sql`EXISTS (SELECT 1 FROM ${orders} WHERE id = ${orderId} AND number IS NOT NULL)`),
    q
      .update(orderNumbers)
      .set({ last: sql`${orderNumbers.last} + 1` })
      .where(eq(orderNumbers.name, 'order')),
    q
      .update(orders)
      .set({ number: sql`(SELECT last FROM ${orderNumbers} WHERE name = 'order')`, confirmedAt: now.getTime() })
      .where(eq(orders.id, orderId)),
  ]
}

/** A row when the customer has an order that was not cancelled, from another cart than `cartId`. */
export function hasOrdered(customerKey: SQL, cartId: string): Query<{ id: string }[]> {
  return q.all(sql`${earlierOrders(customerKey, cartId)} LIMIT 1`)
}

/** Refuses `promotion_first_order` where somebody has ordered from another cart: perhaps only a moment ago. */
export function refuseUnlessFirst(customerKey: string, cartId: string): Write {
  return refuseWhen('promotion_first_order', sql`EXISTS (${earlierOrders(sql`${customerKey}`, cartId)})`)
}

function earlierOrders(customerKey: SQL, cartId: string): SQL {
  return sql`SELECT id FROM ${orders} WHERE customer_key = ${customerKey} AND status <> 'cancelled' AND cart_id <> ${cartId}`
}
