import { type SQL, sql } from 'drizzle-orm'
import type { Position } from '../../platform/db/page.ts'
import { listedProducts, listingPrices, listings, productPrices } from '../../platform/db/schema/listings.ts'
import { isAvailable } from '../listings/rules.ts'
import { isListedNow, isPriceNow } from './cards.ts'
import type { ListFilter, Part } from './filter.ts'
import { behind, inOrder, orderOf } from './orders.ts'
import { inHalves, standsOn } from './wanted.ts'

/** How much is looked at, in rows, however large the catalog is. */
export interface Bounds {
  /** Entries of a shelf before the search index is asked: enough where one of sixteen is shown. */
  probed: number
  /** Matches of the index that are looked at as a whole and put in order. */
  few: number
  /** Matches of the index that facets are counted over, where no counts are kept. */
  counted: number
  /** Of what a search finds, those that are put in another order than the best first. */
  sorted: number
  /** Products that the index does not know as they are, beside its matches. */
  late: number
  /** Entries of a shelf for a page, where the index has more matches than that. */
  walked: number
}

export const BOUNDS: Bounds = { probed: 400, few: 1000, counted: 500, sorted: 500, late: 200, walked: 2000 }

/** What of a list is read, and when. */
export interface Reading {
  filter: ListFilter
  parts: readonly Part[]
  /** Those of the parts that must be met, by their places. */
  places: readonly number[]
  /** Where the page begins: behind this. */
  position: Position | null
  now: Date
  bounds: Bounds
}

/**
 * `(product, value)` along the shelf `s.base`, in the list's order, from the position on.
 * @param rest LIMIT and what follows.
 */
export function entries({ filter: { sort, priceMax }, position, now }: Reading, rest: SQL): SQL {
  const order = orderOf(sort)
  const at = now.getTime()
  const conditions = [sql`e.shelf = s.base`]
  if (position) conditions.push(behind(order, order.walked, sql`e.product`, position))
  // What is scheduled for later comes first, and all of it is passed over at once.
  else if (sort === 'newest') conditions.push(sql`e.published_at <= ${at}`)
  if (order.of === 'listing_prices') {
    conditions.push(
      sql`e.currency = s.currency AND e.market_id = s.market_id AND +e.valid_from <= ${at} AND e.valid_until > ${at}`,
    )
    if (priceMax !== null) conditions.push(sql`e.min_amount <= ${priceMax}`)
  }
  return sql`SELECT e.product, ${order.walked} AS value FROM ${order.of === 'listings' ? listings : listingPrices} AS e
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY ${inOrder(order, order.walked, sql`e.product`)} ${rest}`
}

/** `pp` where a filter or an order needs a price: products without one are left out. */
export function priceJoin({ filter: { priceMin, priceMax, inStock }, now }: Reading, always = false): SQL {
  const needed = always || priceMin !== null || priceMax !== null || inStock === true
  const buyer = { currency: sql`s.currency`, market: sql`s.market_id` }
  return needed ? sql`CROSS JOIN ${productPrices} AS pp ON ${isPriceNow(buyer, now)}` : sql``
}

/** What a listed product `n` must meet, with `pp` where `priceJoin` adds it: what is quickly told comes first. */
export function meets({ filter: { priceMin, priceMax, inStock }, parts, places, now }: Reading): SQL {
  const told = places.filter((place) => parts[place]?.parameter !== 'price')
  const quick = inHalves([isListedNow(now), ...standsOn(parts, told)], sql`AND`)
  const stock = inStock === null ? null : isAvailable(sql`n.product_id`)
  const conditions = [stock ? sql`CASE WHEN ${quick} THEN ${inStock ? stock : sql`NOT ${stock}`} ELSE 0 END` : quick]
  if (priceMin !== null) conditions.push(sql`pp.max_amount >= ${priceMin}`)
  if (priceMax !== null) conditions.push(sql`pp.min_amount <= ${priceMax}`)
  return sql.join(conditions, sql` AND `)
}

/** Those of the first `looked` entries whose products meet the filter, at most `limit`, in their order: a JSON array. */
export function walked(reading: Reading, looked: number, limit: number): SQL {
  return asJson(sql`SELECT x.product, x.value FROM (${entries(reading, sql`LIMIT ${looked}`)}) AS x
    CROSS JOIN ${listedProducts} AS n ON n.number = x.product ${priceJoin(reading)} WHERE ${meets(reading)} LIMIT ${limit}`)
}

/** `[product, value]` of rows, in their order: a JSON array. */
export function asJson(rows: SQL): SQL {
  return sql`(SELECT json_group_array(json_array(product, value)) FROM (${rows}))`
}
