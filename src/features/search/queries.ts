import { type SQL, sql } from 'drizzle-orm'
import { type Query, q } from '../../platform/db/client.ts'
import type { Position } from '../../platform/db/page.ts'
import { listOf } from '../../platform/db/rows.ts'
import {
  collectionProducts,
  collections,
  images,
  productPrices,
  products,
  productTags,
  variants,
} from '../../platform/db/schema/catalog.ts'
import { stockLevels } from '../../platform/db/schema/inventory.ts'
import { sellable } from '../inventory/queries.ts'

export type Sort = 'newest' | 'price_asc' | 'price_desc' | 'title'

/** Different filters are AND; several values of one are OR, except tags, where all must be there. */
export interface ListFilter {
  currency: string
  collections: readonly string[]
  tags: readonly string[]
  vendors: readonly string[]
  /** Minor units of `currency`. */
  priceMin: number | null
  priceMax: number | null
  inStock: boolean | null
  sort: Sort
}

export interface CardRow {
  id: string
  handle: string
  title: string
  vendor: string
  tags: string
  minAmount: number | null
  maxAmount: number | null
  minCompareAtAmount: number | null
  maxCompareAtAmount: number | null
  image: string | null
  available: number
}

/**
 * Published products as list cards, `limit` of them after `position`. Products without a price in the currency leave
 * price filters and sorts, and nothing else.
 */
export function listCards(filter: ListFilter, position: Position | null, limit: number): Query<CardRow[]> {
  const byPrice = filter.sort === 'price_asc' || filter.sort === 'price_desc'
  const priced = byPrice || filter.priceMin !== null || filter.priceMax !== null
  // The plus keeps SQLite from walking all active products where a filter finds fewer by an index of its own.
  const selective = filter.collections.length + filter.tags.length > 0
  const conditions = [selective ? sql`+p.status = 'active'` : sql`p.status = 'active'`, ...conditionsOf(filter)]
  if (position) conditions.push(after(filter.sort, position))
  const prices = sql`${productPrices} AS pp ON pp.product_id = p.id AND pp.currency = ${filter.currency}`
  return q.all<CardRow>(sql`SELECT p.id, p.handle, p.title, p.vendor, p.tags,
      pp.min_amount AS minAmount, pp.max_amount AS maxAmount,
      pp.min_compare_at_amount AS minCompareAtAmount, pp.max_compare_at_amount AS maxCompareAtAmount,
      (SELECT json_object('id', i.id, 'url', i.url, 'alt', i.alt, 'width', i.width, 'height', i.height)
        FROM ${images} AS i WHERE i.product_id = p.id ORDER BY i.position LIMIT 1) AS image,
      ${isAvailable} AND pp.product_id IS NOT NULL AS available
    FROM ${products} AS p ${priced ? sql`JOIN` : sql`LEFT JOIN`} ${prices}
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY ${ORDER[filter.sort]} LIMIT ${limit}`)
}

const isAvailable = sql`EXISTS (SELECT 1 FROM ${variants} AS v JOIN ${stockLevels} AS l ON l.variant_id = v.id
  WHERE v.product_id = p.id AND v.archived = 0 AND ${sellable('l')})`

const ORDER: Record<Sort, SQL> = {
  newest: sql`p.id DESC`,
  title: sql`p.title, p.id`,
  // In the order of product_prices_by_amount, so that the index is the sort.
  price_asc: sql`pp.min_amount, pp.product_id`,
  price_desc: sql`pp.min_amount DESC, pp.product_id DESC`,
}

/** The last row's sort values, in the order `after` takes them. */
export function positionOf(sort: Sort, row: CardRow): Position {
  if (sort === 'newest') return [row.id]
  return sort === 'title' ? [row.title, row.id] : [row.minAmount ?? 0, row.id]
}

function after(sort: Sort, [first, second]: Position): SQL {
  switch (sort) {
    case 'newest':
      return sql`p.id < ${first}`
    case 'title':
      return sql`(p.title, p.id) > (${first}, ${second})`
    case 'price_asc':
      return sql`(pp.min_amount, pp.product_id) > (${first}, ${second})`
    case 'price_desc':
      return sql`(pp.min_amount, pp.product_id) < (${first}, ${second})`
  }
}

function conditionsOf(filter: ListFilter): SQL[] {
  const conditions: SQL[] = []
  if (filter.collections.length > 0) {
    conditions.push(sql`p.id IN (SELECT cp.product_id FROM ${collectionProducts} AS cp
      JOIN ${collections} AS c ON c.id = cp.collection_id WHERE c.handle IN ${listOf(filter.collections)})`)
  }
  for (const tag of filter.tags) {
    conditions.push(sql`p.id IN (SELECT t.product_id FROM ${productTags} AS t WHERE t.tag = ${tag})`)
  }
  const [vendor, ...others] = filter.vendors
  if (vendor !== undefined) {
    // One vendor is an index in the order of the list; several are not.
    conditions.push(others.length === 0 ? sql`p.vendor = ${vendor}` : sql`p.vendor IN ${listOf(filter.vendors)}`)
  }
  if (filter.priceMin !== null) conditions.push(sql`pp.max_amount >= ${filter.priceMin}`)
  if (filter.priceMax !== null) conditions.push(sql`pp.min_amount <= ${filter.priceMax}`)
  if (filter.inStock !== null) conditions.push(filter.inStock ? isAvailable : sql`NOT ${isAvailable}`)
  return conditions
}
