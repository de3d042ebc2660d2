import * as z from 'zod'
import type { PromotionConditions } from '../../domain/promotion.ts'
import { AmountsShape, toAmounts, toMoneys } from '../../platform/http/amounts.ts'
import { ItemFilterShape, listed } from '../../platform/http/item-filter.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CountryCode, CurrencyCode } from '../../platform/http/shapes.ts'

/** What a cart must be like for a promotion; all that is given must hold. What is shown may be sent again. */
export const ConditionsShape = shape(() =>
  z
    .strictObject({
      minimum_subtotal: AmountsShape(0).default([]).meta({
        description: 'Before discounts. Given for some currencies, the promotion is for carts in those alone',
      }),
      minimum_quantity: z.int().min(1).max(1_000_000).optional(),
      items: ItemFilterShape().optional(),
      customer_group_ids: listed(idSchema('customerGroup')),
      first_order: z.boolean().optional(),
      market_ids: listed(idSchema('market')),
      currencies: listed(CurrencyCode()),
      countries: listed(CountryCode()),
    })
    .meta({ id: 'PromotionConditions' }),
)

type ConditionsInput = z.output<ReturnType<typeof ConditionsShape>>

/** Conditions as they are stored: without those that are not given. */
export function toConditions({ minimum_subtotal, ...others }: ConditionsInput): PromotionConditions {
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
  return { ...given, minimum_subtotal: toAmounts(minimum_subtotal) }
}

export function toConditionsView({ minimum_subtotal = {}, ...others }: PromotionConditions) {
  return { ...others, minimum_subtotal: toMoneys(minimum_subtotal) }
}
