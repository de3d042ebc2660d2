import { crc32 } from './crc32.ts'
import { type FakeBook, type FakeService, faulty, type Happening, type SignedDelivery } from './fake-service.ts'
import {
  API,
  type Capture,
  type Dispute,
  type Money,
  type Order,
  type Refund,
  viewOf,
  viewOfAuthorization,
  viewOfCapture,
  viewOfDispute,
  viewOfRefund,
} from './paypal-views.ts'

const WITHOUT_DECIMALS = ['HUF', 'JPY', 'TWD']

let keys: Promise<CryptoKeyPair> | undefined
/** PayPal's own key: the same one for all of its merchants. */
function keyPair(): Promise<CryptoKeyPair> {
  keys ??= crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  ) as Promise<CryptoKeyPair>
  return keys
}

let made = 0
/** Ids as PayPal makes them: 17 capital letters and digits. */
function newId(prefix: string): string {
  made += 1
  return `${prefix}${String(made).padStart(6, '0')}${crypto.randomUUID().replaceAll('-', '').slice(0, 9).toUpperCase()}`
}

export interface FakePayPal extends FakeService {
  /** How often it was asked what, ids left out: `GET /v2/checkout/orders/{id}`. */
  readonly calls: Record<string, number>
  readonly webhookId: string
  /** What it has in its books of a payment, by our id. */
  order(paymentId: string): Order
  /** PayPal refuses what it is asked to change of an order, as it may for statuses that it does not name. */
  refusePatches: boolean
  /** A token ends before its time. */
  revokeTokens(): void
  event(type: string, resource: object, id?: string): string
  signAt(body: string, at: Date, webhookId?: string): Promise<SignedDelivery>
}

/** PayPal's REST API as its documentation has it: OAuth, Orders v2, Payments v2, Disputes v1, webhooks and their verification. */
export function fakePayPal(): FakePayPal {
  const clientId = newId('CLIENT-')
  const webhookId = newId('WH')
  const clientSecret = newId('SECRET-')
  const orders = new Map<string, Order>()
  const disputes = new Map<string, Dispute>()
  const requests = new Map<string, { status: number; body: string }>()
  const underWay = new Set<string>()
  const tokens = new Set<string>()
  const calls: Record<string, number> = {}
  const reversals = new Set<string>()
  const effects = { opened: 0, captured: 0, refunded: 0 }
  let queue: string[] = []
  let clock = 0

  const now = () => {
    clock += 1
    return new Date(Date.now() + clock).toISOString()
  }
  const toMinor = ({ currency_code: currency, value }: Money) =>
    Math.round(Number(value) * (currency === 'JPY' ? 1 : 100))
  const toMoney = (amount: number, currency: string): Money => ({
    currency_code: currency,
    value:
      currency === 'JPY'
        ? String(amount)
        : WITHOUT_DECIMALS.includes(currency)
          ? String(amount / 100)
          : (amount / 100).toFixed(2),
  })
  const find = (paymentId: string) =>
    [...orders.values()].findLast(({ custom_id }) => custom_id.replace(/^closed\./, '') === paymentId)
  const must = (paymentId: string) => {
    const order = find(paymentId)
    if (!order) throw new Error(`PayPal has never heard of ${paymentId}`)
    return order
  }
  const takenOf = (order: Order) =>
    order.captures
      .filter(({ status }) => !['DECLINED', 'FAILED'].includes(status))
      .reduce((sum, { amount }) => sum + toMinor(amount), 0)
  const refundedOf = (order: Order, captureId?: string) =>
    order.refunds
      .filter(
        (refund) =>
          !['FAILED', 'CANCELLED'].includes(refund.status) && (captureId ?? refund.captureId) === refund.captureId,
      )
      .reduce((sum, { amount }) => sum + toMinor(amount), 0)

  function event(type: string, resource: object, id = newId('WH-')): string {
    return JSON.stringify({
      id,
      event_version: '1.0',
      create_time: now(),
      resource_type: type.split('.').at(-2)?.toLowerCase(),
      event_type: type,
      summary: `${type} – “ok”`,
      resource,
      links: [{ href: `${API}/v1/notifications/webhooks-events/${id}`, rel: 'self', method: 'GET' }],
    })
  }
  const tell = (type: string, resource: object) => queue.push(event(type, resource))

  function take(order: Order, amount: Money, fields: { invoice_id: string; final: boolean }): Capture {
    const status = { good: 'COMPLETED', declined: 'DECLINED', echeck: 'PENDING' }[order.funding]
    const { invoice_id, final: final_capture } = fields
    const capture = {
      id: newId('C'),
      status,
      amount,
      invoice_id,
      custom_id: order.custom_id,
      final_capture,
      create_time: now(),
    }
    order.captures.push(capture)
    effects.captured += status === 'DECLINED' ? 0 : 1
    if (order.authorization) {
      const isAll = takenOf(order) >= toMinor(order.authorization.amount)
      order.authorization.status = final_capture || isAll ? 'CAPTURED' : 'PARTIALLY_CAPTURED'
    }
    tell(`PAYMENT.CAPTURE.${status}`, viewOfCapture(order, capture))
    return capture
  }

  function giveBack(order: Order, capture: Capture, amount: Money, custom_id: string): Refund | null {
    const left = toMinor(capture.amount) - refundedOf(order, capture.id)
    if (!['COMPLETED', 'PARTIALLY_REFUNDED'].includes(capture.status) || toMinor(amount) > left) return null
    const refund = { id: newId('R'), status: 'COMPLETED', amount, custom_id, captureId: capture.id, create_time: now() }
    order.refunds.push(refund)
    capture.status = toMinor(amount) === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
    effects.refunded += 1
    tell('PAYMENT.CAPTURE.REFUNDED', viewOfRefund(refund))
    return refund
  }

  const json = (status: number, body: unknown) =>
    new Response(status === 204 ? null : JSON.stringify(body), {
      status,
      headers: status === 204 ? {} : { 'Content-Type': 'application/json' },
    })
  const refuse = (status: number, issue: string) =>
    json(status, {
      name: status === 404 ? 'RESOURCE_NOT_FOUND' : 'UNPROCESSABLE_ENTITY',
      details: [{ issue, description: issue }],
      debug_id: 'f00',
    })

  async function authorized(request: Request, path: string): Promise<Response | null> {
    const header = request.headers.get('Authorization') ?? ''
    if (path === '/v1/oauth2/token') {
      if (header !== `Basic ${btoa(`${clientId}:${clientSecret}`)}`) return json(401, { error: 'invalid_client' })
      if (new TextDecoder().decode(await request.arrayBuffer()) !== 'grant_type=client_credentials')
        return json(400, { error: 'unsupported_grant_type' })
      const token = `A21AA${newId('')}`
      tokens.add(token)
      return json(200, {
        scope: '',
        access_token: token,
        token_type: 'Bearer',
        app_id: 'APP-1',
        expires_in: 32400,
        nonce: now(),
      })
    }
    return tokens.has(header.replace(/^Bearer /, ''))
      ? null
      : json(401, { error: 'invalid_token', error_description: 'Token signature verification failed' })
  }

  async function act(request: Request): Promise<Response> {
    const { pathname: path, searchParams } = new URL(request.url)
    const key = `${request.method} ${path.replace(/\/(?:orders|captures|refunds|authorizations|disputes)\/[A-Z0-9-]+/, (found) => found.replace(/\/[^/]+$/, '/{id}'))}`
    calls[key] = (calls[key] ?? 0) + 1
    const refused = await authorized(request, path)
    if (refused) return refused
    const text = await request.text()
    const requestId = request.headers.get('PayPal-Request-Id')
    const scope = `${path} ${requestId}`
    const known = requestId === null ? undefined : requests.get(scope)
    if (known) {
      // It answers how what was done then stands now.
      const [, id = ''] = /"id":"([A-Z0-9]+)"/.exec(known.body) ?? []
      const order = path === '/v2/checkout/orders' ? orders.get(id) : undefined
      return order
        ? json(200, viewOf(order))
        : new Response(known.body, { status: known.status, headers: { 'Content-Type': 'application/json' } })
    }
    const isKeyed = requestId !== null && request.method === 'POST'
    // The same request at the same moment is not a second one.
    if (isKeyed && underWay.has(scope)) {
      return json(409, { name: 'RESOURCE_CONFLICT', details: [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }] })
    }
    if (isKeyed) underWay.add(scope)
    const response = await route(request.method, path, searchParams, text)
    if (isKeyed) {
      requests.set(scope, { status: response.status, body: await response.clone().text() })
      underWay.delete(scope)
    }
    return response
  }

  async function route(method: string, path: string, query: URLSearchParams, text: string): Promise<Response> {
    if (path === '/v1/notifications/verify-webhook-signature') return verify(text)
    const body = text === '' ? {} : JSON.parse(text)
    if (method === 'POST' && path === '/v2/checkout/orders') return createOrder(body)
    const [, resource = '', id = '', action = ''] =
      /^\/v[12]\/(?:checkout|payments|customer)\/(orders|captures|refunds|authorizations|disputes)(?:\/([A-Z0-9-]+))?(?:\/([a-z]+))?$/.exec(
        path,
      ) ?? []
    const all = [...orders.values()]
    switch (`${method} ${resource} ${action}`) {
      case 'GET orders ': {
        const order = orders.get(id)
        return order ? json(200, viewOf(order)) : refuse(404, 'INVALID_RESOURCE_ID')
      }
      case 'PATCH orders ':
        return patchOrder(orders.get(id), body)
      case 'POST orders capture':
      case 'POST orders authorize':
        return finishOrder(orders.get(id), action)
      case 'GET captures ': {
        const order = all.find(({ captures }) => captures.some((capture) => capture.id === id))
        const capture = order?.captures.find((each) => each.id === id)
        return order && capture ? json(200, viewOfCapture(order, capture)) : refuse(404, 'INVALID_RESOURCE_ID')
      }
      case 'POST captures refund': {
        const order = all.find(({ captures }) => captures.some((capture) => capture.id === id))
        const capture = order?.captures.find((each) => each.id === id)
        if (!order || !capture) return refuse(404, 'INVALID_RESOURCE_ID')
        const refund = giveBack(order, capture, body.amount ?? capture.amount, body.custom_id ?? '')
        return refund ? json(201, viewOfRefund(refund)) : refuse(422, 'REFUND_AMOUNT_EXCEEDED')
      }
      case 'GET refunds ': {
        const refund = all.flatMap(({ refunds }) => refunds).find((each) => each.id === id)
        return refund ? json(200, viewOfRefund(refund)) : refuse(404, 'INVALID_RESOURCE_ID')
      }
      case 'GET authorizations ': {
        const order = all.find(({ authorization }) => authorization?.id === id)
        return order ? json(200, viewOfAuthorization(order)) : refuse(404, 'INVALID_RESOURCE_ID')
      }
      case 'POST authorizations capture':
        return captureAuthorization(
          all.find(({ authorization }) => authorization?.id === id),
          body,
        )
      case 'POST authorizations void': {
        const order = all.find(({ authorization }) => authorization?.id === id)
        if (!order?.authorization) return refuse(404, 'INVALID_RESOURCE_ID')
        if (order.authorization.status === 'VOIDED') return refuse(422, 'PREVIOUSLY_VOIDED')
        if (order.authorization.status === 'CAPTURED') return refuse(422, 'PREVIOUSLY_CAPTURED')
        order.authorization.status = 'VOIDED'
        tell('PAYMENT.AUTHORIZATION.VOIDED', viewOfAuthorization(order))
        return json(204, null)
      }
      case 'GET disputes ': {
        if (id === '') {
          const wanted = query.get('disputed_transaction_id')
          const items = [...disputes.values()].filter(({ captureId }) => captureId === wanted)
          return json(200, { items: items.map(({ dispute_id, status }) => ({ dispute_id, status })), links: [] })
        }
        const dispute = disputes.get(id)
        return dispute ? json(200, viewOfDispute(dispute)) : refuse(404, 'INVALID_RESOURCE_ID')
      }
      default:
        return refuse(404, 'INVALID_RESOURCE_ID')
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: as it came over the wire
  function createOrder(body: any): Response {
    const [unit] = body.purchase_units
    const { currency_code: currency, value } = unit.amount
    if (WITHOUT_DECIMALS.includes(currency) && value.includes('.')) return refuse(422, 'DECIMALS_NOT_SUPPORTED')
    if (['KWD', 'BHD'].includes(currency)) return refuse(422, 'CURRENCY_NOT_SUPPORTED')
    if (!body.payment_source?.paypal?.experience_context?.return_url) return refuse(422, 'MISSING_REQUIRED_PARAMETER')
    const order: Order = {
      id: newId('O'),
      status: 'PAYER_ACTION_REQUIRED',
      intent: body.intent,
      amount: unit.amount,
      custom_id: unit.custom_id,
      invoice_id: unit.invoice_id,
      update_time: now(),
      authorization: null,
      captures: [],
      refunds: [],
      funding: 'good',
    }
    orders.set(order.id, order)
    effects.opened += 1
    return json(200, viewOf(order))
  }

  function patchOrder(order: Order | undefined, body: { op: string; path: string; value: string }[]): Response {
    if (!order) return refuse(404, 'INVALID_RESOURCE_ID')
    if (order.status === 'COMPLETED') return refuse(422, 'ORDER_ALREADY_COMPLETED')
    if (fake.refusePatches) return refuse(422, 'INVALID_PATCH_OPERATION')
    for (const { op, path, value } of body) {
      if (op !== 'replace' || path !== "/purchase_units/@reference_id=='default'/custom_id")
        return refuse(422, 'NOT_PATCHABLE')
      order.custom_id = value
    }
    order.update_time = now()
    return json(204, null)
  }

  function finishOrder(order: Order | undefined, action: string): Response {
    if (!order) return refuse(404, 'INVALID_RESOURCE_ID')
    if ((order.intent === 'CAPTURE') !== (action === 'capture')) return refuse(422, 'ACTION_DOES_NOT_MATCH_INTENT')
    if (order.status === 'COMPLETED')
      return refuse(422, order.intent === 'CAPTURE' ? 'ORDER_ALREADY_CAPTURED' : 'ORDER_ALREADY_AUTHORIZED')
    if (order.status !== 'APPROVED') return refuse(422, 'ORDER_NOT_APPROVED')
    order.update_time = now()
    if (order.funding === 'declined') {
      // The shopper is to come back and choose another way to pay.
      order.status = 'PAYER_ACTION_REQUIRED'
      return refuse(422, 'INSTRUMENT_DECLINED')
    }
    order.status = 'COMPLETED'
    if (order.intent === 'CAPTURE') take(order, order.amount, { invoice_id: order.invoice_id, final: true })
    else {
      order.authorization = { id: newId('A'), status: 'CREATED', amount: order.amount }
      tell('PAYMENT.AUTHORIZATION.CREATED', viewOfAuthorization(order))
    }
    return json(201, viewOf(order))
  }

  // biome-ignore lint/suspicious/noExplicitAny: as it came over the wire
  function captureAuthorization(order: Order | undefined, body: any): Response {
    if (!order?.authorization) return refuse(404, 'INVALID_RESOURCE_ID')
    const { authorization } = order
    if (authorization.status === 'VOIDED') return refuse(422, 'AUTHORIZATION_VOIDED')
    if (authorization.status === 'CAPTURED') return refuse(422, 'AUTHORIZATION_ALREADY_CAPTURED')
    const amount: Money = body.amount ?? authorization.amount
    if (takenOf(order) + toMinor(amount) > toMinor(authorization.amount))
      return refuse(422, 'MAX_CAPTURE_AMOUNT_EXCEEDED')
    // An account need not refuse an invoice number that was captured for before.
    const capture = take(order, amount, { invoice_id: body.invoice_id, final: body.final_capture === true })
    return json(201, viewOfCapture(order, capture))
  }

  /** Over the bytes of the event as they stand in the question. */
  async function verify(text: string): Promise<Response> {
    const start = text.indexOf('"webhook_event":') + '"webhook_event":'.length
    const question = JSON.parse(text)
    const raw = new TextEncoder().encode(text.slice(start, -1))
    const signed = `${question.transmission_id}|${question.transmission_time}|${question.webhook_id}|${crc32(raw)}`
    if (!/^[A-Za-z0-9+/]+=*$/.test(question.transmission_sig)) return refuse(400, 'INVALID_PARAMETER_SYNTAX')
    const signature = Uint8Array.from(atob(question.transmission_sig), (letter) => letter.charCodeAt(0))
    const { publicKey } = await keyPair()
    const holds =
      question.webhook_id === webhookId &&
      (await crypto.subtle.verify('RSASSA-PKCS1-v1_5', publicKey, signature, new TextEncoder().encode(signed)))
    return json(200, { verification_status: holds ? 'SUCCESS' : 'FAILURE' })
  }

  async function signAt(body: string, at: Date, forWebhook = webhookId): Promise<SignedDelivery> {
    const id = crypto.randomUUID()
    const time = at.toISOString().replace(/\.\d+Z$/, 'Z')
    const signed = `${id}|${time}|${forWebhook}|${crc32(new TextEncoder().encode(body))}`
    const { privateKey } = await keyPair()
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, new TextEncoder().encode(signed))
    return {
      body,
      headers: {
        'Content-Type': 'application/json',
        'PAYPAL-TRANSMISSION-ID': id,
        'PAYPAL-TRANSMISSION-TIME': time,
        'PAYPAL-TRANSMISSION-SIG': btoa(String.fromCharCode(...new Uint8Array(signature))),
        'PAYPAL-CERT-URL': 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77',
        'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
      },
    }
  }

  const happenings: Record<Happening, (order: Order, amount?: number) => void> = {
    pay: (order) => approve(order, 'good'),
    decline: (order) => approve(order, 'declined'),
    pend: (order) => approve(order, 'echeck'),
    capture(order, amount) {
      const { authorization } = order
      if (!authorization) throw new Error('nothing is authorized')
      const rest = toMinor(authorization.amount) - takenOf(order)
      const part = toMoney(amount ?? rest, authorization.amount.currency_code)
      take(order, part, { invoice_id: newId('INV'), final: amount === undefined })
    },
    void(order) {
      if (!order.authorization) throw new Error('nothing is authorized')
      order.authorization.status = 'VOIDED'
      tell('PAYMENT.AUTHORIZATION.VOIDED', viewOfAuthorization(order))
    },
    refund(order, amount) {
      const capture = order.captures.find((each) => toMinor(each.amount) - refundedOf(order, each.id) >= (amount ?? 1))
      if (!capture) throw new Error('nothing is captured')
      const left = toMinor(capture.amount) - refundedOf(order, capture.id)
      // From its pages a refund bears what stands on the capture.
      giveBack(order, capture, toMoney(amount ?? left, capture.amount.currency_code), capture.custom_id)
    },
    dispute(order, amount) {
      const [capture] = order.captures
      if (!capture) throw new Error('nothing is captured')
      const part = amount ?? toMinor(capture.amount)
      const dispute = {
        ...{ dispute_id: newId('PP-D-'), status: 'OPEN', captureId: capture.id, outcome: null },
        amount: toMoney(part, capture.amount.currency_code),
      }
      disputes.set(dispute.dispute_id, dispute)
      tell('CUSTOMER.DISPUTE.CREATED', viewOfDispute(dispute))
    },
    win_dispute: (order) => resolve(order, 'RESOLVED_SELLER_FAVOUR'),
    lose_dispute(order) {
      const dispute = resolve(order, 'RESOLVED_BUYER_FAVOUR')
      const capture = order.captures.find(({ id }) => id === dispute.captureId)
      if (!capture) throw new Error('nothing is captured')
      // The money goes back by a reversal, which is told of as a refund, too.
      const refund = {
        ...{ id: newId('R'), status: 'COMPLETED', amount: dispute.amount, custom_id: capture.custom_id },
        ...{ captureId: capture.id, create_time: now() },
      }
      order.refunds.push(refund)
      reversals.add(refund.id)
      tell('PAYMENT.CAPTURE.REVERSED', viewOfRefund(refund))
    },
  }

  function approve(order: Order, funding: Order['funding']): void {
    const [pending] = order.captures
    if (pending) {
      if (pending.status !== 'PENDING') throw new Error('it is paid already')
      pending.status = funding === 'good' ? 'COMPLETED' : 'DECLINED'
      tell(`PAYMENT.CAPTURE.${funding === 'good' ? 'COMPLETED' : 'DENIED'}`, viewOfCapture(order, pending))
      return
    }
    if (order.status !== 'PAYER_ACTION_REQUIRED') throw new Error(`the order is ${order.status}`)
    order.status = 'APPROVED'
    order.funding = funding
    order.update_time = now()
    tell('CHECKOUT.ORDER.APPROVED', viewOf(order))
  }

  function resolve(order: Order, outcome: string): Dispute {
    const ids = order.captures.map(({ id }) => id)
    const dispute = [...disputes.values()].find(({ captureId }) => ids.includes(captureId))
    if (!dispute) throw new Error('nothing is disputed')
    Object.assign(dispute, { status: 'RESOLVED', outcome })
    tell('CUSTOMER.DISPUTE.RESOLVED', viewOfDispute(dispute))
    return dispute
  }

  function bookOf(order: Order): FakeBook {
    const captured = order.captures
      .filter(({ status }) => !['DECLINED', 'FAILED', 'PENDING'].includes(status))
      .reduce((sum, { amount }) => sum + toMinor(amount), 0)
    const refunded = order.refunds
      .filter(({ id }) => !reversals.has(id))
      .reduce((sum, { amount }) => sum + toMinor(amount), 0)
    return { status: statusOf(order, captured), captured, refunded }
  }

  function statusOf(order: Order, captured: number): FakeBook['status'] {
    if (captured > 0) return order.authorization?.status === 'PARTIALLY_CAPTURED' ? 'authorized' : 'captured'
    if (order.captures.some(({ status }) => status === 'PENDING')) return 'pending'
    if (order.captures.length > 0) return 'declined'
    if (order.authorization) return order.authorization.status === 'VOIDED' ? 'voided' : 'authorized'
    if (order.custom_id.startsWith('closed.')) return 'closed'
    return order.funding === 'declined' && order.status === 'PAYER_ACTION_REQUIRED' ? 'declined' : 'open'
  }

  const faults = faulty(act)
  const fake: FakePayPal = {
    name: 'paypal',
    settings: {
      PAYPAL_CLIENT_ID: clientId,
      PAYPAL_CLIENT_SECRET: clientSecret,
      PAYPAL_WEBHOOK_ID: webhookId,
      PAYPAL_ENVIRONMENT: 'sandbox',
    },
    can: {
      ...{ manualCapture: true, severalCaptures: true, pending: true, disputes: true, fetch: true, immediate: true },
      ...{ signedFacts: false, findByOurId: false, signsOnly: 'objects' },
    },
    async answer(request) {
      return new URL(request.url).origin === API ? faults.run(request) : null
    },
    async happen(paymentId, what, amount) {
      happenings[what](must(paymentId), amount)
    },
    async takeDeliveries() {
      const bodies = queue
      queue = []
      return Promise.all(bodies.map((body) => signAt(body, new Date())))
    },
    sign: (body, at = new Date()) => signAt(body, at),
    book(paymentId) {
      const order = find(paymentId)
      return order ? bookOf(order) : null
    },
    effects,
    failNext: faults.failNext,
    forgetKeys() {
      // Those of orders it keeps for 6 hours, and nobody opens an order again after one.
      for (const scope of [...requests.keys()]) {
        if (!scope.startsWith('/v2/checkout/orders ')) requests.delete(scope)
      }
    },
    ...{ calls, webhookId, order: must, refusePatches: false, event, signAt },
    revokeTokens: () => tokens.clear(),
  }
  return fake
}
