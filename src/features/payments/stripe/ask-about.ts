import type { EventAnswer, ProviderEvent } from '../../../domain/provider.ts'
import { type StripeAnswer, type StripeDesk, type StripeObject, unreadable } from './client.ts'
import { parseStripeEvent, type StripeEvent } from './events.ts'
import { expandedIn, factOfDispute, factOfIntent, factOfRefund, factOfSession, idIn, paymentIdOf } from './facts.ts'
import { findSession, idOf, itemsOf } from './find.ts'

const NOTHING: EventAnswer = { paymentId: null, fact: null, reference: null }

/** Asks Stripe how that stands now which an event hints at, and whose it is: by the metadata of its Payment Intent. */
export async function askAbout(desk: StripeDesk, { payload }: ProviderEvent): Promise<EventAnswer> {
  const event = parseStripeEvent(payload)
  const id = event && idOf(event.object)
  if (!event || id === null) return NOTHING
  const { type, object } = event
  if (type.startsWith('charge.dispute.')) return aboutDispute(desk, id)
  if (type.startsWith('refund.') || type === 'charge.refund.updated') return aboutRefund(desk, id)
  if (type === 'charge.refunded') return aboutLatestRefund(desk, id)
  if (type.startsWith('checkout.session.')) return aboutSession(desk, id)
  return aboutIntent(desk, intentOf(event, object))
}

function intentOf({ type }: StripeEvent, object: StripeObject): string | null {
  return type.startsWith('payment_intent.') ? idOf(object) : idIn(object, 'payment_intent')
}

async function aboutIntent(desk: StripeDesk, id: string | null): Promise<EventAnswer> {
  // A charge without an intent is none of ours.
  if (id === null) return NOTHING
  const intent = known(
    await desk.ask((stripe, options) => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }, options)),
  )
  const paymentId = intent && paymentIdOf(intent)
  if (!intent || !paymentId) return NOTHING
  return { paymentId, fact: readable(factOfIntent(intent)), reference: id }
}

async function aboutSession(desk: StripeDesk, id: string): Promise<EventAnswer> {
  const { session, intent } = (await findSession(desk, id)) ?? { session: null, intent: null }
  const paymentId = session && paymentIdOf(session)
  if (!session || !paymentId) return NOTHING
  return { paymentId, fact: readable(factOfSession(session, intent)), reference: idOf(intent ?? session) }
}

async function aboutRefund(desk: StripeDesk, id: string): Promise<EventAnswer> {
  const expand = ['payment_intent', 'charge']
  const refund = known(await desk.ask((stripe, options) => stripe.refunds.retrieve(id, { expand }, options)))
  return refund ? ofRefund(refund) : NOTHING
}

/** An event of a charge does not say which of its refunds it is about: the newest. The others have told of themselves. */
async function aboutLatestRefund(desk: StripeDesk, charge: string): Promise<EventAnswer> {
  const expand = ['data.payment_intent', 'data.charge']
  const list = known(await desk.ask((stripe, options) => stripe.refunds.list({ charge, limit: 1, expand }, options)))
  const [refund] = list ? itemsOf(list) : []
  return refund ? ofRefund(refund) : NOTHING
}

function ofRefund(refund: StripeObject): EventAnswer {
  const fact = factOfRefund(refund)
  // What was never captured cannot have been given back: it was let go.
  if (fact === 'release' || expandedIn(refund, 'charge')?.captured === false) return NOTHING
  return ofPayment(refund, readable(fact))
}

async function aboutDispute(desk: StripeDesk, id: string): Promise<EventAnswer> {
  const expand = ['payment_intent']
  const dispute = known(await desk.ask((stripe, options) => stripe.disputes.retrieve(id, { expand }, options)))
  if (!dispute) return NOTHING
  const fact = factOfDispute(dispute)
  return fact === 'inquiry' ? NOTHING : ofPayment(dispute, readable(fact))
}

function ofPayment(object: StripeObject, fact: EventAnswer['fact']): EventAnswer {
  const intent = expandedIn(object, 'payment_intent')
  const paymentId = intent && paymentIdOf(intent)
  return intent && paymentId ? { paymentId, fact, reference: idOf(intent) } : NOTHING
}

/** What was answered; null when there is no such thing. */
function known(answer: StripeAnswer): StripeObject | null {
  if (answer.ok) return answer.object
  if (answer.refusal.status === 404) return null
  throw unreadable(answer.refusal)
}

function readable<Fact>(fact: Fact | 'unclear' | null): Fact {
  if (fact === null || fact === 'unclear') throw new Error('Stripe answered what cannot be read')
  return fact
}
