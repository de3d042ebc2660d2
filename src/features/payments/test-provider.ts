import { Webhook } from 'standardwebhooks'
import { isId } from '../../domain/id.ts'
import type { Money } from '../../domain/money.ts'
import type { PaymentFact } from '../../domain/payment.ts'
import type { PaymentProvider, ProviderEvent, SessionState } from '../../domain/provider.ts'
import type { Context } from '../../platform/http/context.ts'
import { findTestPayment, noteTestPayment, type TestPaymentStatus } from './queries.ts'

const TOLERANCE_SECONDS = 300
const SESSION_LIFETIME_MS = 30 * 60 * 1000

/** What the request may ask the test provider to do at once, instead of waiting for its page. */
export const TEST_OUTCOMES = ['succeeded', 'declined', 'pending'] as const
export type TestOutcome = (typeof TEST_OUTCOMES)[number]

const EVENT_TYPE: Record<TestOutcome, string> = {
  succeeded: 'payment.succeeded',
  declined: 'payment.failed',
  pending: 'payment.pending',
}

/**
 * A payment service for development and tests: pays nothing, but speaks the same interface, sends really signed
 * webhooks and keeps a book of its own. Null unless STAGE is dev and a secret is configured.
 */
export function createTestProvider(context: Context): PaymentProvider | null {
  const { config, db, now } = context
  const secret = config.testPaymentWebhookSecret
  if (config.stage !== 'dev' || secret === null) return null
  return {
    name: 'test',
    sessionLifetimeMs: SESSION_LIFETIME_MS,
    // The session is a function of the request, so that opening it again is getting it. An outcome asked for at once is
    // entered in the book, so that it is found again when this answer is lost.
    openSession: async ({ paymentId, amount, input, origin }) => {
      const outcome = TEST_OUTCOMES.find((candidate) => candidate === input.test_outcome)
      if (!outcome) return waiting(paymentId, origin)
      const [[row]] = await db.commit([noteTestPayment(paymentId, outcome, now)], [findTestPayment(paymentId)])
      return { fact: factOf(row?.status ?? outcome, amount), reference: paymentId, nextAction: null }
    },
    async fetchSession({ paymentId, amount, expiresAt, origin }) {
      const [[row]] = await db.read(findTestPayment(paymentId))
      if (row) return { fact: factOf(row.status, amount), reference: paymentId, nextAction: null }
      if (expiresAt <= now) return { fact: { kind: 'closed' }, reference: paymentId, nextAction: null }
      return waiting(paymentId, origin)
    },
    async closeSession({ paymentId, amount }) {
      const [[row]] = await db.commit([noteTestPayment(paymentId, 'closed', now)], [findTestPayment(paymentId)])
      return { fact: factOf(row?.status ?? 'closed', amount), reference: paymentId, nextAction: null }
    },
    refund: async (_payment, refundId) => ({ status: 'succeeded', reference: refundId }),
    readWebhook: async (raw, headers, at) => {
      const text = new TextDecoder().decode(raw)
      const age = Math.abs(at.getTime() / 1000 - Number(headers.get('webhook-timestamp')))
      if (!(age <= TOLERANCE_SECONDS)) return { ok: false, why: 'timestamp out of tolerance' }
      try {
        // Constant-time comparison of each signature. Its own look at the time is by another clock than ours.
        new Webhook(secret).verify(text, Object.fromEntries(headers), { jsonParse: false })
      } catch (error) {
        return { ok: false, why: error instanceof Error ? error.message : 'unverified' }
      }
      return { ok: true, events: [readEvent(text, headers.get('webhook-id') ?? '')] }
    },
    readStoredEvent: readEvent,
  }
}

function waiting(paymentId: string, origin: string): SessionState {
  const url = `${origin}/v1/test-payments/${paymentId}`
  return { fact: { kind: 'requires_action' }, reference: paymentId, nextAction: { type: 'redirect', url } }
}

function factOf(status: TestPaymentStatus, amount: Money): PaymentFact {
  switch (status) {
    case 'succeeded':
      return { kind: 'captured', amount }
    case 'declined':
      return { kind: 'failed' }
    case 'pending':
      return { kind: 'processing' }
    case 'closed':
      return { kind: 'closed' }
  }
}

function readEvent(text: string, eventId: string): ProviderEvent {
  const malformed: ProviderEvent = {
    eventId,
    type: 'unknown',
    paymentId: null,
    fact: null,
    unread: 'malformed',
    payload: text,
  }
  let body: {
    type?: unknown
    data?: { payment_id?: unknown; amount?: { amount?: unknown; currency?: unknown } }
  } | null
  try {
    body = JSON.parse(text)
  } catch {
    return malformed
  }
  if (typeof body !== 'object' || body === null || typeof body.type !== 'string') return malformed
  const { type, data } = body
  const outcome = TEST_OUTCOMES.find((candidate) => EVENT_TYPE[candidate] === type)
  if (!outcome) return { ...malformed, type, unread: 'other_kind' }
  const paymentId = data?.payment_id
  const amount = data?.amount
  const wellFormed =
    typeof paymentId === 'string' &&
    isId('payment', paymentId) &&
    Number.isSafeInteger(amount?.amount) &&
    typeof amount?.currency === 'string'
  if (!wellFormed) return { ...malformed, type }
  const money = { amount: Number(amount.amount), currency: String(amount.currency) }
  return { eventId, type, paymentId, fact: factOf(outcome, money), unread: null, payload: text }
}

/** A signed event as the test service sends it (Standard Webhooks). */
export function signTestEvent(
  secret: string,
  event: { id: string; outcome: TestOutcome; paymentId: string; amount: Money },
  now: Date,
): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify({
    type: EVENT_TYPE[event.outcome],
    timestamp: now.toISOString(),
    data: { payment_id: event.paymentId, amount: event.amount },
  })
  const signature = new Webhook(secret).sign(event.id, now, body)
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signature,
    },
  }
}
