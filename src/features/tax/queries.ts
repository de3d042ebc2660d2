import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Area } from '../../domain/area.ts'
import type { ShippingTax, TaxZone } from '../../domain/tax.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type AreaRow, toArea, toAreaRows } from '../../platform/db/area-rows.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, insertRows, updateVersion } from '../../platform/db/rows.ts'
import { taxAreas, taxRates, taxZones } from '../../platform/db/schema/tax.ts'
import { jsonRows } from '../../platform/db/statement.ts'

export type TaxZoneRow = typeof taxZones.$inferSelect
type RateRow = typeof taxRates.$inferSelect

/** A zone with its version, for staff. */
export interface StoredTaxZone extends TaxZone, Pick<TaxZoneRow, 'position' | 'version' | 'createdAt' | 'updatedAt'> {}

export function listTaxZones(): Query[] {
  return readZones(null)
}

/** One zone, in the form of `listTaxZones`. */
export function findTaxZoneById(id: string): Query[] {
  return readZones(sql`SELECT ${id}`)
}

/** A page of zones in their order, in the form of `listTaxZones`. @param after position and id of the last one shown. */
export function pageOfTaxZones(after: readonly [position: number, id: string] | null, limit: number): Query[] {
  return readZones(sql`SELECT id FROM ${taxZones}
    ${after ? sql`WHERE (position, id) > (${after[0]}, ${after[1]})` : sql``} ORDER BY position, id LIMIT ${limit}`)
}

/** @param ids a SELECT of zone ids; null is all of them. */
function readZones(ids: SQL | null): Query[] {
  const among = (column: SQLiteColumn) => (ids ? sql`${column} IN (${ids})` : undefined)
  return [
    q.select().from(taxZones).where(among(taxZones.id)).orderBy(asc(taxZones.position), asc(taxZones.id)),
    q
      .select()
      .from(taxAreas)
      .where(among(taxAreas.zoneId))
      .orderBy(asc(taxAreas.country), asc(taxAreas.region), asc(taxAreas.postalPattern)),
    // In the order in which staff wrote them, which is the one in which those of a category are worked out.
    q
      .select()
      .from(taxRates)
      .where(among(taxRates.zoneId))
      .orderBy(asc(taxRates.zoneId), asc(taxRates.position), asc(taxRates.category)),
  ]
}

/** Puts the results of `listTaxZones` together. */
export function toTaxZones(results: readonly unknown[]): StoredTaxZone[] {
  const [zones, areas, rates] = results as [TaxZoneRow[], AreaRow[], RateRow[]]
  const areasOf = Map.groupBy(areas, ({ zoneId }) => zoneId)
  const ratesOf = Map.groupBy(rates, ({ zoneId }) => zoneId)
  return zones.map(({ shippingRule, shippingCategory, roundingMode, roundingLevel, ...zone }) => ({
    ...zone,
    areas: (areasOf.get(zone.id) ?? []).map(toArea),
    shipping: toShippingTax(shippingRule, shippingCategory),
    rounding: { mode: roundingMode, level: roundingLevel },
    rates: (ratesOf.get(zone.id) ?? []).map(({ zoneId: _, position: __, ...rate }) => rate),
  }))
}

function toShippingTax(rule: ShippingTax['rule'], category: string | null): ShippingTax {
  return rule === 'category' ? { rule, category: category ?? '' } : { rule }
}

const zoneRows = jsonRows(taxZones)
const areaRows = jsonRows(taxAreas)
const rateRows = jsonRows(taxRates)

/** All that `listTaxZones` reads as one JSON array, to be a column of another statement. */
export const taxZonesJson = sql`json_array(${zoneRows.json(sql`ORDER BY position, id`)},
  ${areaRows.json(sql`ORDER BY country, region, postal_pattern`)}, ${rateRows.json(sql`ORDER BY zone_id, position, category`)})`

/** What `taxZonesJson` answers. */
export function parseTaxZones(text: string): StoredTaxZone[] {
  const [zones = [], areas = [], rates = []] = JSON.parse(text) as unknown[][][]
  return toTaxZones([zoneRows.toRows(zones), areaRows.toRows(areas), rateRows.toRows(rates)])
}

/** All tax zones under the one key `all`. */
export const taxFamily: Family<TaxZone[]> = {
  name: 'tax',
  ...USUAL_TIMES,
  queries: listTaxZones,
  collect: (results) => new Map([['all', toTaxZones(results)]]),
}

/** Commits break `tax_areas.country` when another zone has one of the areas. */
export function insertTaxZone(zone: StoredTaxZone): Write[] {
  return [
    ...insertRows(taxZones, [toRow(zone)]),
    ...insertRows(taxAreas, toAreaRows(zone.id, zone.areas)),
    ...insertRates(zone.id, zone.rates),
  ]
}

/**
 * Changes `parts` of a zone that was read at `version`. Breaks `version_mismatch`, and `tax_areas.country` when another zone
 * has one of the areas. @param parts the lists that are replaced; the zone's own row always is.
 */
export function updateTaxZone(zone: StoredTaxZone, version: number, parts: readonly string[]): Write[] {
  return [
    ...updateVersion(taxZones, { id: zone.id, version }, toRow(zone)),
    ...(parts.includes('areas')
      ? [removeAreas(zone.id), ...insertRows(taxAreas, toAreaRows(zone.id, zone.areas))]
      : []),
    ...(parts.includes('rates') ? [removeRates(zone.id), ...insertRates(zone.id, zone.rates)] : []),
  ]
}

/** Ends a zone as it was. Breaks `version_mismatch`. */
export function removeTaxZone(id: string, version: number): Write[] {
  return [removeAreas(id), removeRates(id), ...deleteVersion(taxZones, { id, version })]
}

/** All areas, with the zones they are in. */
export function listTaxAreas(): Query<(Area & { zoneId: string })[]> {
  return q
    .select({
      zoneId: taxAreas.zoneId,
      country: taxAreas.country,
      region: sql<string | null>`nullif(${taxAreas.region}, '')`.as('area_region'),
      postalPattern: sql<string | null>`nullif(${taxAreas.postalPattern}, '')`.as('area_pattern'),
    })
    .from(taxAreas)
}

function removeAreas(zoneId: string): Write {
  return q.delete(taxAreas).where(eq(taxAreas.zoneId, zoneId))
}

function removeRates(zoneId: string): Write {
  return q.delete(taxRates).where(eq(taxRates.zoneId, zoneId))
}

function toRow({ areas: _, rates: __, shipping, rounding, ...zone }: StoredTaxZone): TaxZoneRow {
  return {
    ...zone,
    shippingRule: shipping.rule,
    shippingCategory: shipping.rule === 'category' ? shipping.category : null,
    roundingMode: rounding.mode,
    roundingLevel: rounding.level,
  }
}

/** Rates of one category are worked out in their order. */
function insertRates(zoneId: string, rates: TaxZone['rates']): Write[] {
  return insertRows(
    taxRates,
    rates.map((rate, position) => ({ zoneId, position, ...rate })),
  )
}
