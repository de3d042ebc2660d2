import * as z from 'zod'
import { MAX_PRICE } from '../../domain/money.ts'
import type { ShippingRate } from '../../domain/shipping.ts'
import { AmountsShape, toMoneys } from '../../platform/http/amounts.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CurrencyCode, isDistinct } from '../../platform/http/shapes.ts'

const Steps = shape(() =>
  z
    .array(
      z.strictObject({
        currency: CurrencyCode(),
        from: z.int().min(0).max(MAX_PRICE),
        amount: z.int().min(0).max(MAX_PRICE),
      }),
    )
    .min(1)
    .max(500)
    .refine(
      (steps) => isDistinct(steps.map(({ currency, from }) => `${currency} ${from}`)),
      'must have one step a currency and from',
    )
    .meta({ description: 'The highest `from` that is reached holds; below the lowest the rate is not offered' }),
)

/**
 * A rate as it travels: `fields`, and beside them what its kind says of the price. What costs the same for every parcel has
 * `prices`; what depends on grams, on the value of the goods in minor units or on their number has `steps`.
 * @param least how many prices a flat rate must have: a stored one may be older than this rule, and have none.
 */
export function Priced<Fields extends z.ZodRawShape>(fields: Fields, least: 0 | 1 = 1) {
  const pickup = idSchema('pickup')
    .nullable()
    .default(null)
    .meta({ description: 'Where the goods are picked up; null where they are sent' })
  const stepped = <Kind extends 'weight' | 'price' | 'quantity'>(kind: Kind) =>
    z.strictObject({ ...fields, kind: z.literal(kind), steps: Steps(), pickup_location_id: pickup })
  return z.discriminatedUnion('kind', [
    z.strictObject({
      ...fields,
      kind: z.literal('flat'),
      prices: AmountsShape(0).min(least),
      pickup_location_id: pickup,
    }),
    stepped('weight'),
    stepped('price'),
    stepped('quantity'),
    z.strictObject({
      ...fields,
      kind: z.literal('carrier'),
      prices: AmountsShape(0).meta({
        description: 'What it costs where the carrier gives no answer; in other currencies it is not offered then',
      }),
      service: z.string().trim().min(1).max(100).meta({ description: 'A service of the carrier provider' }),
    }),
  ])
}

type PriceInput =
  | { kind: 'flat'; prices: { amount: number; currency: string }[]; pickup_location_id: string | null }
  | { kind: 'weight' | 'price' | 'quantity'; steps: ShippingRate['steps']; pickup_location_id: string | null }
  | { kind: 'carrier'; prices: { amount: number; currency: string }[]; service: string }

/** What a rate's kind says, as it is stored. */
export function toPriceColumns(rate: PriceInput) {
  const { kind } = rate
  return {
    kind,
    steps: 'steps' in rate ? rate.steps : rate.prices.map(({ currency, amount }) => ({ currency, from: 0, amount })),
    service: kind === 'carrier' ? rate.service : null,
    pickupLocationId: kind === 'carrier' ? null : rate.pickup_location_id,
  }
}

export function toPriceView({
  kind,
  steps,
  service,
  pickup,
}: Pick<ShippingRate, 'kind' | 'steps' | 'service' | 'pickup'>) {
  const prices = toMoneys(Object.fromEntries(steps.map(({ currency, amount }) => [currency, amount])))
  if (kind === 'carrier') return { kind, prices, service: service ?? '' }
  return { kind, ...(kind === 'flat' ? { prices } : { steps }), pickup_location_id: pickup?.id ?? null }
}
