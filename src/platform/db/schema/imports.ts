import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { ImportReport } from '../../../domain/import.ts'

export const imports = sqliteTable('imports', {
  id: text().primaryKey(),
  report: text({ mode: 'json' }).$type<ImportReport>().notNull(),
  createdAt: integer('created_at').notNull(),
})
