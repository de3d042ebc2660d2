import { type AdyenItem, adyenValidator } from './adyen-signature.ts'
import { type FakeBook, type FakeService, faulty, type Happening, type SignedDelivery } from './fake-service.ts'

export const ADYEN_HMAC_KEY = '44782def547aaa06c910c43932b1eb0c71fc68d9d0c057550c48ec2acf6ba056'
export const ADYEN_ACCOUNT = 'EdgeCommerceCOM'
const API_KEY = 'AQEfake-api-key-of-a-service-that-is-not-there'

const SETTINGS = {
  ADYEN_API_KEY: API_KEY,
  ADYEN_CLIENT_KEY: 'test_FAKECLIENTKEY0123456789',
  ADYEN_MERCHANT_ACCOUNT: ADYEN_ACCOUNT,
  ADYEN_HMAC_KEYS: ADYEN_HMAC_KEY,
  ADYEN_ENVIRONMENT: 'test',
  ADYEN_SEVERAL_CAPTURES: 'on',
}

interface Amount {
  value: number
  currency: string
}

interface Session {
  id: string
  sessionData: string
  amount: Amount
  merchantAccount: string
  reference: string
  returnUrl: string
  expiresAt: string
  metadata: Record<string, string>
  manual: boolean
}

/** A payment of the book: all amounts in Adyen's minor units. */
interface Payment {
  session: Session
  /** Of the authorization; null until there is one. */
  pspReference: string | null
  status: FakeBook['status']
  captured: number
  refunded: number
  dispute: { pspReference: string; amount: Amount } | null
}

/** What is signed of an event, beside the account. */
interface Told {
  eventCode: string
  success?: boolean
  pspReference: string
  originalReference?: string | null
  merchantReference: string
  amount: Amount
}

interface Replied {
  status: number
  body: Record<string, unknown>
}

export interface FakeAdyen extends FakeService {
  /** A notification of its own, of any fields: signed over those that it signs. */
  notify(items: readonly Partial<AdyenItem>[], live?: boolean | string): SignedDelivery
  /** Lets the shopper see what a bank or staff do that `happen` has no word for. */
  tell(paymentId: string, eventCode: string, told?: Partial<Told>): void
  /** Every request it has got, the first one first. */
  readonly requests: readonly { path: string; headers: Headers; body: Record<string, unknown> }[]
}

/** Adyen, Checkout API v71 and standard webhooks, of a merchant account with several partial captures switched on. */
export function fakeAdyen(settings: Readonly<Record<string, string>> = {}): FakeAdyen {
  const payments = new Map<string, Payment>()
  const keys = new Map<string, Promise<Replied>>()
  const requests: { path: string; headers: Headers; body: Record<string, unknown> }[] = []
  const effects = { opened: 0, captured: 0, refunded: 0 }
  let deliveries: SignedDelivery[] = []
  let serial = 0
  // References are unique in the world, and the tests' shop hears of several of these services.
  const world = crypto.randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()

  const mintReference = () => {
    serial += 1
    return `${world}${String(serial).padStart(6, '0')}`
  }

  const signItem = (fields: Partial<AdyenItem>): AdyenItem => {
    const item = { merchantAccountCode: ADYEN_ACCOUNT, ...fields } as AdyenItem
    const hmacSignature = adyenValidator.calculateHmac(item, ADYEN_HMAC_KEY)
    return { ...item, additionalData: { ...item.additionalData, hmacSignature } }
  }

  const notify = (items: readonly Partial<AdyenItem>[], live: boolean | string = 'false'): SignedDelivery => ({
    body: JSON.stringify({
      live: String(live),
      notificationItems: items.map((item) => ({ NotificationRequestItem: signItem(item) })),
    }),
    headers: { 'Content-Type': 'application/json' },
  })

  function tell({ success = true, originalReference = null, ...told }: Told): void {
    const unsigned = {
      eventDate: '2026-11-28T12:00:00+01:00',
      paymentMethod: 'visa',
      reason: success ? '' : 'Refused',
      additionalData: { cardSummary: '1111', expiryDate: '03/2030', cardHolderName: 'Ada Lovelace' },
    }
    const item = { ...unsigned, ...told, success: String(success), ...(originalReference ? { originalReference } : {}) }
    deliveries.push(notify([item as unknown as Partial<AdyenItem>]))
  }

  const find = (test: (payment: Payment) => boolean) => [...payments.values()].find(test)
  const mustFind = (paymentId: string) => {
    const payment = payments.get(paymentId)
    if (!payment) throw new Error(`Adyen has never heard of ${paymentId}`)
    return payment
  }

  function openSession(body: Record<string, unknown>): Replied {
    for (const field of ['amount', 'merchantAccount', 'reference', 'returnUrl']) {
      if (!body[field]) return refusal(422, '130', `Required field '${field}' is not provided.`)
    }
    if (body.merchantAccount !== ADYEN_ACCOUNT) return refusal(403, '901', 'Invalid Merchant Account')
    if (String(body.reference).length > 80) return refusal(422, '129', 'Reference too long')
    const amount = body.amount as Amount
    if (!Number.isSafeInteger(amount.value) || amount.value < 0) return refusal(422, '137', 'Invalid amount specified')
    const id = `CS${mintReference()}`
    const session: Session = {
      id,
      sessionData: btoa(`session data of ${id}`),
      amount,
      merchantAccount: ADYEN_ACCOUNT,
      reference: String(body.reference),
      returnUrl: String(body.returnUrl),
      expiresAt: String(body.expiresAt),
      metadata: (body.metadata ?? {}) as Record<string, string>,
      manual: (body.additionalData as Record<string, string> | undefined)?.manualCapture === 'true',
    }
    const empty = { pspReference: null, status: 'open', captured: 0, refunded: 0, dispute: null } as const
    payments.set(session.metadata.payment_id ?? id, { session, ...empty })
    effects.opened += 1
    const { metadata: _, manual: __, ...answer } = session
    return { status: 201, body: { ...answer, mode: 'embedded' } }
  }

  function cancelByReference(body: Record<string, unknown>): Replied {
    const original = String(body.paymentReference)
    const payment = find(({ session, status }) => session.reference === original && status === 'authorized')
    const pspReference = mintReference()
    if (payment && payment.captured === 0) payment.status = 'voided'
    tell({
      ...{ eventCode: 'TECHNICAL_CANCEL', success: payment?.status === 'voided', pspReference },
      originalReference: payment?.pspReference ?? null,
      merchantReference: String(body.reference ?? original),
      amount: payment?.session.amount ?? { value: 0, currency: 'EUR' },
    })
    const { merchantAccount, reference, paymentReference } = body
    return { status: 201, body: { merchantAccount, paymentReference, reference, pspReference, status: 'received' } }
  }

  function modify(original: string, what: string, body: Record<string, unknown>): Replied {
    const payment = find(({ pspReference }) => pspReference === original)
    if (!payment) return refusal(422, '167', 'Original pspReference required for this operation')
    const amount = (body.amount as Amount | undefined) ?? payment.session.amount
    if (what !== 'cancels' && amount.currency !== payment.session.amount.currency) {
      return refusal(422, '137', 'Invalid amount specified')
    }
    const pspReference = mintReference()
    const merchantReference = String(body.reference ?? payment.session.reference)
    const eventCode = { captures: 'CAPTURE', cancels: 'CANCELLATION', refunds: 'REFUND' }[what] ?? ''
    // It is received whatever it is; what came of it is only told.
    const success = carryOut(payment, what, amount.value)
    tell({ eventCode, success, pspReference, originalReference: original, merchantReference, amount })
    const { merchantAccount, reference } = body
    const taken = { merchantAccount, paymentPspReference: original, pspReference, reference, status: 'received' }
    return { status: 201, body: what === 'cancels' ? taken : { ...taken, amount } }
  }

  function carryOut(payment: Payment, what: string, value: number): boolean {
    if (what === 'captures') {
      if (payment.status !== 'authorized' || payment.captured + value > payment.session.amount.value) return false
      payment.captured += value
      if (payment.captured === payment.session.amount.value) payment.status = 'captured'
      effects.captured += 1
      return true
    }
    if (what === 'cancels') {
      if (payment.status !== 'authorized') return false
      payment.status = payment.captured > 0 ? 'captured' : 'voided'
      return true
    }
    if (payment.refunded + value > payment.captured) return false
    payment.refunded += value
    effects.refunded += 1
    return true
  }

  function decide(path: string, body: Record<string, unknown>): Replied {
    if (path === '/v71/sessions') return openSession(body)
    if (path === '/v71/cancels') return cancelByReference(body)
    const [, original = '', what = ''] = /^\/v71\/payments\/([^/]+)\/(captures|cancels|refunds)$/.exec(path) ?? []
    return what === '' ? refusal(404, '00_404', 'Not found') : modify(original, what, body)
  }

  async function act(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (request.headers.get('X-API-Key') !== API_KEY)
      return toResponse(refusal(401, '000', 'HTTP Status Response - Unauthorized'))
    const body = (await request.json()) as Record<string, unknown>
    requests.push({ path: pathname, headers: request.headers, body })
    const key = request.headers.get('Idempotency-Key')
    if (key === null) return toResponse(decide(pathname, body))
    if (key.length > 64) return toResponse(refusal(422, '703', 'Idempotency key too long'))
    const known = keys.get(key)
    if (known) return toResponse(await known)
    const replied = decide(pathname, body)
    keys.set(key, Promise.resolve(replied))
    return toResponse(replied)
  }

  function happen(paymentId: string, what: Happening, part?: number): void {
    const payment = mustFind(paymentId)
    const { session } = payment
    const { amount: whole, reference: merchantReference } = session
    const amountOf = (value: number): Amount => ({ value: part ?? value, currency: whole.currency })
    const original = payment.pspReference
    switch (what) {
      case 'pay': {
        if (!['open', 'pending', 'declined'].includes(payment.status)) throw new Error(`it is ${payment.status}`)
        payment.pspReference = mintReference()
        payment.status = session.manual ? 'authorized' : 'captured'
        payment.captured = session.manual ? 0 : whole.value
        effects.captured += session.manual ? 0 : 1
        tell({
          eventCode: 'AUTHORISATION',
          pspReference: payment.pspReference,
          merchantReference,
          amount: whole,
        })
        break
      }
      case 'decline':
        payment.status = 'declined'
        tell({
          ...{ eventCode: 'AUTHORISATION', success: false, pspReference: mintReference() },
          ...{ merchantReference, amount: whole },
        })
        break
      case 'pend':
        payment.status = 'pending'
        tell({ eventCode: 'PENDING', pspReference: mintReference(), merchantReference, amount: whole })
        break
      case 'capture':
      case 'void':
      case 'refund': {
        const path = { capture: 'captures', void: 'cancels', refund: 'refunds' }[what]
        const amount = amountOf(
          what === 'refund' ? payment.captured - payment.refunded : whole.value - payment.captured,
        )
        modify(original ?? '', path, { merchantAccount: ADYEN_ACCOUNT, ...(what === 'void' ? {} : { amount }) })
        break
      }
      case 'dispute': {
        const dispute = { pspReference: mintReference(), amount: amountOf(payment.captured) }
        payment.dispute = dispute
        for (const eventCode of ['NOTIFICATION_OF_CHARGEBACK', 'CHARGEBACK']) {
          tell({ eventCode, ...dispute, originalReference: original, merchantReference })
        }
        break
      }
      case 'win_dispute':
      case 'lose_dispute': {
        if (!payment.dispute) throw new Error('there is no dispute')
        const eventCode = what === 'win_dispute' ? 'CHARGEBACK_REVERSED' : 'DISPUTE_DEFENSE_PERIOD_ENDED'
        tell({ eventCode, ...payment.dispute, originalReference: original, merchantReference })
        break
      }
    }
  }

  const { failNext, run } = faulty(act)
  return {
    name: 'adyen',
    settings: { ...SETTINGS, ...settings },
    can: {
      ...{ manualCapture: true, severalCaptures: true, pending: true, disputes: true },
      ...{ fetch: false, immediate: false, signedFacts: true },
    },
    answer: async (request) => (new URL(request.url).hostname === 'checkout-test.adyen.com' ? run(request) : null),
    happen: async (paymentId, what, amount) => happen(paymentId, what, amount),
    async takeDeliveries() {
      const taken = deliveries
      deliveries = []
      return taken
    },
    // What it signs are fields, so that nonsense is at most a field of theirs.
    async sign(body) {
      const amount = { value: 1000, currency: 'USD' }
      const item = { eventCode: 'AUTHORISATION', success: 'true', pspReference: mintReference(), amount }
      return notify([{ ...item, merchantReference: body } as unknown as Partial<AdyenItem>])
    },
    book(paymentId) {
      const payment = payments.get(paymentId)
      return payment ? { status: payment.status, captured: payment.captured, refunded: payment.refunded } : null
    },
    effects,
    failNext,
    // It keeps them for at least 7 days, and is asked by no id that is older.
    forgetKeys: () => {},
    notify,
    tell(paymentId, eventCode, told = {}) {
      const { session, pspReference } = mustFind(paymentId)
      const { reference: merchantReference, amount } = session
      tell({
        eventCode,
        pspReference: mintReference(),
        originalReference: pspReference,
        merchantReference,
        amount,
        ...told,
      })
    },
    requests,
  }
}

function refusal(status: number, errorCode: string, message: string): Replied {
  return { status, body: { status, errorCode, message, errorType: status === 422 ? 'validation' : 'security' } }
}

function toResponse({ status, body }: Replied): Response {
  return Response.json(body, { status })
}
