import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Address } from '../../../domain/address.ts'
import type { ParcelStatus, Tracking } from '../../../domain/fulfillment.ts'
import type { GiftCardPart } from '../../../domain/gift-card.ts'
import type { FulfillmentStatus, Lifecycle, OrderStatus, PaymentStatus } from '../../../domain/order.ts'
import type { Metadata } from '../../../domain/product.ts'
import type { AppliedPromotion, LineDiscount, QuotedShipping, TaxSum, Totals } from '../../../domain/quoted.ts'
import type { RoundingPolicy } from '../../../domain/rounding.ts'
import type { QuotedTax } from '../../../domain/tax.ts'

export const orders = sqliteTable('orders', {
  id: text().primaryKey(),
  number: integer(),
  cartId: text('cart_id').notNull(),
  cartVersion: integer('cart_version').notNull(),
  ownerId: text('owner_id').notNull(),
  status: text().$type<OrderStatus>().notNull(),
  paymentStatus: text('payment_status').$type<PaymentStatus>().notNull(),
  fulfillmentStatus: text('fulfillment_status').$type<FulfillmentStatus>().notNull(),
  email: text().notNull(),
  customerKey: text('customer_key').notNull(),
  currency: text().notNull(),
  country: text().notNull(),
  locale: text().notNull(),
  totalAmount: integer('total_amount').notNull(),
  amountDue: integer('amount_due').notNull(),
  totals: text({ mode: 'json' }).$type<Totals>().notNull(),
  shipping: text({ mode: 'json' }).$type<QuotedShipping>(),
  discountCodes: text('discount_codes', { mode: 'json' }).$type<string[]>().notNull(),
  promotions: text({ mode: 'json' }).$type<AppliedPromotion[]>().notNull(),
  rounding: text({ mode: 'json' }).$type<RoundingPolicy>().notNull(),
  shippingAddress: text('shipping_address', { mode: 'json' }).$type<Address>(),
  billingAddress: text('billing_address', { mode: 'json' }).$type<Address>(),
  note: text(),
  metadata: text({ mode: 'json' }).$type<Metadata>().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  confirmedAt: integer('confirmed_at'),
  vatId: text('vat_id'),
  taxExempt: integer('tax_exempt', { mode: 'boolean' }).notNull(),
  taxes: text({ mode: 'json' }).$type<TaxSum[]>().notNull(),
  refundedShipping: integer('refunded_shipping').notNull(),
  giftCards: text('gift_cards', { mode: 'json' }).$type<GiftCardPart[]>().notNull(),
})

export const orderLines = sqliteTable(
  'order_lines',
  {
    orderId: text('order_id').notNull(),
    id: text().notNull(),
    position: integer().notNull(),
    productId: text('product_id').notNull(),
    variantId: text('variant_id').notNull(),
    sku: text(),
    handle: text().notNull(),
    title: text().notNull(),
    variantTitle: text('variant_title').notNull(),
    imageUrl: text('image_url'),
    attributes: text({ mode: 'json' }).$type<Metadata>().notNull(),
    quantity: integer().notNull(),
    requiresShipping: integer('requires_shipping', { mode: 'boolean' }).notNull(),
    unitAmount: integer('unit_amount').notNull(),
    compareAtUnitAmount: integer('compare_at_unit_amount'),
    subtotal: integer().notNull(),
    discount: integer().notNull(),
    tax: integer().notNull(),
    total: integer().notNull(),
    discounts: text({ mode: 'json' }).$type<LineDiscount[]>().notNull(),
    taxes: text({ mode: 'json' }).$type<QuotedTax[]>().notNull(),
    fulfilledQuantity: integer('fulfilled_quantity').notNull(),
    removedQuantity: integer('removed_quantity').notNull(),
    refundedQuantity: integer('refunded_quantity').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.id] })],
)

export const orderMoves = sqliteTable(
  'order_moves',
  {
    orderId: text('order_id').notNull(),
    lifecycle: text().$type<Lifecycle>().notNull(),
    seq: integer().notNull(),
    fromStatus: text('from_status'),
    toStatus: text('to_status').notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.lifecycle, table.seq] })],
)

export const orderNumbers = sqliteTable('order_numbers', { name: text().primaryKey(), last: integer().notNull() })

export const fulfillments = sqliteTable(
  'fulfillments',
  {
    orderId: text('order_id').notNull(),
    id: text().notNull(),
    version: integer().notNull(),
    status: text().$type<ParcelStatus>().notNull(),
    locationId: text('location_id'),
    tracking: text({ mode: 'json' }).$type<Tracking>(),
    actor: text().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    deliveredAt: integer('delivered_at'),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.id] })],
)

export const fulfillmentLines = sqliteTable(
  'fulfillment_lines',
  {
    orderId: text('order_id').notNull(),
    fulfillmentId: text('fulfillment_id').notNull(),
    lineId: text('line_id').notNull(),
    quantity: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.fulfillmentId, table.lineId] })],
)

export const orderLookups = sqliteTable(
  'order_lookups',
  { hour: integer().notNull(), subject: text().notNull(), tries: integer().notNull() },
  (table) => [primaryKey({ columns: [table.hour, table.subject] })],
)
