import { type SQL, sql } from 'drizzle-orm'
import { type Query, q } from '../../platform/db/client.ts'
import { productHandles, products, relatedProducts, variants } from '../../platform/db/schema/catalog.ts'
import { collections } from '../../platform/db/schema/collections.ts'
import { listedProducts, listings, shelves } from '../../platform/db/schema/listings.ts'
import { onSale } from '../catalog/queries.ts'
import { nextChange } from '../listings/queries.ts'
import { buyerRow, type MarketWish } from '../markets/queries.ts'
import { type CardRow, cardColumns, cardJoins, isListedNow } from './cards.ts'

/** Whom a list was read for, and when a product of its shelf next appears or changes its price. */
export interface BuyerRow {
  currency: string
  marketId: string
  locale: string
  nextChange: number | null
}

export function findBuyer(wish: MarketWish, shelf: SQL, now: Date): Query<BuyerRow[]> {
  return q.all<BuyerRow>(sql`SELECT b.currency, b.market_id AS marketId, b.locale,
    ${nextChange(shelf, now)} AS nextChange FROM (${buyerRow(wish)}) AS b`)
}

/** A card with its place among those that were asked for by name. */
export interface NamedCardRow extends CardRow {
  place: number
}

/** Published products by their ids or SKUs, in any order: `place` says which. What is not there is left out. */
export function listNamedCards(
  wish: MarketWish,
  names: { ids: readonly string[] } | { skus: readonly string[] },
  now: Date,
): Query<NamedCardRow[]> {
  const asked =
    'ids' in names
      ? sql`SELECT value AS id, key AS place FROM json_each(${JSON.stringify(names.ids)})`
      : sql`SELECT v.product_id AS id, min(j.key) AS place FROM json_each(${JSON.stringify(names.skus)}) AS j
          JOIN ${variants} AS v ON v.sku = j.value AND v.archived = 0 GROUP BY v.product_id`
  return q.all<NamedCardRow>(sql`WITH buyer AS MATERIALIZED (${buyerRow(wish)}), asked AS MATERIALIZED (${asked})
    SELECT ${cardColumns}, asked.place FROM asked CROSS JOIN ${listedProducts} AS n ON n.product_id = asked.id
    ${cardJoins(now)} WHERE ${isListedNow(now)}`)
}

/** A published product, as far as it decides that there is an answer, and until when. */
export interface PublishedRow {
  id: string
  handle: string
  unpublishedAt: number | null
}

/** The published product that has this id or handle, or had the handle before. */
export function findPublished(ref: string, now: Date): Query<PublishedRow[]> {
  return q.all<PublishedRow>(sql`SELECT p.id, p.handle, p.unpublished_at AS unpublishedAt FROM ${products} AS p
    WHERE p.id = ${publishedId(ref)} AND ${onSale('p', now)}`)
}

function publishedId(ref: string): SQL {
  return sql`coalesce((SELECT id FROM ${products} WHERE id = ${ref}), (SELECT id FROM ${products} WHERE handle = ${ref}),
    (SELECT product_id FROM ${productHandles} WHERE handle = ${ref}))`
}

// What stands beside a product is bounded before it is ranked: the newest of a few shelves, whatever their size.
const RELATED_SHELVES = 8
const RELATED_PER_SHELF = 24

/**
 * What goes with a product: the staff's picks in their order, then products that share its collections and tags, those
 * that share most first.
 */
export function listRelatedCards(wish: MarketWish, ref: string, limit: number, now: Date): Query<CardRow[]> {
  const at = now.getTime()
  return q.all<CardRow>(sql`WITH buyer AS MATERIALIZED (${buyerRow(wish)}),
    me AS MATERIALIZED (SELECT ${publishedId(ref)} AS id),
    shared AS MATERIALIZED (SELECT o.shelf FROM ${listedProducts} AS n CROSS JOIN ${listings} AS o ON o.product = n.number
        CROSS JOIN ${shelves} AS s ON s.number = o.shelf
      WHERE n.product_id = (SELECT id FROM me) AND s.kind IN ('collection', 'tag')
        AND NOT EXISTS (SELECT 1 FROM ${collections} AS c WHERE c.id = s.name AND c.status = 'draft')
      ORDER BY s.name LIMIT ${RELATED_SHELVES}),
    beside AS MATERIALIZED (SELECT o.product, count(*) AS score FROM shared AS s
      CROSS JOIN ${listings} AS o ON o.shelf = s.shelf AND o.product IN (SELECT n.product FROM ${listings} AS n
        WHERE n.shelf = s.shelf AND n.published_at <= ${at} ORDER BY n.published_at DESC LIMIT ${RELATED_PER_SHELF})
      GROUP BY o.product),
    ranked AS MATERIALIZED (SELECT id, min(place) AS place, max(score) AS score FROM (
        SELECT related_id AS id, position AS place, 0 AS score FROM ${relatedProducts} WHERE product_id = (SELECT id FROM me)
        UNION ALL SELECT n.product_id, ${limit}, b.score FROM beside AS b
          CROSS JOIN ${listedProducts} AS n ON n.number = b.product)
      WHERE id <> (SELECT id FROM me) GROUP BY id)
    SELECT ${cardColumns} FROM ranked CROSS JOIN ${listedProducts} AS n ON n.product_id = ranked.id
    ${cardJoins(now)} WHERE ${isListedNow(now)}
    ORDER BY ranked.place, ranked.score DESC, n.published_at DESC, n.number DESC LIMIT ${limit}`)
}

/** For `findBuyer` of lists that walk no shelf. */
export const noShelf = sql`NULL`
