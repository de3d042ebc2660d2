import type { CaptureRequest, PaymentReference, SessionState } from '../../../domain/provider.ts'
import { fromStripeAmount, toStripeAmount } from './amounts.ts'
import type { StripeDesk, StripeRefusal } from './client.ts'
import { findPayment, inIntent, intentIdOf, type StripePayment } from './find.ts'
import { stateOf } from './session.ts'

/**
 * Captures an authorized payment. What has been captured is asked for first: the idempotency key is forgotten after a day, and
 * whoever asks again later wants to know what became of it. What Stripe refuses is answered by how the payment stands.
 */
export async function capture(
  desk: StripeDesk,
  payment: PaymentReference,
  { id: idempotencyKey, amount, capturedBefore, final }: CaptureRequest,
): Promise<SessionState> {
  const { known, id } = await mustFindIntent(desk, payment)
  const intent = known.intent ?? {}
  const captured = fromStripeAmount(intent.amount_received ?? 0, intent.currency)
  const isDone = !captured || captured.amount >= capturedBefore + amount.amount
  const amount_to_capture = toStripeAmount(amount)
  if (isDone || intent.status !== 'requires_capture' || amount_to_capture === null) return stateOf(desk, known)
  const expand = ['latest_charge']
  // By itself a capture is the last one.
  const part = final ? {} : { final_capture: false }
  const answer = await desk.ask((stripe, options) =>
    stripe.paymentIntents.capture(id, { amount_to_capture, ...part, expand }, { ...options, idempotencyKey }),
  )
  return answer.ok
    ? stateOf(desk, inIntent(answer.object))
    : refused(desk, 'stripe_capture_refused', payment, answer.refusal)
}

/** Lets go of what is authorized and not captured. */
export async function voidIntent(
  desk: StripeDesk,
  payment: PaymentReference,
  idempotencyKey: string,
): Promise<SessionState> {
  const { known, id } = await mustFindIntent(desk, payment)
  if (known.intent?.status !== 'requires_capture') return stateOf(desk, known)
  const expand = ['latest_charge']
  const answer = await desk.ask((stripe, options) =>
    stripe.paymentIntents.cancel(id, { expand }, { ...options, idempotencyKey }),
  )
  return answer.ok
    ? stateOf(desk, inIntent(answer.object))
    : refused(desk, 'stripe_void_refused', payment, answer.refusal)
}

/** How the payment stands for which that was refused. */
async function refused(
  desk: StripeDesk,
  event: string,
  payment: PaymentReference,
  { status, code }: StripeRefusal,
): Promise<SessionState> {
  desk.log.warn(event, { payment_id: payment.paymentId, status, code })
  return stateOf(desk, (await mustFindIntent(desk, payment)).known)
}

/** @throws {Error} when there is no intent: what nobody has paid cannot have been authorized. */
async function mustFindIntent(
  desk: StripeDesk,
  payment: PaymentReference,
): Promise<{ known: StripePayment; id: string }> {
  const known = await findPayment(desk, payment)
  const id = known && intentIdOf(known)
  if (!known || !id) throw new Error(`Stripe knows no intent of ${payment.paymentId}`)
  return { known, id }
}
