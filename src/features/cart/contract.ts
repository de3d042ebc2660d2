import * as z from 'zod'
import type { Warning } from '../../domain/cart.ts'
import { PROMOTION_REFUSALS } from '../../domain/promotion.ts'
import type { Totals } from '../../domain/quoted.ts'
import type { ShippingOption } from '../../domain/shipping.ts'
import { shape } from '../../platform/http/schema.ts'
import { AddressView, MetadataShape, MoneyShape, money, timestamp } from '../../platform/http/shapes.ts'
import { SessionView } from '../sessions/contract.ts'
import { PickupPlaceView } from '../shipping/pickup-contract.ts'
import type { PricedCart } from './priced.ts'
import type { PricedLine } from './priced-lines.ts'

/** One tax: what it is called, its rate in parts per million, and what it comes to. */
export const TaxView = shape(() =>
  z.object({
    name: z.string(),
    rate_ppm: z.int().meta({ description: 'Parts per million: 20 % is 200000' }),
    amount: MoneyShape(),
  }),
)

const CartLineView = shape(() =>
  z
    .object({
      id: z.string(),
      product_id: z.string().nullable().meta({ description: 'Null once the item is not for sale any more' }),
      variant_id: z.string(),
      sku: z.string().nullable(),
      handle: z.string().nullable(),
      title: z.string(),
      variant_title: z.string().nullable(),
      image_url: z.string().nullable(),
      quantity: z.int(),
      attributes: MetadataShape(),
      unit_price: MoneyShape(),
      compare_at_unit_price: MoneyShape()
        .nullable()
        .meta({ description: 'What a piece cost before it was reduced; null where it is not' }),
      price_list_id: z
        .string()
        .nullable()
        .meta({ description: 'The price list that made `unit_price`; null is the regular price' }),
      previous_unit_price: MoneyShape().nullable().meta({
        description: 'The price that a change of the cart has told before; null where that is still its price',
      }),
      subtotal: MoneyShape().meta({ description: '`unit_price` times `quantity`, before discounts' }),
      discount: MoneyShape(),
      tax: MoneyShape().meta({ description: 'Part of `total`, and of the prices too where `totals.tax_included`' }),
      total: MoneyShape().meta({ description: 'What the line costs in the end: after discounts, with its tax' }),
      discounts: z.array(
        z.object({ promotion_id: z.string(), code: z.string().nullable(), title: z.string(), amount: MoneyShape() }),
      ),
      taxes: z.array(TaxView()),
    })
    .meta({ id: 'CartLine' }),
)

export const TotalsView = shape(() =>
  z
    .object({
      subtotal: MoneyShape(),
      discount: MoneyShape().meta({ description: 'On goods and shipping together' }),
      shipping: MoneyShape().meta({ description: 'Before its discount' }),
      shipping_discount: MoneyShape().meta({ description: 'The part of `discount` that is off shipping' }),
      tax: MoneyShape().meta({ description: 'On goods and shipping together' }),
      shipping_tax: MoneyShape().meta({ description: 'The part of `tax` that is on shipping' }),
      total: MoneyShape().meta({
        description: '`subtotal` - `discount` + `shipping`, and + `tax` unless `tax_included`',
      }),
      tax_included: z.boolean().meta({ description: 'Whether prices contain the tax' }),
      amount_due: MoneyShape().meta({ description: '`total` without what gift cards pay' }),
    })
    .meta({ id: 'Totals' }),
)

export const ShippingOptionView = shape(() =>
  z
    .object({
      id: z.string(),
      name: z.string(),
      description: z.string(),
      price: MoneyShape().meta({ description: 'Before discounts; `totals` has them once it is chosen' }),
      source: z.enum(['rate', 'free_over', 'carrier', 'fallback']).meta({
        description:
          'Where the price comes from: the rate, its free_over, the carrier, or the rate while the carrier gives no answer',
      }),
      pickup: PickupPlaceView()
        .nullable()
        .meta({ description: 'Where the goods are picked up; null where they are sent' }),
      estimated: z.boolean().meta({ description: 'The address is not known well enough to be sure of it' }),
    })
    .meta({ id: 'ShippingOption' }),
)

export const CartView = shape(() =>
  z
    .object({
      id: z.string(),
      version: z.int(),
      status: z.enum(['open', 'completed', 'merged', 'expired']),
      currency: z.string(),
      country: z.string(),
      locale: z.string(),
      email: z.string().nullable(),
      lines: z.array(CartLineView()),
      discount_codes: z.array(
        z.object({ code: z.string(), applied: z.boolean(), reason: z.enum(PROMOTION_REFUSALS).nullable() }),
      ),
      gifts: z
        .array(
          z.object({
            promotion_id: z.string(),
            title: z.string(),
            variant_ids: z.array(z.string()),
            quantity: z.int(),
          }),
        )
        .meta({ description: 'Earned and not in the cart yet: so many pieces of any of these variants cost nothing' }),
      gift_cards: z
        .array(
          z.object({
            id: z.string(),
            last4: z.string(),
            amount_used: MoneyShape().meta({ description: 'What it pays of this cart; of one that cannot be used, 0' }),
            balance: MoneyShape().meta({ description: 'What it holds before that, in its own currency' }),
          }),
        )
        .meta({ description: 'In the order they pay: the one added first' }),
      shipping_address: AddressView().nullable(),
      billing_address: AddressView().nullable(),
      shipping_option: ShippingOptionView().nullable(),
      vat_id: z.string().nullable(),
      tax_exempt: z.boolean().meta({ description: 'The buyer of vat_id accounts for the tax: prices are without it' }),
      taxes: z.array(TaxView()).meta({ description: 'Each tax over the whole cart, shipping included' }),
      totals: TotalsView(),
      note: z.string().nullable(),
      metadata: MetadataShape(),
      order_id: z.string().nullable().meta({ description: 'The order that complete has made of it' }),
      warnings: z.array(z.object({ code: z.string(), message: z.string(), target: z.string().nullable() })).meta({
        description:
          'They tell and never refuse; what cannot be ordered is refused by complete. `target`: the line, code, gift card, option or other cart, and after a recovery the variant; null: the cart',
      }),
      missing: z
        .array(z.enum(['email', 'shipping_address', 'billing_address', 'shipping_option']))
        .meta({ description: 'What complete cannot do without' }),
      created_at: z.string(),
      updated_at: z.string(),
      expires_at: z.string(),
      session: SessionView().optional().meta({ description: 'Only where this request started the session' }),
    })
    .meta({ id: 'Cart' }),
)

/** @param now a cart past its time shows as expired, whether or not anything has marked it so. */
export function toCartView(priced: PricedCart, now: Date, extra: readonly Warning[] = []) {
  const { cart, quote } = priced
  const inCurrency = (amount: number) => money(amount, cart.currency)
  return {
    id: cart.id,
    version: cart.version,
    status: cart.status === 'open' && cart.expiresAt <= now.getTime() ? 'expired' : cart.status,
    currency: cart.currency,
    country: priced.country,
    locale: cart.locale,
    email: cart.email,
    lines: priced.lines.map((line) => toLineView(line, inCurrency)),
    discount_codes: priced.discountCodes.map(({ code, applied, reason }) => ({ code, applied, reason })),
    gifts: quote.gifts.map(({ promotionId, title, variantIds, quantity }) => ({
      ...{ promotion_id: promotionId, title, quantity },
      variant_ids: variantIds,
    })),
    gift_cards: priced.giftCards.map(({ card, used }) => ({
      ...{ id: card.id, last4: card.last4, amount_used: inCurrency(used) },
      balance: money(card.balance, card.currency),
    })),
    shipping_address: cart.shippingAddress,
    billing_address: cart.billingAddress,
    shipping_option: priced.shippingOption ? toShippingOptionView(priced.shippingOption, priced) : null,
    vat_id: cart.vatId,
    tax_exempt: quote.taxExempt,
    taxes: quote.taxes.map((tax) => toTaxView(tax, inCurrency)),
    totals: toTotalsView(quote.totals, cart.currency),
    note: cart.note,
    metadata: cart.metadata,
    order_id: cart.orderId,
    warnings: [...priced.warnings, ...extra],
    missing: priced.missing,
    created_at: timestamp(cart.createdAt),
    updated_at: timestamp(cart.updatedAt),
    expires_at: timestamp(cart.expiresAt),
  }
}

export function toTotalsView({ tax_included, ...amounts }: Totals, currency: string) {
  const totals = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, money(amount, currency)]))
  return { ...totals, tax_included }
}

export function toShippingOptionView(
  { id, name, description, amount, source, pickup }: ShippingOption,
  { cart, shippingEstimated }: Pick<PricedCart, 'cart' | 'shippingEstimated'>,
) {
  return { id, name, description, price: money(amount, cart.currency), source, pickup, estimated: shippingEstimated }
}

export function toTaxView(
  { name, rate_ppm, amount }: { name: string; rate_ppm: number; amount: number },
  inCurrency: (amount: number) => ReturnType<typeof money>,
) {
  return { name, rate_ppm, amount: inCurrency(amount) }
}

function toLineView(line: PricedLine, inCurrency: (amount: number) => ReturnType<typeof money>) {
  const { row, sellable, quoted } = line
  return {
    id: row.id,
    product_id: sellable?.productId ?? null,
    variant_id: row.variantId,
    sku: sellable?.sku ?? null,
    handle: sellable?.handle ?? null,
    title: line.title ?? 'No longer for sale',
    variant_title: line.variantTitle,
    image_url: sellable?.imageUrl ?? null,
    quantity: row.quantity,
    attributes: row.attributes,
    unit_price: inCurrency(quoted.unitAmount),
    price_list_id: quoted.priceListId,
    compare_at_unit_price: line.compareAtUnitAmount === null ? null : inCurrency(line.compareAtUnitAmount),
    previous_unit_price: line.previousUnitAmount === null ? null : inCurrency(line.previousUnitAmount),
    subtotal: inCurrency(quoted.subtotal),
    discount: inCurrency(quoted.discount),
    tax: inCurrency(quoted.tax),
    total: inCurrency(quoted.total),
    discounts: quoted.discounts.map(({ amount, ...discount }) => ({ ...discount, amount: inCurrency(amount) })),
    taxes: quoted.taxes.map((tax) => toTaxView(tax, inCurrency)),
  }
}
