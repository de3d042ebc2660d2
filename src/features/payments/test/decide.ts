import type { Money } from '../../../domain/money.ts'
import type { Write } from '../../../platform/db/client.ts'
import type { Context } from '../../../platform/http/context.ts'
import { claimKey } from '../../../platform/http/idempotency.ts'
import { Problem } from '../../../platform/http/problem.ts'
import { findPayment, type PaymentRow } from '../queries.ts'
import {
  captureTestPayment,
  disputeTestPayment,
  findTestEntry,
  findTestPayment,
  noteTestPayment,
  refundTestPayment,
  type TestBook,
  voidTestPayment,
} from './book-queries.ts'
import {
  signTestEvent,
  TEST_OUTCOMES,
  type TestAction,
  type TestEvent,
  type TestEventDetails,
  type TestHappening,
  type TestOutcome,
} from './events.ts'
import { capturedOf, statusAfter } from './provider.ts'

/** A payment of the test provider. @throws {Problem} payment_not_found */
export async function mustFindTestPayment({ db }: Context, id: string): Promise<PaymentRow> {
  const [[payment]] = await db.read(findPayment(id))
  if (payment?.provider !== 'test') throw new Problem('payment_not_found')
  return payment
}

/** What happens to a test payment outside the shop; `amount` in minor units is of a part, null of all there is. */
export interface TestDecision {
  outcome: TestOutcome | TestAction
  amount: number | null
}

/**
 * Decides a test payment as its shopper or bank would, or does what staff do in a provider's dashboard, then tells the shop
 * by a really signed webhook. A delivery that fails loses nothing: the book keeps it, and recover asks for it.
 * @throws {Problem} payment_not_found, payment_closed.
 */
export async function decideTestPayment(
  context: Context,
  id: string,
  wish: TestDecision,
): Promise<{ paymentId: string; outcome: TestHappening; delivered: boolean }> {
  const { db, now, mint, idempotency, log } = context
  const payment = await mustFindTestPayment(context, id)
  const [[before]] = await db.read(findTestPayment(id))
  const eventId = mint('event')
  const writes = entering(payment, before, wish, eventId, context)
  const [[book], [refund]] = await db.commit(
    [...claimKey(idempotency, now, id, 200), ...writes],
    [findTestPayment(id), findTestEntry(id, 'refund', eventId)],
  )
  const returned = refund?.status === 'succeeded' ? refund.amount : 0
  if (!book || !hasHappened(book, before, wish, returned, context)) throw new Problem('payment_closed')
  const outcome = wish.outcome === 'succeeded' && book.status === 'authorized' ? 'authorized' : wish.outcome
  const { amount, details } = eventOf(payment, book, wish, returned, eventId)
  try {
    const response = await deliver(context, { id: eventId, outcome, paymentId: id, amount, details })
    await response.body?.cancel()
    return { paymentId: id, outcome, delivered: response.ok }
  } catch (error) {
    log.error('test_webhook_undelivered', error, { payment_id: id })
    return { paymentId: id, outcome, delivered: false }
  }
}

function isOutcome(outcome: TestOutcome | TestAction): outcome is TestOutcome {
  return (TEST_OUTCOMES as readonly string[]).includes(outcome)
}

function entering(
  payment: PaymentRow,
  before: TestBook | undefined,
  { outcome, amount }: TestDecision,
  eventId: string,
  { now, config }: Context,
): Write[] {
  const { id } = payment
  const whole = { amount: payment.amount, currency: payment.currency }
  const captured = before ? capturedOf(before, whole) : 0
  if (isOutcome(outcome)) {
    return [noteTestPayment(id, statusAfter(outcome, config.paymentCapture === 'manual'), now)]
  }
  switch (outcome) {
    case 'captured': {
      const part = amount ?? payment.amount - captured
      return captureTestPayment(id, { id: eventId, amount: part, final: amount === null, whole: payment.amount }, now)
    }
    case 'voided':
      return [voidTestPayment(id, now)]
    case 'refunded':
      return [
        refundTestPayment(id, { id: eventId, amount: amount ?? captured - (before?.refunded ?? 0), captured }, now),
      ]
    default:
      return [disputeTestPayment(id, disputeOf(id), amount ?? captured, outcome, now)]
  }
}

function hasHappened(
  book: TestBook,
  before: TestBook | undefined,
  { outcome }: TestDecision,
  returned: number,
  { config }: Context,
): boolean {
  if (isOutcome(outcome)) return book.status === statusAfter(outcome, config.paymentCapture === 'manual')
  switch (outcome) {
    case 'captured':
      return book.captured > (before?.captured ?? 0)
    case 'voided':
      return before?.status === 'authorized' && book.status !== 'authorized'
    case 'refunded':
      return returned > 0
    default:
      return book.status === 'succeeded'
  }
}

function eventOf(
  { id, amount: total, currency }: PaymentRow,
  book: TestBook,
  { outcome, amount }: TestDecision,
  returned: number,
  eventId: string,
): { amount: Money; details: TestEventDetails } {
  const whole = { amount: total, currency }
  const captured = capturedOf(book, whole)
  switch (outcome) {
    case 'captured':
      return { amount: { amount: captured, currency }, details: { of: whole, final: book.status === 'succeeded' } }
    case 'refunded':
      return {
        amount: { amount: returned, currency },
        details: { refund_id: null, reference: `test_${eventId}`, status: 'succeeded' },
      }
    case 'disputed':
    case 'dispute_won':
    case 'dispute_lost':
      return { amount: { amount: amount ?? captured, currency }, details: { reference: disputeOf(id) } }
    default:
      return { amount: whole, details: {} }
  }
}

// One dispute a payment: what is decided is the one that was opened.
function disputeOf(paymentId: string): string {
  return `dispute_${paymentId}`
}

async function deliver({ origin, config, now, fetch }: Context, event: TestEvent): Promise<Response> {
  const { body, headers } = await signTestEvent(config.testPaymentWebhookSecret ?? '', event, now)
  return fetch(new Request(`${origin}/v1/webhooks/test`, { method: 'POST', body, headers }))
}
