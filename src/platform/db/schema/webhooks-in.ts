import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export type WebhookEventStatus = 'received' | 'processed' | 'ignored' | 'unmatched' | 'failed' | 'dead'

export const webhookEvents = sqliteTable(
  'webhook_events',
  {
    provider: text().notNull(),
    eventId: text('event_id').notNull(),
    id: text().notNull(),
    type: text().notNull(),
    status: text().$type<WebhookEventStatus>().notNull(),
    paymentId: text('payment_id'),
    payload: text().notNull(),
    detail: text(),
    attempts: integer().notNull(),
    receivedAt: integer('received_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    nextAttemptAt: integer('next_attempt_at'),
  },
  (table) => [primaryKey({ columns: [table.provider, table.eventId] })],
)
