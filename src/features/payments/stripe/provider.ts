import type { PaymentProvider, SessionWish, WebhookReading } from '../../../domain/provider.ts'
import { sha256Hex } from '../../../platform/crypto/hash.ts'
import type { Context } from '../../../platform/http/context.ts'
import { adapter } from '../adapter.ts'
import { toStripeAmount } from './amounts.ts'
import { askAbout } from './ask-about.ts'
import { createDesk } from './client.ts'
import { parseStripeEvent, readStripeEvent } from './events.ts'
import { SESSION_LIFETIME_MS } from './find.ts'
import { capture, voidIntent } from './operate.ts'
import { fetchRefund, refund } from './refunds.ts'
import { closeSession, fetchSession, openSession } from './session.ts'
import { checkStripe, type StripeSettings, StripeVariables, toStripeSettings } from './settings.ts'
import { verifyStripeWebhook } from './verify.ts'

const DAY_MS = 24 * 3600 * 1000
/** SEPA and ACH debits take up to two weeks to be sure, vouchers as long to be paid. */
const PROCESSING_LIFETIME_MS = 14 * DAY_MS
/** Cards paid online; Stripe cancels the intent then, and some methods keep it for longer. */
const AUTHORIZATION_LIFETIME_MS = 7 * DAY_MS

/**
 * Stripe, by its own SDK: Payment Intents where the storefront shows Stripe's form (`embedded`), hosted Checkout where the shopper
 * goes to a page of Stripe's (`redirect`). See docs/payments/stripe.md.
 */
export const stripeAdapter = adapter(
  'stripe',
  StripeVariables,
  (context, variables) => createStripeProvider(context, toStripeSettings(variables)),
  checkStripe,
)

function createStripeProvider(context: Context, settings: StripeSettings): PaymentProvider {
  const desk = createDesk(context, settings)
  return {
    name: 'stripe',
    sessionLifetimeMs: SESSION_LIFETIME_MS,
    processingLifetimeMs: PROCESSING_LIFETIME_MS,
    authorizationLifetimeMs: AUTHORIZATION_LIFETIME_MS,
    option: {
      flows: ['embedded', 'redirect'],
      publishableKey: settings.publishableKey,
      methods: [],
      needsReturnUrl: true,
    },
    acknowledgement: null,
    refuse: refuseWish,
    openSession: (request) => openSession(desk, request),
    fetchSession: (payment) => fetchSession(desk, payment),
    closeSession: (payment) => closeSession(desk, payment),
    capture: (payment, request) => capture(desk, payment, request),
    void: (payment, operationId) => voidIntent(desk, payment, operationId),
    refund: (payment, id, amount) => refund(desk, payment, { id, amount }),
    fetchRefund: (payment, reference) => fetchRefund(desk, payment, reference),
    readWebhook: (raw, headers, now) => readWebhook(settings, raw, headers, now),
    readStoredEvent: readStripeEvent,
    askAbout: (event) => askAbout(desk, event),
  }
}

function refuseWish({ amount, input }: SessionWish) {
  if (toStripeAmount(amount) === null) {
    return { field: 'provider', detail: `cannot charge an amount of ${amount.currency} as fine as this one` }
  }
  return input.method === undefined
    ? null
    : { field: 'method', detail: 'is chosen in the form or on the page of Stripe' }
}

async function readWebhook(
  { webhookSecrets: secrets, isLive, account }: StripeSettings,
  raw: Uint8Array,
  headers: Headers,
  now: Date,
): Promise<WebhookReading> {
  const verified = await verifyStripeWebhook(raw, headers, { secrets, now })
  if (!verified.ok) return verified
  const { text } = verified
  const event = parseStripeEvent(text)
  if (event && event.isLive !== isLive) {
    const detail = `the event is of ${event.isLive ? 'live' : 'test'} mode, and our keys are not`
    return { ok: false, why: 'other_account', detail }
  }
  if (event && event.account !== account) {
    const detail = account ? 'the event is not of STRIPE_ACCOUNT' : 'the event is of a connected account'
    return { ok: false, why: 'other_account', detail }
  }
  const eventId = event?.id ?? `sha256:${await sha256Hex(raw)}`
  return { ok: true, events: [readStripeEvent(text, eventId)] }
}
