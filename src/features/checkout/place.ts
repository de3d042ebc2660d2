import type { PlannedHold } from '../../domain/allocation.ts'
import { refusalKey } from '../../domain/candidates.ts'
import { customerLimitOf, type Promotion } from '../../domain/promotion.ts'
import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { announce } from '../../platform/outbox.ts'
import { candidatesOf, type PricedCart } from '../cart/priced.ts'
import { orderCart } from '../cart/queries.ts'
import { claimGiftCards } from '../giftcards/queries.ts'
import { freeExpiredHolds, freeOrderHolds, holdStock } from '../inventory/queries.ts'
import {
  insertOrder,
  type OrderLineRow,
  type OrderRow,
  refuseUnlessFirst,
  refuseUnlessPending,
} from '../orders/queries.ts'
import { insertPayment, type PaymentRow } from '../payments/queries.ts'
import { claimPromotions } from '../promotions/queries.ts'
import type { Checkout } from './load.ts'
import { demandOf, orderLinesOf } from './new-order.ts'
import type { OrderState } from './state.ts'

/** Holds outlive the provider's session by this much: a payment in its last second still finds its goods. */
const HOLD_GRACE_MS = 10 * 60 * 1000

/**
 * Commit 1 of a new order: order, holds, uses, gift cards, attempt. Committing breaks `orders.cart_id` when the cart was
 * ordered meanwhile, `cart_conflict` when it was edited, `stock_not_oversold`, `promotion_exhausted` and
 * `gift_card_balance` when somebody was faster; `state` is what the batch leaves behind, so that commit 2 needs no read.
 */
export function placeOrder(
  context: Context,
  checkout: Checkout,
  holds: PlannedHold[],
  order: OrderRow,
  payment: PaymentRow | null,
): { writes: Write[]; state: OrderState; lines: OrderLineRow[] } {
  const { now, mint } = context
  const { priced, levels, shop } = checkout
  const demand = demandOf(priced)
  const candidates = candidatesOf(priced.cart, shop)
  const promotionOf = new Map(candidates.map(({ promotion }) => [promotion.id, promotion]))
  const { currency } = order
  const uses = order.promotions.map(({ promotionId, code, amount }) => ({
    ...{ promotionId, code, amount, currency },
    customerLimit: limitOf(promotionOf.get(promotionId)),
  }))
  const lines = orderLinesOf(order.id, priced)
  const isFirst = uses.some(({ promotionId }) => promotionOf.get(promotionId)?.conditions.first_order)
  const writes = [
    ...orderCart({ ...priced.cart, refusals: refusalsOf(priced) }, order.id, now),
    ...insertOrder(order, lines),
    // What had not run out when the levels were read has not done so by this request's clock.
    ...(levels.some(({ freeable }) => freeable > 0) ? freeExpiredHolds([...demand.keys()], now) : []),
    ...holdStock(order.id, holds, holdUntil(payment, now)),
    ...(isFirst ? [refuseUnlessFirst(order.customerKey, order.cartId)] : []),
    ...claimPromotions(order.id, order.customerKey, uses, now),
    ...claimGiftCards(order.id, order.giftCards, { actor: actorOf(context.caller), now }),
    ...(payment ? insertPayment(payment) : []),
    ...announce(mint, now, [{ topic: 'order.placed', subjectId: order.id }]),
  ]
  const state: OrderState = {
    order,
    payments: payment ? [payment] : [],
    holds,
    demand,
    levels,
    refunds: [],
    disputes: [],
    seq: { order: 0, payment: 0, fulfillment: 0 },
  }
  return { writes, state, lines }
}

function limitOf(promotion: Promotion | undefined): number | null {
  return promotion ? customerLimitOf(promotion) : null
}

/**
 * A code whose last use somebody else has is not this order's, though the order's own claims lift the limits of its cart
 * from now on: the cart remembers which ones it did not get.
 */
function refusalsOf({ cart, quote }: PricedCart): PricedCart['cart']['refusals'] {
  const usedUp = quote.refused.filter(({ reason }) => reason === 'usage_limit')
  const keys = usedUp.map(({ promotionId, code, reason }) => [refusalKey(promotionId, code), reason])
  return { ...cart.refusals, ...Object.fromEntries(keys) }
}

/** Commit 1 of a further attempt on the same order: its goods are held anew, for as long as the new session lasts. */
export function placeAttempt(
  context: Context,
  pending: OrderState,
  holds: PlannedHold[],
  payment: PaymentRow,
): Write[] {
  const { now } = context
  const variantIds = [...pending.demand.keys()]
  return [
    refuseUnlessPending(pending.order.id),
    ...freeOrderHolds(pending.order.id, variantIds),
    ...freeExpiredHolds(variantIds, now),
    ...holdStock(pending.order.id, holds, holdUntil(payment, now)),
    ...insertPayment(payment),
  ]
}

function holdUntil(payment: PaymentRow | null, now: Date): Date {
  return new Date((payment?.sessionExpiresAt ?? now.getTime()) + HOLD_GRACE_MS)
}
