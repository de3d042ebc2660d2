import type { Area } from './area.ts'
import { allocate, MILLION, multiplyFraction, multiplyRatio } from './money.ts'
import type { RoundingPolicy } from './rounding.ts'

/** Goods of this category carry no tax anywhere, and none is shown. */
const EXEMPT = 'exempt'
/** What goods are taxed by where a zone has no rate for their own category: too much rather than too little. */
export const STANDARD = 'standard'

/** How shipping is taxed: not at all, as a category of its own, or as the goods it brings, in proportion to their value. */
export type ShippingTax = { rule: 'untaxed' } | { rule: 'category'; category: string } | { rule: 'like_goods' }

/** The taxes of some part of the world. */
export interface TaxZone {
  id: string
  name: string
  areas: readonly Area[]
  /** Catalog prices already contain these taxes. */
  included: boolean
  shipping: ShippingTax
  rounding: RoundingPolicy
  /** A buyer with a VAT id of the zone's own country accounts for the tax: Directive 2006/112/EC, articles 138 and 196. */
  reverseCharge: boolean
  /** In the order in which they are worked out. */
  rates: readonly TaxRate[]
}

export interface TaxRate {
  category: string
  name: string
  /** Parts per million: 20 % = 200_000. */
  ratePpm: number
  /** On the price and all taxes before it, instead of on the price alone. */
  compound: boolean
}

/** One tax of one line or of shipping, with where it comes from. */
export interface QuotedTax {
  /** Null where a tax provider has told it. */
  zone_id: string | null
  category: string
  name: string
  rate_ppm: number
  compound: boolean
  /** What it was worked out on: after discounts, with the tax inside where prices contain it. */
  base: number
  amount: number
}

/** Goods of this category are taxed at 0 %, which is shown: unlike those that are exempt. */
const ZERO = 'zero'

/** What of a zone does not fit together; pointers are into the JSON of a zone. */
export function checkTaxZone({
  rates,
  shipping,
}: Pick<TaxZone, 'rates' | 'shipping'>): { pointer: string; detail: string }[] {
  const faults: { pointer: string; detail: string }[] = []
  rates.forEach(({ category, ratePpm }, index) => {
    if (category === EXEMPT) {
      faults.push({ pointer: `/rates/${index}/category`, detail: 'has no rate: goods of it are not taxed' })
    }
    if (category === ZERO && ratePpm !== 0) {
      faults.push({ pointer: `/rates/${index}/percent`, detail: 'must be 0 in the category zero' })
    }
  })
  const known = new Set(rates.map(({ category }) => category))
  for (const category of known) {
    const { numerators, denominator } = sharesOf(rates.filter((rate) => rate.category === category))
    const sum = numerators.reduce((left, right) => left + right, 0n)
    // The dearest cart that there can be, taxed, is still an exact sum (MAX_PRICE).
    if (sum > denominator)
      faults.push({ pointer: '/rates', detail: `must not come to more than 100 % of ${category} goods` })
  }
  // Goods of a category that the zone has no rate for are taxed by this one; without it they would go untaxed unseen.
  if (rates.length > 0 && !known.has(STANDARD)) {
    faults.push({ pointer: '/rates', detail: 'must have a rate of the category standard, which others fall back to' })
  }
  if (shipping.rule === 'category' && shipping.category !== EXEMPT && !known.has(shipping.category)) {
    faults.push({ pointer: '/shipping/category', detail: 'must be a category that the zone has a rate for' })
  }
  return faults
}

/** The zone's rates for goods of `category`, in order; empty when they are not taxed there. Null is goods without tax. */
export function ratesFor(zone: TaxZone | null, category: string | null): readonly TaxRate[] {
  if (!zone || category === null || category === EXEMPT) return []
  const own = zone.rates.filter((rate) => rate.category === category)
  return own.length > 0 ? own : zone.rates.filter((rate) => rate.category === STANDARD)
}

/**
 * The taxes on `net` minor units (after discounts) of `quantity` pieces, one for each of `rates`. Of a price that contains
 * them they are the part inside it, which is rounded as a whole and then split: together they never exceed the price. On
 * top of a price each is rounded by itself, as invoices show it.
 */
export function taxesOn(
  net: number,
  quantity: number,
  zone: Pick<TaxZone, 'included' | 'rounding'>,
  rates: readonly TaxRate[],
): number[] {
  if (rates.length === 0) return []
  if (zone.rounding.level === 'line' || quantity <= 1) return taxOnce(net, zone, rates)
  // A discount may not divide by the pieces: some of them cost a minor unit more than the others.
  const dearer = net % quantity
  const each = (net - dearer) / quantity
  const low = taxOnce(each, zone, rates)
  const high = dearer === 0 ? low : taxOnce(each + 1, zone, rates)
  return low.map((amount, index) => amount * (quantity - dearer) + (high[index] ?? 0) * dearer)
}

/** What is left of `amount`, a price that contains `rates`, without them. */
export function withoutTax(amount: number, zone: Pick<TaxZone, 'rounding'>, rates: readonly TaxRate[]): number {
  if (rates.length === 0) return amount
  const inside = taxOnce(amount, { included: true, rounding: zone.rounding }, rates)
  return inside.reduce((left, tax) => left - tax, amount)
}

/** Each rate as a share of the price without tax, over one common denominator. */
interface Shares {
  numerators: bigint[]
  denominator: bigint
}

function sharesOf(rates: readonly TaxRate[]): Shares {
  let denominator = 1n
  let numerators: bigint[] = []
  for (const { ratePpm, compound } of rates) {
    const before = compound ? numerators.reduce((left, right) => left + right, denominator) : denominator
    numerators = [...numerators.map((numerator) => numerator * BigInt(MILLION)), before * BigInt(ratePpm)]
    denominator *= BigInt(MILLION)
  }
  return { numerators, denominator }
}

function taxOnce(net: number, zone: Pick<TaxZone, 'included' | 'rounding'>, rates: readonly TaxRate[]): number[] {
  const { mode } = zone.rounding
  const [only] = rates
  if (only && rates.length === 1) {
    const whole = zone.included ? MILLION + only.ratePpm : MILLION
    return [multiplyRatio(net, only.ratePpm, whole, mode)]
  }
  const { numerators, denominator } = sharesOf(rates)
  if (!zone.included) return numerators.map((numerator) => multiplyFraction(net, numerator, denominator, mode))
  const sum = numerators.reduce((left, right) => left + right, 0n)
  const inside = multiplyFraction(net, sum, denominator + sum, mode)
  if (sum === 0n) return numerators.map(() => 0)
  return allocate(inside, numerators)
}
