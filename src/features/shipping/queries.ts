import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Area } from '../../domain/area.ts'
import type { PickupLocation, ShippingRate, ShippingZone } from '../../domain/shipping.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type AreaRow, toArea, toAreaRows } from '../../platform/db/area-rows.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, insertRows, listOf, updateVersion, upsertRows } from '../../platform/db/rows.ts'
import { pickupLocations, shippingAreas, shippingRates, shippingZones } from '../../platform/db/schema/shipping.ts'
import { jsonRows } from '../../platform/db/statement.ts'

export type ZoneRow = typeof shippingZones.$inferSelect
export type PickupRow = typeof pickupLocations.$inferSelect
type RateRow = typeof shippingRates.$inferSelect

/** A zone with its version, for staff. */
export interface StoredZone extends ShippingZone, Pick<ZoneRow, 'position' | 'version' | 'createdAt' | 'updatedAt'> {}

/** The shop's zones in four small tables: one read for all of them, because a shop has few. */
export function listZones(): Query[] {
  return readZones(null)
}

/** One zone, in the form of `listZones`. */
export function findZoneById(id: string): Query[] {
  return readZones(sql`SELECT ${id}`)
}

/** A page of zones in their order, in the form of `listZones`. @param after position and id of the last one shown. */
export function pageOfZones(after: readonly [position: number, id: string] | null, limit: number): Query[] {
  return readZones(sql`SELECT id FROM ${shippingZones}
    ${after ? sql`WHERE (position, id) > (${after[0]}, ${after[1]})` : sql``} ORDER BY position, id LIMIT ${limit}`)
}

/** @param ids a SELECT of zone ids; null is all of them. */
function readZones(ids: SQL | null): Query[] {
  const among = (column: SQLiteColumn) => (ids ? sql`${column} IN (${ids})` : undefined)
  return [
    q
      .select()
      .from(shippingZones)
      .where(among(shippingZones.id))
      .orderBy(asc(shippingZones.position), asc(shippingZones.id)),
    q
      .select()
      .from(shippingAreas)
      .where(among(shippingAreas.zoneId))
      .orderBy(asc(shippingAreas.country), asc(shippingAreas.region), asc(shippingAreas.postalPattern)),
    q
      .select()
      .from(shippingRates)
      .where(among(shippingRates.zoneId))
      .orderBy(asc(shippingRates.position), asc(shippingRates.id)),
    q.select().from(pickupLocations),
  ]
}

/** Puts the results of `listZones` together. */
export function toZones(results: readonly unknown[]): StoredZone[] {
  const [zones, areas, rates, pickups] = results as [ZoneRow[], AreaRow[], RateRow[], PickupRow[]]
  const areasOf = Map.groupBy(areas, ({ zoneId }) => zoneId)
  const ratesOf = Map.groupBy(rates, ({ zoneId }) => zoneId)
  const places = new Map(pickups.map((row) => [row.id, toPickup(row)]))
  return zones.map((zone) => ({
    ...zone,
    areas: (areasOf.get(zone.id) ?? []).map(toArea),
    rates: (ratesOf.get(zone.id) ?? []).map(({ zoneId: _, position: __, pickupLocationId, ...rate }) => ({
      ...rate,
      pickup: places.get(pickupLocationId ?? '') ?? null,
    })),
  }))
}

function toPickup({ postalCode, version: _, createdAt: __, updatedAt: ___, ...row }: PickupRow): PickupLocation {
  return { ...row, postal_code: postalCode }
}

const zoneRows = jsonRows(shippingZones)
const areaRows = jsonRows(shippingAreas)
const rateRows = jsonRows(shippingRates)
const pickupRows = jsonRows(pickupLocations)

/** All that `listZones` reads as one JSON array, to be a column of another statement. */
export const zonesJson = sql`json_array(${zoneRows.json(sql`ORDER BY position, id`)},
  ${areaRows.json(sql`ORDER BY country, region, postal_pattern`)}, ${rateRows.json(sql`ORDER BY position, id`)},
  ${pickupRows.json(sql``)})`

/** What `zonesJson` answers. */
export function parseZones(text: string): StoredZone[] {
  const [zones = [], areas = [], rates = [], pickups = []] = JSON.parse(text) as unknown[][][]
  return toZones([zoneRows.toRows(zones), areaRows.toRows(areas), rateRows.toRows(rates), pickupRows.toRows(pickups)])
}

/** All zones under the one key `all`. */
export const zonesFamily: Family<ShippingZone[]> = {
  name: 'shipping',
  ...USUAL_TIMES,
  queries: listZones,
  collect: (results) => new Map([['all', toZones(results)]]),
}

/** A rate before it is stored: the location where goods are picked up is named by its id. */
export type RateDraft = Omit<ShippingRate, 'pickup'> & { pickupLocationId: string | null }
export type ZoneDraft = Omit<StoredZone, 'rates'> & { rates: readonly RateDraft[] }

/** Commits break `shipping_areas.country` when another zone has one of the areas. */
export function insertZone({ areas, rates, ...zone }: ZoneDraft): Write[] {
  return [
    ...insertRows(shippingZones, [zone]),
    ...insertRows(shippingAreas, toAreaRows(zone.id, areas)),
    ...insertRows(shippingRates, toRateRows(zone.id, rates)),
  ]
}

function toRateRows(zoneId: string, rates: readonly RateDraft[]): RateRow[] {
  return rates.map((rate, position) => ({ ...rate, zoneId, position }))
}

/**
 * Changes `parts` of a zone that was read at `version`. Breaks `version_mismatch`, and `shipping_areas.country` when another
 * zone has one of the areas. @param parts the lists that are replaced; the zone's own row always is.
 */
export function updateZone({ areas, rates, ...zone }: ZoneDraft, version: number, parts: readonly string[]): Write[] {
  return [
    ...updateVersion(shippingZones, { id: zone.id, version }, zone),
    ...(parts.includes('areas')
      ? [removeAreas(zone.id), ...insertRows(shippingAreas, toAreaRows(zone.id, areas))]
      : []),
    ...(parts.includes('rates') ? replaceRates(zone.id, rates) : []),
  ]
}

function removeAreas(zoneId: string): Write {
  return q.delete(shippingAreas).where(eq(shippingAreas.zoneId, zoneId))
}

/** Rates that stay keep their rows: carts have chosen them by their ids. */
function replaceRates(zoneId: string, rates: readonly RateDraft[]): Write[] {
  const kept = listOf(rates.map(({ id }) => id))
  return [
    q.delete(shippingRates).where(and(eq(shippingRates.zoneId, zoneId), sql`${shippingRates.id} NOT IN ${kept}`)),
    ...upsertRows(shippingRates, toRateRows(zoneId, rates), [shippingRates.id]),
  ]
}

/** Ends a zone as it was, with its rates: carts that have chosen one are told so. Breaks `version_mismatch`. */
export function removeZone(id: string, version: number): Write[] {
  return [
    removeAreas(id),
    q.delete(shippingRates).where(eq(shippingRates.zoneId, id)),
    ...deleteVersion(shippingZones, { id, version }),
  ]
}

/** All areas, with the zones they are in. */
export function listAreas(): Query<(Area & { zoneId: string })[]> {
  return q
    .select({
      zoneId: shippingAreas.zoneId,
      country: shippingAreas.country,
      region: sql<string | null>`nullif(${shippingAreas.region}, '')`.as('area_region'),
      postalPattern: sql<string | null>`nullif(${shippingAreas.postalPattern}, '')`.as('area_pattern'),
    })
    .from(shippingAreas)
}
