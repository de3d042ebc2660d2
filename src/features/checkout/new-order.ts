import { type HoldPlan, planHolds } from '../../domain/allocation.ts'
import type { GiftCardPart } from '../../domain/gift-card.ts'
import type { Context } from '../../platform/http/context.ts'
import type { PricedCart } from '../cart/priced.ts'
import type { OrderLineRow, OrderRow } from '../orders/queries.ts'
import type { PaymentRow } from '../payments/queries.ts'
import type { Checkout } from './load.ts'

export interface PaymentWish {
  provider: string
  /** Provider-specific fields and the return addresses, strings only; stored so that recover can open the session. */
  input: Record<string, string>
}

/** How it is paid. */
export interface PaymentPlan extends PaymentWish {
  sessionLifetimeMs: number
  /** The network it is asked from, as it is counted; null where it is not. */
  addressKey: string | null
}

/** How many of each variant the cart wants. */
export function demandOf(priced: PricedCart): Map<string, number> {
  const demand = new Map<string, number>()
  for (const { row } of priced.lines) demand.set(row.variantId, (demand.get(row.variantId) ?? 0) + row.quantity)
  return demand
}

/** Which shelves the cart's goods come from, or which of them are short. */
export function planCart({ priced, levels }: Checkout): HoldPlan {
  return planHolds(demandOf(priced), levels, priced.country)
}

/** A new attempt on an order, not yet known to its provider. */
export function newPayment(
  context: Context,
  order: { id: string; currency: string; amountDue: number },
  attempt: number,
  plan: PaymentPlan,
): PaymentRow {
  const at = context.now.getTime()
  return {
    id: context.mint('payment'),
    orderId: order.id,
    attempt,
    provider: plan.provider,
    status: 'created',
    amount: order.amountDue,
    currency: order.currency,
    providerReference: null,
    nextAction: null,
    input: plan.input,
    idempotencyId: context.idempotency?.id ?? null,
    captured: 0,
    refunded: 0,
    seq: 0,
    createdAt: at,
    updatedAt: at,
    sessionExpiresAt: at + plan.sessionLifetimeMs,
    ...{ accepted: false, released: 0, disputed: 0, authorizationExpiresAt: null },
    ...{ addressKey: plan.addressKey, declines: 0, declined: false },
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
    refundedShipping: 0,
    giftCards: giftCardParts(priced),
  }
}

/** What the order takes from each gift card; of those that pay nothing, nothing is kept. */
export function giftCardParts({ giftCards }: Pick<PricedCart, 'giftCards'>): GiftCardPart[] {
  return giftCards.flatMap(({ card, used }) => (used > 0 ? [{ id: card.id, last4: card.last4, amount: used }] : []))
}

/** Its lines, as they were sold. */
export function orderLinesOf(orderId: string, priced: PricedCart): OrderLineRow[] {
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
      ...{ fulfilledQuantity: 0, removedQuantity: 0, refundedQuantity: 0 },
    }
  })
}
