import { announceAbandoned, expireEndedCarts } from '../features/cart/sweep.ts'
import { recover } from '../features/checkout/recover.ts'
import { sweepImports } from '../features/imports/sweep.ts'
import { announceStock } from '../features/inventory/alerts.ts'
import { drainStale } from '../features/listings/drain.ts'
import { markDue } from '../features/listings/queries.ts'
import { openPreparedMarkets } from '../features/markets/own-prices.ts'
import { forgetTries } from '../features/orders/lookup.ts'
import { forgetAddresses, forgetAlerts } from '../features/payments/velocity-queries.ts'
import { countSales } from '../features/sales/count.ts'
import { drainDocuments } from '../features/search-index/drain.ts'
import { continueRebuild } from '../features/search-index/rebuild.ts'
import { removeExpiredRevocations } from '../features/sessions/queries.ts'
import { forgetOldEvents, retryDueEvents } from '../features/webhooks-in/retry.ts'
import type { Write } from '../platform/db/client.ts'
import type { Context } from '../platform/http/context.ts'
import { removeExpiredKeys } from '../platform/http/idempotency.ts'
import { relayOutbox } from './relay.ts'

// D1 takes 1,000 statements of an invocation, and refuses those that follow. Orders come first; what is derived of products may
// use what they leave, up to here each, and the steps behind need the rest. What is left over waits for the next minute.
const LISTINGS_UP_TO = 450
const DOCUMENTS_UP_TO = 700
const REBUILD_UP_TO = 800
/** The most statements of a chunk of lists or of documents, however many products it has. */
export const CHUNK_STATEMENTS = 18
/** Those of a step of a rebuild whose documents fit one chunk. */
const STEP_STATEMENTS = 26
// As many as lists take in a minute that has little else to do.
const DUE = 2000
// A day's attempts are over at once, and are let go of so many a minute.
const ADDRESSES = 1000

/**
 * Every minute: relay the outbox, retry events, finish what was left behind, tell of stock that is low, out or back, count
 * what was sold, derive lists that are out of date or due, bring the search index up to date, tell of abandoned carts, end
 * abandoned imports, let go of what has expired. A step that fails is logged and keeps none of the others waiting.
 */
export async function runScheduled(context: Context): Promise<void> {
  const { db, now, log } = context
  const isHourly = now.getUTCMinutes() === 0
  // One at least: a busy shop must not stand still.
  const room = (upTo: number, each: number) => Math.max(1, Math.floor((upTo - context.meter.statements) / each))
  const steps: readonly [string, () => Promise<unknown>][] = [
    ['relay', () => relayOutbox(context)],
    ['events', () => retryDueEvents(context)],
    ['recover', () => recover(context)],
    // After it, because holds that have run out are free then.
    ['stock', () => announceStock(context)],
    // Before lists, which take it over.
    ['sales', () => countSales(context)],
    ['due', () => db.commit([markDue(now, DUE)], [], { repeatable: true })],
    ['listings', () => drainStale(context, room(LISTINGS_UP_TO, CHUNK_STATEMENTS))],
    // After it, because it marks what it has derived.
    ['documents', () => drainDocuments(context, room(DOCUMENTS_UP_TO, CHUNK_STATEMENTS))],
    ['rebuild', () => continueRebuild(context, room(REBUILD_UP_TO, STEP_STATEMENTS))],
    // After lists, because a market opens when no list is left to derive.
    ['markets', () => openPreparedMarkets(context)],
    ['abandoned', () => announceAbandoned(context)],
    ['carts', () => expireEndedCarts(context)],
    ['imports', () => sweepImports(context)],
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
