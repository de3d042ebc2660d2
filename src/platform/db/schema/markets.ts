import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const markets = sqliteTable('markets', {
  id: text().primaryKey(),
  name: text().notNull(),
  currency: text().notNull(),
  locales: text({ mode: 'json' }).$type<string[]>().notNull(),
  taxIncluded: integer('tax_included', { mode: 'boolean' }).notNull(),
  position: integer().notNull(),
  /** 0 sells at everybody's prices, 1 its lists are being derived, 2 has prices of its own. */
  ownPrices: integer('own_prices').$type<0 | 1 | 2>().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const marketCountries = sqliteTable('market_countries', {
  country: text().primaryKey(),
  marketId: text('market_id').notNull(),
  position: integer().notNull(),
})
