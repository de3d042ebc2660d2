import { retryDelay } from '../../domain/retry.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { announce } from '../../platform/outbox.ts'
import { type EventMark, markEvent, type WebhookEventRow } from './queries.ts'

export const RETRY = { baseMs: 10_000, capMs: 3600_000, maxAttempts: 10 }
// A service may be down for longer than an effect of ours may fail: about a day in all.
export const ASKING = { ...RETRY, maxAttempts: 60 }

/** Waits longer after every failed try; the last one leaves the event to staff. */
export async function postpone(
  context: Context,
  row: WebhookEventRow,
  detail = 'the effect failed; see the log',
  policy: typeof RETRY = RETRY,
): Promise<void> {
  const attempts = row.attempts + 1
  const [byte = 0] = context.random(1)
  const delay = retryDelay(attempts, byte / 256, policy)
  const mark: EventMark = {
    status: delay === null ? 'dead' : 'failed',
    detail,
    paymentId: row.paymentId,
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

/** Nothing will come of it by itself any more: what it says may be about money, so staff are told. */
export function announceDead(
  { mint, now }: Context,
  { id, paymentId }: WebhookEventRow,
  detail: string | null,
): Write[] {
  return announce(mint, now, [{ topic: 'webhook.dead', subjectId: id, payload: { payment_id: paymentId, detail } }])
}
