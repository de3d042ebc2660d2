import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Derived, like everything here: what list cards show and sort by, for each span of time. */
export const productPrices = sqliteTable(
  'product_prices',
  {
    productId: text('product_id').notNull(),
    currency: text().notNull(),
    marketId: text('market_id').notNull(),
    validFrom: integer('valid_from').notNull(),
    validUntil: integer('valid_until').notNull(),
    minAmount: integer('min_amount').notNull(),
    maxAmount: integer('max_amount').notNull(),
    minCompareAtAmount: integer('min_compare_at_amount'),
    maxCompareAtAmount: integer('max_compare_at_amount'),
  },
  (table) => [primaryKey({ columns: [table.productId, table.currency, table.marketId, table.validFrom] })],
)

export const listings = sqliteTable(
  'listings',
  {
    productId: text('product_id').notNull(),
    shelf: text().notNull(),
    position: integer().notNull(),
    title: text().notNull(),
    publishedAt: integer('published_at').notNull(),
    unpublishedAt: integer('unpublished_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.shelf] })],
)

export const listingPrices = sqliteTable(
  'listing_prices',
  {
    productId: text('product_id').notNull(),
    shelf: text().notNull(),
    currency: text().notNull(),
    marketId: text('market_id').notNull(),
    validFrom: integer('valid_from').notNull(),
    validUntil: integer('valid_until').notNull(),
    minAmount: integer('min_amount').notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.shelf, table.currency, table.marketId, table.validFrom] })],
)

export const staleListings = sqliteTable('stale_listings', { productId: text('product_id').primaryKey() })
