import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Pieces sold within the window: what lists and the search index take over. */
export const productSales = sqliteTable('product_sales', {
  productId: text('product_id').primaryKey(),
  units: integer().notNull(),
})

export const productSalesDays = sqliteTable(
  'product_sales_days',
  {
    productId: text('product_id').notNull(),
    /** Days since 1970, in UTC. */
    day: integer().notNull(),
    units: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.day] })],
)

export const salesReturns = sqliteTable(
  'sales_returns',
  {
    day: integer().notNull(),
    orderId: text('order_id').notNull(),
    productId: text('product_id').notNull(),
    units: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.orderId, table.productId] })],
)

export const salesCounts = sqliteTable('sales_counts', {
  id: integer().primaryKey(),
  number: integer().notNull(),
  act: text().notNull(),
  since: integer().notNull(),
  publishedAt: integer('published_at').notNull(),
})

export const unpublishedSales = sqliteTable('unpublished_sales', { productId: text('product_id').primaryKey() })
