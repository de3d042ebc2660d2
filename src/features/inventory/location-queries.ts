import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { locations, stockLevels } from '../../platform/db/schema/inventory.ts'
import { fragment } from '../../platform/db/statement.ts'
import { freeHolds } from './queries.ts'

export type LocationRow = typeof locations.$inferSelect

export function findLocation(id: string): Query<LocationRow[]> {
  return q.select().from(locations).where(eq(locations.id, id))
}

export function findDefaultLocation(): Query<LocationRow[]> {
  return q.select().from(locations).where(sql`is_default = 1`)
}

/** A page of locations, those that stock is taken from first. @param after priority and id of the last one shown. */
export function pageOfLocations(
  after: readonly [priority: number, id: string] | null,
  limit: number,
): Query<LocationRow[]> {
  return q
    .select()
    .from(locations)
    .where(after ? sql`(${locations.priority}, ${locations.id}) > (${after[0]}, ${after[1]})` : undefined)
    .orderBy(asc(locations.priority), asc(locations.id))
    .limit(limit)
}

/** A place that stock stands at. */
export function insertLocation(row: LocationRow): Write {
  return q.insert(locations).values(row)
}

/**
 * Changes a location from what it was at `version`. Breaks `version_mismatch`, and `location_default_active` where it is
 * closed and the default one.
 */
export function updateLocation(row: LocationRow, version: number): Write[] {
  return updateVersion(locations, { id: row.id, version }, row)
}

/** The default location is one no more: another becomes it in the same batch. */
export function resignDefault(now: Date): Write {
  return q
    .update(locations)
    .set({ isDefault: false, version: sql`version + 1`, updatedAt: now.getTime() })
    .where(sql`is_default = 1`)
}

/**
 * Refuses `location_in_use` where something stands, is held or is expected at the location; holds that have run out are
 * let go of first. Its levels are read, by way of all there are: no index leads to them, because nothing else asks so.
 */
export function refuseInUse(id: string, now: Date): Write[] {
  return [
    ...freeHolds(fragment`h.location_id = ${id} AND h.expires_at <= ${now.getTime()}`),
    refuseWhen('location_in_use', sql`EXISTS (SELECT 1 FROM ${stockLevels} WHERE ${isInUse(id)})`),
  ]
}

/** What keeps a location from closing, the first few. */
export function listInUse(id: string, limit: number) {
  const { variantId, onHand, held, incoming } = stockLevels
  return q.select({ variantId, onHand, held, incoming }).from(stockLevels).where(isInUse(id)).limit(limit)
}

function isInUse(id: string): SQL {
  return sql`location_id = ${id} AND (on_hand <> 0 OR held <> 0 OR incoming <> 0)`
}
