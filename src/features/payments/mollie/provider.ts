import * as z from 'zod'
import type { PaymentProvider } from '../../../domain/provider.ts'
import { sha256Hex } from '../../../platform/crypto/hash.ts'
import type { Context } from '../../../platform/http/context.ts'
import { shape } from '../../../platform/http/schema.ts'
import { adapter, listed } from '../adapter.ts'
import { createCall } from './call.ts'
import { capturePayment, releasePayment } from './capture.ts'
import { answerOf, modeOf, readMollieEvent, subjectOf } from './events.ts'
import { toState } from './payment.ts'
import { readPing } from './ping.ts'
import { fetchRefund, refundPayment } from './refund.ts'
import { closePayment, fetchById, fetchPayment, openPayment } from './session.ts'
import { refuseSignature, SIGNATURE_HEADER } from './verify.ts'

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS

/** What Mollie takes by one method or another (docs.mollie.com/docs/multicurrency). */
const CURRENCIES = new Set(
  'AED AUD BRL CAD CHF CZK DKK EUR GBP HKD HUF ILS ISK JPY MXN MYR NOK NZD PHP PLN RON SEK SGD THB TWD USD ZAR'.split(
    ' ',
  ),
)
const METHODS = new Set(
  'alma applepay bacs bancomatpay bancontact banktransfer belfius billie bizum blik creditcard eps giftcard googlepay ideal in3 kbc klarna klarnapaylater klarnapaynow klarnasliceit mbway mobilepay multibanco mybank paybybank payconiq paypal paysafecard przelewy24 riverty satispay swish trustly twint vipps voucher wero'.split(
    ' ',
  ),
)

interface MollieSettings {
  apiKey: string
  webhookSecrets: readonly string[]
}

/** Mollie's Payments API: the shopper pays on Mollie's page. See docs/payments/mollie.md. */
export const mollieAdapter = adapter(
  'mollie',
  shape(() =>
    z.object({
      MOLLIE_API_KEY: z.string().regex(/^(?:test|live)_[A-Za-z0-9]{20,}$/, 'must be test_ or live_ and letters'),
      MOLLIE_WEBHOOK_SECRETS: z
        .string()
        .transform(listed)
        .refine(
          (secrets) => secrets.length > 0 && secrets.length <= 5 && secrets.every((secret) => secret.length >= 16),
          {
            message: 'must list 1 to 5 secrets of at least 16 letters',
          },
        )
        .optional(),
    }),
  ),
  (context, settings) =>
    createMollieProvider(context, {
      apiKey: settings.MOLLIE_API_KEY,
      webhookSecrets: settings.MOLLIE_WEBHOOK_SECRETS ?? [],
    }),
)

function createMollieProvider(context: Context, { apiKey, webhookSecrets }: MollieSettings): PaymentProvider {
  const { log } = context
  const call = createCall(context, apiKey)
  const mode = apiKey.startsWith('live_') ? 'live' : 'test'
  return {
    name: 'mollie',
    sessionLifetimeMs: HOUR_MS,
    // Bank transfers are waited for as long.
    processingLifetimeMs: 14 * DAY_MS,
    // The least that a card is authorized for; Mollie is asked when it is over.
    authorizationLifetimeMs: 7 * DAY_MS,
    option: { flows: ['redirect'], publishableKey: null, methods: [], needsReturnUrl: true },
    acknowledgement: null,
    refuse({ amount, input }) {
      const { currency } = amount
      if (!CURRENCIES.has(currency)) return { field: 'provider', detail: `Mollie takes no ${currency}` }
      const { method } = input
      return method === undefined || METHODS.has(method) ? null : { field: 'method', detail: 'is none that Mollie has' }
    },
    openSession: (request) => openPayment(call, log, request),
    async fetchSession(payment) {
      const known = await fetchPayment(call, payment)
      return known && toState(known)
    },
    closeSession: (payment) => closePayment(call, context.now, payment),
    capture: (payment, request) => capturePayment(call, log, payment, request),
    void: (payment, operationId) => releasePayment(call, log, payment, operationId),
    refund: (payment, refundId, amount) => refundPayment(call, payment, refundId, amount),
    fetchRefund: (payment, reference) => fetchRefund(call, payment, reference),
    async readWebhook(raw, headers) {
      const text = new TextDecoder().decode(raw)
      const signature = headers.get(SIGNATURE_HEADER)
      if (signature === null) return readPing(text, mode, (id) => fetchById(call, id))
      const refusal = await refuseSignature(raw, signature, webhookSecrets)
      if (refusal) return refusal
      const named = modeOf(text)
      if (named !== null && named !== mode) {
        return { ok: false, why: 'other_account', detail: `an event of ${named} mode, our key is of ${mode} mode` }
      }
      return { ok: true, events: [readMollieEvent(text, `sha256:${await sha256Hex(raw)}`)] }
    },
    readStoredEvent: readMollieEvent,
    async askAbout({ payload }) {
      const subject = subjectOf(payload)
      return subject
        ? answerOf(await fetchById(call, subject.id), subject)
        : { paymentId: null, fact: null, reference: null }
    },
  }
}
