import type { Money } from './money.ts'

export type RefundStatus = 'pending' | 'succeeded' | 'failed'

export type RefundDecision =
  | { ok: true; amount: Money }
  | { ok: false; why: 'not_captured' }
  | { ok: false; why: 'more_than_captured'; refundable: Money }

/** Whether `amount` (minor units, positive) can be given back. `refunded` counts refunds still under way. */
export function decideRefund(
  payment: { captured: number; refunded: number; currency: string },
  amount: number,
): RefundDecision {
  if (payment.captured === 0) return { ok: false, why: 'not_captured' }
  const refundable = { amount: payment.captured - payment.refunded, currency: payment.currency }
  if (amount > refundable.amount) return { ok: false, why: 'more_than_captured', refundable }
  return { ok: true, amount: { amount, currency: payment.currency } }
}
