import type { PlannedHold } from '../../domain/allocation.ts'
import { sum } from '../../domain/money.ts'
import type { RefundableLine, RefundSource } from '../../domain/refund.ts'
import { fragment } from '../../platform/db/statement.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { listSold } from '../inventory/queries.ts'
import { listOrderLines, type OrderLineRow, variantsOf } from '../orders/queries.ts'
import { listRefundLines, refundsOf } from '../payments/refund-queries.ts'
import { type OrderState, orderState, toOrderState } from './state.ts'

/** An order as far as giving back is concerned. */
export interface RefundableOrder {
  state: OrderState
  lines: (OrderLineRow & RefundableLine)[]
  /** What it has taken from each shelf and not brought back. */
  sold: PlannedHold[]
}

/** @throws {Problem} order_not_found */
export async function mustFindRefundable({ db, now }: Context, orderId: string): Promise<RefundableOrder> {
  const id = fragment`${orderId}`
  const [lines, sold, refunded, ...rest] = await db.read(
    listOrderLines(id),
    listSold(id, variantsOf(orderId), refundsOf(orderId)),
    listRefundLines(id),
    ...orderState(id, now),
  )
  const state = toOrderState(rest)
  if (!state) throw new Problem('order_not_found')
  const returned = new Map<string, number>()
  for (const { lineId, quantity, restock: how } of refunded) {
    if (how === 'return') returned.set(lineId, (returned.get(lineId) ?? 0) + quantity)
  }
  return { state, sold, lines: lines.map((line) => ({ ...line, returnedQuantity: returned.get(line.id) ?? 0 })) }
}

/** What shipping was paid with, and what of it has been given back, in minor units. */
export function shippingOf({ order }: OrderState): { total: number; refunded: number } {
  const { shipping, totals, refundedShipping } = order
  if (!shipping) return { total: 0, refunded: 0 }
  const total = shipping.amount - shipping.discount + (totals.tax_included ? 0 : shipping.tax)
  return { total, refunded: refundedShipping }
}

/**
 * The order's money, as it is given back: to the payment that pays for it first, then to those that should have gone back by
 * themselves, then to gift cards.
 */
export function sourcesOf(state: OrderState): RefundSource[] {
  const payments = state.payments.toSorted((left, right) => Number(right.accepted) - Number(left.accepted))
  const returnedTo = (cardId: string) =>
    sum(state.refunds.flatMap(({ giftCardId, amount }) => (giftCardId === cardId ? amount : [])))
  // Until the order is confirmed a card's part is a claim, which is released with the order.
  const cards = state.order.number === null ? [] : state.order.giftCards
  return [
    ...payments.map(({ id, captured, refunded, disputed }) => ({
      kind: 'payment' as const,
      id,
      refundable: Math.max(0, captured - refunded - disputed),
    })),
    ...cards.map(({ id, amount }) => ({ kind: 'gift_card' as const, id, refundable: amount - returnedTo(id) })),
  ]
}
