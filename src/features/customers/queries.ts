import { and, asc, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, listOf, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { customerGroupMembers, customerGroups } from '../../platform/db/schema/customers.ts'
import { priceLists } from '../../platform/db/schema/prices.ts'

export type CustomerGroupRow = typeof customerGroups.$inferSelect

/** The groups of an owner of sessions as a JSON array of ids. @param ownerId the outer query's column or a value. */
export function groupsJson(ownerId: SQL): SQL {
  return sql`(SELECT json_group_array(m.group_id) FROM ${customerGroupMembers} AS m WHERE m.owner_id = ${ownerId})`
}

/** The ids of an owner's groups. */
export function listGroupsOf(ownerId: string): Query<{ groupId: string }[]> {
  return q
    .select({ groupId: customerGroupMembers.groupId })
    .from(customerGroupMembers)
    .where(eq(customerGroupMembers.ownerId, ownerId))
}

export function findGroup(id: string): Query<CustomerGroupRow[]> {
  return q.select().from(customerGroups).where(eq(customerGroups.id, id))
}

/** Groups, the newest first. @param before the last id shown. */
export function listGroups(before: string | null, limit: number): Query<CustomerGroupRow[]> {
  return q
    .select()
    .from(customerGroups)
    .where(before === null ? undefined : lt(customerGroups.id, before))
    .orderBy(desc(customerGroups.id))
    .limit(limit)
}

export function insertGroup(row: CustomerGroupRow): Write {
  return q.insert(customerGroups).values(row)
}

/** Breaks `version_mismatch` when the group was changed since `version`. */
export function updateGroup(row: CustomerGroupRow, version: number): Write[] {
  return updateVersion(customerGroups, { id: row.id, version }, row)
}

/** Ends a group. Breaks `version_mismatch`, and `customer_group_in_use` while a price list is for it. */
export function removeGroup(id: string, version: number): Write[] {
  return [
    refuseWhen('customer_group_in_use', sql`EXISTS (SELECT 1 FROM ${priceLists} WHERE customer_group_id = ${id})`),
    q.delete(customerGroupMembers).where(eq(customerGroupMembers.groupId, id)),
    ...deleteVersion(customerGroups, { id, version }),
  ]
}

/** A page of a group's members in order of their ids. */
export function listMembers(
  groupId: string,
  after: string | null,
  limit: number,
): Query<{ ownerId: string; addedAt: number }[]> {
  return q
    .select({ ownerId: customerGroupMembers.ownerId, addedAt: customerGroupMembers.addedAt })
    .from(customerGroupMembers)
    .where(
      and(
        eq(customerGroupMembers.groupId, groupId),
        after === null ? undefined : sql`${customerGroupMembers.ownerId} > ${after}`,
      ),
    )
    .orderBy(asc(customerGroupMembers.ownerId))
    .limit(limit)
}

/** Who is in the group already stays as it is. */
export function addMembers(groupId: string, ownerIds: readonly string[], now: Date): Write[] {
  if (ownerIds.length === 0) return []
  return [
    q.run(sql`INSERT INTO ${customerGroupMembers} (owner_id, group_id, added_at)
      SELECT value, ${groupId}, ${now.getTime()} FROM json_each(${JSON.stringify(ownerIds)}) WHERE true ON CONFLICT DO NOTHING`),
  ]
}

export function removeMembers(groupId: string, ownerIds: readonly string[]): Write[] {
  if (ownerIds.length === 0) return []
  return [
    q
      .delete(customerGroupMembers)
      .where(
        and(eq(customerGroupMembers.groupId, groupId), sql`${customerGroupMembers.ownerId} IN ${listOf(ownerIds)}`),
      ),
  ]
}
