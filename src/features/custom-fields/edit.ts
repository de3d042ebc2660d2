import type * as z from 'zod'
import { checkOptions } from '../../domain/custom-field.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import type { CreateCustomField, UpdateCustomField } from './contract.ts'
import {
  type CustomFieldRow,
  findCustomField,
  insertCustomField,
  removeCustomField,
  updateCustomField,
} from './queries.ts'

type Create = z.output<ReturnType<typeof CreateCustomField>>
type Update = z.output<ReturnType<typeof UpdateCustomField>>

/** A custom field. @throws {Problem} custom_field_not_found, version_mismatch */
export async function mustFindField(
  { db }: Context,
  id: string,
  ifMatch: number | null = null,
): Promise<CustomFieldRow> {
  const [[field]] = await db.read(findCustomField(id))
  return mustBe(field, 'custom_field_not_found', ifMatch)
}

/** @throws {Problem} invalid_request (options that do not go with the type), key_taken */
export async function createField(context: Context, input: Create): Promise<CustomFieldRow> {
  const at = context.now.getTime()
  const id = context.mint('customField')
  const row: CustomFieldRow = { id, ...input, options: toOptions(input), version: 1, createdAt: at, updatedAt: at }
  const change = { subject: row.subject, key: row.key, type: row.type }
  const told = { action: 'custom_field.created', change, status: 201 }
  return mustHave(await commit(context, row.id, [insertCustomField(row)], told))
}

/** Changes what `input` names. Values that are stored are not checked again: the next change of their subject does that.
 *  @throws {Problem} custom_field_not_found, version_mismatch, invalid_request */
export async function editField(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<CustomFieldRow> {
  const old = await mustFindField(context, id, ifMatch)
  const wanted: CustomFieldRow = {
    ...old,
    title: input.title ?? old.title,
    visibility: input.visibility ?? old.visibility,
    options: input.options ? toOptions({ type: old.type, options: input.options }) : old.options,
  }
  const fields = changedFields(old, wanted)
  if (fields.length === 0) return old
  const writes = updateCustomField({ ...wanted, updatedAt: context.now.getTime() }, old.version)
  const change = { fields, version: old.version + 1 }
  return mustHave(await commit(context, id, writes, { action: 'custom_field.updated', change, status: null }))
}

/** @throws {Problem} custom_field_not_found, version_mismatch */
export async function deleteField(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const old = await mustFindField(context, id, ifMatch)
  const change = { subject: old.subject, key: old.key }
  const told = { action: 'custom_field.deleted', change, status: null }
  await commit(context, id, removeCustomField(id, old.version), told)
}

async function commit(
  context: Context,
  id: string,
  writes: readonly Write[],
  told: { action: string; change: Record<string, unknown>; status: number | null },
): Promise<CustomFieldRow[]> {
  const [rows] = await commitStaffChange(context, {
    ...told,
    writes,
    reads: [findCustomField(id)],
    subjectId: id,
    tags: [CATALOG_TAG],
  })
  return rows
}

function mustHave([row]: readonly CustomFieldRow[]): CustomFieldRow {
  if (!row) throw new Error('the custom field just saved is gone')
  return row
}

function toOptions({ type, options }: Pick<Create, 'type' | 'options'>): CustomFieldRow['options'] {
  const faults = checkOptions(type, options as CustomFieldRow['options'])
  if (faults.length > 0) {
    const errors = faults.map(({ pointer, detail }) => ({ pointer: `/options${pointer}`, detail }))
    throw new Problem('invalid_request', { errors })
  }
  return options as CustomFieldRow['options']
}
