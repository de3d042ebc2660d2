import { largestAllowed, type Warning } from '../../domain/cart.ts'
import { priceFor } from '../../domain/price.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { availableOf } from '../catalog/product.ts'
import type { Sellable } from '../catalog/sellables.ts'
import type { MarketChoice } from '../markets/choose.ts'
import { verifyRecoveryToken } from '../sessions/recovery-token.ts'
import { type CreatedCart, chooseFresh, createCart } from './create.ts'
import { reduced } from './quantities.ts'
import { type CartLineRow, type CartRow, findAnyCart, listLines } from './queries.ts'
import { type LineWish, loadFresh } from './wishes.ts'

/**
 * Makes a new cart with what is in an abandoned one: its goods, codes, currency, country and locale, and nothing of the
 * person. Links are forwarded: whoever opens one sees no address, no note and no order, and can change nothing of the
 * cart it came from. What cannot be had any more is left out, with a warning.
 * @throws {Problem} invalid_request for a token that is not good, cart_gone once the cart is ordered, merged or over.
 */
export async function recoverCart(context: Context, token: string): Promise<CreatedCart> {
  const { config, db, now, cache } = context
  const cartId = await verifyRecoveryToken(config, token, now)
  if (!cartId) throw invalid('/token', 'is not the token of a recovery link, or has expired')
  const [[cart], rows] = await db.read(findAnyCart(cartId), listLines(cartId))
  // Not even why: where it went is nobody's business but its owner's.
  if (cart?.status !== 'open' || cart.expiresAt <= now.getTime()) throw new Problem('cart_gone')
  const found = await loadFresh(
    context,
    rows.map(({ variantId }) => variantId),
  )
  const { currency, country, locale } = await stillOffered(cache, cart)
  const choice = { currency, country, marketId: null, groupIds: [], locale }
  const kept = rows.map((row) => decideLine(row, found.get(row.variantId), choice, now))
  const lines = kept.flatMap(({ wish }) => wish ?? [])
  const created = await createCart(context, { currency, country, locale, lines, discountCodes: cart.discountCodes })
  const warnings = kept.flatMap(({ warning }) => warning ?? [])
  return { ...created, warnings: [...warnings, ...created.warnings] }
}

/** Where the cart's currency or locale is not offered any more, those of its country, or else of the shop. */
async function stillOffered(cache: Context['cache'], { currency, country, locale }: CartRow): Promise<MarketChoice> {
  for (const wish of [{ currency, country, locale }, { currency, country }, { country }]) {
    try {
      return await chooseFresh(cache, wish)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  }
  return chooseFresh(cache, {})
}

function decideLine(
  row: CartLineRow,
  sellable: Sellable | undefined,
  choice: MarketChoice,
  now: Date,
): { wish: LineWish | null; warning: Warning | null } {
  const { variantId, attributes } = row
  const leftOut = (code: Warning['code'], why: string) => {
    return { wish: null, warning: { code, message: `An item was left out: it is ${why}.`, target: variantId } }
  }
  if (!sellable || !priceFor(sellable.pricing, choice, row.quantity, now)) {
    return leftOut('ITEM_UNAVAILABLE', 'no longer for sale')
  }
  const available = availableOf(sellable.levels)
  if (available === 0) return leftOut('OUT_OF_STOCK', 'sold out')
  const quantity = largestAllowed(Math.min(row.quantity, available ?? row.quantity), sellable.quantityRule)
  if (quantity === 0) return leftOut('QUANTITY_NOT_ALLOWED', 'not sold in this quantity any more')
  const warning = quantity < row.quantity ? reduced(variantId, quantity) : null
  return { wish: { variant_id: variantId, quantity, attributes }, warning }
}
