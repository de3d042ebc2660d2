import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Amounts } from '../../../domain/money.ts'
import type { RateRule, ShippingRate } from '../../../domain/shipping.ts'

export const shippingZones = sqliteTable('shipping_zones', {
  id: text().primaryKey(),
  name: text().notNull(),
  position: integer().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const shippingAreas = sqliteTable(
  'shipping_areas',
  {
    country: text().notNull(),
    region: text().notNull(),
    postalPattern: text('postal_pattern').notNull(),
    zoneId: text('zone_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.country, table.region, table.postalPattern] })],
)

export const shippingRates = sqliteTable('shipping_rates', {
  id: text().primaryKey(),
  zoneId: text('zone_id').notNull(),
  name: text().notNull(),
  description: text().notNull(),
  position: integer().notNull(),
  kind: text().$type<ShippingRate['kind']>().notNull(),
  steps: text({ mode: 'json' }).$type<ShippingRate['steps']>().notNull(),
  freeOver: text('free_over', { mode: 'json' }).$type<Amounts>().notNull(),
  rule: text({ mode: 'json' }).$type<RateRule>().notNull(),
  service: text(),
  pickupLocationId: text('pickup_location_id'),
})

export const pickupLocations = sqliteTable('pickup_locations', {
  id: text().primaryKey(),
  name: text().notNull(),
  line1: text().notNull(),
  line2: text(),
  city: text().notNull(),
  region: text(),
  postalCode: text('postal_code').notNull(),
  country: text().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})
