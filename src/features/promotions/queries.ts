import { and, asc, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Promotion, PromotionCandidate } from '../../domain/promotion.ts'
import type { AppliedPromotion } from '../../domain/quote.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, updateVersion } from '../../platform/db/rows.ts'
import { promotionCodes, promotionCustomers, promotions, promotionUses } from '../../platform/db/schema/promotions.ts'

export type PromotionRow = typeof promotions.$inferSelect

type CandidateRow = PromotionRow & { code: string | null }

const columns = {
  id: promotions.id,
  title: promotions.title,
  status: promotions.status,
  method: promotions.method,
  priority: promotions.priority,
  effect: promotions.effect,
  conditions: promotions.conditions,
  startsAt: promotions.startsAt,
  endsAt: promotions.endsAt,
  usageLimit: promotions.usageLimit,
  customerLimit: promotions.customerLimit,
  used: promotions.used,
  version: promotions.version,
  createdAt: promotions.createdAt,
  updatedAt: promotions.updatedAt,
}

/** Active automatic promotions; dates and limits are the quote's business. */
export function listAutomaticPromotions(): Query<PromotionRow[]> {
  return q
    .select(columns)
    .from(promotions)
    .where(and(eq(promotions.method, 'automatic'), eq(promotions.status, 'active')))
    .orderBy(asc(promotions.priority), asc(promotions.id))
}

/** Active promotions behind `codes`, one row a code. @param codes normalised, as a subquery or list for IN. */
export function listPromotionsByCode(codes: SQL): Query<CandidateRow[]> {
  return q
    .select({ ...columns, code: promotionCodes.code })
    .from(promotionCodes)
    .innerJoin(promotions, eq(promotions.id, promotionCodes.promotionId))
    .where(and(inArray(promotionCodes.code, codes), eq(promotions.status, 'active')))
}

export function toPromotion(row: PromotionRow): Promotion {
  const { id, title, effect, conditions, priority, startsAt, endsAt, usageLimit, customerLimit, used } = row
  return { id, title, effect, conditions, priority, startsAt, endsAt, usageLimit, customerLimit, used }
}

export function toCandidate(row: CandidateRow): PromotionCandidate {
  return { promotion: toPromotion(row), code: row.code }
}

/** All automatic promotions under the one key `all`. */
export const automaticPromotions: Family<Promotion[]> = {
  name: 'promotions',
  ...USUAL_TIMES,
  queries: () => [listAutomaticPromotions()],
  collect: ([rows]) => new Map([['all', (rows as PromotionRow[]).map(toPromotion)]]),
}

/** The promotion behind each normalised code. */
export const promotionsByCode: Family<PromotionCandidate> = {
  name: 'code',
  ...USUAL_TIMES,
  queries: (codes) => [listPromotionsByCode(listOf(codes))],
  collect: ([rows]) => new Map((rows as CandidateRow[]).map((row) => [row.code ?? '', toCandidate(row)])),
}

/**
 * How often `customerKey` has used each promotion that could apply: the automatic ones and those behind `codes`. Asked
 * by promotion, because the table is keyed so: by customer alone it would be read whole.
 */
export function listCustomerUses(customerKey: SQL, codes: SQL): Query<{ promotionId: string; used: number }[]> {
  return q.all(sql`SELECT u.promotion_id AS promotionId, u.used FROM ${promotionCustomers} AS u
    WHERE u.customer_key = ${customerKey} AND u.promotion_id IN (
      SELECT id FROM ${promotions} WHERE method = 'automatic' AND status = 'active' AND customer_limit IS NOT NULL
      UNION SELECT promotion_id FROM ${promotionCodes} WHERE code IN ${codes})`)
}

/**
 * Claims one use of each applied promotion for an order. Committing breaks `promotion_exhausted` or
 * `promotion_customer_limit` when the last use went to somebody else meanwhile.
 */
export function claimPromotions(
  orderId: string,
  customerKey: string,
  applied: readonly (AppliedPromotion & { customerLimit: number | null })[],
  now: Date,
): Write[] {
  if (applied.length === 0) return []
  const ids = applied.map(({ promotionId }) => promotionId)
  return [
    q
      .update(promotions)
      .set({ used: sql`${promotions.used} + 1` })
      .where(inArray(promotions.id, listOf(ids))),
    // Counted with or without a limit, so that a limit set later knows what came before.
    q.run(sql`INSERT INTO ${promotionCustomers} (promotion_id, customer_key, used, limit_at_use)
      SELECT j.value ->> '$.promotionId', ${customerKey}, 1, j.value ->> '$.customerLimit'
      FROM json_each(${JSON.stringify(applied)}) AS j WHERE true
      ON CONFLICT (promotion_id, customer_key) DO UPDATE SET used = used + 1, limit_at_use = excluded.limit_at_use`),
    ...insertRows(
      promotionUses,
      applied.map(({ promotionId, code, amount }) => ({
        promotionId,
        orderId,
        customerKey,
        code,
        amount,
        at: now.getTime(),
      })),
    ),
  ]
}

/**
 * Gives an order's uses back, when the order is cancelled.
 * @param promotionIds those the order has claimed.
 */
export function releasePromotions(orderId: string, promotionIds: readonly string[]): Write[] {
  if (promotionIds.length === 0) return []
  const claimed = sql`${promotionUses} AS u WHERE u.promotion_id IN ${listOf(promotionIds)} AND u.order_id = ${orderId}`
  return [
    q.run(sql`UPDATE ${promotions} SET used = used - 1 WHERE id IN (SELECT u.promotion_id FROM ${claimed})`),
    q.run(sql`UPDATE ${promotionCustomers} SET used = used - 1 FROM (SELECT u.promotion_id, u.customer_key FROM ${claimed}) AS f
      WHERE ${promotionCustomers.promotionId} = f.promotion_id AND ${promotionCustomers.customerKey} = f.customer_key`),
    q.run(sql`DELETE FROM ${claimed}`),
  ]
}

export function insertPromotion(row: PromotionRow, codes: readonly string[]): Write[] {
  return [
    ...insertRows(promotions, [row]),
    ...insertRows(
      promotionCodes,
      codes.map((code) => ({ code, promotionId: row.id })),
    ),
  ]
}

/** @param changes what staff may change. Breaks `version_mismatch` unless the promotion has `version`. */
export function updatePromotion(
  id: string,
  version: number,
  changes: Partial<Pick<PromotionRow, 'title' | 'status' | 'startsAt' | 'endsAt' | 'usageLimit' | 'customerLimit'>>,
  now: Date,
): Write[] {
  return updateVersion(promotions, { id, version }, { ...changes, updatedAt: now.getTime() })
}

export function findPromotion(id: string): Query<PromotionRow[]> {
  return q.select(columns).from(promotions).where(eq(promotions.id, id))
}

export function listPromotions(before: string | null, limit: number): Query<PromotionRow[]> {
  return q
    .select(columns)
    .from(promotions)
    .where(before === null ? undefined : lt(promotions.id, before))
    .orderBy(desc(promotions.id))
    .limit(limit)
}

export function listCodes(promotionIds: readonly string[]): Query<{ code: string; promotionId: string }[]> {
  return q
    .select({ code: promotionCodes.code, promotionId: promotionCodes.promotionId })
    .from(promotionCodes)
    .where(inArray(promotionCodes.promotionId, listOf(promotionIds)))
    .orderBy(asc(promotionCodes.code))
    .limit(1000)
}
