import type { Money } from '../../../domain/money.ts'
import type { PaymentReference, RefundState } from '../../../domain/provider.ts'
import { type CallMollie, detailOf, isMollieId } from './call.ts'
import { type MollieRefund, readRefund, toMollieMoney, toRefundFact } from './payment.ts'
import { fetchPayment } from './session.ts'

/** Gives money back. Our id of it is in its metadata: by that it is found again when Mollie has forgotten our key. */
export async function refundPayment(
  call: CallMollie,
  payment: PaymentReference,
  refundId: string,
  amount: Money,
): Promise<RefundState> {
  const known = await fetchPayment(call, payment)
  if (!known) throw new Error('Mollie does not know the payment that was paid')
  const asked = known.refunds.find((refund) => refund.refundId === refundId)
  if (asked) return toRefundState(asked)
  const answer = await call({
    method: 'POST',
    path: `/payments/${known.id}/refunds`,
    idempotencyKey: refundId,
    body: {
      amount: toMollieMoney(amount),
      description: `Refund ${refundId}`,
      metadata: { refund_id: refundId, payment_id: payment.paymentId },
    },
  })
  if (answer.status >= 300) return { status: 'failed', reference: null, detail: detailOf(answer) }
  return toRefundState(readRefund(answer.body))
}

/** @returns null when Mollie has no refund of this id. */
export async function fetchRefund(
  call: CallMollie,
  { reference: id }: PaymentReference,
  reference: string,
): Promise<RefundState | null> {
  if (!isMollieId('payment', id) || !isMollieId('refund', reference)) return null
  const answer = await call({ method: 'GET', path: `/payments/${id}/refunds/${reference}` })
  if (answer.status === 404) return null
  if (answer.status >= 300) throw new Error(`Mollie does not tell of a refund: ${detailOf(answer)}`)
  return toRefundState(readRefund(answer.body))
}

function toRefundState(refund: MollieRefund): RefundState {
  const { status, reference, detail = null } = toRefundFact(refund)
  return { status, reference, detail }
}
