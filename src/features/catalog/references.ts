import { sql } from 'drizzle-orm'
import type { ProductDraft } from '../../domain/product.ts'
import type { Write } from '../../platform/db/client.ts'
import { refuseWhen } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { categories } from '../../platform/db/schema/categories.ts'
import { markets } from '../../platform/db/schema/markets.ts'

/** What a draft names that is not there, by the code of the guard that found it. */
export const REFERENCE_FAULTS: Readonly<Record<string, { pointer: string; detail: string }>> = {
  unknown_category: { pointer: '/category_id', detail: 'is not a category' },
  unknown_related: { pointer: '/related_ids', detail: 'names a product that does not exist' },
  unknown_market: {
    pointer: '/variants',
    detail: 'has a price for a market that does not exist, has another currency, or has no own_prices',
  },
}

/**
 * Refuses a draft that names what is not there, in the batch that would store it: with the codes of REFERENCE_FAULTS.
 * @param before the product as it is stored: prices of a market that has turned its own off meanwhile stay as they are, and
 * are in nobody's way.
 */
export function refuseUnknownReferences(
  { categoryId, relatedIds, variants }: ProductDraft,
  before: ProductDraft | null,
): Write[] {
  const known = new Set(placesOf(before?.variants ?? []))
  const places = [...new Set(placesOf(variants))].filter((place) => !known.has(place))
  const unique = `[${places.join(',')}]`
  return [
    ...(categoryId === null
      ? []
      : [refuseWhen('unknown_category', sql`NOT EXISTS (SELECT 1 FROM ${categories} WHERE id = ${categoryId})`)]),
    ...(relatedIds.length === 0
      ? []
      : [
          refuseWhen(
            'unknown_related',
            sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(relatedIds)}) AS j
              WHERE NOT EXISTS (SELECT 1 FROM ${products} AS p WHERE p.id = j.value))`,
          ),
        ]),
    ...(places.length === 0
      ? []
      : [
          refuseWhen(
            'unknown_market',
            sql`EXISTS (SELECT 1 FROM json_each(${unique}) AS j WHERE NOT EXISTS (SELECT 1 FROM ${markets} AS m
              WHERE m.id = j.value ->> 0 AND m.currency = j.value ->> 1 AND m.own_prices > 0))`,
          ),
        ]),
  ]
}

/** The markets that variants have prices of their own in, each with its currency, as JSON. */
function placesOf(variants: ProductDraft['variants']): string[] {
  return variants.flatMap(({ prices }) =>
    prices.flatMap(({ marketId, currency }) => (marketId === '' ? [] : [JSON.stringify([marketId, currency])])),
  )
}
