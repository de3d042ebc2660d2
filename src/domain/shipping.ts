import { type Area, type Destination, findZone, isEstimate } from './area.ts'
import { type Item, type ItemFilter, matchesItem } from './item-filter.ts'
import type { Amounts } from './money.ts'

/** A part of the world that the shop ships to, and how. */
export interface ShippingZone {
  id: string
  name: string
  areas: readonly Area[]
  /** In the shop's order. */
  rates: readonly ShippingRate[]
}

export interface ShippingRate {
  id: string
  name: string
  description: string
  /**
   * What the price depends on: nothing, the weight in grams, the value of the goods after discounts in minor units, the
   * number of pieces, or a carrier's answer. Then `steps` are what it costs when the carrier gives none.
   */
  kind: 'flat' | 'weight' | 'price' | 'quantity' | 'carrier'
  /** The highest `from` that is reached holds. In a currency without a step that is reached the rate is not offered. */
  steps: readonly { currency: string; from: number; amount: number }[]
  /** From this value of goods after discounts on it costs nothing. */
  freeOver: Amounts
  rule: RateRule
  /** A shipping service of the carrier provider. Null for other kinds. */
  service: string | null
  /** Where the goods are picked up; null for goods that are sent. */
  pickup: PickupLocation | null
}

export interface PickupLocation {
  id: string
  name: string
  line1: string
  line2: string | null
  city: string
  region: string | null
  postal_code: string
  country: string
}

/** When a rate is offered; it is hidden where any of it does not hold. */
export interface RateRule {
  minimum_subtotal?: Amounts
  maximum_subtotal?: Amounts
  minimum_grams?: number
  maximum_grams?: number
  /** All goods that are shipped must be among these. */
  only_items?: ItemFilter
  /** None of the goods that are shipped may be among these. */
  without_items?: ItemFilter
  customer_group_ids?: readonly string[]
}

/** What is to be shipped. */
export interface Parcel {
  currency: string
  /** All goods after discounts, those that need no shipping too: minor units. */
  subtotal: number
  /** Of the goods that need shipping. */
  grams: number
  pieces: number
  items: readonly Item[]
  groupIds: readonly string[]
  /** Rate id -> what the carrier asks in `currency`. Rates that are missing cost what their steps say. */
  carrierAmounts: ReadonlyMap<string, number>
}

/** A rate as offered to one cart, with where its price comes from. */
export interface ShippingOption {
  id: string
  name: string
  description: string
  amount: number
  source: 'rate' | 'free_over' | 'carrier' | 'fallback'
  pickup: PickupLocation | null
}

/** The rates of a destination; of one known by its country alone those of its first zone, as an estimate. */
export function listRates(
  zones: readonly ShippingZone[],
  destination: Destination,
): { rates: readonly ShippingRate[]; estimated: boolean } {
  const zone = findZone(zones, destination)
  const estimated = isEstimate(zones, destination)
  if (zone || !estimated) return { rates: zone?.rates ?? [], estimated }
  const likely = zones.find(({ areas }) => areas.some(({ country }) => country === destination.country))
  return { rates: likely?.rates ?? [], estimated }
}

/** The options for `parcel`, in the shop's order. */
export function listShippingOptions(rates: readonly ShippingRate[], parcel: Parcel): ShippingOption[] {
  return rates.flatMap((rate) => {
    const priced = isOffered(rate.rule, parcel) ? priceRate(rate, parcel) : null
    return priced
      ? [{ id: rate.id, name: rate.name, description: rate.description, pickup: rate.pickup, ...priced }]
      : []
  })
}

/** What `rate` costs for `parcel`; null where it is not offered in the parcel's currency. */
export function priceRate(rate: ShippingRate, parcel: Parcel): Pick<ShippingOption, 'amount' | 'source'> | null {
  const { currency, subtotal, grams, pieces, carrierAmounts } = parcel
  const measure = { flat: 0, carrier: 0, weight: grams, price: subtotal, quantity: pieces }[rate.kind]
  const step = rate.steps
    .filter((each) => each.currency === currency && each.from <= measure)
    .reduce<{ from: number; amount: number } | null>(
      (best, each) => (best && best.from > each.from ? best : each),
      null,
    )
  const carrier = rate.kind === 'carrier' ? carrierAmounts.get(rate.id) : undefined
  if (!step && carrier === undefined) return null
  const free = rate.freeOver[currency]
  if (free !== undefined && subtotal >= free) return { amount: 0, source: 'free_over' }
  if (carrier !== undefined) return { amount: carrier, source: 'carrier' }
  return { amount: step?.amount ?? 0, source: rate.kind === 'carrier' ? 'fallback' : 'rate' }
}

function isOffered(rule: RateRule, { currency, subtotal, grams, items, groupIds }: Parcel): boolean {
  const within = (value: number, minimum: number | undefined, maximum: number | undefined) =>
    (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum)
  return (
    within(subtotal, rule.minimum_subtotal?.[currency], rule.maximum_subtotal?.[currency]) &&
    within(grams, rule.minimum_grams, rule.maximum_grams) &&
    (!rule.only_items || items.every((item) => matchesItem(rule.only_items, item))) &&
    (!rule.without_items || !items.some((item) => matchesItem(rule.without_items, item))) &&
    (!rule.customer_group_ids?.length || rule.customer_group_ids.some((id) => groupIds.includes(id)))
  )
}

/** What of a destination keeps the shop from shipping there; null where it ships to exactly there. */
export function unshippedPart(
  zones: readonly ShippingZone[],
  destination: Destination,
): 'country' | 'region' | 'postal_code' | null {
  if (findZone(zones, destination)) return null
  const areas = zones.flatMap((zone) => zone.areas).filter(({ country }) => country === destination.country)
  if (areas.length === 0) return 'country'
  // Where a region would tell and there is none, it is what is missing.
  return destination.region === null && areas.some(({ region }) => region !== null) ? 'region' : 'postal_code'
}
