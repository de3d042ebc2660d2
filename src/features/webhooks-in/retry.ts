import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { withoutSilentProviders } from '../checkout/silent-providers.ts'
import { ASKING, postpone } from './postpone.ts'
import { retryEvent } from './process.ts'
import { forgetEvents, leaveEvents, listDueEvents, listMatchedEvents } from './queries.ts'

const BATCH = 50
// How long the events of a provider that does not answer are left, so that others have their turn.
const LEFT_MS = 60_000
// A shop that shares its account with others has many that will never match: the newest are looked at every minute, and
// once an hour as many as one statement reads in no time.
const NEWEST = 1000
const NEWEST_HOURLY = 20_000

/**
 * Takes up events whose effect has failed, whose Worker died between the two commits, or whose payment was unknown and has
 * appeared since. Run by the cron.
 */
export async function retryDueEvents(unlimited: Context): Promise<number> {
  const { context, isSilent } = withoutSilentProviders(unlimited)
  const { db, now, log } = context
  const newest = now.getUTCMinutes() === 0 ? NEWEST_HOURLY : NEWEST
  const [due, matched] = await db.read(listDueEvents(now, BATCH), listMatchedEvents(newest, BATCH))
  const left: string[] = []
  for (const row of [...due, ...matched]) {
    // It is left for later as it is: it has not been tried.
    if (isSilent(row.provider)) {
      left.push(row.id)
      continue
    }
    try {
      const provider = context.provider(row.provider)
      if (provider) await retryEvent(context, provider, row)
      // A secret that is being changed is back soon.
      else await postpone(context, row, 'the provider is switched off', ASKING)
    } catch (error) {
      log.error('webhook_retry_failed', error, { provider: row.provider, event_id: row.id })
      await postpone(context, row)
    }
  }
  if (left.length > 0) await db.commit([leaveEvents(left, new Date(now.getTime() + LEFT_MS))])
  return due.length + matched.length - left.length
}

/** How long events are kept: as long as a shopper may dispute what they speak of at most banks. */
const KEPT_MS = 90 * 24 * 3600 * 1000
// A minute's: more than ever come in.
const FORGOTTEN = 1000

/** The oldest of the events that were kept long enough go. Run by the cron. */
export function forgetOldEvents(now: Date): Write {
  return forgetEvents(new Date(now.getTime() - KEPT_MS), FORGOTTEN)
}
