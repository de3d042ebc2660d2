import * as z from 'zod'
import { LIST_SORTS } from '../../domain/collection.ts'
import { shape } from '../../platform/http/schema.ts'
import { ImageView, integerParameter, money, pageQuery, several } from '../../platform/http/shapes.ts'
import { PriceRange } from '../catalog/contract.ts'
import { localeQuery } from '../markets/contract.ts'
import type { CardRow } from './cards.ts'

/** The most products that `ids` or `skus` may name. */
const MAX_NAMED = 100

const named = (max: number) => several(z.string().min(1).max(255), max).optional()
/** Values of a filter, whose order means nothing. */
const values = () => named(20).transform((given) => given?.sort())
const minorUnits = () => integerParameter(0, 1_000_000_000_000)

export const ListQuery = shape(() =>
  z.strictObject({
    ids: named(MAX_NAMED).meta({ description: 'These products, in this order; goes with no filter' }),
    skus: named(MAX_NAMED).meta({ description: 'The products of these SKUs, in this order; goes with no filter' }),
    collection: values().meta({ description: 'Handles of collections: products of one of them' }),
    category: values().meta({ description: 'Handles of categories: products of one of them' }),
    descendants: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: 'Whether a category has the products of those below it; true unless said otherwise' }),
    tag: values().meta({ description: 'Products with all of these' }),
    vendor: values().meta({ description: 'Products of one of them' }),
    price_min: minorUnits()
      .meta({ description: 'Products with a variant that costs this or more: minor units of the currency' })
      .optional(),
    price_max: minorUnits()
      .meta({ description: 'Products with a variant that costs this or less: minor units of the currency' })
      .optional(),
    in_stock: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: 'Whether any variant can be bought now, in this currency' }),
    sort: z.enum(LIST_SORTS).optional().meta({ description: '`newest` by default; `manual` needs one collection' }),
    ...pageQuery(),
    ...localeQuery(),
  }),
)

export type ListWish = z.output<ReturnType<typeof ListQuery>>

/** The most products that are said to go with one. */
export const MAX_RELATED = 24

export const RelatedQuery = shape(() =>
  z.strictObject({ limit: integerParameter(1, MAX_RELATED).default(8), ...localeQuery() }),
)

export const CardView = shape(() =>
  z
    .object({
      id: z.string(),
      handle: z.string(),
      title: z.string(),
      vendor: z.string(),
      price_range: PriceRange()
        .nullable()
        .meta({ description: 'What a piece costs now, sales included; null where it is not sold in this currency' }),
      compare_at_price_range: PriceRange()
        .nullable()
        .meta({ description: 'Of the variants that are reduced: what they cost before' }),
      image: ImageView().nullable(),
      available: z.boolean().meta({ description: 'Whether any variant can be bought now' }),
      tags: z.array(z.string()),
    })
    .meta({ id: 'ProductCard' }),
)

export function toCardView(row: CardRow, currency: string) {
  const { minAmount, maxAmount, minCompareAtAmount, maxCompareAtAmount } = row
  const range = (min: number | null, max: number | null) =>
    min === null || max === null ? null : { min: money(min, currency), max: money(max, currency) }
  return {
    id: row.id,
    handle: row.handle,
    title: row.title,
    vendor: row.vendor,
    price_range: range(minAmount, maxAmount),
    compare_at_price_range: range(minCompareAtAmount, maxCompareAtAmount),
    image: row.image === null ? null : JSON.parse(row.image),
    available: row.available === 1,
    tags: JSON.parse(row.tags) as string[],
  }
}
