import type { ProviderEvent, WebhookReading } from '../../../domain/provider.ts'
import { isMollieId } from './call.ts'
import { writeSubject } from './events.ts'
import { factOf, type MolliePayment, outcomeOf, toDisputeFact, toRefundFact } from './payment.ts'

type Fetch = (id: string) => Promise<MolliePayment | null>

const NOTHING: WebhookReading = { ok: true, events: [] }

/**
 * Reads a classic webhook: `id=tr_...`, which anybody may send. It says nothing but that there is something to ask; so Mollie is
 * asked first, and only a payment that it knows, in our account and mode, and that bears an id of ours is worth an event: one for
 * how it stands, and one for each capture of ours, refund and chargeback. The same state makes the same events, however often it is pinged.
 * @throws where Mollie does not answer: it pings again.
 */
export async function readPing(text: string, mode: string, fetch: Fetch): Promise<WebhookReading> {
  const id = idOf(text)
  if (id === null) {
    const detail = 'it is neither signed nor a form with an id'
    return { ok: false, why: 'missing_signature', detail }
  }
  // Of an order, subscription or whatever else this account has: answered well, or Mollie would send it for a day.
  if (!isMollieId('payment', id)) return NOTHING
  const payment = await fetch(id)
  if (!payment || payment.paymentId === null) return NOTHING
  if (payment.mode !== mode) {
    return { ok: false, why: 'other_account', detail: `a payment in ${payment.mode} mode, our key is of ${mode} mode` }
  }
  return { ok: true, events: [...eventsOf(payment)] }
}

/** A form with nothing but one id, as Mollie sends it. */
function idOf(text: string): string | null {
  return /^id=([a-z]{2,10}_[A-Za-z0-9]{1,60})$/.exec(text.trim())?.[1] ?? null
}

function* eventsOf(payment: MolliePayment): Generator<ProviderEvent> {
  const { id, status, paymentId } = payment
  const known = { paymentId, reference: id, unread: null } as const
  for (const capture of payment.captures) {
    const operation = outcomeOf(payment, capture)
    if (!operation) continue
    const type = `capture.${capture.status}`
    const payload = writeSubject({ type, paymentId, id, entity: capture.id })
    yield { ...known, eventId: `${capture.id}:${capture.status}`, type, fact: factOf(payment), operation, payload }
  }
  // That it is open says nothing: it is since it was made.
  if (status !== 'open') {
    const fact = factOf(payment)
    const much = fact.kind === 'captured' ? `:${fact.amount.amount}` : ''
    const payload = writeSubject({ type: `payment.${status}`, paymentId, id, entity: null })
    yield { ...known, eventId: `${id}:${status}${much}`, type: `payment.${status}`, fact, payload }
  }
  for (const refund of payment.refunds) {
    const type = `refund.${refund.status}`
    const payload = writeSubject({ type, paymentId, id, entity: refund.id })
    yield { ...known, eventId: `${refund.id}:${refund.status}`, type, fact: toRefundFact(refund), payload }
  }
  for (const chargeback of payment.chargebacks) {
    const type = chargeback.isReversed ? 'chargeback.reversed' : 'chargeback.received'
    const payload = writeSubject({ type, paymentId, id, entity: chargeback.id })
    yield { ...known, eventId: `${chargeback.id}:${type}`, type, fact: toDisputeFact(chargeback), payload }
  }
}
