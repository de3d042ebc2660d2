import { and, asc, desc, eq, isNotNull, lt, lte } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRowsOnce } from '../../platform/db/rows.ts'
import { type WebhookEventStatus, webhookEvents } from '../../platform/db/schema/webhooks-in.ts'
import { query, statement, wholeRows } from '../../platform/db/statement.ts'

export type WebhookEventRow = typeof webhookEvents.$inferSelect

const wholeEvents = wholeRows(webhookEvents)

/** Makes an event durable. A second delivery of it changes nothing. */
export function receiveEvent(row: WebhookEventRow): Write[] {
  return insertRowsOnce(webhookEvents, [row])
}

export function findEvent(provider: string, eventId: string): Query<WebhookEventRow[]> {
  return query(wholeEvents.toRow)`SELECT ${wholeEvents.columns} FROM ${webhookEvents}
    WHERE provider = ${provider} AND event_id = ${eventId}`
}

export function findEventById(id: string): Query<WebhookEventRow[]> {
  return q.select().from(webhookEvents).where(eq(webhookEvents.id, id))
}

export interface EventMark {
  status: WebhookEventStatus
  detail: string | null
  attempts: number
  nextAttemptAt: number | null
}

/** What became of an event. Breaks `event_taken` when another delivery has already decided it. */
export function markEvent(row: WebhookEventRow, mark: EventMark, now: Date): Write[] {
  return [
    statement`UPDATE ${webhookEvents} SET status = ${mark.status}, detail = ${mark.detail}, attempts = ${mark.attempts},
        next_attempt_at = ${mark.nextAttemptAt}, updated_at = ${now.getTime()}
      WHERE provider = ${row.provider} AND event_id = ${row.eventId} AND status = ${row.status} AND attempts = ${row.attempts}`,
    statement`INSERT INTO guard SELECT 'event_taken' WHERE changes() <> 1`,
  ]
}

/** Events whose next try is due, the longest waiting first. */
export function listDueEvents(now: Date, limit: number): Query<WebhookEventRow[]> {
  return q
    .select()
    .from(webhookEvents)
    .where(and(isNotNull(webhookEvents.nextAttemptAt), lte(webhookEvents.nextAttemptAt, now.getTime())))
    .orderBy(asc(webhookEvents.nextAttemptAt))
    .limit(limit)
}

/** All events for staff, newest first. */
export function listEvents(before: string | null, limit: number): Query<WebhookEventRow[]> {
  return q
    .select()
    .from(webhookEvents)
    .where(before === null ? undefined : lt(webhookEvents.id, before))
    .orderBy(desc(webhookEvents.id))
    .limit(limit)
}
