import * as z from 'zod'
import { availableQuantity } from '../../domain/stock.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { pageQuery, timestamp } from '../../platform/http/shapes.ts'
import type { MovementRow } from './ledger-queries.ts'
import type { InventoryRow } from './level-queries.ts'

const MAX_QUANTITY = 1_000_000_000

const Policy = shape(() => z.enum(['deny', 'backorder', 'untracked']))

export const InventoryView = shape(() =>
  z
    .object({
      variant_id: z.string(),
      sku: z.string().nullable(),
      location_id: z.string(),
      policy: Policy(),
      backorder_limit: z
        .int()
        .nullable()
        .meta({ description: 'How many may be owed from here while the policy is backorder; null is without limit' }),
      low_stock_at: z
        .int()
        .nullable()
        .meta({ description: 'stock.low is told when no more than this is free on the shelf' }),
      on_hand: z.int().meta({ description: 'What stands there; below zero what is owed' }),
      held: z.int().meta({ description: 'What checkouts have claimed' }),
      incoming: z.int().meta({ description: 'What is expected and not yet there' }),
      available: z
        .int()
        .nullable()
        .meta({ description: 'How many can be sold from here, backorders among them; null is without limit' }),
    })
    .meta({ id: 'InventoryLevel' }),
)

const variantName = () => ({
  sku: z.string().min(1).max(100).optional(),
  variant_id: idSchema('variant').optional(),
})

const isOneName = ({ sku, variant_id }: { sku?: string | undefined; variant_id?: string | undefined }) =>
  (sku === undefined) !== (variant_id === undefined)
const ONE_NAME = { path: ['sku'], message: 'give either sku or variant_id' }

export const InventoryQuery = shape(() => z.strictObject({ ...variantName(), ...pageQuery() }))

const change = () => z.int().min(-MAX_QUANTITY).max(MAX_QUANTITY).default(0)

export const AdjustmentInput = shape(() =>
  z
    .strictObject({
      ...variantName(),
      location_id: idSchema('location').optional().meta({ description: 'Left out: the default location' }),
      delta: change().meta({ description: 'What comes to the shelf, or leaves it' }),
      incoming_delta: change().meta({
        description: 'What is expected more, or less; a delivery of 5 that arrives is delta 5, incoming_delta -5',
      }),
      reason: z.string().trim().min(1).max(100),
    })
    .refine(isOneName, ONE_NAME)
    .refine(({ delta, incoming_delta }) => delta !== 0 || incoming_delta !== 0, {
      path: ['delta'],
      message: 'must not be 0, unless incoming_delta is given',
    })
    .meta({ id: 'StockAdjustment' }),
)

export const AdjustmentView = shape(() =>
  z.object({ id: z.string(), data: z.array(InventoryView()) }).meta({ id: 'StockAdjustmentResult' }),
)

export const TransferInput = shape(() =>
  z
    .strictObject({
      from_location_id: idSchema('location'),
      to_location_id: idSchema('location'),
      items: z
        .array(
          z
            .strictObject({ ...variantName(), quantity: z.int().min(1).max(MAX_QUANTITY) })
            .refine(isOneName, ONE_NAME)
            .meta({ id: 'StockTransferItem' }),
        )
        .min(1)
        .max(100),
      reason: z.string().trim().min(1).max(100).default('transfer'),
    })
    .refine(({ from_location_id, to_location_id }) => from_location_id !== to_location_id, {
      path: ['to_location_id'],
      message: 'must be another location',
    })
    .meta({ id: 'StockTransfer' }),
)

export const TransferView = shape(() =>
  z.object({ id: z.string(), data: z.array(InventoryView()) }).meta({ id: 'StockTransferResult' }),
)

export const InventoryTermsInput = shape(() =>
  z
    .strictObject({
      ...variantName(),
      location_id: idSchema('location').optional().meta({ description: 'Left out: the default location' }),
      policy: Policy().optional().meta({ description: 'The variant’s, at all its locations' }),
      backorder_limit: z.int().min(0).max(MAX_QUANTITY).nullable().optional().meta({
        description:
          'At this location. With a limit here, locations of the variant without one are set to 0; null is without limit',
      }),
      low_stock_at: z
        .int()
        .min(0)
        .max(MAX_QUANTITY)
        .nullable()
        .optional()
        .meta({ description: 'At this location; null is never' }),
    })
    .refine(isOneName, ONE_NAME)
    .refine(
      ({ policy, backorder_limit, low_stock_at }) =>
        policy !== undefined || backorder_limit !== undefined || low_stock_at !== undefined,
      { path: ['policy'], message: 'give policy, backorder_limit or low_stock_at' },
    )
    .meta({ id: 'InventoryTerms' }),
)

export const InventoryTermsView = shape(() => z.object({ data: z.array(InventoryView()) }).meta({ id: 'Inventory' }))

export const MovementsQuery = shape(() =>
  z
    .strictObject({ ...variantName(), location_id: idSchema('location').optional(), ...pageQuery() })
    .refine(isOneName, ONE_NAME),
)

export const MovementView = shape(() =>
  z
    .object({
      location_id: z.string(),
      reference: z.string().meta({ description: 'The cause: an adjustment, a transfer, an order, an import' }),
      reason: z.string(),
      delta: z.int(),
      incoming_delta: z.int(),
      at: z.string(),
    })
    .meta({ id: 'StockMovement' }),
)

export function toInventoryView(row: InventoryRow) {
  const { policy, backorderLimit, onHand, held, freeable } = row
  return {
    variant_id: row.variantId,
    sku: row.sku,
    location_id: row.locationId,
    policy,
    backorder_limit: backorderLimit,
    low_stock_at: row.lowStockAt,
    on_hand: onHand,
    held,
    incoming: row.incoming,
    available: row.active ? availableQuantity([{ policy, backorderLimit, onHand, held, freeable }]) : 0,
  }
}

export function toMovementView({ locationId, incomingDelta, at, ...row }: MovementRow) {
  return { location_id: locationId, ...row, incoming_delta: incomingDelta, at: timestamp(at) }
}
