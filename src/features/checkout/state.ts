import { sql } from 'drizzle-orm'
import type { PlannedHold, RankedLevel } from '../../domain/allocation.ts'
import type { Lifecycle } from '../../domain/order.ts'
import type { Db, Query } from '../../platform/db/client.ts'
import { locations, stockHolds, stockLevels } from '../../platform/db/schema/inventory.ts'
import { orderLines, orderMoves, orders } from '../../platform/db/schema/orders.ts'
import { disputes, payments, refunds } from '../../platform/db/schema/payments.ts'
import { type Fragment, jsonRows, query, wholeRows } from '../../platform/db/statement.ts'
import type { OrderRow } from '../orders/queries.ts'
import type { DisputeRow } from '../payments/dispute-queries.ts'
import type { PaymentRow } from '../payments/queries.ts'
import type { RefundRow } from '../payments/refund-queries.ts'

/** An order as far as money and stock are concerned, read on one snapshot. */
export interface OrderState {
  order: OrderRow
  /** All attempts, the first one first. */
  payments: PaymentRow[]
  refunds: RefundRow[]
  disputes: DisputeRow[]
  /** What it still holds. */
  holds: PlannedHold[]
  /** What it needs of each variant. */
  demand: ReadonlyMap<string, number>
  levels: RankedLevel[]
  /** The last move of each lifecycle. */
  seq: Readonly<Record<Lifecycle, number>>
}

const wholeOrders = wholeRows(orders)
const paymentRows = jsonRows(payments)
const refundRows = jsonRows(refunds)
const disputeRows = jsonRows(disputes)
const ofOrder = sql`WHERE order_id = orders.id`
const variantIds = sql`(SELECT variant_id FROM ${orderLines} ${ofOrder})`
// Made once: who settles asks for them at every event.
const listedPayments = paymentRows.json(sql`${ofOrder} ORDER BY attempt`)
const listedRefunds = refundRows.json(sql`${ofOrder} ORDER BY id`)
const listedDisputes = disputeRows.json(sql`${ofOrder} ORDER BY created_at`)

/**
 * The reads behind an `OrderState`, to ride in any batch: one statement, because most carts that are completed have no order
 * yet, and nothing is what costs least when it is asked for once.
 */
export function orderState(orderId: Fragment, now: Date): readonly [Query<OrderState[]>] {
  // freeable: others' holds that have run out; the order's own are apart. What is given up (active = 0) holds nothing.
  return [
    query(toState)`SELECT ${wholeOrders.columns},
      ${listedPayments} AS payments, ${listedRefunds} AS refunds, ${listedDisputes} AS disputes,
      (SELECT json_group_array(json_array(lifecycle, seq)) FROM ${orderMoves} ${ofOrder}) AS moves,
      (SELECT json_group_array(json_array(variant_id, quantity)) FROM ${orderLines} ${ofOrder}) AS demand,
      (SELECT json_group_array(json_object('variantId', l.variant_id, 'locationId', l.location_id, 'policy', l.policy,
          'backorderLimit', l.backorder_limit, 'onHand', l.on_hand, 'held', l.held, 'country', p.country, 'priority', p.priority,
          'freeable', (SELECT coalesce(sum(h.quantity), 0) FROM ${stockHolds} AS h
            WHERE h.variant_id = l.variant_id AND h.location_id = l.location_id
              AND h.expires_at <= ${now.getTime()} AND h.order_id <> orders.id),
          'own', (SELECT h.quantity FROM ${stockHolds} AS h
            WHERE h.variant_id = l.variant_id AND h.location_id = l.location_id AND h.order_id = orders.id)))
        FROM ${stockLevels} AS l JOIN ${locations} AS p ON p.id = l.location_id
        WHERE l.variant_id IN ${variantIds} AND l.active = 1) AS levels
      FROM ${orders} WHERE id = ${orderId}`,
  ]
}

function toState(row: Record<string, unknown>): OrderState {
  const list = <Item>(name: string) => JSON.parse(row[name] as string) as Item[]
  const levels = list<RankedLevel & { own: number | null }>('levels')
  const demand = new Map<string, number>()
  for (const [variantId, quantity] of list<[string, number]>('demand')) {
    demand.set(variantId, (demand.get(variantId) ?? 0) + quantity)
  }
  const seq = { order: 0, payment: 0, fulfillment: 0 }
  for (const [lifecycle, last] of list<[Lifecycle, number]>('moves')) seq[lifecycle] = Math.max(seq[lifecycle], last)
  return {
    order: wholeOrders.toRow(row),
    payments: paymentRows.toRows(list('payments')),
    refunds: refundRows.toRows(list('refunds')),
    disputes: disputeRows.toRows(list('disputes')),
    holds: levels.flatMap(({ variantId, locationId, own }) =>
      own === null ? [] : [{ variantId, locationId, quantity: own }],
    ),
    demand,
    levels: levels.map(({ own: _, ...level }) => level),
    seq,
  }
}

/** The result of `orderState`; null when there is no such order. */
export function toOrderState([states]: readonly [OrderState[]]): OrderState | null {
  return states[0] ?? null
}

export async function readOrderState(db: Db, orderId: Fragment, now: Date): Promise<OrderState | null> {
  return toOrderState(await db.read(...orderState(orderId, now)))
}

/** The state once `payment` has become so. */
export function withPayment(state: OrderState, payment: PaymentRow): OrderState {
  return { ...state, payments: state.payments.map((known) => (known.id === payment.id ? payment : known)) }
}

/** Constraints that tell that somebody else was faster: read again, decide anew. */
export const RACES: ReadonlySet<string> = new Set([
  'order_moves.order_id',
  'order_changed',
  'payment_moves.payment_id',
  'payments.order_id',
  'orders.cart_id',
  'stock_movements.variant_id',
  'stock_holds.variant_id',
  'stock_not_oversold',
  'stock_held_not_negative',
  'stock_location_active',
  'holds_changed',
  'cart_conflict',
  'already_numbered',
  'refund_settled',
  'dispute_settled',
  'payments_moved',
  'refunds_changed',
  'refund_exceeds_captured',
  'refunded_exceeds_ordered',
  'fulfilled_exceeds_ordered',
  'refunds.payment_id',
  'order_not_pending',
  'attempts_changed',
  // Others have used up what was left: the next look says until when.
  'attempts_exceeded',
])
