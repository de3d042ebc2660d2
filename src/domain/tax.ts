import { MILLION, multiplyRatio, type Rounding } from './money.ts'

/** The taxes of one country. `included`: catalog prices already contain them. */
export interface TaxZone {
  id: string
  country: string
  name: string
  included: boolean
  /** The category that shipping is taxed by, or null where shipping is not taxed. */
  shippingCategory: string | null
  rates: readonly TaxRate[]
}

export interface TaxRate {
  category: string
  name: string
  /** Parts per million: 20 % = 200_000. */
  ratePpm: number
}

/**
 * The tax on `net` minor units (after discounts), rounded once. Of an inclusive price it is the part inside it,
 * `net * rate / (1 + rate)`; of an exclusive one it comes on top.
 */
export function taxOn(net: number, rate: TaxRate, included: boolean, rounding: Rounding): number {
  return multiplyRatio(net, rate.ratePpm, included ? MILLION + rate.ratePpm : MILLION, rounding)
}

/** The zone's rate for goods of `category`; null when they are not taxed there. */
export function rateFor(zone: TaxZone | null, category: string | null): TaxRate | null {
  if (!zone || category === null) return null
  return zone.rates.find((rate) => rate.category === category) ?? null
}
