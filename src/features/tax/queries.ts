import { asc } from 'drizzle-orm'
import type { TaxZone } from '../../domain/tax.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows } from '../../platform/db/rows.ts'
import { taxRates, taxZones } from '../../platform/db/schema/tax.ts'

export function listTaxZones(): Query[] {
  return [q.select().from(taxZones), q.select().from(taxRates).orderBy(asc(taxRates.zoneId), asc(taxRates.category))]
}

/** Puts the results of `listTaxZones` together. */
export function toTaxZones(results: readonly unknown[]): TaxZone[] {
  const zones = results[0] as (typeof taxZones.$inferSelect)[]
  const rates = results[1] as (typeof taxRates.$inferSelect)[]
  return zones.map((zone) => ({
    ...zone,
    rates: rates
      .filter(({ zoneId }) => zoneId === zone.id)
      .map(({ category, name, ratePpm }) => ({ category, name, ratePpm })),
  }))
}

/** All tax zones under the one key `all`. */
export const taxFamily: Family<TaxZone[]> = {
  name: 'tax',
  ...USUAL_TIMES,
  queries: listTaxZones,
  collect: (results) => new Map([['all', toTaxZones(results)]]),
}

export function insertTaxZone({ rates, ...zone }: TaxZone): Write[] {
  return [
    ...insertRows(taxZones, [zone]),
    ...insertRows(
      taxRates,
      rates.map((rate) => ({ zoneId: zone.id, ...rate })),
    ),
  ]
}
