import type { CaptureRequest, PaymentReference, SessionState } from '../../../domain/provider.ts'
import type { Log } from '../../../platform/log.ts'
import { toPayPalMoney } from './amount.ts'
import { type CallPayPal, issueOf } from './call.ts'
import { type PayPalCapture, type PayPalOrder, readCapture } from './order.ts'
import { fetchOrder, toState } from './session.ts'

/**
 * Captures part of an authorization, or what is left. Our id of it is its invoice number at PayPal: by that it is found again,
 * however long ago it was asked for.
 */
export async function captureAuthorization(
  call: CallPayPal,
  log: Log,
  payment: PaymentReference,
  { id, amount, final }: CaptureRequest,
): Promise<SessionState> {
  const order = await mustFetchOrder(call, payment)
  const known = order.captures.find(({ invoiceId }) => invoiceId === id)
  if (known) return stateAfter(order, known)
  if (!order.authorization) return toState(order)
  const answer = await call({
    method: 'POST',
    path: `/v2/payments/authorizations/${order.authorization.id}/capture`,
    requestId: id,
    body: JSON.stringify({ amount: toPayPalMoney(amount), invoice_id: id, final_capture: final }),
  })
  if (answer.status >= 300) {
    log.warn('paypal_capture_refused', { payment_id: payment.paymentId, issue: issueOf(answer) })
    return toState(await mustFetchOrder(call, payment))
  }
  const capture = readCapture(answer.body)
  const captures = [...order.captures.filter((other) => other.id !== capture.id), capture]
  return stateAfter({ ...order, captures }, capture)
}

/** Lets go of what is authorized and not captured. */
export async function voidAuthorization(call: CallPayPal, log: Log, payment: PaymentReference): Promise<SessionState> {
  const order = await mustFetchOrder(call, payment)
  const { authorization } = order
  if (!authorization || OVER.has(authorization.status)) return toState(order)
  const answer = await call({ method: 'POST', path: `/v2/payments/authorizations/${authorization.id}/void` })
  if (answer.status >= 300) {
    log.warn('paypal_void_refused', { payment_id: payment.paymentId, issue: issueOf(answer) })
    return toState(await mustFetchOrder(call, payment))
  }
  return toState({ ...order, authorization: { ...authorization, status: 'VOIDED' } })
}

const OVER = new Set(['VOIDED', 'CAPTURED', 'EXPIRED', 'DENIED'])

/** Money of an authorized payment is there to be asked about: where it is not, nobody knows what became of it. */
export async function mustFetchOrder(call: CallPayPal, payment: PaymentReference): Promise<PayPalOrder> {
  const order = await fetchOrder(call, payment)
  if (!order) throw new Error('PayPal does not know the order that was paid')
  return order
}

/** What was asked for is under way, or how the whole payment stands. */
function stateAfter(order: PayPalOrder, { status }: PayPalCapture): SessionState {
  return status === 'PENDING' ? toState(order, { kind: 'processing' }) : toState(order)
}
