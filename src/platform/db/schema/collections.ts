import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { CollectionRule, ListSort } from '../../../domain/collection.ts'
import type { CustomFieldValues } from '../../../domain/custom-field.ts'
import type { ImageDraft, Metadata } from '../../../domain/product.ts'

export const collections = sqliteTable('collections', {
  id: text().primaryKey(),
  handle: text().notNull(),
  title: text().notNull(),
  descriptionHtml: text('description_html').notNull(),
  position: integer().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  status: text().$type<'draft' | 'active'>().notNull(),
  kind: text().$type<'manual' | 'rules'>().notNull(),
  match: text().$type<'all' | 'any'>().notNull(),
  rules: text({ mode: 'json' }).$type<CollectionRule[]>().notNull(),
  /** Whether one of the rules looks at availability. */
  watchesStock: integer('watches_stock', { mode: 'boolean' }).notNull(),
  sort: text().$type<ListSort>().notNull(),
  seoTitle: text('seo_title'),
  seoDescription: text('seo_description'),
  image: text({ mode: 'json' }).$type<ImageDraft>(),
  metadata: text({ mode: 'json' }).$type<Metadata>().notNull(),
  privateMetadata: text('private_metadata', { mode: 'json' }).$type<Metadata>().notNull(),
  customFields: text('custom_fields', { mode: 'json' }).$type<CustomFieldValues>().notNull(),
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

export const collectionHandles = sqliteTable('collection_handles', {
  handle: text().primaryKey(),
  collectionId: text('collection_id').notNull(),
  replacedAt: integer('replaced_at').notNull(),
})
