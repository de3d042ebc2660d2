import type { ProviderEvent } from '../../../domain/provider.ts'
import { isObject, readObject, textOf } from '../json.ts'
import { fromStripeAmount } from './amounts.ts'
import type { StripeObject } from './client.ts'
import { factOfIntent, factOfRefund, idIn, paymentIdOf } from './facts.ts'

const MAX_ID = 200

/** An event as it was signed. */
export interface StripeEvent {
  id: string
  type: string
  isLive: boolean
  /** The connected account that it is of; null is the endpoint's own. */
  account: string | null
  /** What it is about, as it was when it happened. */
  object: StripeObject
}

/** What was signed, as an event that carries its object; null when it is none. */
export function parseStripeEvent(text: string): StripeEvent | null {
  const body = readObject(text)
  if (body?.object !== 'event' || typeof body.livemode !== 'boolean') return null
  const id = textOf(body.id)
  const type = textOf(body.type)
  const object = isObject(body.data) ? body.data.object : null
  if (id === null || id.length > MAX_ID || type === null || type.length > MAX_ID || !isObject(object)) return null
  return { id, type, isLive: body.livemode, account: textOf(body.account), object }
}

type Said = Pick<ProviderEvent, 'paymentId' | 'fact' | 'unread' | 'reference'>

const OTHER: Said = { paymentId: null, fact: null, unread: 'other_kind', reference: null }
const MALFORMED: Said = { ...OTHER, unread: 'malformed' }

/** What a signed body says of our payments. @param eventId where it names none itself. */
export function readStripeEvent(text: string, eventId: string): ProviderEvent {
  const event = parseStripeEvent(text)
  if (!event) return { ...(isThin(text) ? OTHER : MALFORMED), eventId, type: 'unknown', payload: text }
  return { ...sayingOf(event), eventId: event.id, type: event.type, payload: text }
}

function sayingOf({ type, object }: StripeEvent): Said {
  if (type.startsWith('payment_intent.')) return ofIntent(type, object)
  if (type.startsWith('checkout.session.')) return ofSession(type, object)
  if (type.startsWith('refund.') || type === 'charge.refund.updated') return ofRefund(object)
  // Nothing in a dispute is ours: whose it is its payment tells.
  if (type.startsWith('charge.dispute.')) return hint(object)
  // An authorization that is let go is written down as a refund, too.
  if (type === 'charge.refunded') return object.captured === true ? hint(object) : OTHER
  // A charge says how much was captured, and not whether more will be.
  if (type === 'charge.captured' || type === 'charge.expired') return hint(object)
  return OTHER
}

const INTENT_EVENTS = [
  'succeeded',
  'payment_failed',
  'processing',
  'requires_action',
  'canceled',
  'amount_capturable_updated',
].map((name) => `payment_intent.${name}`)

function ofIntent(type: string, intent: StripeObject): Said {
  if (!INTENT_EVENTS.includes(type)) return OTHER
  const paymentId = paymentIdOf(intent)
  // Somebody else sells through this account, too.
  if (paymentId === null) return OTHER
  const fact = type === 'payment_intent.payment_failed' ? ({ kind: 'failed' } as const) : factOfIntent(intent)
  const reference = textOf(intent.id)
  if (fact === 'unclear') return { paymentId, fact: null, unread: 'hint', reference }
  return fact ? { paymentId, fact, unread: null, reference } : { ...MALFORMED, paymentId, reference }
}

function ofSession(type: string, session: StripeObject): Said {
  const paymentId = paymentIdOf(session)
  if (paymentId === null) return OTHER
  const about = { paymentId, reference: idIn(session, 'payment_intent') ?? textOf(session.id) }
  switch (type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded': {
      // Not yet paid it is authorized, or on its way by a slow method: the session does not say which.
      if (session.payment_status !== 'paid') return { ...about, fact: null, unread: 'hint' }
      const amount = fromStripeAmount(session.amount_total, session.currency)
      if (!amount || amount.amount === 0) return { ...MALFORMED, ...about }
      return { ...about, fact: { kind: 'captured', amount }, unread: null }
    }
    case 'checkout.session.async_payment_failed':
      return { ...about, fact: { kind: 'failed' }, unread: null }
    case 'checkout.session.expired':
      return { ...about, fact: { kind: 'closed' }, unread: null }
    default:
      return OTHER
  }
}

/** One that we have asked for names its payment; one that staff have made in the dashboard is asked about. */
function ofRefund(refund: StripeObject): Said {
  const fact = factOfRefund(refund)
  if (fact === null) return MALFORMED
  if (fact === 'release') return OTHER
  const paymentId = paymentIdOf(refund)
  if (paymentId === null || fact.refundId === null) return hint(refund)
  return { paymentId, fact, unread: null, reference: idIn(refund, 'payment_intent') }
}

function hint(object: StripeObject): Said {
  return { ...OTHER, unread: 'hint', reference: idIn(object, 'payment_intent') }
}

/** An event of the newer kind, which only names its object: none that we need is one. */
function isThin(text: string): boolean {
  return readObject(text)?.object === 'v2.core.event'
}
