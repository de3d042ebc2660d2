import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const shippingZones = sqliteTable('shipping_zones', { id: text().primaryKey(), name: text().notNull() })

export const shippingZoneCountries = sqliteTable('shipping_zone_countries', {
  country: text().primaryKey(),
  zoneId: text('zone_id').notNull(),
})

export const shippingRates = sqliteTable('shipping_rates', {
  id: text().primaryKey(),
  zoneId: text('zone_id').notNull(),
  name: text().notNull(),
  description: text().notNull(),
  position: integer().notNull(),
})

export const shippingRatePrices = sqliteTable(
  'shipping_rate_prices',
  { rateId: text('rate_id').notNull(), currency: text().notNull(), amount: integer().notNull() },
  (table) => [primaryKey({ columns: [table.rateId, table.currency] })],
)
