import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { timestamp } from '../../platform/http/shapes.ts'
import type { WebhookEventRow } from './queries.ts'

export const ReceivedView = shape(() => z.object({ received: z.literal(true) }))

export const WebhookEventView = shape(() =>
  z
    .object({
      id: z.string(),
      provider: z.string(),
      event_id: z.string(),
      type: z.string(),
      status: z.enum(['received', 'processed', 'ignored', 'unmatched', 'failed', 'dead']),
      payment_id: z.string().nullable(),
      detail: z.string().nullable(),
      attempts: z.int(),
      received_at: z.string(),
      updated_at: z.string(),
      next_attempt_at: z.string().nullable(),
    })
    .meta({ id: 'WebhookEvent' }),
)

export const ProviderParams = shape(() => z.object({ provider: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/) }))
export const EventParams = shape(() => z.object({ event: idSchema('event') }))

export function toWebhookEventView(row: WebhookEventRow) {
  return {
    id: row.id,
    provider: row.provider,
    event_id: row.eventId,
    type: row.type,
    status: row.status,
    payment_id: row.paymentId,
    detail: row.detail,
    attempts: row.attempts,
    received_at: timestamp(row.receivedAt),
    updated_at: timestamp(row.updatedAt),
    next_attempt_at: row.nextAttemptAt === null ? null : timestamp(row.nextAttemptAt),
  }
}
