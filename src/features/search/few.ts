import { type SQL, sql } from 'drizzle-orm'
import { listedProducts, listings, staleDocuments, staleListings } from '../../platform/db/schema/listings.ts'
import { searchIndex } from '../../platform/db/schema/search-index.ts'
import { behind, inOrder, orderOf } from './orders.ts'
import { asJson, type Bounds, meets, priceJoin, type Reading } from './walk.ts'
import { literal } from './wanted.ts'

/** The number of the product that stands at an entry of the index, which `entryOf` of domain/search-entry.ts has made. */
export function productAt(entry: SQL): SQL {
  return sql`(4294967295 - (${entry} & 4294967295))`
}

/** The first products that match an expression of the search index, one more than few: a JSON array of numbers. */
export function matches(expression: SQL, { few }: Bounds): SQL {
  return sql`(SELECT json_group_array(product) FROM (SELECT ${productAt(sql`rowid`)} AS product FROM ${searchIndex}
    WHERE search_index MATCH ${expression} LIMIT ${literal(few + 1)}))`
}

/**
 * Products that the search index may not know as they are, some more than are looked at: a JSON array of numbers, null for one
 * that is not listed. They are candidates of every filter, so that a list has what was changed a moment ago.
 */
export function latecomers({ late }: Bounds): SQL {
  return sql`(SELECT json_group_array((SELECT n.number FROM ${listedProducts} AS n WHERE n.product_id = d.product_id))
    FROM (SELECT * FROM (SELECT product_id FROM ${staleDocuments} LIMIT ${literal(late + 1)})
      UNION ALL SELECT * FROM (SELECT product_id FROM ${staleListings} LIMIT ${literal(late + 1)})) AS d)`
}

/** Whether `few` (of `matches`) and `s.late` hold all candidates there are. */
export function isWhole(few: SQL, bounds: Bounds): SQL {
  return sql`(json_array_length(${few}) <= ${literal(bounds.few)} AND json_array_length(s.late) <= ${literal(bounds.late)})`
}

/** All candidates, each once: `product`. @param few of `matches`. */
export function candidates(few: SQL, bounds: Bounds): SQL {
  return sql`SELECT f.value AS product FROM json_each(${few}) AS f WHERE f.key < ${literal(bounds.few)}
    UNION SELECT d.value FROM json_each(s.late) AS d WHERE d.value IS NOT NULL`
}

/** At most `limit` candidates that meet the filter, put in the order of the list: a JSON array. */
export function sorted(reading: Reading, few: SQL, limit: number): SQL {
  const { filter, position } = reading
  const order = orderOf(filter.sort)
  const kept = filter.sort === 'title' || filter.sort === 'manual'
  const listing = sql`CROSS JOIN ${listings} AS l ON l.product = n.number AND l.shelf = s.base`
  const after = position ? sql`AND ${behind(order, order.known, sql`n.number`, position)}` : sql``
  return asJson(sql`SELECT n.number AS product, ${order.known} AS value FROM (${candidates(few, reading.bounds)}) AS c
    CROSS JOIN ${listedProducts} AS n ON n.number = c.product ${kept ? listing : sql``}
    ${priceJoin(reading, order.of === 'listing_prices')} WHERE ${meets(reading)} ${after}
    ORDER BY ${inOrder(order, order.known, sql`n.number`)} LIMIT ${limit}`)
}
