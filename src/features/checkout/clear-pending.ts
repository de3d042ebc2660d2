import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { closeOpenSessions } from './abandon.ts'
import { applyFact } from './apply.ts'
import { cancelWrites } from './cancel-pending.ts'
import type { Checkout } from './load.ts'
import { giftCardParts } from './new-order.ts'
import { fetchSession } from './sessions.ts'
import type { OrderState } from './state.ts'

/** What commit 1 does about an order that already stands on the cart. */
export type Clearing = { reuse: OrderState | null; writes: Write[] }

/**
 * A pending order in the way: its open sessions are closed at the provider first. If the cart still costs the same, the
 * order stays and gets another attempt; if not, it is cancelled in the same commit that places the new one.
 */
export async function clearPending(context: Context, { priced, pending }: Checkout): Promise<Clearing | 'again'> {
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
  if (isSameOrder(pending, priced)) return { reuse: pending, writes: closed.writes }
  const { now, mint, caller } = context
  const writes = [...closed.writes, ...cancelWrites(pending, 'cart_changed', { now, mint, actor: actorOf(caller) })]
  return { reuse: null, writes }
}

function isSameOrder({ order }: OrderState, priced: Checkout['priced']): boolean {
  return (
    JSON.stringify(order.totals) === JSON.stringify(priced.quote.totals) &&
    JSON.stringify(order.promotions) === JSON.stringify(priced.quote.applied) &&
    JSON.stringify(order.giftCards) === JSON.stringify(giftCardParts(priced))
  )
}
