import type { Money } from '../../domain/money.ts'
import { fulfillmentStatusOf } from '../../domain/order.ts'
import { decideRefund, type RefundPlan, type RefundWish } from '../../domain/refund.ts'
import { planRestock } from '../../domain/restock.ts'
import { audit } from '../../platform/audit.ts'
import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { money } from '../../platform/http/shapes.ts'
import { restock } from '../inventory/queries.ts'
import { movesOfFinish } from '../orders/finish.ts'
import { type Move, moveOrder } from '../orders/move-queries.ts'
import { countRefunded, type OrderLineRow, refuseIfCountsMoved } from '../orders/queries.ts'
import { refuseMovedPayments } from '../payments/queries.ts'
import type { RefundRow } from '../payments/refund-queries.ts'
import { amountIn } from './amount-in.ts'
import { lostRace, MAX_TRIES } from './apply.ts'
import { carryOutRefund } from './carry-out-refund.ts'
import { newRefund } from './give-back.ts'
import { movesOfMoney, tenderedOf } from './ledger.ts'
import { mustFindRefundable, type RefundableOrder, shippingOf, sourcesOf } from './refundable.ts'
import { announceDone, refundRows, saveRefunds } from './save-refunds.ts'
import type { OrderState } from './state.ts'

/** What staff ask for. */
export interface StaffRefund {
  lines: RefundWish['lines']
  /** `all` is what is left of it. */
  shipping: Money | 'all' | null
  /** Instead of what lines and shipping come to. */
  amount: Money | null
  reason: string
  note: string | null
}

/**
 * Gives money back: load -> decide -> save it as pending, with what it is for -> ask the provider -> settle. Once it is
 * saved the amount counts as refunded, whoever asks next; a refund that the provider fails frees it again.
 * @returns the id of the request.
 * @throws {Problem} order_not_found, order_not_confirmed, refund_exceeds_payment, invalid_request.
 */
export async function refundOrder(context: Context, orderId: string, wish: StaffRefund): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const refundable = await mustFindRefundable(context, orderId)
    const plan = decide(refundable, wish)
    const { requestId, rows, writes } = planWrites(context, refundable, plan, wish)
    const isOver = rows.every(({ status }) => status !== 'pending')
    const claim = claimKey(context.idempotency, context.now, `${orderId}/${requestId}`, isOver ? 201 : null)
    try {
      await context.db.commit([...claim, ...writes], [], { repeatable: context.idempotency !== null })
    } catch (error) {
      if (!lostRace(error) || tries >= MAX_TRIES) throw error
      continue
    }
    for (const row of rows) {
      if (row.status === 'pending') await carryOutRefund(context, row, context.idempotency?.id ?? null)
    }
    return requestId
  }
}

function decide({ state, lines }: RefundableOrder, { lines: pieces, shipping, amount }: StaffRefund): RefundPlan {
  const { order } = state
  const wish: RefundWish = {
    lines: pieces,
    shipping: shipping === 'all' ? 'all' : (amountIn(order, shipping, '/shipping') ?? 0),
    amount: amountIn(order, amount, '/amount'),
  }
  const sources = sourcesOf(state)
  // Money that came for an order given up before goes back by itself, or by hand where that has failed.
  const isPaid = order.number !== null || sources.some(({ refundable }) => refundable > 0)
  if (!isPaid) throw new Problem('order_not_confirmed')
  const decision = decideRefund({ lines, shipping: shippingOf(state), sources }, wish)
  if (decision.ok) return decision.plan
  switch (decision.why) {
    case 'nothing':
      throw invalid('/amount', 'must be above 0, or name lines or shipping')
    case 'more_than_paid':
      throw new Problem('refund_exceeds_payment', {
        members: { refundable: money(decision.refundable, order.currency) },
      })
    case 'more_than_shipping':
      throw invalid('/shipping/amount', `must be at most ${decision.refundable}, which is left of shipping`)
    default:
      throw invalid(
        `/lines/${decision.place}/${decision.why === 'unknown_line' ? 'line_id' : 'quantity'}`,
        FAULT[decision.why],
      )
  }
}

const FAULT = {
  unknown_line: 'is not a line of this order',
  more_than_ordered: 'must be at most what was ordered and not refunded yet',
  more_than_unshipped: 'must be at most what is not shipped yet, because it is taken out of the order',
  more_than_shipped: 'must be at most what was shipped, because it came back',
} as const

function planWrites(
  context: Context,
  { state, lines, sold }: RefundableOrder,
  plan: RefundPlan,
  { reason, note }: { reason: string; note: string | null },
): { requestId: string; rows: RefundRow[]; writes: Write[] } {
  const { now, mint, caller } = context
  const { order } = state
  const by = { now, mint, actor: actorOf(caller) }
  const parts = refundRows(state, plan.parts, reason, by)
  // Pieces that have cost nothing come back from nobody, and are told of all the same.
  const free: RefundRow = { ...newRefund(order.id, order.currency, 0, reason, by), status: 'succeeded' }
  const rows = (parts.length > 0 ? parts : [free]).map((row, place) => ({
    ...row,
    note,
    shippingAmount: place === 0 ? plan.shipping : 0,
  }))
  const requestId = rows[0]?.id ?? ''
  const removed = (restocked: string, quantity: number) => (restocked === 'cancel' ? quantity : 0)
  const counted = plan.lines.map(({ id, quantity, restock: how }) => ({
    ...{ lineId: id, quantity, removed: removed(how, quantity) },
    before: lines.find((line) => line.id === id)?.refundedQuantity ?? 0,
  }))
  const wanted = new Map<string, number>()
  for (const { id, quantity, restock: how } of plan.lines) {
    const variantId = lines.find((line) => line.id === id)?.variantId
    if (variantId && how !== 'none') wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity)
  }
  const details = { refund_id: requestId, amount: plan.amount, lines: plan.lines.length, reason }
  const trail = { actor: by.actor, action: 'order.refund_requested', subjectId: order.id, change: details }
  const refundLines = plan.lines.map(({ id, quantity, amount, restock: how }) => ({
    ...{ refundId: requestId, lineId: id, quantity, amount, restock: how },
  }))
  const writes = [
    refuseIfCountsMoved(order.id, lines),
    // What goes to a card moves the order by how its payments stand, and moves none of them.
    ...(rows.some(({ giftCardId }) => giftCardId !== null) ? [refuseMovedPayments(order.id, state.payments)] : []),
    ...saveRefunds(rows, refundLines, now),
    ...countRefunded(order.id, { lines: counted, shipping: plan.shipping }),
    ...restock(planRestock(wanted, sold), requestId, 'return', now),
    ...moveOrder(order.id, movesAfter(state, lines, counted, rows), by, { known: order }),
    ...announceDone(context, order.id, rows),
    audit(mint, now, { ...trail, requestId: context.requestId }),
  ]
  return { requestId, rows, writes }
}

/** Pieces that are not shipped any more may leave an order that is all shipped; cards have their money back at once. */
function movesAfter(
  state: OrderState,
  lines: readonly OrderLineRow[],
  counted: readonly { lineId: string; removed: number }[],
  rows: readonly RefundRow[],
): Move[] {
  const { order, seq } = state
  const removedOf = new Map(counted.map(({ lineId, removed }) => [lineId, removed]))
  const to = fulfillmentStatusOf(
    lines.map((line) => ({ ...line, removedQuantity: line.removedQuantity + (removedOf.get(line.id) ?? 0) })),
  )
  const from = order.fulfillmentStatus
  const shipped: Move[] =
    to === from || to !== 'fulfilled'
      ? []
      : [{ lifecycle: 'fulfillment', seq: seq.fulfillment + 1, from, to, reason: 'rest_removed' }]
  const after = {
    ...state,
    order: shipped.length > 0 ? { ...order, fulfillmentStatus: to } : order,
    refunds: [...state.refunds, ...rows],
  }
  const isToCards = tenderedOf(state) > 0 && rows.some(({ status }) => status === 'succeeded')
  return [...shipped, ...(isToCards ? movesOfMoney(after, 'refunded') : movesOfFinish(after, after.order))]
}
