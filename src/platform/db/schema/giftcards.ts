import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { GiftCardEntryKind, GiftCardKind, GiftCardStatus } from '../../../domain/gift-card.ts'

export const giftCards = sqliteTable('gift_cards', {
  id: text().primaryKey(),
  kind: text().$type<GiftCardKind>().notNull(),
  codeHash: text('code_hash').notNull(),
  last4: text().notNull(),
  currency: text().notNull(),
  initialAmount: integer('initial_amount').notNull(),
  balance: integer().notNull(),
  status: text().$type<GiftCardStatus>().notNull(),
  customerKey: text('customer_key'),
  expiresAt: integer('expires_at'),
  note: text(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const giftCardEntries = sqliteTable(
  'gift_card_entries',
  {
    giftCardId: text('gift_card_id').notNull(),
    kind: text().$type<GiftCardEntryKind>().notNull(),
    reference: text().notNull(),
    amount: integer().notNull(),
    orderId: text('order_id'),
    reason: text(),
    actor: text().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.giftCardId, table.kind, table.reference] })],
)
