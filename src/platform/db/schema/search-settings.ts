import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { SynonymKind } from '../../../domain/synonym.ts'

export const searchSynonyms = sqliteTable('search_synonyms', {
  id: text().primaryKey(),
  kind: text().$type<SynonymKind>().notNull(),
  input: text(),
  words: text({ mode: 'json' }).$type<string[]>().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const searchSynonymPhrases = sqliteTable(
  'search_synonym_phrases',
  {
    phrase: text().notNull(),
    alternative: text({ mode: 'json' }).$type<string[]>().notNull(),
    synonymId: text('synonym_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.phrase, table.alternative, table.synonymId] })],
)

export const searchPins = sqliteTable('search_pins', {
  id: text().primaryKey(),
  query: text().notNull(),
  phrase: text().notNull(),
  productIds: text('product_ids', { mode: 'json' }).$type<string[]>().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const searchPinnedProducts = sqliteTable(
  'search_pinned_products',
  {
    phrase: text().notNull(),
    productId: text('product_id').notNull(),
    position: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.phrase, table.productId] })],
)
