import { sql } from 'drizzle-orm'
import type { InventoryPolicy } from '../../domain/product.ts'
import type { StockState } from '../../domain/stock.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { refuseWhen } from '../../platform/db/rows.ts'
import { variants } from '../../platform/db/schema/catalog.ts'
import { stockAlerts, stockHolds, stockLevels } from '../../platform/db/schema/inventory.ts'

/** A variant of which something may have to be told. */
export interface DueAlert {
  variantId: string
  productId: string
  sku: string | null
  /** It has left its product. */
  archived: boolean
  /** What was told last. */
  state: StockState
  crossed: number
  told: number
  levels: AlertLevel[]
}

export interface AlertLevel {
  locationId: string
  policy: InventoryPolicy
  backorderLimit: number | null
  onHand: number
  held: number
  lowStockAt: number | null
  freeable: number
}

/** Variants whose levels have crossed a line since something was told of them, with their levels at open locations. */
export function listDueAlerts(limit: number, now: Date): Query<DueAlert[]> {
  const levels = sql<string>`(SELECT json_group_array(json_object('locationId', l.location_id, 'policy', l.policy,
      'backorderLimit', l.backorder_limit, 'onHand', l.on_hand, 'held', l.held, 'lowStockAt', l.low_stock_at,
      'freeable', (SELECT coalesce(sum(h.quantity), 0) FROM ${stockHolds} AS h
        WHERE h.variant_id = l.variant_id AND h.location_id = l.location_id AND h.expires_at <= ${now.getTime()})))
    FROM ${stockLevels} AS l WHERE l.variant_id = ${stockAlerts.variantId} AND l.active = 1)`
  return (
    q
      .select({
        variantId: stockAlerts.variantId,
        productId: variants.productId,
        sku: variants.sku,
        archived: variants.archived,
        state: stockAlerts.state,
        crossed: stockAlerts.crossed,
        told: stockAlerts.told,
        levels: levels.mapWith((text: string) => JSON.parse(text) as AlertLevel[]).as('levels'),
      })
      .from(stockAlerts)
      .innerJoin(variants, sql`${variants.id} = ${stockAlerts.variantId}`)
      // Written out, because the partial index is found by this very term.
      .where(sql`told < crossed`)
      .orderBy(stockAlerts.variantId)
      .limit(limit)
  )
}

/**
 * Notes what has been looked at and told. Refuses with `alerts_raced` where another run has looked at one of them since:
 * `told` only goes up. What has crossed a line meanwhile stays due.
 */
export function noteTold(
  rows: readonly { variantId: string; state: StockState; crossed: number; told: number }[],
): Write[] {
  if (rows.length === 0) return []
  const json = JSON.stringify(rows)
  const id = sql`j.value ->> '$.variantId'`
  return [
    refuseWhen(
      'alerts_raced',
      sql`EXISTS (SELECT 1 FROM json_each(${json}) AS j JOIN ${stockAlerts} AS a ON a.variant_id = ${id}
        WHERE a.told <> j.value ->> '$.told')`,
    ),
    q.run(sql`UPDATE ${stockAlerts} SET state = j.value ->> '$.state', told = j.value ->> '$.crossed'
      FROM json_each(${json}) AS j WHERE ${stockAlerts.variantId} = ${id}`),
  ]
}
