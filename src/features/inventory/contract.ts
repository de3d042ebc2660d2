import * as z from 'zod'
import { availableQuantity } from '../../domain/stock.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { pageQuery } from '../../platform/http/shapes.ts'
import type { InventoryRow } from './queries.ts'

export const InventoryView = shape(() =>
  z
    .object({
      variant_id: z.string(),
      sku: z.string().nullable(),
      location_id: z.string(),
      policy: z.enum(['deny', 'backorder', 'untracked']),
      on_hand: z.int(),
      held: z.int(),
      available: z.int().nullable().meta({ description: 'on_hand - held; null where sales have no limit' }),
    })
    .meta({ id: 'InventoryLevel' }),
)

export const InventoryQuery = shape(() =>
  z.strictObject({
    sku: z.string().min(1).max(100).optional(),
    variant_id: idSchema('variant').optional(),
    ...pageQuery(),
  }),
)

export const AdjustmentInput = shape(() =>
  z
    .strictObject({
      sku: z.string().min(1).max(100).optional(),
      variant_id: idSchema('variant').optional(),
      location_id: idSchema('location').optional(),
      delta: z
        .int()
        .min(-1_000_000_000)
        .max(1_000_000_000)
        .refine((delta) => delta !== 0, 'must not be 0'),
      reason: z.string().trim().min(1).max(100),
    })
    .refine((input) => (input.sku === undefined) !== (input.variant_id === undefined), {
      path: ['sku'],
      message: 'give either sku or variant_id',
    })
    .meta({ id: 'StockAdjustment' }),
)

export const AdjustmentView = shape(() =>
  z.object({ id: z.string(), data: z.array(InventoryView()) }).meta({ id: 'StockAdjustmentResult' }),
)

export function toInventoryView(row: InventoryRow) {
  const { policy, onHand, held } = row
  return {
    variant_id: row.variantId,
    sku: row.sku,
    location_id: row.locationId,
    policy,
    on_hand: onHand,
    held,
    available: availableQuantity([{ policy, backorderLimit: null, onHand, held, freeable: 0 }]),
  }
}
