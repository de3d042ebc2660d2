import * as z from 'zod'
import { normaliseCode } from '../../domain/promotion.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CurrencyCode, isDistinct, timestamp } from '../../platform/http/shapes.ts'
import type { PromotionRow } from './queries.ts'

const PPM_PER_PERCENT = 10_000

const EffectShape = shape(() =>
  z.strictObject({
    type: z.literal('percent'),
    target: z.literal('order').default('order'),
    percent: z
      .number()
      .gt(0)
      .max(100)
      .refine(
        (percent) => Number.isInteger(Math.round(percent * PPM_PER_PERCENT * 1e6) / 1e6),
        'has at most 4 decimals',
      ),
  }),
)

const ConditionsShape = shape(() =>
  z.strictObject({
    minimum_subtotal: z
      .array(z.strictObject({ amount: z.int().min(0), currency: CurrencyCode() }))
      .max(20)
      .default([]),
  }),
)

/** Whether a promotion that runs from `start` to `end` (Unix milliseconds, null for open) ever runs. */
export function isPeriod(start: number | null | undefined, end: number | null | undefined): boolean {
  return start == null || end == null || start < end
}

const dateTime = () => z.iso.datetime({ offset: true }).transform((text) => new Date(text).getTime())
const limit = () => z.int().min(1).max(1_000_000_000)

export const CreatePromotion = shape(() =>
  z
    .strictObject({
      title: z.string().trim().min(1).max(255),
      method: z.enum(['automatic', 'code']),
      codes: z
        .array(z.string().trim().min(1).max(50).transform(normaliseCode))
        .max(100)
        .default([])
        .refine(isDistinct, 'must differ from each other'),
      effect: EffectShape(),
      conditions: ConditionsShape().prefault({}),
      priority: z.int().min(0).max(1000).default(100),
      starts_at: dateTime().nullish(),
      ends_at: dateTime().nullish(),
      usage_limit: limit().nullish(),
      customer_limit: limit().nullish(),
    })
    .refine((input) => (input.method === 'code') === input.codes.length > 0, {
      path: ['codes'],
      message: 'a promotion by code needs codes, an automatic one has none',
    })
    .refine((input) => isPeriod(input.starts_at, input.ends_at), {
      path: ['ends_at'],
      message: 'must be after starts_at',
    })
    .meta({ id: 'CreatePromotion' }),
)

export const UpdatePromotion = shape(() =>
  z
    .strictObject({
      title: z.string().trim().min(1).max(255),
      status: z.enum(['active', 'paused', 'archived']),
      starts_at: dateTime().nullable(),
      ends_at: dateTime().nullable(),
      usage_limit: limit().nullable(),
      customer_limit: limit().nullable(),
    })
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
      codes: z.array(z.string()),
      effect: z.object({ type: z.literal('percent'), target: z.literal('order'), percent: z.number() }),
      conditions: z.object({ minimum_subtotal: z.array(z.object({ amount: z.int(), currency: z.string() })) }),
      priority: z.int(),
      starts_at: z.string().nullable(),
      ends_at: z.string().nullable(),
      usage_limit: z.int().nullable(),
      customer_limit: z.int().nullable(),
      used: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'Promotion' }),
)

export const PromotionParams = shape(() => z.object({ promotion: idSchema('promotion') }))

/** Percent as people write it, in parts per million. */
export function toPpm(percent: number): number {
  return Math.round(percent * PPM_PER_PERCENT)
}

export function toPromotionView(row: PromotionRow, codes: readonly string[]) {
  const minimums = Object.entries(row.conditions.minimum_subtotal ?? {})
  return {
    id: row.id,
    version: row.version,
    title: row.title,
    status: row.status,
    method: row.method,
    codes,
    effect: { type: row.effect.type, target: row.effect.target, percent: row.effect.rate_ppm / PPM_PER_PERCENT },
    conditions: { minimum_subtotal: minimums.map(([currency, amount]) => ({ amount, currency })) },
    priority: row.priority,
    starts_at: row.startsAt === null ? null : timestamp(row.startsAt),
    ends_at: row.endsAt === null ? null : timestamp(row.endsAt),
    usage_limit: row.usageLimit,
    customer_limit: row.customerLimit,
    used: row.used,
    created_at: timestamp(row.createdAt),
    updated_at: timestamp(row.updatedAt),
  }
}
