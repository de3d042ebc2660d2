import { and, asc, eq, isNotNull, lte, sql } from 'drizzle-orm'
import { firstIdAt } from '../../domain/id.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRowsOnce, listOf } from '../../platform/db/rows.ts'
import { payments } from '../../platform/db/schema/payments.ts'
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
  /** What it is about, where that was only found out by asking. */
  paymentId: string | null
  detail: string | null
  attempts: number
  nextAttemptAt: number | null
}

/** What became of an event. Breaks `event_taken` when another delivery has already decided it. */
export function markEvent(row: WebhookEventRow, mark: EventMark, now: Date): Write[] {
  return [
    statement`UPDATE ${webhookEvents} SET status = ${mark.status}, payment_id = ${mark.paymentId}, detail = ${mark.detail}, attempts = ${mark.attempts},
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

/** Puts events off that are due, without counting a try. */
export function leaveEvents(ids: readonly string[], until: Date): Write {
  return q
    .update(webhookEvents)
    .set({ nextAttemptAt: until.getTime() })
    .where(sql`${webhookEvents.id} IN ${listOf(ids)} AND ${webhookEvents.nextAttemptAt} IS NOT NULL`)
}

/**
 * Unmatched events whose payment has appeared since, among the `newest` that staff are to look at. Each is found once more
 * until it is marked otherwise.
 */
export function listMatchedEvents(newest: number, limit: number): Query<WebhookEventRow[]> {
  // The very words of webhook_events_troubled.
  const troubled = sql`SELECT id FROM ${webhookEvents} INDEXED BY webhook_events_troubled
    WHERE status IN ('unmatched', 'failed', 'dead') ORDER BY id DESC LIMIT ${newest}`
  const appeared = sql`EXISTS (SELECT 1 FROM ${payments} AS p WHERE p.id = ${webhookEvents.paymentId}
    AND p.provider = ${webhookEvents.provider})`
  return q
    .select()
    .from(webhookEvents)
    .where(sql`${webhookEvents.id} IN (${troubled}) AND ${webhookEvents.status} = 'unmatched' AND ${appeared}`)
    .orderBy(asc(webhookEvents.id))
    .limit(limit)
}

/** Removes the oldest events that came in before `before`, at most `limit` of them. */
export function forgetEvents(before: Date, limit: number): Write {
  // Their ids begin with the moment they came in.
  return q.run(sql`DELETE FROM ${webhookEvents} WHERE id IN
    (SELECT id FROM ${webhookEvents} WHERE id < ${firstIdAt('event', before.getTime())} ORDER BY id LIMIT ${limit})`)
}
