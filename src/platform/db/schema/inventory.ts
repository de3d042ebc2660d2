import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { InventoryPolicy } from '../../../domain/product.ts'

export const locations = sqliteTable('locations', {
  id: text().primaryKey(),
  name: text().notNull(),
  country: text(),
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
})

export const stockLevels = sqliteTable(
  'stock_levels',
  {
    variantId: text('variant_id').notNull(),
    locationId: text('location_id').notNull(),
    policy: text().$type<InventoryPolicy>().notNull(),
    backorderLimit: integer('backorder_limit'),
    onHand: integer('on_hand').notNull(),
    held: integer().notNull(),
    incoming: integer().notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.variantId, table.locationId] })],
)

export const stockMovements = sqliteTable(
  'stock_movements',
  {
    variantId: text('variant_id').notNull(),
    locationId: text('location_id').notNull(),
    reference: text().notNull(),
    reason: text().notNull(),
    delta: integer().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.variantId, table.locationId, table.reference, table.reason] })],
)

export const stockHolds = sqliteTable(
  'stock_holds',
  {
    variantId: text('variant_id').notNull(),
    locationId: text('location_id').notNull(),
    orderId: text('order_id').notNull(),
    quantity: integer().notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.variantId, table.locationId, table.orderId] })],
)
