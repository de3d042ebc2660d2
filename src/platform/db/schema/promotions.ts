import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Promotion, PromotionConditions, PromotionEffect } from '../../../domain/promotion.ts'

export const promotions = sqliteTable('promotions', {
  id: text().primaryKey(),
  title: text().notNull(),
  status: text().$type<'active' | 'paused' | 'archived'>().notNull(),
  method: text().$type<'automatic' | 'code'>().notNull(),
  priority: integer().notNull(),
  effect: text({ mode: 'json' }).$type<PromotionEffect>().notNull(),
  conditions: text({ mode: 'json' }).$type<PromotionConditions>().notNull(),
  exclusive: text().$type<Promotion['exclusive']>().notNull(),
  choice: text().$type<Promotion['choice']>().notNull(),
  startsAt: integer('starts_at'),
  endsAt: integer('ends_at'),
  usageLimit: integer('usage_limit'),
  customerLimit: integer('customer_limit'),
  used: integer().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  codeCount: integer('code_count').notNull(),
})

export const promotionCodes = sqliteTable('promotion_codes', {
  code: text().primaryKey(),
  promotionId: text('promotion_id').notNull(),
  usageLimit: integer('usage_limit'),
  used: integer().notNull(),
})

export const promotionBudgets = sqliteTable(
  'promotion_budgets',
  {
    promotionId: text('promotion_id').notNull(),
    currency: text().notNull(),
    amount: integer().notNull(),
    spent: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.promotionId, table.currency] })],
)

export const promotionUses = sqliteTable(
  'promotion_uses',
  {
    promotionId: text('promotion_id').notNull(),
    orderId: text('order_id').notNull(),
    customerKey: text('customer_key').notNull(),
    code: text(),
    amount: integer().notNull(),
    at: integer().notNull(),
    currency: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.promotionId, table.orderId] })],
)

export const promotionCustomers = sqliteTable(
  'promotion_customers',
  {
    promotionId: text('promotion_id').notNull(),
    customerKey: text('customer_key').notNull(),
    used: integer().notNull(),
    limitAtUse: integer('limit_at_use'),
  },
  (table) => [primaryKey({ columns: [table.promotionId, table.customerKey] })],
)
