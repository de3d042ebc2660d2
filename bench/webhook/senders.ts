import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Money } from '../../src/domain/money.ts'

/** What tells of a payment: an HTTP request of the provider, as it signs them. */
export interface Delivery {
  body: string
  headers: Record<string, string>
}

export interface Paid {
  /** The event's id. */
  id: string
  paymentId: string
  amount: Money
}

/** A payment provider as far as its webhooks are concerned. */
export interface Sender {
  /** The variables that switch the provider on. */
  vars: Record<string, string>
  /** Tells that a payment is captured, all of it. */
  sign: (paid: Paid, now: Date) => Delivery
  /** The same as somebody would send it who has not the secret. */
  forge: Sender['sign']
}

const SECRET = `whsec_${Buffer.from('the secret of the benchmark').toString('base64')}`
const OTHER_SECRET = `whsec_${Buffer.from('a secret of somebody else').toString('base64')}`

const STRIPE_SECRET = 'whsec_the_secret_of_the_benchmark'

/** By the name of the provider. The next one is an entry. */
export const senders: Readonly<Record<string, Sender>> = {
  test: {
    vars: { TEST_PAYMENT_WEBHOOK_SECRET: SECRET },
    sign: (paid, now) => signTestEvent(SECRET, paid, now),
    forge: (paid, now) => signTestEvent(OTHER_SECRET, paid, now),
  },
  stripe: {
    vars: {
      STRIPE_SECRET_KEY: 'sk_test_benchmark',
      STRIPE_PUBLISHABLE_KEY: 'pk_test_benchmark',
      STRIPE_WEBHOOK_SECRETS: STRIPE_SECRET,
    },
    sign: (paid, now) => signStripeEvent(STRIPE_SECRET, paid, now),
    forge: (paid, now) => signStripeEvent('whsec_of_somebody_else', paid, now),
  },
}

/** Signed by the scheme's own library, which does not wait as the platform's HMAC does: the client signs while it loads. */
function signTestEvent(secret: string, { id, paymentId, amount }: Paid, now: Date): Delivery {
  const data = { payment_id: paymentId, amount }
  const body = JSON.stringify({ type: 'payment.succeeded', timestamp: now.toISOString(), data })
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    },
  }
}

/** An intent that has succeeded, as Stripe shows it: 2 kB, most of which says nothing of our payment. */
function signStripeEvent(secret: string, { id, paymentId, amount }: Paid, now: Date): Delivery {
  const created = Math.floor(now.getTime() / 1000)
  const intent = {
    ...{ id: `pi_${id}`, object: 'payment_intent', amount: amount.amount, amount_capturable: 0 },
    ...{ amount_details: { tip: {} }, amount_received: amount.amount, application: null, application_fee_amount: null },
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    ...{ canceled_at: null, cancellation_reason: null, capture_method: 'automatic_async' },
    ...{ client_secret: `pi_${id}_secret_abcdefghijklmnopqrstuvwx`, confirmation_method: 'automatic', created },
    ...{
      currency: amount.currency.toLowerCase(),
      customer: null,
      description: null,
      excluded_payment_method_types: null,
    },
    ...{ last_payment_error: null, latest_charge: `ch_${id}`, livemode: false },
    metadata: { payment_id: paymentId, order_id: `ord_${paymentId.slice(4)}`, flow: 'embedded' },
    ...{ next_action: null, on_behalf_of: null, payment_method: `pm_${id}` },
    payment_method_configuration_details: { id: 'pmc_1PqXyZ2eZvKYlo2C', parent: null },
    payment_method_options: { card: { installments: null, mandate_options: null, network: null } },
    ...{ payment_method_types: ['card', 'link'], processing: null, receipt_email: null, review: null },
    ...{ setup_future_usage: null, shipping: null, source: null, statement_descriptor: null },
    ...{ statement_descriptor_suffix: null, status: 'succeeded', transfer_data: null, transfer_group: null },
  }
  const event = {
    ...{ id, object: 'event', api_version: '2026-10-28.endive', created, data: { object: intent }, livemode: false },
    ...{ pending_webhooks: 1, request: { id: `req_${id}`, idempotency_key: paymentId } },
    type: 'payment_intent.succeeded',
  }
  // Stripe sends it indented.
  const body = JSON.stringify(event, null, 2)
  const signature = createHmac('sha256', secret).update(`${created}.${body}`).digest('hex')
  return {
    body,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': `t=${created},v1=${signature}` },
  }
}
