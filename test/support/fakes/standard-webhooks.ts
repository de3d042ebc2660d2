import { Webhook } from 'standardwebhooks'
import { type FakeBook, type FakeService, faulty, type Happening, type SignedDelivery } from './fake-service.ts'

export const SIGNING_SECRET = `whsec_${btoa('the secret of the service, 32 by')}`
export const ASKING_SECRET = `whsec_${btoa('the secret of our own questions.')}`
export const ADDRESS = 'https://payments.operator.example/edge-commerce'

interface Money {
  amount: number
  currency: string
}

interface Payment {
  id: string
  reference: string
  amount: Money
  manual: boolean
  status: FakeBook['status']
  captured: number
  refunded: number
  dispute: { reference: string; amount: Money } | null
}

interface Refund {
  paymentId: string
  reference: string
  status: 'succeeded' | 'failed'
  detail: string | null
}

type Data = Record<string, unknown>

export interface FakeStandardWebhooks extends FakeService {
  /** The questions it has been asked, the first one first. */
  readonly questions: readonly { type: string; data: Data }[]
  /** Sends an event of its own. */
  tell(type: string, data: Data): void
}

const headersOf = ({ headers }: Request): Record<string, string> => Object.fromEntries(headers)

/**
 * A small service of an operator's, as docs/payments/standard-webhooks.md asks for: it answers signed questions, and signs its
 * events by the scheme's own library. It keeps what it was asked for by our ids, and for ever.
 */
export function fakeStandardWebhooks(settings: Readonly<Record<string, string>> = {}): FakeStandardWebhooks {
  const asked = new Webhook(ASKING_SECRET)
  const signer = new Webhook(SIGNING_SECRET)
  const payments = new Map<string, Payment>()
  const operations = new Set<string>()
  const refunds = new Map<string, Refund>()
  const questions: { type: string; data: Data }[] = []
  const effects = { opened: 0, captured: 0, refunded: 0 }
  const events: string[] = []

  const money = (amount: number, { amount: { currency } }: Payment): Money => ({ amount, currency })
  const tell = (type: string, data: Data) => events.push(JSON.stringify({ type, timestamp: new Date(), data }))
  const tellOf = (payment: Payment, type: string, data: Data = {}) =>
    tell(type, { payment_id: payment.id, amount: payment.amount, ...data })

  function sign(body: string, at = new Date()): SignedDelivery {
    const id = `msg_${crypto.randomUUID()}`
    return {
      body,
      headers: {
        'Content-Type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signer.sign(id, at, body),
      },
    }
  }

  /** How a payment stands, as every question about it is answered. */
  function stateOf(payment: Payment | undefined): Data {
    if (!payment) return { status: 'unknown' }
    const { reference, amount } = payment
    const base = { reference, amount }
    switch (payment.status) {
      case 'open':
        return {
          ...base,
          status: 'requires_action',
          next_action: { type: 'redirect', url: `${ADDRESS}/pay/${reference}` },
        }
      case 'pending':
        return { ...base, status: 'processing' }
      case 'declined':
        return { ...base, status: 'failed' }
      case 'authorized':
        if (payment.captured === 0) return { ...base, status: 'authorized' }
        return { ...base, status: 'captured', captured: money(payment.captured, payment), final: false }
      case 'captured':
        return { ...base, status: 'captured', captured: money(payment.captured, payment), final: true }
      default:
        return { ...base, status: payment.status }
    }
  }

  function open(data: Data): Data {
    const id = String(data.payment_id)
    if (!payments.has(id)) {
      effects.opened += 1
      const manual = data.capture_method === 'manual'
      const empty = { status: 'open', captured: 0, refunded: 0, dispute: null } as const
      payments.set(id, { id, reference: `op_${crypto.randomUUID()}`, amount: data.amount as Money, manual, ...empty })
    }
    return stateOf(payments.get(id))
  }

  function take(payment: Payment, amount: number, final: boolean): void {
    if (payment.status !== 'authorized' || payment.captured + amount > payment.amount.amount) return
    payment.captured += amount
    effects.captured += 1
    if (final || payment.captured === payment.amount.amount) payment.status = 'captured'
    tellOf(payment, 'payment.captured', {
      amount: money(payment.captured, payment),
      ...{ of: payment.amount, final: payment.status === 'captured' },
    })
  }

  function letGo(payment: Payment): void {
    if (payment.status !== 'authorized') return
    payment.status = payment.captured > 0 ? 'captured' : 'voided'
    tellOf(payment, 'payment.voided')
  }

  function giveBack(payment: Payment, amount: number, refundId: string | null): Refund {
    const enough = payment.refunded + amount <= payment.captured
    const refund: Refund = {
      ...{ paymentId: payment.id, reference: `rf_${crypto.randomUUID()}` },
      ...{ status: enough ? 'succeeded' : 'failed', detail: enough ? null : 'there is not so much left' },
    }
    if (enough) {
      payment.refunded += amount
      effects.refunded += 1
      const { reference } = refund
      tellOf(payment, 'payment.refunded', { amount: money(amount, payment), reference, refund_id: refundId })
    }
    refunds.set(refundId ?? refund.reference, refund)
    return refund
  }

  const once = (id: unknown, act: () => void) => {
    if (operations.has(String(id))) return
    operations.add(String(id))
    act()
  }
  const toAnswer = (refund: Refund | undefined): Data =>
    refund ? { status: refund.status, reference: refund.reference, detail: refund.detail } : { status: 'unknown' }

  function decide(type: string, data: Data): Data {
    const payment = payments.get(String(data.payment_id))
    switch (type) {
      case 'payment.open':
        return open(data)
      case 'payment.close':
        if (payment && ['open', 'pending', 'declined'].includes(payment.status)) payment.status = 'closed'
        return stateOf(payment)
      case 'payment.capture':
        if (payment) {
          once(data.operation_id, () => take(payment, (data.capture as Money).amount, data.final === true))
        }
        return stateOf(payment)
      case 'payment.void':
        if (payment) once(data.operation_id, () => letGo(payment))
        return stateOf(payment)
      case 'refund.create': {
        if (!payment) return { status: 'unknown' }
        const id = String(data.refund_id)
        return toAnswer(refunds.get(id) ?? giveBack(payment, (data.refund as Money).amount, id))
      }
      case 'refund.fetch':
        return toAnswer([...refunds.values()].find(({ reference }) => reference === data.refund_reference))
      default:
        return stateOf(payment)
    }
  }

  async function act(request: Request): Promise<Response> {
    const body = await request.text()
    // By the scheme's own library, and by the time that is signed: cron's work is tried at times that are not now.
    const { 'webhook-id': id = '', 'webhook-timestamp': at, 'webhook-signature': signature } = headersOf(request)
    if (asked.sign(id, new Date(Number(at) * 1000), body) !== signature) {
      return Response.json({ error: 'the signature does not match' }, { status: 401 })
    }
    const { type, data } = JSON.parse(body) as { type: string; data: Data }
    questions.push({ type, data })
    return Response.json(decide(type, data))
  }

  function happen(paymentId: string, what: Happening, part?: number): void {
    const payment = payments.get(paymentId)
    if (!payment) throw new Error(`it has never heard of ${paymentId}`)
    const { amount: whole } = payment
    switch (what) {
      case 'pay':
        if (!['open', 'pending', 'declined'].includes(payment.status)) throw new Error(`it is ${payment.status}`)
        payment.status = payment.manual ? 'authorized' : 'captured'
        payment.captured = payment.manual ? 0 : whole.amount
        effects.captured += payment.manual ? 0 : 1
        tellOf(payment, payment.manual ? 'payment.authorized' : 'payment.succeeded')
        break
      case 'decline':
        payment.status = 'declined'
        tellOf(payment, 'payment.failed')
        break
      case 'pend':
        payment.status = 'pending'
        tellOf(payment, 'payment.pending')
        break
      case 'capture':
        take(payment, part ?? whole.amount - payment.captured, part === undefined)
        break
      case 'void':
        letGo(payment)
        break
      case 'refund':
        giveBack(payment, part ?? payment.captured - payment.refunded, null)
        break
      case 'dispute':
        payment.dispute = { reference: `dp_${crypto.randomUUID()}`, amount: money(part ?? payment.captured, payment) }
        tellOf(payment, 'payment.disputed', payment.dispute)
        break
      case 'win_dispute':
      case 'lose_dispute':
        tellOf(payment, what === 'win_dispute' ? 'payment.dispute_won' : 'payment.dispute_lost', payment.dispute ?? {})
        break
    }
  }

  const { failNext, run } = faulty(act)
  return {
    name: 'standard-webhooks',
    settings: {
      ...{ STANDARD_WEBHOOKS_SECRETS: SIGNING_SECRET, STANDARD_WEBHOOKS_URL: ADDRESS },
      ...{ STANDARD_WEBHOOKS_URL_SECRET: ASKING_SECRET, ...settings },
    },
    can: {
      ...{ manualCapture: true, severalCaptures: true, pending: true, disputes: true },
      ...{ fetch: true, immediate: true, signedFacts: true },
    },
    answer: async (request) => (request.url === ADDRESS ? run(request) : null),
    happen: async (paymentId, what, amount) => happen(paymentId, what, amount),
    async takeDeliveries() {
      return events.splice(0).map((body) => sign(body))
    },
    sign: async (body, at) => sign(body, at),
    book(paymentId) {
      const payment = payments.get(paymentId)
      return payment ? { status: payment.status, captured: payment.captured, refunded: payment.refunded } : null
    },
    effects,
    failNext,
    // It has none that it forgets: what it was asked for stands in its books, by our ids.
    forgetKeys: () => {},
    questions,
    tell,
  }
}
