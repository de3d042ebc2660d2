import { sql } from 'drizzle-orm'
import { type Query, q } from '../../platform/db/client.ts'
import { listingDrift, listingPriceDrift, priceDrift } from '../listings/drift.ts'
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
    { name: 'listings_are_derived', violations: () => listingDrift() },
    { name: 'price_ranges_are_derived', violations: priceDrift },
    { name: 'listing_prices_are_derived', violations: () => listingPriceDrift() },
  ],
} as const satisfies Record<string, readonly Invariant[]>
export type Part = keyof typeof PARTS
export const PART_NAMES = Object.keys(PARTS) as [Part, ...Part[]]

export const INVARIANTS: readonly Invariant[] = Object.values(PARTS).flat()

export function findViolations({ violations }: Invariant, now: Date): Query<ViolationRow[]> {
  return q.all<ViolationRow>(sql`${violations(now)} LIMIT 100`)
}
