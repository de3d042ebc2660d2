import { type SQL, sql } from 'drizzle-orm'
import type { Query } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { listPayments, listRefunds, type PaymentRow, type RefundRow } from '../payments/queries.ts'
import {
  findOrder,
  findOwnOrder,
  listMoves,
  listOrderLines,
  type OrderLineRow,
  type OrderMoveRow,
  type OrderRow,
} from './queries.ts'

/** An order with everything that belongs to it. */
export interface WholeOrder {
  order: OrderRow
  lines: OrderLineRow[]
  moves: OrderMoveRow[]
  payments: PaymentRow[]
  refunds: RefundRow[]
}

/** The reads of a whole order, to ride in any batch. @param ownerId null for staff and the system. */
export function wholeOrder(id: string, ownerId: string | null) {
  const orderId: SQL = sql`${id}`
  const found: Query<OrderRow[]> = ownerId === null ? findOrder(orderId) : findOwnOrder(id, ownerId)
  return [found, listOrderLines(orderId), listMoves(orderId), listPayments(orderId), listRefunds(orderId)] as const
}

/** Puts the results of `wholeOrder` together; null when there is no such order. */
export function toWholeOrder(
  results: readonly [OrderRow[], OrderLineRow[], OrderMoveRow[], PaymentRow[], RefundRow[]],
): WholeOrder | null {
  const [[order], lines, moves, payments, refunds] = results
  return order ? { order, lines, moves, payments, refunds } : null
}

/** One trip. @throws {Problem} order_not_found, also for somebody else's. */
export async function mustFindOrder({ db }: Context, id: string, ownerId: string | null): Promise<WholeOrder> {
  const whole = toWholeOrder(await db.read(...wholeOrder(id, ownerId)))
  if (!whole) throw new Problem('order_not_found')
  return whole
}
