import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { firstIdAt, mintedAt } from '../../domain/id.ts'
import { type Query, q } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { type WebhookEventStatus, webhookEvents } from '../../platform/db/schema/webhooks-in.ts'
import type { WebhookEventRow } from './queries.ts'

/** What staff ask for. An empty list is no filter; several statuses are OR, filters AND. */
export interface EventFilter {
  status: readonly WebhookEventStatus[]
  provider: string | null
  paymentId: string | null
}

/** What a list shows of an event: all but what was signed. */
export type EventSummaryRow = Omit<WebhookEventRow, 'payload'>

// An index of payments or providers would be written with every event; so a page looks through so many and no more.
const LOOKED_THROUGH = 5000
/** How far the clocks of two Workers may be apart. */
const SKEW_MS = 60_000

const { payload: _, ...SUMMARY } = getTableColumns(webhookEvents)

// The terms are written out, because only the very term of a partial index leads to it.
const ALL = sql`WHERE true`
const TROUBLED = sql`INDEXED BY webhook_events_troubled WHERE status IN ('unmatched', 'failed', 'dead')`
const isTroubled = (status: WebhookEventStatus) => ['unmatched', 'failed', 'dead'].includes(status)

/**
 * A page of events for staff, newest first, and how far it has looked where that was not to the end. What needs somebody is
 * found by an index of nothing else; everything else by looking through the newest events, so many a page.
 */
export function listEvents(
  filter: EventFilter,
  before: string | null,
  limit: number,
): readonly [Query<EventSummaryRow[]>, Query<{ id: string }[]>] {
  const { status, provider, paymentId } = filter
  const shelf = status.length > 0 && status.every(isTroubled) ? TROUBLED : ALL
  const range = [
    ...(before === null ? [] : [sql`id < ${before}`]),
    // Nobody has spoken of a payment before it was made.
    ...(paymentId === null ? [] : [sql`id >= ${firstIdAt('event', (mintedAt(paymentId) ?? 0) - SKEW_MS)}`]),
  ]
  const wanted = [
    ...(status.length === 0 ? [] : [sql`status IN ${listOf(status)}`]),
    ...(provider === null ? [] : [sql`provider = ${provider}`]),
    ...(paymentId === null ? [] : [sql`payment_id = ${paymentId}`]),
  ]
  const last = sql`SELECT id FROM ${webhookEvents} ${shelf}${and(range)} ORDER BY id DESC LIMIT 1 OFFSET ${LOOKED_THROUGH - 1}`
  const looked = wanted.length === 0 ? [] : [sql`id >= coalesce((${last}), '')`]
  const columns = sql.raw(
    Object.entries(SUMMARY)
      .map(([field, { name }]) => `${name} AS "${field}"`)
      .join(', '),
  )
  return [
    q.all<EventSummaryRow>(sql`SELECT ${columns} FROM ${webhookEvents} ${shelf}${and([...range, ...wanted, ...looked])}
      ORDER BY id DESC LIMIT ${limit}`),
    q.all<{ id: string }>(wanted.length === 0 ? sql`SELECT '' AS id WHERE false` : last),
  ]
}

function and(terms: SQL[]): SQL {
  return terms.length === 0 ? sql`` : sql` AND ${sql.join(terms, sql` AND `)}`
}
