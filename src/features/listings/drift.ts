import { type SQL, sql } from 'drizzle-orm'
import { products } from '../../platform/db/schema/catalog.ts'
import { listingPrices, listings, productPrices, staleListings } from '../../platform/db/schema/listings.ts'
import { priceSpans } from './price-spans.ts'
import { wantedListings } from './wanted.ts'

// Derived rows beside what deriving all of them again would make: `subject` and `detail` of each that differs. Products
// that wait to be derived again are left out.

const everything = sql`(SELECT id FROM ${products} WHERE id NOT IN (SELECT product_id FROM ${staleListings}))`

/** Products on shelves where they do not belong, missing from others, or with another place, title or time. */
export function listingDrift(): SQL {
  const columns = sql`product_id, shelf, position, title, published_at, unpublished_at`
  return differences(columns, wantedListings(everything), sql`SELECT ${columns} FROM ${listings}`, sql`shelf`)
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
    sql`SELECT l.product_id, l.shelf, p.currency, p.market_id, p.valid_from, p.valid_until, p.min_amount
      FROM ${listings} AS l JOIN ${productPrices} AS p ON p.product_id = l.product_id`,
    sql`SELECT ${columns} FROM ${listingPrices}`,
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
