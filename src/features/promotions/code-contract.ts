import * as z from 'zod'
import { normaliseCode } from '../../domain/promotion.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { isDistinct, pageQuery } from '../../platform/http/shapes.ts'
import type { CodeRow } from './code-queries.ts'

/** A code as it is compared: trimmed, upper case. */
export const CodeShape = shape(() => z.string().trim().min(1).max(50).transform(normaliseCode))

export const AddCodes = shape(() =>
  z
    .strictObject({
      codes: z.array(CodeShape()).min(1).max(1000).refine(isDistinct, 'must differ from each other').optional(),
      generate: z
        .strictObject({
          count: z.int().min(1).max(10_000),
          prefix: z.string().trim().max(20).transform(normaliseCode).default(''),
          length: z
            .int()
            .min(10)
            .max(30)
            .default(10)
            .meta({ description: 'Of the random part: letters and digits that are not taken for others' }),
        })
        .optional(),
      usage_limit: z
        .int()
        .min(1)
        .max(1_000_000_000)
        .nullish()
        .meta({ description: 'How often each of these codes may be used; 1 for single use' }),
    })
    .refine((input) => (input.codes === undefined) !== (input.generate === undefined), {
      path: ['codes'],
      message: 'give either codes or generate',
    })
    .meta({ id: 'AddCodes' }),
)

export const CodeView = shape(() =>
  z.object({ code: z.string(), usage_limit: z.int().nullable(), used: z.int() }).meta({ id: 'DiscountCode' }),
)

export const CodeQuery = shape(() =>
  z.strictObject({
    ...pageQuery(),
    used: z.enum(['true', 'false']).optional().meta({ description: 'Those that orders have used, or the others' }),
  }),
)

/** A code as it is listed: in a path nothing is made upper case. */
export const CodeParams = shape(() => z.object({ promotion: idSchema('promotion'), code: z.string().min(1).max(50) }))

export function toCodeView({ code, usageLimit, used }: CodeRow) {
  return { code, usage_limit: usageLimit, used }
}
