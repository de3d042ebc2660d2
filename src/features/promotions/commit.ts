import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import type { ProblemError } from '../../platform/http/problem.ts'
import { commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { findPromotion, type StaffPromotion } from './queries.ts'

/** A promotion. @throws {Problem} promotion_not_found, version_mismatch */
export async function mustFindPromotion(
  { db }: Context,
  id: string,
  ifMatch: number | null = null,
): Promise<StaffPromotion> {
  const [[found]] = await db.read(findPromotion(id))
  return mustBe(found, 'promotion_not_found', ifMatch)
}

export interface PromotionChange {
  writes: readonly Write[]
  action: string
  change: Record<string, unknown>
  status: number | null
  /** Whether some cart may show otherwise from now on. New codes change none: what does not exist is cached nowhere. */
  shows: boolean
  faults?: Readonly<Record<string, ProblemError>>
}

/** Commits a change of a promotion. Where it shows that is in carts alone: no public answer is out of date. */
export async function commitPromotion(
  context: Context,
  id: string,
  { shows, ...change }: PromotionChange,
): Promise<StaffPromotion> {
  const [[saved]] = await commitStaffChange(context, {
    ...change,
    reads: [findPromotion(id)],
    subjectId: id,
    tags: shows ? [] : null,
  })
  if (!saved) throw new Error('the promotion just saved is gone')
  return saved
}
