import * as z from 'zod'
import type { NextAction } from '../../domain/payment.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { AddressView, MetadataShape, MoneyShape, money, timestamp } from '../../platform/http/shapes.ts'
import { TaxView, TotalsView, toTaxView } from '../cart/contract.ts'
import {
  DisputeView,
  NextActionView,
  PaymentOperationView,
  PaymentView,
  RefundView,
  StaffRefundView,
  toDisputeView,
  toOperationView,
  toPaymentView,
  toRefundView,
  toStaffRefundView,
} from '../payments/contract.ts'
import { PickupPlaceView } from '../shipping/pickup-contract.ts'
import {
  FulfillmentView,
  StaffFulfillmentView,
  toFulfillmentView,
  toStaffFulfillmentView,
} from './fulfillment-contract.ts'
import { OrderLineView, toOrderLineView } from './line-contract.ts'
import type { OrderSummaryRow } from './list-queries.ts'
import type { OrderMoveRow } from './move-queries.ts'
import type { OrderRow } from './queries.ts'
import type { StaffOrder, WholeOrder } from './read.ts'

export const statuses = () => ({
  status: z
    .enum(['pending', 'confirmed', 'completed', 'cancelled'])
    .meta({ description: 'pending: waits for its payment. completed: paid and shipped' }),
  payment_status: z
    .enum(['pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'failed', 'voided'])
    .meta({ description: 'authorized: as long as more can be captured. voided: nothing came, and nothing will' }),
  fulfillment_status: z.enum(['unfulfilled', 'partially_fulfilled', 'fulfilled']),
})

const orderFields = () => ({
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
  gift_cards: z
    .array(z.object({ id: z.string(), last4: z.string(), amount: MoneyShape() }))
    .meta({ description: 'What gift cards and store credit have paid: `totals.total` less `totals.amount_due`' }),
  payments: z.array(PaymentView()),
  refunds: z.array(RefundView()),
  fulfillments: z.array(FulfillmentView()),
  timeline: z.array(
    z.object({
      at: z.string(),
      lifecycle: z.enum(['order', 'payment', 'fulfillment']),
      from: z.string().nullable(),
      to: z.string(),
      reason: z.string().meta({ description: 'A word of ours, or what staff gave as the reason of a cancellation' }),
    }),
  ),
  next_action: NextActionView().nullable().meta({ description: 'How a pending order can still be paid' }),
  note: z.string().nullable(),
  metadata: MetadataShape(),
  created_at: z.string(),
  confirmed_at: z.string().nullable(),
})

export const OrderView = shape(() => z.object(orderFields()).meta({ id: 'Order' }))

export const StaffOrderView = shape(() =>
  z
    .object({
      ...orderFields(),
      refunds: z.array(StaffRefundView()),
      operations: z
        .array(PaymentOperationView())
        .meta({ description: 'Captures and voids, and what the provider made of them' }),
      disputes: z.array(DisputeView()),
      fulfillments: z.array(StaffFulfillmentView()),
    })
    .meta({ id: 'StaffOrder' }),
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

export function toOrderSummaryView(row: OrderSummaryRow) {
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

export function toOrderView({ order, lines, moves, payments, refunds, refundLines, fulfillments }: WholeOrder) {
  const inCurrency = (amount: number) => money(amount, order.currency)
  const { tax_included, ...amounts } = order.totals
  const { shipping } = order
  return {
    ...toOrderSummaryView(order),
    currency: order.currency,
    country: order.country,
    locale: order.locale,
    cart_id: order.cartId,
    lines: lines.map((line) => toOrderLineView(line, inCurrency)),
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
    gift_cards: order.giftCards.map((part) => ({ ...part, amount: inCurrency(part.amount) })),
    payments: payments.map(toPaymentView),
    refunds: refunds.map((refund) => toRefundView(refund, refundLines)),
    fulfillments: fulfillments.map(toFulfillmentView),
    timeline: timelineOf(order, moves),
    next_action: order.status === 'pending' ? (payments.at(-1)?.nextAction ?? null) : null,
    note: order.note,
    metadata: order.metadata,
  }
}

export function toStaffOrderView(order: StaffOrder) {
  const { payments, next_action, ...view } = toOrderView(order)
  return {
    ...view,
    payments: payments.map((payment) => ({ ...payment, next_action: withoutSecret(payment.next_action) })),
    next_action: withoutSecret(next_action),
    refunds: order.refunds.map((refund) => toStaffRefundView(refund, order.refundLines)),
    operations: order.operations.map(toOperationView),
    disputes: order.disputes.map(toDisputeView),
    fulfillments: order.fulfillments.map(toStaffFulfillmentView),
  }
}

/** What pays in a browser is the shopper's: whoever else may read the order cannot act by it. */
function withoutSecret(action: NextAction | null): NextAction | null {
  return action?.type === 'confirm' ? null : action
}

/** What happened, the oldest first. That it was placed stands in the order itself, and in the moves of older ones. */
function timelineOf(order: OrderRow, moves: readonly OrderMoveRow[]) {
  const told = moves.some(({ fromStatus }) => fromStatus === null)
  const placed = { at: timestamp(order.createdAt), from: null, to: 'pending', reason: 'placed' }
  const begin = (['order', 'payment'] as const).map((lifecycle) => ({ ...placed, lifecycle }))
  return [
    ...(told ? [] : begin),
    ...moves.map(({ at, lifecycle, fromStatus, toStatus, reason }) => ({
      at: timestamp(at),
      lifecycle,
      from: fromStatus,
      to: toStatus,
      reason,
    })),
  ]
}

function mapValues<Value, Mapped>(
  record: Record<string, Value>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
