import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const revokedSessions = sqliteTable('revoked_sessions', {
  sessionId: text('session_id').primaryKey(),
  revokedAt: integer('revoked_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
})

export const staffKeys = sqliteTable('staff_keys', {
  id: text().primaryKey(),
  secretHash: text('secret_hash').notNull(),
  name: text().notNull(),
  scopes: text({ mode: 'json' }).$type<string[]>().notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at'),
  revokedAt: integer('revoked_at'),
})
