import type { PaymentReference } from '../../../domain/provider.ts'
import { isObject, textOf } from '../json.ts'
import { type StripeDesk, type StripeObject, unreadable } from './client.ts'
import { expandedIn, idIn, paymentIdOf } from './facts.ts'

/** How long a session is open, by a page or by a form; Stripe takes from 30 minutes to 24 hours for a page. */
export const SESSION_LIFETIME_MS = 45 * 60 * 1000
/** The least that Stripe keeps one open. */
export const LEAST_PAGE_LIFETIME_MS = 30 * 60 * 1000

// Stripe's search lags behind by a minute, and says so; by more than this only while something of theirs is broken.
const SEARCHABLE_AFTER_MS = 10 * 60 * 1000
/** How far their clock may be from ours. */
const SKEW_MS = 60_000
const PAGE = 100
const MAX_PAGES = 10

/** What Stripe has of a payment: its intent, the Checkout Session that led to it, or both. */
export interface StripePayment {
  intent: StripeObject | null
  session: StripeObject | null
}

type Sought = Pick<PaymentReference, 'paymentId' | 'reference' | 'expiresAt'>

/**
 * What Stripe has of a payment, by its reference or, where an answer was lost, by our id in its metadata.
 * Null when it has never heard of it. @throws {Error} when that cannot be known.
 */
export async function findPayment(desk: StripeDesk, sought: Sought): Promise<StripePayment | null> {
  const { reference } = sought
  if (reference === null) return findByPaymentId(desk, sought)
  if (reference.startsWith('cs_')) return findSession(desk, reference)
  const answer = await desk.ask((stripe, options) =>
    stripe.paymentIntents.retrieve(reference, { expand: ['latest_charge'] }, options),
  )
  if (answer.ok) return withSession(desk, answer.object)
  if (answer.refusal.status === 404) return null
  throw unreadable(answer.refusal)
}

/** A Checkout Session with its intent, if the shopper has come as far as that. Null when there is none of this id. */
export async function findSession(desk: StripeDesk, id: string): Promise<StripePayment | null> {
  const answer = await desk.ask((stripe, options) =>
    stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] }, options),
  )
  if (answer.ok) return inSession(answer.object)
  if (answer.refusal.status === 404) return null
  throw unreadable(answer.refusal)
}

/** An intent that a hosted page has made is not closed by itself: the page is. */
async function withSession(desk: StripeDesk, intent: StripeObject): Promise<StripePayment> {
  const isHosted = isObject(intent.metadata) && intent.metadata.flow === 'redirect'
  const isOpen = String(intent.status).startsWith('requires_') && intent.status !== 'requires_capture'
  const id = textOf(intent.id)
  if (!isHosted || !isOpen || id === null) return inIntent(intent)
  const answer = await desk.ask((stripe, options) =>
    stripe.checkout.sessions.list({ payment_intent: id, limit: 1 }, options),
  )
  if (!answer.ok) throw unreadable(answer.refusal)
  return { intent, session: itemsOf(answer.object)[0] ?? null }
}

async function findByPaymentId(desk: StripeDesk, { paymentId, expiresAt }: Sought): Promise<StripePayment | null> {
  const now = desk.now.getTime()
  // Nothing is opened outside of these: what nobody could find for a while is found by the search once it is over.
  const from = expiresAt.getTime() - SESSION_LIFETIME_MS - SKEW_MS
  const to = expiresAt.getTime() + SKEW_MS
  const searched = await searchIntent(desk, paymentId)
  // What is older than this the search knows, where there is one; a list always does, and is long.
  const since = searched === 'unavailable' ? from : Math.max(from, now - SEARCHABLE_AFTER_MS)
  const intent =
    (searched === 'unavailable' ? null : searched) ??
    (await lookThrough(
      (page) => desk.ask((stripe, options) => stripe.paymentIntents.list(page, options)),
      { since, to },
      (item) => paymentIdOf(item) === paymentId,
    ))
  const intentId = intent && idOf(intent)
  if (intentId) return findPayment(desk, { paymentId, expiresAt, reference: intentId })
  // A page that nobody has paid on is over when our session is.
  if (now > to) return null
  const session = await lookThrough(
    (page) => desk.ask((stripe, options) => stripe.checkout.sessions.list(page, options)),
    { since: from, to: to - LEAST_PAGE_LIFETIME_MS },
    (item) => item.client_reference_id === paymentId,
  )
  const sessionId = session && idOf(session)
  return sessionId ? findSession(desk, sessionId) : null
}

async function searchIntent(desk: StripeDesk, paymentId: string): Promise<StripeObject | 'unavailable' | null> {
  const query = `metadata['payment_id']:'${paymentId}'`
  const answer = await desk.ask((stripe, options) => stripe.paymentIntents.search({ query, limit: 10 }, options))
  // Not every account has it: in India none does.
  if (!answer.ok) return 'unavailable'
  return itemsOf(answer.object).find((item) => paymentIdOf(item) === paymentId) ?? null
}

interface Page {
  limit: number
  /** Unix seconds. */
  created: { gte: number; lte: number }
  starting_after?: string
}

/**
 * The first that `isIt` of what was made in that time (Unix milliseconds), the newest first.
 * @throws {Error} when there is more than can be read.
 */
async function lookThrough(
  list: (page: Page) => ReturnType<StripeDesk['ask']>,
  { since, to }: { since: number; to: number },
  isIt: (item: StripeObject) => boolean,
): Promise<StripeObject | null> {
  if (since > to) return null
  const page: Page = { limit: PAGE, created: { gte: Math.floor(since / 1000), lte: Math.ceil(to / 1000) } }
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const answer = await list(page)
    if (!answer.ok) throw unreadable(answer.refusal)
    const items = itemsOf(answer.object)
    const found = items.find(isIt)
    if (found) return found
    const last = items.at(-1)
    const lastId = last && idOf(last)
    if (answer.object.has_more !== true || !lastId) return null
    page.starting_after = lastId
  }
  throw new Error('Stripe has more of that time than can be looked through')
}

export function inSession(session: StripeObject): StripePayment {
  return { session, intent: expandedIn(session, 'payment_intent') }
}

export function inIntent(intent: StripeObject): StripePayment {
  return { intent, session: null }
}

/** What a list holds. */
export function itemsOf({ data }: StripeObject): StripeObject[] {
  return Array.isArray(data) ? data.filter(isObject) : []
}

/** The intent's id, wherever it stands; null where the shopper has not come as far as that. */
export function intentIdOf({ intent, session }: StripePayment): string | null {
  if (intent) return idOf(intent)
  return session && idIn(session, 'payment_intent')
}

export function idOf(object: StripeObject): string | null {
  return textOf(object.id)
}
