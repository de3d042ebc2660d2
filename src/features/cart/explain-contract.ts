import * as z from 'zod'
import { PROMOTION_REFUSALS, type Unlock } from '../../domain/promotion.ts'
import { ItemFilterShape } from '../../platform/http/item-filter.ts'
import { shape } from '../../platform/http/schema.ts'
import { MoneyShape, money, timestamp } from '../../platform/http/shapes.ts'
import { TotalsView, toTotalsView } from './contract.ts'
import type { ExplainedCart } from './explain.ts'
import type { Explanation } from './explanations.ts'
import { DiscountCodes } from './inputs.ts'

export const ExplainCart = shape(() =>
  z
    .strictObject({
      discount_codes: DiscountCodes()
        .optional()
        .meta({ description: 'Codes to try in place of those of the cart; nothing is set' }),
    })
    .meta({ id: 'ExplainCart' }),
)

const UnlockView = shape(() =>
  z
    .discriminatedUnion('kind', [
      z.object({
        kind: z.literal('spend'),
        amount: MoneyShape().meta({ description: 'So much more, before discounts' }),
        items: ItemFilterShape().nullable().meta({ description: 'On these goods; null: on any' }),
      }),
      z.object({
        kind: z.literal('add'),
        quantity: z.int().meta({ description: 'So many pieces more' }),
        items: ItemFilterShape().nullable().meta({ description: 'Of these goods; null: of any' }),
      }),
      z.object({ kind: z.literal('wait'), until: z.string() }),
      z.object({
        kind: z.literal('choose_shipping'),
        shipping_option_ids: z.array(z.string()).meta({ description: 'Any that costs something where none is named' }),
      }),
      z.object({
        kind: z.literal('remove_promotion'),
        promotion_ids: z.array(z.string()).meta({ description: 'Those that stand in its way' }),
      }),
    ])
    .meta({ id: 'PromotionUnlock' }),
)

const ExplanationView = shape(() =>
  z
    .object({
      promotion_id: z.string().nullable().meta({
        description: 'Null, as title, lane, priority, exclusive and choice are, for a code that is not found',
      }),
      code: z.string().nullable(),
      title: z.string().nullable(),
      lane: z.enum(['product', 'order', 'shipping']).nullable(),
      priority: z.int().nullable(),
      exclusive: z.enum(['none', 'lane', 'cart']).nullable(),
      choice: z.enum(['best_deal', 'priority']).nullable(),
      status: z.enum(['applied', 'refused']),
      amount: MoneyShape().meta({ description: 'What it takes off goods and shipping; 0 where it is refused' }),
      reason: z.enum(PROMOTION_REFUSALS).nullable(),
      message: z.string(),
      unlock: UnlockView().nullable(),
    })
    .meta({ id: 'PromotionExplanation' }),
)

export const ExplainedCartView = shape(() =>
  z.object({ data: z.array(ExplanationView()), totals: TotalsView() }).meta({ id: 'ExplainedCart' }),
)

export function toExplainedCartView({ priced: { cart, quote }, explanations }: ExplainedCart) {
  return {
    data: explanations.map((explanation) => toExplanationView(explanation, cart.currency)),
    totals: toTotalsView(quote.totals, cart.currency),
  }
}

function toExplanationView({ promotion, applied, amount, unlock, ...rest }: Explanation, currency: string) {
  return {
    promotion_id: promotion?.id ?? null,
    title: promotion?.title ?? null,
    priority: promotion?.priority ?? null,
    exclusive: promotion?.exclusive ?? null,
    choice: promotion?.choice ?? null,
    status: applied ? ('applied' as const) : ('refused' as const),
    amount: money(amount, currency),
    ...rest,
    unlock: unlock && toUnlockView(unlock, currency),
  }
}

function toUnlockView(unlock: Unlock, currency: string) {
  switch (unlock.kind) {
    case 'spend':
      return { kind: unlock.kind, amount: money(unlock.amount, currency), items: unlock.items ?? null }
    case 'add':
      return { kind: unlock.kind, quantity: unlock.quantity, items: unlock.items ?? null }
    case 'wait':
      return { kind: unlock.kind, until: timestamp(unlock.until) }
    case 'choose_shipping':
      return { kind: unlock.kind, shipping_option_ids: unlock.rate_ids }
    case 'remove_promotion':
      return { kind: unlock.kind, promotion_ids: unlock.promotion_ids }
  }
}
