import { asc, eq, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, updateVersion } from '../../platform/db/rows.ts'
import { customFields } from '../../platform/db/schema/custom-fields.ts'

export type CustomFieldRow = typeof customFields.$inferSelect

/** The custom fields of a kind of subject, or of all, by their keys. */
export function listCustomFields(subject: CustomFieldRow['subject'] | null): Query<CustomFieldRow[]> {
  return q
    .select()
    .from(customFields)
    .where(subject === null ? undefined : eq(customFields.subject, subject))
    .orderBy(asc(customFields.subject), asc(customFields.key))
}

export function findCustomField(id: string): Query<CustomFieldRow[]> {
  return q.select().from(customFields).where(eq(customFields.id, id))
}

/** Breaks `custom_fields.subject` when the subject has a field of this key. */
export function insertCustomField(row: CustomFieldRow): Write {
  return q.insert(customFields).values(row)
}

/** Breaks `version_mismatch` when the field was changed since `version`. */
export function updateCustomField(row: CustomFieldRow, version: number): Write[] {
  return updateVersion(customFields, { id: row.id, version }, row)
}

/** Ends a definition; values of it stay stored with their subjects and are shown to nobody. Breaks `version_mismatch`. */
export function removeCustomField(id: string, version: number): Write[] {
  return deleteVersion(customFields, { id, version })
}

/** A page of definitions in order of subject and key. @param after both of the last one shown. */
export function pageOfCustomFields(
  after: readonly [subject: string, key: string] | null,
  limit: number,
): Query<CustomFieldRow[]> {
  return q
    .select()
    .from(customFields)
    .where(after ? sql`(${customFields.subject}, ${customFields.key}) > (${after[0]}, ${after[1]})` : undefined)
    .orderBy(asc(customFields.subject), asc(customFields.key))
    .limit(limit)
}
