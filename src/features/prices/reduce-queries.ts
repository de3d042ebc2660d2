import { type SQL, sql } from 'drizzle-orm'
import { type Query, q } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products, variants } from '../../platform/db/schema/catalog.ts'
import { collectionProducts, collections } from '../../platform/db/schema/collections.ts'
import { markets } from '../../platform/db/schema/markets.ts'
import { priceLists, prices } from '../../platform/db/schema/prices.ts'
import { listedIn } from '../listings/queries.ts'

/** Which products are reduced: those of a collection, these, or (both null) all. */
export interface ReducedChoice {
  collectionId: string | null
  productIds: readonly string[] | null
}

/** What a choice names and is not there. */
export function findUnknown({ collectionId, productIds }: ReducedChoice): Query<{ id: string }[]> {
  const known = collectionId === null ? sql`SELECT id FROM ${products}` : sql`SELECT id FROM ${collections}`
  const named = collectionId === null ? (productIds ?? []) : [collectionId]
  return q.all<{ id: string }>(sql`SELECT j.value AS id FROM json_each(${JSON.stringify(named)}) AS j
    WHERE NOT EXISTS (SELECT 1 FROM (${known}) AS k WHERE k.id = j.value) ORDER BY j.key LIMIT 1`)
}

export interface RegularPriceRow {
  variantId: string
  productId: string
  currency: string
  marketId: string
  minQuantity: number
  amount: number
}

/**
 * Regular prices of chosen variants, in the currency of the list's market where it is of one: of everywhere, and that
 * market's own. Archived variants and products are left out.
 * @param variantLimit so many variants, and so many prices of them, are read at most.
 */
export function listRegularPrices(
  priceListId: string,
  choice: ReducedChoice,
  currency: string | null,
  variantLimit: number,
  priceLimit: number,
): Query<RegularPriceRow[]> {
  return q.all<RegularPriceRow>(sql`WITH
    place AS MATERIALIZED (SELECT l.market_id, m.currency FROM ${priceLists} AS l
      LEFT JOIN ${markets} AS m ON m.id = l.market_id WHERE l.id = ${priceListId}),
    chosen AS MATERIALIZED (SELECT v.id, v.product_id FROM ${products} AS p JOIN ${variants} AS v ON v.product_id = p.id
      WHERE v.archived = 0 AND p.status <> 'archived' AND ${isChosen(choice)} LIMIT ${variantLimit})
    SELECT x.variant_id AS variantId, c.product_id AS productId, x.currency, x.market_id AS marketId,
      x.min_quantity AS minQuantity, x.amount
    FROM place CROSS JOIN chosen AS c CROSS JOIN ${prices} AS x ON x.variant_id = c.id
    WHERE x.market_id IN ('', place.market_id) AND x.currency = coalesce(${currency}, place.currency, x.currency)
    LIMIT ${priceLimit}`)
}

function isChosen({ collectionId, productIds }: ReducedChoice): SQL {
  if (productIds) return sql`p.id IN ${listOf(productIds)}`
  if (collectionId === null) return sql`true`
  // Those that staff put into it, and those that stand on its shelf by its rules.
  return sql`p.id IN (SELECT product_id FROM ${collectionProducts} WHERE collection_id = ${collectionId}
    UNION ${listedIn(collectionId)})`
}
