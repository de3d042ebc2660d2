import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { ImportError } from '../../../domain/import.ts'

export type ImportStatus = 'open' | 'finished' | 'expired'

export const imports = sqliteTable('imports', {
  id: text().primaryKey(),
  status: text().$type<ImportStatus>().notNull(),
  dryRun: integer('dry_run', { mode: 'boolean' }).notNull(),
  stock: text().$type<'keep' | 'overwrite'>().notNull(),
  parts: integer().notNull(),
  partsDone: integer('parts_done').notNull(),
  rows: integer().notNull(),
  created: integer().notNull(),
  updated: integer().notNull(),
  unchanged: integer().notNull(),
  refused: integer().notNull(),
  problems: integer().notNull(),
  tidied: integer({ mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  finishedAt: integer('finished_at'),
})

export const importParts = sqliteTable(
  'import_parts',
  {
    importId: text('import_id').notNull(),
    number: integer().notNull(),
    type: text().notNull(),
    hash: text().notNull(),
    rows: integer().notNull(),
    products: integer().notNull(),
    done: integer().notNull(),
    created: integer().notNull(),
    updated: integer().notNull(),
    unchanged: integer().notNull(),
    refused: integer().notNull(),
    problems: integer().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    errors: text({ mode: 'json' }).$type<ImportError[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.number] })],
)

export const importHandles = sqliteTable(
  'import_handles',
  {
    importId: text('import_id').notNull(),
    handle: text().notNull(),
    part: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.handle] })],
)
