import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Address } from '../../../domain/address.ts'
import type { CartStatus } from '../../../domain/cart.ts'
import type { Metadata } from '../../../domain/product.ts'
import type { PromotionRefusal } from '../../../domain/promotion.ts'

export const carts = sqliteTable('carts', {
  id: text().primaryKey(),
  ownerId: text('owner_id').notNull(),
  version: integer().notNull(),
  status: text().$type<CartStatus>().notNull(),
  currency: text().notNull(),
  country: text().notNull(),
  locale: text().notNull(),
  email: text(),
  customerKey: text('customer_key'),
  shippingAddress: text('shipping_address', { mode: 'json' }).$type<Address>(),
  billingAddress: text('billing_address', { mode: 'json' }).$type<Address>(),
  shippingOptionId: text('shipping_option_id'),
  discountCodes: text('discount_codes', { mode: 'json' }).$type<string[]>().notNull(),
  refusals: text({ mode: 'json' }).$type<Record<string, PromotionRefusal>>().notNull(),
  note: text(),
  metadata: text({ mode: 'json' }).$type<Metadata>().notNull(),
  orderId: text('order_id'),
  mergedInto: text('merged_into'),
  catalogGeneration: integer('catalog_generation').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  vatId: text('vat_id'),
  giftCardIds: text('gift_card_ids', { mode: 'json' }).$type<string[]>().notNull(),
})

export const cartLines = sqliteTable(
  'cart_lines',
  {
    cartId: text('cart_id').notNull(),
    variantId: text('variant_id').notNull(),
    attributesKey: text('attributes_key').notNull(),
    id: text().notNull(),
    quantity: integer().notNull(),
    attributes: text({ mode: 'json' }).$type<Metadata>().notNull(),
    seenUnitAmount: integer('seen_unit_amount'),
    seenCurrency: text('seen_currency'),
    seenAvailable: integer('seen_available'),
    createdAt: integer('created_at').notNull(),
    minQuantity: integer('min_quantity').notNull(),
    maxQuantity: integer('max_quantity'),
    quantityStep: integer('quantity_step').notNull(),
  },
  (table) => [primaryKey({ columns: [table.cartId, table.variantId, table.attributesKey] })],
)

export const cartSweeps = sqliteTable('cart_sweeps', { name: text().primaryKey(), until: integer().notNull() })
