import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { pageQuery, several, timestamp } from '../../platform/http/shapes.ts'
import type { EventFilter, EventSummaryRow } from './list-queries.ts'
import type { WebhookEventRow } from './queries.ts'

export const ReceivedView = shape(() =>
  z
    .object({ received: z.literal(true) })
    .meta({ description: 'Where a service wants another answer it gets that, as text: [accepted] for Adyen' }),
)

const EVENT_STATUSES = ['received', 'processed', 'ignored', 'unmatched', 'failed', 'dead'] as const
const eventStatus = () => z.enum(EVENT_STATUSES)
const providerName = () => z.string().regex(/^[a-z][a-z0-9-]{0,49}$/)

const eventFields = () => ({
  id: z.string(),
  provider: z.string(),
  event_id: z.string().meta({ description: 'The provider’s own id of it; the same one twice is one event' }),
  type: z.string().meta({ description: 'As the provider calls it', example: 'payment_intent.succeeded' }),
  status: eventStatus().meta({
    description:
      'received: stored, and about to be applied. ignored: it changes nothing. unmatched: of no payment of ours, applied once that is there. failed: tried again. dead: only staff can do something about it',
  }),
  payment_id: z
    .string()
    .nullable()
    .meta({ description: 'Our payment that it is about; null is none, or not known yet' }),
  detail: z.string().nullable().meta({ description: 'Why it was not applied' }),
  attempts: z.int().meta({ description: 'How often it was tried to apply it' }),
  received_at: z.string(),
  updated_at: z.string(),
  next_attempt_at: z.string().nullable().meta({ description: 'When it is tried again by itself; null is never' }),
})

export const WebhookEventView = shape(() => z.object(eventFields()).meta({ id: 'WebhookEvent' }))

export const StoredWebhookEventView = shape(() =>
  z
    .object({
      ...eventFields(),
      payload: z
        .string()
        .meta({ description: 'What was signed, as text, without secrets, card data and personal data' }),
    })
    .meta({ id: 'StoredWebhookEvent' }),
)

/** What staff filter events by: repeated statuses are OR, different filters AND. */
export const WebhookEventsQuery = shape(() =>
  z.strictObject({
    ...pageQuery(),
    status: several(eventStatus(), EVENT_STATUSES.length).optional(),
    provider: providerName().optional(),
    payment_id: idSchema('payment').optional().meta({
      description:
        'A page looks through 5,000 events: it may hold fewer than `limit`, even none, and still have a `next_cursor`',
    }),
  }),
)

export function toEventFilter(query: z.output<ReturnType<typeof WebhookEventsQuery>>): EventFilter {
  return { status: query.status ?? [], provider: query.provider ?? null, paymentId: query.payment_id ?? null }
}

export const ProviderParams = shape(() => z.object({ provider: providerName() }))
export const EventParams = shape(() => z.object({ event: idSchema('event') }))

export function toWebhookEventView(row: EventSummaryRow) {
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

export function toStoredWebhookEventView(row: WebhookEventRow) {
  return { ...toWebhookEventView(row), payload: row.payload }
}
