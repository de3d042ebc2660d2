import { isLive } from '../../domain/payment.ts'
import type { Context } from '../../platform/http/context.ts'
import { checkFingerprint, claimKey } from '../../platform/http/idempotency.ts'
import { refuseEnded } from '../cart/load.ts'
import { mustFindOrder, toWholeOrder, wholeOrder } from '../orders/read.ts'
import { type Completion, toCompletion } from './completion.ts'
import type { Checkout } from './load.ts'

// An attempt this young is being opened right now by another request; an older one was left by a crash.
const OPENING_MS = 30_000

/**
 * Whoever asks again about what has been decided gets the same order, whatever the key.
 * @param meanwhile the latest attempt is what a request beside this one has opened, with the same wish: it is this one's
 *   too. Were it closed and another one opened, each of many parallel requests would do that to the one before.
 */
export async function answerWithoutOrdering(
  context: Context,
  { key, priced, pending }: Checkout,
  meanwhile: boolean,
): Promise<Completion | null> {
  const { cart } = priced
  if (key && context.idempotency) {
    checkFingerprint(key, context.idempotency)
    return replayCompletion(context, key.resourceId, cart.ownerId)
  }
  if (cart.status === 'completed' && cart.orderId !== null) {
    return join(context, cart.orderId, cart.ownerId, null)
  }
  refuseEnded(cart, context.now)
  const latest = pending?.payments.at(-1)
  if (!pending || !latest) return null
  const opening = latest.status === 'created' && context.now.getTime() - latest.createdAt < OPENING_MS
  const open = latest.status === 'processing' || (meanwhile && isLive(latest.status))
  if (!opening && !open) return null
  return join(context, pending.order.id, cart.ownerId, latest.id)
}

/**
 * Answers with what another request has begun. The key is claimed for it all the same: if that order were given up one
 * day, a late copy of this request must not place another.
 */
async function join(context: Context, orderId: string, ownerId: string, paymentId: string | null): Promise<Completion> {
  const { db, idempotency, now } = context
  const claim = claimKey(idempotency, now, paymentId === null ? orderId : `${orderId}/${paymentId}`, 200)
  const whole = toWholeOrder(await db.commit(claim, wholeOrder(orderId, ownerId)))
  return toCompletion(whole, paymentId ?? whole?.payments.at(-1)?.id ?? null)
}

/** The outcome of an earlier request, by what its key stands for. */
export async function replayCompletion(context: Context, resourceId: string, ownerId: string): Promise<Completion> {
  const [orderId = '', paymentId = null] = resourceId.split('/')
  const whole = await mustFindOrder(context, orderId, ownerId)
  return { whole, paymentId: paymentId ?? whole.payments.at(-1)?.id ?? null, replayed: true }
}
