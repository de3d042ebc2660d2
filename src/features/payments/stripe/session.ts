import type { PaymentReference, SessionRequest, SessionState } from '../../../domain/provider.ts'
import { textOf } from '../json.ts'
import type { StripeDesk, StripeRefusal } from './client.ts'
import { factOfIntent, factOfSession } from './facts.ts'
import {
  findPayment,
  idOf,
  inIntent,
  inSession,
  LEAST_PAGE_LIFETIME_MS,
  SESSION_LIFETIME_MS,
  type StripePayment,
} from './find.ts'
import { createIntent, createSession } from './open.ts'

/**
 * Opens the session of a payment, or gets it again: for a day the idempotency key makes that one thing, and whoever asks later
 * than the request that has minted the payment is looked for first, because a replayed answer tells how it was and not how it is.
 */
export async function openSession(desk: StripeDesk, request: SessionRequest): Promise<SessionState> {
  const isNew = request.expiresAt.getTime() - desk.now.getTime() >= SESSION_LIFETIME_MS
  const known = isNew ? null : await findPayment(desk, { ...request, reference: null })
  if (known) return stateOf(desk, known)
  const isHosted = request.input.flow === 'redirect'
  // Goods are held until it ends: a page that must stay open for longer is not opened.
  const tooLate = request.expiresAt.getTime() - desk.now.getTime() < LEAST_PAGE_LIFETIME_MS
  if (isHosted && tooLate) return { fact: { kind: 'closed' }, reference: null, nextAction: null }
  const answer = isHosted ? await createSession(desk, request) : await createIntent(desk, request)
  if (answer.ok) return stateOf(desk, isHosted ? inSession(answer.object) : inIntent(answer.object))
  noteRefusal(desk, request.paymentId, answer.refusal)
  return { fact: { kind: 'failed' }, reference: null, nextAction: null }
}

/** What a shopper can do something about is no news; the rest is for whoever has set this up. */
function noteRefusal({ log }: StripeDesk, paymentId: string, { status, code, message }: StripeRefusal): void {
  const fields = { payment_id: paymentId, status, code }
  if (code === 'amount_too_small' || code === 'amount_too_large')
    log.warn('stripe_session_refused', { ...fields, message })
  else log.error('stripe_session_refused', new Error(message), fields)
}

/** How a payment stands; null when Stripe has never heard of it. */
export async function fetchSession(desk: StripeDesk, payment: PaymentReference): Promise<SessionState | null> {
  const known = await findPayment(desk, payment)
  return known && stateOf(desk, known)
}

/** Expires the hosted page, cancels the intent, and answers what it finds where there is nothing to close any more. */
export async function closeSession(desk: StripeDesk, payment: PaymentReference): Promise<SessionState> {
  const known = await findPayment(desk, payment)
  if (!known) return { fact: { kind: 'closed' }, reference: payment.reference, nextAction: null }
  const state = stateOf(desk, known)
  if (!canClose(known, state)) return sealed(known, state)
  const after = (await end(desk, known)) ?? (await findPayment(desk, payment))
  if (!after) throw new Error('Stripe has forgotten a payment that it was asked to close')
  return sealed(after, stateOf(desk, after))
}

/** Whether there is something to close: money is not, and neither is a debit that is on its way. */
function canClose({ session, intent }: StripePayment, { fact }: SessionState): boolean {
  if (session) return session.status === 'open'
  return fact.kind === 'requires_action' || fact.kind === 'failed' || intent?.status === 'requires_action'
}

/** Null when Stripe refuses, which says that it has moved meanwhile. */
async function end(desk: StripeDesk, { session, intent }: StripePayment): Promise<StripePayment | null> {
  const id = idOf(session ?? intent ?? {})
  if (id === null) return null
  if (session) {
    const expand = ['payment_intent.latest_charge']
    const answer = await desk.ask((stripe, options) => stripe.checkout.sessions.expire(id, { expand }, options))
    return answer.ok ? inSession(answer.object) : null
  }
  const expand = ['latest_charge']
  const answer = await desk.ask((stripe, options) =>
    stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned', expand }, options),
  )
  return answer.ok ? inIntent(answer.object) : null
}

/** A page that is over cannot be paid on again, whatever its intent still waits for. */
function sealed({ session }: StripePayment, state: SessionState): SessionState {
  if (session?.status !== 'complete' || state.fact.kind !== 'failed') return state
  return { ...state, fact: { kind: 'closed' } }
}

/** @throws {Error} when it is of a kind that this does not know. */
export function stateOf({ settings }: StripeDesk, { intent, session }: StripePayment): SessionState {
  const fact = session ? factOfSession(session, intent) : intent && factOfIntent(intent)
  if (fact === null || fact === 'unclear') {
    throw new Error(`Stripe answered what cannot be read: ${String(intent?.status)}, ${String(session?.status)}`)
  }
  const reference = idOf(intent ?? session ?? {})
  if (fact.kind !== 'requires_action') return { fact, reference, nextAction: null }
  const url = session && textOf(session.url)
  if (session) return { fact, reference, nextAction: url ? { type: 'redirect', url } : null }
  const client_secret = textOf(intent?.client_secret)
  if (client_secret === null) return { fact, reference, nextAction: null }
  const { publishableKey: publishable_key } = settings
  return { fact, reference, nextAction: { type: 'confirm', provider: 'stripe', client_secret, publishable_key } }
}
