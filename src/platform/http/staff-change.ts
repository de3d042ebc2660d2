import { audit } from '../audit.ts'
import type { Query, Results, Write } from '../db/client.ts'
import { ConstraintError } from '../db/errors.ts'
import { announce } from '../outbox.ts'
import { actorOf, type Context } from './context.ts'
import { claimKey } from './idempotency.ts'
import { Problem, type ProblemCode, type ProblemError } from './problem.ts'
import type { Reply } from './route.ts'
import { commitShown } from './shown-change.ts'

/** A change by staff, before it is committed. */
export interface StaffChange<Reads extends readonly Query[]> {
  writes: readonly Write[]
  /** What the batch reads back from the state it leaves. */
  reads: Reads
  /** `collection.updated`: the action of the audit trail and the topic of the event. */
  action: string
  subjectId: string
  /** What changed, for the trail: names of fields and counts rather than texts. */
  change: Record<string, unknown>
  /** The status that a POST answers, which its Idempotency-Key is stored with; null for other methods. */
  status: number | null
  /** Tags of public answers that are out of date from now on. Null where nothing of it is in a public answer or a cached
   *  value: then the catalog keeps its generation. */
  tags: readonly string[] | null
  /** Guards that what staff have sent may break, and what is wrong with it then. */
  faults?: Readonly<Record<string, ProblemError>>
}

/**
 * Commits a change with everything that belongs to it, in one trip: the idempotency key first, then the change, the
 * catalog's next generation, the audit trail and the event. Afterwards this isolate serves nothing older, and the cache in
 * front of the Worker is told.
 * @throws {ConstraintError} what the change itself breaks. @throws {Problem} invalid_request where `faults` says so.
 */
export async function commitStaffChange<const Reads extends readonly Query[]>(
  context: Context,
  { writes, reads, action, subjectId, change, status, tags, faults = {} }: StaffChange<Reads>,
): Promise<Results<Reads>> {
  const { db, now, mint, caller, requestId, idempotency } = context
  const all = [
    ...(status === null ? [] : claimKey(idempotency, now, subjectId, status)),
    ...writes,
    audit(mint, now, { actor: actorOf(caller), action, subjectId, change, requestId }),
    ...announce(mint, now, [{ topic: action, subjectId }]),
  ]
  try {
    return tags ? await commitShown(context, { writes: all, reads, tags, subjectId }) : await db.commit(all, reads)
  } catch (error) {
    const fault = error instanceof ConstraintError ? faults[error.constraint] : undefined
    throw fault ? new Problem('invalid_request', { errors: [fault] }) : error
  }
}

/**
 * What staff have named, at the version that their `If-Match` asks for.
 * @param found as it was read. @param missing the problem where there is none.
 * @throws {Problem} `missing`, version_mismatch.
 */
export function mustBe<Found extends { version: number }>(
  found: Found | undefined,
  missing: ProblemCode,
  ifMatch: number | null = null,
): Found {
  if (!found) throw new Problem(missing)
  if (ifMatch !== null && ifMatch !== found.version) throw new Problem('version_mismatch')
  return found
}

/** How staff get the things of a list: each with its version, and one just made with its place. @param list its path. */
export function replyWith<Item extends { id: string; version: number }>(list: string, toView: (item: Item) => unknown) {
  return (item: Item, status: 200 | 201 = 200): Reply => ({
    status,
    body: toView(item),
    version: item.version,
    headers: status === 201 ? { Location: `${list}/${item.id}` } : {},
  })
}

/** The names of those fields of `after` that differ from `before`, for the audit trail. */
export function changedFields<Fields extends object>(before: Fields | null, after: Fields): string[] {
  const names = Object.keys(after) as (keyof Fields & string)[]
  if (!before) return names
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}
