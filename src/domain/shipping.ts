/** A way to ship to some countries, with one flat price a currency. */
export interface ShippingZone {
  id: string
  name: string
  countries: readonly string[]
  rates: readonly ShippingRate[]
}

export interface ShippingRate {
  id: string
  name: string
  description: string
  /** Currency -> minor units. */
  prices: Readonly<Record<string, number>>
}

/** A rate as offered to one cart. */
export interface ShippingOption {
  id: string
  name: string
  description: string
  amount: number
}

/** The options for `country` in `currency`, in the shop's order; a rate without a price in `currency` is not offered. */
export function listShippingOptions(
  zones: readonly ShippingZone[],
  country: string,
  currency: string,
): ShippingOption[] {
  const zone = zones.find((candidate) => candidate.countries.includes(country))
  if (!zone) return []
  return zone.rates.flatMap(({ id, name, description, prices }) => {
    const amount = prices[currency]
    return amount === undefined ? [] : [{ id, name, description, amount }]
  })
}

/** Whether anything is shipped to `country` at all. */
export function shipsTo(zones: readonly ShippingZone[], country: string): boolean {
  return zones.some((zone) => zone.countries.includes(country))
}
