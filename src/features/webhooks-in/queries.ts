import { and, asc, desc, eq, isNotNull, lt, lte, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { type WebhookEventStatus, webhookEvents } from '../../platform/db/schema/webhooks-in.ts'

export type WebhookEventRow = typeof webhookEvents.$inferSelect

/** Makes an event durable. A second delivery of it changes nothing. */
export function receiveEvent(row: WebhookEventRow): Write {
  return q.insert(webhookEvents).values(row).onConflictDoNothing()
}

export function findEvent(provider: string, eventId: string): Query<WebhookEventRow[]> {
  return q
    .select()
    .from(webhookEvents)
    .where(and(eq(webhookEvents.provider, provider), eq(webhookEvents.eventId, eventId)))
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
    q
      .update(webhookEvents)
      .set({ ...mark, updatedAt: now.getTime() })
      .where(
        and(
          eq(webhookEvents.provider, row.provider),
          eq(webhookEvents.eventId, row.eventId),
          eq(webhookEvents.status, row.status),
          eq(webhookEvents.attempts, row.attempts),
        ),
      ),
    q.run(sql`INSERT INTO guard SELECT 'event_taken' WHERE changes() <> 1`),
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
