import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { publicFields } from '../../domain/custom-field.ts'
import type { Translations } from '../../domain/translation.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, insertRows, updateVersion } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { collectionHandles, collectionProducts, collections } from '../../platform/db/schema/collections.ts'
import { type CustomFieldRow, listCustomFields } from '../custom-fields/queries.ts'
import { parseTranslations, translationsJson } from '../translations/queries.ts'

export type CollectionRow = typeof collections.$inferSelect

/** A collection with its texts in every locale. */
export interface Collection extends CollectionRow {
  translations: Translations
}

function selectCollections() {
  return q
    .select({
      id: collections.id,
      handle: collections.handle,
      title: collections.title,
      descriptionHtml: collections.descriptionHtml,
      position: collections.position,
      version: collections.version,
      createdAt: collections.createdAt,
      updatedAt: collections.updatedAt,
      status: collections.status,
      kind: collections.kind,
      match: collections.match,
      rules: collections.rules,
      watchesStock: collections.watchesStock,
      sort: collections.sort,
      seoTitle: collections.seoTitle,
      seoDescription: collections.seoDescription,
      image: collections.image,
      metadata: collections.metadata,
      privateMetadata: collections.privateMetadata,
      customFields: collections.customFields,
      translations: translationsJson(sql`collections.id`).mapWith(parseTranslations).as('translations'),
    })
    .from(collections)
}

/** Collections in the shop's order, drafts too. */
export function listCollections(
  after: readonly [position: number, id: string] | null,
  limit: number,
): Query<Collection[]> {
  return selectCollections()
    .where(after ? sql`(${collections.position}, ${collections.id}) > (${after[0]}, ${after[1]})` : undefined)
    .orderBy(asc(collections.position), asc(collections.id))
    .limit(limit)
}

export function findCollection(id: string): Query<Collection[]> {
  return selectCollections().where(eq(collections.id, id))
}

/** A collection as storefronts may see it: without what only staff may. */
export interface OpenCollection extends Collection {
  publicFields: ReturnType<typeof publicFields>
}

/** What a storefront may know of collections. */
export interface CollectionShelf {
  /** Active ones in the shop's order. */
  collections: OpenCollection[]
  /** Old handle -> id. */
  moved: Record<string, string>
}

/** All active collections under the one key `all`: a shop has tens of them, rarely hundreds. */
export const collectionsFamily: Family<CollectionShelf> = {
  name: 'collections',
  ...USUAL_TIMES,
  queries: () => [
    selectCollections().where(eq(collections.status, 'active')).orderBy(asc(collections.position), asc(collections.id)),
    q.select({ handle: collectionHandles.handle, id: collectionHandles.collectionId }).from(collectionHandles),
    listCustomFields('collection'),
  ],
  collect: ([rows, handles, definitions]) => {
    const open = (rows as Collection[]).map((row) => ({
      ...row,
      privateMetadata: {},
      rules: [],
      customFields: {},
      publicFields: publicFields(row.customFields, definitions as CustomFieldRow[]),
    }))
    const moved = (handles as { handle: string; id: string }[]).map(({ handle, id }) => [handle, id] as const)
    return new Map([['all', { collections: open, moved: Object.fromEntries(moved) }]])
  },
}

/** The shelf of a collection by its handle, or one it had before; null where there is no active one. @param handle in SQL. */
export function collectionShelf(handle: SQL): SQL {
  return sql`(SELECT c.id FROM ${collections} AS c WHERE c.status = 'active' AND c.id = coalesce(
    (SELECT id FROM ${collections} WHERE handle = ${handle}),
    (SELECT collection_id FROM ${collectionHandles} WHERE handle = ${handle})))`
}

/** A new collection takes its handle from whichever had it before. Breaks `collections.handle`. */
export function insertCollection(row: CollectionRow): Write[] {
  return [
    ...insertRows(collections, [row]),
    q.delete(collectionHandles).where(eq(collectionHandles.handle, row.handle)),
  ]
}

/**
 * Changes a collection from what it was at `version`; its old handle leads to it from now on. Breaks `version_mismatch`,
 * `collections.handle`.
 */
export function updateCollection(row: CollectionRow, before: { version: number; handle: string }, now: Date): Write[] {
  return [
    ...updateVersion(collections, { id: row.id, version: before.version }, row),
    ...(row.handle === before.handle
      ? []
      : [
          q.delete(collectionHandles).where(eq(collectionHandles.handle, row.handle)),
          ...insertRows(collectionHandles, [
            { handle: before.handle, collectionId: row.id, replacedAt: now.getTime() },
          ]),
        ]),
  ]
}

/** Removes a collection and what belongs to it alone; its products stay. Breaks `version_mismatch`. */
export function removeCollection(id: string, version: number): Write[] {
  return [
    q.delete(collectionProducts).where(eq(collectionProducts.collectionId, id)),
    q.delete(collectionHandles).where(eq(collectionHandles.collectionId, id)),
    ...deleteVersion(collections, { id, version }),
  ]
}

/** Puts products into a collection, in this order, by their handles. */
export function fillCollection(collectionId: string, handles: readonly string[]): Write {
  return q.run(sql`INSERT INTO ${collectionProducts} (collection_id, product_id, position)
    SELECT ${collectionId}, p.id, j.key FROM json_each(${JSON.stringify(handles)}) AS j
    JOIN ${products} AS p ON p.handle = j.value`)
}

/** Raises the version of a collection whose products change. Breaks `version_mismatch`. */
export function touchCollection(id: string, version: number, now: Date): Write[] {
  return updateVersion(collections, { id, version }, { updatedAt: now.getTime() })
}
