import type { ProviderEvent } from '../../domain/provider.ts'
import { retryDelay } from '../../domain/retry.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { announce } from '../../platform/outbox.ts'
import { applyFact } from '../checkout/apply.ts'
import type { Settlement } from '../checkout/settlement.ts'
import { type OrderState, orderState, toOrderState } from '../checkout/state.ts'
import { orderOfPayment } from '../payments/queries.ts'
import { type EventMark, findEvent, markEvent, receiveEvent, type WebhookEventRow } from './queries.ts'

const RETRY = { baseMs: 10_000, capMs: 3600_000, maxAttempts: 10 }

/**
 * Takes verified events. Each is made durable first, in the trip that also reads what it is about, and applied in a
 * second trip together with its mark. An effect that fails now is tried again by the cron: once the event is durable
 * the provider has done its part.
 */
export async function takeEvents(context: Context, provider: string, events: readonly ProviderEvent[]): Promise<void> {
  for (const event of events) {
    const row = toRow(context, provider, event)
    const [[stored], ...rest] = await context.db.commit(
      receiveEvent(row),
      [findEvent(provider, event.eventId), ...orderState(orderOfPayment(event.paymentId ?? ''), context.now)],
      { repeatable: true },
    )
    if (!stored) throw new Error('the event just stored is gone')
    if (stored.status !== 'received') continue
    try {
      await applyEvent(context, stored, event, toOrderState(rest))
    } catch (error) {
      context.log.error('webhook_effect_failed', error, { event_id: stored.id, provider })
      await postpone(context, stored)
    }
  }
}

/** Applies a stored event again: its payload is read by the provider's own rules, its signature was checked on arrival. */
export async function retryEvent(context: Context, row: WebhookEventRow, event: ProviderEvent): Promise<void> {
  try {
    await applyEvent(context, row, event, null)
  } catch (error) {
    context.log.error('webhook_effect_failed', error, { event_id: row.id, provider: row.provider })
    await postpone(context, row)
  }
}

async function applyEvent(
  context: Context,
  row: WebhookEventRow,
  event: ProviderEvent,
  known: OrderState | null,
): Promise<void> {
  const { now } = context
  const attempts = row.attempts + 1
  const mark = (status: EventMark['status'], detail: string | null) =>
    markEvent(row, { status, detail, attempts, nextAttemptAt: null }, now)
  try {
    if (event.fact === null || event.paymentId === null) {
      const dead = event.unread === 'malformed'
      const told = dead ? announceDead(context, row, event.unread) : []
      await context.db.commit([...mark(dead ? 'dead' : 'ignored', event.unread), ...told])
      return
    }
    const settlement = await applyFact(context, event.paymentId, event.fact, {
      known,
      actor: row.provider,
      provider: row.provider,
      alongside: (settled) => [
        ...(settled.outcome === 'early' ? [] : mark(...markOf(settled))),
        ...announceMismatch(context, event.paymentId, settled),
      ],
    })
    if (settlement?.outcome === 'early') await postpone(context, row, settlement.detail)
    if (!settlement) await context.db.commit(mark('unmatched', 'no payment has this id'))
  } catch (error) {
    // A parallel delivery of the same event has decided it: that is the effect, once.
    if (error instanceof ConstraintError && error.constraint === 'event_taken') return
    throw error
  }
}

/** Another amount than ours is for a person to look at; the event that brought it says so, once. */
function announceMismatch({ mint, now }: Context, paymentId: string | null, settled: Settlement) {
  if (settled.outcome !== 'mismatch' || paymentId === null) return []
  const payload = { detail: settled.detail }
  return announce(mint, now, [{ topic: 'payment.amount_mismatch', subjectId: paymentId, payload }])
}

/** Nothing will come of it by itself any more: what it says may be about money, so staff are told. */
function announceDead({ mint, now }: Context, { id, paymentId }: WebhookEventRow, detail: string | null) {
  return announce(mint, now, [{ topic: 'webhook.dead', subjectId: id, payload: { payment_id: paymentId, detail } }])
}

function markOf(settlement: Exclude<Settlement, { outcome: 'early' }>): [EventMark['status'], string | null] {
  switch (settlement.outcome) {
    case 'applied':
      return ['processed', null]
    case 'nothing':
      return ['ignored', settlement.why]
    case 'mismatch':
      return ['dead', settlement.detail]
  }
}

/** Waits longer after every failed try; the last one leaves the event to staff. */
export async function postpone(
  context: Context,
  row: WebhookEventRow,
  detail = 'the effect failed; see the log',
): Promise<void> {
  const attempts = row.attempts + 1
  const [byte = 0] = context.random(1)
  const delay = retryDelay(attempts, byte / 256, RETRY)
  const mark: EventMark = {
    status: delay === null ? 'dead' : 'failed',
    detail,
    attempts,
    nextAttemptAt: delay === null ? null : context.now.getTime() + delay,
  }
  try {
    const told = delay === null ? announceDead(context, row, detail) : []
    await context.db.commit([...markEvent(row, mark, context.now), ...told])
  } catch (error) {
    // It stays as it is, and due: the cron finds it again.
    context.log.error('webhook_mark_failed', error, { event_id: row.id })
  }
}

function toRow({ mint, now }: Context, provider: string, event: ProviderEvent): WebhookEventRow {
  const at = now.getTime()
  return {
    provider,
    eventId: event.eventId,
    id: mint('event'),
    type: event.type,
    status: 'received',
    paymentId: event.paymentId,
    payload: event.payload,
    detail: null,
    attempts: 0,
    receivedAt: at,
    updatedAt: at,
    // Due at once: if this Worker dies before the mark, the cron takes it up.
    nextAttemptAt: at + RETRY.baseMs,
  }
}
