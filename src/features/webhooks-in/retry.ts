import type { Context } from '../../platform/http/context.ts'
import { retryEvent } from './process.ts'
import { listDueEvents } from './queries.ts'

const BATCH = 50

/** Takes up events whose effect has failed, or whose Worker died between the two commits. Run by the cron. */
export async function retryDueEvents(context: Context): Promise<number> {
  const [rows] = await context.db.read(listDueEvents(context.now, BATCH))
  for (const row of rows) {
    const provider = context.provider(row.provider)
    if (!provider) context.log.warn('provider_not_configured', { provider: row.provider, event_id: row.id })
    else await retryEvent(context, row, provider.readStoredEvent(row.payload, row.eventId))
  }
  return rows.length
}
