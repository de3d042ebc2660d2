import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { collectionProducts } from '../../platform/db/schema/collections.ts'
import { listedProducts, listings } from '../../platform/db/schema/listings.ts'
import { shelfNumber } from '../listings/queries.ts'
import { relistPlaces } from '../listings/relist.ts'

export interface MemberRow {
  productId: string
  position: number
  /** What tells products of one position apart in their order, for cursors. */
  tie: string
  handle: string
  title: string
  status: string
}

/**
 * Products of a collection in the order in which the storefront shows it: those that staff put into a manual one, drafts
 * too; those that are listed by the rules of the other kind.
 * @param after the last position and tie shown.
 */
export function listMembers(
  { id, kind }: { id: string; kind: 'manual' | 'rules' },
  after: { position: number; tie: string } | null,
  limit: number,
): Query<MemberRow[]> {
  const columns = sql`p.id AS productId, p.handle, p.title, p.status`
  if (kind === 'manual') {
    const behind = after ? isBehind(sql`m.position`, sql`m.product_id`, { ...after, productId: after.tie }) : sql`true`
    return q.all<MemberRow>(sql`SELECT ${columns}, m.position, m.product_id AS tie
      FROM ${collectionProducts} AS m JOIN ${products} AS p ON p.id = m.product_id
      WHERE m.collection_id = ${id} AND ${behind} ORDER BY m.position, m.product_id DESC LIMIT ${limit}`)
  }
  const behind = after ? sql`(l.rank, l.product) < (${-after.position}, CAST(${after.tie} AS INTEGER))` : sql`true`
  return q.all<MemberRow>(sql`SELECT ${columns}, l.position, CAST(l.product AS TEXT) AS tie
    FROM ${listings} AS l CROSS JOIN ${listedProducts} AS n ON n.number = l.product
      CROSS JOIN ${products} AS p ON p.id = n.product_id
    WHERE l.shelf = ${shelfNumber(sql`${id}`)} AND ${behind} ORDER BY l.rank DESC, l.product DESC LIMIT ${limit}`)
}

// The order of every shelf: up by position, and of one position the newest first.
function isBehind(position: SQL, id: SQL, after: { position: number | SQL; productId: string }): SQL {
  return sql`${position} >= ${after.position} AND (${position} > ${after.position} OR ${id} < ${after.productId})`
}

/** Which of `productIds` exist, and which of them the collection has, in the order they are asked for. */
export function listMemberships(
  collectionId: string,
  productIds: readonly string[],
): Query<{ id: string; exists: number; isMember: number }[]> {
  return q.all(sql`SELECT j.value AS id, p.id IS NOT NULL AS "exists", m.product_id IS NOT NULL AS isMember
    FROM json_each(${JSON.stringify(productIds)}) AS j LEFT JOIN ${products} AS p ON p.id = j.value
    LEFT JOIN ${collectionProducts} AS m ON m.collection_id = ${collectionId} AND m.product_id = j.value ORDER BY j.key`)
}

/** Puts products at the end, in this order; who is there already stays. Breaks `foreign_key` on an unknown product. */
export function addMembers(collectionId: string, productIds: readonly string[]): Write[] {
  if (productIds.length === 0) return []
  return [
    q.run(sql`INSERT INTO ${collectionProducts} (collection_id, product_id, position)
      SELECT ${collectionId}, j.value, j.key + (SELECT coalesce(max(position), -1) + 1 FROM ${collectionProducts}
        WHERE collection_id = ${collectionId})
      FROM json_each(${JSON.stringify(productIds)}) AS j WHERE true ON CONFLICT (collection_id, product_id) DO NOTHING`),
  ]
}

/** Puts products to the front, in this order, in lists too; all others keep their places. */
export function moveToFront(collectionId: string, productIds: readonly string[]): Write[] {
  if (productIds.length === 0) return []
  const first = sql`(SELECT coalesce(min(position), 0) FROM ${collectionProducts} WHERE collection_id = ${collectionId})`
  return [
    place(collectionId, productIds, sql`${first} - ${productIds.length}`),
    relistPlaces(collectionId, sql`m.product_id IN ${listOf(productIds)}`),
  ]
}

/**
 * Puts products behind another one, in this order, in lists too: what stood behind it makes room. Writes as many rows as
 * stand behind.
 */
export function moveBehind(collectionId: string, anchorId: string, productIds: readonly string[]): Write[] {
  if (productIds.length === 0) return []
  const anchor = sql`(SELECT position FROM ${collectionProducts} WHERE collection_id = ${collectionId} AND product_id = ${anchorId})`
  const behind = isBehind(sql`position`, sql`product_id`, { position: anchor, productId: anchorId })
  return [
    // One place more than they take: who stood at the anchor's own place, and behind it, is then behind them as well.
    q.run(sql`UPDATE ${collectionProducts} SET position = position + ${productIds.length + 1}
      WHERE collection_id = ${collectionId} AND product_id NOT IN ${listOf(productIds)} AND ${behind}`),
    place(collectionId, productIds, sql`${anchor} + 1`),
    relistPlaces(collectionId, sql`m.position > ${anchor}`),
  ]
}

/** Gives products of a collection the places from `first` on, in this order. */
function place(collectionId: string, productIds: readonly string[], first: SQL): Write {
  return q.run(sql`UPDATE ${collectionProducts} SET position = f.first + f.place
    FROM (SELECT j.value AS id, j.key AS place, ${first} AS first FROM json_each(${JSON.stringify(productIds)}) AS j) AS f
    WHERE ${collectionProducts.collectionId} = ${collectionId} AND ${collectionProducts.productId} = f.id
      AND ${collectionProducts.productId} IN ${listOf(productIds)}`)
}

export function removeMembers(collectionId: string, productIds: readonly string[]): Write[] {
  if (productIds.length === 0) return []
  return [
    q
      .delete(collectionProducts)
      .where(
        and(
          eq(collectionProducts.collectionId, collectionId),
          sql`${collectionProducts.productId} IN ${listOf(productIds)}`,
        ),
      ),
  ]
}

/** All of them: what a collection that now goes by rules was told by hand. */
export function clearMembers(collectionId: string): Write {
  return q.delete(collectionProducts).where(eq(collectionProducts.collectionId, collectionId))
}
