import * as z from 'zod'
import { MAX_DISCOUNT_CODES, MAX_LINES, MAX_QUANTITY, type Warning } from '../../domain/cart.ts'
import { normaliseCode } from '../../domain/promotion.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import {
  AddressInput,
  AddressView,
  CountryCode,
  CurrencyCode,
  LocaleCode,
  MetadataShape,
  MoneyShape,
  money,
  timestamp,
} from '../../platform/http/shapes.ts'
import { SessionView } from '../sessions/contract.ts'
import type { PricedCart, PricedLine } from './priced.ts'

const LineInput = shape(() =>
  z
    .strictObject({
      variant_id: idSchema('variant').optional(),
      sku: z.string().min(1).max(100).optional(),
      quantity: z.int().min(1).max(MAX_QUANTITY),
      attributes: MetadataShape().default({}),
    })
    .refine((line) => (line.variant_id === undefined) !== (line.sku === undefined), {
      path: ['variant_id'],
      message: 'give either variant_id or sku',
    })
    .meta({ id: 'LineInput' }),
)

const Lines = shape(() => z.array(LineInput()).min(1).max(MAX_LINES))
const Email = shape(() => z.string().trim().max(254).pipe(z.email()))

export const CreateCart = shape(() =>
  z
    .strictObject({
      currency: CurrencyCode().optional(),
      country: CountryCode().optional(),
      locale: LocaleCode().optional(),
      email: Email().optional(),
      lines: z.array(LineInput()).max(MAX_LINES).default([]),
    })
    .meta({ id: 'CreateCart' }),
)

export const UpdateCart = shape(() =>
  z
    .strictObject({
      email: Email().nullable(),
      shipping_address: AddressInput().nullable(),
      billing_address: AddressInput().nullable(),
      shipping_option_id: idSchema('rate').nullable(),
      discount_codes: z
        .array(z.string().trim().min(1).max(50).transform(normaliseCode))
        .max(MAX_DISCOUNT_CODES)
        .transform((codes) => [...new Set(codes)]),
      currency: CurrencyCode(),
      country: CountryCode(),
      locale: LocaleCode(),
      note: z.string().max(1000).nullable(),
      metadata: MetadataShape(),
    })
    .partial()
    .meta({ id: 'UpdateCart' }),
)

export const AddLines = shape(() => z.strictObject({ lines: Lines() }).meta({ id: 'AddLines' }))

export const SetLines = shape(() =>
  z
    .strictObject({
      lines: z
        .array(z.strictObject({ id: idSchema('line'), quantity: z.int().min(0).max(MAX_QUANTITY) }))
        .min(1)
        .max(MAX_LINES)
        .refine((lines) => new Set(lines.map(({ id }) => id)).size === lines.length, 'must name each line once'),
    })
    .meta({ id: 'SetLines' }),
)

export const CartParams = shape(() => z.object({ cart: idSchema('cart') }))
export const LineParams = shape(() => z.object({ cart: idSchema('cart'), line: idSchema('line') }))

const CartLineView = shape(() =>
  z
    .object({
      id: z.string(),
      product_id: z.string().nullable(),
      variant_id: z.string(),
      sku: z.string().nullable(),
      handle: z.string().nullable(),
      title: z.string(),
      variant_title: z.string().nullable(),
      image_url: z.string().nullable(),
      quantity: z.int(),
      attributes: MetadataShape(),
      unit_price: MoneyShape(),
      compare_at_unit_price: MoneyShape().nullable(),
      previous_unit_price: MoneyShape().nullable(),
      subtotal: MoneyShape(),
      discount: MoneyShape(),
      tax: MoneyShape(),
      total: MoneyShape(),
      discounts: z.array(
        z.object({ promotion_id: z.string(), code: z.string().nullable(), title: z.string(), amount: MoneyShape() }),
      ),
    })
    .meta({ id: 'CartLine' }),
)

export const TotalsView = shape(() =>
  z
    .object({
      subtotal: MoneyShape(),
      discount: MoneyShape(),
      shipping: MoneyShape(),
      shipping_discount: MoneyShape(),
      tax: MoneyShape(),
      shipping_tax: MoneyShape(),
      total: MoneyShape(),
      tax_included: z.boolean(),
      amount_due: MoneyShape(),
    })
    .meta({ id: 'Totals' }),
)

export const ShippingOptionView = shape(() =>
  z
    .object({ id: z.string(), name: z.string(), description: z.string(), price: MoneyShape() })
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
      discount_codes: z.array(z.object({ code: z.string(), applied: z.boolean(), reason: z.string().nullable() })),
      gift_cards: z.array(z.object({ last4: z.string(), amount_used: MoneyShape(), balance: MoneyShape() })),
      shipping_address: AddressView().nullable(),
      billing_address: AddressView().nullable(),
      shipping_option: ShippingOptionView().nullable(),
      totals: TotalsView(),
      note: z.string().nullable(),
      metadata: MetadataShape(),
      order_id: z.string().nullable(),
      warnings: z.array(z.object({ code: z.string(), message: z.string(), target: z.string().nullable() })),
      missing: z.array(z.enum(['email', 'shipping_address', 'billing_address', 'shipping_option'])),
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
  const { tax_included, ...amounts } = quote.totals
  const totals = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, inCurrency(amount)]))
  return {
    id: cart.id,
    version: cart.version,
    status: cart.status === 'open' && cart.expiresAt <= now.getTime() ? 'expired' : cart.status,
    currency: cart.currency,
    country: priced.country,
    locale: cart.locale,
    email: cart.email,
    lines: priced.lines.map((line) => toLineView(line, inCurrency)),
    discount_codes: priced.discountCodes,
    gift_cards: [],
    shipping_address: cart.shippingAddress,
    billing_address: cart.billingAddress,
    shipping_option: priced.shippingOption ? toShippingOptionView(priced.shippingOption, cart.currency) : null,
    totals: { ...totals, tax_included },
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

export function toShippingOptionView(
  option: { id: string; name: string; description: string; amount: number },
  currency: string,
) {
  return { id: option.id, name: option.name, description: option.description, price: money(option.amount, currency) }
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
    unit_price: inCurrency(line.unitAmount),
    compare_at_unit_price: line.compareAtUnitAmount === null ? null : inCurrency(line.compareAtUnitAmount),
    previous_unit_price: line.previousUnitAmount === null ? null : inCurrency(line.previousUnitAmount),
    subtotal: inCurrency(quoted.subtotal),
    discount: inCurrency(quoted.discount),
    tax: inCurrency(quoted.tax),
    total: inCurrency(quoted.total),
    discounts: quoted.discounts.map(({ amount, ...discount }) => ({ ...discount, amount: inCurrency(amount) })),
  }
}
