import type { Context } from '../platform/http/context.ts'
import { listUnsentEvents, removeSentEvents } from '../platform/outbox.ts'

// What one call of the queue takes, and how many calls one run makes.
const BATCH = 100
const BATCHES = 100

/** What travels on the queue. */
export interface QueueMessage {
  id: string
  topic: string
  subject_id: string
  payload: Record<string, unknown>
  created_at: string
}

/**
 * Sends committed events to the queue, then forgets them. A crash in between sends them again: consumers know an event
 * by its id.
 */
export async function relayOutbox(context: Context): Promise<number> {
  let sent = 0
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const relayed = await relayBatch(context)
    sent += relayed
    if (relayed < BATCH) break
  }
  return sent
}

async function relayBatch({ db, bindings }: Context): Promise<number> {
  const [rows] = await db.read(listUnsentEvents(BATCH))
  if (rows.length === 0) return 0
  const messages = rows.map(({ id, topic, subjectId, payload, createdAt }) => ({
    body: {
      id,
      topic,
      subject_id: subjectId,
      payload,
      created_at: new Date(createdAt).toISOString(),
    } satisfies QueueMessage,
  }))
  await bindings.EVENTS.sendBatch(messages)
  await db.commit([removeSentEvents(rows.map(({ id }) => id))])
  return rows.length
}
