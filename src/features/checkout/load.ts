import type { RankedLevel } from '../../domain/allocation.ts'
import { refusalKey } from '../../domain/candidates.ts'
import { customerLimitOf, isUsedUp, type PromotionRefusal } from '../../domain/promotion.ts'
import { carts } from '../../platform/db/schema/cart.ts'
import { fragment } from '../../platform/db/statement.ts'
import type { Context } from '../../platform/http/context.ts'
import type { IdempotencyRow } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { priceWithOutside } from '../cart/outside.ts'
import { candidatesOf, type PricedCart, type ShopData } from '../cart/priced.ts'
import { type CartRow, codesIn, variantsIn } from '../cart/queries.ts'
import { toLevels } from '../catalog/product.ts'
import { listSellables, type Sellable, toSellable } from '../catalog/sellables.ts'
import type { AddressKeys } from '../payments/address-key.ts'
import { type CartCandidate, listCartCandidates } from '../promotions/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { attemptColumns, type CheckoutCart, findCheckoutCart, listSettings } from './load-queries.ts'
import { type OrderState, orderState, toOrderState } from './state.ts'

/** Everything complete decides by, read on one snapshot of the primary in one trip. */
export interface Checkout {
  /** The request's own key, if it has been here before. */
  key: IdempotencyRow | null
  priced: PricedCart
  /** The cart's live order, or null. */
  pending: OrderState | null
  levels: RankedLevel[]
  shop: ShopData
  generation: number
  /** Attempts to pay that count against another one. */
  attempts: CheckoutCart['attempts']
}

/**
 * Loads a cart to be charged. Prices, stock and limits come from D1 here, never from a cache: a cached price may be a
 * minute old, and charging it would break promise 5.
 * @param keys of the network that asks.
 * @throws {Problem} cart_not_found
 */
export async function loadCheckout(context: Context, cartId: string, keys: AddressKeys | null): Promise<Checkout> {
  const { config, db, now, idempotency } = context
  const { ownerId } = sessionOf(context)
  const liveOrder = fragment`(SELECT order_id FROM ${carts} WHERE id = ${cartId})`
  const customer = fragment`(SELECT customer_key FROM ${carts} WHERE id = ${cartId})`
  const [[found], sellableRows, candidates, [settings], states] = await db.read(
    findCheckoutCart(cartId, ownerId, idempotency?.id ?? '', attemptColumns(config.paymentLimits, keys, now)),
    listSellables(fragment`variants.id IN ${variantsIn(cartId)}`, now, liveOrder),
    listCartCandidates(codesIn(cartId), customer),
    listSettings(),
    ...orderState(liveOrder, now),
  )
  if (!found) throw new Problem('cart_not_found')
  if (!settings) throw new Error('a SELECT without FROM has one row')
  const { cart, lines, key, hasOrdered, generation, attempts } = found
  const pending = toOrderState([states])
  const sellables = sellableRows.map(toSellable)
  const shop: ShopData = {
    ...settings,
    automatic: candidates.flatMap(({ promotion, code }) => (code === null ? [promotion] : [])),
    // Without what this customer has used: a refusal puts them into the cache of all.
    codes: new Map(
      candidates.flatMap(({ customerUsed: _, ...candidate }) =>
        candidate.code === null ? [] : [[candidate.code, candidate]],
      ),
    ),
    sellables: new Map(sellables.map((sellable) => [sellable.variantId, sellable])),
  }
  const refusals: CartRow['refusals'] = {
    ...(pending ? refusedByOthers(cart, shop, pending) : {}),
    ...refusedByHistory(candidates, pending, hasOrdered),
  }
  const price = (known: CartRow['refusals']) => priceWithOutside(context, { ...cart, refusals: known }, lines, shop)
  let priced = await price(refusals)
  // What one refusal leaves may be more of another's: each turn refuses at least one, so that it ends.
  for (let beyond = beyondBudget(priced, shop, pending); beyond.length > 0; ) {
    for (const id of beyond) refusals[id] = 'usage_limit'
    priced = await price(refusals)
    beyond = beyondBudget(priced, shop, pending)
  }
  return {
    key,
    priced,
    pending: pending && pending.order.status !== 'cancelled' ? pending : null,
    levels: levelsOf(sellables),
    shop,
    generation,
    attempts: withOwn(attempts, pending),
  }
}

/** With the attempts on the cart's own order, whatever became of it. */
function withOwn(attempts: CheckoutCart['attempts'], order: OrderState | null): CheckoutCart['attempts'] {
  const own = (order?.payments ?? []).map(({ createdAt, declines, declined }) => ({
    at: createdAt,
    declines: Math.max(declines, declined ? 1 : 0),
  }))
  return { ...attempts, guest: [...attempts.guest, ...own], email: [...attempts.email, ...own] }
}

/**
 * What others have used up. The claims of the cart's pending order lift the limits of its promotions, but only of those it
 * has claimed: neither of codes it did not get, nor of promotions that came later.
 */
function refusedByOthers(cart: CartRow, shop: ShopData, { order }: OrderState): CartRow['refusals'] {
  const before = Object.entries(cart.refusals).filter(([, reason]) => reason === 'usage_limit')
  const claimed = new Set(order.promotions.map(({ promotionId, code }) => refusalKey(promotionId, code)))
  const now = candidatesOf(cart, shop)
    .filter(isUsedUp)
    .map(({ promotion, code }) => refusalKey(promotion.id, code))
    .filter((key) => !claimed.has(key))
  return { ...Object.fromEntries(before), ...Object.fromEntries(now.map((key) => [key, 'usage_limit'])) }
}

/**
 * Promotions that would give more than their budget has left. The claims of the cart's pending order lift budgets too, but
 * only as far as they go: prices may have risen since, and the promotion have come later.
 */
function beyondBudget(
  { cart, quote }: PricedCart,
  { automatic, codes }: ShopData,
  pending: OrderState | null,
): string[] {
  if (pending?.order.status !== 'pending') return []
  const budgets = new Map(
    [...automatic, ...[...codes.values()].map(({ promotion }) => promotion)].map(({ id, budgets: own }) => [id, own]),
  )
  const claims = pending.order.currency === cart.currency ? pending.order.promotions : []
  const claimed = new Map(claims.map(({ promotionId, amount }) => [promotionId, amount]))
  return quote.applied.flatMap(({ promotionId, amount }) => {
    const budget = budgets.get(promotionId)?.[cart.currency]
    const spent = (budget?.spent ?? 0) - (claimed.get(promotionId) ?? 0)
    return budget && spent + amount > budget.amount ? [promotionId] : []
  })
}

/**
 * Promotions whose limit per customer this customer has reached, and those for a first order of somebody who has ordered;
 * the cart's own pending order does not count.
 */
function refusedByHistory(
  candidates: readonly CartCandidate[],
  pending: OrderState | null,
  hasOrderedBefore: boolean,
): CartRow['refusals'] {
  const own = new Set(pending?.order.status === 'pending' ? pending.order.promotions.map((use) => use.promotionId) : [])
  return Object.fromEntries(
    candidates.flatMap<[string, PromotionRefusal]>(({ promotion, customerUsed }) => {
      const { id, conditions } = promotion
      if (hasOrderedBefore && conditions.first_order) return [[id, 'not_eligible']]
      const customerLimit = customerLimitOf(promotion)
      const used = customerUsed - (own.has(id) ? 1 : 0)
      return customerLimit !== null && used >= customerLimit ? [[id, 'customer_limit']] : []
    }),
  )
}

function levelsOf(sellables: readonly Sellable[]): RankedLevel[] {
  return sellables.flatMap(({ variantId, levels }) => toLevels(levels).map((level) => ({ variantId, ...level })))
}
