import { type SQL, sql } from 'drizzle-orm'
import { productPrices } from '../../platform/db/schema/listings.ts'

/** `priceBucket` of domain/price-bucket.ts in SQL; a test holds the two together. @param amount an integer of 0 or more. */
export function bucketOf(amount: SQL): SQL<number> {
  const leading = sql`CAST(substr(${amount}, 1, 2) AS INTEGER)`
  return sql<number>`CASE WHEN ${amount} < 10 THEN 0 ELSE (length(${amount}) - 2) * 6 + (${leading} >= 15) + (${leading} >= 20)
    + (${leading} >= 30) + (${leading} >= 50) + (${leading} >= 70) END`
}

/**
 * `(product_id, kind, bucket)`: the buckets that these products' prices touch now, from their lowest price to their highest,
 * in each currency and market that they have prices in. The kind names currency and market.
 */
export function priceBuckets(ids: SQL, now: Date): SQL {
  const at = now.getTime()
  return sql`WITH RECURSIVE touched (product_id, kind, bucket, highest) AS (
      SELECT product_id, 'price:' || currency || ':' || market_id, ${bucketOf(sql`min_amount`)}, ${bucketOf(sql`max_amount`)}
        FROM ${productPrices} WHERE product_id IN ${ids} AND valid_from <= ${at} AND valid_until > ${at}
      UNION ALL SELECT product_id, kind, bucket + 1, highest FROM touched WHERE bucket < highest)
    SELECT product_id, kind, bucket FROM touched`
}
