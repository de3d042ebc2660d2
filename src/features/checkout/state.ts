import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Lifecycle } from '../../domain/order.ts'
import type { PlannedHold, StockLevel } from '../../domain/stock.ts'
import { type Db, type Query, q } from '../../platform/db/client.ts'
import { stockHolds, stockLevels } from '../../platform/db/schema/inventory.ts'
import { orderLines, orderMoves } from '../../platform/db/schema/orders.ts'
import { findOrder, type OrderRow } from '../orders/queries.ts'
import { listPayments, type PaymentRow } from '../payments/queries.ts'

/** An order as far as money and stock are concerned, read on one snapshot. */
export interface OrderState {
  order: OrderRow
  /** All attempts, the first one first. */
  payments: PaymentRow[]
  /** What it still holds. */
  holds: PlannedHold[]
  /** What it needs of each variant. */
  demand: ReadonlyMap<string, number>
  levels: StockLevel[]
  /** The last move of each lifecycle. */
  seq: Readonly<Record<Lifecycle, number>>
}

type StateRows = readonly [
  OrderRow[],
  PaymentRow[],
  PlannedHold[],
  { variantId: string; quantity: number }[],
  LevelRow[],
  { lifecycle: Lifecycle; seq: number }[],
]

interface LevelRow {
  variantId: string
  locationId: string
  policy: StockLevel['policy']
  backorderLimit: number | null
  onHand: number
  held: number
  freeable: number
}

/** The reads behind an `OrderState`, to ride in any batch. */
export function orderState(orderId: SQL, now: Date) {
  const variantIds = sql`(SELECT variant_id FROM ${orderLines} WHERE order_id = ${orderId})`
  const holds: Query<PlannedHold[]> = q
    .select({
      variantId: stockHolds.variantId,
      locationId: stockHolds.locationId,
      quantity: stockHolds.quantity,
    })
    .from(stockHolds)
    .where(sql`${inArray(stockHolds.variantId, variantIds)} AND ${eq(stockHolds.orderId, orderId)}`)
  const demand: Query<{ variantId: string; quantity: number }[]> = q
    .select({ variantId: orderLines.variantId, quantity: sql<number>`sum(${orderLines.quantity})`.as('quantity') })
    .from(orderLines)
    .where(eq(orderLines.orderId, orderId))
    .groupBy(orderLines.variantId)
  const levels: Query<LevelRow[]> = q
    .select({
      variantId: stockLevels.variantId,
      locationId: stockLevels.locationId,
      policy: stockLevels.policy,
      backorderLimit: stockLevels.backorderLimit,
      onHand: stockLevels.onHand,
      held: stockLevels.held,
      // Others' holds that have run out; the order's own are in `holds`.
      freeable: sql<number>`(SELECT coalesce(sum(h.quantity), 0) FROM ${stockHolds} AS h
        WHERE h.variant_id = stock_levels.variant_id AND h.location_id = stock_levels.location_id
          AND h.expires_at <= ${now.getTime()} AND h.order_id <> ${orderId})`.as('freeable'),
    })
    .from(stockLevels)
    .where(inArray(stockLevels.variantId, variantIds))
  const seq: Query<{ lifecycle: Lifecycle; seq: number }[]> = q
    .select({ lifecycle: orderMoves.lifecycle, seq: sql<number>`max(${orderMoves.seq})`.as('seq') })
    .from(orderMoves)
    .where(eq(orderMoves.orderId, orderId))
    .groupBy(orderMoves.lifecycle)
  return [findOrder(orderId), listPayments(orderId), holds, demand, levels, seq] as const
}

/** Puts the results of `orderState` together; null when there is no such order. */
export function toOrderState([[order], payments, holds, demand, levels, seqs]: StateRows): OrderState | null {
  if (!order) return null
  const seq = { order: 0, payment: 0, fulfillment: 0 }
  for (const row of seqs) seq[row.lifecycle] = row.seq
  return {
    order,
    payments,
    holds,
    demand: new Map(demand.map(({ variantId, quantity }) => [variantId, quantity])),
    levels,
    seq,
  }
}

export async function readOrderState(db: Db, orderId: SQL, now: Date): Promise<OrderState | null> {
  return toOrderState(await db.read(...orderState(orderId, now)))
}

/** Whether the error of a commit means that somebody else was faster: read again, decide anew. */
export const RACES: ReadonlySet<string> = new Set([
  'order_moves.order_id',
  'payment_moves.payment_id',
  'payment_entries.payment_id',
  'payments.order_id',
  'orders.cart_id',
  'stock_movements.variant_id',
  'stock_holds.variant_id',
  'stock_not_oversold',
  'stock_held_not_negative',
  'holds_changed',
  'cart_conflict',
  'already_numbered',
  'refund_settled',
  'order_not_pending',
  'attempts_changed',
])
