import * as z from 'zod'
import type { PaymentProvider } from '../../../domain/provider.ts'
import { sha256Hex } from '../../../platform/crypto/hash.ts'
import type { Context } from '../../../platform/http/context.ts'
import { shape } from '../../../platform/http/schema.ts'
import { adapter } from '../adapter.ts'
import { refuseAmount } from './amount.ts'
import { askPayPal } from './ask-about.ts'
import { captureAuthorization, voidAuthorization } from './authorization.ts'
import { createCall, type PayPalSettings } from './call.ts'
import { readPayPalEvent, subjectOf } from './events.ts'
import { fetchRefundState, refundOrder } from './refund.ts'
import { closeOrder, fetchOrder, finishOrder, openOrder } from './session.ts'
import { verifyPayPalWebhook } from './verify.ts'

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS

const ID = /^[\w-]{10,200}$/

/** PayPal Checkout by Orders v2: the shopper approves on PayPal's page, we complete. See docs/payments/paypal.md. */
export const payPalAdapter = adapter(
  'paypal',
  shape(() =>
    z.object({
      PAYPAL_CLIENT_ID: z.string().regex(ID, 'is not of the form of a client id'),
      PAYPAL_CLIENT_SECRET: z.string().regex(ID, 'is not of the form of a client secret'),
      PAYPAL_WEBHOOK_ID: z.string().regex(/^[A-Z0-9]{10,50}$/, 'is not of the form of a webhook id'),
      PAYPAL_ENVIRONMENT: z.enum(['sandbox', 'live']),
    }),
  ),
  (context, settings) =>
    createPayPalProvider(context, {
      clientId: settings.PAYPAL_CLIENT_ID,
      clientSecret: settings.PAYPAL_CLIENT_SECRET,
      webhookId: settings.PAYPAL_WEBHOOK_ID,
      environment: settings.PAYPAL_ENVIRONMENT,
    }),
)

function createPayPalProvider(context: Context, settings: PayPalSettings): PaymentProvider {
  const { log } = context
  const call = createCall(context, settings)
  return {
    name: 'paypal',
    // Ours: PayPal would wait longer, but nothing is taken unless we complete it. Shorter than it keeps our request ids.
    sessionLifetimeMs: HOUR_MS,
    // An eCheck takes up to six business days.
    processingLifetimeMs: 14 * DAY_MS,
    authorizationLifetimeMs: 29 * DAY_MS,
    option: { flows: ['redirect'], publishableKey: null, methods: [], needsReturnUrl: true },
    acknowledgement: null,
    refuse({ amount, input }) {
      const why = refuseAmount(amount)
      if (why !== null) return { field: 'provider', detail: why }
      return input.method === undefined ? null : { field: 'method', detail: 'is chosen on the page of PayPal' }
    },
    openSession: (request) => openOrder(call, log, request),
    async fetchSession(payment) {
      // Orders are found by PayPal's id alone. Where its answer was lost, opening it again is what finds it.
      if (payment.reference === null) return null
      const order = await fetchOrder(call, payment)
      // Nobody has approved it in time, or it could still be read.
      if (!order) return { fact: { kind: 'closed' }, reference: payment.reference, nextAction: null }
      return finishOrder(call, log, order)
    },
    closeSession: (payment) => closeOrder(call, log, payment),
    capture: (payment, request) => captureAuthorization(call, log, payment, request),
    void: (payment) => voidAuthorization(call, log, payment),
    refund: (payment, refundId, amount) => refundOrder(call, payment, refundId, amount),
    fetchRefund: (payment, reference) => fetchRefundState(call, payment, reference),
    async readWebhook(raw, headers, now) {
      const reading = await verifyPayPalWebhook(call, settings, { raw, headers, now })
      if (!reading.ok) return reading
      return { ok: true, events: [readPayPalEvent(reading.text, `sha256:${await sha256Hex(raw)}`)] }
    },
    readStoredEvent: readPayPalEvent,
    async askAbout({ payload }) {
      const subject = subjectOf(payload)
      return subject ? askPayPal(call, log, subject) : { paymentId: null, fact: null, reference: null }
    },
  }
}
