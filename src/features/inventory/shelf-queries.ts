import { type SQL, sql } from 'drizzle-orm'
import type { InventoryPolicy } from '../../domain/product.ts'
import { q, type Write } from '../../platform/db/client.ts'
import { variants } from '../../platform/db/schema/catalog.ts'
import { locations, stockLevels, stockMovements } from '../../platform/db/schema/inventory.ts'

/** Where stock goes that names no location. */
export const defaultLocation = sql`(SELECT id FROM ${locations} WHERE is_default = 1)`

/** First shelves of new variants at the default location, with the movement that explains what stands on them. */
export function openStock(
  rows: readonly { variantId: string; policy: InventoryPolicy; onHand: number }[],
  reference: string,
  now: Date,
): Write[] {
  if (rows.length === 0) return []
  const json = JSON.stringify(rows)
  const location = defaultLocation
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

/**
 * Levels where variants have none yet, empty: of the policy that their other levels have. Where one of those limits its
 * backorders, nothing is backordered from a new one: without a limit of its own it would have none.
 * @param variantIds a subquery. @param location an expression; there must be such an active location.
 */
export function openLevels(variantIds: SQL, location: SQL, now: Date): Write {
  return q.run(sql`INSERT INTO ${stockLevels}
      (variant_id, location_id, policy, backorder_limit, on_hand, held, incoming, updated_at)
    SELECT v.id, p.id,
      coalesce((SELECT o.policy FROM ${stockLevels} AS o WHERE o.variant_id = v.id LIMIT 1), 'deny'),
      CASE WHEN EXISTS (SELECT 1 FROM ${stockLevels} AS o WHERE o.variant_id = v.id AND o.backorder_limit IS NOT NULL)
        THEN 0 END,
      0, 0, 0, ${now.getTime()}
    FROM ${variants} AS v JOIN ${locations} AS p ON p.id = ${location} AND p.active = 1
    WHERE v.id IN ${variantIds} ON CONFLICT DO NOTHING`)
}

/**
 * Makes what stands of a variant at all its locations together a counted number: the difference goes to the default
 * location, as a movement. Breaks `stock_not_oversold` when less would be left there than it may be.
 */
export function overwriteStock(
  rows: readonly { variantId: string; onHand: number }[],
  reference: string,
  now: Date,
): Write[] {
  if (rows.length === 0) return []
  const at = now.getTime()
  const json = JSON.stringify(rows)
  const counted = sql`(SELECT j.value ->> '$.variantId' AS variant_id, (j.value ->> '$.onHand')
      - (SELECT coalesce(sum(o.on_hand), 0) FROM ${stockLevels} AS o WHERE o.variant_id = j.value ->> '$.variantId') AS delta
    FROM json_each(${json}) AS j)`
  return [
    openLevels(sql`(SELECT c.variant_id FROM ${counted} AS c WHERE c.delta <> 0)`, defaultLocation, now),
    q.run(sql`INSERT INTO ${stockMovements} (variant_id, location_id, reference, reason, delta, at)
      SELECT c.variant_id, ${defaultLocation}, ${reference}, 'count', c.delta, ${at} FROM ${counted} AS c
      WHERE c.delta <> 0`),
    q.run(sql`UPDATE ${stockLevels} SET on_hand = on_hand + m.delta, updated_at = ${at}
      FROM json_each(${json}) AS j JOIN ${stockMovements} AS m ON m.variant_id = j.value ->> '$.variantId'
        AND m.location_id = ${defaultLocation} AND m.reference = ${reference} AND m.reason = 'count'
      WHERE ${stockLevels.variantId} = m.variant_id AND ${stockLevels.locationId} = m.location_id`),
  ]
}
