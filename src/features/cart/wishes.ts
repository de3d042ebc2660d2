import { attributesKey } from '../../domain/cart.ts'
import { priceFor } from '../../domain/price.ts'
import type { Metadata } from '../../domain/product.ts'
import { type LoadOptions, want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem, type ProblemError } from '../../platform/http/problem.ts'
import { availableOf } from '../catalog/product.ts'
import { type Sellable, sellables, skuKey } from '../catalog/sellables.ts'
import { loadShop } from './load.ts'

/** A wish as it comes in. */
export interface LineWish {
  variant_id?: string | undefined
  sku?: string | undefined
  quantity: number
  attributes: Metadata
}

/** Wishes for the same line, joined, after a look at the shop. */
export interface ResolvedLine {
  sellable: Sellable
  /** What is wished, not yet what can be had. */
  quantity: number
  attributes: Metadata
  attributesKey: string
  available: number | null
  /** The first of the wishes: `/lines/0`. */
  pointer: string
}

/**
 * Finds the variants of `wishes` and joins wishes for the same line. What the cache does not hold is looked up in D1.
 * @throws {Problem} invalid_request for variants that are not for sale.
 */
export async function resolveLines(
  context: Context,
  wishes: readonly LineWish[],
  options: LoadOptions = {},
): Promise<ResolvedLine[]> {
  // Everything the answer will be priced with comes in the same trip, if there has to be one.
  const { sellables: found } = await loadShop(context, { variants: wishes.map(keyOf), codes: [] }, options)
  const joined = new Map<string, ResolvedLine>()
  const unknown: ProblemError[] = []
  wishes.forEach((wish, index) => {
    const sellable = found.get(keyOf(wish))
    if (!sellable) {
      const field = wish.sku === undefined ? 'variant_id' : 'sku'
      unknown.push({ pointer: `/lines/${index}/${field}`, detail: 'is not a variant that is for sale' })
      return
    }
    const { attributes } = wish
    const line = {
      sellable,
      attributes,
      attributesKey: attributesKey(attributes),
      available: availableOf(sellable.levels),
    }
    const id = JSON.stringify([sellable.variantId, line.attributesKey])
    const known = joined.get(id)
    const quantity = (known?.quantity ?? 0) + wish.quantity
    joined.set(id, { ...line, quantity, pointer: known?.pointer ?? `/lines/${index}` })
  })
  if (unknown.length > 0) throw new Problem('invalid_request', { errors: unknown })
  return [...joined.values()]
}

/** Where the cache keeps the variant of a wish. */
export function keyOf(wish: LineWish): string {
  return wish.sku === undefined ? (wish.variant_id ?? '') : skuKey(wish.sku)
}

/** Variants as D1 has them now: before anything is refused or cut. */
export async function loadFresh({ cache, now }: Context, ids: readonly string[]): Promise<Map<string, Sellable>> {
  const [found] = await cache.load([want(sellables(now), ids)], { fresh: true })
  return new Map([...found].map(([key, { value }]) => [key, value]))
}

/** The quantity rule as a line remembers it. */
export function seenRule({ quantityRule: { min, max, step } }: Sellable) {
  return { minQuantity: min, maxQuantity: max, quantityStep: step }
}

/** What a piece costs everybody, by currency: most likely what this cart will show, which only pricing it tells. */
export function likelyPrices({ pricing }: Sellable, quantity: number, now: Date): Record<string, number> {
  return Object.fromEntries(
    pricing.prices.map(({ currency, marketId, amount }) => {
      const everywhere = priceFor(pricing, { currency, marketId: null, groupIds: [] }, quantity, now)
      const inMarket = priceFor(pricing, { currency, marketId, groupIds: [] }, quantity, now)
      return [currency, (everywhere ?? inMarket)?.amount ?? amount]
    }),
  )
}
