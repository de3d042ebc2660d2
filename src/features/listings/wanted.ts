import { type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { products, productTags, variants } from '../../platform/db/schema/catalog.ts'
import { categories } from '../../platform/db/schema/categories.ts'
import { collectionProducts, collections } from '../../platform/db/schema/collections.ts'
import { productPrices, shelves } from '../../platform/db/schema/listings.ts'
import { productSales } from '../../platform/db/schema/sales.ts'
import { priceBuckets } from './price-buckets.ts'
import { isAvailable, membersByRule } from './rules.ts'

/** Shelves that lists walk, by kind: `listings` has rows of these. All others are only filtered by and counted. */
export const WALKED = sql.raw("('all', 'collection', 'category', 'own', 'vendor', 'tag')")

/**
 * `(product_id, name, kind)`: the shelves that these products have, the active ones among them. Prices are those of
 * `product_prices`, which are derived first.
 */
export function wantedShelves(ids: SQL, now: Date): SQL {
  return shelvesOf(ids, membersByRule(sql`(SELECT id FROM active)`), now)
}

/** The same and more: collections with rules are all there, met or not, because looking costs less than asking. */
export function possibleShelves(ids: SQL, now: Date): SQL {
  const all = sql`SELECT id AS collection_id, '' AS product_id FROM ${collections} WHERE kind = 'rules'`
  return shelvesOf(ids, all, now)
}

function shelvesOf(ids: SQL, byRules: SQL, now: Date): SQL {
  const at = now.getTime()
  const those = sql`(SELECT id FROM active)`
  const sold = sql`'available:' || currency || ':' || market_id`
  // Three lists, because D1 takes five terms a compound SELECT.
  const chosen = sql`SELECT product_id, collection_id AS name, 'collection' AS kind FROM ${collectionProducts}
      WHERE product_id IN ${those}
    UNION ALL SELECT product_id, collection_id, 'collection' FROM (${byRules})
    UNION ALL SELECT o.id, a.value, 'category' FROM active AS o CROSS JOIN ${categories} AS c ON c.id = o.category_id
      CROSS JOIN json_each(c.path) AS a
    UNION ALL SELECT id, 'own:' || category_id, 'own' FROM active WHERE category_id IS NOT NULL`
  const told = sql`SELECT id AS product_id, 'all' AS name, 'all' AS kind FROM active
    UNION ALL SELECT id, 'vendor:' || vendor, 'vendor' FROM active WHERE vendor <> ''
    UNION ALL SELECT product_id, 'tag:' || tag, 'tag' FROM ${productTags} WHERE product_id IN ${those}
    UNION ALL SELECT id, CASE WHEN available THEN 'available' ELSE 'sold_out' END, 'available' FROM active`
  const counted = sql`SELECT v.product_id, 'option:' || json_array(o.key, o.value) AS name, 'option' AS kind
      FROM ${variants} AS v CROSS JOIN json_each(v.options) AS o WHERE v.product_id IN ${those} AND v.archived = 0
    UNION ALL SELECT product_id, kind || ':' || bucket, kind FROM (${priceBuckets(those, now)})
    UNION ALL SELECT product_id, ${sold}, ${sold} FROM ${productPrices}
      WHERE product_id IN (SELECT id FROM active WHERE available) AND valid_from <= ${at} AND valid_until > ${at}`
  return sql`WITH active AS MATERIALIZED (SELECT p.id, p.vendor, p.category_id, ${isAvailable(sql`p.id`)} AS available
      FROM ${products} AS p WHERE p.id IN ${ids} AND p.status = 'active')
    SELECT * FROM (${chosen}) UNION ALL SELECT * FROM (${told}) UNION ALL SELECT * FROM (${counted})`
}

/**
 * What `listed_products` should say of these products, drafts among them: those have no shelves. Every shelf has its number
 * by now.
 */
export function wantedProducts(ids: SQL, now: Date): SQL {
  const at = now.getTime()
  const later = (moment: SQL) => sql`CASE WHEN ${moment} > ${at} THEN ${moment} ELSE ${FOREVER} END`
  return sql`WITH vectors AS MATERIALIZED (
      SELECT w.product_id, json_group_array(DISTINCT s.number ORDER BY s.number) AS shelves
      FROM (${wantedShelves(ids, now)}) AS w CROSS JOIN ${shelves} AS s ON s.name = w.name GROUP BY w.product_id)
    SELECT p.id AS product_id, p.published_at, p.unpublished_at,
      p.published_at <= ${at} AND p.unpublished_at > ${at} AS on_sale,
      coalesce((SELECT units FROM ${productSales} WHERE product_id = p.id), 0) AS sold,
      min(${later(sql`p.published_at`)}, ${later(sql`p.unpublished_at`)}, coalesce((SELECT min(valid_until)
        FROM ${productPrices} WHERE product_id = p.id AND valid_until > ${at}), ${FOREVER})) AS due_at,
      coalesce(v.shelves, '[]') AS shelves
    FROM (SELECT id, coalesce(published_at, ${FOREVER}) AS published_at, coalesce(unpublished_at, ${FOREVER}) AS unpublished_at
      FROM ${products} WHERE id IN ${ids}) AS p LEFT JOIN vectors AS v ON v.product_id = p.id`
}
