import { availableQuantity, stockNews, stockState } from '../../domain/stock.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { announce, type OutboxEvent } from '../../platform/outbox.ts'
import { type DueAlert, listDueAlerts, noteTold } from './alert-queries.ts'

// What one commit takes, and how many commits one run makes: the rest waits for the next minute.
const BATCH = 100
const BATCHES = 20

/**
 * Tells of variants that have become low, sold out or available again since the last run, each once: what is told is noted
 * in the commit of its event. A crash before it repeats the batch, one after it has nothing to repeat; of several runs at
 * the same rows one commits. What went down and up again between two runs is no news.
 * @returns how many events were announced.
 */
export async function announceStock(context: Context): Promise<number> {
  const { db, now, mint } = context
  let announced = 0
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const [due] = await db.read(listDueAlerts(BATCH, now))
    if (due.length === 0) break
    const news = due.map(judge)
    const events = news.flatMap(({ event }) => event ?? [])
    try {
      const told = news.map(({ note }) => note)
      await db.commit([...noteTold(told), ...announce(mint, now, events)], [], { repeatable: true })
    } catch (error) {
      // Another run has told of these, or this one did and never heard of it.
      if (error instanceof ConstraintError && error.constraint === 'alerts_raced') break
      throw error
    }
    announced += events.length
    if (due.length < BATCH) break
  }
  return announced
}

/** Nothing is told of what is not counted, nor of what has left its product. */
function judge({ variantId, productId, sku, archived, state, crossed, told, levels }: DueAlert) {
  const now = stockState(levels)
  const news = now === null || archived ? null : stockNews(state, now)
  const payload = { product_id: productId, sku, state: now, available: availableQuantity(levels) }
  const event: OutboxEvent | null = news === null ? null : { topic: `stock.${news}`, subjectId: variantId, payload }
  return { note: { variantId, state: now ?? 'ok', crossed, told }, event }
}
