import { desc, eq, lt, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, listOf, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { pickupLocations, shippingRates } from '../../platform/db/schema/shipping.ts'
import type { PickupRow } from './queries.ts'

export function findPickup(id: string): Query<PickupRow[]> {
  return q.select().from(pickupLocations).where(eq(pickupLocations.id, id))
}

/** Which of `ids` there are. */
export function listKnownPickups(ids: readonly string[]): Query<{ id: string }[]> {
  return q
    .select({ id: pickupLocations.id })
    .from(pickupLocations)
    .where(sql`${pickupLocations.id} IN ${listOf(ids)}`)
}

/** Pickup locations, the newest first. @param before the last id shown. */
export function pageOfPickups(before: string | null, limit: number): Query<PickupRow[]> {
  return q
    .select()
    .from(pickupLocations)
    .where(before === null ? undefined : lt(pickupLocations.id, before))
    .orderBy(desc(pickupLocations.id))
    .limit(limit)
}

export function insertPickup(row: PickupRow): Write {
  return q.insert(pickupLocations).values(row)
}

/** Breaks `version_mismatch` when the location was changed since `version`. */
export function updatePickup(row: PickupRow, version: number): Write[] {
  return updateVersion(pickupLocations, { id: row.id, version }, row)
}

/** Breaks `version_mismatch`, and `pickup_location_in_use` while a rate leads to it. */
export function removePickup(id: string, version: number): Write[] {
  return [
    refuseWhen('pickup_location_in_use', sql`EXISTS (SELECT 1 FROM ${shippingRates} WHERE pickup_location_id = ${id})`),
    ...deleteVersion(pickupLocations, { id, version }),
  ]
}

/** Refuses `pickup_location_unknown` where one of `ids` is none. */
export function refuseUnknownPickups(ids: readonly string[]): Write[] {
  if (ids.length === 0) return []
  return [
    refuseWhen(
      'pickup_location_unknown',
      sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(ids)}) AS j
        WHERE NOT EXISTS (SELECT 1 FROM ${pickupLocations} WHERE id = j.value))`,
    ),
  ]
}
