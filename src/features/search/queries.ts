import { type SQL, sql } from 'drizzle-orm'
import type { ListSort } from '../../domain/collection.ts'
import { type Query, q } from '../../platform/db/client.ts'
import type { Position } from '../../platform/db/page.ts'
import { productHandles, products, relatedProducts, variants } from '../../platform/db/schema/catalog.ts'
import { collections } from '../../platform/db/schema/collections.ts'
import { listingPrices, listings } from '../../platform/db/schema/listings.ts'
import { onSale } from '../catalog/queries.ts'
import { categoryShelf } from '../categories/queries.ts'
import { collectionShelf } from '../collections/queries.ts'
import { nextChange } from '../listings/queries.ts'
import { buyerRow, type MarketWish } from '../markets/queries.ts'
import { type CardRow, cardColumns, cardJoins, isCardAvailable, isListedNow } from './cards.ts'

/** Different filters are AND; several values of one are OR, except tags, where all must be there. */
export interface ListFilter {
  collections: readonly string[]
  categories: readonly string[]
  /** Whether a category has the products of those below it. */
  descendants: boolean
  tags: readonly string[]
  vendors: readonly string[]
  /** Minor units of the buyer's currency. */
  priceMin: number | null
  priceMax: number | null
  inStock: boolean | null
  sort: ListSort
}

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

/**
 * Published products as list cards, `limit` of them after `position`. One shelf is walked in the order of an index, and
 * every other filter is looked up product by product. Products without a price in the currency leave price filters and
 * sorts, and nothing else.
 */
export function listCards(
  wish: MarketWish,
  filter: ListFilter,
  position: Position | null,
  { limit, now }: { limit: number; now: Date },
): Query<CardRow[]> {
  const { base, conditions } = shelvesOf(filter)
  const { sort, priceMin, priceMax, inStock } = filter
  const byPrice = sort === 'price_asc' || sort === 'price_desc'
  if (position) conditions.push(after(sort, position))
  if (!byPrice && (priceMin !== null || priceMax !== null)) conditions.push(sql`pp.product_id IS NOT NULL`)
  if (priceMin !== null) conditions.push(sql`pp.max_amount >= ${priceMin}`)
  // In order of prices it is a bound of the walk too.
  if (priceMax !== null)
    conditions.push(byPrice ? sql`lp.min_amount <= ${priceMax}` : sql`pp.min_amount <= ${priceMax}`)
  if (inStock !== null) conditions.push(inStock ? isCardAvailable : sql`NOT ${isCardAvailable}`)
  if (sort === 'newest') conditions.push(sql`l.published_at <= ${now.getTime()}`)
  const at = now.getTime()
  const from = byPrice
    ? sql`${listingPrices} AS lp CROSS JOIN ${listings} AS l ON l.product_id = lp.product_id AND l.shelf = lp.shelf`
    : sql`${listings} AS l`
  const shelf = byPrice
    ? sql`lp.shelf = ${base} AND lp.currency = (SELECT currency FROM buyer) AND lp.market_id = (SELECT market_id FROM buyer)
        AND +lp.valid_from <= ${at} AND lp.valid_until > ${at}`
    : sql`l.shelf = ${base}`
  const all = [shelf, isListedNow(now), ...conditions]
  return q.all<CardRow>(sql`WITH buyer AS MATERIALIZED (${buyerRow(wish)})
    SELECT ${cardColumns} FROM ${from} ${cardJoins(now)}
    WHERE ${sql.join(all, sql` AND `)} ORDER BY ${ORDER[sort]} LIMIT ${limit}`)
}

// Each in the order of an index of its table, so that the index is the sort.
const ORDER: Record<ListSort, SQL> = {
  newest: sql`l.published_at DESC, l.product_id DESC`,
  title: sql`l.title, l.product_id`,
  manual: sql`l.rank DESC, l.product_id DESC`,
  price_asc: sql`lp.min_amount, lp.product_id`,
  price_desc: sql`lp.min_amount DESC, lp.product_id DESC`,
}

/** The last row's sort values, in the order `after` takes them. */
export function positionOf(sort: ListSort, row: CardRow): Position {
  switch (sort) {
    case 'newest':
      return [row.publishedAt, row.id]
    case 'title':
      return [row.sortTitle, row.id]
    case 'manual':
      return [row.position, row.id]
    default:
      return [row.minAmount ?? 0, row.id]
  }
}

function after(sort: ListSort, [first, second]: Position): SQL {
  switch (sort) {
    case 'newest':
      return sql`(l.published_at, l.product_id) < (${first}, ${second})`
    case 'title':
      return sql`(l.title, l.product_id) > (${first}, ${second})`
    case 'manual':
      return sql`(l.rank, l.product_id) < (${-Number(first)}, ${second})`
    case 'price_asc':
      return sql`(lp.min_amount, lp.product_id) > (${first}, ${second})`
    case 'price_desc':
      return sql`(lp.min_amount, lp.product_id) < (${first}, ${second})`
  }
}

/** The shelf that a list walks: the narrowest one that a filter names alone, else all products. */
export function baseShelf(filter: ListFilter): SQL {
  return shelvesOf(filter).base
}

/** The shelves of one filter, where it is given; a list can walk it where that is one. Several are one parameter: a statement
 *  takes a hundred. */
function groupOf(names: readonly string[], shelfOf: (name: SQL) => SQL): { shelves: SQL; isOne: boolean }[] {
  const [name, ...more] = names
  if (name === undefined) return []
  if (more.length === 0) return [{ shelves: shelfOf(sql`${name}`), isOne: true }]
  const several = sql`SELECT ${shelfOf(sql`j.value`)} FROM json_each(${JSON.stringify(names)}) AS j`
  return [{ shelves: several, isOne: false }]
}

function shelvesOf(filter: ListFilter): { base: SQL; conditions: SQL[] } {
  const groups = [
    ...groupOf(filter.collections, collectionShelf),
    ...groupOf(filter.categories, (handle) => categoryShelf(handle, !filter.descendants)),
    ...groupOf(filter.vendors, (vendor) => sql`('vendor:' || ${vendor})`),
    ...filter.tags.flatMap((tag) => groupOf([tag], (each) => sql`('tag:' || ${each})`)),
  ]
  const walked = groups.find(({ isOne }) => isOne)
  const others = groups.filter((group) => group !== walked)
  return {
    base: walked?.shelves ?? sql`'all'`,
    conditions: others.map(
      ({ shelves }) => sql`EXISTS (SELECT 1 FROM ${listings} AS o WHERE o.product_id = l.product_id
        AND o.shelf IN (${shelves}))`,
    ),
  }
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
    SELECT ${cardColumns}, asked.place FROM asked CROSS JOIN ${listings} AS l ON l.product_id = asked.id AND l.shelf = 'all'
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
    shared AS MATERIALIZED (SELECT shelf FROM ${listings} WHERE product_id = (SELECT id FROM me)
      AND (shelf >= 'col_' AND shelf < 'cola' OR shelf >= 'tag:' AND shelf < 'tag;')
      AND NOT EXISTS (SELECT 1 FROM ${collections} AS c WHERE c.id = shelf AND c.status = 'draft') LIMIT ${RELATED_SHELVES}),
    beside AS MATERIALIZED (SELECT o.product_id AS id, count(*) AS score FROM shared AS s
      CROSS JOIN ${listings} AS o ON o.shelf = s.shelf AND o.product_id IN (SELECT n.product_id FROM ${listings} AS n
        WHERE n.shelf = s.shelf AND n.published_at <= ${at} ORDER BY n.published_at DESC LIMIT ${RELATED_PER_SHELF})
      GROUP BY o.product_id),
    ranked AS MATERIALIZED (SELECT id, min(place) AS place, max(score) AS score FROM (
        SELECT related_id AS id, position AS place, 0 AS score FROM ${relatedProducts} WHERE product_id = (SELECT id FROM me)
        UNION ALL SELECT id, ${limit}, score FROM beside)
      WHERE id <> (SELECT id FROM me) GROUP BY id)
    SELECT ${cardColumns} FROM ranked CROSS JOIN ${listings} AS l ON l.product_id = ranked.id AND l.shelf = 'all'
    ${cardJoins(now)} WHERE ${isListedNow(now)}
    ORDER BY ranked.place, ranked.score DESC, l.published_at DESC, l.product_id DESC LIMIT ${limit}`)
}

/** For `findBuyer` of lists that walk no shelf. */
export const noShelf = sql`''`
