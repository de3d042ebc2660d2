import * as z from 'zod'
import { laneOf } from '../../domain/promotion.ts'
import { AmountsShape } from '../../platform/http/amounts.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { isDistinct, MoneyShape, Timestamp, timestamp } from '../../platform/http/shapes.ts'
import { CodeShape } from './code-contract.ts'
import { ConditionsShape, toConditionsView } from './conditions.ts'
import { EffectShape } from './effect-shape.ts'
import { toEffectView } from './effects.ts'
import type { StaffPromotion } from './queries.ts'

/** Whether a promotion that runs from `start` to `end` (Unix milliseconds, null for open) ever runs. */
export function isPeriod(start: number | null | undefined, end: number | null | undefined): boolean {
  return start == null || end == null || start < end
}

const limit = () => z.int().min(1).max(1_000_000_000)

const fields = () => ({
  title: z.string().trim().min(1).max(255),
  effect: EffectShape(),
  conditions: ConditionsShape(),
  priority: z
    .int()
    .min(0)
    .max(1000)
    .meta({ description: 'The lower one is worked out first; of two equal ones the older' }),
  exclusive: z
    .enum(['none', 'lane', 'cart'])
    .meta({ description: 'What it does not combine with: nothing, others of its lane, or all others' }),
  choice: z.enum(['best_deal', 'priority']).meta({
    description: 'How an exclusive one is chosen: where the shopper pays least, or before all that come after it',
  }),
  starts_at: Timestamp().nullable(),
  ends_at: Timestamp().nullable(),
  usage_limit: limit().nullable(),
  customer_limit: limit().nullable(),
  budget: AmountsShape(1).meta({
    description: 'What it may give away in all. With one, the promotion is for carts in its currencies alone',
  }),
})

export const CreatePromotion = shape(() => {
  const all = fields()
  return z
    .strictObject({
      ...all,
      method: z.enum(['automatic', 'code']),
      status: z.enum(['active', 'paused']).default('active'),
      codes: z
        .array(CodeShape())
        .max(100)
        .default([])
        .refine(isDistinct, 'must differ from each other')
        .meta({ description: 'More of them, and single-use ones, by /codes' }),
      conditions: all.conditions.prefault({}),
      priority: all.priority.default(100),
      exclusive: all.exclusive.default('none'),
      choice: all.choice.default('best_deal'),
      starts_at: all.starts_at.optional(),
      ends_at: all.ends_at.optional(),
      usage_limit: all.usage_limit.optional(),
      customer_limit: all.customer_limit.optional(),
      budget: all.budget.default([]),
    })
    .refine((input) => input.method === 'code' || input.codes.length === 0, {
      path: ['codes'],
      message: 'an automatic promotion has none',
    })
    .refine((input) => isPeriod(input.starts_at, input.ends_at), {
      path: ['ends_at'],
      message: 'must be after starts_at',
    })
    .meta({ id: 'CreatePromotion' })
})

export const UpdatePromotion = shape(() =>
  z
    .strictObject({ ...fields(), status: z.enum(['active', 'paused', 'archived']) })
    .partial()
    .meta({ id: 'UpdatePromotion' }),
)

export const PromotionView = shape(() =>
  z
    .object({
      id: z.string(),
      version: z.int(),
      title: z.string(),
      status: z.enum(['active', 'paused', 'archived']),
      method: z.enum(['automatic', 'code']),
      codes: z.array(z.string()).meta({ description: 'The first 100; see /codes for all' }),
      code_count: z.int().meta({ description: 'How many there are in all' }),
      lane: z.enum(['product', 'order', 'shipping']),
      effect: EffectShape(),
      conditions: ConditionsShape(),
      priority: z.int(),
      exclusive: z.enum(['none', 'lane', 'cart']),
      choice: z.enum(['best_deal', 'priority']),
      starts_at: z.string().nullable(),
      ends_at: z.string().nullable(),
      usage_limit: z.int().nullable(),
      customer_limit: z.int().nullable(),
      used: z.int().meta({ description: 'By orders that were not cancelled' }),
      budget: z.array(MoneyShape().extend({ spent: z.int() })),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'Promotion' }),
)

export const PromotionParams = shape(() => z.object({ promotion: idSchema('promotion') }))

export function toPromotionView(row: StaffPromotion) {
  return {
    id: row.id,
    version: row.version,
    title: row.title,
    status: row.status,
    method: row.method,
    codes: row.codes,
    code_count: row.codeCount,
    lane: laneOf(row.effect),
    effect: toEffectView(row.effect),
    conditions: toConditionsView(row.conditions),
    priority: row.priority,
    exclusive: row.exclusive,
    choice: row.choice,
    starts_at: row.startsAt === null ? null : timestamp(row.startsAt),
    ends_at: row.endsAt === null ? null : timestamp(row.endsAt),
    usage_limit: row.usageLimit,
    customer_limit: row.customerLimit,
    used: row.used,
    budget: Object.entries(row.budgets).map(([currency, { amount, spent }]) => ({ amount, currency, spent })),
    created_at: timestamp(row.createdAt),
    updated_at: timestamp(row.updatedAt),
  }
}
