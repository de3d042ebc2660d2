import { refusalKey } from '../../domain/candidates.ts'
import type { Money } from '../../domain/money.ts'
import { customerLimitOf, type Promotion } from '../../domain/promotion.ts'
import { type HoldPlan, planHolds } from '../../domain/stock.ts'
import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { announce } from '../../platform/outbox.ts'
import { candidatesOf, type PricedCart } from '../cart/priced.ts'
import { orderCart } from '../cart/queries.ts'
import { freeExpiredHolds, freeOrderHolds, holdStock } from '../inventory/queries.ts'
import {
  beginOrder,
  insertOrder,
  type OrderLineRow,
  type OrderRow,
  refuseUnlessFirst,
  refuseUnlessPending,
} from '../orders/queries.ts'
import { insertPayment, type PaymentRow } from '../payments/queries.ts'
import { claimPromotions } from '../promotions/queries.ts'
import type { Checkout } from './load.ts'
import type { OrderState } from './state.ts'

/** Holds outlive the provider's session by this much: a payment in its last second still finds its goods. */
const HOLD_GRACE_MS = 10 * 60 * 1000

export interface PaymentWish {
  provider: string
  /** Provider-specific fields and the return addresses, strings only; stored so that recover can open the session. */
  input: Record<string, string>
}

/** How many of each variant the cart wants. */
function demandOf(priced: PricedCart): Map<string, number> {
  const demand = new Map<string, number>()
  for (const { row } of priced.lines) demand.set(row.variantId, (demand.get(row.variantId) ?? 0) + row.quantity)
  return demand
}

/** Which shelves the cart's goods come from, or which of them are short. */
export function planCart({ priced, levels }: Checkout): HoldPlan {
  return planHolds(demandOf(priced), levels)
}

/** A new attempt on an order, not yet known to its provider. */
export function newPayment(
  context: Context,
  order: { id: string; currency: string; amountDue: number },
  attempt: number,
  wish: PaymentWish & { sessionLifetimeMs: number },
): PaymentRow {
  const at = context.now.getTime()
  return {
    id: context.mint('payment'),
    orderId: order.id,
    attempt,
    provider: wish.provider,
    status: 'created',
    amount: order.amountDue,
    currency: order.currency,
    providerReference: null,
    nextAction: null,
    input: wish.input,
    idempotencyId: context.idempotency?.id ?? null,
    captured: 0,
    refunded: 0,
    seq: 1,
    createdAt: at,
    updatedAt: at,
    sessionExpiresAt: at + wish.sessionLifetimeMs,
  }
}

/** The order a cart becomes: a snapshot, immune to later changes of the catalog. */
export function newOrder({ mint, now }: Context, priced: PricedCart, customerKey: string): OrderRow {
  const { cart, quote } = priced
  const at = now.getTime()
  return {
    id: mint('order'),
    number: null,
    cartId: cart.id,
    cartVersion: cart.version,
    ownerId: cart.ownerId,
    status: 'pending',
    paymentStatus: 'pending',
    fulfillmentStatus: 'unfulfilled',
    email: cart.email ?? '',
    customerKey,
    currency: cart.currency,
    country: priced.country,
    locale: cart.locale,
    totalAmount: quote.totals.total,
    amountDue: quote.totals.amount_due,
    totals: quote.totals,
    shipping: quote.shipping,
    discountCodes: priced.discountCodes.flatMap(({ code, applied }) => (applied ? [code] : [])),
    promotions: quote.applied,
    rounding: quote.rounding,
    shippingAddress: cart.shippingAddress,
    billingAddress: cart.billingAddress ?? cart.shippingAddress,
    note: cart.note,
    metadata: cart.metadata,
    createdAt: at,
    updatedAt: at,
    confirmedAt: null,
    vatId: cart.vatId,
    taxExempt: quote.taxExempt,
    taxes: quote.taxes,
  }
}

function orderLinesOf(orderId: string, priced: PricedCart): OrderLineRow[] {
  return priced.lines.map(({ row, sellable, title, variantTitle, compareAtUnitAmount, quoted }, position) => {
    if (!sellable || title === null) throw new Error('an order line needs a variant that is for sale')
    return {
      orderId,
      id: row.id,
      position,
      productId: sellable.productId,
      variantId: sellable.variantId,
      sku: sellable.sku,
      handle: sellable.handle,
      title,
      variantTitle: variantTitle ?? sellable.variantTitle,
      imageUrl: sellable.imageUrl,
      attributes: row.attributes,
      quantity: row.quantity,
      requiresShipping: sellable.requiresShipping,
      unitAmount: quoted.unitAmount,
      compareAtUnitAmount,
      subtotal: quoted.subtotal,
      discount: quoted.discount,
      tax: quoted.tax,
      total: quoted.total,
      discounts: quoted.discounts,
      taxes: quoted.taxes,
    }
  })
}

/**
 * Commit 1 of a new order: order, holds, uses, attempt. Committing breaks `orders.cart_id` when the cart was ordered
 * meanwhile, `cart_conflict` when it was edited, `stock_not_oversold` and `promotion_exhausted` when somebody was
 * faster; `state` is what the batch leaves behind, so that commit 2 needs no read.
 */
export function placeOrder(
  context: Context,
  checkout: Checkout,
  holds: Extract<HoldPlan, { ok: true }>['holds'],
  order: OrderRow,
  payment: PaymentRow | null,
  replaced: string | null,
): { writes: Write[]; state: OrderState } {
  const { now, mint } = context
  const actor = actorOf(context.caller)
  const { priced, levels, shop } = checkout
  const demand = demandOf(priced)
  const candidates = candidatesOf(priced.cart, shop)
  const promotionOf = new Map(candidates.map(({ promotion }) => [promotion.id, promotion]))
  const { currency } = order
  const uses = order.promotions.map(({ promotionId, code, amount }) => ({
    ...{ promotionId, code, amount, currency },
    customerLimit: limitOf(promotionOf.get(promotionId)),
  }))
  const isFirst = uses.some(({ promotionId }) => promotionOf.get(promotionId)?.conditions.first_order)
  const writes = [
    ...orderCart({ ...priced.cart, orderId: replaced, refusals: refusalsOf(priced) }, order.id, now),
    ...insertOrder(order, orderLinesOf(order.id, priced)),
    ...beginOrder(order.id, { actor, now }),
    ...freeExpiredHolds([...demand.keys()], now),
    ...holdStock(order.id, holds, holdUntil(payment, now)),
    ...(isFirst ? [refuseUnlessFirst(order.customerKey, order.cartId)] : []),
    ...claimPromotions(order.id, order.customerKey, uses, now),
    ...(payment ? insertPayment(payment, actor) : []),
    ...announce(mint, now, [{ topic: 'order.placed', subjectId: order.id }]),
  ]
  const state: OrderState = {
    order,
    payments: payment ? [payment] : [],
    holds,
    demand,
    levels,
    seq: { order: 1, payment: 1, fulfillment: 0 },
  }
  return { writes, state }
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
  holds: Extract<HoldPlan, { ok: true }>['holds'],
  payment: PaymentRow,
): Write[] {
  const { now } = context
  const variantIds = [...pending.demand.keys()]
  return [
    refuseUnlessPending(pending.order.id),
    ...freeOrderHolds(pending.order.id, variantIds),
    ...freeExpiredHolds(variantIds, now),
    ...holdStock(pending.order.id, holds, holdUntil(payment, now)),
    ...insertPayment(payment, actorOf(context.caller)),
  ]
}

function holdUntil(payment: PaymentRow | null, now: Date): Date {
  return new Date((payment?.sessionExpiresAt ?? now.getTime()) + HOLD_GRACE_MS)
}

/** What the shopper agreed to against what it costs now. */
export function isAsExpected(priced: PricedCart, expected: Money): boolean {
  const { total } = priced.quote.totals
  const everythingSold = priced.lines.every(({ sellable }) => sellable !== null)
  return everythingSold && expected.amount === total && expected.currency === priced.cart.currency
}
