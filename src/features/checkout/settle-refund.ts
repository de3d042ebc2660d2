import type { RefundFact } from '../../domain/payment.ts'
import type { Write } from '../../platform/db/client.ts'
import { announce } from '../../platform/outbox.ts'
import { moveOrder } from '../orders/move-queries.ts'
import { movePayment, type PaymentRow } from '../payments/queries.ts'
import { addRefunded, insertRefunds, MADE_ELSEWHERE, moveRefund, type RefundRow } from '../payments/refund-queries.ts'
import { newRefund } from './give-back.ts'
import { movesOfMoney, refuseOtherReturns } from './ledger.ts'
import type { SettleContext, Settlement } from './settlement.ts'
import type { OrderState } from './state.ts'

// A refund that has succeeded may still come back from the bank; one that has failed stays so.
const RANK = { pending: 0, succeeded: 1, failed: 2 } as const

/**
 * What a provider's word on a refund does, whoever asked for it: of one of ours, its outcome; of one from the provider's own
 * dashboard, a row of its own. Facts may come twice and in any order.
 */
export function settleRefund(
  state: OrderState,
  payment: PaymentRow,
  fact: RefundFact,
  context: SettleContext,
): Settlement {
  const row = findRefund(state, payment, fact)
  if (!row) return takeForeign(state, payment, fact, context)
  if (row === 'unclear') {
    return { outcome: 'early', detail: `several refunds of ${fact.amount.amount} are under way`, writes: [] }
  }
  if (row.amount !== fact.amount.amount || row.currency !== fact.amount.currency) {
    const detail = `refund ${row.id} is of ${row.amount} ${row.currency}, the provider says ${fact.amount.amount} ${fact.amount.currency}`
    return { outcome: 'mismatch', detail, writes: [] }
  }
  // A provider that calls several refunds by one name has named none of them.
  const isTaken = state.refunds.some(
    ({ id, paymentId, providerReference }) =>
      id !== row.id && paymentId === payment.id && providerReference === fact.reference,
  )
  const step = { reference: isTaken ? null : fact.reference, detail: null, now: context.now }
  if (row.status === fact.status) {
    const isNews = row.status === 'pending' && row.providerReference === null && step.reference !== null
    if (!isNews) return { outcome: 'nothing', why: 'already', writes: [] }
    return { outcome: 'applied', writes: moveRefund(row, { ...step, status: 'pending' }) }
  }
  if (RANK[fact.status] < RANK[row.status]) return { outcome: 'nothing', why: 'outdated', writes: [] }
  if (fact.status === 'failed') {
    const detail = fact.detail ?? 'the provider could not give it back'
    const writes = [
      ...moveRefund(row, { ...step, status: 'failed', detail }),
      ...takeBack(state, payment, row, context),
    ]
    return { outcome: 'applied', writes }
  }
  const writes = [
    ...moveRefund(row, { ...step, status: 'succeeded' }),
    ...enter(state, payment, { ...row, status: 'succeeded' }, row.amount, context),
  ]
  return { outcome: 'applied', writes }
}

/**
 * The refund that a fact is of: by our id, by the provider's, or the one under way of which the provider's is not known yet.
 * One whose provider id is another is another refund. Of several under way, the answers tell which is which.
 */
function findRefund({ refunds }: OrderState, payment: PaymentRow, fact: RefundFact): RefundRow | 'unclear' | undefined {
  const own = refunds.filter(({ paymentId }) => paymentId === payment.id)
  // Where the provider has made no id of its own yet, ours is all that tells refunds apart.
  const isFree = ({ providerReference }: RefundRow) =>
    providerReference === null || fact.reference === null || providerReference === fact.reference
  const named =
    own.find((row) => row.id === fact.refundId && isFree(row)) ??
    own.find(({ providerReference }) => providerReference !== null && providerReference === fact.reference)
  if (named || fact.refundId !== null) return named
  const underWay = own.filter((row) => row.status === 'pending' && isFree(row) && row.amount === fact.amount.amount)
  return underWay.length > 1 ? 'unclear' : underWay[0]
}

/** Money that staff have given back in the provider's dashboard. Breaks `refund_exceeds_captured` where it cannot be. */
function takeForeign(state: OrderState, payment: PaymentRow, fact: RefundFact, context: SettleContext): Settlement {
  if (fact.amount.currency !== payment.currency) {
    return {
      outcome: 'mismatch',
      detail: `a refund in ${fact.amount.currency} of a payment in ${payment.currency}`,
      writes: [],
    }
  }
  // Ours are saved before the provider hears of them: an id that this payment does not have is another payment's.
  if (
    fact.refundId !== null &&
    !state.refunds.some(({ id, paymentId }) => id === fact.refundId && paymentId === payment.id)
  ) {
    return { outcome: 'mismatch', detail: `refund ${fact.refundId} is not one of this payment`, writes: [] }
  }
  if (fact.reference === null) {
    return { outcome: 'mismatch', detail: 'a refund that names neither our id nor its own', writes: [] }
  }
  const free = payment.captured - payment.refunded
  if (fact.status !== 'failed' && fact.amount.amount > free) {
    return { outcome: 'early', detail: `a refund of ${fact.amount.amount} where ${free} can be given back`, writes: [] }
  }
  const row: RefundRow = {
    ...newRefund(payment.orderId, payment.currency, fact.amount.amount, MADE_ELSEWHERE, context),
    // One that has failed is kept too: that it was under way, or had succeeded, may be heard of later.
    ...{ paymentId: payment.id, providerReference: fact.reference, status: fact.status },
  }
  const entered = fact.status === 'succeeded' ? enter(state, payment, row, row.amount, context) : []
  return { outcome: 'applied', writes: [...insertRefunds([row]), ...entered] }
}

/** The ledger takes what has gone back, or with a minus what has come back again, and the order moves by it. */
function enter(
  state: OrderState,
  payment: PaymentRow,
  row: RefundRow,
  amount: number,
  context: SettleContext,
): Write[] {
  const { order } = state
  const { now, mint, actor } = context
  const others = state.refunds.filter(({ id }) => id !== row.id)
  const reason = amount > 0 ? 'refunded' : 'refund_failed'
  const moved = movePayment(payment, { to: payment.status, reason, actor, now, refunded: amount, operation: row.id })
  const event = { topic: `order.${reason}`, subjectId: order.id, payload: { refund_id: row.id } }
  const moves = payment.accepted ? movesOfMoney({ ...state, refunds: [...others, row] }, reason) : []
  return [
    ...(payment.accepted ? refuseOtherReturns(state) : []),
    ...moved,
    ...moveOrder(order.id, moves, context, { known: order }),
    ...announce(mint, now, [event]),
  ]
}

/** A refund that failed: its amount is free again. What it was for stays counted: staff see that it failed, and decide. */
function takeBack(state: OrderState, payment: PaymentRow, row: RefundRow, context: SettleContext): Write[] {
  const freed = addRefunded(payment.id, -row.amount, context.now.getTime())
  if (row.status === 'succeeded') {
    return [freed, ...enter(state, payment, { ...row, status: 'failed' }, -row.amount, context)]
  }
  const event = { topic: 'order.refund_failed', subjectId: state.order.id, payload: { refund_id: row.id } }
  return [freed, ...announce(context.mint, context.now, [event])]
}
