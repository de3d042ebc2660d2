import type { Mint } from '../../domain/id.ts'
import { canMove } from '../../domain/order.ts'
import { decideFact, type NextAction, type PaymentFact } from '../../domain/payment.ts'
import { planHolds } from '../../domain/stock.ts'
import type { Write } from '../../platform/db/client.ts'
import { announce, type OutboxEvent } from '../../platform/outbox.ts'
import { completeCart, releaseCart } from '../cart/queries.ts'
import { freeExpiredHolds, freeOrderHolds, sellHeldStock, sellStock } from '../inventory/queries.ts'
import { type Move, moveOrder, takeNumber } from '../orders/queries.ts'
import { insertRefund, movePayment, type PaymentRow, refuseOtherAttempts } from '../payments/queries.ts'
import { releasePromotions } from '../promotions/queries.ts'
import type { OrderState } from './state.ts'

export interface SettleContext {
  now: Date
  mint: Mint
  /** A provider, `system:recover`, or the shopper whose request learned it. */
  actor: string
}

/** What was learned beside the fact itself. */
export interface SettleDetails {
  reference?: string | null
  nextAction?: NextAction | null
}

export type Settlement =
  | { outcome: 'applied'; writes: Write[] }
  | { outcome: 'nothing'; why: 'already' | 'outdated'; writes: [] }
  /** Flagged, never guessed: whoever brought the fact tells staff. */
  | { outcome: 'mismatch'; detail: string; writes: [] }

/**
 * What a fact about one payment does to its order: decided from `state`, as writes. Pure; the caller commits them,
 * together with whatever made the fact durable. Committing breaks one of `RACES` when `state` is no longer so.
 *
 * Money that arrives is always taken note of. Where it has an order to confirm, it confirms it, taking stock again if
 * the holds have run out; where it has none (cancelled, paid by another attempt, sold out meanwhile) it goes back.
 */
export function settle(
  state: OrderState,
  payment: PaymentRow,
  fact: PaymentFact,
  context: SettleContext,
  details: SettleDetails = {},
): Settlement {
  const { now, actor } = context
  const amount = { amount: payment.amount, currency: payment.currency }
  const decision = decideFact({ status: payment.status, amount }, fact)
  if (!decision.ok) {
    if (decision.why !== 'amount_mismatch') return { outcome: 'nothing', why: decision.why, writes: [] }
    const detail = `expected ${decision.expected.amount} ${decision.expected.currency}, got ${decision.got.amount} ${decision.got.currency}`
    return { outcome: 'mismatch', detail, writes: [] }
  }
  const { to } = decision
  const step = { to, reason: `${actor}:${fact.kind}`, actor, now, ...details }
  const moved = movePayment(payment, step)
  if (to === 'authorized' || to === 'captured') {
    return { outcome: 'applied', writes: [...moved, ...takeMoney(state, payment, to, context)] }
  }
  const failed = to === 'failed' && state.order.status === 'pending' && isLatest(state, payment)
  const moves = failed ? [paymentMove(state, 'failed', 'declined')] : []
  return { outcome: 'applied', writes: [...moved, ...moveOrder(state.order.id, moves.filter(isLegal), { actor, now })] }
}

function takeMoney(
  state: OrderState,
  payment: PaymentRow,
  to: 'authorized' | 'captured',
  context: SettleContext,
): Write[] {
  const { order } = state
  const paymentStatus = to === 'captured' ? 'paid' : 'authorized'
  // An authorization that had no order to confirm was of no use, and its capture is not either.
  const confirmedByThis =
    payment.status === 'authorized' && order.paymentStatus === 'authorized' && order.status !== 'cancelled'
  if (confirmedByThis) {
    const moves = [paymentMove(state, paymentStatus, 'captured')].filter(isLegal)
    return [...moveOrder(order.id, moves, context), ...announce(context.mint, context.now, [paidEvent(order.id)])]
  }
  if (order.status !== 'pending')
    return giveBack(payment, to, order.status === 'cancelled' ? 'late_payment' : 'duplicate_payment', context)
  const stock = stockWrites(state, context.now)
  if (!stock) {
    return [...giveBack(payment, to, 'out_of_stock', context), ...cancelWrites(state, 'out_of_stock', context)]
  }
  return [...confirmWrites(state, paymentStatus, stock, context)]
}

/** The order is placed for good: it takes its number, its goods leave the shelves, its cart is over. */
export function confirmWrites(
  state: OrderState,
  paymentStatus: 'paid' | 'authorized',
  stock: readonly Write[],
  context: SettleContext,
): Write[] {
  const { order } = state
  const { now, mint } = context
  const moves: Move[] = [
    { lifecycle: 'order', seq: state.seq.order + 1, from: order.status, to: 'confirmed', reason: paymentStatus },
    paymentMove(state, paymentStatus, paymentStatus),
  ]
  return [
    refuseOtherAttempts(order.id, state.payments.length),
    ...moveOrder(order.id, moves, context),
    ...takeNumber(order.id, now),
    ...stock,
    completeCart(order.cartId, order.id, now),
    ...announce(mint, now, [
      { topic: 'order.confirmed', subjectId: order.id },
      ...(paymentStatus === 'paid' ? [paidEvent(order.id)] : []),
    ]),
  ]
}

/** The goods of a pending order leave the shelves: what is held first, then again what is no longer. Null if short. */
export function stockWrites(state: OrderState, now: Date): Write[] | null {
  const { order, holds, demand, levels } = state
  const rest = new Map(demand)
  for (const { variantId, quantity } of holds) rest.set(variantId, (rest.get(variantId) ?? 0) - quantity)
  const missing = new Map([...rest].filter(([, quantity]) => quantity > 0))
  const tracked = new Set(levels.filter(({ policy }) => policy !== 'untracked').map(({ variantId }) => variantId))
  const wanted = new Map([...missing].filter(([variantId]) => tracked.has(variantId)))
  const plan = planHolds(wanted, levels)
  if (!plan.ok) return null
  const freed = plan.holds.length > 0 ? freeExpiredHolds([...wanted.keys()], now) : []
  return [...sellHeldStock(order.id, holds, now), ...freed, ...sellStock(order.id, plan.holds, now)]
}

/** The order is given up: holds, uses and cart are free again. The caller has closed the provider's sessions. */
export function cancelWrites(state: OrderState, reason: string, context: SettleContext): Write[] {
  const { order, seq } = state
  const { now, mint } = context
  const moves: Move[] = [
    { lifecycle: 'order', seq: seq.order + 1, from: order.status, to: 'cancelled', reason },
    paymentMove(state, 'voided', reason),
  ]
  return [
    refuseOtherAttempts(order.id, state.payments.length),
    ...moveOrder(order.id, moves.filter(isLegal), context),
    ...freeOrderHolds(order.id, [...state.demand.keys()]),
    ...releasePromotions(
      order.id,
      order.promotions.map(({ promotionId }) => promotionId),
    ),
    releaseCart(order.cartId, order.id, now),
    ...announce(mint, now, [{ topic: 'order.cancelled', subjectId: order.id, payload: { reason } }]),
  ]
}

/** A captured payment without an order to pay is refunded: saved as pending here, carried out by recover. */
function giveBack(payment: PaymentRow, to: 'authorized' | 'captured', reason: string, context: SettleContext): Write[] {
  const { now, mint } = context
  const events: OutboxEvent[] = [{ topic: 'payment.unusable', subjectId: payment.id, payload: { reason } }]
  if (to === 'authorized') return announce(mint, now, events)
  const refund = {
    id: mint('refund'),
    paymentId: payment.id,
    orderId: payment.orderId,
    status: 'pending' as const,
    amount: payment.amount,
    currency: payment.currency,
    reason,
    providerReference: null,
    createdAt: now.getTime(),
    updatedAt: now.getTime(),
  }
  return [...insertRefund(refund), ...announce(mint, now, events)]
}

function paymentMove({ order, seq }: OrderState, to: string, reason: string): Move {
  return { lifecycle: 'payment', seq: seq.payment + 1, from: order.paymentStatus, to, reason }
}

function isLegal({ lifecycle, from, to }: Move): boolean {
  return from !== null && canMove(lifecycle, from, to)
}

function isLatest({ payments }: OrderState, payment: PaymentRow): boolean {
  return payments.every(({ attempt }) => attempt <= payment.attempt)
}

function paidEvent(orderId: string): OutboxEvent {
  return { topic: 'order.paid', subjectId: orderId }
}
