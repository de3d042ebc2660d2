import type { Write } from '../../platform/db/client.ts'
import { announce } from '../../platform/outbox.ts'
import { insertOperation, type OperationRow } from '../payments/operation-queries.ts'
import type { PaymentRow } from '../payments/queries.ts'
import { insertRefunds, type RefundRow, refuseDisputedRefunds } from '../payments/refund-queries.ts'
import type { SettleContext } from './settlement.ts'

/**
 * Money without an order to pay goes back: what was captured by a refund, what is only authorized by a void. Both are saved
 * as pending here and carried out by whoever is told, or by recover. What a bank has asked back is not given a second time.
 * @param payment as it was before. @param given what it has brought since.
 */
export function giveBack(
  payment: PaymentRow,
  given: { authorized: boolean; captured: number },
  reason: string,
  context: SettleContext,
): Write[] {
  const { now, mint } = context
  if (given.captured === 0 && !given.authorized) return []
  const after = { ...payment, captured: payment.captured + given.captured }
  const amount = Math.max(0, Math.min(given.captured, after.captured - after.refunded - after.disputed))
  const refund = { ...newRefund(payment.orderId, payment.currency, amount, reason, context), paymentId: payment.id }
  return [
    ...(amount > 0 ? [...insertRefunds([refund]), ...refuseDisputedRefunds([refund])] : []),
    ...(given.authorized ? insertOperation(newVoid(after, reason, context)) : []),
    ...announce(mint, now, [{ topic: 'payment.unusable', subjectId: payment.id, payload: { reason } }]),
  ]
}

/** A refund that is yet to be carried out; the caller says where it goes. */
export function newRefund(
  orderId: string,
  currency: string,
  amount: number,
  reason: string,
  { now, mint, actor }: SettleContext,
): RefundRow {
  const id = mint('refund')
  return {
    ...{ id, requestId: id, orderId, paymentId: null, giftCardId: null, status: 'pending', amount, shippingAmount: 0 },
    ...{ currency, reason, note: null, actor, providerReference: null, detail: null },
    ...{ createdAt: now.getTime(), updatedAt: now.getTime() },
  }
}

/** A void that is yet to be carried out. */
export function newVoid(payment: PaymentRow, reason: string, { now, mint, actor }: SettleContext): OperationRow {
  const { id: paymentId, orderId, captured, currency } = payment
  return {
    ...{ id: mint('void'), paymentId, orderId, kind: 'void', status: 'pending', amount: 0, final: true },
    ...{ capturedBefore: captured, currency, reason, actor, detail: null },
    ...{ createdAt: now.getTime(), updatedAt: now.getTime() },
  }
}
