/** The objects of Stripe's API as far as a shop meets them, in Stripe's own words and amounts, and what happens to them. */
export interface Intent {
  id: string
  object: 'payment_intent'
  amount: number
  amount_capturable: number
  amount_received: number
  automatic_payment_methods: { enabled: boolean } | null
  canceled_at: number | null
  cancellation_reason: string | null
  capture_method: string
  client_secret: string
  created: number
  currency: string
  last_payment_error: Record<string, unknown> | null
  latest_charge: string | null
  livemode: boolean
  metadata: Record<string, string>
  next_action: { type: string } | null
  payment_method_options: { card?: { request_multicapture?: string } }
  status: 'requires_payment_method' | 'requires_action' | 'processing' | 'requires_capture' | 'succeeded' | 'canceled'
}

export interface Charge {
  id: string
  object: 'charge'
  amount: number
  amount_captured: number
  amount_refunded: number
  billing_details: { email: string | null; name: string | null }
  captured: boolean
  created: number
  currency: string
  disputed: boolean
  livemode: boolean
  metadata: Record<string, string>
  payment_intent: string
  payment_method_details: Record<string, unknown>
  refunded: boolean
  status: 'succeeded' | 'pending' | 'failed'
}

export interface Session {
  id: string
  object: 'checkout.session'
  amount_total: number
  cancel_url: string | null
  client_reference_id: string | null
  created: number
  currency: string
  expires_at: number
  livemode: boolean
  metadata: Record<string, string>
  mode: 'payment'
  payment_intent: string | null
  payment_status: 'paid' | 'unpaid'
  status: 'open' | 'complete' | 'expired'
  success_url: string
  url: string | null
}

export interface Refund {
  id: string
  object: 'refund'
  amount: number
  charge: string
  created: number
  currency: string
  failure_reason?: string
  metadata: Record<string, string>
  payment_intent: string
  reason: string | null
  status: 'pending' | 'succeeded' | 'failed'
}

export interface Dispute {
  id: string
  object: 'dispute'
  amount: number
  balance_transactions: { amount: number }[]
  charge: string
  created: number
  currency: string
  livemode: boolean
  metadata: Record<string, string>
  payment_intent: string
  reason: string
  status: string
}

export type Stored = Intent | Charge | Session | Refund | Dispute

/** How a hosted page makes its intent. */
interface Hosted {
  data: Pick<Intent, 'capture_method' | 'metadata' | 'payment_method_options'>
}

/** What is refused, as an error object of the API. */
export class Refusal extends Error {
  readonly status: number
  readonly error: Record<string, unknown>
  constructor(status: number, error: { message: string; type?: string; code?: string; param?: string }) {
    super(error.message)
    this.status = status
    this.error = { type: 'invalid_request_error', ...error }
  }
}

let counter = 0

/** The book of one account. @param tell sends an event about an object as it is now. */
export function openBook(tell: (type: string, object: Stored) => void, { isLive }: { isLive: boolean }) {
  const effects = { opened: 0, captured: 0, refunded: 0 }
  const objects = new Map<string, Stored>()
  const hosted = new Map<string, Hosted>()
  /** What becomes of the next refunds. */
  let refundStatus: Refund['status'] = 'succeeded'

  const seconds = () => Math.floor(Date.now() / 1000)
  const mint = (prefix: string) => {
    counter += 1
    return `${prefix}_${String(counter).padStart(6, '0')}${crypto.randomUUID().replaceAll('-', '').slice(0, 18)}`
  }
  const all = <Kind extends Stored>(kind: Kind['object']) =>
    [...objects.values()].filter((object): object is Kind => object.object === kind).reverse()
  const keep = <Kind extends Stored>(object: Kind): Kind => {
    objects.set(object.id, object)
    return object
  }
  const base = () => ({ created: seconds(), livemode: isLive })

  function newIntent(
    wish: Pick<Intent, 'amount' | 'currency' | 'capture_method' | 'metadata' | 'payment_method_options'>,
  ): Intent {
    const id = mint('pi')
    return keep({
      ...{ id, object: 'payment_intent', ...base(), ...wish, amount_capturable: 0, amount_received: 0 },
      ...{ automatic_payment_methods: { enabled: true }, canceled_at: null, cancellation_reason: null },
      ...{ client_secret: `${id}_secret_${crypto.randomUUID().slice(0, 8)}`, last_payment_error: null },
      ...{ latest_charge: null, next_action: null, status: 'requires_payment_method' },
    })
  }

  function newCharge(intent: Intent, status: Charge['status']): Charge {
    const { amount, currency, metadata } = intent
    const charge = keep<Charge>({
      ...{ id: mint('ch'), object: 'charge', ...base(), amount, currency, metadata, payment_intent: intent.id, status },
      ...{ amount_captured: 0, amount_refunded: 0, captured: false, refunded: false, disputed: false },
      billing_details: { email: 'shopper@example.com', name: 'Ada Example' },
      payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 } },
    })
    intent.latest_charge = charge.id
    return charge
  }

  const chargeOf = (intent: Intent) => objects.get(intent.latest_charge ?? '') as Charge | undefined
  const sessionOf = (intentId: string) => all<Session>('checkout.session').find((s) => s.payment_intent === intentId)

  const of = (paymentId: string) => ({
    intent: all<Intent>('payment_intent').find(({ metadata }) => metadata.payment_id === paymentId) ?? null,
    session: all<Session>('checkout.session').find(({ metadata }) => metadata.payment_id === paymentId) ?? null,
  })

  /** The intent that the shopper works on; a hosted page makes it now. */
  function shopperIntent(paymentId: string): Intent {
    const { intent, session } = of(paymentId)
    const isOpen = intent && ['requires_payment_method', 'requires_action', 'processing'].includes(intent.status)
    // A debit or a voucher is paid after the page.
    const isAwaited = intent?.status === 'processing' || intent?.status === 'requires_action'
    if (session && session.status !== 'open' && !isAwaited) throw new Error('the page is over')
    if (intent) {
      if (!isOpen) throw new Error(`nobody can pay an intent that is ${intent.status}`)
      return intent
    }
    if (!session) throw new Error(`${paymentId} was never opened`)
    const { amount_total: amount, currency } = session
    const made = newIntent({ amount, currency, ...(hosted.get(session.id) as Hosted).data })
    session.payment_intent = made.id
    return made
  }

  const isManual = (intent: Intent) => intent.capture_method === 'manual'

  function pay(paymentId: string): void {
    const intent = shopperIntent(paymentId)
    const wasSlow = intent.status === 'processing'
    const charge = wasSlow ? (chargeOf(intent) as Charge) : newCharge(intent, 'succeeded')
    charge.status = 'succeeded'
    Object.assign(intent, { last_payment_error: null, next_action: null })
    const { session } = of(paymentId)
    if (session) Object.assign(session, { status: 'complete', url: null })
    if (isManual(intent)) {
      Object.assign(intent, { status: 'requires_capture', amount_capturable: intent.amount })
      tell('charge.succeeded', charge)
      tell('payment_intent.amount_capturable_updated', intent)
    } else {
      effects.captured += 1
      Object.assign(charge, { captured: true, amount_captured: intent.amount })
      Object.assign(intent, { status: 'succeeded', amount_received: intent.amount })
      if (session) session.payment_status = 'paid'
      tell('charge.succeeded', charge)
      tell('payment_intent.succeeded', intent)
    }
    if (session) tell(wasSlow ? 'checkout.session.async_payment_succeeded' : 'checkout.session.completed', session)
  }

  function decline(paymentId: string): void {
    const intent = shopperIntent(paymentId)
    const wasSlow = intent.status === 'processing'
    const charge = wasSlow ? (chargeOf(intent) as Charge) : newCharge(intent, 'failed')
    charge.status = 'failed'
    const last_payment_error = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' }
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error, next_action: null })
    tell('charge.failed', charge)
    tell('payment_intent.payment_failed', intent)
    const { session } = of(paymentId)
    if (session && wasSlow) tell('checkout.session.async_payment_failed', session)
  }

  /** A debit that takes days. */
  function pend(paymentId: string): void {
    const intent = shopperIntent(paymentId)
    newCharge(intent, 'pending')
    Object.assign(intent, { status: 'processing', last_payment_error: null, next_action: null })
    tell('payment_intent.processing', intent)
    completeUnpaid(paymentId)
  }

  /** The bank wants to know more of the shopper (3-D Secure), or a voucher waits to be paid: `oxxo_display_details`. */
  function challenge(paymentId: string, type = 'use_stripe_sdk'): void {
    const intent = shopperIntent(paymentId)
    Object.assign(intent, { status: 'requires_action', next_action: { type }, last_payment_error: null })
    tell('payment_intent.requires_action', intent)
    if (type !== 'use_stripe_sdk') completeUnpaid(paymentId)
  }

  function completeUnpaid(paymentId: string): void {
    const { session } = of(paymentId)
    if (!session) return
    Object.assign(session, { status: 'complete', url: null })
    tell('checkout.session.completed', session)
  }

  function capture(intent: Intent, amount: number, isFinal: boolean): void {
    const charge = chargeOf(intent)
    if (intent.status !== 'requires_capture' || !charge) {
      throw new Refusal(400, {
        code: 'payment_intent_unexpected_state',
        message: `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      })
    }
    if (amount > intent.amount_capturable) {
      throw new Refusal(400, {
        code: 'amount_too_large',
        message: `The payment could not be captured because the requested capture amount is greater than the amount you can capture for this charge.`,
        param: 'amount_to_capture',
      })
    }
    if (!isFinal && intent.payment_method_options.card?.request_multicapture !== 'if_available') {
      throw new Refusal(400, {
        message: 'Multicapture is not available for this PaymentIntent.',
        param: 'final_capture',
      })
    }
    effects.captured += 1
    intent.amount_received += amount
    charge.amount_captured = intent.amount_received
    charge.captured = true
    const rest = intent.amount_capturable - amount
    const isOver = isFinal || rest === 0
    Object.assign(intent, isOver ? { amount_capturable: 0, status: 'succeeded' } : { amount_capturable: rest })
    const session = sessionOf(intent.id)
    if (session && isOver) session.payment_status = 'paid'
    if (isOver && rest > 0) release(charge, rest, 'partial_capture')
    tell('charge.captured', charge)
    tell(isOver ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', intent)
  }

  /** What is let go of an authorization is written down as a refund, of which no money has ever moved. */
  function release(charge: Charge, amount: number, reason: string): void {
    charge.amount_refunded += amount
    charge.refunded = charge.amount_refunded === charge.amount
    const refund = keep<Refund>({
      ...{ id: mint('re'), object: 'refund', amount, charge: charge.id, created: seconds(), currency: charge.currency },
      ...{ metadata: {}, payment_intent: charge.payment_intent, reason, status: 'succeeded' },
    })
    tell('charge.refunded', charge)
    tell('refund.created', refund)
  }

  function cancel(intent: Intent, reason: string | null): void {
    const session = sessionOf(intent.id)
    const isHeld = intent.status === 'requires_capture'
    if (!isHeld && session) {
      throw new Refusal(400, {
        code: 'payment_intent_unexpected_state',
        message:
          'You cannot cancel a PaymentIntent that was created by a Checkout Session. Expire the Session instead.',
      })
    }
    if (!isHeld && !['requires_payment_method', 'requires_action'].includes(intent.status)) {
      throw new Refusal(400, {
        code: 'payment_intent_unexpected_state',
        message: `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      })
    }
    end(intent, reason)
  }

  function end(intent: Intent, reason: string | null): void {
    const isHeld = intent.status === 'requires_capture'
    const rest = intent.amount_capturable
    Object.assign(intent, { amount_capturable: 0, next_action: null, last_payment_error: null })
    // What was captured before stays so.
    if (intent.amount_received > 0) intent.status = 'succeeded'
    else Object.assign(intent, { status: 'canceled', canceled_at: seconds(), cancellation_reason: reason })
    const charge = chargeOf(intent)
    if (isHeld && charge)
      release(charge, rest, reason === 'automatic' ? 'expired_uncaptured_charge' : 'partial_capture')
    tell(intent.status === 'canceled' ? 'payment_intent.canceled' : 'payment_intent.succeeded', intent)
  }

  function expire(session: Session): void {
    if (session.status !== 'open') {
      throw new Refusal(400, {
        message: `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
      })
    }
    Object.assign(session, { status: 'expired', url: null })
    const intent = session.payment_intent ? (objects.get(session.payment_intent) as Intent) : null
    if (intent) end(intent, 'automatic')
    tell('checkout.session.expired', session)
  }

  function refund(intent: Intent, amount: number | null, metadata: Record<string, string>): Refund {
    const charge = chargeOf(intent)
    if (!charge || intent.amount_received === 0) {
      throw new Refusal(400, {
        message: 'This PaymentIntent does not have a successful charge to refund.',
        param: 'payment_intent',
      })
    }
    const disputed = all<Dispute>('dispute').some(
      (dispute) =>
        dispute.charge === charge.id && !['won', 'warning_closed'].includes(dispute.status) && isTaken(dispute),
    )
    if (disputed) throw new Refusal(400, { code: 'charge_disputed', message: 'This charge has been charged back.' })
    const free = charge.amount_captured - refundedOf(intent.id)
    const wanted = amount ?? free
    if (free === 0) {
      const message = `Charge ${charge.id} has already been refunded.`
      throw new Refusal(400, { code: 'charge_already_refunded', message })
    }
    if (wanted > free) {
      const message = `Refund amount (${wanted}) is greater than unrefunded amount on charge (${free})`
      throw new Refusal(400, { message, param: 'amount' })
    }
    effects.refunded += 1
    const made = keep<Refund>({
      ...{ id: mint('re'), object: 'refund', amount: wanted, charge: charge.id, created: seconds() },
      ...{ currency: intent.currency, metadata, payment_intent: intent.id, reason: null, status: refundStatus },
    })
    charge.amount_refunded += wanted
    charge.refunded = charge.amount_refunded === charge.amount
    tell('charge.refunded', charge)
    tell('refund.created', made)
    return made
  }

  const isTaken = ({ status }: Dispute) => !status.startsWith('warning_')

  function refundedOf(intentId: string): number {
    return all<Refund>('refund')
      .filter(({ payment_intent, status, reason }) => payment_intent === intentId && status !== 'failed' && !reason)
      .reduce((sum, { amount }) => sum + amount, 0)
  }

  /** A refund that was under way is decided by the shopper's bank. */
  function settleRefund(id: string, status: 'succeeded' | 'failed'): void {
    const made = objects.get(id) as Refund
    Object.assign(made, { status }, status === 'failed' ? { failure_reason: 'declined' } : {})
    if (status === 'failed') tell('refund.failed', made)
    tell('refund.updated', made)
  }

  function dispute(paymentId: string, amount: number | null, isInquiry = false): Dispute {
    const intent = of(paymentId).intent as Intent
    const charge = chargeOf(intent) as Charge
    const taken = amount ?? charge.amount_captured - refundedOf(intent.id)
    charge.disputed = true
    const made = keep<Dispute>({
      ...{ id: mint('du'), object: 'dispute', ...base(), amount: taken, currency: intent.currency, charge: charge.id },
      ...{ metadata: {}, payment_intent: intent.id, reason: 'fraudulent', balance_transactions: [] },
      status: isInquiry ? 'warning_needs_response' : 'needs_response',
    })
    tell('charge.dispute.created', made)
    if (!isInquiry) withdraw(made)
    return made
  }

  function withdraw(made: Dispute): void {
    made.balance_transactions.push({ amount: -made.amount })
    tell('charge.dispute.funds_withdrawn', made)
  }

  function closeDispute(paymentId: string, status: 'won' | 'lost' | 'warning_closed'): void {
    const { intent } = of(paymentId)
    const made = all<Dispute>('dispute').find(({ payment_intent }) => payment_intent === intent?.id) as Dispute
    made.status = status
    if (status === 'won') {
      made.balance_transactions.push({ amount: made.amount })
      tell('charge.dispute.funds_reinstated', made)
    }
    tell('charge.dispute.closed', made)
  }

  return {
    ...{ effects, objects, all, of, newIntent, keep, mint, seconds, base, refundedOf },
    ...{ pay, decline, pend, challenge, capture, cancel, end, expire, refund, settleRefund, dispute, closeDispute },
    host: (session: Session, data: Hosted['data']) => hosted.set(session.id, { data }),
    refundsBecome(status: Refund['status']) {
      refundStatus = status
    },
  }
}

export type Book = ReturnType<typeof openBook>
