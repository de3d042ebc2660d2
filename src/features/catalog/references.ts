import { type SQL, sql } from 'drizzle-orm'
import type { ProductDraft } from '../../domain/product.ts'
import { q, type Write } from '../../platform/db/client.ts'
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

/** A draft to save, and the product as it is stored: what that already names is in nobody's way. */
export interface Naming {
  draft: ProductDraft
  before: ProductDraft | null
}

/** What drafts name beside themselves. */
export interface References {
  categories: string[]
  related: string[]
  /** A market and its currency as JSON: where a variant has a price of its own. Those that the stored product has already stay,
   *  whatever has become of the market. */
  places: string[]
}

export function referencesOf(namings: readonly Naming[]): References {
  const places = namings.flatMap(({ draft, before }) => {
    const known = new Set(placesOf(before?.variants ?? []))
    return placesOf(draft.variants).filter((place) => !known.has(place))
  })
  return {
    categories: [...new Set(namings.flatMap(({ draft: { categoryId } }) => categoryId ?? []))],
    related: [...new Set(namings.flatMap(({ draft: { relatedIds } }) => relatedIds))],
    places: [...new Set(places)],
  }
}

/** What of these is not there, in one statement, by the code of the guard that would find it. */
export function listUnknownReferences({ categories: ids, related, places }: References) {
  return q.all<{ code: string; value: string }>(sql`
    SELECT 'unknown_category' AS code, j.value AS value FROM json_each(${JSON.stringify(ids)}) AS j
      WHERE ${isNoCategory}
    UNION ALL SELECT 'unknown_related', j.value FROM json_each(${JSON.stringify(related)}) AS j WHERE ${isNoProduct}
    UNION ALL SELECT 'unknown_market', j.value FROM json_each(${JSON.stringify(places)}) AS j
      WHERE ${isNoPlace}`)
}

/**
 * Refuses drafts that name what is not there, in the batch that would store them: with the codes of REFERENCE_FAULTS, and a
 * statement for each kind of what they name, however many they are.
 */
export function refuseUnknownReferences(namings: readonly Naming[]): Write[] {
  const { categories: ids, related, places } = referencesOf(namings)
  return [
    ...refuseWhereAny('unknown_category', ids, isNoCategory),
    ...refuseWhereAny('unknown_related', related, isNoProduct),
    ...refuseWhereAny('unknown_market', places, isNoPlace),
  ]
}

function refuseWhereAny(code: string, values: readonly string[], condition: SQL): Write[] {
  if (values.length === 0) return []
  return [refuseWhen(code, sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(values)}) AS j WHERE ${condition})`)]
}

// Each of a value `j.value` of a list.
const isNoCategory = sql`NOT EXISTS (SELECT 1 FROM ${categories} AS c WHERE c.id = j.value)`
const isNoProduct = sql`NOT EXISTS (SELECT 1 FROM ${products} AS p WHERE p.id = j.value)`
const isNoPlace = sql`NOT EXISTS (SELECT 1 FROM ${markets} AS m
  WHERE m.id = j.value ->> 0 AND m.currency = j.value ->> 1 AND m.own_prices > 0)`

/** The markets that variants have prices of their own in, each with its currency, as JSON. */
function placesOf(variants: ProductDraft['variants']): string[] {
  return variants.flatMap(({ prices }) =>
    prices.flatMap(({ marketId, currency }) => (marketId === '' ? [] : [JSON.stringify([marketId, currency])])),
  )
}
