import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { InventoryPolicy } from '../../../domain/product.ts'
import type { StockState } from '../../../domain/stock.ts'

export const locations = sqliteTable('locations', {
  id: text().primaryKey(),
  name: text().notNull(),
  country: text(),
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  /** Where stock is taken from first: the lowest, after those in the destination's country. */
  priority: integer().notNull(),
  active: integer({ mode: 'boolean' }).notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
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
    /** Staff are told when no more than this is free on the shelf; null is never. */
    lowStockAt: integer('low_stock_at'),
    /** The location's own, which the database keeps here too. */
    active: integer({ mode: 'boolean' }).notNull(),
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
    incomingDelta: integer('incoming_delta').notNull(),
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

/** What was last told of a variant; `told < crossed` where something may have to be told since. */
export const stockAlerts = sqliteTable('stock_alerts', {
  variantId: text('variant_id').primaryKey(),
  state: text().$type<StockState>().notNull(),
  crossed: integer().notNull(),
  told: integer().notNull(),
})
