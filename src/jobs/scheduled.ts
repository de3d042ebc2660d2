import { announceAbandoned, expireEndedCarts } from '../features/cart/sweep.ts'
import { recover } from '../features/checkout/recover.ts'
import { announceStock } from '../features/inventory/alerts.ts'
import { drainStale } from '../features/listings/drain.ts'
import { openPreparedMarkets } from '../features/markets/own-prices.ts'
import { forgetTries } from '../features/orders/lookup.ts'
import { forgetAddresses, forgetAlerts } from '../features/payments/velocity-queries.ts'
import { removeExpiredRevocations } from '../features/sessions/queries.ts'
import { forgetOldEvents, retryDueEvents } from '../features/webhooks-in/retry.ts'
import type { Write } from '../platform/db/client.ts'
import type { Context } from '../platform/http/context.ts'
import { removeExpiredKeys } from '../platform/http/idempotency.ts'
import { relayOutbox } from './relay.ts'

// Of a hundred products each: what is left of them waits for the next minute, and orders are not kept waiting.
const LISTING_CHUNKS = 50
// A day's attempts are over at once, and are let go of so many a minute.
const ADDRESSES = 1000

/**
 * Every minute: relay the outbox, retry events, finish what was left behind, tell of stock that is low, out or back, derive
 * lists that are out of date, tell of abandoned carts, let go of what has expired. A step that fails is logged and keeps
 * none of the others waiting.
 */
export async function runScheduled(context: Context): Promise<void> {
  const { db, now, log } = context
  const isHourly = now.getUTCMinutes() === 0
  const steps: readonly [string, () => Promise<unknown>][] = [
    ['relay', () => relayOutbox(context)],
    ['events', () => retryDueEvents(context)],
    ['recover', () => recover(context)],
    // After it, because holds that have run out are free then.
    ['stock', () => announceStock(context)],
    ['listings', () => drainStale(context, LISTING_CHUNKS)],
    // After it, because a market opens when no list is left to derive.
    ['markets', () => openPreparedMarkets(context)],
    ['abandoned', () => announceAbandoned(context)],
    ['carts', () => expireEndedCarts(context)],
    ['expired', () => db.commit([...forget(now), ...(isHourly ? removeExpired(now) : [])])],
  ]
  for (const [step, run] of steps) {
    try {
      log.debug('cron', { step, result: JSON.stringify(await run()) })
    } catch (error) {
      log.error('cron_step_failed', error, { step })
    }
  }
}

/** What is kept for a while, and found by an index. */
function forget(now: Date): Write[] {
  return [forgetTries(now), forgetAddresses(now, ADDRESSES), forgetAlerts(now), forgetOldEvents(now)]
}

/** Once an hour, because these are looked through from end to end: an index by time would be written with every POST. */
function removeExpired(now: Date): Write[] {
  return [removeExpiredKeys(now), removeExpiredRevocations(now)]
}
