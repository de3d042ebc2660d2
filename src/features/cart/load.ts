import { alongside, type LoadOptions, want } from '../../platform/cache/cache.ts'
import { fragment } from '../../platform/db/statement.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem, type ProblemInit } from '../../platform/http/problem.ts'
import { listSellables, sellables } from '../catalog/sellables.ts'
import { marketsFamily } from '../markets/queries.ts'
import { automaticPromotions, listPromotionsByCode, promotionsByCode } from '../promotions/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { zonesFamily } from '../shipping/queries.ts'
import { taxFamily } from '../tax/queries.ts'
import { priceWithOutside } from './outside.ts'
import { type PricedCart, type ShopData, variantKeys } from './priced.ts'
import { type CartLineRow, type CartRow, codesIn, findCart, listLines, variantsIn } from './queries.ts'

/** What the cache knows for these variants and codes: at most one trip when all of it is cold. */
export async function loadShop(
  { cache, now }: Context,
  keys: { variants: readonly string[]; codes: readonly string[] },
  options: LoadOptions = {},
): Promise<ShopData> {
  const [markets, zones, taxZones, automatic, codes, variants] = await cache.load(
    [
      want(marketsFamily, ['all']),
      want(zonesFamily, ['all']),
      want(taxFamily, ['all']),
      want(automaticPromotions, ['all']),
      want(promotionsByCode, keys.codes),
      want(sellables(now), keys.variants),
    ],
    options,
  )
  return {
    markets: markets.get('all')?.value ?? [],
    zones: zones.get('all')?.value ?? [],
    taxZones: taxZones.get('all')?.value ?? [],
    automatic: automatic.get('all')?.value ?? [],
    codes: new Map([...codes].map(([code, { value }]) => [code, value])),
    sellables: new Map([...variants].map(([key, { value }]) => [key, value])),
  }
}

/**
 * What the cart already holds, taken along when a change finds the cache cold: two trips in all instead of three. A
 * cart in a database of its own would not take it along, and pay the third trip, only when cold.
 */
export function withCart({ now }: Context, cartId: string): LoadOptions {
  return {
    alongside: [
      alongside(sellables(now), listSellables(fragment`variants.id IN ${variantsIn(cartId)}`, now)),
      alongside(promotionsByCode, listPromotionsByCode(codesIn(cartId))),
    ],
  }
}

/** Prices a cart for display: from the cache, but from nothing older than this cart has shown before. */
export async function priceForDisplay(
  context: Context,
  cart: CartRow,
  lines: readonly CartLineRow[],
): Promise<PricedCart> {
  const shop = await loadShop(
    context,
    { variants: variantKeys(lines), codes: cart.discountCodes },
    { floor: cart.catalogGeneration },
  )
  return priceWithOutside(context, cart, lines, shop)
}

/** The shopper's cart and its lines, in one trip. @throws {Problem} cart_not_found, also for somebody else's; cart_gone. */
export async function mustFindCart(context: Context, id: string): Promise<{ cart: CartRow; lines: CartLineRow[] }> {
  const { ownerId } = sessionOf(context)
  const [[cart], lines] = await context.db.read(findCart(id, ownerId), listLines(id))
  if (!cart) throw new Problem('cart_not_found')
  refuseMerged(cart)
  return { cart, lines }
}

/** Refuses carts that have ended. @param init what else the refusal says. @throws {Problem} cart_completed, cart_gone. */
export function refuseEnded(cart: CartRow, now: Date, init: ProblemInit = {}): void {
  if (cart.status === 'completed') throw new Problem('cart_completed', { ...init, members: { order_id: cart.orderId } })
  refuseMerged(cart, init)
  if (cart.status === 'expired' || cart.expiresAt <= now.getTime()) throw new Problem('cart_gone', init)
}

/** A merged cart is nowhere any more, not even to be looked at: all of it is in the other. @throws {Problem} cart_gone. */
export function refuseMerged(cart: CartRow, init: ProblemInit = {}): void {
  if (cart.status === 'merged') throw new Problem('cart_gone', { ...init, members: { merged_into: cart.mergedInto } })
}
