import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { RoundingPolicy } from '../../../domain/rounding.ts'
import type { ShippingTax } from '../../../domain/tax.ts'

export const taxZones = sqliteTable('tax_zones', {
  id: text().primaryKey(),
  name: text().notNull(),
  included: integer({ mode: 'boolean' }).notNull(),
  shippingRule: text('shipping_rule').$type<ShippingTax['rule']>().notNull(),
  shippingCategory: text('shipping_category'),
  roundingMode: text('rounding_mode').$type<RoundingPolicy['mode']>().notNull(),
  roundingLevel: text('rounding_level').$type<RoundingPolicy['level']>().notNull(),
  reverseCharge: integer('reverse_charge', { mode: 'boolean' }).notNull(),
  position: integer().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const taxAreas = sqliteTable(
  'tax_areas',
  {
    country: text().notNull(),
    region: text().notNull(),
    postalPattern: text('postal_pattern').notNull(),
    zoneId: text('zone_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.country, table.region, table.postalPattern] })],
)

export const taxRates = sqliteTable(
  'tax_rates',
  {
    zoneId: text('zone_id').notNull(),
    category: text().notNull(),
    position: integer().notNull(),
    name: text().notNull(),
    ratePpm: integer('rate_ppm').notNull(),
    compound: integer({ mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.zoneId, table.category, table.position] })],
)
