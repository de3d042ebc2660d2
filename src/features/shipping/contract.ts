import * as z from 'zod'
import type { RateRule } from '../../domain/shipping.ts'
import { AmountsShape, toAmounts, toMoneys } from '../../platform/http/amounts.ts'
import { AreaList, AreaView, toAreaView } from '../../platform/http/areas.ts'
import { ItemFilterShape, toItemFilter } from '../../platform/http/item-filter.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { isDistinct, timestamp } from '../../platform/http/shapes.ts'
import type { StoredZone } from './queries.ts'
import { Priced, toPriceView } from './rate-prices.ts'

const RuleShape = shape(() =>
  z
    .strictObject({
      minimum_subtotal: AmountsShape(0),
      maximum_subtotal: AmountsShape(0),
      minimum_grams: z.int().min(0).max(1_000_000_000),
      maximum_grams: z.int().min(0).max(1_000_000_000),
      only_items: ItemFilterShape().meta({ description: 'All goods that are shipped must be among these' }),
      without_items: ItemFilterShape().meta({ description: 'None of the goods that are shipped may be among these' }),
      customer_group_ids: z.array(idSchema('customerGroup')).min(1).max(100).refine(isDistinct, 'must name each once'),
    })
    .partial()
    .meta({ id: 'ShippingRateRule', description: 'The rate is hidden where any of it does not hold' }),
)

const rateFields = () => ({
  name: z.string().trim().min(1).max(100),
  description: z.string().trim().max(500).default(''),
  free_over: AmountsShape(0)
    .default([])
    .meta({ description: 'From this value of goods after discounts on it costs nothing' }),
  rule: RuleShape().default({}),
})

const NewRate = shape(() => Priced(rateFields()))
const RateInput = shape(() => Priced({ id: idSchema('rate').optional(), ...rateFields() }))

const zoneFields = () => ({
  name: z.string().trim().min(1).max(100),
  position: z
    .int()
    .min(0)
    .max(1_000_000)
    .meta({ description: 'Where two zones could be meant, as of a country alone, the lower one is' }),
  areas: AreaList(),
})

export const CreateShippingZone = shape(() => {
  const fields = zoneFields()
  return z
    .strictObject({
      ...fields,
      position: fields.position.default(1000),
      rates: z.array(NewRate()).max(50).default([]),
    })
    .meta({ id: 'CreateShippingZone' })
})

/** What is left out stays; `areas` and `rates`, where given, replace the whole list. A rate that is named by its id keeps it. */
export const UpdateShippingZone = shape(() =>
  z
    .strictObject({
      ...zoneFields(),
      rates: z
        .array(RateInput())
        .max(50)
        .refine((rates) => isDistinct(rates.flatMap(({ id }) => id ?? [])), 'must name each rate once')
        .meta({ description: 'In their order. With its id a rate stays the one that carts have chosen' }),
    })
    .partial()
    .meta({ id: 'UpdateShippingZone' }),
)

export const ShippingZoneParams = shape(() => z.object({ zone: idSchema('zone') }))

const RateView = shape(() => Priced({ id: z.string(), ...rateFields() }, 0).meta({ id: 'ShippingRate' }))

export const ShippingZoneView = shape(() =>
  z
    .object({
      id: z.string(),
      name: z.string(),
      position: z.int(),
      areas: z.array(AreaView()),
      rates: z.array(RateView()),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'ShippingZone' }),
)

/** A rule as it is stored: amounts by currency, and nothing that is not asked. */
export function toRule({
  minimum_subtotal,
  maximum_subtotal,
  ...input
}: z.output<ReturnType<typeof RuleShape>>): RateRule {
  const { minimum_grams, maximum_grams, only_items, without_items, customer_group_ids } = input
  return {
    ...(minimum_subtotal ? { minimum_subtotal: toAmounts(minimum_subtotal) } : {}),
    ...(maximum_subtotal ? { maximum_subtotal: toAmounts(maximum_subtotal) } : {}),
    ...(minimum_grams === undefined ? {} : { minimum_grams }),
    ...(maximum_grams === undefined ? {} : { maximum_grams }),
    ...(only_items ? { only_items: toItemFilter(only_items) } : {}),
    ...(without_items ? { without_items: toItemFilter(without_items) } : {}),
    ...(customer_group_ids ? { customer_group_ids } : {}),
  }
}

function toRuleView({ minimum_subtotal, maximum_subtotal, ...rule }: RateRule) {
  return {
    ...(minimum_subtotal ? { minimum_subtotal: toMoneys(minimum_subtotal) } : {}),
    ...(maximum_subtotal ? { maximum_subtotal: toMoneys(maximum_subtotal) } : {}),
    ...rule,
  }
}

export function toShippingZoneView(zone: StoredZone) {
  return {
    id: zone.id,
    name: zone.name,
    position: zone.position,
    areas: zone.areas.map(toAreaView),
    rates: zone.rates.map(toRateView),
    version: zone.version,
    created_at: timestamp(zone.createdAt),
    updated_at: timestamp(zone.updatedAt),
  }
}

function toRateView(rate: StoredZone['rates'][number]) {
  return {
    id: rate.id,
    name: rate.name,
    description: rate.description,
    free_over: toMoneys(rate.freeOver),
    rule: toRuleView(rate.rule),
    ...toPriceView(rate),
  }
}
