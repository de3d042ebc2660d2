import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Metadata, ProductStatus } from '../../../domain/product.ts'

export const markets = sqliteTable('markets', {
  id: text().primaryKey(),
  name: text().notNull(),
  currency: text().notNull(),
  countries: text({ mode: 'json' }).$type<string[]>().notNull(),
  locales: text({ mode: 'json' }).$type<string[]>().notNull(),
  taxIncluded: integer('tax_included', { mode: 'boolean' }).notNull(),
  position: integer().notNull(),
})

export const products = sqliteTable('products', {
  id: text().primaryKey(),
  handle: text().notNull(),
  title: text().notNull(),
  descriptionHtml: text('description_html').notNull(),
  vendor: text().notNull(),
  productType: text('product_type').notNull(),
  status: text().$type<ProductStatus>().notNull(),
  options: text({ mode: 'json' }).$type<string[]>().notNull(),
  tags: text({ mode: 'json' }).$type<string[]>().notNull(),
  seoTitle: text('seo_title'),
  seoDescription: text('seo_description'),
  metadata: text({ mode: 'json' }).$type<Metadata>().notNull(),
  privateMetadata: text('private_metadata', { mode: 'json' }).$type<Metadata>().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const productTags = sqliteTable(
  'product_tags',
  { tag: text().notNull(), productId: text('product_id').notNull() },
  (table) => [primaryKey({ columns: [table.tag, table.productId] })],
)

export const images = sqliteTable('images', {
  id: text().primaryKey(),
  productId: text('product_id').notNull(),
  position: integer().notNull(),
  url: text().notNull(),
  alt: text().notNull(),
  width: integer(),
  height: integer(),
})

export const variants = sqliteTable('variants', {
  id: text().primaryKey(),
  productId: text('product_id').notNull(),
  position: integer().notNull(),
  sku: text(),
  title: text().notNull(),
  options: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
  optionKey: text('option_key').notNull(),
  barcode: text(),
  weightGrams: integer('weight_grams').notNull(),
  requiresShipping: integer('requires_shipping', { mode: 'boolean' }).notNull(),
  taxable: integer({ mode: 'boolean' }).notNull(),
  taxCategory: text('tax_category').notNull(),
  imageId: text('image_id'),
  archived: integer({ mode: 'boolean' }).notNull(),
})

export const prices = sqliteTable(
  'prices',
  {
    variantId: text('variant_id').notNull(),
    currency: text().notNull(),
    marketId: text('market_id').notNull(),
    amount: integer().notNull(),
    compareAtAmount: integer('compare_at_amount'),
  },
  (table) => [primaryKey({ columns: [table.variantId, table.currency, table.marketId] })],
)

export const productPrices = sqliteTable(
  'product_prices',
  {
    productId: text('product_id').notNull(),
    currency: text().notNull(),
    minAmount: integer('min_amount').notNull(),
    maxAmount: integer('max_amount').notNull(),
    minCompareAtAmount: integer('min_compare_at_amount'),
    maxCompareAtAmount: integer('max_compare_at_amount'),
  },
  (table) => [primaryKey({ columns: [table.productId, table.currency] })],
)

export const collections = sqliteTable('collections', {
  id: text().primaryKey(),
  handle: text().notNull(),
  title: text().notNull(),
  descriptionHtml: text('description_html').notNull(),
  position: integer().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const collectionProducts = sqliteTable(
  'collection_products',
  {
    collectionId: text('collection_id').notNull(),
    productId: text('product_id').notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.productId] })],
)
