import { compareIds } from './candidates.ts'
import { allocate } from './money.ts'
import type { RoundingPolicy } from './rounding.ts'
import { type QuotedTax, ratesFor, type TaxZone, taxesOn } from './tax.ts'

/** What taxes are worked out by: the zone, and how this quote is rounded. */
export interface TaxTerms {
  tax: TaxZone | null
  rounding: RoundingPolicy
}

/** Goods as the tax of shipping finds them; `worth` decides how much of it is theirs. */
export interface ShippedGoods {
  requiresShipping: boolean
  taxCategory: string | null
  quantity: number
  worth: number
}

/** The zone's taxes on `net` minor units of `quantity` pieces of goods of `category`, each with where it comes from. */
export function zoneTaxes(
  { tax: zone, rounding }: TaxTerms,
  category: string | null,
  net: number,
  quantity: number,
): QuotedTax[] {
  if (!zone) return []
  const rates = ratesFor(zone, category)
  const amounts = taxesOn(net, quantity, { included: zone.included, rounding }, rates)
  return rates.map(
    ({ category: taxed, name, ratePpm, compound }, index): QuotedTax => ({
      zone_id: zone.id,
      category: taxed,
      name,
      rate_ppm: ratePpm,
      compound,
      base: net,
      amount: amounts[index] ?? 0,
    }),
  )
}

/** The taxes on `amount` of shipping. Taxed like the goods it is split by what the goods of each category are worth. */
export function shippingTaxes(terms: TaxTerms, goods: readonly ShippedGoods[], amount: number): QuotedTax[] {
  const rule = terms.tax?.shipping ?? { rule: 'untaxed' }
  if (rule.rule === 'untaxed') return []
  if (rule.rule === 'category') return zoneTaxes(terms, rule.category, amount, 1)
  const byCategory = new Map<string, { worth: number; pieces: number }>()
  for (const { requiresShipping, taxCategory, quantity, worth } of goods) {
    if (!requiresShipping) continue
    const known = byCategory.get(taxCategory ?? '') ?? { worth: 0, pieces: 0 }
    byCategory.set(taxCategory ?? '', { worth: known.worth + worth, pieces: known.pieces + quantity })
  }
  const categories = [...byCategory].sort(([left], [right]) => compareIds(left, right))
  // Goods that cost nothing are still brought: then their number counts.
  const free = categories.every(([, { worth }]) => worth === 0)
  const shares = allocate(
    amount,
    categories.map(([, { worth, pieces }]) => (free ? pieces : worth)),
  )
  return categories.flatMap(([category], index) => zoneTaxes(terms, category || null, shares[index] ?? 0, 1))
}
