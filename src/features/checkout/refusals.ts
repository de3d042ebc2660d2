import { formatMoney, type Money } from '../../domain/money.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { money } from '../../platform/http/shapes.ts'
import { toCartView } from '../cart/contract.ts'
import { noteCheckoutFindings } from '../cart/queries.ts'
import { sellables } from '../catalog/sellables.ts'
import { automaticPromotions, promotionsByCode } from '../promotions/queries.ts'
import { zonesFamily } from '../shipping/queries.ts'
import { taxFamily } from '../tax/queries.ts'
import type { Checkout } from './load.ts'

interface Difference {
  what: string
  /** The line or code, or null for the whole cart. */
  target: string | null
  expected: Money | null
  actual: Money | null
}

/**
 * The cart costs something else than the shopper agreed to: nothing is charged, and the answer shows the cart as it is
 * now. What was read fresh replaces what the caches held, and the cart remembers that it has shown it: the next GET
 * shows what complete will charge.
 */
export async function cartChanged(context: Context, checkout: Checkout, expected: Money): Promise<Problem> {
  const { priced, generation } = checkout
  const { cart, quote } = priced
  refreshCaches(context, checkout)
  const findings = { catalogGeneration: generation, refusals: cart.refusals }
  await context.db.commit([noteCheckoutFindings(cart.id, findings)])
  const actual = money(quote.totals.total, cart.currency)
  const differences: Difference[] = [
    { what: 'total', target: null, expected, actual },
    ...priced.lines.flatMap<Difference>(({ row, sellable, previousUnitAmount, unitAmount }) => {
      if (!sellable) return [{ what: 'item_unavailable', target: row.id, expected: null, actual: null }]
      if (previousUnitAmount === null) return []
      const [old, current] = [money(previousUnitAmount, cart.currency), money(unitAmount, cart.currency)]
      return [{ what: 'unit_price', target: row.id, expected: old, actual: current }]
    }),
    ...priced.discountCodes.flatMap<Difference>(({ code, reason }) =>
      reason === null ? [] : [{ what: `discount_${reason}`, target: code, expected: null, actual: null }],
    ),
  ]
  return new Problem('cart_changed', {
    detail: `The total is ${formatMoney(actual)}, not ${formatMoney(expected)}.`,
    members: { cart: toCartView(priced, context.now), differences },
  })
}

/** Somebody else has the goods: the answer names the lines and what is left of each. */
export async function outOfStock(
  context: Context,
  checkout: Checkout,
  short: readonly { variantId: string; requested: number; available: number }[],
): Promise<Problem> {
  const { priced, generation } = checkout
  refreshCaches(context, checkout)
  const findings = { catalogGeneration: generation, refusals: priced.cart.refusals }
  await context.db.commit([noteCheckoutFindings(priced.cart.id, findings)])
  const left = new Map(short.map(({ variantId, available }) => [variantId, available]))
  const lines = priced.lines.flatMap(({ row }) => {
    const available = left.get(row.variantId)
    return available === undefined
      ? []
      : [{ id: row.id, variant_id: row.variantId, requested: row.quantity, available }]
  })
  return new Problem('out_of_stock', { members: { lines, cart: toCartView(priced, context.now) } })
}

function refreshCaches({ cache, now }: Context, { shop, generation, pending }: Checkout): void {
  // Read with this cart's own holds counted as free, which they are for nobody else.
  if (!pending) cache.put(sellables(now), shop.sellables, generation)
  cache.put(promotionsByCode, shop.codes, generation)
  cache.put(automaticPromotions, new Map([['all', [...shop.automatic]]]), generation)
  cache.put(zonesFamily, new Map([['all', [...shop.zones]]]), generation)
  cache.put(taxFamily, new Map([['all', [...shop.taxZones]]]), generation)
}
