import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { timestamp } from '../../platform/http/shapes.ts'
import type { Fulfillment } from './fulfillment-queries.ts'

const MAX_LINES = 200

const TrackingInput = shape(() =>
  z
    .strictObject({
      carrier: z.string().trim().min(1).max(100),
      number: z.string().trim().min(1).max(100),
      url: z
        .url({ protocol: /^https$/, error: 'must be an https URL' })
        .max(2000)
        .nullish()
        .transform((url) => url ?? null),
    })
    .meta({ id: 'TrackingInput' }),
)

export const FulfillInput = shape(() =>
  z
    .strictObject({
      lines: z
        .array(z.strictObject({ line_id: idSchema('line'), quantity: z.int().min(1).max(9999) }))
        .min(1)
        .max(MAX_LINES)
        .refine((lines) => new Set(lines.map(({ line_id }) => line_id)).size === lines.length, 'names a line twice')
        .optional()
        .meta({ description: 'Left out: all that is left' }),
      location_id: idSchema('location').optional().meta({ description: 'Where it leaves from' }),
      tracking: TrackingInput().optional(),
      notify: z
        .boolean()
        .default(true)
        .meta({ description: 'Passed on in the event: whether the shopper is to be told' }),
    })
    .meta({ id: 'FulfillInput' }),
)

export const UpdateFulfillment = shape(() =>
  z
    .strictObject({
      tracking: TrackingInput().nullable().optional(),
      delivered: z.literal(true).optional().meta({ description: 'It has arrived; this is not taken back' }),
    })
    .meta({ id: 'UpdateFulfillment' }),
)

const fields = () => ({
  id: z.string(),
  status: z.enum(['shipped', 'delivered']),
  lines: z.array(z.object({ line_id: z.string(), quantity: z.int() })),
  tracking: z.object({ carrier: z.string(), number: z.string(), url: z.string().nullable() }).nullable(),
  created_at: z.string(),
  delivered_at: z.string().nullable(),
})

export const FulfillmentView = shape(() => z.object(fields()).meta({ id: 'Fulfillment' }))

export const StaffFulfillmentView = shape(() =>
  z
    .object({ ...fields(), version: z.int(), order_id: z.string(), location_id: z.string().nullable() })
    .meta({ id: 'StaffFulfillment' }),
)

export const FulfillmentParams = shape(() =>
  z.object({ order: idSchema('order'), fulfillment: idSchema('fulfillment') }),
)

export function toFulfillmentView({ id, status, tracking, lines, createdAt, deliveredAt }: Fulfillment) {
  return {
    ...{ id, status, tracking },
    lines: lines.map(({ lineId, quantity }) => ({ line_id: lineId, quantity })),
    created_at: timestamp(createdAt),
    delivered_at: deliveredAt === null ? null : timestamp(deliveredAt),
  }
}

export function toStaffFulfillmentView(row: Fulfillment) {
  const { version, orderId, locationId } = row
  return { ...toFulfillmentView(row), version, order_id: orderId, location_id: locationId }
}
