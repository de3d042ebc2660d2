import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { InventoryPolicy } from '../../domain/product.ts'
import type { PlannedHold } from '../../domain/stock.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { variants } from '../../platform/db/schema/catalog.ts'
import { locations, stockHolds, stockLevels, stockMovements } from '../../platform/db/schema/inventory.ts'

/**
 * A variant's levels as one JSON array, for other features' reads: `{location_id, policy, backorder_limit, on_hand,
 * held, freeable}`. Holds that have expired, and those of `ownOrderId`, count as freeable.
 * @param variantId the outer query's column.
 */
export function levelsJson(variantId: SQL, now: Date, ownOrderId: SQL | null = null): SQL<string> {
  const freeable = ownOrderId
    ? sql`(h.expires_at <= ${now.getTime()} OR h.order_id = ${ownOrderId})`
    : sql`h.expires_at <= ${now.getTime()}`
  return sql<string>`(SELECT json_group_array(json_object(
      'location_id', l.location_id, 'policy', l.policy, 'backorder_limit', l.backorder_limit,
      'on_hand', l.on_hand, 'held', l.held,
      'freeable', (SELECT coalesce(sum(h.quantity), 0) FROM ${stockHolds} AS h
        WHERE h.variant_id = l.variant_id AND h.location_id = l.location_id AND ${freeable})))
    FROM (SELECT * FROM ${stockLevels} WHERE variant_id = ${variantId} ORDER BY location_id) AS l)`
}

export interface LevelJson {
  location_id: string
  policy: InventoryPolicy
  backorder_limit: number | null
  on_hand: number
  held: number
  freeable: number
}

/** True where something of the variant can be sold; `alias` is the outer query's stock_levels. */
export function sellable(alias: string): SQL {
  const level = sql.raw(alias)
  return sql`(${level}.policy = 'untracked' OR ${level}.on_hand - ${level}.held >
    CASE ${level}.policy WHEN 'deny' THEN 0 ELSE -coalesce(${level}.backorder_limit, 9007199254740991) END)`
}

export interface InventoryRow {
  variantId: string
  sku: string | null
  locationId: string
  policy: InventoryPolicy
  onHand: number
  held: number
}

const inventoryColumns = {
  variantId: stockLevels.variantId,
  sku: variants.sku,
  locationId: stockLevels.locationId,
  policy: stockLevels.policy,
  onHand: stockLevels.onHand,
  held: stockLevels.held,
}

/** Stock of one variant by SKU or id, or a page of all of it in order of variant and location. */
export function listInventory(
  filter: { sku?: string | undefined; variantId?: string | undefined },
  after: { variantId: string; locationId: string } | null,
  limit: number,
): Query<InventoryRow[]> {
  return q
    .select(inventoryColumns)
    .from(stockLevels)
    .innerJoin(variants, eq(variants.id, stockLevels.variantId))
    .where(
      and(
        filter.sku === undefined ? undefined : eq(variants.sku, filter.sku),
        filter.variantId === undefined ? undefined : eq(stockLevels.variantId, filter.variantId),
        // Written out, because SQLite uses the partial index on SKUs only where it sees this very term.
        sql`${variants.archived} = 0`,
        after
          ? sql`(${stockLevels.variantId}, ${stockLevels.locationId}) > (${after.variantId}, ${after.locationId})`
          : undefined,
      ),
    )
    .orderBy(asc(stockLevels.variantId), asc(stockLevels.locationId))
    .limit(limit)
}

/**
 * Moves a shelf by `delta` and writes down why. Committing breaks `stock_not_oversold` when less would be left than
 * live checkouts hold, and `level_missing` when there is no such shelf. The default location is used when none is named.
 */
export function adjustStock(
  target: { variantId: string } | { sku: string },
  locationId: string | null,
  movement: { delta: number; reason: string; reference: string; at: Date },
): Write[] {
  const variant =
    'sku' in target
      ? sql`(SELECT id FROM ${variants} WHERE sku = ${target.sku} AND archived = 0)`
      : sql`${target.variantId}`
  const location = locationId === null ? sql`(SELECT id FROM ${locations} WHERE is_default = 1)` : sql`${locationId}`
  const { delta, reason, reference, at } = movement
  return [
    q.run(sql`UPDATE ${stockLevels} SET on_hand = on_hand + ${delta}, updated_at = ${at.getTime()}
      WHERE variant_id = ${variant} AND location_id = ${location}`),
    refuseWhen('level_missing', sql`changes() <> 1`),
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      VALUES (${variant}, ${location}, ${reference}, ${reason}, ${delta}, ${at.getTime()})`),
  ]
}

/** First shelves of new variants at the default location, with the movement that explains what stands on them. */
export function openStock(
  rows: readonly { variantId: string; policy: InventoryPolicy; onHand: number }[],
  reference: string,
  now: Date,
): Write[] {
  if (rows.length === 0) return []
  const json = JSON.stringify(rows)
  const location = sql`(SELECT id FROM ${locations} WHERE is_default = 1)`
  return [
    q.run(sql`INSERT INTO ${stockLevels} (variant_id, location_id, policy, backorder_limit, on_hand, held, incoming, updated_at)
      SELECT j.value ->> '$.variantId', ${location}, j.value ->> '$.policy', NULL, j.value ->> '$.onHand', 0, 0, ${now.getTime()}
      FROM json_each(${json}) AS j`),
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      SELECT j.value ->> '$.variantId', ${location}, ${reference}, 'initial', j.value ->> '$.onHand', ${now.getTime()}
      FROM json_each(${json}) AS j WHERE j.value ->> '$.onHand' <> 0`),
  ]
}

/** Another policy for variants that have shelves already. Breaks `stock_not_oversold` when live holds forbid it. */
export function setPolicies(rows: readonly { variantId: string; policy: InventoryPolicy }[], now: Date): Write[] {
  if (rows.length === 0) return []
  return [
    q.run(sql`UPDATE ${stockLevels} SET policy = j.value ->> '$.policy', updated_at = ${now.getTime()}
      FROM json_each(${JSON.stringify(rows)}) AS j WHERE ${stockLevels.variantId} = j.value ->> '$.variantId'`),
  ]
}

/** Sets the default location's shelves to a counted number: the movement is the difference to what stood there. */
export function overwriteStock(
  rows: readonly { variantId: string; onHand: number }[],
  reference: string,
  now: Date,
): Write[] {
  if (rows.length === 0) return []
  const json = JSON.stringify(rows)
  const location = sql`(SELECT id FROM ${locations} WHERE is_default = 1)`
  return [
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      SELECT l.variant_id, l.location_id, ${reference}, 'count', (j.value ->> '$.onHand') - l.on_hand, ${now.getTime()}
      FROM json_each(${json}) AS j JOIN ${stockLevels} AS l
        ON l.variant_id = j.value ->> '$.variantId' AND l.location_id = ${location}
      WHERE l.on_hand <> j.value ->> '$.onHand'`),
    q.run(sql`UPDATE ${stockLevels} SET on_hand = j.value ->> '$.onHand', updated_at = ${now.getTime()}
      FROM json_each(${json}) AS j WHERE ${stockLevels.variantId} = j.value ->> '$.variantId'
        AND ${stockLevels.locationId} = ${location} AND on_hand <> j.value ->> '$.onHand'`),
  ]
}

/**
 * Holds stock for `orderId`. Committing breaks `stock_not_oversold` if any is short by then.
 * @param holds one row a variant and location.
 */
export function holdStock(orderId: string, holds: readonly PlannedHold[], until: Date): Write[] {
  if (holds.length === 0) return []
  return [
    q.run(sql`UPDATE ${stockLevels} SET held = held + (j.value ->> '$.quantity')
      FROM json_each(${JSON.stringify(holds)}) AS j
      WHERE ${stockLevels.variantId} = j.value ->> '$.variantId' AND ${stockLevels.locationId} = j.value ->> '$.locationId'`),
    ...insertRows(
      stockHolds,
      holds.map((hold) => ({ ...hold, orderId, expiresAt: until.getTime() })),
    ),
  ]
}

/** Lets go of holds of these variants that have expired: every checkout sweeps before its own steps. */
export function freeExpiredHolds(variantIds: readonly string[], now: Date): Write[] {
  if (variantIds.length === 0) return []
  return freeHolds(sql`h.variant_id IN ${listOf(variantIds)} AND h.expires_at <= ${now.getTime()}`)
}

/** The same for every variant, for the cron. */
export function freeAllExpiredHolds(now: Date): Write[] {
  return freeHolds(sql`h.expires_at <= ${now.getTime()}`)
}

/** Lets go of what `orderId` still holds of these variants. */
export function freeOrderHolds(orderId: string, variantIds: readonly string[]): Write[] {
  if (variantIds.length === 0) return []
  return freeHolds(sql`h.variant_id IN ${listOf(variantIds)} AND h.order_id = ${orderId}`)
}

function freeHolds(which: SQL): Write[] {
  return [
    q.run(sql`UPDATE ${stockLevels} SET held = held - f.quantity
      FROM (SELECT h.variant_id, h.location_id, sum(h.quantity) AS quantity FROM ${stockHolds} AS h
        WHERE ${which} GROUP BY h.variant_id, h.location_id) AS f
      WHERE ${stockLevels.variantId} = f.variant_id AND ${stockLevels.locationId} = f.location_id`),
    q.run(sql`DELETE FROM ${stockHolds} AS h WHERE ${which}`),
  ]
}

/**
 * Turns what `orderId` holds into a sale: shelf and hold fall together, so that nobody sees them free in between.
 * @param holds what was read as held. Breaks `holds_changed` when they are not exactly these any more.
 */
export function sellHeldStock(orderId: string, holds: readonly PlannedHold[], now: Date): Write[] {
  if (holds.length === 0) return []
  const ids = listOf(holds.map(({ variantId }) => variantId))
  const total = holds.reduce((sum, { quantity }) => sum + quantity, 0)
  const held = sql`${stockHolds} AS h WHERE h.variant_id IN ${ids} AND h.order_id = ${orderId}`
  return [
    refuseWhen('holds_changed', sql`(SELECT coalesce(sum(h.quantity), 0) FROM ${held}) <> ${total}`),
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      SELECT h.variant_id, h.location_id, ${orderId}, 'sale', -h.quantity, ${now.getTime()} FROM ${held}`),
    q.run(sql`UPDATE ${stockLevels} SET on_hand = on_hand - f.quantity, held = held - f.quantity, updated_at = ${now.getTime()}
      FROM (SELECT h.variant_id, h.location_id, h.quantity FROM ${held}) AS f
      WHERE ${stockLevels.variantId} = f.variant_id AND ${stockLevels.locationId} = f.location_id`),
    q.run(sql`DELETE FROM ${held}`),
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
        at: now.getTime(),
      })),
    ),
  ]
}

/** A place that stock stands at. */
export function insertLocation(row: typeof locations.$inferInsert): Write {
  return q.insert(locations).values(row)
}
