import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** FTS5: `terms` can be matched and written, and not read. */
export const searchIndex = sqliteTable('search_index', {
  rowid: integer().primaryKey(),
  terms: text().notNull(),
})

export const searchDocuments = sqliteTable('search_documents', {
  product: integer().primaryKey(),
  productId: text('product_id').notNull(),
  entry: integer().notNull(),
  title: text().notNull(),
  titleWords: integer('title_words').notNull(),
  words: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
  digest: text().notNull(),
})

export const searchTerms = sqliteTable('search_terms', {
  term: text().primaryKey(),
  documents: integer().notNull(),
})

export const searchSpellings = sqliteTable(
  'search_spellings',
  { spelling: text().notNull(), term: text().notNull() },
  (table) => [primaryKey({ columns: [table.spelling, table.term] })],
)

export type RebuildPhase = 'documents' | 'entries' | 'terms' | 'spellings' | 'finished'

export const searchRebuilds = sqliteTable('search_rebuilds', {
  id: integer().primaryKey(),
  phase: text().$type<RebuildPhase>().notNull(),
  position: text().notNull(),
  done: integer().notNull(),
  total: integer().notNull(),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
})
