import * as z from 'zod'
import { MAX_QUANTITY } from '../../domain/cart.ts'
import { AmountsShape, percentShape } from '../../platform/http/amounts.ts'
import { ItemFilterShape } from '../../platform/http/item-filter.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { isDistinct } from '../../platform/http/shapes.ts'

const someAmounts = (least: 0 | 1) => AmountsShape(least).min(1)
const quantity = () => z.int().min(1).max(MAX_QUANTITY)
const component = () => ({ quantity: quantity(), items: ItemFilterShape().optional() })
const scope = () => ({
  target: z.enum(['order', 'items']).default('order').meta({
    description: 'order: off everything together, spread over the lines; items: off each line of the goods named',
  }),
  items: ItemFilterShape().optional(),
})

// Goods are named for `items` alone: an order is all of it.
const isScope = ({ target, items }: { target: string; items?: unknown }) => target === 'items' || items === undefined
const NO_SCOPE = { path: ['items'], message: 'is only for target items' }
const percent = () => percentShape().gt(0)
const isOneGain = (gain: { percent?: unknown; amounts?: unknown }) =>
  (gain.percent === undefined) !== (gain.amounts === undefined)
const NO_GAIN = { path: ['percent'], message: 'give either percent or amounts' }

const TierShape = shape(() =>
  z
    .strictObject({
      from_quantity: quantity().optional(),
      from_subtotal: someAmounts(0).optional(),
      percent: percent().optional(),
      amounts: someAmounts(1).optional(),
    })
    .refine((tier) => (tier.from_quantity === undefined) !== (tier.from_subtotal === undefined), {
      path: ['from_quantity'],
      message: 'give either from_quantity or from_subtotal',
    })
    .refine(isOneGain, NO_GAIN),
)

type TierInput = z.output<ReturnType<typeof TierShape>>

/** @returns for each tier what it breaks of what holds for all of them together; null where it is well. */
function faultsOfTiers(tiers: readonly TierInput[]): { index: number; field: string; message: string }[] {
  const [first] = tiers
  const currencies = (amounts: readonly { currency: string }[] = []) =>
    amounts
      .map(({ currency }) => currency)
      .sort()
      .join()
  const steps = tiers.map(({ from_quantity, from_subtotal }) =>
    from_quantity === undefined
      ? (from_subtotal ?? []).map(({ amount, currency }) => `${amount} ${currency}`)
      : [`${from_quantity}`],
  )
  return tiers.flatMap((tier, index) => {
    const field = tier.from_quantity === undefined ? 'from_subtotal' : 'from_quantity'
    if (currencies(tier.from_subtotal) !== currencies(first?.from_subtotal)) {
      return [{ index, field, message: 'must count what the first tier counts, in the same currencies' }]
    }
    const before = steps.slice(0, index).flat()
    return steps[index]?.some((step) => before.includes(step))
      ? [{ index, field, message: 'must differ from the other tiers' }]
      : []
  })
}

/** What a promotion gives, as staff write it: percent as people do, amounts by currency. */
export const EffectShape = shape(() =>
  z
    .discriminatedUnion('type', [
      z
        .strictObject({
          type: z.literal('percent'),
          ...scope(),
          percent: percent(),
          max_amounts: someAmounts(1).optional().meta({ description: 'The most it takes off a cart' }),
        })
        .refine(isScope, NO_SCOPE),
      z
        .strictObject({
          type: z.literal('fixed_amount'),
          ...scope(),
          amounts: someAmounts(1),
          per: z
            .enum(['order', 'line', 'unit'])
            .default('order')
            .meta({ description: 'Once off the goods together, off each line, or off each piece' }),
        })
        .refine(isScope, NO_SCOPE),
      z.strictObject({
        type: z.literal('fixed_price'),
        amounts: someAmounts(0).meta({ description: 'What a piece costs; one that costs less stays as it is' }),
        items: ItemFilterShape().optional(),
      }),
      z.strictObject({
        type: z.literal('buy_get'),
        buy: z.strictObject(component()),
        get: z.strictObject({
          ...component(),
          percent: percent().default(100).meta({ description: 'Off the cheapest of these goods; 100 is for nothing' }),
        }),
        max_sets: quantity().optional().meta({ description: 'How often it applies to one cart at most' }),
      }),
      z.strictObject({
        type: z.literal('bundle'),
        components: z.array(z.strictObject(component())).min(1).max(10),
        amounts: someAmounts(0).meta({ description: 'What one set of all components costs' }),
        max_sets: quantity().optional().meta({ description: 'How often it applies to one cart at most' }),
      }),
      z
        .strictObject({ type: z.literal('tiered'), ...scope(), tiers: z.array(TierShape()).min(1).max(20) })
        .refine(isScope, NO_SCOPE)
        .superRefine(({ tiers }, context) => {
          for (const { index, field, message } of faultsOfTiers(tiers)) {
            context.addIssue({ code: 'custom', path: ['tiers', index, field], message })
          }
        }),
      z.strictObject({
        type: z.literal('gift'),
        variant_ids: z.array(idSchema('variant')).min(1).max(20).refine(isDistinct, 'must differ from each other'),
        quantity: quantity().default(1).meta({ description: 'So many pieces in all, of any of them' }),
      }),
      z
        .strictObject({
          type: z.literal('shipping'),
          percent: percent().optional(),
          amounts: someAmounts(1).optional(),
          max_amounts: someAmounts(1).optional(),
          rate_ids: z
            .array(idSchema('rate'))
            .min(1)
            .max(250)
            .refine(isDistinct, 'must differ from each other')
            .optional(),
        })
        .refine(isOneGain, NO_GAIN),
    ])
    .meta({ id: 'PromotionEffect' }),
)

export type EffectInput = z.output<ReturnType<typeof EffectShape>>
