import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { ImageDraft, Metadata } from '../../../domain/product.ts'

export const categories = sqliteTable('categories', {
  id: text().primaryKey(),
  handle: text().notNull(),
  parentId: text('parent_id'),
  /** Ids from the root down to the category itself. */
  path: text({ mode: 'json' }).$type<string[]>().notNull(),
  position: integer().notNull(),
  title: text().notNull(),
  descriptionHtml: text('description_html').notNull(),
  seoTitle: text('seo_title'),
  seoDescription: text('seo_description'),
  image: text({ mode: 'json' }).$type<ImageDraft>(),
  metadata: text({ mode: 'json' }).$type<Metadata>().notNull(),
  privateMetadata: text('private_metadata', { mode: 'json' }).$type<Metadata>().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const categoryHandles = sqliteTable('category_handles', {
  handle: text().primaryKey(),
  categoryId: text('category_id').notNull(),
  replacedAt: integer('replaced_at').notNull(),
})
