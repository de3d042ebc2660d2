import { isAllowedQuantity } from '../../domain/cart.ts'
import { formatMoney, type Money } from '../../domain/money.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { money } from '../../platform/http/shapes.ts'
import { toCartView } from '../cart/contract.ts'
import { candidatesOf, type PricedCart } from '../cart/priced.ts'
import type { PricedLine } from '../cart/priced-lines.ts'
import { noteCheckoutFindings } from '../cart/queries.ts'
import { sellables } from '../catalog/sellables.ts'
import { automaticPromotions, promotionsByCode } from '../promotions/queries.ts'
import { zonesFamily } from '../shipping/queries.ts'
import { taxFamily } from '../tax/queries.ts'
import type { Expected } from './expected.ts'
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
 * now.
 */
export async function cartChanged(context: Context, checkout: Checkout, expected: Expected): Promise<Problem> {
  const { priced } = checkout
  const { cart, quote } = priced
  await noteFindings(context, checkout)
  const total = money(quote.totals.total, cart.currency)
  const due = money(quote.totals.amount_due, cart.currency)
  const isTotal = differs(expected.total, total)
  const isDue = expected.amountDue !== null && differs(expected.amountDue, due)
  const differences: Difference[] = [
    ...(isTotal || !isDue ? [{ what: 'total', target: null, expected: expected.total, actual: total }] : []),
    ...(isDue ? [{ what: 'amount_due', target: null, expected: expected.amountDue, actual: due }] : []),
    ...priced.lines.flatMap<Difference>(({ row, sellable, previousUnitAmount, quoted }) => {
      if (!sellable) return [{ what: 'item_unavailable', target: row.id, expected: null, actual: null }]
      if (previousUnitAmount === null) return []
      const [old, current] = [money(previousUnitAmount, cart.currency), money(quoted.unitAmount, cart.currency)]
      return [{ what: 'unit_price', target: row.id, expected: old, actual: current }]
    }),
    ...priced.discountCodes.flatMap<Difference>(({ code, reason }) =>
      reason === null ? [] : [{ what: `discount_${reason}`, target: code, expected: null, actual: null }],
    ),
  ]
  const detail =
    isDue && !isTotal
      ? `What is left to pay is ${formatMoney(due)}, not ${formatMoney(expected.amountDue ?? due)}.`
      : `The total is ${formatMoney(total)}, not ${formatMoney(expected.total)}.`
  return new Problem('cart_changed', { detail, members: { cart: toCartView(priced, context.now), differences } })
}

function differs(left: Money, right: Money): boolean {
  return left.amount !== right.amount || left.currency !== right.currency
}

/**
 * What the cart is shown from now on is no older than this. Uses of promotions are counted, and given back, without a new
 * generation: where any are counted here, no isolate's memory of this generation will do, and D1 is asked until the next.
 */
function floorOf({ priced: { cart }, shop, generation }: Checkout): number {
  const isCounted = candidatesOf(cart, shop).some(
    ({ promotion: { usageLimit, budgets }, codeUses }) =>
      usageLimit !== null || codeUses !== null || Object.keys(budgets).length > 0,
  )
  return isCounted ? generation + 1 : generation
}

/** Somebody else has the goods: the answer names the lines and what is left of each. */
export async function outOfStock(
  context: Context,
  checkout: Checkout,
  short: readonly { variantId: string; requested: number; available: number }[],
): Promise<Problem> {
  const { priced } = checkout
  await noteFindings(context, checkout)
  const left = new Map(short.map(({ variantId, available }) => [variantId, available]))
  const lines = priced.lines.flatMap(({ row }) => {
    const available = left.get(row.variantId)
    return available === undefined
      ? []
      : [{ id: row.id, variant_id: row.variantId, requested: row.quantity, available }]
  })
  return new Problem('out_of_stock', { members: { lines, cart: toCartView(priced, context.now) } })
}

/** A rule of quantities was changed since: the answer names the lines and what is allowed of each. */
export async function quantityNotAllowed(context: Context, checkout: Checkout): Promise<Problem> {
  const { priced } = checkout
  await noteFindings(context, checkout)
  const lines = againstRules(priced).flatMap(({ row, sellable }) =>
    sellable ? [{ id: row.id, variant_id: row.variantId, quantity: row.quantity, allowed: sellable.quantityRule }] : [],
  )
  return new Problem('quantity_not_allowed', { members: { lines, cart: toCartView(priced, context.now) } })
}

/** The lines whose quantity their variant is not sold in any more. */
export function againstRules({ lines }: PricedCart): PricedLine[] {
  return lines.filter(({ row, sellable }) => sellable && !isAllowedQuantity(row.quantity, sellable.quantityRule))
}

/**
 * What was read fresh replaces what the caches held, and the cart remembers that it has shown it: the next GET shows what
 * complete will charge.
 */
async function noteFindings(context: Context, checkout: Checkout): Promise<void> {
  const { id, refusals } = checkout.priced.cart
  refreshCaches(context, checkout)
  await context.db.commit([noteCheckoutFindings(id, { catalogGeneration: floorOf(checkout), refusals })])
}

function refreshCaches({ cache, now }: Context, { shop, generation, pending }: Checkout): void {
  // Read with this cart's own holds counted as free, which they are for nobody else.
  if (!pending) cache.put(sellables(now), shop.sellables, generation)
  cache.put(promotionsByCode, shop.codes, generation)
  cache.put(automaticPromotions, new Map([['all', [...shop.automatic]]]), generation)
  cache.put(zonesFamily, new Map([['all', [...shop.zones]]]), generation)
  cache.put(taxFamily, new Map([['all', [...shop.taxZones]]]), generation)
}
