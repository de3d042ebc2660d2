import { type FakeBook, type FakeService, faulty, type Happening, type SignedDelivery } from './fake-service.ts'

const API = 'https://api.mollie.com'

interface Money {
  currency: string
  value: string
}

interface Part {
  id: string
  status: string
  amount: Money
  metadata: Record<string, string> | null
}

interface Payment {
  id: string
  status: string
  amount: Money
  method: string | null
  captureMode: string
  metadata: Record<string, string> | null
  webhookUrl: string | null
  createdAt: string
  authorizedAt: string | null
  isCancelable: boolean
  captures: Part[]
  refunds: Part[]
  chargebacks: (Omit<Part, 'metadata' | 'status'> & { reversedAt: string | null })[]
}

let made = 0
function newId(prefix: string): string {
  made += 1
  return `${prefix}_${made}${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
}

export interface FakeMollie extends FakeService {
  payment(paymentId: string): Payment
  /** How often it was asked what, ids left out. */
  readonly calls: Record<string, number>
  /** The secrets it signs newer events by, the one of `settings` first. During an exchange it signs by all of them. */
  secrets: string[]
  /** Whether payments that are open can be called back. */
  cancelable: boolean
  /** Whether it lets go of an authorization only when it next gets to it. */
  releasesLater: boolean
  /** A newer event about something of a payment. */
  event(type: string, entity: Record<string, unknown>, id?: string): string
  /** Makes a payment that is none of the shop's. */
  stranger(metadata: Record<string, string> | null, mode?: string): string
}

/** Mollie's API v2 as its documentation has it: payments, captures, refunds, chargebacks, unsigned pings and signed events. */
export function fakeMollie(): FakeMollie {
  const apiKey = `test_${crypto.randomUUID().replaceAll('-', '')}`
  const secret = `whsec${crypto.randomUUID().replaceAll('-', '')}`
  const payments = new Map<string, Payment & { mode: string }>()
  const requests = new Map<string, { status: number; body: string }>()
  const underWay = new Set<string>()
  const calls: Record<string, number> = {}
  const effects = { opened: 0, captured: 0, refunded: 0 }
  let queue: (() => Promise<SignedDelivery>)[] = []
  const releasing = new Set<string>()

  const digitsOf = (currency: string) => (currency === 'JPY' || currency === 'ISK' ? 0 : 2)
  const toMinor = ({ currency, value }: Money) => Math.round(Number(value) * 10 ** digitsOf(currency))
  const toMoney = (amount: number, currency: string): Money => ({
    currency,
    value: (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency)),
  })
  const isMoney = (money: Money | undefined) =>
    money !== undefined &&
    /^[A-Z]{3}$/.test(money.currency) &&
    (digitsOf(money.currency) === 0 ? /^\d+$/ : /^\d+\.\d\d$/).test(money.value)
  const sumOf = (parts: readonly Part[], without: readonly string[]) =>
    parts.filter(({ status }) => !without.includes(status)).reduce((sum, { amount }) => sum + toMinor(amount), 0)
  const find = (paymentId: string) =>
    [...payments.values()].findLast(({ metadata }) => metadata?.payment_id === paymentId)
  const must = (paymentId: string) => {
    const payment = find(paymentId)
    if (!payment) throw new Error(`Mollie has never heard of ${paymentId}`)
    return payment
  }

  function ping({ id, webhookUrl }: Payment): void {
    if (webhookUrl === null) return
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'User-Agent': 'Mollie HTTP client/1.0' }
    queue.push(async () => ({ body: `id=${id}`, headers }))
  }

  const viewOf = (payment: Payment & { mode: string }, embed = '') => {
    const { captures, refunds, chargebacks, ...fields } = payment
    const { currency } = payment.amount
    const path = `${API}/v2/payments/${payment.id}`
    const inPayment = (resource: string) => (part: object) => ({
      resource,
      mode: payment.mode,
      paymentId: payment.id,
      ...part,
    })
    const embedded = {
      ...(embed.includes('captures') ? { captures: captures.map(inPayment('capture')) } : {}),
      ...(embed.includes('refunds') ? { refunds: refunds.map(inPayment('refund')) } : {}),
      ...(embed.includes('chargebacks') ? { chargebacks: chargebacks.map(inPayment('chargeback')) } : {}),
    }
    return {
      resource: 'payment',
      ...fields,
      profileId: 'pfl_QkEhN94Ba',
      ...(captures.length > 0 ? { amountCaptured: toMoney(sumOf(captures, ['pending', 'failed']), currency) } : {}),
      amountRefunded: toMoney(sumOf(refunds, ['failed', 'canceled']), currency),
      _links: {
        self: { href: path, type: 'application/hal+json' },
        ...(payment.status === 'open'
          ? { checkout: { href: `https://www.mollie.com/checkout/select-method/${payment.id}`, type: 'text/html' } }
          : {}),
      },
      ...(Object.keys(embedded).length > 0 ? { _embedded: embedded } : {}),
    }
  }

  const json = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/hal+json' } })
  const refuse = (status: number, detail: string, field?: string) =>
    json(status, { status, title: 'Refused', detail, ...(field ? { field } : {}), _links: {} })

  async function act(request: Request): Promise<Response> {
    const { pathname: path, searchParams } = new URL(request.url)
    const key = `${request.method} ${path.replace(/\/(tr|re|cpt)_[A-Za-z0-9]+/g, '/{id}')}`
    calls[key] = (calls[key] ?? 0) + 1
    if (request.headers.get('Authorization') !== `Bearer ${apiKey}`) {
      return refuse(401, 'Missing authentication, or failed to authenticate')
    }
    const text = await request.text()
    const idempotencyKey = request.headers.get('Idempotency-Key')
    const scope = `${path} ${idempotencyKey}`
    const known = idempotencyKey === null ? undefined : requests.get(scope)
    if (known) {
      return new Response(known.body, { status: known.status, headers: { 'Content-Type': 'application/hal+json' } })
    }
    const isKeyed = idempotencyKey !== null && request.method === 'POST'
    // The same request at the same moment is not a second one.
    if (isKeyed && underWay.has(scope)) return refuse(409, 'A request with this idempotency key is being processed')
    if (isKeyed) underWay.add(scope)
    const response = route(request.method, path, searchParams, text === '' ? {} : JSON.parse(text))
    if (isKeyed) {
      requests.set(scope, { status: response.status, body: await response.clone().text() })
      underWay.delete(scope)
    }
    return response
  }

  // biome-ignore lint/suspicious/noExplicitAny: as it came over the wire
  function route(method: string, path: string, query: URLSearchParams, body: any): Response {
    const [, id = '', part = '', partId = ''] =
      /^\/v2\/payments(?:\/(tr_\w+))?(?:\/([a-z-]+))?(?:\/(\w+))?$/.exec(path) ?? []
    if (method === 'POST' && path === '/v2/payments') return create(body)
    if (method === 'GET' && path === '/v2/payments') return list(query)
    const payment = payments.get(id)
    // Of the other mode there is nothing to be seen with this key.
    if (!payment || payment.mode === 'live') return refuse(404, `No payment exists with token ${id}.`)
    switch (`${method} ${part}`) {
      case 'GET ':
        return json(200, viewOf(payment, query.get('embed') ?? ''))
      case 'DELETE ':
        if (payment.status !== 'open' || !payment.isCancelable) return refuse(422, 'The payment cannot be canceled')
        Object.assign(payment, { status: 'canceled', isCancelable: false })
        ping(payment)
        return json(200, viewOf(payment))
      case 'POST captures':
        return capture(payment, body)
      case 'POST release-authorization':
        if (payment.status !== 'authorized') return refuse(422, 'The payment is not authorized')
        releasing.add(payment.id)
        if (!fake.releasesLater) release(payment)
        return json(202, {})
      case 'POST refunds':
        return refund(payment, body)
      case 'GET refunds': {
        const found = payment.refunds.find((each) => each.id === partId)
        return found ? json(200, { resource: 'refund', paymentId: payment.id, ...found }) : refuse(404, 'No refund')
      }
      default:
        return refuse(404, 'Not found')
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: as it came over the wire
  function create(body: any): Response {
    if (!isMoney(body.amount)) return refuse(422, 'The amount contains an invalid value', 'amount')
    if (!body.redirectUrl) return refuse(422, 'The redirect URL is required', 'redirectUrl')
    if (body.webhookUrl && /\/\/(?:localhost|127\.)/.test(body.webhookUrl)) {
      return refuse(
        422,
        'The webhook URL is invalid because it is unreachable from Mollie’s point of view',
        'webhookUrl',
      )
    }
    const payment = {
      ...{ id: newId('tr'), status: 'open', mode: 'test', amount: body.amount, method: body.method ?? null },
      ...{ captureMode: body.captureMode ?? 'automatic', metadata: body.metadata ?? null },
      ...{ webhookUrl: body.webhookUrl ?? null, createdAt: new Date().toISOString(), authorizedAt: null },
      ...{ isCancelable: fake.cancelable, captures: [], refunds: [], chargebacks: [] },
    }
    payments.set(payment.id, payment)
    effects.opened += 1
    return json(201, viewOf(payment))
  }

  function list(query: URLSearchParams): Response {
    const limit = Number(query.get('limit') ?? 50)
    const all = [...payments.values()].filter(({ mode }) => mode === 'test').reverse()
    const start = Math.max(0, query.has('from') ? all.findIndex(({ id }) => id === query.get('from')) : 0)
    const next = all[start + limit]
    return json(200, {
      count: Math.min(limit, all.length - start),
      _embedded: { payments: all.slice(start, start + limit).map((payment) => viewOf(payment)) },
      _links: {
        next: next ? { href: `${API}/v2/payments?from=${next.id}&limit=${limit}`, type: 'application/hal+json' } : null,
      },
    })
  }

  function capture(payment: Payment, body: { amount?: Money; metadata?: Record<string, string> }): Response {
    if (payment.status !== 'authorized') return refuse(422, 'The payment is not authorized')
    const left = toMinor(payment.amount) - sumOf(payment.captures, ['failed'])
    const amount = body.amount ?? toMoney(left, payment.amount.currency)
    if (!isMoney(amount) || toMinor(amount) > left)
      return refuse(422, 'The amount is higher than the maximum', 'amount')
    const part = { id: newId('cpt'), status: 'pending', amount, metadata: body.metadata ?? null }
    payment.captures.push(part)
    effects.captured += 1
    return json(201, { resource: 'capture', paymentId: payment.id, ...part })
  }

  function refund(payment: Payment, body: { amount: Money; metadata?: Record<string, string> }): Response {
    const captured = payment.status === 'paid' ? capturedOf(payment) : sumOf(payment.captures, ['failed'])
    const left = captured - sumOf(payment.refunds, ['failed', 'canceled'])
    if (!isMoney(body.amount) || toMinor(body.amount) > left)
      return refuse(422, 'The amount is higher than the maximum', 'amount')
    const part = { id: newId('re'), status: 'pending', amount: body.amount, metadata: body.metadata ?? null }
    payment.refunds.push(part)
    effects.refunded += 1
    return json(201, { resource: 'refund', paymentId: payment.id, ...part })
  }

  function capturedOf(payment: Payment): number {
    if (payment.captures.length > 0) return sumOf(payment.captures, ['failed'])
    return payment.status === 'paid' ? toMinor(payment.amount) : 0
  }

  function release(payment: Payment): void {
    if (!releasing.delete(payment.id) || payment.status !== 'authorized') return
    payment.status = sumOf(payment.captures, ['failed']) > 0 ? 'paid' : 'canceled'
    ping(payment)
  }

  /** What was asked for and takes a while is done. */
  function catchUp(): void {
    for (const payment of payments.values()) {
      for (const part of payment.captures.filter(({ status }) => status === 'pending')) {
        part.status = 'succeeded'
        if (capturedOf(payment) === toMinor(payment.amount)) payment.status = 'paid'
        ping(payment)
      }
      for (const part of payment.refunds.filter(({ status }) => status === 'pending')) {
        part.status = 'refunded'
        ping(payment)
      }
      release(payment)
    }
  }

  function event(type: string, entity: Record<string, unknown>, id = newId('event')): string {
    return JSON.stringify({
      ...{ resource: 'event', id, type, entityId: entity.id, createdAt: new Date().toISOString() },
      _embedded: { entity: { ...entity, note: '“é” \u{1f600}' } },
      _links: { self: { href: `${API}/v2/events/${id}`, type: 'application/hal+json' } },
    })
  }

  async function sign(body: string): Promise<SignedDelivery> {
    const bytes = new TextEncoder()
    const signatures = await Promise.all(
      fake.secrets.map(async (each) => {
        const algorithm = { name: 'HMAC', hash: 'SHA-256' }
        const key = await crypto.subtle.importKey('raw', bytes.encode(each), algorithm, false, ['sign'])
        const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(body)))
        return `sha256=${[...signature].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
      }),
    )
    return { body, headers: { 'Content-Type': 'application/json', 'X-Mollie-Signature': signatures.join(', ') } }
  }

  const happenings: Record<Happening, (payment: Payment & { mode: string }, amount?: number) => void> = {
    pay(payment) {
      if (payment.status !== 'open' && payment.status !== 'pending') throw new Error(`the payment is ${payment.status}`)
      const manual = payment.captureMode === 'manual'
      const method = payment.method ?? 'creditcard'
      Object.assign(payment, { status: manual ? 'authorized' : 'paid', method, isCancelable: manual })
      if (manual) payment.authorizedAt = new Date().toISOString()
      else effects.captured += 1
      ping(payment)
    },
    decline(payment) {
      if (payment.status !== 'open' && payment.status !== 'pending') throw new Error(`the payment is ${payment.status}`)
      Object.assign(payment, { status: 'failed', isCancelable: false })
      ping(payment)
    },
    pend(payment) {
      Object.assign(payment, { status: 'pending', method: 'paypal', isCancelable: false })
      // It has no ping, but one of the newer events.
      const body = event('payment.pending', viewOf(payment))
      queue.push(() => sign(body))
    },
    capture(payment, amount) {
      const left = toMinor(payment.amount) - sumOf(payment.captures, ['failed'])
      capture(payment, { amount: toMoney(amount ?? left, payment.amount.currency) })
    },
    void(payment) {
      releasing.add(payment.id)
      release(payment)
    },
    refund(payment, amount) {
      const left = capturedOf(payment) - sumOf(payment.refunds, ['failed', 'canceled'])
      refund(payment, { amount: toMoney(amount ?? left, payment.amount.currency) })
    },
    dispute(payment, amount) {
      const money = toMoney(amount ?? capturedOf(payment), payment.amount.currency)
      payment.chargebacks.push({ id: newId('chb'), amount: money, reversedAt: null })
      ping(payment)
    },
    win_dispute(payment) {
      for (const chargeback of payment.chargebacks) chargeback.reversedAt = new Date().toISOString()
      ping(payment)
    },
    // Nobody is told: the money stays away.
    lose_dispute: () => {},
  }

  function bookOf(payment: Payment): FakeBook {
    const names = {
      open: 'open',
      pending: 'pending',
      failed: 'declined',
      expired: 'closed',
      authorized: 'authorized',
    } as const
    const captured = capturedOf(payment)
    const isAll = captured === toMinor(payment.amount)
    const status =
      payment.status === 'paid' || isAll
        ? 'captured'
        : payment.status === 'canceled'
          ? payment.authorizedAt === null
            ? 'closed'
            : 'voided'
          : (names[payment.status as keyof typeof names] ?? 'open')
    return { status, captured, refunded: sumOf(payment.refunds, ['failed', 'canceled']) }
  }

  const faults = faulty(act)
  const fake: FakeMollie = {
    name: 'mollie',
    settings: { MOLLIE_API_KEY: apiKey, MOLLIE_WEBHOOK_SECRETS: secret },
    can: {
      ...{ manualCapture: true, severalCaptures: true, pending: true, disputes: true, fetch: true, immediate: false },
      ...{ signedFacts: false, tellsLost: false },
    },
    async answer(request) {
      return new URL(request.url).origin === API ? faults.run(request) : null
    },
    async happen(paymentId, what, amount) {
      happenings[what](must(paymentId), amount)
    },
    async takeDeliveries() {
      catchUp()
      const deliveries = queue
      queue = []
      return Promise.all(deliveries.map((make) => make()))
    },
    sign,
    book(paymentId) {
      const payment = find(paymentId)
      return payment ? bookOf(payment) : null
    },
    effects,
    failNext: faults.failNext,
    forgetKeys: () => requests.clear(),
    ...{ payment: must, calls, secrets: [secret], cancelable: true, releasesLater: false, event },
    stranger(metadata, mode = 'test') {
      create({ amount: { currency: 'EUR', value: '10.00' }, redirectUrl: 'https://other.example', metadata })
      const payment = [...payments.values()].at(-1)
      if (!payment) throw new Error('it was not made')
      Object.assign(payment, { mode, status: 'paid' })
      return payment.id
    },
  }
  return fake
}
