import type { CaptureRequest, PaymentReference, SessionState } from '../../../domain/provider.ts'
import type { Log } from '../../../platform/log.ts'
import { type CallMollie, detailOf } from './call.ts'
import { type MolliePayment, readCapture, toMollieMoney, toState } from './payment.ts'
import { fetchById, fetchPayment } from './session.ts'

/**
 * Captures part of an authorized payment, or what is left. Mollie does it later, and has no word for the last one: what is left
 * then is let go once the capture has succeeded. Our id of it is in its metadata, by which it is found again.
 */
export async function capturePayment(
  call: CallMollie,
  log: Log,
  payment: PaymentReference,
  { id, amount, final }: CaptureRequest,
): Promise<SessionState> {
  const known = await mustFetchPayment(call, payment)
  const asked = known.captures.find(({ captureId }) => captureId === id)
  if (asked) return stateAfter(call, log, known, { id, final, status: asked.status })
  if (known.status !== 'authorized') return toState(known)
  const answer = await call({
    method: 'POST',
    path: `/payments/${known.id}/captures`,
    idempotencyKey: id,
    body: { amount: toMollieMoney(amount), metadata: { capture_id: id, final: final ? 'yes' : 'no' } },
  })
  if (answer.status >= 300) {
    log.warn('mollie_capture_refused', { payment_id: payment.paymentId, detail: detailOf(answer) })
    return toState(await mustFetchPayment(call, payment))
  }
  const { status } = readCapture(answer.body)
  if (status === 'pending') return toState(known, { kind: 'processing' })
  return stateAfter(call, log, await mustFetchPayment(call, payment), { id, final, status })
}

/** Lets go of what is authorized and not captured. */
export async function releasePayment(
  call: CallMollie,
  log: Log,
  payment: PaymentReference,
  operationId: string,
): Promise<SessionState> {
  const known = await mustFetchPayment(call, payment)
  return known.status === 'authorized' ? release(call, log, known, operationId) : toState(known)
}

async function stateAfter(
  call: CallMollie,
  log: Log,
  payment: MolliePayment,
  { id, final, status }: { id: string; final: boolean; status: string },
): Promise<SessionState> {
  if (status === 'pending') return toState(payment, { kind: 'processing' })
  const isRestOpen = final && status === 'succeeded' && payment.status === 'authorized'
  return isRestOpen ? release(call, log, payment, `${id}.rest`) : toState(payment)
}

/** Mollie lets go when it gets to it: until then it is under way, and asked about again. */
async function release(call: CallMollie, log: Log, payment: MolliePayment, key: string): Promise<SessionState> {
  const path = `/payments/${payment.id}/release-authorization`
  const answer = await call({ method: 'POST', path, idempotencyKey: key })
  const after = await fetchById(call, payment.id)
  if (!after) throw new Error('Mollie does not know the payment that was authorized')
  if (answer.status < 300 && after.status === 'authorized') return toState(after, { kind: 'processing' })
  if (answer.status >= 300)
    log.warn('mollie_release_refused', { payment_id: payment.paymentId, detail: detailOf(answer) })
  return toState(after)
}

async function mustFetchPayment(call: CallMollie, payment: PaymentReference): Promise<MolliePayment> {
  const known = await fetchPayment(call, payment)
  if (!known) throw new Error('Mollie does not know the payment that was authorized')
  return known
}
