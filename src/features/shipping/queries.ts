import { asc } from 'drizzle-orm'
import type { ShippingZone } from '../../domain/shipping.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows } from '../../platform/db/rows.ts'
import {
  shippingRatePrices,
  shippingRates,
  shippingZoneCountries,
  shippingZones,
} from '../../platform/db/schema/shipping.ts'

/** The shop's zones in four small tables: one read for all of them, because a shop has few. */
export function listZones(): Query[] {
  return [
    q.select().from(shippingZones),
    q.select().from(shippingZoneCountries).orderBy(asc(shippingZoneCountries.country)),
    q.select().from(shippingRates).orderBy(asc(shippingRates.position), asc(shippingRates.id)),
    q.select().from(shippingRatePrices),
  ]
}

/** Puts the results of `listZones` together. */
export function toZones(results: readonly unknown[]): ShippingZone[] {
  const zones = results[0] as (typeof shippingZones.$inferSelect)[]
  const countries = results[1] as (typeof shippingZoneCountries.$inferSelect)[]
  const rates = results[2] as (typeof shippingRates.$inferSelect)[]
  const prices = results[3] as (typeof shippingRatePrices.$inferSelect)[]
  return zones.map(({ id, name }) => ({
    id,
    name,
    countries: countries.filter(({ zoneId }) => zoneId === id).map(({ country }) => country),
    rates: rates
      .filter(({ zoneId }) => zoneId === id)
      .map((rate) => ({
        id: rate.id,
        name: rate.name,
        description: rate.description,
        prices: Object.fromEntries(
          prices.filter(({ rateId }) => rateId === rate.id).map(({ currency, amount }) => [currency, amount]),
        ),
      })),
  }))
}

/** All zones under the one key `all`. */
export const zonesFamily: Family<ShippingZone[]> = {
  name: 'shipping',
  ...USUAL_TIMES,
  queries: listZones,
  collect: (results) => new Map([['all', toZones(results)]]),
}

export function insertZone(zone: ShippingZone): Write[] {
  return [
    ...insertRows(shippingZones, [{ id: zone.id, name: zone.name }]),
    ...insertRows(
      shippingZoneCountries,
      zone.countries.map((country) => ({ country, zoneId: zone.id })),
    ),
    ...insertRows(
      shippingRates,
      zone.rates.map(({ id, name, description }, position) => ({ id, zoneId: zone.id, name, description, position })),
    ),
    ...insertRows(
      shippingRatePrices,
      zone.rates.flatMap(({ id, prices }) =>
        Object.entries(prices).map(([currency, amount]) => ({ rateId: id, currency, amount })),
      ),
    ),
  ]
}
