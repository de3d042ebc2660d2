import type { Context } from '../../platform/http/context.ts'
import { postpone, retryEvent } from './process.ts'
import { listDueEvents } from './queries.ts'

const BATCH = 50

/** Takes up events whose effect has failed, or whose Worker died between the two commits. Run by the cron. */
export async function retryDueEvents(context: Context): Promise<number> {
  const [rows] = await context.db.read(listDueEvents(context.now, BATCH))
  for (const row of rows) {
    try {
      const provider = context.provider(row.provider)
      if (!provider) throw new Error('the provider is not configured')
      await retryEvent(context, row, provider.readStoredEvent(row.payload, row.eventId))
    } catch (error) {
      context.log.error('webhook_retry_failed', error, { provider: row.provider, event_id: row.id })
      await postpone(context, row)
    }
  }
  return rows.length
}
