import { type SQL, sql } from 'drizzle-orm'
import { products } from '../../platform/db/schema/catalog.ts'
import { collectionProducts } from '../../platform/db/schema/collections.ts'
import {
  facetCounts,
  listedProducts,
  listingPrices,
  listings,
  productPrices,
  shelves,
  staleListings,
} from '../../platform/db/schema/listings.ts'
import { countPairs } from './facet-counts.ts'
import { priceSpans } from './price-spans.ts'
import { WALKED, wantedProducts, wantedShelves } from './wanted.ts'

// Derived rows beside what deriving all of them again would make: `subject` and `detail` of each that differs. Products
// that wait to be derived again are left out.

const everything = sql`(SELECT id FROM ${products} WHERE id NOT IN (SELECT product_id FROM ${staleListings}))`

/** Products on shelves where they do not belong, missing from others, or with another place, title, time or rank. */
export function listingDrift(now: Date): SQL {
  const columns = sql`product_id, shelf, position, title, published_at, unpublished_at, sold`
  return differences(
    columns,
    sql`SELECT w.product_id, w.name AS shelf, coalesce(m.position, 0) AS position, p.title, n.published_at, n.unpublished_at,
        n.sold
      FROM (${wantedShelves(everything, now)}) AS w JOIN ${products} AS p ON p.id = w.product_id
        LEFT JOIN ${listedProducts} AS n ON n.product_id = w.product_id
        LEFT JOIN ${collectionProducts} AS m ON m.collection_id = w.name AND m.product_id = w.product_id
      WHERE w.kind IN ${WALKED}`,
    sql`SELECT n.product_id, s.name AS shelf, l.position, l.title, l.published_at, l.unpublished_at, l.sold
      FROM ${listings} AS l JOIN ${listedProducts} AS n ON n.number = l.product JOIN ${shelves} AS s ON s.number = l.shelf`,
    sql`shelf`,
  )
}

/**
 * Products that are known to have other shelves than they have, or to be on sale, sold or due otherwise. Those whose moment
 * has just come are left out: they will be derived within a minute.
 */
export function vectorDrift(now: Date): SQL {
  const columns = sql`product_id, published_at, unpublished_at, on_sale, sold, due_at, shelves`
  const due = sql`(SELECT product_id FROM ${listedProducts} WHERE due_at <= ${now.getTime()} AND next_shelves IS NULL)`
  return sql`SELECT * FROM (${differences(
    columns,
    sql`SELECT * FROM (${wantedProducts(everything, now)}) WHERE shelves <> '[]'`,
    sql`SELECT ${columns} FROM ${listedProducts} WHERE next_shelves IS NULL`,
    sql`shelves`,
  )}) WHERE subject NOT IN ${due}`
}

/** Counts of products that are not those of the vectors, shelf by shelf. */
export function facetCountDrift(): SQL {
  const pairs = countPairs(sql`SELECT shelves, 1 AS weight FROM ${listedProducts} WHERE on_sale = 1`)
  const counted = sql`SELECT p.*, s.kind FROM (${pairs}) AS p JOIN ${shelves} AS s ON s.number = p.value`
  const stored = sql`SELECT shelf, value, kind, products FROM ${facetCounts}`
  const one = (left: SQL, right: SQL, why: string) =>
    sql`SELECT shelf, value || ', ' || kind || ': ' || products || ${` ${why}`} AS detail
      FROM (SELECT shelf, value, kind, products FROM (${left}) EXCEPT SELECT shelf, value, kind, products FROM (${right}))`
  return sql`SELECT s.name AS subject, d.detail FROM (${one(counted, stored, 'missing')}
      UNION ALL ${one(stored, counted, 'left over')}) AS d JOIN ${shelves} AS s ON s.number = d.shelf`
}

/** Price ranges that are not what the variants' prices make now. */
export function priceDrift(now: Date): SQL {
  const at = now.getTime()
  const columns = sql`product_id, currency, market_id, min_amount, max_amount, min_compare_at_amount, max_compare_at_amount`
  const valid = sql`WHERE valid_from <= ${at} AND valid_until > ${at}`
  return differences(
    columns,
    sql`SELECT * FROM (${priceSpans(everything, now)}) ${valid}`,
    sql`SELECT ${columns} FROM ${productPrices} ${valid}`,
    sql`currency`,
  )
}

/** Prices on shelves that are not those of the products that stand there. */
export function listingPriceDrift(): SQL {
  const columns = sql`product_id, shelf, currency, market_id, valid_from, valid_until, min_amount`
  return differences(
    columns,
    sql`SELECT n.product_id, l.shelf, p.currency, p.market_id, p.valid_from, p.valid_until, p.min_amount
      FROM ${listings} AS l JOIN ${listedProducts} AS n ON n.number = l.product
        JOIN ${productPrices} AS p ON p.product_id = n.product_id`,
    sql`SELECT n.product_id, x.shelf, x.currency, x.market_id, x.valid_from, x.valid_until, x.min_amount
      FROM ${listingPrices} AS x JOIN ${listedProducts} AS n ON n.number = x.product`,
    sql`shelf`,
  )
}

function differences(columns: SQL, wanted: SQL, stored: SQL, what: SQL): SQL {
  const settled = sql`product_id IN ${everything}`
  return sql`SELECT product_id AS subject, ${what} || ': ' || why AS detail FROM (
      SELECT *, 'missing' AS why FROM (SELECT ${columns} FROM (${wanted}) EXCEPT SELECT ${columns} FROM (${stored}))
      UNION ALL
      SELECT *, 'left over' FROM (SELECT ${columns} FROM (${stored}) EXCEPT SELECT ${columns} FROM (${wanted})))
    WHERE ${settled}`
}
