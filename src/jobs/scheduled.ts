import { recover } from '../features/checkout/recover.ts'
import { removeExpiredRevocations } from '../features/sessions/queries.ts'
import { retryDueEvents } from '../features/webhooks-in/retry.ts'
import type { Context } from '../platform/http/context.ts'
import { removeExpiredKeys } from '../platform/http/idempotency.ts'
import { relayOutbox } from './relay.ts'

/** Every minute: finish what was left behind, retry events, relay the outbox, let go of what has expired. */
export async function runScheduled(context: Context): Promise<void> {
  const recovered = await recover(context)
  const events = await retryDueEvents(context)
  const relayed = await relayOutbox(context)
  await context.db.commit([removeExpiredKeys(context.now), removeExpiredRevocations(context.now)])
  if (recovered.payments + recovered.orders + recovered.refunds + events > 0) {
    context.log.info('recovered', { ...recovered, events, relayed })
  }
}
