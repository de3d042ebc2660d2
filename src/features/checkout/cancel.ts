import { planRestock } from '../../domain/restock.ts'
import { audit } from '../../platform/audit.ts'
import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { announce } from '../../platform/outbox.ts'
import { restock } from '../inventory/queries.ts'
import { type Move, moveOrder } from '../orders/move-queries.ts'
import { countRefunded } from '../orders/queries.ts'
import { insertOperation } from '../payments/operation-queries.ts'
import { refuseMovedPayments } from '../payments/queries.ts'
import { releasePromotions } from '../promotions/queries.ts'
import { abandonOrder } from './abandon.ts'
import { lostRace, MAX_TRIES } from './apply.ts'
import { finishPayments } from './finish.ts'
import { newVoid } from './give-back.ts'
import { movesOfMoney } from './ledger.ts'
import { mustFindRefundable, type RefundableOrder, sourcesOf } from './refundable.ts'
import { announceDone, refundRows, saveRefunds } from './save-refunds.ts'

/**
 * Gives an order up, whatever it was paid with: goods go back to their shelves, uses of promotions are free again, what was
 * authorized is let go, and what was paid is given back. All of it is saved in one commit; then providers are asked.
 * A pending order is given up as an edit of its cart would.
 * @throws {Problem} order_not_found, order_not_cancellable, provider_unavailable, payment_busy.
 */
export async function cancelOrder(
  context: Context,
  orderId: string,
  { reason, restock: isRestocked }: { reason: string; restock: boolean },
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const found = await mustFindRefundable(context, orderId)
    const { order } = found.state
    const claim = claimKey(context.idempotency, context.now, orderId, 200)
    if (order.status === 'pending') {
      const result = await abandonOrder(context, { orderId }, reason, [...claim, trail(context, orderId, reason)])
      if (result.outcome === 'in_doubt') throw new Problem('provider_unavailable')
      if (result.outcome === 'cancelled') return
      if (tries >= MAX_TRIES) throw new Problem('order_conflict')
      continue
    }
    if (order.status !== 'confirmed' || order.fulfillmentStatus !== 'unfulfilled') {
      throw new Problem('order_not_cancellable', {
        members: { order_status: order.status, fulfillment_status: order.fulfillmentStatus },
      })
    }
    const writes = cancelConfirmed(context, found, reason, isRestocked)
    try {
      await context.db.commit([...claim, ...writes], [], { repeatable: context.idempotency !== null })
    } catch (error) {
      if (!lostRace(error) || tries >= MAX_TRIES) throw error
      continue
    }
    await finishPayments(
      context,
      found.state.payments.map(({ id }) => id),
    )
    return
  }
}

function cancelConfirmed(
  context: Context,
  { state, lines, sold }: RefundableOrder,
  reason: string,
  isRestocked: boolean,
): Write[] {
  const { now, mint } = context
  const { order, seq } = state
  const by = { now, mint, actor: actorOf(context.caller) }
  const sources = sourcesOf(state)
  const rows = refundRows(
    state,
    sources.flatMap((source) => (source.refundable > 0 ? [{ source, amount: source.refundable }] : [])),
    'order_cancelled',
    by,
  )
  // What is not accepted has been let go when it came.
  const open = state.payments.filter(({ accepted, status }) => accepted && status === 'authorized')
  const counted = lines.map((line) => ({
    lineId: line.id,
    before: line.refundedQuantity,
    quantity: line.quantity - line.refundedQuantity,
    removed: line.quantity - line.removedQuantity,
  }))
  const wanted = new Map<string, number>()
  for (const { variantId, quantity, removedQuantity } of lines) {
    wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity - removedQuantity)
  }
  const cancelled: Move = { lifecycle: 'order', seq: seq.order + 1, from: order.status, to: 'cancelled', reason }
  const after = { ...state, order: { ...order, status: 'cancelled' as const }, refunds: [...state.refunds, ...rows] }
  const money = rows.some(({ status }) => status === 'succeeded') ? movesOfMoney(after, 'refunded') : []
  return [
    // What is given back and let go was decided by how the payments stood.
    refuseMovedPayments(order.id, state.payments),
    ...moveOrder(order.id, [cancelled, ...money], by),
    ...saveRefunds(rows, [], now),
    ...open.flatMap((payment) => insertOperation(newVoid(payment, 'order_cancelled', by))),
    ...countRefunded(order.id, { lines: counted, shipping: 0 }),
    ...(isRestocked ? restock(planRestock(wanted, sold), order.id, 'cancel', now) : []),
    ...releasePromotions(
      order.id,
      order.promotions.map(({ promotionId }) => promotionId),
    ),
    ...announce(mint, now, [{ topic: 'order.cancelled', subjectId: order.id, payload: { reason } }]),
    ...announceDone(context, order.id, rows),
    trail(context, order.id, reason),
  ]
}

function trail({ mint, now, caller, requestId }: Context, orderId: string, reason: string): Write {
  const entry = { actor: actorOf(caller), action: 'order.cancelled', subjectId: orderId, change: { reason }, requestId }
  return audit(mint, now, entry)
}
