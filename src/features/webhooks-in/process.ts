import type { PaymentProvider, ProviderEvent } from '../../domain/provider.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Context } from '../../platform/http/context.ts'
import { redactText } from '../../platform/redact-text.ts'
import { orderState, toOrderState } from '../checkout/state.ts'
import { orderOfPayment } from '../payments/queries.ts'
import { withinLimit } from '../payments/within-limit.ts'
import { applyEvent, type Known } from './apply-event.ts'
import { ASKING, postpone, RETRY } from './postpone.ts'
import { findEvent, receiveEvent, type WebhookEventRow } from './queries.ts'
import { redact } from './redact.ts'

const MAX_TYPE_LENGTH = 200
const MAX_ID_LENGTH = 1000

/**
 * Takes verified events. Each is made durable first, in the trip that also reads what it is about, and applied in a
 * second trip together with its mark. An effect that fails now is tried again by the cron: once the event is durable
 * the provider has done its part.
 */
export async function takeEvents(
  context: Context,
  provider: PaymentProvider,
  events: readonly ProviderEvent[],
): Promise<void> {
  for (const read of events) {
    const event = { ...read, eventId: await storableId(read.eventId) }
    const row = toRow(context, provider.name, event)
    const [[stored], ...rest] = await context.db.commit(
      receiveEvent(row),
      [findEvent(provider.name, event.eventId), ...orderState(orderOfPayment(event.paymentId ?? ''), context.now)],
      { repeatable: true },
    )
    if (!stored) throw new Error('the event just stored is gone')
    if (stored.status !== 'received') continue
    await decide(context, provider, stored, event, { paymentId: event.paymentId, state: toOrderState(rest) })
  }
}

/** Applies a stored event again: its payload is read by the provider's own rules, its signature was checked on arrival. */
export async function retryEvent(context: Context, provider: PaymentProvider, row: WebhookEventRow): Promise<void> {
  await decide(context, provider, row, provider.readStoredEvent(row.payload, row.eventId), null)
}

async function decide(
  context: Context,
  provider: PaymentProvider,
  row: WebhookEventRow,
  event: ProviderEvent,
  known: Known | null,
): Promise<void> {
  const cleared = await clear(context, provider, event)
  if (!cleared) {
    await postpone(context, row, 'the service has not said yet what it is about', ASKING)
    return
  }
  try {
    await applyEvent(context, { ...row, paymentId: cleared.paymentId ?? row.paymentId }, cleared, known)
  } catch (error) {
    context.log.error('webhook_effect_failed', error, { event_id: row.id, provider: row.provider })
    await postpone(context, row)
  }
}

/** The event with what the service says about it, where it is only a hint; still a hint where that is nothing of ours. */
async function clear(context: Context, provider: PaymentProvider, event: ProviderEvent): Promise<ProviderEvent | null> {
  if (event.unread !== 'hint') return event
  try {
    const answer = await withinLimit(context.providerTimeLimitMs, provider.askAbout(event))
    return { ...event, ...answer, unread: answer.fact ? null : 'hint' }
  } catch (error) {
    context.log.error('webhook_unanswered', error, { event_id: event.eventId, provider: provider.name })
    return null
  }
}

/**
 * An id of the service's, so that it reads back as it was written, or no delivery of it would ever be decided: half a surrogate
 * pair and a NUL do not. One that is longer than any service makes them is kept as its hash.
 */
async function storableId(id: string): Promise<string> {
  const plain = id.isWellFormed() && !id.includes('\0') ? id : JSON.stringify(id)
  return plain.length <= MAX_ID_LENGTH ? plain : `sha256:${await sha256Hex(new TextEncoder().encode(plain))}`
}

function toRow({ mint, now }: Context, provider: string, event: ProviderEvent): WebhookEventRow {
  const at = now.getTime()
  return {
    provider,
    eventId: event.eventId,
    id: mint('event'),
    type: redactText(event.type).slice(0, MAX_TYPE_LENGTH),
    status: 'received',
    paymentId: event.paymentId,
    payload: redact(event.payload),
    detail: null,
    attempts: 0,
    receivedAt: at,
    updatedAt: at,
    // Due at once: if this Worker dies before the mark, the cron takes it up.
    nextAttemptAt: at + RETRY.baseMs,
  }
}
