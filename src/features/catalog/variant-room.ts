import type { MarketChoice } from '../markets/choose.ts'
import { toProductView, toVariantView } from './contract.ts'
import type { Product } from './product.ts'
import { VARIANT_PAGE } from './variants.ts'

/** Bytes of a product's answer, as UTF-8. A little of 64 kB is left for the cursor and for what is not counted. */
const MAX_BYTES = 63_000
// However long the description: an answer without variants is of no use.
const LEAST = 20

const encoder = new TextEncoder()
const bytesOf = (view: unknown) => encoder.encode(JSON.stringify(view)).byteLength

/**
 * How many of a product's first variants its answer has room for. A hundred and twenty fit where their texts are short;
 * sales, unit prices, quantity prices and scripts of three bytes a letter take more.
 */
export function variantsThatFit(product: Product, choice: MarketChoice, now: Date): number {
  if (product.variants.length <= LEAST) return LEAST
  let room = MAX_BYTES - bytesOf(toProductView(product, choice, now, { variants: [], nextCursor: null }))
  const candidates = product.variants.slice(0, VARIANT_PAGE)
  for (const [index, variant] of candidates.entries()) {
    room -= bytesOf(toVariantView(product, variant, choice, now)) + 1
    if (room < 0) return Math.max(index, LEAST)
  }
  return VARIANT_PAGE
}
