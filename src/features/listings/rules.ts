import { type SQL, sql } from 'drizzle-orm'
import { products, productTags, variants } from '../../platform/db/schema/catalog.ts'
import { collections } from '../../platform/db/schema/collections.ts'
import { stockLevels } from '../../platform/db/schema/inventory.ts'
import { prices } from '../../platform/db/schema/prices.ts'
import { sellable } from '../inventory/queries.ts'

/** True where a variant of the outer query's product can be sold. @param product its id. */
export function isAvailable(product: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM ${variants} AS v JOIN ${stockLevels} AS l ON l.variant_id = v.id
    WHERE v.product_id = ${product} AND v.archived = 0 AND ${sellable('l')})`
}

// `json_each(rules)` as r beside `products` as p: 1 where p meets the rule, 0 where not.
const meetsRule = sql`CASE r.value ->> '$.field'
    WHEN 'tag' THEN EXISTS (SELECT 1 FROM ${productTags} AS t WHERE t.tag = r.value ->> '$.value' AND t.product_id = p.id)
      = (r.value ->> '$.operator' = 'is')
    WHEN 'vendor' THEN (p.vendor = r.value ->> '$.value') = (r.value ->> '$.operator' = 'is')
    WHEN 'product_type' THEN (p.product_type = r.value ->> '$.value') = (r.value ->> '$.operator' = 'is')
    WHEN 'in_stock' THEN ${isAvailable(sql`p.id`)} = (r.value ->> '$.value')
    WHEN 'price' THEN coalesce((SELECT CASE r.value ->> '$.operator' WHEN 'at_least' THEN min(x.amount) >= r.value ->> '$.value'
        ELSE min(x.amount) <= r.value ->> '$.value' END
      FROM ${variants} AS y JOIN ${prices} AS x ON x.variant_id = y.id
      WHERE y.product_id = p.id AND y.archived = 0 AND x.currency = r.value ->> '$.currency'
        AND x.market_id = '' AND x.min_quantity = 1), 0)
    ELSE 0 END`

/**
 * `(collection_id, product_id)` of every collection with rules that these products meet: all of its rules or any of them.
 * No rule is met by nobody. A product without a price in a rule's currency does not meet that rule.
 * @param collectionId only of this one.
 */
export function membersByRule(ids: SQL, collectionId?: string): SQL {
  const asked = collectionId === undefined ? sql`` : sql`AND c.id = ${collectionId}`
  return sql`SELECT c.id AS collection_id, p.id AS product_id
    FROM ${products} AS p CROSS JOIN ${collections} AS c ON p.id IN ${ids}
    WHERE c.kind = 'rules' ${asked} AND CASE c.match
      WHEN 'all' THEN json_array_length(c.rules) > 0
        AND NOT EXISTS (SELECT 1 FROM json_each(c.rules) AS r WHERE NOT ${meetsRule})
      ELSE EXISTS (SELECT 1 FROM json_each(c.rules) AS r WHERE ${meetsRule}) END`
}
