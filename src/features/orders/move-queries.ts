import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Mint } from '../../domain/id.ts'
import type { Lifecycle } from '../../domain/order.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, refuseWhen } from '../../platform/db/rows.ts'
import { orderMoves, orderNumbers, orders } from '../../platform/db/schema/orders.ts'
import { statement } from '../../platform/db/statement.ts'
import { announce } from '../../platform/outbox.ts'
import type { OrderRow } from './queries.ts'

export type OrderMoveRow = typeof orderMoves.$inferSelect

/** The timeline, oldest first. */
export function listMoves(orderId: SQL): Query<OrderMoveRow[]> {
  return q
    .select()
    .from(orderMoves)
    .where(eq(orderMoves.orderId, orderId))
    .orderBy(asc(orderMoves.at), asc(orderMoves.lifecycle), asc(orderMoves.seq))
}

/** The last move of each lifecycle; one that has not moved yet is left out. */
export function listLastMoves(orderId: SQL): Query<{ lifecycle: Lifecycle; seq: number }[]> {
  return q
    .select({ lifecycle: orderMoves.lifecycle, seq: sql<number>`max(${orderMoves.seq})`.as('seq') })
    .from(orderMoves)
    .where(eq(orderMoves.orderId, orderId))
    .groupBy(orderMoves.lifecycle)
}

export interface Move {
  lifecycle: Lifecycle
  /** One above the last one read: two who decide from the same state cannot both commit. */
  seq: number
  from: string | null
  to: string
  reason: string
}

/** Who moves an order. */
export interface Mover {
  actor: string
  now: Date
  mint: Mint
}

/**
 * Moves an order's lifecycles and writes the trail; that it is completed is announced. Committing breaks
 * `order_moves.order_id` when somebody else has moved one of them meanwhile: read the order again and decide anew.
 * @param confirm takes the next number and the time of confirmation too, in the same written row: numbers have no gaps,
 *   because the batch that takes one is atomic. Breaks `already_numbered` when the order has one.
 * @param known the order as the moves were decided from. Breaks `order_changed` when its money or its shipping stands
 *   elsewhere by now: of two halves that finish an order together, one has to see the other.
 */
export function moveOrder(
  orderId: string,
  moves: readonly Move[],
  { actor, now, mint }: Mover,
  { confirm = false, known }: { confirm?: boolean; known?: OrderRow } = {},
): Write[] {
  if (moves.length === 0) return []
  const at = now.getTime()
  const to = (lifecycle: Lifecycle) => moves.findLast((move) => move.lifecycle === lifecycle)?.to ?? null
  const isCompleted = to('order') === 'completed'
  return [
    ...(known ? [refuseIfMoved(known)] : []),
    ...insertRows(
      orderMoves,
      moves.map(({ lifecycle, seq, from, to: toStatus, reason }) => ({
        ...{ orderId, lifecycle, seq, fromStatus: from, toStatus, actor, reason, at },
      })),
    ),
    ...(confirm
      ? [
          statement`INSERT INTO guard SELECT 'already_numbered'
            WHERE EXISTS (SELECT 1 FROM ${orders} WHERE id = ${orderId} AND number IS NOT NULL)`,
          statement`UPDATE ${orderNumbers} SET last = last + 1 WHERE name = 'order'`,
        ]
      : []),
    setStatuses(orderId, to, at, confirm),
    ...announce(mint, now, isCompleted ? [{ topic: 'order.completed', subjectId: orderId }] : []),
  ]
}

function setStatuses(
  orderId: string,
  to: (lifecycle: Lifecycle) => Move['to'] | null,
  at: number,
  confirm: boolean,
): Write {
  const [status, payment, fulfillment] = [to('order'), to('payment'), to('fulfillment')]
  if (confirm) {
    return statement`UPDATE ${orders} SET status = coalesce(${status}, status), updated_at = ${at},
        payment_status = coalesce(${payment}, payment_status),
        fulfillment_status = coalesce(${fulfillment}, fulfillment_status),
        number = (SELECT last FROM ${orderNumbers} WHERE name = 'order'), confirmed_at = ${at}
      WHERE id = ${orderId}`
  }
  // Only what moves is set: every index that a column stands in is written anew, whether it changes or not.
  const moved = {
    ...(status === null ? {} : { status: status as OrderRow['status'] }),
    ...(payment === null ? {} : { paymentStatus: payment as OrderRow['paymentStatus'] }),
    ...(fulfillment === null ? {} : { fulfillmentStatus: fulfillment as OrderRow['fulfillmentStatus'] }),
  }
  return q
    .update(orders)
    .set({ ...moved, updatedAt: at })
    .where(eq(orders.id, orderId))
}

function refuseIfMoved({ id, status, paymentStatus, fulfillmentStatus }: OrderRow): Write {
  return refuseWhen(
    'order_changed',
    sql`NOT EXISTS (SELECT 1 FROM ${orders} WHERE id = ${id} AND status = ${status}
      AND payment_status = ${paymentStatus} AND fulfillment_status = ${fulfillmentStatus})`,
  )
}
