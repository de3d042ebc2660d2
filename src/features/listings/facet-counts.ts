import { type SQL, sql } from 'drizzle-orm'
import { q, type Write } from '../../platform/db/client.ts'
import { facetCounts, listedProducts, shelves } from '../../platform/db/schema/listings.ts'

/** Shelves that people open, by kind: on these products are counted. */
const OPENED = sql.raw("('all', 'collection', 'category', 'vendor')")
/** What nothing is counted by: a category in other words. */
const UNCOUNTED = sql.raw("('own')")

/**
 * `(shelf, value, products)`: how many of these vectors have both shelves. Pairs that come to nothing are left out.
 * @param vectors a SELECT of `(shelves, weight)`: what each product counts, 1 or -1.
 */
export function countPairs(vectors: SQL): SQL {
  // Kinds are looked up once a shelf of a vector, not once a pair.
  const some = (kinds: SQL) => sql`json_group_array(s.number) FILTER (WHERE s.kind ${kinds})`
  return sql`SELECT a.value AS shelf, b.value AS value, sum(t.weight) AS products
    FROM (SELECT weight, (SELECT json_array(${some(sql`IN ${OPENED}`)}, ${some(sql`NOT IN ${UNCOUNTED}`)})
        FROM json_each(shelves) AS e CROSS JOIN ${shelves} AS s ON s.number = e.value) AS both FROM (${vectors})) AS t
      CROSS JOIN json_each(t.both, '$[0]') AS a CROSS JOIN json_each(t.both, '$[1]') AS b
    GROUP BY a.value, b.value HAVING sum(t.weight) <> 0`
}

/** Counts follow what these products become: between planning and finishing in `relist`. */
export function countFacets(ids: SQL, now: Date): Write[] {
  const at = now.getTime()
  const changed = sql`SELECT shelves AS before, next_shelves AS after, on_sale AS was,
      published_at <= ${at} AND unpublished_at > ${at} AS is_now
    FROM ${listedProducts} WHERE product_id IN ${ids} AND next_shelves IS NOT NULL`
  const differences = countPairs(sql`SELECT before AS shelves, -1 AS weight FROM changed WHERE was = 1
    UNION ALL SELECT after, 1 FROM changed WHERE is_now = 1`)
  return [
    // The sum is written, not added: a difference below zero would be refused before it is known that there is something to
    // take it from.
    q.run(sql`WITH changed AS MATERIALIZED (SELECT * FROM (${changed}) WHERE before <> after OR was <> is_now)
      INSERT INTO ${facetCounts} (shelf, value, kind, products)
      SELECT d.shelf, d.value, s.kind, d.products + coalesce(f.products, 0)
      FROM (${differences}) AS d CROSS JOIN ${shelves} AS s ON s.number = d.value
        LEFT JOIN ${facetCounts} AS f ON f.shelf = d.shelf AND f.value = d.value WHERE true
      ON CONFLICT (shelf, value) DO UPDATE SET products = excluded.products`),
    q.run(sql`DELETE FROM ${facetCounts} WHERE products = 0`),
  ]
}
