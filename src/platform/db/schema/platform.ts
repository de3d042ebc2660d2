import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const idempotencyKeys = sqliteTable('idempotency_keys', {
  id: text().primaryKey(),
  fingerprint: text().notNull(),
  status: integer(),
  resourceId: text('resource_id').notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
})

export const outbox = sqliteTable('outbox', {
  id: text().primaryKey(),
  topic: text().notNull(),
  subjectId: text('subject_id').notNull(),
  payload: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  createdAt: integer('created_at').notNull(),
})

export const auditLog = sqliteTable('audit_log', {
  id: text().primaryKey(),
  at: integer().notNull(),
  actor: text().notNull(),
  action: text().notNull(),
  subjectId: text('subject_id').notNull(),
  change: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  requestId: text('request_id').notNull(),
})

export const generations = sqliteTable('generations', {
  name: text().primaryKey(),
  value: integer().notNull(),
})
