import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { TranslatedFields } from '../../../domain/translation.ts'

export const translations = sqliteTable(
  'translations',
  {
    subjectId: text('subject_id').notNull(),
    locale: text().notNull(),
    fields: text({ mode: 'json' }).$type<TranslatedFields>().notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.subjectId, table.locale] })],
)
