import { and, asc, desc, eq, getTableColumns, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Amounts } from '../../domain/money.ts'
import type { Promotion, PromotionCandidate } from '../../domain/promotion.ts'
import type { AppliedPromotion } from '../../domain/quoted.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, insertRows, listOf, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import {
  promotionBudgets,
  promotionCodes,
  promotionCustomers,
  promotions,
  promotionUses,
} from '../../platform/db/schema/promotions.ts'
import { type Fragment, query, wholeRows } from '../../platform/db/statement.ts'

export type PromotionRow = typeof promotions.$inferSelect
type Budgets = Promotion['budgets']

/** A promotion with what it may still give away. */
export type BudgetedRow = PromotionRow & { budgets: Budgets }
/** A promotion as staff see it; of its codes the first 100. */
export type StaffPromotion = BudgetedRow & { codes: string[] }
type CandidateRow = BudgetedRow & { code: string; codeLimit: number | null; codeUsed: number }

const budgetsJson = sql<Budgets>`(SELECT json_group_object(currency, json_object('amount', amount, 'spent', spent))
  FROM ${promotionBudgets} WHERE promotion_id = promotions.id)`
  .mapWith((text: string) => JSON.parse(text) as Budgets)
  .as('budgets')
const columns = { ...getTableColumns(promotions), budgets: budgetsJson }

/** Active automatic promotions; dates and limits are the quote's business. */
export function listAutomaticPromotions(): Query<BudgetedRow[]> {
  return q
    .select(columns)
    .from(promotions)
    .where(and(eq(promotions.method, 'automatic'), eq(promotions.status, 'active')))
    .orderBy(asc(promotions.priority), asc(promotions.id))
}

/** Active promotions behind `codes`, one row a code. @param codes normalised, as a subquery or list for IN. */
export function listPromotionsByCode(codes: SQL): Query<CandidateRow[]> {
  return q
    .select({
      ...columns,
      code: promotionCodes.code,
      codeLimit: sql<number | null>`${promotionCodes.usageLimit}`.as('code_limit'),
      codeUsed: sql<number>`${promotionCodes.used}`.as('code_used'),
    })
    .from(promotionCodes)
    .innerJoin(promotions, eq(promotions.id, promotionCodes.promotionId))
    .where(and(inArray(promotionCodes.code, codes), eq(promotions.status, 'active')))
}

export function toPromotion(row: BudgetedRow): Promotion {
  const {
    status: _,
    method: __,
    version: ___,
    createdAt: ____,
    updatedAt: _____,
    codeCount: ______,
    ...promotion
  } = row
  return promotion
}

export function toCandidate({ code, codeLimit, codeUsed, ...row }: CandidateRow): PromotionCandidate {
  return {
    promotion: toPromotion(row),
    code,
    codeUses: codeLimit === null ? null : { limit: codeLimit, used: codeUsed },
  }
}

/** All automatic promotions under the one key `all`. */
export const automaticPromotions: Family<Promotion[]> = {
  name: 'promotions',
  ...USUAL_TIMES,
  queries: () => [listAutomaticPromotions()],
  collect: ([rows]) => new Map([['all', (rows as BudgetedRow[]).map(toPromotion)]]),
}

/** The promotion behind each normalised code. */
export const promotionsByCode: Family<PromotionCandidate> = {
  name: 'code',
  ...USUAL_TIMES,
  queries: (codes) => [listPromotionsByCode(listOf(codes))],
  collect: ([rows]) => new Map((rows as CandidateRow[]).map((row) => [row.code, toCandidate(row)])),
}

/** A promotion that could apply to a cart, and how often its customer has used it. */
export interface CartCandidate extends PromotionCandidate {
  customerUsed: number
}

const wholePromotions = wholeRows(promotions)

/**
 * The active automatic promotions in their order, and the active ones behind `codes`, one row a code.
 * @param codes normalised, as a subquery for IN. @param customerKey whose uses are counted.
 */
export function listCartCandidates(codes: Fragment, customerKey: Fragment): Query<CartCandidate[]> {
  return query(toCartCandidate)`SELECT ${wholePromotions.columns}, code, code_limit, code_used,
      (SELECT json_group_object(currency, json_object('amount', amount, 'spent', spent))
        FROM ${promotionBudgets} WHERE promotion_id = promotions.id) AS budgets,
      (SELECT u.used FROM ${promotionCustomers} AS u
        WHERE u.promotion_id = promotions.id AND u.customer_key = ${customerKey}) AS customer_used
    FROM (SELECT id AS candidate_id, NULL AS code, NULL AS code_limit, 0 AS code_used FROM ${promotions}
        WHERE method = 'automatic' AND status = 'active'
      UNION ALL SELECT promotion_id, code, usage_limit, used FROM ${promotionCodes} WHERE code IN ${codes})
      CROSS JOIN ${promotions} ON id = candidate_id AND status = 'active'
    ORDER BY priority, id`
}

function toCartCandidate(row: Record<string, unknown>): CartCandidate {
  const budgets = JSON.parse(row.budgets as string) as Budgets
  const limit = row.code_limit as number | null
  return {
    promotion: toPromotion({ ...wholePromotions.toRow(row), budgets }),
    code: row.code as string | null,
    codeUses: limit === null ? null : { limit, used: row.code_used as number },
    customerUsed: (row.customer_used as number | null) ?? 0,
  }
}

/** What an order uses of a promotion. */
export interface PromotionUse extends Pick<AppliedPromotion, 'promotionId' | 'code' | 'amount'> {
  currency: string
  customerLimit: number | null
}

/**
 * Claims one use of each applied promotion for an order. Committing breaks `promotion_exhausted`,
 * `promotion_code_exhausted`, `promotion_budget_exhausted` or `promotion_customer_limit` when the last of it went to
 * somebody else meanwhile, and `promotion_gone` when staff have removed a promotion or code.
 */
export function claimPromotions(
  orderId: string,
  customerKey: string,
  uses: readonly PromotionUse[],
  now: Date,
): Write[] {
  if (uses.length === 0) return []
  const ids = uses.map(({ promotionId }) => promotionId)
  const codes = uses.flatMap(({ code }) => code ?? [])
  const claims = sql`json_each(${JSON.stringify(uses)}) AS j`
  return [
    q
      .update(promotions)
      .set({ used: sql`${promotions.used} + 1` })
      .where(inArray(promotions.id, listOf(ids))),
    refuseWhen('promotion_gone', sql`changes() <> ${ids.length}`),
    ...(codes.length > 0
      ? [
          q.run(sql`UPDATE ${promotionCodes} SET used = used + 1 WHERE code IN ${listOf(codes)}`),
          refuseWhen('promotion_gone', sql`changes() <> ${codes.length}`),
        ]
      : []),
    q.run(sql`UPDATE ${promotionBudgets} SET spent = spent + (j.value ->> '$.amount') FROM ${claims}
      WHERE promotion_id = j.value ->> '$.promotionId' AND currency = j.value ->> '$.currency'`),
    // Counted with or without a limit, so that a limit set later knows what came before.
    q.run(sql`INSERT INTO ${promotionCustomers} (promotion_id, customer_key, used, limit_at_use)
      SELECT j.value ->> '$.promotionId', ${customerKey}, 1, j.value ->> '$.customerLimit' FROM ${claims} WHERE true
      ON CONFLICT (promotion_id, customer_key) DO UPDATE SET used = used + 1, limit_at_use = excluded.limit_at_use`),
    ...insertRows(
      promotionUses,
      uses.map(({ customerLimit: _, ...use }) => ({ ...use, orderId, customerKey, at: now.getTime() })),
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
    q.run(sql`UPDATE ${promotionCodes} SET used = used - 1 WHERE code IN (SELECT u.code FROM ${claimed})`),
    q.run(sql`UPDATE ${promotionBudgets} SET spent = spent - f.amount
      FROM (SELECT u.promotion_id, u.currency, u.amount FROM ${claimed}) AS f
      WHERE ${promotionBudgets.promotionId} = f.promotion_id AND ${promotionBudgets.currency} = f.currency`),
    q.run(sql`UPDATE ${promotionCustomers} SET used = used - 1 FROM (SELECT u.promotion_id, u.customer_key FROM ${claimed}) AS f
      WHERE ${promotionCustomers.promotionId} = f.promotion_id AND ${promotionCustomers.customerKey} = f.customer_key`),
    q.run(sql`DELETE FROM ${claimed}`),
  ]
}

/** A new promotion with its codes, none of them limited. Breaks `promotion_codes.code` where one is taken. */
export function insertPromotion(row: Omit<PromotionRow, 'codeCount'>, codes: readonly string[]): Write[] {
  return [
    ...insertRows(promotions, [{ ...row, codeCount: codes.length }]),
    ...insertRows(
      promotionCodes,
      codes.map((code) => ({ code, promotionId: row.id, usageLimit: null, used: 0 })),
    ),
  ]
}

/** Changes a promotion from what it was at `version`. Breaks `version_mismatch`, and `promotion_exhausted` where the
 *  limit is below its uses. Uses and codes are counted by the database alone. */
export function updatePromotion(row: PromotionRow, version: number): Write[] {
  const { used: _, codeCount: __, ...changes } = row
  return updateVersion(promotions, { id: row.id, version }, changes)
}

/**
 * Makes `amounts` the budgets of a promotion. What a new one has spent is what the uses in its currency have given so
 * far. Breaks `promotion_budget_exhausted` where that is more.
 */
export function setBudgets(promotionId: string, amounts: Amounts): Write[] {
  const wanted = JSON.stringify(Object.entries(amounts).map(([currency, amount]) => ({ currency, amount })))
  return [
    q.run(sql`DELETE FROM ${promotionBudgets} WHERE promotion_id = ${promotionId}
      AND currency NOT IN (SELECT value ->> '$.currency' FROM json_each(${wanted}))`),
    q.run(sql`INSERT INTO ${promotionBudgets} (promotion_id, currency, amount, spent)
      SELECT ${promotionId}, j.value ->> '$.currency', j.value ->> '$.amount', coalesce((SELECT sum(u.amount)
        FROM ${promotionUses} AS u WHERE u.promotion_id = ${promotionId} AND u.currency = j.value ->> '$.currency'), 0)
      FROM json_each(${wanted}) AS j WHERE true
      ON CONFLICT (promotion_id, currency) DO UPDATE SET amount = excluded.amount`),
  ]
}

/** Removes a promotion as it was, with its codes and budgets. Breaks `version_mismatch`, and `promotion_in_use` where an
 *  order uses it. */
export function deletePromotionRow(known: { id: string; version: number }): Write[] {
  const { id } = known
  return [
    refuseWhen('promotion_in_use', sql`EXISTS (SELECT 1 FROM ${promotionUses} WHERE promotion_id = ${id})`),
    q.delete(promotionCodes).where(eq(promotionCodes.promotionId, id)),
    q.delete(promotionBudgets).where(eq(promotionBudgets.promotionId, id)),
    // Left by orders that were cancelled since.
    q.delete(promotionCustomers).where(eq(promotionCustomers.promotionId, id)),
    ...deleteVersion(promotions, known),
  ]
}

/** A promotion as staff see it: with its budgets and the first of its codes. */
export function findPromotion(id: string): Query<StaffPromotion[]> {
  return selectForStaff().where(eq(promotions.id, id))
}

/** A page of promotions, the newest first. @param before the id of the last one shown. */
export function listPromotions(before: string | null, limit: number): Query<StaffPromotion[]> {
  return selectForStaff()
    .where(before === null ? undefined : lt(promotions.id, before))
    .orderBy(desc(promotions.id))
    .limit(limit)
}

function selectForStaff() {
  const codes = sql<string[]>`(SELECT json_group_array(code) FROM (SELECT code FROM ${promotionCodes}
      WHERE promotion_id = promotions.id ORDER BY code LIMIT 100))`.mapWith(
    (text: string) => JSON.parse(text) as string[],
  )
  return q.select({ ...columns, codes: codes.as('codes') }).from(promotions)
}
