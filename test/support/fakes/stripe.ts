import Stripe from 'stripe'
import { type FakeBook, type FakeService, faulty, type Happening, type SignedDelivery } from './fake-service.ts'
import { createApi } from './stripe-api.ts'
import {
  type Book,
  type Charge,
  type Intent,
  openBook,
  type Refund,
  Refusal,
  type Session,
  type Stored,
} from './stripe-book.ts'
import { type Params, parseForm } from './stripe-requests.ts'

/** What docs/payments/stripe.md tells an operator to subscribe to. */
export const SUBSCRIBED = [
  ...['succeeded', 'payment_failed', 'processing', 'requires_action', 'canceled', 'amount_capturable_updated'].map(
    (name) => `payment_intent.${name}`,
  ),
  ...['completed', 'expired', 'async_payment_succeeded', 'async_payment_failed'].map(
    (name) => `checkout.session.${name}`,
  ),
  ...['created', 'updated', 'failed'].map((name) => `refund.${name}`),
  ...['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'].map((name) => `charge.dispute.${name}`),
]

const API_VERSION = '2026-10-28.endive'
// https://docs.stripe.com/currencies: what is counted otherwise than by ISO 4217.
const ISO_FACTOR: Readonly<Record<string, number>> = { isk: 100, ugx: 100, mga: 1 / 100 }

export interface StripeOptions {
  /** Whether the keys are of live mode. */
  live?: boolean
  /** Whether the account has IC+ pricing, without which captures in parts are refused. */
  multicapture?: boolean
  /** Whether every event is sent, and not only what was subscribed to. */
  everything?: boolean
  /** The connected account that it is asked about. */
  account?: string
  /** Of the endpoint; several during a rotation, and then a delivery is signed by each. */
  webhookSecrets?: readonly string[]
}

export interface FakeStripe extends FakeService {
  /** The bank asks who the shopper is; `pay` or `decline` follows. @param type another next action, as of a voucher. */
  challenge(paymentId: string, type?: string): void
  /** The page's time is over. */
  expireSession(paymentId: string): void
  /** An authorization that nobody has captured within a week. */
  expireAuthorization(paymentId: string): void
  refundsBecome(status: Refund['status']): void
  settleRefund(reference: string, status: 'succeeded' | 'failed'): void
  /** The bank asks what that payment was; nothing is taken. */
  inquire(paymentId: string): void
  closeInquiry(paymentId: string): void
  /** What was asked, one line each: `POST /v1/refunds`. */
  readonly asked: string[]
  /** The parameters of the last request to `path`. */
  lastParams(path: string): Params
  /** Answers the next request whose path holds `path` with this error instead. */
  refuseNext(status: number, error: Record<string, unknown>, path?: string): void
  /** Lets something happen the moment before the next request to a path that holds `path` is looked at. */
  beforeNext(path: string, happens: () => void): void
  /** The search has caught up with all there is. */
  catchUp(): void
  /** An event about whatever object, signed. */
  signEvent(type: string, object: Record<string, unknown>, changes?: Record<string, unknown>): Promise<SignedDelivery>
}

/** Stripe in this process: https://docs.stripe.com/api as of 2026-10-28. */
export function createStripe(options: StripeOptions = {}): FakeStripe {
  const mode = options.live ? 'live' : 'test'
  const secretKey = `sk_${mode}_51FakeSecret`
  const secrets = options.webhookSecrets ?? ['whsec_FakeEndpointSecretOfStripe']
  const queue: string[] = []
  const asked: string[] = []
  const seenParams = new Map<string, Params>()
  const keys = new Map<string, { print: string; status: number; body: string }>()
  let searchableUntil = 0
  let before: { path: string; happens: () => void } | null = null
  let refuse: { status: number; error: Record<string, unknown>; path: string } | null = null
  const book = openBook(
    (type, object) => {
      if (options.everything || SUBSCRIBED.includes(type)) queue.push(eventText(type, object))
    },
    { isLive: options.live ?? false },
  )

  function eventText(type: string, object: Stored | Record<string, unknown>, changes: Record<string, unknown> = {}) {
    const event = {
      ...{ id: book.mint('evt'), object: 'event', api_version: API_VERSION, created: book.seconds(), type },
      ...{ data: { object: structuredClone(object) }, livemode: options.live ?? false, pending_webhooks: 1 },
      request: { id: book.mint('req'), idempotency_key: null },
      ...(options.account ? { account: options.account } : {}),
      ...changes,
    }
    return JSON.stringify(event, null, 2)
  }

  async function sign(body: string, at = new Date()): Promise<SignedDelivery> {
    const timestamp = Math.floor(at.getTime() / 1000)
    const cryptoProvider = Stripe.createSubtleCryptoProvider()
    const headers = await Promise.all(
      secrets.map((secret) =>
        Stripe.webhooks.generateTestHeaderStringAsync({ payload: body, secret, timestamp, cryptoProvider }),
      ),
    )
    const signatures = headers.map((header) => header.slice(header.indexOf(',') + 1))
    const header = [`t=${timestamp}`, ...signatures].join(',')
    return { body, headers: { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': header } }
  }

  const { act } = createApi(book, {
    ...{ mode, multicapture: options.multicapture ?? false },
    searchableUntil: () => searchableUntil,
  })
  const fault = faulty(respond)

  async function respond(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const isRead = request.method === 'GET'
    const text = isRead ? search.slice(1) : new TextDecoder().decode(await request.arrayBuffer())
    asked.push(`${request.method} ${pathname}`)
    if (before && pathname.includes(before.path)) {
      const { happens } = before
      before = null
      happens()
    }
    if (refuse && pathname.includes(refuse.path)) {
      const { status, error } = refuse
      refuse = null
      return answer(status, JSON.stringify({ error }))
    }
    if (request.headers.get('Authorization') !== `Bearer ${secretKey}`) {
      const message = 'Invalid API Key provided: sk_****'
      return answer(401, JSON.stringify({ error: { type: 'invalid_request_error', message } }))
    }
    if (request.headers.get('Stripe-Version') !== API_VERSION) return answer(400, '{"error":{"message":"version"}}')
    if ((request.headers.get('Stripe-Account') ?? undefined) !== options.account) {
      const message = 'The provided key does not have access to the account'
      return answer(403, JSON.stringify({ error: { type: 'invalid_request_error', code: 'account_invalid', message } }))
    }
    const params = parseForm(text)
    seenParams.set(pathname, params)
    const key = isRead ? null : request.headers.get('Idempotency-Key')
    const print = `${pathname}?${text}`
    const first = key === null ? undefined : keys.get(key)
    if (first && first.print !== print) {
      const message = `Keys for idempotent requests can only be used with the same parameters they were first used with.`
      return answer(400, JSON.stringify({ error: { type: 'idempotency_error', message } }))
    }
    if (first) return answer(first.status, first.body, { 'Idempotent-Replayed': 'true' })
    try {
      const body = JSON.stringify(act(request.method, pathname, params), null, 2)
      if (key !== null) keys.set(key, { print, status: 200, body })
      return answer(200, body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const body = JSON.stringify({ error: error.error })
      return answer(error.status, body)
    }
  }

  function happen(paymentId: string, what: Happening, amount: number | null): void {
    const { intent } = book.of(paymentId)
    const units = amount === null ? null : amount * (ISO_FACTOR[intent?.currency ?? ''] ?? 1)
    const held = () => {
      if (!intent) throw new Error(`${paymentId} was never paid`)
      return intent
    }
    switch (what) {
      case 'capture':
        // A part is the last one wherever the account may not take several.
        book.capture(held(), units ?? held().amount_capturable, units === null || !options.multicapture)
        return
      case 'void':
        book.cancel(held(), null)
        return
      case 'refund':
        book.refund(held(), units, {})
        return
      case 'dispute':
        book.dispute(paymentId, units)
        return
      case 'win_dispute':
        book.closeDispute(paymentId, 'won')
        return
      case 'lose_dispute':
        book.closeDispute(paymentId, 'lost')
        return
      default:
        book[what](paymentId)
    }
  }

  function toBook(paymentId: string): FakeBook | null {
    const { intent, session } = book.of(paymentId)
    if (!intent) return session && { status: session.status === 'open' ? 'open' : 'closed', captured: 0, refunded: 0 }
    const iso = (amount: number) => Math.round(amount / (ISO_FACTOR[intent.currency] ?? 1))
    return {
      status: bookStatus(book, intent),
      captured: iso(intent.amount_received),
      refunded: iso(book.refundedOf(intent.id)),
    }
  }

  return {
    name: 'stripe',
    settings: {
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_PUBLISHABLE_KEY: `pk_${mode}_51FakePublishable`,
      STRIPE_WEBHOOK_SECRETS: secrets.join(' '),
      ...(options.multicapture ? { STRIPE_MULTICAPTURE: 'on' } : {}),
      ...(options.account ? { STRIPE_ACCOUNT: options.account } : {}),
    },
    can: {
      ...{ manualCapture: true, severalCaptures: options.multicapture ?? false, pending: true, disputes: true },
      ...{ fetch: true, immediate: true, signedFacts: true },
    },
    answer: async (request) => (new URL(request.url).host === 'api.stripe.com' ? fault.run(request) : null),
    happen: async (paymentId, what, amount) => happen(paymentId, what, amount ?? null),
    takeDeliveries: () => Promise.all(queue.splice(0).map((body) => sign(body))),
    sign,
    signEvent: (type, object, changes) => sign(eventText(type, object, changes)),
    book: toBook,
    effects: book.effects,
    failNext: fault.failNext,
    forgetKeys: () => keys.clear(),
    challenge: book.challenge,
    expireSession: (paymentId) => book.expire(book.of(paymentId).session as Session),
    expireAuthorization: (paymentId) => book.end(book.of(paymentId).intent as Intent, 'automatic'),
    refundsBecome: book.refundsBecome,
    settleRefund: book.settleRefund,
    inquire: (paymentId) => void book.dispute(paymentId, null, true),
    closeInquiry: (paymentId) => book.closeDispute(paymentId, 'warning_closed'),
    asked,
    lastParams: (path) => seenParams.get(path) ?? {},
    refuseNext(status, error, path = '') {
      refuse = { status, error, path }
    },
    beforeNext(path, happens) {
      before = { path, happens }
    },
    catchUp() {
      searchableUntil = book.seconds()
    },
  }
}

function bookStatus(book: Book, { id, status, latest_charge, last_payment_error }: Intent): FakeBook['status'] {
  switch (status) {
    case 'succeeded':
      return 'captured'
    case 'requires_capture':
      return 'authorized'
    case 'processing':
      return 'pending'
    case 'canceled':
      return (book.objects.get(latest_charge ?? '') as Charge | undefined)?.status === 'succeeded' ? 'voided' : 'closed'
    default: {
      const session = book.all<Session>('checkout.session').find(({ payment_intent }) => payment_intent === id)
      if (session && session.status !== 'open') return 'closed'
      return last_payment_error ? 'declined' : 'open'
    }
  }
}

function answer(status: number, body: string, headers: Record<string, string> = {}): Response {
  const own = { 'Content-Type': 'application/json', 'Request-Id': 'req_fake', 'Stripe-Version': API_VERSION }
  return new Response(body, { status, headers: { ...own, ...headers } })
}
