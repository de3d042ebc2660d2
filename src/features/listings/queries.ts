import { type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { collectionProducts } from '../../platform/db/schema/collections.ts'
import { listingPrices, listings, productPrices, staleListings } from '../../platform/db/schema/listings.ts'
import { priceSpans } from './price-spans.ts'
import { membersByRule } from './rules.ts'
import { wantedListings } from './wanted.ts'

/**
 * Derives everything that lists read of these products from what is stored about them, as it stands in the batch: price
 * spans, shelves (those of collections with rules too), prices on shelves. It goes last, after the changes it follows, and
 * writes only what differs, so that deriving twice costs reads alone.
 * @param ids product ids, drafts among them: they lose their listings.
 */
export function relist(ids: SQL, now: Date): Write[] {
  return [...derivePrices(ids, now), ...deriveListings(ids), ...deriveListingPrices(ids)]
}

/** `relist` for a list of ids. */
export function relistProducts(productIds: readonly string[], now: Date): Write[] {
  return productIds.length === 0 ? [] : relist(listOf([...new Set(productIds)]), now)
}

function derivePrices(ids: SQL, now: Date): Write[] {
  const wanted = priceSpans(ids, now)
  const own = sql`${productPrices}.product_id IN ${ids}`
  const columns = sql`product_id, currency, market_id, valid_from, valid_until, min_amount, max_amount,
    min_compare_at_amount, max_compare_at_amount`
  return [
    q.run(sql`DELETE FROM ${productPrices} WHERE ${own} AND (product_id, currency, market_id, valid_from) NOT IN
      (SELECT product_id, currency, market_id, valid_from FROM (${wanted}))`),
    q.run(sql`INSERT INTO ${productPrices} (${columns}) SELECT ${columns} FROM (${wanted}) WHERE true
      ON CONFLICT (product_id, currency, market_id, valid_from) DO UPDATE SET valid_until = excluded.valid_until,
        min_amount = excluded.min_amount, max_amount = excluded.max_amount,
        min_compare_at_amount = excluded.min_compare_at_amount, max_compare_at_amount = excluded.max_compare_at_amount
      WHERE (valid_until, min_amount, max_amount, min_compare_at_amount, max_compare_at_amount) IS NOT
        (excluded.valid_until, excluded.min_amount, excluded.max_amount, excluded.min_compare_at_amount,
          excluded.max_compare_at_amount)`),
  ]
}

function deriveListings(ids: SQL): Write[] {
  const wanted = wantedListings(ids)
  const columns = sql`product_id, shelf, position, title, published_at, unpublished_at`
  return [
    q.run(sql`DELETE FROM ${listings} WHERE product_id IN ${ids}
      AND (product_id, shelf) NOT IN (SELECT product_id, shelf FROM (${wanted}))`),
    q.run(sql`INSERT INTO ${listings} (${columns}) SELECT ${columns} FROM (${wanted}) WHERE true
      ON CONFLICT (product_id, shelf) DO UPDATE SET position = excluded.position, title = excluded.title,
        published_at = excluded.published_at, unpublished_at = excluded.unpublished_at
      WHERE (position, title, published_at, unpublished_at) IS NOT
        (excluded.position, excluded.title, excluded.published_at, excluded.unpublished_at)`),
  ]
}

function deriveListingPrices(ids: SQL): Write[] {
  const wanted = sql`SELECT l.product_id, l.shelf, p.currency, p.market_id, p.valid_from, p.valid_until, p.min_amount
    FROM ${listings} AS l CROSS JOIN ${productPrices} AS p ON p.product_id = l.product_id WHERE l.product_id IN ${ids}`
  const key = sql`product_id, shelf, currency, market_id, valid_from`
  return [
    q.run(sql`DELETE FROM ${listingPrices} WHERE product_id IN ${ids}
      AND (${key}) NOT IN (SELECT ${key} FROM (${wanted}))`),
    q.run(sql`INSERT INTO ${listingPrices} (${key}, valid_until, min_amount)
      SELECT ${key}, valid_until, min_amount FROM (${wanted}) WHERE true
      ON CONFLICT (${key}) DO UPDATE SET valid_until = excluded.valid_until, min_amount = excluded.min_amount
      WHERE (valid_until, min_amount) IS NOT (excluded.valid_until, excluded.min_amount)`),
  ]
}

/** Leaves products to be derived again soon: for changes that touch more of them than fit a request. */
export function markStale(productIds: SQL): Write {
  return q.run(sql`INSERT INTO ${staleListings} (product_id) ${productIds} ON CONFLICT DO NOTHING`)
}

/** What one batch derives, in some milliseconds of the database's time. */
export const RELISTED_AT_ONCE = 100

/**
 * Lists follow a change of these products: in its batch, or where they are too many behind it. Goes last.
 * @returns `left` where something is left to be derived: `drainAtOnce` comes next then.
 */
export function relistOrMark(productIds: readonly string[], now: Date): { writes: Write[]; left: boolean } {
  const ids = [...new Set(productIds)]
  if (ids.length <= RELISTED_AT_ONCE) return { writes: relistProducts(ids, now), left: false }
  return { writes: [markStale(sql`SELECT value FROM json_each(${JSON.stringify(ids)}) WHERE true`)], left: true }
}

/** `markStale` for every product there is. */
export function markAllStale(): Write {
  return markStale(sql`SELECT id FROM ${products} WHERE true`)
}

/**
 * Leaves those products that a change of a collection moves: they stand on its shelf and should not, should and do not, or
 * stand elsewhere on it. Goes behind the change, in its batch; of a collection that is gone nobody should be there.
 * Where it has rules, every product is read, and only what differs is written.
 */
export function markMisplaced(collectionId: string): Write {
  const wanted = sql`SELECT m.product_id, m.position FROM (
      SELECT product_id, position FROM ${collectionProducts} WHERE collection_id = ${collectionId}
      UNION ALL SELECT product_id, 0 FROM (${membersByRule(sql`(SELECT id FROM ${products})`, collectionId)})) AS m
    JOIN ${products} AS p ON p.id = m.product_id WHERE p.status = 'active'`
  return markStale(sql`WITH wanted AS MATERIALIZED (${wanted}),
      listed AS MATERIALIZED (SELECT product_id, position FROM ${listings} WHERE shelf = ${collectionId})
    SELECT product_id FROM (SELECT * FROM (SELECT * FROM wanted EXCEPT SELECT * FROM listed)
      UNION SELECT * FROM (SELECT * FROM listed EXCEPT SELECT * FROM wanted)) WHERE true`)
}

/**
 * Lists take over the places that products of a manual collection have been moved to: all at once, however many, because
 * an order that is half taken over is none.
 * @param which a condition on `m`, the collection's products.
 */
export function relistPlaces(collectionId: string, which: SQL): Write {
  return q.run(sql`UPDATE ${listings} SET position = m.position FROM ${collectionProducts} AS m
    WHERE m.collection_id = ${collectionId} AND ${which} AND ${listings}.product_id = m.product_id
      AND ${listings}.shelf = m.collection_id AND ${listings}.position <> m.position`)
}

export function listStale(limit: number): Query<{ productId: string }[]> {
  return q
    .select({ productId: staleListings.productId })
    .from(staleListings)
    .orderBy(staleListings.productId)
    .limit(limit)
}

/** Goes with `relist` of the same products: they are up to date together or not at all. */
export function unmarkStale(productIds: readonly string[]): Write {
  return q.run(sql`DELETE FROM ${staleListings} WHERE product_id IN ${listOf(productIds)}`)
}

/** True where nothing is left to derive. */
export const nothingStale = sql`NOT EXISTS (SELECT 1 FROM ${staleListings})`

/**
 * When a list of this shelf may next look otherwise by what is known: a product appears by its schedule, or the price of
 * any product there changes, which may bring it onto a page that it is not on. Unix milliseconds; null where nothing waits.
 */
export function nextChange(shelf: SQL, now: Date): SQL<number | null> {
  const at = now.getTime()
  // Written out, because the index is of the rows below this very number.
  const forever = sql.raw(String(FOREVER))
  return sql<number | null>`(SELECT nullif(min(
      coalesce((SELECT min(published_at) FROM ${listings} WHERE shelf = ${shelf}
        AND published_at > ${at} AND published_at < ${FOREVER}), ${forever}),
      coalesce((SELECT min(valid_until) FROM ${listingPrices} WHERE shelf = ${shelf}
        AND valid_until > ${at} AND valid_until < ${forever}), ${forever})), ${forever}))`
}
