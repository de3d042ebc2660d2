import { canMove } from '../../domain/order.ts'
import { type DisputeFact, decideFact, type PaymentFact, type RefundFact } from '../../domain/payment.ts'
import type { Write } from '../../platform/db/client.ts'
import { announce } from '../../platform/outbox.ts'
import { extendHolds } from '../inventory/queries.ts'
import { moveOrder } from '../orders/move-queries.ts'
import { toPaymentMoney } from '../payments/contract.ts'
import { movePayment, type PaymentRow, type PaymentStep } from '../payments/queries.ts'
import { cancelWrites } from './cancel-pending.ts'
import { confirmWrites, stockWrites } from './confirm.ts'
import { giveBack } from './give-back.ts'
import { movesOfMoney, refuseOtherReturns } from './ledger.ts'
import { settleDispute } from './settle-dispute.ts'
import { settleRefund } from './settle-refund.ts'
import type { SettleContext, SettleDetails, Settlement } from './settlement.ts'
import { type OrderState, withPayment } from './state.ts'

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
  fact: PaymentFact | RefundFact | DisputeFact,
  context: SettleContext,
  details: SettleDetails = {},
): Settlement {
  if (fact.kind === 'refund') return settleRefund(state, payment, fact, context)
  if (fact.kind === 'dispute') return settleDispute(state, payment, fact, context)
  const decision = decideFact(toPaymentMoney(payment), fact)
  if (!decision.ok) {
    if (decision.why !== 'amount_mismatch') return { outcome: 'nothing', why: decision.why, writes: [] }
    const detail = `expected ${decision.expected.amount} ${decision.expected.currency}, got ${decision.got.amount} ${decision.got.currency}`
    return { outcome: 'mismatch', detail, writes: [] }
  }
  const { to, captured, released } = decision
  const { reference, nextAction, operation } = details
  const step: PaymentStep = {
    ...{ to, captured, released, reason: `${context.actor}:${fact.kind}`, actor: context.actor, now: context.now },
    ...(reference === undefined ? {} : { reference }),
    ...(nextAction === undefined ? {} : { nextAction }),
    ...(operation === undefined ? {} : { operation }),
    ...endsOf(payment.status, to, details, context.now),
  }
  const after = withPayment(state, {
    ...payment,
    ...{ status: to, captured: payment.captured + captured, released: payment.released + released },
  })
  return { outcome: 'applied', writes: effectsOf(after, payment, step, context) }
}

/** How long what has begun may take; a capture in part begins nothing, and the authorization ends when it would have. */
function endsOf(
  from: PaymentRow['status'],
  to: PaymentRow['status'],
  { terms }: SettleDetails,
  now: Date,
): Partial<PaymentStep> {
  if (!terms || from === to) return {}
  if (to === 'processing') return { sessionExpiresAt: now.getTime() + terms.processingLifetimeMs }
  if (to === 'authorized') return { authorizationExpiresAt: now.getTime() + terms.authorizationLifetimeMs }
  return {}
}

/** @param state what it is after the step. @param payment as it was before. */
function effectsOf(state: OrderState, payment: PaymentRow, step: PaymentStep, context: SettleContext): Write[] {
  const { order } = state
  const { to } = step
  if (to === 'authorized' || to === 'captured') return takeMoney(state, payment, step, context)
  const moved = movePayment(payment, step)
  if (to === 'voided' && payment.accepted) return [...moved, ...loseAuthorization(state, payment, context)]
  if (order.status !== 'pending') return moved
  if (to === 'processing' && step.sessionExpiresAt) {
    // A bank debit takes days, and cannot be called back: its goods are kept as long.
    return [...moved, ...extendHolds(order.id, [...state.demand.keys()], step.sessionExpiresAt)]
  }
  if (to !== 'failed' || !isLatest(state, payment) || !canMove('payment', order.paymentStatus, 'failed')) return moved
  const failed = { seq: state.seq.payment + 1, from: order.paymentStatus, to: 'failed', reason: 'declined' }
  return [...moved, ...moveOrder(order.id, [{ lifecycle: 'payment', ...failed }], context)]
}

function takeMoney(state: OrderState, payment: PaymentRow, step: PaymentStep, context: SettleContext): Write[] {
  const { order } = state
  // What was authorized before is let go already.
  const given = {
    authorized: step.to === 'authorized' && payment.status !== 'authorized',
    captured: step.captured ?? 0,
  }
  if (payment.accepted) {
    const moves = movesOfMoney(state, 'captured')
    const moved = [
      ...refuseOtherReturns(state),
      ...movePayment(payment, step),
      ...moveOrder(order.id, moves, context, { known: order }),
    ]
    if (order.status === 'cancelled') return [...moved, ...giveBack(payment, given, 'late_payment', context)]
    const isPaid = moves.some(({ lifecycle }) => lifecycle === 'payment')
    const events = isPaid ? [{ topic: 'order.paid', subjectId: order.id }] : []
    return [...moved, ...announce(context.mint, context.now, events)]
  }
  if (order.status !== 'pending') {
    const reason = order.status === 'cancelled' ? 'late_payment' : 'duplicate_payment'
    return [...movePayment(payment, step), ...giveBack(payment, given, reason, context)]
  }
  const stock = stockWrites(state, context.now)
  if (!stock) {
    const cancelled = cancelWrites(state, 'out_of_stock', context)
    return [...movePayment(payment, step), ...giveBack(payment, given, 'out_of_stock', context), ...cancelled]
  }
  const paymentStatus = step.to === 'captured' ? 'paid' : 'authorized'
  return [...movePayment(payment, { ...step, accepted: true }), ...confirmWrites(state, paymentStatus, stock, context)]
}

/** The money that a confirmed order was promised will not come: its order stands, and staff decide. */
function loseAuthorization(state: OrderState, payment: PaymentRow, context: SettleContext): Write[] {
  const event = { topic: 'payment.voided', subjectId: payment.id, payload: { order_id: state.order.id } }
  return [
    ...refuseOtherReturns(state),
    ...moveOrder(state.order.id, movesOfMoney(state, 'voided'), context, { known: state.order }),
    ...announce(context.mint, context.now, [event]),
  ]
}

function isLatest({ payments }: OrderState, payment: PaymentRow): boolean {
  return payments.every(({ attempt }) => attempt <= payment.attempt)
}
