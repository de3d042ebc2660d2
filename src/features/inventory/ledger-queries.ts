import { type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf, refuseWhen } from '../../platform/db/rows.ts'
import { locations, stockLevels, stockMovements } from '../../platform/db/schema/inventory.ts'
import { fragment } from '../../platform/db/statement.ts'
import { type VariantName, variantNamed } from './level-queries.ts'
import { freeExpiredHolds, freeHolds } from './queries.ts'
import { defaultLocation, openLevels } from './shelf-queries.ts'

/** Why a shelf changes, and by how much. */
export interface Adjustment {
  delta: number
  incomingDelta: number
  reason: string
  reference: string
  at: Date
}

/**
 * Moves a shelf, or what is expected there, and writes down why. A variant that has no level there yet gets one. The
 * default location is used when none is named. Committing breaks `stock_variant_unknown`, `stock_location_unknown` (there
 * is none, or it is closed), `stock_not_oversold` when less would be left than live checkouts hold, and
 * `stock_incoming_not_negative` when more arrives than was expected.
 */
export function adjustStock(target: VariantName, locationId: string | null, movement: Adjustment): Write[] {
  const variant = variantNamed(target)
  const location = locationId === null ? defaultLocation : sql`${locationId}`
  const { delta, incomingDelta, reason, reference, at } = movement
  const now = at.getTime()
  return [
    refuseWhen('stock_variant_unknown', sql`NOT EXISTS ${variant}`),
    refuseClosed(location),
    ...freeHolds(fragment`h.variant_id IN ${variant} AND h.expires_at <= ${now}`),
    openLevels(variant, location, at),
    q.run(sql`UPDATE ${stockLevels} SET on_hand = on_hand + ${delta}, incoming = incoming + ${incomingDelta},
      updated_at = ${now} WHERE variant_id = ${variant} AND location_id = ${location}`),
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, incoming_delta, at)
      VALUES (${variant}, ${location}, ${reference}, ${reason}, ${delta}, ${incomingDelta}, ${now})`),
  ]
}

function refuseClosed(location: SQL): Write {
  return refuseWhen(
    'stock_location_unknown',
    sql`NOT EXISTS (SELECT 1 FROM ${locations} AS p WHERE p.id = ${location} AND p.active = 1)`,
  )
}

/** Goods that go from one location to another. */
export interface Transfer {
  from: string
  to: string
  reason: string
  reference: string
  at: Date
}

/**
 * Moves goods between locations: two movements a variant, under one reference. Only what stands on the shelf and is nobody's
 * can go. Breaks `stock_not_oversold` where there is less, and `stock_location_unknown` where `to` is closed.
 * @param items one a variant.
 */
export function transferStock(
  items: readonly { variantId: string; quantity: number }[],
  { from, to, reason, reference, at }: Transfer,
): Write[] {
  const now = at.getTime()
  const json = JSON.stringify(items)
  const ids = items.map(({ variantId }) => variantId)
  const each = sql`json_each(${json}) AS j`
  const variantId = sql`j.value ->> '$.variantId'`
  const quantity = sql`(j.value ->> '$.quantity')`
  return [
    refuseClosed(sql`${to}`),
    ...freeExpiredHolds(ids, at),
    // Asked before the shelves are touched: what backorders owe is not there to be moved, though the row would allow it.
    refuseWhen(
      'stock_not_oversold',
      sql`EXISTS (SELECT 1 FROM ${each} WHERE ${quantity} > coalesce((SELECT l.on_hand - l.held FROM ${stockLevels} AS l
        WHERE l.variant_id = ${variantId} AND l.location_id = ${from}), 0))`,
    ),
    openLevels(listOf(ids), sql`${to}`, at),
    q.run(sql`UPDATE ${stockLevels} SET on_hand = on_hand + CASE location_id WHEN ${to} THEN ${quantity} ELSE -${quantity} END,
        updated_at = ${now}
      FROM ${each} WHERE ${stockLevels.variantId} = ${variantId} AND ${stockLevels.locationId} IN (${from}, ${to})`),
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      SELECT ${variantId}, ${from}, ${reference}, ${reason}, -${quantity}, ${now} FROM ${each}
      UNION ALL SELECT ${variantId}, ${to}, ${reference}, ${reason}, ${quantity}, ${now} FROM ${each}`),
  ]
}

export interface MovementRow {
  locationId: string
  reference: string
  reason: string
  delta: number
  incomingDelta: number
  at: number
}

/**
 * The movements of one variant, the newest first. All of them are read and sorted: an index by time would be a row more to
 * write for every line that is sold.
 * @param before time, location, reference and reason of the last one shown.
 */
export function pageOfMovements(
  name: VariantName,
  locationId: string | null,
  before: readonly [at: number, locationId: string, reference: string, reason: string] | null,
  limit: number,
): Query<MovementRow[]> {
  const bounds = [
    sql`variant_id = ${variantNamed(name)}`,
    ...(locationId === null ? [] : [sql`location_id = ${locationId}`]),
    ...(before
      ? [sql`(at, location_id, reference, reason) < (${before[0]}, ${before[1]}, ${before[2]}, ${before[3]})`]
      : []),
  ]
  return q.all<MovementRow>(sql`SELECT location_id AS locationId, reference, reason, delta,
      incoming_delta AS incomingDelta, at
    FROM ${stockMovements} WHERE ${sql.join(bounds, sql` AND `)}
    ORDER BY at DESC, location_id DESC, reference DESC, reason DESC LIMIT ${limit}`)
}
