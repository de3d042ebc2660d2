import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { CustomFieldValues } from '../../../domain/custom-field.ts'
import type { Metadata, ProductStatus } from '../../../domain/product.ts'

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
  publishedAt: integer('published_at'),
  unpublishedAt: integer('unpublished_at'),
  categoryId: text('category_id'),
  customFields: text('custom_fields', { mode: 'json' }).$type<CustomFieldValues>().notNull(),
})

export const productTags = sqliteTable(
  'product_tags',
  { tag: text().notNull(), productId: text('product_id').notNull() },
  (table) => [primaryKey({ columns: [table.tag, table.productId] })],
)

export const productHandles = sqliteTable('product_handles', {
  handle: text().primaryKey(),
  productId: text('product_id').notNull(),
  replacedAt: integer('replaced_at').notNull(),
})

export const relatedProducts = sqliteTable(
  'related_products',
  {
    productId: text('product_id').notNull(),
    relatedId: text('related_id').notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.relatedId] })],
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
  unitQuantity: integer('unit_quantity'),
  unit: text(),
  referenceQuantity: integer('reference_quantity'),
  referenceUnit: text('reference_unit'),
  minQuantity: integer('min_quantity').notNull(),
  maxQuantity: integer('max_quantity'),
  quantityStep: integer('quantity_step').notNull(),
})
