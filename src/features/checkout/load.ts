import { sql } from 'drizzle-orm'
import type { StockLevel } from '../../domain/stock.ts'
import { carts } from '../../platform/db/schema/cart.ts'
import { variants } from '../../platform/db/schema/catalog.ts'
import { findGeneration } from '../../platform/generations.ts'
import type { Context } from '../../platform/http/context.ts'
import { findKey, type IdempotencyRow } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { type PricedCart, priceCart, type ShopData } from '../cart/priced.ts'
import { type CartRow, codesIn, findCart, listLines, variantsIn } from '../cart/queries.ts'
import { toLevels } from '../catalog/product.ts'
import { listSellables, type Sellable, toSellable } from '../catalog/sellables.ts'
import { listMarkets } from '../markets/queries.ts'
import {
  listAutomaticPromotions,
  listCustomerUses,
  listPromotionsByCode,
  toCandidate,
  toPromotion,
} from '../promotions/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { listZones, toZones } from '../shipping/queries.ts'
import { listTaxZones, toTaxZones } from '../tax/queries.ts'
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

// How many results each part of the batch has; they come back in one list.
const ZONE_READS = 4
const TAX_READS = 2

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
  const [keys, cartRows, lines, sellableRows, automatic, byCode, uses, markets, generations, ...rest] = await db.read(
    findKey(idempotency?.id ?? ''),
    findCart(cartId, ownerId),
    listLines(cartId),
    listSellables(sql`${variants.id} IN ${variantsIn(cartId)}`, now, liveOrder),
    listAutomaticPromotions(),
    listPromotionsByCode(codes),
    listCustomerUses(customer, codes),
    listMarkets(),
    findGeneration(),
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
  const usedUp = pending ? Object.entries(cart.refusals).filter(([, reason]) => reason === 'usage_limit') : []
  const refusals = { ...Object.fromEntries(usedUp), ...refusedByLimit(shop, uses, pending) }
  const priced = priceCart({ ...cart, refusals }, lines, shop, now)
  return {
    key: keys[0] ?? null,
    priced,
    pending: pending && pending.order.status !== 'cancelled' ? pending : null,
    levels: levelsOf(sellables),
    shop,
    generation: generations[0]?.value ?? 0,
  }
}

/** Promotions whose limit per customer this customer has reached; the cart's own pending order does not count. */
function refusedByLimit(
  shop: ShopData,
  uses: readonly { promotionId: string; used: number }[],
  pending: OrderState | null,
): CartRow['refusals'] {
  const usedOf = new Map(uses.map(({ promotionId, used }) => [promotionId, used]))
  const own = new Set(pending?.order.status === 'pending' ? pending.order.promotions.map((use) => use.promotionId) : [])
  const candidates = [...shop.automatic, ...[...shop.codes.values()].map(({ promotion }) => promotion)]
  return Object.fromEntries(
    candidates.flatMap(({ id, customerLimit }) => {
      const used = (usedOf.get(id) ?? 0) - (own.has(id) ? 1 : 0)
      return customerLimit !== null && used >= customerLimit ? [[id, 'customer_limit' as const]] : []
    }),
  )
}

function levelsOf(sellables: readonly Sellable[]): StockLevel[] {
  return sellables.flatMap(({ variantId, levels }) => toLevels(levels).map((level) => ({ variantId, ...level })))
}
