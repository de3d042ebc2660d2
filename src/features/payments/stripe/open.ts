import type { SessionRequest } from '../../../domain/provider.ts'
import { toStripeAmount } from './amounts.ts'
import type { StripeAnswer, StripeDesk } from './client.ts'

// `automatic_async` is what Stripe does by itself: captured at once, and its fees worked out after the answer.
const CAPTURE_METHOD = { automatic: 'automatic_async', manual: 'manual' } as const

/** A Payment Intent that the storefront confirms by Stripe.js; which methods it takes is chosen in Stripe's dashboard. */
export function createIntent(desk: StripeDesk, request: SessionRequest): Promise<StripeAnswer> {
  return desk.ask((stripe, options) =>
    stripe.paymentIntents.create(
      {
        ...amountOf(request),
        ...captureOf(desk, request),
        automatic_payment_methods: { enabled: true },
        metadata: metadataOf(request, 'embedded'),
      },
      { ...options, idempotencyKey: request.paymentId },
    ),
  )
}

/** A page of Stripe's own, which makes its intent when the shopper pays. It ends when our session does. */
export function createSession(desk: StripeDesk, request: SessionRequest): Promise<StripeAnswer> {
  const { paymentId, returnUrl, cancelUrl, expiresAt } = request
  const { amount, currency } = amountOf(request)
  const { capture_method, payment_method_options } = captureOf(desk, request)
  const metadata = metadataOf(request, 'redirect')
  return desk.ask((stripe, options) =>
    stripe.checkout.sessions.create(
      {
        mode: 'payment',
        line_items: [{ quantity: 1, price_data: { currency, unit_amount: amount, product_data: { name: 'Order' } } }],
        client_reference_id: paymentId,
        metadata,
        payment_intent_data: { capture_method, metadata },
        ...(payment_method_options ? { payment_method_options } : {}),
        success_url: returnUrl ?? '',
        ...(cancelUrl === null ? {} : { cancel_url: cancelUrl }),
        expires_at: Math.floor(expiresAt.getTime() / 1000),
        // What is due is what the order says, in its own currency: the page must not offer another one.
        adaptive_pricing: { enabled: false },
      },
      { ...options, idempotencyKey: paymentId },
    ),
  )
}

function amountOf({ amount: money }: SessionRequest) {
  const amount = toStripeAmount(money)
  // `refuse` has said so before anything was written.
  if (amount === null) throw new RangeError(`Stripe cannot count ${money.amount} ${money.currency}`)
  return { amount, currency: money.currency.toLowerCase() }
}

function captureOf({ settings }: StripeDesk, { captureMethod }: SessionRequest) {
  const isSeveral = captureMethod === 'manual' && settings.multicapture
  return {
    capture_method: CAPTURE_METHOD[captureMethod],
    ...(isSeveral ? { payment_method_options: { card: { request_multicapture: 'if_available' as const } } } : {}),
  }
}

function metadataOf({ paymentId, orderId }: SessionRequest, flow: string) {
  return { payment_id: paymentId, order_id: orderId, flow }
}
