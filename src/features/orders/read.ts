import { type SQL, sql } from 'drizzle-orm'
import type { Query, Results } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { type DisputeRow, listDisputes } from '../payments/dispute-queries.ts'
import { listOperations, type OperationRow } from '../payments/operation-queries.ts'
import { listPayments, type PaymentRow } from '../payments/queries.ts'
import { listRefundLines, listRefunds, type RefundLineRow, type RefundRow } from '../payments/refund-queries.ts'
import { type Fulfillment, listFulfillments } from './fulfillment-queries.ts'
import { listMoves, type OrderMoveRow } from './move-queries.ts'
import { findOrder, findOwnOrder, listOrderLines, type OrderLineRow, type OrderRow } from './queries.ts'

/** An order with everything that belongs to it. */
export interface WholeOrder {
  order: OrderRow
  lines: OrderLineRow[]
  moves: OrderMoveRow[]
  payments: PaymentRow[]
  refunds: RefundRow[]
  refundLines: RefundLineRow[]
  fulfillments: Fulfillment[]
}

/** What only staff see of an order. */
export interface StaffOrder extends WholeOrder {
  operations: OperationRow[]
  disputes: DisputeRow[]
}

/** The reads of a whole order, to ride in any batch. @param ownerId null for staff and the system. */
export function wholeOrder(id: string, ownerId: string | null) {
  const orderId: SQL = sql`${id}`
  const found: Query<OrderRow[]> = ownerId === null ? findOrder(orderId) : findOwnOrder(id, ownerId)
  return [
    found,
    listOrderLines(orderId),
    listMoves(orderId),
    listPayments(orderId),
    listRefunds(orderId),
    listRefundLines(orderId),
    listFulfillments(orderId),
  ] as const
}

/** The same with what only staff see. */
export function staffOrder(id: string) {
  const orderId: SQL = sql`${id}`
  return [...wholeOrder(id, null), listOperations(orderId), listDisputes(orderId)] as const
}

/** What `wholeOrder` reads of an order that was placed just now. */
export function newWholeOrder(order: OrderRow, lines: OrderLineRow[], payment: PaymentRow): WholeOrder {
  return { order, lines, moves: [], payments: [payment], refunds: [], refundLines: [], fulfillments: [] }
}

/** Puts the results of `wholeOrder` together; null when there is no such order. */
export function toWholeOrder(results: Results<ReturnType<typeof wholeOrder>>): WholeOrder | null {
  const [[order], lines, moves, payments, refunds, refundLines, fulfillments] = results
  return order ? { order, lines, moves, payments, refunds, refundLines, fulfillments } : null
}

/** Puts the results of `staffOrder` together; null when there is no such order. */
export function toStaffOrder(results: Results<ReturnType<typeof staffOrder>>): StaffOrder | null {
  const [order, lines, moves, payments, refunds, refundLines, fulfillments, operations, disputes] = results
  const whole = toWholeOrder([order, lines, moves, payments, refunds, refundLines, fulfillments])
  return whole && { ...whole, operations, disputes }
}

/** One trip. @throws {Problem} order_not_found, also for somebody else's. */
export async function mustFindOrder({ db }: Context, id: string, ownerId: string | null): Promise<WholeOrder> {
  const whole = toWholeOrder(await db.read(...wholeOrder(id, ownerId)))
  if (!whole) throw new Problem('order_not_found')
  return whole
}

/** One trip. @throws {Problem} order_not_found */
export async function mustFindStaffOrder({ db }: Context, id: string): Promise<StaffOrder> {
  const order = toStaffOrder(await db.read(...staffOrder(id)))
  if (!order) throw new Problem('order_not_found')
  return order
}
