import type { DisputeFact } from '../../domain/payment.ts'
import { announce } from '../../platform/outbox.ts'
import { noteDispute } from '../payments/dispute-queries.ts'
import type { PaymentRow } from '../payments/queries.ts'
import { giveBack } from './give-back.ts'
import type { SettleContext, Settlement } from './settlement.ts'
import type { OrderState } from './state.ts'

/**
 * A shopper's bank asks money back, or it was decided who gets it. Until it is won that money counts as gone: it cannot be
 * refunded a second time. The order itself does not move; staff are told. What is won and has no order to pay goes back.
 * Breaks `dispute_settled` when somebody else has entered it meanwhile.
 */
export function settleDispute(
  { disputes, order }: OrderState,
  payment: PaymentRow,
  fact: DisputeFact,
  context: SettleContext,
): Settlement {
  const { now, mint } = context
  const known = disputes.find((row) => row.paymentId === payment.id && row.reference === fact.reference)
  const { amount, currency } = fact.amount
  if (known && (known.amount !== amount || known.currency !== currency)) {
    const detail = `dispute ${known.reference} is of ${known.amount} ${known.currency}, the provider says ${amount} ${currency}`
    return { outcome: 'mismatch', detail, writes: [] }
  }
  if (known?.status === fact.status) return { outcome: 'nothing', why: 'already', writes: [] }
  if (known && known.status !== 'open') return { outcome: 'nothing', why: 'outdated', writes: [] }
  // Of what was asked, not of what is captured: that may be heard of later.
  if (currency !== payment.currency || amount > payment.amount) {
    const detail = `a dispute of ${amount} ${currency} about ${payment.amount} ${payment.currency}`
    return { outcome: 'mismatch', detail, writes: [] }
  }
  const row = {
    ...{ paymentId: payment.id, reference: fact.reference, orderId: order.id, status: fact.status },
    ...{ amount, currency, reason: fact.reason, createdAt: now.getTime(), updatedAt: now.getTime() },
  }
  const payload = { order_id: order.id, status: fact.status }
  const pays = order.status === 'pending' || (payment.accepted && order.status !== 'cancelled')
  const isUnusable = fact.status === 'won' && !pays && payment.captured > payment.refunded
  // As if the disputed part had come just now.
  const before = { ...payment, captured: payment.captured - amount, disputed: payment.disputed - (known ? amount : 0) }
  const given = { authorized: false, captured: amount }
  return {
    outcome: 'applied',
    writes: [
      ...noteDispute(row),
      ...announce(mint, now, [{ topic: 'payment.disputed', subjectId: payment.id, payload }]),
      ...(isUnusable ? giveBack(before, given, 'dispute_won', context) : []),
    ],
  }
}
