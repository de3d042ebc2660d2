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

export const shelves = sqliteTable('shelves', {
  number: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  kind: text().notNull(),
})

export const listedProducts = sqliteTable('listed_products', {
  number: integer().primaryKey({ autoIncrement: true }),
  productId: text('product_id').notNull(),
  publishedAt: integer('published_at').notNull(),
  unpublishedAt: integer('unpublished_at').notNull(),
  onSale: integer('on_sale').notNull(),
  sold: integer().notNull(),
  dueAt: integer('due_at').notNull(),
  /** Numbers of shelves, a JSON array, ascending. */
  shelves: text().notNull(),
  nextShelves: text('next_shelves'),
})

/** `product` and `shelf` are numbers of `listedProducts` and `shelves`. */
export const listings = sqliteTable(
  'listings',
  {
    product: integer().notNull(),
    shelf: integer().notNull(),
    position: integer().notNull(),
    title: text().notNull(),
    publishedAt: integer('published_at').notNull(),
    unpublishedAt: integer('unpublished_at').notNull(),
    sold: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.product, table.shelf] })],
)

export const listingPrices = sqliteTable(
  'listing_prices',
  {
    product: integer().notNull(),
    shelf: integer().notNull(),
    currency: text().notNull(),
    marketId: text('market_id').notNull(),
    validFrom: integer('valid_from').notNull(),
    validUntil: integer('valid_until').notNull(),
    minAmount: integer('min_amount').notNull(),
  },
  (table) => [primaryKey({ columns: [table.product, table.shelf, table.currency, table.marketId, table.validFrom] })],
)

export const facetCounts = sqliteTable(
  'facet_counts',
  {
    shelf: integer().notNull(),
    value: integer().notNull(),
    kind: text().notNull(),
    products: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.shelf, table.value] })],
)

export const staleListings = sqliteTable('stale_listings', { productId: text('product_id').primaryKey() })

export const staleDocuments = sqliteTable('stale_documents', {
  productId: text('product_id').primaryKey(),
  revision: integer().notNull(),
  forced: integer().notNull(),
})
