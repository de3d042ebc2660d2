import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import {
  addMembers,
  type CustomerGroupRow,
  findGroup,
  insertGroup,
  removeGroup,
  removeMembers,
  updateGroup,
} from './queries.ts'

/** A group. @throws {Problem} customer_group_not_found, version_mismatch */
export async function mustFindGroup(
  { db }: Context,
  id: string,
  ifMatch: number | null = null,
): Promise<CustomerGroupRow> {
  const [[group]] = await db.read(findGroup(id))
  return mustBe(group, 'customer_group_not_found', ifMatch)
}

/** A group without members. */
export async function createGroup(context: Context, title: string): Promise<CustomerGroupRow> {
  const at = context.now.getTime()
  const row: CustomerGroupRow = { id: context.mint('customerGroup'), title, version: 1, createdAt: at, updatedAt: at }
  return commitGroup(context, row.id, {
    writes: [insertGroup(row)],
    action: 'customer_group.created',
    change: { title },
    status: 201,
  })
}

/** @throws {Problem} customer_group_not_found, version_mismatch */
export async function renameGroup(
  context: Context,
  id: string,
  title: string | undefined,
  ifMatch: number | null,
): Promise<CustomerGroupRow> {
  const old = await mustFindGroup(context, id, ifMatch)
  if (title === undefined || title === old.title) return old
  return commitGroup(context, id, {
    writes: updateGroup({ ...old, title, updatedAt: context.now.getTime() }, old.version),
    action: 'customer_group.updated',
    change: { fields: ['title'], version: old.version + 1 },
    status: null,
  })
}

/** Puts owners of sessions into a group and takes others out of it; who is where they should be stays.
 *  @throws {Problem} customer_group_not_found, version_mismatch */
export async function changeMembers(
  context: Context,
  id: string,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
  ifMatch: number | null,
): Promise<CustomerGroupRow> {
  const { now } = context
  const old = await mustFindGroup(context, id, ifMatch)
  if (add.length + remove.length === 0) return old
  return commitGroup(context, id, {
    writes: [
      ...updateGroup({ ...old, updatedAt: now.getTime() }, old.version),
      ...addMembers(id, add, now),
      ...removeMembers(id, remove),
    ],
    action: 'customer_group.members_changed',
    change: { added: add.length, removed: remove.length, version: old.version + 1 },
    status: null,
  })
}

/** Ends a group and its memberships. @throws {Problem} customer_group_not_found, version_mismatch, customer_group_in_use */
export async function deleteGroup(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { version, title } = await mustFindGroup(context, id, ifMatch)
  await commitStaffChange(context, {
    writes: removeGroup(id, version),
    reads: [],
    action: 'customer_group.deleted',
    subjectId: id,
    change: { title },
    status: null,
    tags: null,
  })
}

interface GroupChange {
  writes: readonly Write[]
  action: string
  change: Record<string, unknown>
  status: number | null
}

// Without tags: nothing of a group is in a public answer, and the catalog keeps its generation however often memberships
// change.
async function commitGroup(context: Context, id: string, change: GroupChange): Promise<CustomerGroupRow> {
  const [[saved]] = await commitStaffChange(context, { ...change, reads: [findGroup(id)], subjectId: id, tags: null })
  if (!saved) throw new Error('the customer group just saved is gone')
  return saved
}
