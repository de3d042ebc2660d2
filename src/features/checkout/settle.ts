import { canMove } from '../../domain/order.ts'
import { type DisputeFact, decideFact, type PaymentFact, type RefundFact } from '../../domain/payment.ts'
import { isExhausted } from '../../domain/velocity.ts'
import type { Write } from '../../platform/db/client.ts'
import { announce } from '../../platform/outbox.ts'
import { extendHolds } from '../inventory/queries.ts'
import { moveOrder } from '../orders/move-queries.ts'
import { toPaymentMoney } from '../payments/contract.ts'
import { flagMismatch } from '../payments/flag-queries.ts'
import { movePayment, type PaymentRow, type PaymentStep } from '../payments/queries.ts'
import { countDecline } from '../payments/velocity-queries.ts'
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
  if (isOfAnother(state, payment, fact, details)) {
    const detail = `${fact.kind}: ${details.reference}, where ${payment.providerReference} has paid`
    return { outcome: 'mismatch', detail, writes: [] }
  }
  if (fact.kind === 'refund') return settleRefund(state, payment, fact, context)
  if (fact.kind === 'dispute') return settleDispute(state, payment, fact, context)
  const decision = decideFact(toPaymentMoney(payment), fact)
  const told = countTold(payment, fact, decision.ok ? decision.to : payment.status, context, details)
  if (!decision.ok) {
    if (decision.why !== 'amount_mismatch') return { outcome: 'nothing', why: decision.why, ...told }
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
    ...(fact.kind === 'captured' && fact.part !== undefined ? { part: fact.part } : {}),
    ...endsOf(payment.status, to, details, context.now),
  }
  const after = withPayment(state, {
    ...payment,
    ...{ status: to, captured: payment.captured + captured, released: payment.released + released },
  })
  return { outcome: 'applied', ...told, writes: [...effectsOf(after, payment, step, context), ...told.writes] }
}

/**
 * Whether an event tells of money under another name than that of what has paid: a shopper who has gone back from the page of a bank has
 * paid by card, and then at the bank too. It is not in our books, neither its coming nor its going: a person gives it back.
 */
function isOfAnother(
  { disputes, refunds }: OrderState,
  { status, providerReference }: PaymentRow,
  fact: PaymentFact | RefundFact | DisputeFact,
  { isEvent, reference }: SettleDetails,
): boolean {
  const isOther = isEvent && reference && providerReference && reference !== providerReference
  if (!isOther || !['authorized', 'captured', 'voided'].includes(status)) return false
  if (fact.kind === 'refund') {
    const isKnown = refunds.some(({ providerReference: known }) => known === fact.reference)
    return fact.refundId === null && !isKnown
  }
  if (fact.kind !== 'dispute') return ['authorized', 'captured', 'voided'].includes(fact.kind)
  // Lost and never open before: nobody asks it back, it has not come.
  return fact.status === 'lost' && !disputes.some((known) => known.reference === fact.reference)
}

/**
 * Counts what an event tells of a decline, whatever else has happened: a session takes card after card, and every one that
 * was refused is told once. @param status what the payment is after the fact.
 */
function countTold(
  { id, orderId, declines }: PaymentRow,
  fact: PaymentFact,
  status: PaymentRow['status'],
  { mint, now }: SettleContext,
  { isEvent }: SettleDetails,
): { writes: Write[]; exhausted: boolean } {
  if (fact.kind !== 'failed' || !isEvent) return { writes: [], exhausted: false }
  const exhausted = isExhausted({ status, declines: declines + 1 })
  const payload = { order_id: orderId, declines: declines + 1 }
  const event = { topic: 'payment.exhausted', subjectId: id, payload }
  return { writes: [countDecline(id), ...(exhausted ? announce(mint, now, [event]) : [])], exhausted }
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
  return [
    ...movePayment(payment, { ...step, accepted: true }),
    ...confirmWrites(state, paymentStatus, stock, context),
    ...flagShort(payment, step, context),
  ]
}

/** Confirmed by less than it is due, and no more will come: nobody of ours has agreed to that before, so staff are told. */
function flagShort({ id, amount, currency, captured }: PaymentRow, step: PaymentStep, context: SettleContext): Write[] {
  const total = captured + (step.captured ?? 0)
  if (step.to !== 'captured' || total === amount) return []
  return flagMismatch(id, `expected ${amount} ${currency}, got ${total} ${currency} and no more`, context)
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
