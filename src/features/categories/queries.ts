import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { MAX_CATEGORY_DEPTH } from '../../domain/category.ts'
import type { Translations } from '../../domain/translation.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, insertRows, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { categories, categoryHandles } from '../../platform/db/schema/categories.ts'
import { markDocuments } from '../listings/queries.ts'
import { parseTranslations, translationsJson } from '../translations/queries.ts'

export type CategoryRow = typeof categories.$inferSelect

/** A category with its texts in every locale. */
export interface Category extends CategoryRow {
  translations: Translations
}

function selectCategories() {
  return q
    .select({
      id: categories.id,
      handle: categories.handle,
      parentId: categories.parentId,
      path: categories.path,
      position: categories.position,
      title: categories.title,
      descriptionHtml: categories.descriptionHtml,
      seoTitle: categories.seoTitle,
      seoDescription: categories.seoDescription,
      image: categories.image,
      metadata: categories.metadata,
      privateMetadata: categories.privateMetadata,
      version: categories.version,
      createdAt: categories.createdAt,
      updatedAt: categories.updatedAt,
      translations: translationsJson(sql`categories.id`).mapWith(parseTranslations).as('translations'),
    })
    .from(categories)
}

/** Every category: siblings in their order, parents anywhere. */
export function listCategories(): Query<Category[]> {
  return selectCategories().orderBy(asc(categories.position), asc(categories.id))
}

/** A page of categories, siblings in their order, for staff. */
export function pageOfCategories(
  after: readonly [position: number, id: string] | null,
  limit: number,
): Query<Category[]> {
  return selectCategories()
    .where(after ? sql`(${categories.position}, ${categories.id}) > (${after[0]}, ${after[1]})` : undefined)
    .orderBy(asc(categories.position), asc(categories.id))
    .limit(limit)
}

export function findCategory(id: string): Query<Category[]> {
  return selectCategories().where(eq(categories.id, id))
}

/** What a storefront may know of categories. */
export interface CategoryTree {
  categories: Category[]
  /** Old handle -> id. */
  moved: Record<string, string>
}

/** The whole tree under the one key `all`. */
export const categoriesFamily: Family<CategoryTree> = {
  name: 'categories',
  ...USUAL_TIMES,
  queries: () => [
    listCategories(),
    q.select({ handle: categoryHandles.handle, id: categoryHandles.categoryId }).from(categoryHandles),
  ],
  collect: ([rows, handles]) => {
    const open = (rows as Category[]).map((row) => ({ ...row, privateMetadata: {} }))
    const moved = (handles as { handle: string; id: string }[]).map(({ handle, id }) => [handle, id] as const)
    return new Map([['all', { categories: open, moved: Object.fromEntries(moved) }]])
  },
}

/**
 * The shelf of a category by its handle, or one it had before; null where there is none.
 * @param handle in SQL. @param own whether products of its descendants are left out.
 */
export function categoryShelf(handle: SQL, own: boolean): SQL {
  const id = sql`coalesce((SELECT id FROM ${categories} WHERE handle = ${handle}),
    (SELECT category_id FROM ${categoryHandles} WHERE handle = ${handle}))`
  return own ? sql`('own:' || ${id})` : sql`(${id})`
}

/** The categories of a path as `{id, handle, title, translations}`, the root first. @param path the outer query's column. */
export function breadcrumbsJson(path: SQL): SQL<string> {
  return sql<string>`(SELECT json_group_array(json_object('id', c.id, 'handle', c.handle, 'title', c.title,
      'translations', json(coalesce(${translationsJson(sql`c.id`, ['title'])}, '{}'))))
    FROM (SELECT b.id, b.handle, b.title FROM json_each(${path}) AS a JOIN ${categories} AS b ON b.id = a.value
      ORDER BY a.key) AS c)`
}

/**
 * A new category takes its handle from whichever had it before. Breaks `categories.handle`, and `parent_changed` unless its
 * parent stands where its path says.
 */
export function insertCategory(row: CategoryRow): Write[] {
  return [
    ...refuseUnlessPath(row.parentId, row.path.slice(0, -1)),
    ...insertRows(categories, [row]),
    q.delete(categoryHandles).where(eq(categoryHandles.handle, row.handle)),
  ]
}

/**
 * Changes a category from what it was; its subtree moves along, and its old handle leads to it. Breaks `version_mismatch`,
 * `categories.handle`, `parent_changed` when the new parent moved meanwhile (below this category, it may be), and
 * `category_too_deep`.
 */
export function updateCategory(row: CategoryRow, before: CategoryRow, now: Date): Write[] {
  // Not the path: it changes without a new version when something above it moves, and is not ours to write back.
  const { path, ...columns } = row
  const parentPath = path.slice(0, -1)
  const moved = row.parentId !== before.parentId
  return [
    ...(moved ? refuseUnlessPath(row.parentId, parentPath) : []),
    ...updateVersion(categories, before, columns),
    ...(moved ? moveSubtree(row.id, parentPath) : []),
    ...(row.handle === before.handle
      ? []
      : [
          q.delete(categoryHandles).where(eq(categoryHandles.handle, row.handle)),
          ...insertRows(categoryHandles, [{ handle: before.handle, categoryId: row.id, replacedAt: now.getTime() }]),
        ]),
  ]
}

/** Raises the version of a category whose texts change, and has them indexed. Breaks `version_mismatch`. */
export function touchCategory(id: string, version: number, now: Date): Write[] {
  return [...updateVersion(categories, { id, version }, { updatedAt: now.getTime() }), markDocumentsBelow(id)]
}

/** Products are found by what their category and those above it are called. */
export function markDocumentsBelow(id: string): Write {
  return markDocuments(sql`(${productsBelow(id)})`)
}

/** Refuses with `parent_changed` unless the parent still stands where it was read. */
function refuseUnlessPath(parentId: string | null, path: readonly string[]): Write[] {
  if (parentId === null) return []
  const stored = sql`(SELECT path FROM ${categories} WHERE id = ${parentId})`
  return [refuseWhen('parent_changed', sql`${stored} IS NOT ${JSON.stringify(path)}`)]
}

/** Everything below and with `id`: its path begins anew with that of the parent. */
function moveSubtree(id: string, parentPath: readonly string[]): Write[] {
  const below = sql`EXISTS (SELECT 1 FROM json_each(${categories}.path) AS c WHERE c.value = ${id})`
  return [
    q.run(sql`UPDATE ${categories} SET path = (SELECT json_group_array(value) FROM (
        SELECT 0 AS part, key, value FROM json_each(${JSON.stringify(parentPath)})
        UNION ALL SELECT 1, a.key, a.value FROM json_each(${categories}.path) AS a
          WHERE a.key >= (SELECT b.key FROM json_each(${categories}.path) AS b WHERE b.value = ${id})
        ORDER BY part, key))
      WHERE ${below}`),
    refuseWhen(
      'category_too_deep',
      sql`EXISTS (SELECT 1 FROM ${categories} WHERE ${below} AND json_array_length(path) > ${MAX_CATEGORY_DEPTH})`,
    ),
  ]
}

/** Removes a category without children or products. Breaks `category_not_empty`, `version_mismatch`. */
export function removeCategory(id: string, version: number): Write[] {
  return [
    refuseWhen(
      'category_not_empty',
      sql`EXISTS (SELECT 1 FROM ${categories} WHERE parent_id = ${id})
        OR EXISTS (SELECT 1 FROM ${products} WHERE category_id = ${id})`,
    ),
    q.delete(categoryHandles).where(eq(categoryHandles.categoryId, id)),
    ...deleteVersion(categories, { id, version }),
  ]
}

/** The products of a category and its descendants. */
export function productsBelow(id: string): SQL {
  // CROSS JOIN, because SQLite would begin with the products: there are many more of them.
  return sql`SELECT p.id FROM ${categories} AS c CROSS JOIN ${products} AS p ON p.category_id = c.id
    WHERE EXISTS (SELECT 1 FROM json_each(c.path) AS a WHERE a.value = ${id})`
}
