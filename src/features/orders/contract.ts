import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { AddressView, MetadataShape, MoneyShape, money, timestamp } from '../../platform/http/shapes.ts'
import { TaxView, TotalsView, toTaxView } from '../cart/contract.ts'
import { NextActionView, PaymentView, RefundView, toPaymentView, toRefundView } from '../payments/contract.ts'
import { PickupPlaceView } from '../shipping/pickup-contract.ts'
import type { OrderRow } from './queries.ts'
import type { WholeOrder } from './read.ts'

const statuses = () => ({
  status: z.enum(['pending', 'confirmed', 'completed', 'cancelled']),
  payment_status: z.enum(['pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'failed', 'voided']),
  fulfillment_status: z.enum(['unfulfilled', 'partially_fulfilled', 'fulfilled']),
})

const Discount = shape(() =>
  z.object({ promotion_id: z.string(), code: z.string().nullable(), title: z.string(), amount: MoneyShape() }),
)

const OrderLineView = shape(() =>
  z
    .object({
      id: z.string(),
      product_id: z.string(),
      variant_id: z.string(),
      sku: z.string().nullable(),
      handle: z.string(),
      title: z.string(),
      variant_title: z.string(),
      image_url: z.string().nullable(),
      quantity: z.int(),
      attributes: MetadataShape(),
      unit_price: MoneyShape(),
      compare_at_unit_price: MoneyShape().nullable(),
      subtotal: MoneyShape(),
      discount: MoneyShape(),
      tax: MoneyShape(),
      total: MoneyShape(),
      discounts: z.array(Discount()),
      taxes: z.array(TaxView()),
    })
    .meta({ id: 'OrderLine' }),
)

export const OrderView = shape(() =>
  z
    .object({
      id: z.string(),
      number: z.int().nullable().meta({ description: 'Taken at confirmation; a pending order has none' }),
      ...statuses(),
      email: z.string(),
      currency: z.string(),
      country: z.string(),
      locale: z.string(),
      cart_id: z.string(),
      lines: z.array(OrderLineView()),
      shipping: z
        .object({
          option_id: z.string(),
          name: z.string(),
          amount: MoneyShape(),
          discount: MoneyShape(),
          tax: MoneyShape(),
          taxes: z.array(TaxView()),
          pickup: PickupPlaceView().nullable().meta({ description: 'Where the goods are picked up' }),
        })
        .nullable(),
      vat_id: z.string().nullable(),
      tax_exempt: z.boolean().meta({ description: 'The buyer of vat_id accounts for the tax' }),
      taxes: z.array(TaxView()).meta({ description: 'Each tax over the whole order' }),
      totals: TotalsView(),
      discount_codes: z.array(z.string()),
      shipping_address: AddressView().nullable(),
      billing_address: AddressView().nullable(),
      payments: z.array(PaymentView()),
      refunds: z.array(RefundView()),
      fulfillments: z.array(z.object({ id: z.string() })),
      timeline: z.array(
        z.object({
          at: z.string(),
          lifecycle: z.enum(['order', 'payment', 'fulfillment']),
          from: z.string().nullable(),
          to: z.string(),
          reason: z.string(),
        }),
      ),
      next_action: NextActionView().nullable().meta({ description: 'How a pending order can still be paid' }),
      note: z.string().nullable(),
      metadata: MetadataShape(),
      created_at: z.string(),
      confirmed_at: z.string().nullable(),
    })
    .meta({ id: 'Order' }),
)

export const OrderSummaryView = shape(() =>
  z
    .object({
      id: z.string(),
      number: z.int().nullable(),
      ...statuses(),
      email: z.string(),
      total: MoneyShape(),
      created_at: z.string(),
      confirmed_at: z.string().nullable(),
    })
    .meta({ id: 'OrderSummary' }),
)

export const OrderParams = shape(() => z.object({ order: idSchema('order') }))

export function toOrderSummaryView(row: OrderRow) {
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    payment_status: row.paymentStatus,
    fulfillment_status: row.fulfillmentStatus,
    email: row.email,
    total: money(row.totalAmount, row.currency),
    created_at: timestamp(row.createdAt),
    confirmed_at: row.confirmedAt === null ? null : timestamp(row.confirmedAt),
  }
}

export function toOrderView({ order, lines, moves, payments, refunds }: WholeOrder) {
  const inCurrency = (amount: number) => money(amount, order.currency)
  const priced = <Row extends { amount: number }>(row: Row) => ({ ...row, amount: inCurrency(row.amount) })
  const { tax_included, ...amounts } = order.totals
  const { shipping } = order
  return {
    ...toOrderSummaryView(order),
    currency: order.currency,
    country: order.country,
    locale: order.locale,
    cart_id: order.cartId,
    lines: lines.map((line) => ({
      id: line.id,
      product_id: line.productId,
      variant_id: line.variantId,
      sku: line.sku,
      handle: line.handle,
      title: line.title,
      variant_title: line.variantTitle,
      image_url: line.imageUrl,
      quantity: line.quantity,
      attributes: line.attributes,
      unit_price: inCurrency(line.unitAmount),
      compare_at_unit_price: line.compareAtUnitAmount === null ? null : inCurrency(line.compareAtUnitAmount),
      subtotal: inCurrency(line.subtotal),
      discount: inCurrency(line.discount),
      tax: inCurrency(line.tax),
      total: inCurrency(line.total),
      discounts: line.discounts.map(priced),
      taxes: line.taxes.map((tax) => toTaxView(tax, inCurrency)),
    })),
    shipping: shipping
      ? {
          option_id: shipping.option_id,
          name: shipping.name,
          amount: inCurrency(shipping.amount),
          discount: inCurrency(shipping.discount),
          tax: inCurrency(shipping.tax),
          taxes: shipping.taxes.map((tax) => toTaxView(tax, inCurrency)),
          // Orders placed before there were pickup locations know nothing of them.
          pickup: shipping.pickup ?? null,
        }
      : null,
    vat_id: order.vatId,
    tax_exempt: order.taxExempt,
    taxes: order.taxes.map((tax) => toTaxView(tax, inCurrency)),
    totals: { ...mapValues(amounts, inCurrency), tax_included },
    discount_codes: order.discountCodes,
    shipping_address: order.shippingAddress,
    billing_address: order.billingAddress,
    payments: payments.map(toPaymentView),
    refunds: refunds.map(toRefundView),
    fulfillments: [],
    timeline: moves.map(({ at, lifecycle, fromStatus, toStatus, reason }) => ({
      at: timestamp(at),
      lifecycle,
      from: fromStatus,
      to: toStatus,
      reason,
    })),
    next_action: order.status === 'pending' ? (payments.at(-1)?.nextAction ?? null) : null,
    note: order.note,
    metadata: order.metadata,
  }
}

function mapValues<Value, Mapped>(
  record: Record<string, Value>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
