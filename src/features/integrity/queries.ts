import { sql } from 'drizzle-orm'
import { type Query, q } from '../../platform/db/client.ts'
import { facetCountDrift, listingDrift, listingPriceDrift, priceDrift, vectorDrift } from '../listings/drift.ts'
import { publishedSalesDrift, returnsDrift, salesDrift } from '../sales/drift.ts'
import { documentDrift, entryDrift, spellingDrift, termDrift } from '../search-index/drift.ts'
import { pinDrift, synonymDrift } from '../search-settings/drift.ts'
import type { Invariant } from './invariant.ts'
import { MONEY_INVARIANTS } from './money-invariants.ts'
import { ORDER_INVARIANTS } from './order-invariants.ts'
import { PROMOTION_INVARIANTS } from './promotion-invariants.ts'
import { STOCK_INVARIANTS } from './stock-invariants.ts'

export interface ViolationRow {
  subject: string
  detail: string
}

/**
 * Everything that must be true of a shop, recomputed from the ledgers. A promise that cannot be written as a query over
 * stored rows is not kept, only hoped for. By what they are about, so that a large shop can be asked part by part.
 */
export const PARTS = {
  stock: STOCK_INVARIANTS,
  orders: ORDER_INVARIANTS,
  money: MONEY_INVARIANTS,
  promotions: PROMOTION_INVARIANTS,
  catalog: [
    { name: 'listings_are_derived', violations: listingDrift },
    { name: 'price_ranges_are_derived', violations: priceDrift },
    { name: 'vectors_are_derived', violations: vectorDrift },
    { name: 'facet_counts_are_sums', violations: () => facetCountDrift() },
    { name: 'listing_prices_are_derived', violations: () => listingPriceDrift() },
  ],
  search: [
    { name: 'search_has_what_is_on_sale', violations: () => documentDrift() },
    { name: 'search_rows_belong_to_documents', violations: () => entryDrift() },
    { name: 'search_vocabulary_counts_documents', violations: () => termDrift() },
    { name: 'search_spellings_belong_to_words', violations: () => spellingDrift() },
    { name: 'synonyms_are_derived', violations: synonymDrift },
    { name: 'pins_are_derived', violations: pinDrift },
  ],
  sales: [
    { name: 'sales_are_sum_of_orders', violations: () => salesDrift() },
    { name: 'returns_are_taken_off_sales', violations: () => returnsDrift() },
    { name: 'product_sales_are_sum_of_days', violations: () => publishedSalesDrift() },
  ],
} as const satisfies Record<string, readonly Invariant[]>
export type Part = keyof typeof PARTS
export const PART_NAMES = Object.keys(PARTS) as [Part, ...Part[]]

export const INVARIANTS: readonly Invariant[] = Object.values(PARTS).flat()

export function findViolations({ violations }: Invariant, now: Date): Query<ViolationRow[]> {
  return q.all<ViolationRow>(sql`${violations(now)} LIMIT 100`)
}
