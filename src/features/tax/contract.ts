import * as z from 'zod'
import type { RoundingPolicy } from '../../domain/rounding.ts'
import type { ShippingTax } from '../../domain/tax.ts'
import { percentShape, toPercent } from '../../platform/http/amounts.ts'
import { AreaList, AreaView, toAreaView } from '../../platform/http/areas.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { timestamp } from '../../platform/http/shapes.ts'
import type { StoredTaxZone } from './queries.ts'

/** What goods, and shipping, are taxed by. */
export const TaxCategory = shape(() =>
  z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9_]*$/, 'must be standard, reduced, zero, exempt or a lower-case word of your own')
    .meta({ description: 'standard, reduced, zero, exempt, or a lower-case word that tax zones have rates for' }),
)

const RateShape = shape(() =>
  z
    .strictObject({
      category: TaxCategory(),
      name: z.string().trim().min(1).max(100).meta({ description: 'As it stands on carts and orders: VAT 20 %' }),
      percent: percentShape().min(0),
      compound: z
        .boolean()
        .default(false)
        .meta({ description: 'On the price and all taxes of the category before it, instead of on the price alone' }),
    })
    .meta({ id: 'TaxRate' }),
)

const ShippingTaxShape = shape(() =>
  z
    .discriminatedUnion('rule', [
      z.strictObject({ rule: z.literal('untaxed') }),
      z.strictObject({ rule: z.literal('category'), category: TaxCategory() }),
      z.strictObject({ rule: z.literal('like_goods') }),
    ])
    .meta({
      id: 'ShippingTax',
      description: 'Not at all, by a category, or as the goods that are shipped, in proportion to their value',
    }),
)

const RoundingShape = shape(() =>
  z
    .strictObject({ mode: z.enum(['half_up', 'half_even']), level: z.enum(['line', 'unit']) })
    .meta({ id: 'TaxRounding', description: 'How halves are rounded, and whether once a line or for each piece' }),
)

const zoneFields = () => ({
  name: z.string().trim().min(1).max(100),
  position: z
    .int()
    .min(0)
    .max(1_000_000)
    .meta({ description: 'Of two areas as narrow the one of the lower zone holds' }),
  areas: AreaList(),
  included: z.boolean().meta({ description: 'Whether prices already contain these taxes' }),
  shipping: ShippingTaxShape(),
  rounding: RoundingShape(),
  reverse_charge: z.boolean().meta({
    description:
      'A buyer with a VAT id of the country of supply pays no tax and accounts for it (Directive 2006/112/EC)',
  }),
  rates: z.array(RateShape()).max(100).meta({
    description:
      'In the order in which they are worked out. Goods of a category without a rate are taxed as standard; exempt has none',
  }),
})

export const CreateTaxZone = shape(() => {
  const fields = zoneFields()
  return z
    .strictObject({
      ...fields,
      position: fields.position.default(1000),
      shipping: fields.shipping.default({ rule: 'untaxed' }),
      rounding: fields.rounding.default({ mode: 'half_up', level: 'line' }),
      reverse_charge: fields.reverse_charge.default(false),
      rates: fields.rates.default([]),
    })
    .meta({ id: 'CreateTaxZone' })
})

/** What is left out stays; `areas` and `rates`, where given, replace the whole list. */
export const UpdateTaxZone = shape(() => z.strictObject(zoneFields()).partial().meta({ id: 'UpdateTaxZone' }))

export const TaxZoneParams = shape(() => z.object({ zone: idSchema('tax') }))

export const TaxZoneView = shape(() =>
  z
    .object({
      id: z.string(),
      ...zoneFields(),
      areas: z.array(AreaView()),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'TaxZone' }),
)

export function toTaxZoneView(zone: StoredTaxZone) {
  return {
    id: zone.id,
    name: zone.name,
    position: zone.position,
    areas: zone.areas.map(toAreaView),
    included: zone.included,
    shipping: zone.shipping satisfies ShippingTax,
    rounding: zone.rounding satisfies RoundingPolicy,
    reverse_charge: zone.reverseCharge,
    rates: zone.rates.map(({ category: taxed, name, ratePpm, compound }) => ({
      ...{ category: taxed, name, percent: toPercent(ratePpm), compound },
    })),
    version: zone.version,
    created_at: timestamp(zone.createdAt),
    updated_at: timestamp(zone.updatedAt),
  }
}
