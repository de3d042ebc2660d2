import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf, refuseWhen } from '../../platform/db/rows.ts'
import { promotionCodes, promotions } from '../../platform/db/schema/promotions.ts'

export type CodeRow = typeof promotionCodes.$inferSelect

/** A promotion at a version; null where any will do. */
interface Known {
  id: string
  version: number | null
}

/**
 * Adds codes to a promotion with one statement, whatever their number. Breaks `promotion_codes.code` where one is taken,
 * and `version_mismatch`.
 */
export function insertCodes(known: Known, codes: readonly string[], usageLimit: number | null, now: Date): Write[] {
  return [
    ...countCodes(known, codes.length, now),
    q.run(sql`INSERT INTO ${promotionCodes} (code, promotion_id, usage_limit, used)
      SELECT value, ${known.id}, ${usageLimit}, 0 FROM json_each(${JSON.stringify(codes)})`),
  ]
}

/** Removes a code. Breaks `code_in_use` where an order has used it, `code_not_found` and `version_mismatch`. */
export function deleteCodeRow(known: Known, code: string, now: Date): Write[] {
  const own = and(eq(promotionCodes.code, code), eq(promotionCodes.promotionId, known.id))
  return [
    refuseWhen('code_in_use', sql`EXISTS (SELECT 1 FROM ${promotionCodes} WHERE ${own} AND used > 0)`),
    q.delete(promotionCodes).where(own),
    refuseWhen('code_not_found', sql`changes() <> 1`),
    ...countCodes(known, -1, now),
  ]
}

// By the database, so that two who add at once are both counted.
function countCodes({ id, version }: Known, more: number, now: Date): Write[] {
  return [
    q
      .update(promotions)
      .set({
        codeCount: sql`${promotions.codeCount} + ${more}`,
        version: sql`${promotions.version} + 1`,
        updatedAt: now.getTime(),
      })
      .where(and(eq(promotions.id, id), version === null ? undefined : eq(promotions.version, version))),
    refuseWhen('version_mismatch', sql`changes() <> 1`),
  ]
}

export function findCode(promotionId: string, code: string): Query<CodeRow[]> {
  return q
    .select()
    .from(promotionCodes)
    .where(and(eq(promotionCodes.code, code), eq(promotionCodes.promotionId, promotionId)))
}

/** Which of `codes` there are already, of whatever promotion. */
export function listTakenCodes(codes: readonly string[]): Query<{ code: string }[]> {
  return q
    .select({ code: promotionCodes.code })
    .from(promotionCodes)
    .where(inArray(promotionCodes.code, listOf(codes)))
}

/**
 * A page of a promotion's codes in the order of their letters.
 * @param used those that orders have used, those they have not, or null for all. @param after the last one shown.
 */
export function pageOfCodes(
  promotionId: string,
  { used, after }: { used: boolean | null; after: string | null },
  limit: number,
): Query<CodeRow[]> {
  return q
    .select()
    .from(promotionCodes)
    .where(
      and(
        eq(promotionCodes.promotionId, promotionId),
        used === null ? undefined : used ? gt(promotionCodes.used, sql`0`) : eq(promotionCodes.used, 0),
        after === null ? undefined : gt(promotionCodes.code, after),
      ),
    )
    .orderBy(asc(promotionCodes.code))
    .limit(limit)
}
