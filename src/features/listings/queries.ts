import { eq, type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { collectionProducts } from '../../platform/db/schema/collections.ts'
import {
  listedProducts,
  listingPrices,
  listings,
  shelves,
  staleDocuments,
  staleListings,
} from '../../platform/db/schema/listings.ts'
import { membersByRule } from './rules.ts'

/** Leaves products to be derived again soon: for changes that touch more of them than fit a request. */
export function markStale(productIds: SQL): Write {
  return q.run(sql`INSERT INTO ${staleListings} (product_id) ${productIds} ON CONFLICT DO NOTHING`)
}

/** `markStale` for every product there is. */
export function markAllStale(): Write {
  return markStale(sql`SELECT id FROM ${products} WHERE true`)
}

/**
 * Leaves those products that a change of a collection moves: they stand on its shelf and should not, should and do not, or
 * stand elsewhere on it. Goes behind the change, in its batch; of a collection that is gone nobody should be there.
 * Where it has rules, every product is read, and only what differs is written.
 */
export function markMisplaced(collectionId: string): Write {
  const wanted = sql`SELECT m.product_id, m.position FROM (
      SELECT product_id, position FROM ${collectionProducts} WHERE collection_id = ${collectionId}
      UNION ALL SELECT product_id, 0 FROM (${membersByRule(sql`(SELECT id FROM ${products})`, collectionId)})) AS m
    JOIN ${products} AS p ON p.id = m.product_id WHERE p.status = 'active'`
  return markStale(sql`WITH wanted AS MATERIALIZED (${wanted}),
      listed AS MATERIALIZED (SELECT n.product_id, l.position FROM ${listings} AS l
        CROSS JOIN ${listedProducts} AS n ON n.number = l.product WHERE l.shelf = ${shelfNumber(sql`${collectionId}`)})
    SELECT product_id FROM (SELECT * FROM (SELECT * FROM wanted EXCEPT SELECT * FROM listed)
      UNION SELECT * FROM (SELECT * FROM listed EXCEPT SELECT * FROM wanted)) WHERE true`)
}

export function listStale(limit: number): Query<{ productId: string }[]> {
  return q
    .select({ productId: staleListings.productId })
    .from(staleListings)
    .orderBy(staleListings.productId)
    .limit(limit)
}

/** Part of `relist`: products are up to date and not marked any more, together or not at all. */
export function unmark(ids: SQL): Write {
  return q.run(sql`DELETE FROM ${staleListings} WHERE product_id IN ${ids}`)
}

/**
 * Leaves products whose moment has come: time alone has published them, taken them off sale or changed their price.
 * @param limit of those that wait longest, so many: a sale may end on a whole catalog.
 */
export function markDue(now: Date, limit: number): Write {
  // Written out, because the index is of the rows below this very number.
  return markStale(sql`SELECT product_id FROM (SELECT product_id FROM ${listedProducts}
    WHERE due_at <= ${now.getTime()} AND due_at < ${sql.raw(String(FOREVER))} ORDER BY due_at LIMIT ${limit}) WHERE true`)
}

// Whoever has read a mark must not take one for it that was made after it was gone: revisions do not begin at 1 again.
const drawRevision = sql`abs(random() % 4503599627370496)`

/**
 * The search index follows a change of these products, or of a text that it has of them: in the batch of the change.
 * @param ids a parenthesised SELECT of product ids; those of no product are left out.
 */
export function markDocuments(ids: SQL): Write {
  return q.run(sql`INSERT INTO ${staleDocuments} (product_id, revision)
    SELECT id, ${drawRevision} FROM ${products} WHERE id IN ${ids}
    ON CONFLICT (product_id) DO UPDATE SET revision = revision + 1`)
}

/** Documents that have been indexed as they were at these revisions. What has been marked since then stays. */
export function unmarkDocuments(marks: readonly { productId: string; revision: number }[]): Write {
  const known = JSON.stringify(marks.map(({ productId, revision }) => [productId, revision]))
  return q.run(sql`DELETE FROM ${staleDocuments} WHERE (product_id, revision) IN
    (SELECT value ->> 0, value ->> 1 FROM json_each(${known}))`)
}

/** The same for documents that are to be written although nothing of them has changed. */
export function forceDocuments(productIds: readonly string[]): Write {
  return q.run(sql`INSERT INTO ${staleDocuments} (product_id, revision, forced)
    SELECT id, ${drawRevision}, 1 FROM ${products} WHERE id IN ${listOf(productIds)}
    ON CONFLICT (product_id) DO UPDATE SET revision = revision + 1, forced = 1`)
}

/** A document that is still to be written anew, where there is one. */
export function findForced(): Query<{ productId: string }[]> {
  return q
    .select({ productId: staleDocuments.productId })
    .from(staleDocuments)
    .where(eq(staleDocuments.forced, 1))
    .limit(1)
}

/** True where nothing is left to derive. */
export const nothingStale = sql`NOT EXISTS (SELECT 1 FROM ${staleListings})`

/** The number of the shelf that has this name; null where nothing ever stood there. */
export function shelfNumber(name: SQL): SQL<number | null> {
  return sql<number | null>`(SELECT number FROM ${shelves} WHERE name = ${name})`
}

/** `(product_id, collection_id)`: the collections that these products are listed in, by hand or by rules. */
export function listedCollections(ids: SQL): SQL {
  return sql`SELECT n.product_id, s.name AS collection_id FROM ${listedProducts} AS n
    CROSS JOIN ${listings} AS l ON l.product = n.number
    CROSS JOIN ${shelves} AS s ON s.number = l.shelf AND s.kind = 'collection' WHERE n.product_id IN ${ids}`
}

/** The products that are listed in a collection, as ids. */
export function listedIn(collectionId: string): SQL {
  return sql`SELECT n.product_id FROM ${listings} AS l CROSS JOIN ${listedProducts} AS n ON n.number = l.product
    WHERE l.shelf = ${shelfNumber(sql`${collectionId}`)}`
}

/**
 * When a list of this shelf may next look otherwise by what is known: a product appears by its schedule, or the price of
 * any product there changes, which may bring it onto a page that it is not on. Unix milliseconds; null where nothing waits.
 * @param shelf its number.
 */
export function nextChange(shelf: SQL, now: Date): SQL<number | null> {
  const at = now.getTime()
  // Written out, because the index is of the rows below this very number.
  const forever = sql.raw(String(FOREVER))
  return sql<number | null>`(SELECT nullif(min(
      coalesce((SELECT min(published_at) FROM ${listings} WHERE shelf = ${shelf}
        AND published_at > ${at} AND published_at < ${FOREVER}), ${forever}),
      coalesce((SELECT min(valid_until) FROM ${listingPrices} WHERE shelf = ${shelf}
        AND valid_until > ${at} AND valid_until < ${forever}), ${forever})), ${forever}))`
}
