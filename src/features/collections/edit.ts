import type * as z from 'zod'
import { checkRules, watchesStock } from '../../domain/collection.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import { sanitizeHtml } from '../../platform/html/sanitize.ts'
import type { Context } from '../../platform/http/context.ts'
import { chooseHandle } from '../../platform/http/handle.ts'
import { Problem } from '../../platform/http/problem.ts'
import { seoColumns, toPicture } from '../../platform/http/shapes.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { mergeFields } from '../custom-fields/merge.ts'
import { listCustomFields } from '../custom-fields/queries.ts'
import { drainAtOnce } from '../listings/drain.ts'
import { markMisplaced } from '../listings/queries.ts'
import { removeTranslations } from '../translations/queries.ts'
import { type CreateCollection, toRule, type UpdateCollection } from './inputs.ts'
import { clearMembers } from './member-queries.ts'
import {
  type Collection,
  type CollectionRow,
  findCollection,
  insertCollection,
  removeCollection,
  updateCollection,
} from './queries.ts'

type Create = z.output<ReturnType<typeof CreateCollection>>
type Update = z.output<ReturnType<typeof UpdateCollection>>

/** Tags of the public answers that a change of a collection puts out of date: products and lists name it too. */
export function tagsOf(collectionId: string): string[] {
  return [CATALOG_TAG, `collection:${collectionId}`]
}

/** A collection for staff, whatever its status. @throws {Problem} collection_not_found, version_mismatch */
export async function mustFindCollection(
  { db }: Context,
  id: string,
  ifMatch: number | null = null,
): Promise<Collection> {
  const [[collection]] = await db.read(findCollection(id))
  return mustBe(collection, 'collection_not_found', ifMatch)
}

/** Makes a collection; products that meet its rules are listed in it. @throws {Problem} invalid_request, handle_taken */
export async function createCollection(context: Context, input: Create): Promise<Collection> {
  const { db, now, mint } = context
  const hasFields = Object.keys(input.custom_fields).length > 0
  const [definitions] = hasFields ? await db.read(listCustomFields('collection')) : [[]]
  const rules = input.rules.map(toRule)
  const row: CollectionRow = {
    id: mint('collection'),
    handle: chooseHandle(input.handle, input.title),
    title: input.title,
    descriptionHtml: await sanitizeHtml(input.description_html),
    position: input.position,
    version: 1,
    createdAt: now.getTime(),
    updatedAt: now.getTime(),
    status: input.status,
    kind: input.kind,
    match: input.match,
    rules,
    watchesStock: watchesStock(rules),
    sort: input.sort ?? (input.kind === 'manual' ? 'manual' : 'newest'),
    ...seoColumns(input.seo),
    image: input.image && toPicture(input.image),
    metadata: input.metadata,
    privateMetadata: input.private_metadata,
    customFields: mergeFields({}, input.custom_fields, definitions),
  }
  refuseRules(row)
  const byRules = row.kind === 'rules'
  const [[saved]] = await commitStaffChange(context, {
    writes: [...insertCollection(row), ...(byRules ? [markMisplaced(row.id)] : [])],
    reads: [findCollection(row.id)],
    action: 'collection.created',
    subjectId: row.id,
    change: { handle: row.handle, kind: row.kind },
    status: 201,
    tags: tagsOf(row.id),
  })
  if (!saved) throw new Error('the collection just made is gone')
  if (byRules) await drainAtOnce(context)
  return saved
}

/**
 * Changes what `input` names and leaves the rest; a change that changes nothing keeps the version. Products that its rules
 * move in or out are left to be derived in the commit: a crash behind it leaves them to the cron.
 * @throws {Problem} collection_not_found, version_mismatch, invalid_request, handle_taken.
 */
export async function editCollection(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<Collection> {
  const { db, now } = context
  const [[read], definitions] = await db.read(findCollection(id), listCustomFields('collection'))
  const found = mustBe(read, 'collection_not_found', ifMatch)
  const { translations: _, ...before } = found
  const kind = input.kind ?? before.kind
  const rules = input.rules ? input.rules.map(toRule) : kind === 'manual' ? [] : before.rules
  const row: CollectionRow = {
    ...before,
    handle: input.handle ?? before.handle,
    title: input.title ?? before.title,
    descriptionHtml:
      input.description_html === undefined ? before.descriptionHtml : await sanitizeHtml(input.description_html),
    position: input.position ?? before.position,
    status: input.status ?? before.status,
    kind,
    match: input.match ?? before.match,
    rules,
    watchesStock: watchesStock(rules),
    sort: input.sort ?? before.sort,
    ...(input.seo ? seoColumns(input.seo) : {}),
    image: input.image === undefined ? before.image : input.image && toPicture(input.image),
    metadata: input.metadata ?? before.metadata,
    privateMetadata: input.private_metadata ?? before.privateMetadata,
    customFields: input.custom_fields
      ? mergeFields(before.customFields, input.custom_fields, definitions)
      : before.customFields,
  }
  refuseRules(row)
  const fields = changedFields(before, row)
  if (fields.length === 0) return found
  const moves = fields.some((field) => ['kind', 'match', 'rules'].includes(field))
  const [[saved]] = await commitStaffChange(context, {
    writes: [
      ...updateCollection({ ...row, updatedAt: now.getTime() }, before, now),
      ...(kind === 'rules' && before.kind === 'manual' ? [clearMembers(id)] : []),
      ...(moves ? [markMisplaced(id)] : []),
    ],
    reads: [findCollection(id)],
    action: 'collection.updated',
    subjectId: id,
    change: { fields, version: before.version + 1 },
    status: null,
    tags: tagsOf(id),
  })
  if (!saved) throw new Error('the collection just changed is gone')
  if (moves) await drainAtOnce(context)
  return saved
}

/** Removes a collection with its texts and old handles; its products stay. @throws {Problem} collection_not_found,
 *  version_mismatch */
export async function deleteCollection(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { version, handle } = await mustFindCollection(context, id, ifMatch)
  await commitStaffChange(context, {
    writes: [...removeCollection(id, version), removeTranslations(id), markMisplaced(id)],
    reads: [],
    action: 'collection.deleted',
    subjectId: id,
    change: { handle },
    status: null,
    tags: tagsOf(id),
  })
  await drainAtOnce(context)
}

function refuseRules({ kind, rules }: CollectionRow): void {
  const faults = checkRules(kind, rules)
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
}
