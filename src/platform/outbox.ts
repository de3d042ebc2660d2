import { asc, inArray, sql } from 'drizzle-orm'
import type { Mint } from '../domain/id.ts'
import { type Query, q, type Write } from './db/client.ts'
import { insertRows } from './db/rows.ts'
import { outbox } from './db/schema/platform.ts'
import { type Fragment, statement } from './db/statement.ts'

/** What happened, told to higher rows and the outside after the commit that made it true. */
export interface OutboxEvent {
  topic: string
  subjectId: string
  payload?: Record<string, unknown>
}

/** Announces events in the batch of their cause: no cause without its event, no event without its cause. */
export function announce(mint: Mint, now: Date, events: readonly OutboxEvent[]): Write[] {
  if (events.length === 0) return []
  const rows = events.map(({ topic, subjectId, payload }) => ({
    id: mint('event'),
    topic,
    subjectId,
    payload: payload ?? {},
    createdAt: now.getTime(),
  }))
  return insertRows(outbox, rows)
}

/** The same of one event, where `condition` holds in the batch that it is committed with. */
export function announceWhere(condition: Fragment, mint: Mint, now: Date, event: OutboxEvent): Write {
  const { topic, subjectId, payload = {} } = event
  return statement`INSERT INTO ${outbox} (id, topic, subject_id, payload, created_at)
    SELECT ${mint('event')}, ${topic}, ${subjectId}, ${JSON.stringify(payload)}, ${now.getTime()} WHERE ${condition}`
}

export type OutboxRow = typeof outbox.$inferSelect

export function listUnsentEvents(limit: number): Query<OutboxRow[]> {
  return q.select().from(outbox).orderBy(asc(outbox.id)).limit(limit)
}

/** Sent events leave; a crash between sending and this repeats them, which consumers must bear anyway. */
export function removeSentEvents(ids: readonly string[]): Write {
  return q.delete(outbox).where(inArray(outbox.id, sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`))
}
