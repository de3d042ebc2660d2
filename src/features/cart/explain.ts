import { refusalKey } from '../../domain/candidates.ts'
import { isUsedUp, type PromotionRefusal } from '../../domain/promotion.ts'
import { listOf } from '../../platform/db/rows.ts'
import { findGeneration } from '../../platform/generations.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { listPromotionsByCode, promotionsByCode, toCandidate } from '../promotions/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { type Explanation, explainPromotions } from './explanations.ts'
import { loadShop, refuseEnded } from './load.ts'
import { priceWithOutside } from './outside.ts'
import { candidatesOf, type PricedCart, type ShopData, variantKeys } from './priced.ts'
import { type CartRow, codesIn, findCart, listLines } from './queries.ts'

export interface ExplainedCart {
  priced: PricedCart
  explanations: Explanation[]
}

/**
 * Why each promotion applies to a cart or does not. Nothing is written. Codes and their limits are read with the cart, so
 * that one that has just been used up is told at once; what an e-mail has used before is told by complete alone: here
 * anybody could ask it of anybody's address.
 * @param tried codes in place of the cart's own; null for those. @throws {Problem} cart_not_found, cart_completed, cart_gone.
 */
export async function explainCart(
  context: Context,
  cartId: string,
  tried: readonly string[] | null,
): Promise<ExplainedCart> {
  const { db, cache, now } = context
  const { ownerId } = sessionOf(context)
  const [[cart], lines, byCode, generations] = await db.read(
    findCart(cartId, ownerId),
    listLines(cartId),
    listPromotionsByCode(tried ? listOf(tried) : codesIn(cartId)),
    findGeneration(),
  )
  if (!cart) throw new Problem('cart_not_found')
  refuseEnded(cart, now)
  const codes = new Map(byCode.map((row) => [row.code, toCandidate(row)]))
  // The cart shows the same from now on.
  cache.put(promotionsByCode, codes, generations[0]?.value ?? 0)
  const keys = { variants: variantKeys(lines), codes: [] }
  const shop = { ...(await loadShop(context, keys, { floor: cart.catalogGeneration })), codes }
  const discountCodes = [...(tried ?? cart.discountCodes)]
  const refusals = { ...usedUp(cart, shop), ...cart.refusals }
  const priced = await priceWithOutside(context, { ...cart, discountCodes, refusals }, lines, shop)
  const candidates = candidatesOf({ discountCodes }, shop)
  return { priced, explanations: explainPromotions(priced.quote, candidates, discountCodes, refusals) }
}

/**
 * Codes that others have used up. The claims of a pending order lift the limits of its cart's promotions, but only of
 * those: a code that is merely tried has been claimed by nobody here.
 */
function usedUp(cart: CartRow, { codes }: ShopData): Record<string, PromotionRefusal> {
  const tried = [...codes.values()].filter(({ code }) => code !== null && !cart.discountCodes.includes(code))
  const keys = tried.filter(isUsedUp).map(({ promotion, code }) => refusalKey(promotion.id, code))
  return Object.fromEntries(keys.map((key) => [key, 'usage_limit']))
}
