import { type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { products, productTags } from '../../platform/db/schema/catalog.ts'
import { categories } from '../../platform/db/schema/categories.ts'
import { collectionProducts } from '../../platform/db/schema/collections.ts'
import { membersByRule } from './rules.ts'

/**
 * The rows that `listings` should have for these products: the active ones on the shelf of all products, of each of their
 * collections, of their category and each of its ancestors, of their vendor and each of their tags. Times of publication
 * stand in the row: whoever reads a list looks at them.
 */
export function wantedListings(ids: SQL): SQL {
  // Two lists, because D1 takes five terms a compound SELECT.
  const chosen = sql`SELECT product_id, collection_id AS shelf, position FROM ${collectionProducts} WHERE product_id IN ${ids}
    UNION ALL SELECT product_id, collection_id, 0 FROM (${membersByRule(ids)})
    UNION ALL SELECT o.id, a.value, 0 FROM ${products} AS o CROSS JOIN ${categories} AS c ON c.id = o.category_id
      CROSS JOIN json_each(c.path) AS a WHERE o.id IN ${ids}
    UNION ALL SELECT id, 'own:' || category_id, 0 FROM ${products} WHERE id IN ${ids} AND category_id IS NOT NULL`
  const told = sql`SELECT id AS product_id, 'all' AS shelf, 0 AS position FROM ${products} WHERE id IN ${ids}
    UNION ALL SELECT id, 'vendor:' || vendor, 0 FROM ${products} WHERE id IN ${ids} AND vendor <> ''
    UNION ALL SELECT product_id, 'tag:' || tag, 0 FROM ${productTags} WHERE product_id IN ${ids}`
  return sql`SELECT s.product_id, s.shelf, s.position, p.title, coalesce(p.published_at, ${FOREVER}) AS published_at,
      coalesce(p.unpublished_at, ${FOREVER}) AS unpublished_at
    FROM (SELECT * FROM (${chosen}) UNION ALL SELECT * FROM (${told})) AS s CROSS JOIN ${products} AS p ON p.id = s.product_id
    WHERE p.status = 'active'`
}
