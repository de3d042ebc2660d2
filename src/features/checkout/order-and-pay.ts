import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey, settleKeys } from '../../platform/http/idempotency.ts'
import { moveOrder } from '../orders/move-queries.ts'
import type { OrderLineRow } from '../orders/queries.ts'
import { mustFindOrder, newWholeOrder, toWholeOrder, wholeOrder } from '../orders/read.ts'
import type { AddressKeys } from '../payments/address-key.ts'
import { type PaymentRow, withAction } from '../payments/queries.ts'
import { refuseAttemptsBeyond } from '../payments/velocity-queries.ts'
import { customerKey } from '../promotions/customer.ts'
import { applyFact, lostRace } from './apply.ts'
import type { Clearing } from './clear-pending.ts'
import { type Completion, toCompletion } from './completion.ts'
import { confirmWrites, stockWrites } from './confirm.ts'
import type { Checkout } from './load.ts'
import { newOrder, newPayment, type PaymentPlan } from './new-order.ts'
import { placeAttempt, placeOrder } from './place.ts'
import { openSession } from './sessions.ts'
import { settle } from './settle.ts'
import type { OrderState } from './state.ts'

/** What was decided before anything is written. */
export interface OrderPlan {
  holds: OrderState['holds']
  session: PaymentPlan | null
  clearing: Clearing
  /** The network it is asked from. */
  keys: AddressKeys | null
}

/**
 * Commit 1, the provider, commit 2. Throws what `lostRace` knows when commit 1 was raced: nothing has happened then.
 */
export async function orderAndPay(context: Context, checkout: Checkout, plan: OrderPlan): Promise<Completion> {
  const { db, now, idempotency } = context
  const { state, lines, payment, writes } = await prepare(context, checkout, plan)
  const { id: orderId, ownerId } = state.order
  const resourceId = payment ? `${orderId}/${payment.id}` : orderId
  const claim = claimKey(idempotency, now, resourceId, payment ? null : 200)
  const repeatable = idempotency !== null

  if (!payment) {
    const stock = stockWrites(state, now)
    if (!stock) throw new Error('an order that holds all of its goods is short of them')
    const confirm = confirmWrites(state, 'paid', stock, { now, mint: context.mint, actor: actorOf(context.caller) })
    const results = await db.commit([...claim, ...writes, ...confirm], wholeOrder(orderId, ownerId), { repeatable })
    return toCompletion(toWholeOrder(results), null)
  }

  await db.commit([...claim, ...limitAttempts(context, state.order, plan.keys), ...writes], [], { repeatable })
  // From here on the order exists: whatever happens next, it is finished by this request, a webhook or recover.
  const session = await openSession(context, payment)
  if (!session) return toCompletion(await mustFindOrder(context, orderId, ownerId), payment.id)
  const { reference, nextAction } = session
  const details = { reference, nextAction, terms: context.provider(payment.provider) }
  const settlement = settle(state, payment, session.fact, { now, mint: context.mint, actor: payment.provider }, details)
  const outcome = settleKeys(payment.idempotencyId, statusOf(session.fact.kind))
  try {
    if (lines && session.fact.kind === 'requires_action') {
      // All there is of this order was written here, and nobody has moved its payment, or the commit would break.
      await db.commit([...settlement.writes, ...outcome], [], { repeatable })
      return toCompletion(newWholeOrder(state.order, lines, withAction(payment, { now, ...session })), payment.id)
    }
    const results = await db.commit([...settlement.writes, ...outcome], wholeOrder(orderId, ownerId), { repeatable })
    return toCompletion(toWholeOrder(results), payment.id)
  } catch (error) {
    if (!lostRace(error)) throw error
    // A webhook was faster than the provider's own answer: decide again from what it left.
    await applyFact(context, payment.id, session.fact, { details, actor: payment.provider, alongside: () => outcome })
    return toCompletion(await mustFindOrder(context, orderId, ownerId), payment.id)
  }
}

function limitAttempts({ config, now }: Context, order: OrderState['order'], keys: AddressKeys | null): Write[] {
  return config.paymentLimits ? [refuseAttemptsBeyond(order, keys, config.paymentLimits, now)] : []
}

async function prepare(
  context: Context,
  checkout: Checkout,
  { holds, session, clearing }: OrderPlan,
): Promise<{ state: OrderState; lines: OrderLineRow[] | null; payment: PaymentRow | null; writes: Write[] }> {
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
    const moved = failed ? moveOrder(old.id, [retry], { ...context, actor: actorOf(context.caller) }) : []
    const state: OrderState = {
      ...reuse,
      order: failed ? { ...old, paymentStatus: 'pending' } : old,
      payments: [...reuse.payments, payment],
      holds,
      seq: failed ? { ...seq, payment: seq.payment + 1 } : seq,
    }
    const attempted = placeAttempt(context, reuse, holds, payment)
    return { state, lines: null, payment, writes: [...clearing.writes, ...moved, ...attempted] }
  }
  const { priced } = checkout
  const fresh = newOrder(context, priced, priced.cart.customerKey ?? (await customerKey(priced.cart.email)) ?? '')
  const payment = session ? newPayment(context, fresh, 1, session) : null
  const { writes, state, lines } = placeOrder(context, checkout, holds, fresh, payment)
  return { state, lines, payment, writes: [...clearing.writes, ...writes] }
}

function statusOf(kind: string): number {
  if (kind === 'failed' || kind === 'closed') return 402
  return kind === 'processing' ? 202 : 200
}
