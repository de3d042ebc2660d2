import { CART_LIFETIME_MS, type Warning } from '../../domain/cart.ts'
import { priceFor } from '../../domain/price.ts'
import { want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { invalid } from '../../platform/http/problem.ts'
import { listGroupsOf } from '../customers/queries.ts'
import { chooseMarket, type MarketChoice } from '../markets/choose.ts'
import { marketsFamily } from '../markets/queries.ts'
import { customerKey } from '../promotions/customer.ts'
import { type IssuedToken, issueGuestToken } from '../sessions/guest.ts'
import { showChanged } from './change.ts'
import { keyOf, type LineWish, resolveLines } from './lines.ts'
import { loadShop } from './load.ts'
import type { PricedCart } from './priced.ts'
import { type CartLineRow, type CartRow, insertCart } from './queries.ts'

export interface NewCart {
  currency?: string | undefined
  country?: string | undefined
  locale?: string | undefined
  email?: string | undefined
  lines: readonly LineWish[]
}

/**
 * Makes a cart for the caller; without a session it starts one. One trip when the catalog's cache is warm.
 * @throws {Problem} invalid_request, out_of_stock.
 */
export async function createCart(
  context: Context,
  wish: NewCart,
): Promise<{ priced: PricedCart; warnings: Warning[]; session: IssuedToken | null }> {
  const { now, mint, cache, caller, idempotency } = context
  // Everything a new cart is decided and priced by, in one trip at most; what follows finds it in memory.
  await loadShop(context, { variants: wish.lines.map(keyOf), codes: [] })
  const choice = await chooseFresh(cache, wish)
  const { lines: resolved, warnings } =
    wish.lines.length > 0 ? await resolveLines(context, wish.lines, null) : { lines: [], warnings: [] }
  const ownerId = caller.kind === 'shopper' ? caller.session.ownerId : mint('guest')
  const at = now.getTime()
  const cart: CartRow = {
    id: mint('cart'),
    ownerId,
    version: 1,
    status: 'open',
    currency: choice.currency,
    country: choice.country,
    locale: choice.locale,
    email: wish.email ?? null,
    customerKey: await customerKey(wish.email ?? null),
    shippingAddress: null,
    billingAddress: null,
    shippingOptionId: null,
    discountCodes: [],
    refusals: {},
    note: null,
    metadata: {},
    orderId: null,
    mergedInto: null,
    catalogGeneration: 0,
    groupIds: [],
    createdAt: at,
    updatedAt: at,
    expiresAt: at + CART_LIFETIME_MS,
  }
  const lines = resolved.map((line, index): CartLineRow => {
    const price = priceFor(line.sellable.pricing, { ...choice, currency: cart.currency }, line.quantity, now)
    if (!price) throw invalid(`/lines/${index}`, `has no price in ${cart.currency}`)
    return {
      cartId: cart.id,
      variantId: line.sellable.variantId,
      attributesKey: line.attributesKey,
      id: mint('line'),
      quantity: line.quantity,
      attributes: line.attributes,
      seenUnitAmount: price.amount,
      seenCurrency: cart.currency,
      seenAvailable: line.available,
      // Later by their place, so that lines keep the order they came in.
      createdAt: at + index,
    }
  })
  const [groups] = await context.db.commit(
    [...claimKey(idempotency, now, cart.id, 201), ...insertCart(cart, lines)],
    [listGroupsOf(ownerId)],
    { repeatable: idempotency !== null },
  )
  const own = { ...cart, groupIds: groups.map(({ groupId }) => groupId) }
  // A new cart has nothing that was told before: whoever is in a group sees the group's prices from the start.
  const { priced } = await showChanged(context, { cart: own, lines }, [], () => true)
  const session = caller.kind === 'shopper' ? null : await issueGuestToken(context, { ownerId })
  return { priced, warnings, session }
}

/** The wish's market from the cache; before it is refused, D1 is asked: the operator may have added it a moment ago. */
async function chooseFresh(cache: Context['cache'], wish: NewCart): Promise<MarketChoice> {
  const choose = async (fresh: boolean) => {
    const [markets] = await cache.load([want(marketsFamily, ['all'])], { fresh })
    return chooseMarket(markets.get('all')?.value ?? [], wish, '')
  }
  try {
    return await choose(false)
  } catch {
    return choose(true)
  }
}
