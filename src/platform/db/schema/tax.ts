import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const taxZones = sqliteTable('tax_zones', {
  id: text().primaryKey(),
  country: text().notNull(),
  name: text().notNull(),
  included: integer({ mode: 'boolean' }).notNull(),
  shippingCategory: text('shipping_category'),
})

export const taxRates = sqliteTable(
  'tax_rates',
  {
    zoneId: text('zone_id').notNull(),
    category: text().notNull(),
    name: text().notNull(),
    ratePpm: integer('rate_ppm').notNull(),
  },
  (table) => [primaryKey({ columns: [table.zoneId, table.category] })],
)
