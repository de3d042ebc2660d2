import { mintedAt } from '../../../domain/id.ts'
import type { Money } from '../../../domain/money.ts'
import type { NextAction, PaymentFact } from '../../../domain/payment.ts'
import type {
  PaymentProvider,
  PaymentReference,
  RefundState,
  SessionRequest,
  SessionState,
} from '../../../domain/provider.ts'
import type { Context } from '../../../platform/http/context.ts'
import { adapter } from '../adapter.ts'
import { textOf } from '../json.ts'
import { findAdyenPayment } from '../queries.ts'
import { toAdyen } from './amounts.ts'
import { askCheckout, refusalOf } from './checkout-api.ts'
import { originalReferenceOf, readAdrift, readStoredItem, toEvent } from './events.ts'
import { captureReference, closeReference, paymentReference, refundReference, voidReference } from './reference.ts'
import { type AdyenSettings, adyenFaults, adyenSettings } from './settings.ts'
import { verifyNotifications } from './verify.ts'

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS
const EVENT_MS = 5 * 60 * 1000
/** How long Adyen keeps keys of idempotency, and an hour less, so that no clock matters. */
const KEY_LIFETIME_MS = 7 * DAY_MS - HOUR_MS

export const adyenAdapter = adapter('adyen', adyenSettings, createAdyenProvider, adyenFaults)

/**
 * Adyen by its Sessions flow: the Drop-in takes the money in the storefront, and what became of it is told by webhooks alone.
 * Adyen cannot be asked how a payment stands. So `fetchSession` answers what the clock tells; captures, voids and refunds are
 * taken note of, and an event that carries our id of them, signed, says how they ended. docs/payments/adyen.md has the rest.
 */
function createAdyenProvider(context: Context, settings: AdyenSettings): PaymentProvider {
  const { ADYEN_CLIENT_KEY: clientKey, ADYEN_MERCHANT_ACCOUNT: merchantAccount } = settings
  const several = settings.ADYEN_SEVERAL_CAPTURES === 'on'
  const post = (path: string, key: string, body: Record<string, unknown>) =>
    askCheckout(context, settings, { path, key, body: { merchantAccount, ...body } })

  /**
   * Asks for something to be done to a payment that has been authorized, under our id of it.
   * @throws {Error} on an id so old that Adyen may have forgotten it: asked once more it would be done once more, and there is
   *   no way to ask whether it was. It stays as it is, for staff to look at in the Customer Area.
   */
  async function modify(payment: PaymentReference, what: string, id: string, body: Record<string, unknown>) {
    const age = context.now.getTime() - (mintedAt(id) ?? context.now.getTime())
    if (age > KEY_LIFETIME_MS) throw new Error(`Adyen was to be asked too long ago to be asked again: ${id}`)
    const answer = await post(`/payments/${encodeURIComponent(pspReferenceOf(payment))}/${what}`, id, body)
    return { refused: refusalOf(answer), reference: textOf(answer.body.pspReference) }
  }

  return {
    name: 'adyen',
    // Adyen's own default, and the time that its event takes of what is paid in the last moment.
    sessionLifetimeMs: HOUR_MS + EVENT_MS,
    // Vouchers and transfers by a bank.
    processingLifetimeMs: 7 * DAY_MS,
    // When it expires an authorization that nobody captures; the EXPIRE event tells if it is earlier.
    authorizationLifetimeMs: 28 * DAY_MS,
    option: { flows: ['embedded'], publishableKey: clientKey, methods: [], needsReturnUrl: true },
    acknowledgement: '[accepted]',
    refuse({ amount, returnUrl, input }) {
      if (returnUrl === null) {
        return { field: 'return_url', detail: 'is required: some ways to pay lead to a page of a bank, and back there' }
      }
      if (!toAdyen(amount)) {
        return { field: 'provider', detail: `cannot take an amount that is not whole in ${amount.currency}` }
      }
      return input.method === undefined ? null : { field: 'method', detail: 'is chosen in the Drop-in of Adyen' }
    },

    async openSession(request) {
      if (request.expiresAt <= context.now) return { fact: { kind: 'closed' }, reference: null, nextAction: null }
      const answer = await post('/sessions', request.paymentId, sessionOf(request))
      const refused = refusalOf(answer)
      if (refused) {
        context.log.warn('adyen_session_refused', {
          payment_id: request.paymentId,
          status: answer.status,
          detail: refused,
        })
        return { fact: { kind: 'failed' }, reference: null, nextAction: null }
      }
      const [id, sessionData] = [textOf(answer.body.id), textOf(answer.body.sessionData)]
      if (!id || !sessionData) throw new Error('Adyen has opened a session without id or data')
      const nextAction: NextAction = {
        ...{ type: 'confirm', provider: 'adyen', publishable_key: clientKey },
        ...{ client_secret: sessionData, session_id: id },
      }
      return { fact: { kind: 'requires_action' }, reference: id, nextAction }
    },

    async fetchSession({ reference, expiresAt }) {
      if (expiresAt <= context.now) return { fact: { kind: 'closed' }, reference, nextAction: null }
      // Opening is getting, as long as a session lasts.
      return reference === null ? null : { fact: { kind: 'requires_action' }, reference, nextAction: null }
    },

    // A session cannot be ended before its time. What came of it is let go, if it can be; what comes of it yet, as all that
    // comes too late, goes back when its event tells.
    async closeSession({ paymentId, reference, amount }) {
      const original = paymentReference(paymentId, context.config.paymentCapture, amount.amount)
      await post('/cancels', original, { paymentReference: original, reference: closeReference(original) })
      return { fact: { kind: 'closed' }, reference, nextAction: null }
    },

    async capture(payment, request) {
      const amount = toAdyen(request.amount)
      if (!amount) return stands(payment, { kind: 'authorized', amount: payment.amount })
      const reference = captureReference(payment.paymentId, request, payment.amount.amount)
      const { refused } = await modify(payment, 'captures', request.id, { amount, reference })
      if (refused) logRefusal('adyen_capture_refused', payment, refused)
      return stands(payment, refused ? { kind: 'authorized', amount: payment.amount } : { kind: 'processing' })
    },

    async void(payment, operationId) {
      const reference = voidReference(payment.paymentId, operationId)
      const { refused } = await modify(payment, 'cancels', operationId, { reference })
      if (refused) logRefusal('adyen_void_refused', payment, refused)
      return stands(payment, refused ? { kind: 'authorized', amount: payment.amount } : { kind: 'processing' })
    },

    async refund(payment, refundId, money): Promise<RefundState> {
      const amount = toAdyen(money)
      if (!amount) return { status: 'failed', reference: null, detail: noSuchUnits(money) }
      const body = { amount, reference: refundReference(payment.paymentId, refundId) }
      const { refused, reference } = await modify(payment, 'refunds', refundId, body)
      return { status: refused ? 'failed' : 'pending', reference: refused ? null : reference, detail: refused }
    },

    // It cannot be asked; an event tells.
    fetchRefund: async (_, reference) => ({ status: 'pending', reference, detail: null }),

    async readWebhook(raw, headers) {
      const verified = await verifyNotifications(raw, headers, settings)
      return verified.ok ? { ok: true, events: verified.items.map((item) => toEvent(item, several)) } : verified
    },
    readStoredEvent: (payload, eventId) => readStoredItem(payload, eventId, several),
    // Nobody is asked but our own books: which payment it is that Adyen calls so.
    async askAbout({ payload, eventId }) {
      const original = originalReferenceOf(payload)
      const [[payment]] = original === null ? [[]] : await context.db.read(findAdyenPayment(original))
      const event = payment ? readAdrift(payload, eventId, several, payment) : null
      return event ?? { paymentId: null, fact: null, reference: null }
    },
  }

  function logRefusal(event: string, { paymentId }: PaymentReference, detail: string) {
    context.log.warn(event, { payment_id: paymentId, detail })
  }
}

function sessionOf({ paymentId, orderId, amount, captureMethod, returnUrl, expiresAt }: SessionRequest) {
  const capture = captureMethod === 'manual' ? { additionalData: { manualCapture: 'true' } } : { captureDelayHours: 0 }
  return {
    amount: toAdyen(amount),
    reference: paymentReference(paymentId, captureMethod, amount.amount),
    returnUrl,
    channel: 'Web',
    expiresAt: new Date(expiresAt.getTime() - EVENT_MS).toISOString(),
    metadata: { payment_id: paymentId, order_id: orderId },
    ...capture,
  }
}

/** @throws {Error} while it has not been heard of: without it nothing can be asked of the payment. */
function pspReferenceOf({ reference }: PaymentReference): string {
  // Until the AUTHORISATION event, what we know is the session's.
  if (reference === null || /^CS[0-9A-Z]{10,}$/.test(reference)) {
    throw new Error('the payment’s reference at Adyen has not been told yet')
  }
  return reference
}

function stands({ reference }: PaymentReference, fact: PaymentFact): SessionState {
  return { fact, reference, nextAction: null }
}

function noSuchUnits({ currency }: Money): string {
  return `Adyen has no smaller units of ${currency} than whole ones`
}
