import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type {
  AttemptStatus,
  DisputeStatus,
  NextAction,
  OperationKind,
  OperationStatus,
} from '../../../domain/payment.ts'
import type { RefundStatus, Restock } from '../../../domain/refund.ts'

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
  accepted: integer({ mode: 'boolean' }).notNull(),
  released: integer().notNull(),
  disputed: integer().notNull(),
  authorizationExpiresAt: integer('authorization_expires_at'),
  addressKey: text('address_key'),
  declines: integer().notNull(),
  declined: integer({ mode: 'boolean' }).notNull(),
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
    captured: integer().notNull(),
    released: integer().notNull(),
    refunded: integer().notNull(),
    reference: text(),
  },
  (table) => [primaryKey({ columns: [table.paymentId, table.seq] })],
)

export const paymentOperations = sqliteTable('payment_operations', {
  id: text().primaryKey(),
  paymentId: text('payment_id').notNull(),
  orderId: text('order_id').notNull(),
  kind: text().$type<OperationKind>().notNull(),
  status: text().$type<OperationStatus>().notNull(),
  amount: integer().notNull(),
  final: integer({ mode: 'boolean' }).notNull(),
  capturedBefore: integer('captured_before').notNull(),
  currency: text().notNull(),
  reason: text().notNull(),
  actor: text().notNull(),
  detail: text(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const disputes = sqliteTable(
  'disputes',
  {
    paymentId: text('payment_id').notNull(),
    reference: text().notNull(),
    orderId: text('order_id').notNull(),
    status: text().$type<DisputeStatus>().notNull(),
    amount: integer().notNull(),
    currency: text().notNull(),
    reason: text().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.paymentId, table.reference] })],
)

export const refunds = sqliteTable('refunds', {
  id: text().primaryKey(),
  requestId: text('request_id').notNull(),
  orderId: text('order_id').notNull(),
  paymentId: text('payment_id'),
  giftCardId: text('gift_card_id'),
  status: text().$type<RefundStatus>().notNull(),
  amount: integer().notNull(),
  shippingAmount: integer('shipping_amount').notNull(),
  currency: text().notNull(),
  reason: text().notNull(),
  note: text(),
  actor: text().notNull(),
  providerReference: text('provider_reference'),
  detail: text(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const refundLines = sqliteTable(
  'refund_lines',
  {
    refundId: text('refund_id').notNull(),
    lineId: text('line_id').notNull(),
    quantity: integer().notNull(),
    amount: integer().notNull(),
    restock: text().$type<Restock>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.refundId, table.lineId] })],
)

export const paymentAlerts = sqliteTable(
  'payment_alerts',
  { hour: integer().notNull(), subject: text().notNull() },
  (table) => [primaryKey({ columns: [table.hour, table.subject] })],
)

export const paymentFlags = sqliteTable(
  'payment_flags',
  {
    subjectId: text('subject_id').notNull(),
    kind: text().$type<'mismatch' | 'unanswered' | 'under_way'>().notNull(),
    detail: text().notNull(),
    paymentId: text('payment_id').notNull(),
    since: integer().notNull(),
    toldAt: integer('told_at'),
  },
  (table) => [primaryKey({ columns: [table.subjectId, table.kind, table.detail] })],
)

export const paymentReviews = sqliteTable('payment_reviews', {
  name: text().primaryKey(),
  upTo: text('up_to').notNull(),
})

export const testPayments = sqliteTable('test_payments', {
  paymentId: text('payment_id').primaryKey(),
  status: text().$type<'pending' | 'authorized' | 'succeeded' | 'declined' | 'closed' | 'voided'>().notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const testPaymentEntries = sqliteTable(
  'test_payment_entries',
  {
    paymentId: text('payment_id').notNull(),
    kind: text().$type<'capture' | 'refund' | 'dispute'>().notNull(),
    reference: text().notNull(),
    amount: integer().notNull(),
    status: text().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.paymentId, table.kind, table.reference] })],
)
