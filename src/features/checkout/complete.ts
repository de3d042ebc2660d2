import type { Money } from '../../domain/money.ts'
import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { checkFingerprint, claimKey, settleKeys } from '../../platform/http/idempotency.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { refuseEnded } from '../cart/load.ts'
import { moveOrder } from '../orders/queries.ts'
import { mustFindOrder, toWholeOrder, type WholeOrder, wholeOrder } from '../orders/read.ts'
import type { PaymentRow } from '../payments/queries.ts'
import { customerKey } from '../promotions/customer.ts'
import { closeOpenSessions } from './abandon.ts'
import { applyFact, lostRace, MAX_TRIES } from './apply.ts'
import { type Checkout, loadCheckout } from './load.ts'
import { isAsExpected, newOrder, newPayment, type PaymentWish, placeAttempt, placeOrder, planCart } from './place.ts'
import { againstRules, cartChanged, outOfStock, quantityNotAllowed } from './refusals.ts'
import { fetchSession, openSession } from './sessions.ts'
import { cancelWrites, confirmWrites, settle, stockWrites } from './settle.ts'
import type { OrderState } from './state.ts'

export interface CompleteWish {
  payment: PaymentWish | null
  /** The total the shopper has seen and agreed to. */
  expectedTotal: Money
}

/** How a complete ended: the order, and the attempt that this request is about (none where nothing was due). */
export interface Completion {
  whole: WholeOrder
  paymentId: string | null
  replayed: boolean
}

// An attempt this young is being opened right now by another request; an older one was left by a crash.
const OPENING_MS = 30_000

/**
 * Orders a cart and opens its payment: load -> decide -> commit 1 -> ask the provider -> commit 2.
 *
 * A crash before commit 1 leaves nothing. After it there is a pending order with its holds and an attempt `created`:
 * the shopper's retry is answered `processing`, and recover asks the provider by the payment's id, whether the provider
 * was reached or not. A crash after the provider's answer is the same case: opening a session again is getting it.
 *
 * @throws {Problem} cart_not_found, cart_gone, cart_empty, cart_incomplete, cart_changed, out_of_stock, quantity_not_allowed,
 *   invalid_request (an unknown provider), provider_unavailable (an old session could not be closed).
 */
export async function complete(context: Context, cartId: string, wish: CompleteWish): Promise<Completion> {
  for (let tries = 1; ; tries += 1) {
    const checkout = await loadCheckout(context, cartId)
    const answered = await answerWithoutOrdering(context, checkout)
    if (answered) return answered
    const session = decideSession(context, checkout, wish)
    const holds = await decideHolds(context, checkout, wish)
    const cleared = await clearPending(context, checkout)
    if (cleared === 'again') {
      if (tries >= MAX_TRIES) throw new Problem('cart_conflict')
      continue
    }
    try {
      return await order(context, checkout, { holds, session, clearing: cleared })
    } catch (error) {
      if (!lostRace(error) && !isPromotionRace(error)) throw error
      if (tries >= MAX_TRIES) throw new Problem('cart_conflict')
    }
  }
}

/** The outcome of an earlier request, by what its key stands for. */
export async function replayCompletion(context: Context, resourceId: string, ownerId: string): Promise<Completion> {
  const [orderId = '', paymentId = null] = resourceId.split('/')
  const whole = await mustFindOrder(context, orderId, ownerId)
  return { whole, paymentId: paymentId ?? whole.payments.at(-1)?.id ?? null, replayed: true }
}

/** Whoever asks again about what has been decided gets the same order, whatever the key. */
async function answerWithoutOrdering(context: Context, { key, priced, pending }: Checkout): Promise<Completion | null> {
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
  if (!opening && latest.status !== 'processing') return null
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

interface SessionWish extends PaymentWish {
  sessionLifetimeMs: number
}

/** What must hold before anything is touched. Null where nothing is due and no provider is needed. */
function decideSession(context: Context, { priced }: Checkout, wish: CompleteWish): SessionWish | null {
  if (priced.lines.length === 0) throw new Problem('cart_empty')
  if (priced.missing.length > 0) throw new Problem('cart_incomplete', { members: { missing: priced.missing } })
  if (priced.quote.totals.amount_due === 0) return null
  if (!wish.payment) throw invalid('/payment', 'is required, because there is something to pay')
  const provider = context.provider(wish.payment.provider)
  if (!provider) throw invalid('/payment/provider', 'is not a configured payment provider; see payment-options')
  return { ...wish.payment, sessionLifetimeMs: provider.sessionLifetimeMs }
}

async function decideHolds(context: Context, checkout: Checkout, wish: CompleteWish) {
  if (!isAsExpected(checkout.priced, wish.expectedTotal)) throw await cartChanged(context, checkout, wish.expectedTotal)
  if (againstRules(checkout.priced).length > 0) throw await quantityNotAllowed(context, checkout)
  const plan = planCart(checkout)
  if (!plan.ok) throw await outOfStock(context, checkout, plan.short)
  return plan.holds
}

/** What commit 1 does about an order that already stands on the cart. */
type Clearing = { reuse: OrderState | null; writes: Write[] }

/**
 * A pending order in the way: its open sessions are closed at the provider first. If the cart still costs the same, the
 * order stays and gets another attempt; if not, it is cancelled in the same commit that places the new one.
 */
async function clearPending(context: Context, { priced, pending }: Checkout): Promise<Clearing | 'again'> {
  if (pending?.order.status !== 'pending') return { reuse: null, writes: [] }
  const stuck = pending.payments.find(({ status }) => status === 'created')
  if (stuck) {
    const session = await fetchSession(context, stuck)
    if (!session) throw new Problem('provider_unavailable')
    const settled = await applyFact(context, stuck.id, session.fact, { details: session, actor: stuck.provider })
    if (settled?.outcome === 'mismatch') throw new Problem('provider_unavailable')
    return 'again'
  }
  const closed = await closeOpenSessions(context, pending)
  if (closed.outcome === 'paid') return 'again'
  if (closed.outcome === 'in_doubt') throw new Problem('provider_unavailable')
  if (isSameOrder(pending, priced.quote)) return { reuse: pending, writes: closed.writes }
  const { now, mint, caller } = context
  const writes = [...closed.writes, ...cancelWrites(pending, 'cart_changed', { now, mint, actor: actorOf(caller) })]
  return { reuse: null, writes }
}

function isSameOrder({ order }: OrderState, quote: Checkout['priced']['quote']): boolean {
  return (
    JSON.stringify(order.totals) === JSON.stringify(quote.totals) &&
    JSON.stringify(order.promotions) === JSON.stringify(quote.applied)
  )
}

interface OrderPlan {
  holds: Awaited<ReturnType<typeof decideHolds>>
  session: SessionWish | null
  clearing: Clearing
}

async function order(context: Context, checkout: Checkout, plan: OrderPlan): Promise<Completion> {
  const { db, now, idempotency } = context
  const { state, payment, writes } = await prepare(context, checkout, plan)
  const { id: orderId, ownerId } = state.order
  const resourceId = payment ? `${orderId}/${payment.id}` : orderId
  const claim = claimKey(idempotency, now, resourceId, payment ? null : 200)
  const repeatable = idempotency !== null

  if (!payment) {
    const context_ = { now, mint: context.mint, actor: actorOf(context.caller) }
    const stock = stockWrites(state, now) ?? []
    const confirm = confirmWrites(state, 'paid', stock, context_)
    const results = await db.commit([...claim, ...writes, ...confirm], wholeOrder(orderId, ownerId), { repeatable })
    return toCompletion(toWholeOrder(results), null)
  }

  await db.commit([...claim, ...writes], [], { repeatable })
  // From here on the order exists: whatever happens next, it is finished by this request, a webhook or recover.
  const session = await openSession(context, payment)
  if (!session) return toCompletion(await mustFindOrder(context, orderId, ownerId), payment.id)
  const details = { reference: session.reference, nextAction: session.nextAction }
  const settlement = settle(state, payment, session.fact, { now, mint: context.mint, actor: payment.provider }, details)
  const outcome = settleKeys(payment.idempotencyId, statusOf(session.fact.kind))
  try {
    const results = await db.commit([...settlement.writes, ...outcome], wholeOrder(orderId, ownerId), { repeatable })
    return toCompletion(toWholeOrder(results), payment.id)
  } catch (error) {
    if (!lostRace(error)) throw error
    // A webhook was faster than the provider's own answer: decide again from what it left.
    await applyFact(context, payment.id, session.fact, { details, actor: payment.provider, alongside: () => outcome })
    return toCompletion(await mustFindOrder(context, orderId, ownerId), payment.id)
  }
}

async function prepare(
  context: Context,
  checkout: Checkout,
  { holds, session, clearing }: OrderPlan,
): Promise<{ state: OrderState; payment: PaymentRow | null; writes: Write[] }> {
  const { reuse } = clearing
  if (reuse && session) {
    const attempt = (reuse.payments.at(-1)?.attempt ?? 0) + 1
    const payment = newPayment(context, reuse.order, attempt, session)
    const { order: old, seq } = reuse
    const failed = old.paymentStatus === 'failed'
    const retry = {
      lifecycle: 'payment',
      seq: seq.payment + 1,
      from: 'failed',
      to: 'pending',
      reason: 'new_attempt',
    } as const
    const moved = failed ? moveOrder(old.id, [retry], { actor: actorOf(context.caller), now: context.now }) : []
    const state: OrderState = {
      ...reuse,
      order: failed ? { ...old, paymentStatus: 'pending' } : old,
      payments: [...reuse.payments, payment],
      holds,
      seq: failed ? { ...seq, payment: seq.payment + 1 } : seq,
    }
    return { state, payment, writes: [...clearing.writes, ...moved, ...placeAttempt(context, reuse, holds, payment)] }
  }
  const { priced } = checkout
  const fresh = newOrder(context, priced, (await customerKey(priced.cart.email)) ?? '')
  const payment = session ? newPayment(context, fresh, 1, session) : null
  const { writes, state } = placeOrder(context, checkout, holds, fresh, payment, null)
  return { state, payment, writes: [...clearing.writes, ...writes] }
}

function toCompletion(whole: WholeOrder | null, paymentId: string | null): Completion {
  if (!whole) throw new Error('the order just placed is gone')
  return { whole, paymentId, replayed: false }
}

function statusOf(kind: string): number {
  if (kind === 'failed' || kind === 'closed') return 402
  return kind === 'processing' ? 202 : 200
}

function isPromotionRace(error: unknown): boolean {
  const constraint = (error as { constraint?: unknown }).constraint
  return typeof constraint === 'string' && constraint.startsWith('promotion_')
}
