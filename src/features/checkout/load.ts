import { sql } from 'drizzle-orm'
import { refusalKey } from '../../domain/candidates.ts'
import { customerLimitOf, isUsedUp, type PromotionRefusal } from '../../domain/promotion.ts'
import type { StockLevel } from '../../domain/stock.ts'
import { carts } from '../../platform/db/schema/cart.ts'
import { variants } from '../../platform/db/schema/catalog.ts'
import { findGeneration } from '../../platform/generations.ts'
import type { Context } from '../../platform/http/context.ts'
import { findKey, type IdempotencyRow } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { priceWithOutside } from '../cart/outside.ts'
import { candidatesOf, type PricedCart, type ShopData } from '../cart/priced.ts'
import { type CartRow, codesIn, findCart, listLines, variantsIn } from '../cart/queries.ts'
import { toLevels } from '../catalog/product.ts'
import { listSellables, type Sellable, toSellable } from '../catalog/sellables.ts'
import { listMarkets } from '../markets/queries.ts'
import { hasOrdered } from '../orders/queries.ts'
import {
  listAutomaticPromotions,
  listCustomerUses,
  listPromotionsByCode,
  toCandidate,
  toPromotion,
} from '../promotions/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { listZones, toZones, ZONE_READS } from '../shipping/queries.ts'
import { listTaxZones, TAX_READS, toTaxZones } from '../tax/queries.ts'
import { type OrderState, orderState, toOrderState } from './state.ts'

/** Everything complete decides by, read on one snapshot of the primary in one trip. */
export interface Checkout {
  /** The request's own key, if it has been here before. */
  key: IdempotencyRow | null
  priced: PricedCart
  /** The cart's live order, or null. */
  pending: OrderState | null
  levels: StockLevel[]
  shop: ShopData
  generation: number
}

/**
 * Loads a cart to be charged. Prices, stock and limits come from D1 here, never from a cache: a cached price may be a
 * minute old, and charging it would break promise 5.
 * @throws {Problem} cart_not_found
 */
export async function loadCheckout(context: Context, cartId: string): Promise<Checkout> {
  const { db, now, idempotency } = context
  const { ownerId } = sessionOf(context)
  const liveOrder = sql`(SELECT order_id FROM ${carts} WHERE id = ${cartId})`
  const codes = codesIn(cartId)
  const customer = sql`(SELECT customer_key FROM ${carts} WHERE id = ${cartId})`
  const [keys, cartRows, lines, sellableRows, automatic, byCode, uses, markets, generations, earlier, ...rest] =
    await db.read(
      findKey(idempotency?.id ?? ''),
      findCart(cartId, ownerId),
      listLines(cartId),
      listSellables(sql`${variants.id} IN ${variantsIn(cartId)}`, now, liveOrder),
      listAutomaticPromotions(),
      listPromotionsByCode(codes),
      listCustomerUses(customer, codes),
      listMarkets(),
      findGeneration(),
      hasOrdered(customer, cartId),
      ...orderState(liveOrder, now),
      ...listZones(),
      ...listTaxZones(),
    )
  const [cart] = cartRows
  if (!cart) throw new Problem('cart_not_found')
  const stateReads = rest.length - ZONE_READS - TAX_READS
  const pending = toOrderState(rest.slice(0, stateReads) as unknown as Parameters<typeof toOrderState>[0])
  const sellables = sellableRows.map(toSellable)
  const shop: ShopData = {
    markets,
    zones: toZones(rest.slice(stateReads, stateReads + ZONE_READS)),
    taxZones: toTaxZones(rest.slice(stateReads + ZONE_READS)),
    automatic: automatic.map(toPromotion),
    codes: new Map(byCode.map((row) => [row.code ?? '', toCandidate(row)])),
    sellables: new Map(sellables.map((sellable) => [sellable.variantId, sellable])),
  }
  const refusals: CartRow['refusals'] = {
    ...(pending ? refusedByOthers(cart, shop, pending) : {}),
    ...refusedByHistory(shop, uses, pending, earlier.length > 0),
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
    key: keys[0] ?? null,
    priced,
    pending: pending && pending.order.status !== 'cancelled' ? pending : null,
    levels: levelsOf(sellables),
    shop,
    generation: generations[0]?.value ?? 0,
  }
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
  shop: ShopData,
  uses: readonly { promotionId: string; used: number }[],
  pending: OrderState | null,
  hasOrderedBefore: boolean,
): CartRow['refusals'] {
  const usedOf = new Map(uses.map(({ promotionId, used }) => [promotionId, used]))
  const own = new Set(pending?.order.status === 'pending' ? pending.order.promotions.map((use) => use.promotionId) : [])
  const candidates = [...shop.automatic, ...[...shop.codes.values()].map(({ promotion }) => promotion)]
  return Object.fromEntries(
    candidates.flatMap<[string, PromotionRefusal]>((promotion) => {
      const { id, conditions } = promotion
      if (hasOrderedBefore && conditions.first_order) return [[id, 'not_eligible']]
      const customerLimit = customerLimitOf(promotion)
      const used = (usedOf.get(id) ?? 0) - (own.has(id) ? 1 : 0)
      return customerLimit !== null && used >= customerLimit ? [[id, 'customer_limit']] : []
    }),
  )
}

function levelsOf(sellables: readonly Sellable[]): StockLevel[] {
  return sellables.flatMap(({ variantId, levels }) => toLevels(levels).map((level) => ({ variantId, ...level })))
}
