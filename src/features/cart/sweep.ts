import { CART_LIFETIME_MS } from '../../domain/cart.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { storefrontOf } from '../../platform/http/storefront.ts'
import { announce, type OutboxEvent } from '../../platform/outbox.ts'
import { signRecoveryToken } from '../sessions/recovery-token.ts'
import {
  expireCarts,
  findBatchEnd,
  findWatermark,
  listAbandoned,
  listEndedCarts,
  moveWatermark,
} from './sweep-queries.ts'

/** A cart nobody has changed for this long is abandoned. */
const QUIET_MS = 3600 * 1000
/** How long the link of a reminder is good. */
const RECOVERY_MS = 7 * 24 * 3600 * 1000

// What one commit takes, and how many commits one run makes: the rest waits for the next minute.
const EXPIRE_BATCH = 500
const ABANDONED_BATCH = 100
const BATCHES = 20

/** Marks carts past their time as expired, batch by batch, the oldest first. @returns how many. */
export async function expireEndedCarts({ db, now }: Context): Promise<number> {
  let expired = 0
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const [rows] = await db.read(listEndedCarts(now, EXPIRE_BATCH))
    const ids = rows.map(({ id }) => id)
    if (ids.length > 0) await db.commit([expireCarts(ids, now)], [], { repeatable: true })
    expired += ids.length
    if (ids.length < EXPIRE_BATCH) break
  }
  return expired
}

/**
 * Announces carts that have gone quiet since the last run, each once: it is announced again only when it has been
 * changed and gone quiet again. Every change moves a cart's end to a lifetime from then, so that ends stand in the order
 * of last changes. The watermark moves in the commit of the events: a crash before it repeats the batch, one after it
 * has nothing to repeat.
 * @returns how many were announced.
 */
export async function announceAbandoned(context: Context): Promise<number> {
  const upTo = context.now.getTime() - QUIET_MS + CART_LIFETIME_MS
  let announced = 0
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const { events, from, until } = await readBatch(context, upTo)
    if (from !== null && from >= until) break
    try {
      const writes = [...moveWatermark(from, until), ...announce(context.mint, context.now, events)]
      await context.db.commit(writes, [], { repeatable: true })
    } catch (error) {
      // Another run has taken this batch, or this one did and never heard of it.
      if (error instanceof ConstraintError && error.constraint === 'sweep_raced') break
      throw error
    }
    announced += events.length
    if (until >= upTo) break
  }
  return announced
}

async function readBatch(context: Context, upTo: number) {
  const [[watermark], [end], rows] = await context.db.read(
    findWatermark(),
    findBatchEnd(upTo, ABANDONED_BATCH),
    listAbandoned(upTo, ABANDONED_BATCH),
  )
  const events = await Promise.all(rows.map((row) => abandonment(context, row)))
  return { events, from: watermark?.until ?? null, until: end?.until ?? upTo }
}

/** Nothing in it says whose cart it is: who sends the reminder looks the e-mail up. */
async function abandonment(
  context: Context,
  cart: { id: string; locale: string; expiresAt: number },
): Promise<OutboxEvent> {
  const { config, now, mint } = context
  const expiresAt = new Date(Math.min(now.getTime() + RECOVERY_MS, cart.expiresAt))
  const token = await signRecoveryToken(config, { subject: cart.id, expiresAt }, now, mint)
  const link = storefrontOf(context).url(`/cart/recover?token=${token}`, cart.locale)
  const payload = { cart_id: cart.id, recovery_url: link, expires_at: expiresAt.toISOString() }
  return { topic: 'cart.abandoned', subjectId: cart.id, payload }
}
