import { want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { marketsFamily, sellables } from '../catalog/queries.ts'
import { automaticPromotions, promotionsByCode } from '../promotions/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { zonesFamily } from '../shipping/queries.ts'
import { taxFamily } from '../tax/queries.ts'
import { type PricedCart, priceCart, type ShopData, variantKeys } from './priced.ts'
import { type CartLineRow, type CartRow, findCart, listLines } from './queries.ts'

/** What the cache knows for these variants and codes: at most one trip when all of it is cold. */
export async function loadShop(
  { cache, now }: Context,
  keys: { variants: readonly string[]; codes: readonly string[] },
  options: { floor?: number; fresh?: boolean } = {},
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
  return priceCart(cart, lines, shop, context.now)
}

/** The shopper's cart and its lines, in one trip. @throws {Problem} cart_not_found, also for somebody else's. */
export async function mustFindCart(context: Context, id: string): Promise<{ cart: CartRow; lines: CartLineRow[] }> {
  const { ownerId } = sessionOf(context)
  const [[cart], lines] = await context.db.read(findCart(id, ownerId), listLines(id))
  if (!cart) throw new Problem('cart_not_found')
  return { cart, lines }
}

/** Refuses carts that have ended. @throws {Problem} cart_completed, cart_gone. */
export function refuseEnded(cart: CartRow, now: Date): void {
  if (cart.status === 'completed') throw new Problem('cart_completed', { members: { order_id: cart.orderId } })
  if (cart.status === 'merged') throw new Problem('cart_gone', { members: { merged_into: cart.mergedInto } })
  if (cart.status === 'expired' || cart.expiresAt <= now.getTime()) throw new Problem('cart_gone')
}
