import { mayStillBePaid } from '../../domain/payment.ts'
import type { Write } from '../../platform/db/client.ts'
import { carts } from '../../platform/db/schema/cart.ts'
import { fragment } from '../../platform/db/statement.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { movePayment, type PaymentRow } from '../payments/queries.ts'
import { applyFact, lostRace, MAX_TRIES } from './apply.ts'
import { cancelWrites } from './cancel-pending.ts'
import { closeSession } from './sessions.ts'
import { type OrderState, readOrderState } from './state.ts'

export type Abandonment =
  | { outcome: 'cancelled' }
  | { outcome: 'paid'; orderId: string }
  /** The provider does not answer: the order stays until it does. */
  | { outcome: 'in_doubt'; orderId: string }
  | { outcome: 'none' }

/**
 * Gives up a cart's or an order's pending order: first the provider's sessions are closed, so that nobody can pay any
 * more, then order, holds and claims go in one commit. A crash in between leaves a closed session and a pending
 * order, which recover finishes the same way.
 * @param alongside writes that belong into that commit.
 */
export async function abandonOrder(
  context: Context,
  which: { cartId: string } | { orderId: string },
  reason: string,
  alongside: readonly Write[] = [],
): Promise<Abandonment> {
  const orderId =
    'orderId' in which
      ? fragment`${which.orderId}`
      : fragment`(SELECT order_id FROM ${carts} WHERE id = ${which.cartId})`
  for (let tries = 1; ; tries += 1) {
    const state = await readOrderState(context.db, orderId, context.now)
    if (!state) return { outcome: 'none' }
    if (state.order.status === 'cancelled') return { outcome: 'cancelled' }
    if (state.order.status !== 'pending') return { outcome: 'paid', orderId: state.order.id }
    const closed = await closeOpenSessions(context, state)
    if (closed.outcome !== 'closed') return { outcome: closed.outcome, orderId: state.order.id }
    try {
      const { now, mint } = context
      const actor = actorOf(context.caller)
      await context.db.commit([...alongside, ...closed.writes, ...cancelWrites(state, reason, { now, mint, actor })])
      return { outcome: 'cancelled' }
    } catch (error) {
      if (!lostRace(error) || tries >= MAX_TRIES) throw error
    }
  }
}

/** Gives up the pending order that stands on a cart, so that the cart can be edited. @throws {Problem} */
export async function reopenCart(context: Context, cartId: string): Promise<void> {
  const result = await abandonOrder(context, { cartId }, 'cart_edited')
  if (result.outcome === 'paid') throw new Problem('cart_completed', { members: { order_id: result.orderId } })
  if (result.outcome === 'in_doubt') throw new Problem('provider_unavailable')
}

/**
 * Closes every session of the order that could still be paid; the payments' moves are returned, to be committed with
 * what follows. A session that turns out to be paid is settled at once.
 */
export async function closeOpenSessions(
  context: Context,
  state: OrderState,
): Promise<{ outcome: 'closed'; writes: Write[] } | { outcome: 'paid' } | { outcome: 'in_doubt' }> {
  const writes: Write[] = []
  for (const payment of state.payments.filter(({ status }) => mayStillBePaid(status))) {
    const session = await closeSession(context, payment)
    if (!session) return { outcome: 'in_doubt' }
    const { fact, reference } = session
    if (fact.kind === 'captured' || fact.kind === 'authorized') {
      const settled = await applyFact(context, payment.id, fact, { actor: payment.provider, details: { reference } })
      return { outcome: settled?.outcome === 'mismatch' ? 'in_doubt' : 'paid' }
    }
    // A bank debit under way cannot be called back: it is not closed, whatever we asked for.
    if (fact.kind !== 'closed' && fact.kind !== 'voided') return { outcome: 'in_doubt' }
    writes.push(...closePayment(context, payment))
  }
  return { outcome: 'closed', writes }
}

function closePayment({ caller, now }: Context, payment: PaymentRow): Write[] {
  return movePayment(payment, { to: 'closed', reason: 'session_closed', actor: actorOf(caller), now })
}
