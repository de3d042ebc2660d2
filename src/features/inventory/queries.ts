import { type SQL, sql } from 'drizzle-orm'
import type { PlannedHold } from '../../domain/allocation.ts'
import type { InventoryPolicy } from '../../domain/product.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { locations, stockHolds, stockLevels, stockMovements } from '../../platform/db/schema/inventory.ts'
import { type Fragment, fragment, statement } from '../../platform/db/statement.ts'
import { defaultLocation, openLevels } from './shelf-queries.ts'

/**
 * A variant's levels at active locations as one JSON array of `LevelJson`, for other features' reads. Holds that have
 * expired, and those of `ownOrderId`, count as freeable.
 * @param variantId the outer query's column. @param ownOrderId given by a checkout, which also needs to know where each
 *   location is: that costs one row read more a level.
 */
export function levelsJson(variantId: SQL, now: Date, ownOrderId: Fragment | null = null): Fragment<string> {
  const freeable = ownOrderId
    ? fragment`(h.expires_at <= ${now.getTime()} OR h.order_id = ${ownOrderId})`
    : fragment`h.expires_at <= ${now.getTime()}`
  const place = ownOrderId ? fragment`, 'country', l.country, 'priority', l.priority` : fragment``
  const placeOf = ownOrderId ? fragment`, at.country, at.priority` : fragment``
  const at = ownOrderId ? fragment`JOIN ${locations} AS at ON at.id = s.location_id` : fragment``
  return fragment<string>`(SELECT json_group_array(json_object(
      'location_id', l.location_id, 'policy', l.policy, 'backorder_limit', l.backorder_limit,
      'on_hand', l.on_hand, 'held', l.held${place},
      'freeable', (SELECT coalesce(sum(h.quantity), 0) FROM ${stockHolds} AS h
        WHERE h.variant_id = l.variant_id AND h.location_id = l.location_id AND ${freeable})))
    FROM (SELECT s.variant_id, s.location_id, s.policy, s.backorder_limit, s.on_hand, s.held${placeOf}
      FROM ${stockLevels} AS s ${at} WHERE s.variant_id = ${variantId} AND s.active = 1 ORDER BY s.location_id) AS l)`
}

export interface LevelJson {
  location_id: string
  policy: InventoryPolicy
  backorder_limit: number | null
  on_hand: number
  held: number
  freeable: number
  /** Where it is, only in what a checkout reads. */
  country?: string | null
  priority?: number
}

/** True where something of the variant can be sold; `alias` is the outer query's stock_levels. */
export function sellable(alias: string): SQL {
  return sql.raw(`${alias}.sellable`)
}

/**
 * Holds stock for `orderId`. Committing breaks `stock_not_oversold` if any is short by then.
 * @param holds one row a variant and location.
 */
export function holdStock(orderId: string, holds: readonly PlannedHold[], until: Date): Write[] {
  if (holds.length === 0) return []
  return [
    statement`UPDATE ${stockLevels} SET held = held + (j.value ->> '$.quantity')
      FROM json_each(${JSON.stringify(holds)}) AS j
      WHERE variant_id = j.value ->> '$.variantId' AND location_id = j.value ->> '$.locationId'`,
    ...insertRows(
      stockHolds,
      holds.map((hold) => ({ ...hold, orderId, expiresAt: until.getTime() })),
    ),
  ]
}

/** Lets go of holds of these variants that have expired: every checkout sweeps before its own steps. */
export function freeExpiredHolds(variantIds: readonly string[], now: Date): Write[] {
  if (variantIds.length === 0) return []
  return freeHolds(
    fragment`h.variant_id IN (SELECT value FROM json_each(${JSON.stringify(variantIds)})) AND h.expires_at <= ${now.getTime()}`,
  )
}

/** The same for every variant, for the cron. */
export function freeAllExpiredHolds(now: Date): Write[] {
  return freeHolds(fragment`h.expires_at <= ${now.getTime()}`)
}

/** Lets go of what `orderId` still holds of these variants. */
export function freeOrderHolds(orderId: string, variantIds: readonly string[]): Write[] {
  if (variantIds.length === 0) return []
  return freeHolds(
    fragment`h.variant_id IN (SELECT value FROM json_each(${JSON.stringify(variantIds)})) AND h.order_id = ${orderId}`,
  )
}

/** Lets go of the holds that are meant by `which`, a condition on `h`. */
export function freeHolds(which: Fragment): Write[] {
  return [
    statement`UPDATE ${stockLevels} SET held = held - f.quantity
      FROM (SELECT h.variant_id, h.location_id, sum(h.quantity) AS quantity FROM ${stockHolds} AS h
        WHERE ${which} GROUP BY h.variant_id, h.location_id) AS f
      WHERE stock_levels.variant_id = f.variant_id AND stock_levels.location_id = f.location_id`,
    statement`DELETE FROM ${stockHolds} AS h WHERE ${which}`,
  ]
}

/**
 * Turns what `orderId` holds into a sale: shelf and hold fall together, so that nobody sees them free in between.
 * @param holds what was read as held. Breaks `holds_changed` when they are not exactly these any more.
 */
export function sellHeldStock(orderId: string, holds: readonly PlannedHold[], now: Date): Write[] {
  if (holds.length === 0) return []
  // By the whole key of each hold: by variant and order alone all holds of the variant would be walked.
  const isHeld = fragment`(h.variant_id, h.location_id, h.order_id) IN
    (SELECT value ->> '$.variantId', value ->> '$.locationId', ${orderId} FROM json_each(${JSON.stringify(holds)}))`
  const total = holds.reduce((sum, { quantity }) => sum + quantity, 0)
  return [
    statement`INSERT INTO guard SELECT 'holds_changed'
      WHERE (SELECT coalesce(sum(h.quantity), 0) FROM ${stockHolds} AS h WHERE ${isHeld}) <> ${total}`,
    statement`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      SELECT h.variant_id, h.location_id, ${orderId}, 'sale', -h.quantity, ${now.getTime()}
      FROM ${stockHolds} AS h WHERE ${isHeld}`,
    statement`UPDATE ${stockLevels} SET on_hand = on_hand - f.quantity, held = held - f.quantity, updated_at = ${now.getTime()}
      FROM (SELECT h.variant_id, h.location_id, h.quantity FROM ${stockHolds} AS h WHERE ${isHeld}) AS f
      WHERE stock_levels.variant_id = f.variant_id AND stock_levels.location_id = f.location_id`,
    statement`DELETE FROM ${stockHolds} AS h WHERE ${isHeld}`,
  ]
}

/** Takes stock that is not held any more, for a payment that came late. Breaks `stock_not_oversold` if any is short. */
export function sellStock(orderId: string, sales: readonly PlannedHold[], now: Date): Write[] {
  if (sales.length === 0) return []
  const json = JSON.stringify(sales)
  return [
    q.run(sql`UPDATE ${stockLevels} SET on_hand = on_hand - (j.value ->> '$.quantity'), updated_at = ${now.getTime()}
      FROM json_each(${json}) AS j
      WHERE ${stockLevels.variantId} = j.value ->> '$.variantId' AND ${stockLevels.locationId} = j.value ->> '$.locationId'`),
    ...insertRows(
      stockMovements,
      sales.map(({ variantId, locationId, quantity }) => ({
        variantId,
        locationId,
        reference: orderId,
        reason: 'sale',
        delta: -quantity,
        incomingDelta: 0,
        at: now.getTime(),
      })),
    ),
  ]
}

/** Refuses `location_not_found` where there is no such place. */
export function refuseUnlessLocation(id: string): Write {
  return refuseWhen('location_not_found', sql`NOT EXISTS (SELECT 1 FROM ${locations} WHERE id = ${id})`)
}

/**
 * What an order has taken from each shelf, less what its refunds and its end have put back.
 * @param variantIds of its lines. @param references its refunds.
 */
export function listSold(orderId: SQL, variantIds: SQL, references: SQL): Query<PlannedHold[]> {
  // By shelf, because the ledger is kept so: a variant's whole history may be long.
  return q.all(sql`SELECT l.variant_id AS variantId, l.location_id AS locationId, -sum(m.delta) AS quantity
    FROM ${stockLevels} AS l JOIN ${stockMovements} AS m ON m.variant_id = l.variant_id AND m.location_id = l.location_id
      AND (m.reference = ${orderId} OR m.reference IN ${references})
    WHERE l.variant_id IN ${variantIds}
    GROUP BY l.variant_id, l.location_id HAVING sum(m.delta) < 0 ORDER BY l.variant_id, l.location_id`)
}

/**
 * Puts goods back on their shelves; what came from a location that has closed since goes to the default one.
 * @param reference the refund or order that brings them back.
 */
export function restock(
  places: readonly PlannedHold[],
  reference: string,
  reason: 'return' | 'cancel',
  now: Date,
): Write[] {
  if (places.length === 0) return []
  const at = now.getTime()
  const from = sql`json_each(${JSON.stringify(places)}) AS j`
  const variantId = sql`j.value ->> '$.variantId'`
  const open = sql`(SELECT o.location_id FROM ${stockLevels} AS o WHERE o.variant_id = ${variantId}
    AND o.location_id = j.value ->> '$.locationId' AND o.active = 1)`
  const back = sql`(SELECT ${variantId} AS variant_id, coalesce(${open}, ${defaultLocation}) AS location_id,
    sum(j.value ->> '$.quantity') AS quantity FROM ${from} GROUP BY 1, 2)`
  return [
    openLevels(sql`(SELECT ${variantId} FROM ${from} WHERE NOT EXISTS ${open})`, defaultLocation, now),
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      SELECT b.variant_id, b.location_id, ${reference}, ${reason}, b.quantity, ${at} FROM ${back} AS b`),
    q.run(sql`UPDATE ${stockLevels} SET on_hand = on_hand + b.quantity, updated_at = ${at} FROM ${back} AS b
      WHERE ${stockLevels.variantId} = b.variant_id AND ${stockLevels.locationId} = b.location_id`),
  ]
}

/** Keeps what `orderId` holds of these variants until `until` at least. */
export function extendHolds(orderId: string, variantIds: readonly string[], until: number): Write[] {
  if (variantIds.length === 0) return []
  return [
    q.run(sql`UPDATE ${stockHolds} SET expires_at = max(expires_at, ${until})
      WHERE variant_id IN ${listOf(variantIds)} AND order_id = ${orderId}`),
  ]
}
