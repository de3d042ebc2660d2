import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { CustomFieldOptions, CustomFieldType } from '../../../domain/custom-field.ts'

export const customFields = sqliteTable('custom_fields', {
  id: text().primaryKey(),
  subject: text().$type<'product' | 'collection'>().notNull(),
  key: text().notNull(),
  title: text().notNull(),
  type: text().$type<CustomFieldType>().notNull(),
  visibility: text().$type<'public' | 'private'>().notNull(),
  options: text({ mode: 'json' }).$type<CustomFieldOptions>().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})
