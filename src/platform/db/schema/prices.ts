import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const prices = sqliteTable(
  'prices',
  {
    variantId: text('variant_id').notNull(),
    currency: text().notNull(),
    marketId: text('market_id').notNull(),
    minQuantity: integer('min_quantity').notNull(),
    amount: integer().notNull(),
    compareAtAmount: integer('compare_at_amount'),
    since: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.variantId, table.currency, table.marketId, table.minQuantity] })],
)

export const priceHistory = sqliteTable(
  'price_history',
  {
    variantId: text('variant_id').notNull(),
    untilAt: integer('until_at').notNull(),
    currency: text().notNull(),
    marketId: text('market_id').notNull(),
    priceListId: text('price_list_id').notNull(),
    fromAt: integer('from_at').notNull(),
    amount: integer().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.variantId,
        table.untilAt,
        table.currency,
        table.marketId,
        table.priceListId,
        table.fromAt,
        table.amount,
      ],
    }),
  ],
)

export const priceLists = sqliteTable('price_lists', {
  id: text().primaryKey(),
  title: text().notNull(),
  status: text().$type<'active' | 'paused' | 'archived'>().notNull(),
  marketId: text('market_id').notNull(),
  customerGroupId: text('customer_group_id'),
  startsAt: integer('starts_at').notNull(),
  endsAt: integer('ends_at').notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const priceListPrices = sqliteTable(
  'price_list_prices',
  {
    variantId: text('variant_id').notNull(),
    priceListId: text('price_list_id').notNull(),
    currency: text().notNull(),
    minQuantity: integer('min_quantity').notNull(),
    amount: integer().notNull(),
    since: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.variantId, table.priceListId, table.currency, table.minQuantity] })],
)
