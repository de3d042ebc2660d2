import type * as z from 'zod'
import { MAX_CATEGORY_DEPTH } from '../../domain/category.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { sanitizeHtml } from '../../platform/html/sanitize.ts'
import type { Context } from '../../platform/http/context.ts'
import { chooseHandle } from '../../platform/http/handle.ts'
import { invalid, type Problem } from '../../platform/http/problem.ts'
import { seoColumns, toPicture } from '../../platform/http/shapes.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { drainAtOnce } from '../listings/drain.ts'
import { markStale } from '../listings/queries.ts'
import { removeTranslations } from '../translations/queries.ts'
import type { CreateCategory, UpdateCategory } from './inputs.ts'
import {
  type Category,
  type CategoryRow,
  findCategory,
  insertCategory,
  markDocumentsBelow,
  productsBelow,
  removeCategory,
  updateCategory,
} from './queries.ts'

type Create = z.output<ReturnType<typeof CreateCategory>>
type Update = z.output<ReturnType<typeof UpdateCategory>>

/** Tags of the public answers that a change of a category puts out of date: products name it too. */
export function tagsOf(categoryId: string): string[] {
  return [CATALOG_TAG, `category:${categoryId}`]
}

/** A category for staff. @throws {Problem} category_not_found, version_mismatch */
export async function mustFindCategory({ db }: Context, id: string, ifMatch: number | null = null): Promise<Category> {
  const [[category]] = await db.read(findCategory(id))
  return mustBe(category, 'category_not_found', ifMatch)
}

/** Makes a category below its parent. @throws {Problem} invalid_request, handle_taken, category_conflict */
export async function createCategory(context: Context, input: Create): Promise<Category> {
  const { now, mint } = context
  const id = mint('category')
  const descriptionHtml = await sanitizeHtml(input.description_html)
  return whereParentsStand(async () => {
    const above = await pathOf(context, input.parent_id)
    const row: CategoryRow = {
      id,
      handle: chooseHandle(input.handle, input.title),
      parentId: input.parent_id,
      path: [...above, id],
      position: input.position,
      title: input.title,
      descriptionHtml,
      ...seoColumns(input.seo),
      image: input.image && toPicture(input.image),
      metadata: input.metadata,
      privateMetadata: input.private_metadata,
      version: 1,
      createdAt: now.getTime(),
      updatedAt: now.getTime(),
    }
    if (row.path.length > MAX_CATEGORY_DEPTH) throw tooDeep()
    const [[saved]] = await commitStaffChange(context, {
      writes: insertCategory(row),
      reads: [findCategory(id)],
      action: 'category.created',
      subjectId: id,
      change: { handle: row.handle },
      status: 201,
      tags: tagsOf(id),
    })
    if (!saved) throw new Error('the category just made is gone')
    return saved
  })
}

/**
 * Changes what `input` names and leaves the rest; a change that changes nothing keeps the version. A category moves with
 * all that stands below it, and their products are listed where it stands then: those that do not fit the request are left
 * to the cron in the commit.
 * @throws {Problem} category_not_found, version_mismatch, invalid_request, handle_taken, category_conflict.
 */
export async function editCategory(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<Category> {
  const { now } = context
  const html = input.description_html === undefined ? undefined : await sanitizeHtml(input.description_html)
  return whereParentsStand(async () => {
    const found = await mustFindCategory(context, id, ifMatch)
    const { translations: _, ...before } = found
    const parentId = input.parent_id === undefined ? before.parentId : input.parent_id
    const moves = parentId !== before.parentId
    const above = moves ? await pathOf(context, parentId) : before.path.slice(0, -1)
    if (above.includes(id)) throw invalid('/parent_id', 'is the category itself or stands below it')
    const row: CategoryRow = {
      ...before,
      handle: input.handle ?? before.handle,
      parentId,
      path: [...above, id],
      position: input.position ?? before.position,
      title: input.title ?? before.title,
      descriptionHtml: html ?? before.descriptionHtml,
      ...(input.seo ? seoColumns(input.seo) : {}),
      image: input.image === undefined ? before.image : input.image && toPicture(input.image),
      metadata: input.metadata ?? before.metadata,
      privateMetadata: input.private_metadata ?? before.privateMetadata,
    }
    const fields = changedFields(before, row).filter((field) => field !== 'path')
    if (fields.length === 0) return found
    const [[saved]] = await commitStaffChange(context, {
      writes: [
        ...updateCategory({ ...row, updatedAt: now.getTime() }, before, now),
        ...(moves ? [markStale(productsBelow(id))] : []),
        ...(row.title === before.title ? [] : [markDocumentsBelow(id)]),
      ],
      reads: [findCategory(id)],
      action: 'category.updated',
      subjectId: id,
      change: { fields, version: before.version + 1 },
      status: null,
      tags: tagsOf(id),
    })
    if (!saved) throw new Error('the category just changed is gone')
    if (moves) await drainAtOnce(context)
    return saved
  })
}

/** Removes a category that is empty, with its texts and old handles. @throws {Problem} category_not_found,
 *  version_mismatch, category_not_empty */
export async function deleteCategory(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { version, handle } = await mustFindCategory(context, id, ifMatch)
  await commitStaffChange(context, {
    writes: [...removeCategory(id, version), removeTranslations(id)],
    reads: [],
    action: 'category.deleted',
    subjectId: id,
    change: { handle },
    status: null,
    tags: tagsOf(id),
  })
}

const TRIES = 3

/** Runs a change again that was planned below a parent which has moved or gone meanwhile. */
async function whereParentsStand(change: () => Promise<Category>): Promise<Category> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await change()
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error
      if (error.constraint === 'category_too_deep') throw tooDeep()
      if (error.constraint !== 'parent_changed' || tries === TRIES) throw error
    }
  }
}

/** Where what stands below `parentId` begins. @throws {Problem} invalid_request when there is no such category. */
async function pathOf({ db }: Context, parentId: string | null): Promise<string[]> {
  if (parentId === null) return []
  const [[parent]] = await db.read(findCategory(parentId))
  if (!parent) throw invalid('/parent_id', 'is not a category')
  return parent.path
}

function tooDeep(): Problem {
  return invalid('/parent_id', `would make the tree deeper than ${MAX_CATEGORY_DEPTH} categories`)
}
