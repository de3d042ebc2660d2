import { type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { collectionProducts } from '../../platform/db/schema/collections.ts'
import { listedProducts, listingPrices, listings, productPrices, shelves } from '../../platform/db/schema/listings.ts'
import { countFacets } from './facet-counts.ts'
import { priceSpans } from './price-spans.ts'
import { markDocuments, markStale, shelfNumber, unmark } from './queries.ts'
import { possibleShelves, WALKED, wantedProducts } from './wanted.ts'

/**
 * Derives everything that lists read of these products from what is stored about them, as it stands in the batch: price
 * spans, shelves (those of collections with rules too), what they are counted as, prices on shelves. It goes last, after the
 * changes it follows, and writes only what differs, so that deriving twice costs reads, and a mark for the search index.
 * @param ids product ids, drafts among them: they lose their listings.
 */
export function relist(ids: SQL, now: Date): Write[] {
  return [
    ...derivePrices(ids, now),
    ...planProducts(ids, now),
    ...countFacets(ids, now),
    ...deriveListings(ids),
    ...deriveListingPrices(ids),
    ...finishProducts(ids, now),
    markDocuments(ids),
    unmark(ids),
  ]
}

/** `relist` for a list of ids. */
export function relistProducts(productIds: readonly string[], now: Date): Write[] {
  return productIds.length === 0 ? [] : relist(listOf([...new Set(productIds)]), now)
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

/** New shelves and new products get numbers; whoever differs from what it should be says in `next_shelves` what it becomes. */
function planProducts(ids: SQL, now: Date): Write[] {
  return [
    q.run(sql`INSERT INTO ${shelves} (name, kind) SELECT DISTINCT w.name, w.kind FROM (${possibleShelves(ids, now)}) AS w
      WHERE NOT EXISTS (SELECT 1 FROM ${shelves} AS s WHERE s.name = w.name) ORDER BY w.name`),
    q.run(sql`INSERT INTO ${listedProducts} (product_id, published_at, unpublished_at, on_sale, sold, due_at, shelves)
      SELECT p.id, 0, 0, 0, 0, ${FOREVER}, '[]' FROM ${products} AS p WHERE p.id IN ${ids} AND p.status = 'active'
        AND NOT EXISTS (SELECT 1 FROM ${listedProducts} AS n WHERE n.product_id = p.id) ORDER BY p.id`),
    q.run(sql`UPDATE ${listedProducts} SET published_at = w.published_at, unpublished_at = w.unpublished_at, sold = w.sold,
        due_at = w.due_at, next_shelves = w.shelves
      FROM (${wantedProducts(ids, now)}) AS w
      WHERE ${listedProducts}.product_id = w.product_id AND ${listedProducts}.product_id IN ${ids}
        AND (${state(listedProducts)}) IS NOT (${state(sql`w`)})`),
  ]
}

function state(of: SQL | typeof listedProducts): SQL {
  const columns = ['published_at', 'unpublished_at', 'on_sale', 'sold', 'due_at', 'shelves']
  return sql.join(
    columns.map((column) => sql`${of}.${sql.raw(column)}`),
    sql`, `,
  )
}

/** `(product, product_id, shelf)`: each shelf that one of these products is to have. Between planning and finishing. */
function planned(ids: SQL): SQL {
  return sql`SELECT n.number AS product, n.product_id, e.value AS shelf, n.published_at, n.unpublished_at, n.sold
    FROM ${listedProducts} AS n CROSS JOIN json_each(coalesce(n.next_shelves, n.shelves)) AS e WHERE n.product_id IN ${ids}`
}

function numbers(ids: SQL): SQL {
  return sql`(SELECT number FROM ${listedProducts} WHERE product_id IN ${ids})`
}

function deriveListings(ids: SQL): Write[] {
  const columns = sql`product, shelf, position, title, published_at, unpublished_at, sold`
  return [
    q.run(sql`DELETE FROM ${listings} WHERE product IN ${numbers(ids)}
      AND (product, shelf) NOT IN (SELECT product, shelf FROM (${planned(ids)}))`),
    q.run(sql`INSERT INTO ${listings} (${columns})
      SELECT w.product, w.shelf, coalesce(m.position, 0), p.title, w.published_at, w.unpublished_at, w.sold
      FROM (${planned(ids)}) AS w CROSS JOIN ${shelves} AS s ON s.number = w.shelf AND s.kind IN ${WALKED}
        CROSS JOIN ${products} AS p ON p.id = w.product_id
        LEFT JOIN ${collectionProducts} AS m ON m.collection_id = s.name AND m.product_id = w.product_id WHERE true
      ON CONFLICT (product, shelf) DO UPDATE SET position = excluded.position, title = excluded.title,
        published_at = excluded.published_at, unpublished_at = excluded.unpublished_at, sold = excluded.sold
      WHERE (position, title, published_at, unpublished_at, sold) IS NOT
        (excluded.position, excluded.title, excluded.published_at, excluded.unpublished_at, excluded.sold)`),
  ]
}

function deriveListingPrices(ids: SQL): Write[] {
  const wanted = sql`SELECT l.product, l.shelf, p.currency, p.market_id, p.valid_from, p.valid_until, p.min_amount
    FROM ${listedProducts} AS n CROSS JOIN ${listings} AS l ON l.product = n.number
      CROSS JOIN ${productPrices} AS p ON p.product_id = n.product_id WHERE n.product_id IN ${ids}`
  const key = sql`product, shelf, currency, market_id, valid_from`
  return [
    q.run(sql`DELETE FROM ${listingPrices} WHERE product IN ${numbers(ids)}
      AND (${key}) NOT IN (SELECT ${key} FROM (${wanted}))`),
    q.run(sql`INSERT INTO ${listingPrices} (${key}, valid_until, min_amount)
      SELECT ${key}, valid_until, min_amount FROM (${wanted}) WHERE true
      ON CONFLICT (${key}) DO UPDATE SET valid_until = excluded.valid_until, min_amount = excluded.min_amount
      WHERE (valid_until, min_amount) IS NOT (excluded.valid_until, excluded.min_amount)`),
  ]
}

/** What was planned is so. Whoever has no shelf left is no longer listed, and nobody gets its number. */
function finishProducts(ids: SQL, now: Date): Write[] {
  const at = now.getTime()
  return [
    q.run(sql`UPDATE ${listedProducts} SET shelves = next_shelves, next_shelves = NULL,
        on_sale = (published_at <= ${at} AND unpublished_at > ${at})
      WHERE product_id IN ${ids} AND next_shelves IS NOT NULL`),
    q.run(sql`DELETE FROM ${listedProducts} WHERE product_id IN ${ids} AND shelves = '[]'`),
  ]
}

/**
 * Lists take over the places that products of a manual collection have been moved to: all at once, however many, because
 * an order that is half taken over is none.
 * @param which a condition on `m`, the collection's products.
 */
export function relistPlaces(collectionId: string, which: SQL): Write {
  const moved = sql`SELECT n.number FROM ${collectionProducts} AS m
    CROSS JOIN ${listedProducts} AS n ON n.product_id = m.product_id WHERE m.collection_id = ${collectionId} AND ${which}`
  const position = sql`(SELECT m.position FROM ${listedProducts} AS n CROSS JOIN ${collectionProducts} AS m
    ON m.collection_id = ${collectionId} AND m.product_id = n.product_id WHERE n.number = ${listings}.product)`
  // By the products that were moved: an UPDATE with FROM looks through all listings for them.
  return q.run(sql`UPDATE ${listings} SET position = ${position} WHERE product IN (${moved})
    AND shelf = ${shelfNumber(sql`${collectionId}`)} AND position <> ${position}`)
}
