const SPAN = 2 ** 32
const TIERS = 32

/**
 * Where a product stands in the search index, ascending from the best: those that sell better first, by powers of two, then
 * those that were listed later. A search reads the first of its matches in this order and no more.
 * Its lower 32 bits give the number back: `productAt` of features/search/few.ts.
 * @param number the product's number in lists, 1 to 2^32 - 1. @param sold pieces sold lately, not negative.
 */
export function entryOf(number: number, sold: number): number {
  const tier = sold < 1 ? 0 : Math.min(TIERS - 1, Math.floor(Math.log2(sold)) + 1)
  return (TIERS - 1 - tier) * SPAN + (SPAN - 1 - number)
}
