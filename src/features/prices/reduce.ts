import type * as z from 'zod'
import { MILLION, multiplyRatio } from '../../domain/money.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid } from '../../platform/http/problem.ts'
import { mustBe } from '../../platform/http/staff-change.ts'
import { type ReducePrices, toPpm } from './contract.ts'
import { commitPrices } from './edit.ts'
import { findListCurrency, findPriceList, type ListPrice, type PriceListRow } from './list-queries.ts'
import { findUnknown, listRegularPrices, type RegularPriceRow } from './reduce-queries.ts'

type Reduction = z.output<ReturnType<typeof ReducePrices>>

// What one batch writes in well under a second.
const MAX_VARIANTS = 2_000
const MAX_PRICES = 10_000

/**
 * Writes explicit prices into a list: the regular ones of now, quantity breaks too, less so many percent. Later changes of
 * the regular prices leave them alone.
 * @throws {Problem} price_list_not_found, version_mismatch, invalid_request: nothing to reduce, or too much at once.
 */
export async function reducePrices(
  context: Context,
  id: string,
  input: Reduction,
  ifMatch: number | null,
): Promise<PriceListRow> {
  const { collection_id: collectionId, product_ids: productIds, currency } = input
  const choice = { collectionId: collectionId ?? null, productIds: productIds ?? null }
  const [[found], [market], unknown, rows] = await context.db.read(
    findPriceList(id),
    findListCurrency(id),
    findUnknown(choice),
    listRegularPrices(id, choice, currency ?? null, MAX_VARIANTS + 1, MAX_PRICES + 1),
  )
  const list = mustBe(found, 'price_list_not_found', ifMatch)
  if (market && currency !== undefined && currency !== market.currency) {
    throw invalid('/currency', `must be ${market.currency}, the list's market's`)
  }
  const [missing] = unknown
  if (missing) {
    const field = productIds ? `/product_ids/${productIds.indexOf(missing.id)}` : '/collection_id'
    throw invalid(field, productIds ? 'is not a product' : 'is not a collection')
  }
  const where = productIds ? '/product_ids' : collectionId ? '/collection_id' : '/all'
  const variants = new Set(rows.map(({ variantId }) => variantId))
  if (variants.size > MAX_VARIANTS) {
    throw invalid(where, `has more than ${MAX_VARIANTS} variants: reduce them by collections or product_ids`)
  }
  if (rows.length > MAX_PRICES) throw invalid('/currency', `name one: there are more than ${MAX_PRICES} prices`)
  const ppm = MILLION - toPpm(input.percent)
  const regular = [...Map.groupBy(rows, scopeOf).values()].flatMap(ofPlace)
  const set = regular.map(
    ({ variantId, currency: code, minQuantity, amount }): ListPrice => ({
      variantId,
      currency: code,
      minQuantity,
      amount: reduce(amount, ppm, input.round_to),
    }),
  )
  if (set.length === 0) throw invalid(where, 'has no variant with a regular price to reduce')
  return commitPrices(context, list, {
    set,
    remove: [],
    productIds: regular.map(({ productId }) => productId),
    action: 'price_list.prices_reduced',
    status: 200,
  })
}

/** `amount` times `ppm`, rounded once, half up, to a multiple of `roundTo`; to the minor unit where that would be nothing. */
export function reduce(amount: number, ppm: number, roundTo: number): number {
  const rounded = multiplyRatio(amount, ppm, MILLION * roundTo, 'half_up') * roundTo
  return rounded > 0 ? rounded : multiplyRatio(amount, ppm, MILLION, 'half_up')
}

function scopeOf({ variantId, currency }: RegularPriceRow): string {
  return `${variantId} ${currency}`
}

/** What the list's market asks: its own prices where it has that of one piece, else those of everywhere. */
function ofPlace(rows: readonly RegularPriceRow[]): RegularPriceRow[] {
  const hasOwn = rows.some(({ marketId, minQuantity }) => marketId !== '' && minQuantity === 1)
  return rows.filter(({ marketId }) => (marketId !== '') === hasOwn)
}
