import type { Money } from '../../../domain/money.ts'
import type { PaymentFact } from '../../../domain/payment.ts'
import type { PaymentProvider, PaymentReference, RefundState, SessionState } from '../../../domain/provider.ts'
import type { Write } from '../../../platform/db/client.ts'
import type { Context } from '../../../platform/http/context.ts'
import type { Adapter } from '../adapter.ts'
import { verifyStandardWebhook } from '../standard-webhooks/verify.ts'
import {
  captureTestPayment,
  findTestEntry,
  findTestPayment,
  noteTestPayment,
  refundTestPayment,
  type TestBook,
  type TestPaymentStatus,
  voidTestPayment,
} from './book-queries.ts'
import { readTestEvent, TEST_OUTCOMES, type TestOutcome } from './events.ts'

const SESSION_LIFETIME_MS = 30 * 60 * 1000
const PROCESSING_LIFETIME_MS = 24 * 3600 * 1000
const AUTHORIZATION_LIFETIME_MS = 7 * 24 * 3600 * 1000

export const testAdapter: Adapter = { name: 'test', faults: () => [], create: createTestProvider }

/**
 * A payment service for development and tests: pays nothing, but speaks the same interface, sends really signed
 * webhooks and keeps a book of its own. Null unless STAGE is dev and a secret is configured.
 */
export function createTestProvider(context: Context): PaymentProvider | null {
  const { config, db, now } = context
  const secret = config.testPaymentWebhookSecret
  if (config.stage !== 'dev' || secret === null) return null

  /** Enters `writes` and answers how the payment stands then. */
  const after = async (writes: readonly Write[], payment: PaymentReference): Promise<SessionState> => {
    const [[book]] = await db.commit(writes, [findTestPayment(payment.paymentId)])
    return book ? toState(book, payment, now) : waiting(payment.paymentId, payment.origin)
  }
  return {
    name: 'test',
    sessionLifetimeMs: SESSION_LIFETIME_MS,
    processingLifetimeMs: PROCESSING_LIFETIME_MS,
    authorizationLifetimeMs: AUTHORIZATION_LIFETIME_MS,
    option: { flows: ['redirect'], publishableKey: null, methods: [], needsReturnUrl: false },
    acknowledgement: null,
    refuse: () => null,
    // The session is a function of the request, so that opening it again is getting it. An outcome asked for at once is
    // entered in the book, so that it is found again when this answer is lost.
    async openSession(request) {
      const outcome = TEST_OUTCOMES.find((candidate) => candidate === request.input.test_outcome)
      if (!outcome) return waiting(request.paymentId, request.origin)
      const status = statusAfter(outcome, request.captureMethod === 'manual')
      return after([noteTestPayment(request.paymentId, status, now)], { ...request, reference: null })
    },
    async fetchSession(payment) {
      const [[book]] = await db.read(findTestPayment(payment.paymentId))
      if (book) return toState(book, payment, now)
      if (payment.expiresAt <= now) return { fact: { kind: 'closed' }, reference: payment.paymentId, nextAction: null }
      return waiting(payment.paymentId, payment.origin)
    },
    closeSession: (payment) => after([noteTestPayment(payment.paymentId, 'closed', now)], payment),
    capture: (payment, { id, amount, final }) =>
      after(
        captureTestPayment(payment.paymentId, { id, amount: amount.amount, final, whole: payment.amount.amount }, now),
        payment,
      ),
    void: (payment) => after([voidTestPayment(payment.paymentId, now)], payment),
    async refund({ paymentId, amount: whole }, refundId, amount) {
      const [[book]] = await db.read(findTestPayment(paymentId))
      // An event that was signed by a test of its own may have told of more than the book knows.
      const captured = (book ? capturedOf(book, whole) : 0) || whole.amount
      const [[entry]] = await db.commit(
        [refundTestPayment(paymentId, { id: refundId, amount: amount.amount, captured }, now)],
        [findTestEntry(paymentId, 'refund', refundId)],
      )
      return toRefundState(refundId, entry?.status === 'succeeded')
    },
    async fetchRefund({ paymentId }, reference) {
      const refundId = reference.replace(/^test_/, '')
      const [[entry]] = await db.read(findTestEntry(paymentId, 'refund', refundId))
      return entry ? toRefundState(refundId, entry.status === 'succeeded') : null
    },
    readWebhook: async (raw, headers, at) => {
      const reading = await verifyStandardWebhook(raw, headers, { secrets: [secret], now: at })
      return reading.ok ? { ok: true, events: [readTestEvent(reading.text, reading.id)] } : reading
    },
    readStoredEvent: readTestEvent,
    askAbout: async () => ({ paymentId: null, fact: null, reference: null }),
  }
}

function toRefundState(refundId: string, succeeded: boolean): RefundState {
  const detail = succeeded ? null : 'the payment has no such amount left'
  return { status: succeeded ? 'succeeded' : 'failed', reference: `test_${refundId}`, detail }
}

/** How a payment stands in the book once its shopper or bank has decided. @param manual captured later, by staff. */
export function statusAfter(outcome: TestOutcome, manual: boolean): TestPaymentStatus {
  return outcome === 'succeeded' && manual ? 'authorized' : outcome
}

/** What has been taken, in minor units. Paid at once it is all of it, without a capture of its own. */
export function capturedOf(book: TestBook, whole: Money): number {
  return book.status === 'succeeded' && book.captured === 0 ? whole.amount : book.captured
}

function waiting(paymentId: string, origin: string): SessionState {
  const url = `${origin}/v1/test-payments/${paymentId}`
  return { fact: { kind: 'requires_action' }, reference: paymentId, nextAction: { type: 'redirect', url } }
}

function toState(book: TestBook, { paymentId, amount }: PaymentReference, now: Date): SessionState {
  return { fact: factOf(book, amount, now), reference: paymentId, nextAction: null }
}

function factOf(book: TestBook, whole: Money, now: Date): PaymentFact {
  const captured = { amount: capturedOf(book, whole), currency: whole.currency }
  switch (book.status) {
    case 'succeeded':
      return { kind: 'captured', amount: captured, of: whole, final: true }
    case 'authorized': {
      const over = book.updatedAt + AUTHORIZATION_LIFETIME_MS <= now.getTime()
      if (captured.amount > 0) return { kind: 'captured', amount: captured, of: whole, final: over }
      return over ? { kind: 'voided' } : { kind: 'authorized', amount: whole }
    }
    case 'declined':
      return { kind: 'failed' }
    case 'pending':
      return { kind: 'processing' }
    default:
      return { kind: book.status }
  }
}
