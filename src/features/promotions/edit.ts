import type * as z from 'zod'
import { toAmounts } from '../../platform/http/amounts.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, type ProblemError } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange } from '../../platform/http/staff-change.ts'
import { commitCodes } from './codes.ts'
import { commitPromotion, mustFindPromotion } from './commit.ts'
import { toConditions } from './conditions.ts'
import { type CreatePromotion, isPeriod, type UpdatePromotion } from './contract.ts'
import { toEffect } from './effects.ts'
import {
  deletePromotionRow,
  insertPromotion,
  type PromotionRow,
  type StaffPromotion,
  setBudgets,
  updatePromotion,
} from './queries.ts'

type Create = z.output<ReturnType<typeof CreatePromotion>>
type Update = z.output<ReturnType<typeof UpdatePromotion>>

/** @throws {Problem} code_taken */
export async function createPromotion(context: Context, input: Create): Promise<StaffPromotion> {
  const at = context.now.getTime()
  const row: Omit<PromotionRow, 'codeCount'> = {
    id: context.mint('promotion'),
    title: input.title,
    status: input.status,
    method: input.method,
    priority: input.priority,
    exclusive: input.exclusive,
    choice: input.choice,
    effect: toEffect(input.effect),
    conditions: toConditions(input.conditions),
    startsAt: input.starts_at ?? null,
    endsAt: input.ends_at ?? null,
    usageLimit: input.usage_limit ?? null,
    customerLimit: input.customer_limit ?? null,
    used: 0,
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  return commitCodes(context, input.codes, row.id, {
    writes: [...insertPromotion(row, input.codes), ...setBudgets(row.id, toAmounts(input.budget))],
    action: 'promotion.created',
    change: { title: row.title, method: row.method, effect: row.effect.type, codes: input.codes.length },
    status: 201,
    shows: row.method === 'automatic' && row.status === 'active',
  })
}

/**
 * Changes what `input` names; one that changes nothing keeps the version. Open carts are priced anew at each look, and
 * complete compares with the total that its shopper has seen: nobody is charged by terms they were not shown.
 * @throws {Problem} promotion_not_found, version_mismatch, invalid_request (a limit or budget below what has been used).
 */
export async function editPromotion(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<StaffPromotion> {
  const old = await mustFindPromotion(context, id, ifMatch)
  const { codes: _, budgets, ...before } = old
  const row: PromotionRow = {
    ...before,
    title: input.title ?? old.title,
    status: input.status ?? old.status,
    effect: input.effect ? toEffect(input.effect) : old.effect,
    conditions: input.conditions ? toConditions(input.conditions) : old.conditions,
    priority: input.priority ?? old.priority,
    exclusive: input.exclusive ?? old.exclusive,
    choice: input.choice ?? old.choice,
    startsAt: input.starts_at === undefined ? old.startsAt : input.starts_at,
    endsAt: input.ends_at === undefined ? old.endsAt : input.ends_at,
    usageLimit: input.usage_limit === undefined ? old.usageLimit : input.usage_limit,
    customerLimit: input.customer_limit === undefined ? old.customerLimit : input.customer_limit,
  }
  if (!isPeriod(row.startsAt, row.endsAt)) throw invalid('/ends_at', 'must be after starts_at')
  const amounts = Object.fromEntries(Object.entries(budgets).map(([currency, { amount }]) => [currency, amount]))
  const wanted = input.budget ? toAmounts(input.budget) : amounts
  const rebudgeted = !isSameBudget(amounts, wanted)
  const fields = [...changedFields(before, row), ...(rebudgeted ? ['budget'] : [])]
  if (fields.length === 0) return old
  return commitPromotion(context, id, {
    writes: [
      ...updatePromotion({ ...row, updatedAt: context.now.getTime() }, old.version),
      ...(rebudgeted ? setBudgets(id, wanted) : []),
    ],
    action: 'promotion.updated',
    change: { fields, version: old.version + 1 },
    status: null,
    shows: true,
    faults: BELOW_USED,
  })
}

// What has been given stays given: a limit may end a promotion at once, never before.
const BELOW_USED: Record<string, ProblemError> = {
  promotion_exhausted: { pointer: '/usage_limit', detail: 'must not be less than how often it has been used' },
  promotion_budget_exhausted: { pointer: '/budget', detail: 'must not be less than what it has given in a currency' },
}

function isSameBudget(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): boolean {
  const currencies = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...currencies].every((currency) => before[currency] === after[currency])
}

/**
 * Removes a promotion with its codes, unless an order has used it.
 * @throws {Problem} promotion_not_found, version_mismatch, promotion_in_use
 */
export async function deletePromotion(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { version, title, codeCount } = await mustFindPromotion(context, id, ifMatch)
  await commitStaffChange(context, {
    writes: deletePromotionRow({ id, version }),
    reads: [],
    action: 'promotion.deleted',
    subjectId: id,
    change: { title, codes: codeCount },
    status: null,
    tags: [],
  })
}
