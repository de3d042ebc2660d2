import { CART_LIFETIME_MS, type Warning } from '../../domain/cart.ts'
import { priceFor } from '../../domain/price.ts'
import { want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { availableOf } from '../catalog/product.ts'
import { listGroupsOf } from '../customers/queries.ts'
import { chooseMarket, type MarketChoice } from '../markets/choose.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import { customerKey } from '../promotions/customer.ts'
import { type IssuedToken, issueGuestToken } from '../sessions/guest.ts'
import { showChanged } from './change.ts'
import { loadShop } from './load.ts'
import type { PricedCart } from './priced.ts'
import { decideQuantities } from './quantities.ts'
import { type CartLineRow, type CartRow, insertCart } from './queries.ts'
import { keyOf, type LineWish, loadFresh, type ResolvedLine, resolveLines, seenRule } from './wishes.ts'

export interface NewCart {
  currency?: string | undefined
  country?: string | undefined
  locale?: string | undefined
  email?: string | undefined
  lines: readonly LineWish[]
  discountCodes?: readonly string[]
}

export interface CreatedCart {
  priced: PricedCart
  warnings: Warning[]
  /** Null for a caller who had one. */
  session: IssuedToken | null
}

/**
 * Makes a cart for the caller; without a session it starts one. One trip when the catalog's cache is warm.
 * @throws {Problem} invalid_request, out_of_stock.
 */
export async function createCart(context: Context, wish: NewCart): Promise<CreatedCart> {
  const { now, mint, cache, caller, idempotency } = context
  // Everything a new cart is decided and priced by, in one trip at most; what follows finds it in memory.
  await loadShop(context, { variants: wish.lines.map(keyOf), codes: wish.discountCodes ?? [] })
  const choice = await chooseFresh(cache, wish)
  const { lines: decided, warnings } = await decideLines(context, await resolveLines(context, wish.lines))
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
    discountCodes: [...(wish.discountCodes ?? [])],
    refusals: {},
    note: null,
    metadata: {},
    orderId: null,
    mergedInto: null,
    catalogGeneration: 0,
    groupIds: [],
    vatId: null,
    giftCardIds: [],
    giftCards: [],
    createdAt: at,
    updatedAt: at,
    expiresAt: at + CART_LIFETIME_MS,
  }
  const lines = decided.map((line, index): CartLineRow => {
    const price = priceFor(line.sellable.pricing, { ...choice, currency: cart.currency }, line.quantity, now)
    if (!price) throw invalid(line.pointer, `has no price in ${cart.currency}`)
    return {
      cartId: cart.id,
      variantId: line.sellable.variantId,
      attributesKey: line.attributesKey,
      id: line.id,
      quantity: line.quantity,
      attributes: line.attributes,
      seenUnitAmount: price.amount,
      seenCurrency: cart.currency,
      seenAvailable: line.available,
      // Later by their place, so that lines keep the order they came in.
      createdAt: at + index,
      ...seenRule(line.sellable),
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

/** What the first lines get. The cache may say yes; before anything is refused or cut, D1 is asked. */
async function decideLines(context: Context, lines: readonly ResolvedLine[]) {
  const named = lines.map((line) => ({ ...line, id: context.mint('line') }))
  try {
    const first = decideFrom(named)
    if (first.warnings.length === 0) return first
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
  const found = await loadFresh(
    context,
    named.map(({ sellable }) => sellable.variantId),
  )
  return decideFrom(
    named.map((line) => {
      const sellable = found.get(line.sellable.variantId)
      return sellable ? { ...line, sellable, available: availableOf(sellable.levels) } : { ...line, available: 0 }
    }),
  )
}

function decideFrom<Line extends ResolvedLine & { id: string }>(lines: readonly Line[]) {
  const { quantities, warnings } = decideQuantities(
    lines.map(({ id: lineId, quantity, sellable: { quantityRule: rule }, available, pointer }) => {
      return { quantity, rule, available, pointer, lineId }
    }),
  )
  return { lines: lines.map((line, index) => ({ ...line, quantity: quantities[index] ?? 0 })), warnings }
}

/** The wish's market from the cache; before it is refused, D1 is asked: the operator may have added it a moment ago. */
export async function chooseFresh(cache: Context['cache'], wish: MarketWish): Promise<MarketChoice> {
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
