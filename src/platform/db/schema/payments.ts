import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { AttemptStatus, NextAction } from '../../../domain/payment.ts'
import type { RefundStatus } from '../../../domain/refund.ts'

export const payments = sqliteTable('payments', {
  id: text().primaryKey(),
  orderId: text('order_id').notNull(),
  attempt: integer().notNull(),
  provider: text().notNull(),
  status: text().$type<AttemptStatus>().notNull(),
  amount: integer().notNull(),
  currency: text().notNull(),
  providerReference: text('provider_reference'),
  nextAction: text('next_action', { mode: 'json' }).$type<NextAction>(),
  input: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
  idempotencyId: text('idempotency_id'),
  captured: integer().notNull(),
  refunded: integer().notNull(),
  seq: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  sessionExpiresAt: integer('session_expires_at').notNull(),
})

export const paymentMoves = sqliteTable(
  'payment_moves',
  {
    paymentId: text('payment_id').notNull(),
    seq: integer().notNull(),
    fromStatus: text('from_status'),
    toStatus: text('to_status').notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.paymentId, table.seq] })],
)

export const paymentEntries = sqliteTable(
  'payment_entries',
  {
    paymentId: text('payment_id').notNull(),
    kind: text().$type<'authorized' | 'captured' | 'refunded' | 'voided'>().notNull(),
    reference: text().notNull(),
    amount: integer().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.paymentId, table.kind, table.reference] })],
)

export const refunds = sqliteTable('refunds', {
  id: text().primaryKey(),
  paymentId: text('payment_id').notNull(),
  orderId: text('order_id').notNull(),
  status: text().$type<RefundStatus>().notNull(),
  amount: integer().notNull(),
  currency: text().notNull(),
  reason: text().notNull(),
  providerReference: text('provider_reference'),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const testPayments = sqliteTable('test_payments', {
  paymentId: text('payment_id').primaryKey(),
  status: text().$type<'pending' | 'succeeded' | 'declined' | 'closed'>().notNull(),
  updatedAt: integer('updated_at').notNull(),
})
