import { isId } from '../../../domain/id.ts'
import type { Money } from '../../../domain/money.ts'
import type { DisputeFact, PaymentFact, RefundFact } from '../../../domain/payment.ts'
import type { ProviderEvent } from '../../../domain/provider.ts'
import { signStandardWebhook } from '../../../platform/crypto/standard-webhook.ts'
import { isObject, readObject } from '../json.ts'

/** What the request may ask the test provider to do at once, instead of waiting for its page. */
export const TEST_OUTCOMES = ['succeeded', 'declined', 'pending'] as const
export type TestOutcome = (typeof TEST_OUTCOMES)[number]

/** What staff do in a provider's own dashboard, and what banks do. */
export const TEST_ACTIONS = ['captured', 'voided', 'refunded', 'disputed', 'dispute_won', 'dispute_lost'] as const
export type TestAction = (typeof TEST_ACTIONS)[number]

export type TestHappening = TestOutcome | 'authorized' | TestAction

const EVENT_TYPE: Record<TestHappening, string> = {
  succeeded: 'payment.succeeded',
  declined: 'payment.failed',
  pending: 'payment.pending',
  authorized: 'payment.authorized',
  captured: 'payment.captured',
  voided: 'payment.voided',
  refunded: 'payment.refunded',
  disputed: 'payment.disputed',
  dispute_won: 'payment.dispute_won',
  dispute_lost: 'payment.dispute_lost',
}

/** What stands in an event's `data` beside the payment and its amount. */
export interface TestEventDetails {
  /** Of a capture: what the whole payment is of, and whether nothing more will be captured. */
  of?: Money
  final?: boolean
  /** Of a refund: our id of it, if it is ours. Of a refund or dispute: the provider's id. */
  refund_id?: string | null
  reference?: string
  status?: RefundFact['status']
}

export interface TestEvent {
  id: string
  outcome: TestHappening
  paymentId: string
  /** Of a capture: all that has been captured so far. */
  amount: Money
  details?: TestEventDetails
}

/** A signed event as the test service sends it (Standard Webhooks). */
export async function signTestEvent(
  secret: string,
  event: TestEvent,
  now: Date,
): Promise<{ body: string; headers: Record<string, string> }> {
  const body = JSON.stringify({
    type: EVENT_TYPE[event.outcome],
    timestamp: now.toISOString(),
    data: { payment_id: event.paymentId, amount: event.amount, ...event.details },
  })
  const signed = await signStandardWebhook(secret, { id: event.id, at: now, body })
  return { body, headers: { 'Content-Type': 'application/json', ...signed } }
}

/** What a signed body says. Anything may stand in it. */
export function readTestEvent(text: string, eventId: string): ProviderEvent {
  const malformed: ProviderEvent = {
    eventId,
    type: 'unknown',
    paymentId: null,
    fact: null,
    unread: 'malformed',
    reference: null,
    payload: text,
  }
  const body = readObject(text)
  if (typeof body?.type !== 'string') return malformed
  const { type } = body
  const outcome = (Object.keys(EVENT_TYPE) as TestHappening[]).find((candidate) => EVENT_TYPE[candidate] === type)
  if (!outcome) return { ...malformed, type, unread: 'other_kind' }
  const data = isObject(body.data) ? body.data : {}
  const { payment_id: paymentId } = data
  const amount = toMoney(data.amount)
  if (typeof paymentId !== 'string' || !isId('payment', paymentId) || !amount) return { ...malformed, type }
  const fact = toFact(outcome, amount, data)
  return fact
    ? { eventId, type, paymentId, fact, unread: null, reference: null, payload: text }
    : { ...malformed, type }
}

function toFact(
  outcome: TestHappening,
  amount: Money,
  data: Record<string, unknown>,
): PaymentFact | RefundFact | DisputeFact | null {
  const { reference } = data
  switch (outcome) {
    case 'succeeded':
      return { kind: 'captured', amount }
    case 'authorized':
      return { kind: 'authorized', amount }
    case 'declined':
      return { kind: 'failed' }
    case 'pending':
      return { kind: 'processing' }
    case 'voided':
      return { kind: 'voided' }
    case 'captured': {
      const whole = toMoney(data.of)
      return { kind: 'captured', amount, ...(whole ? { of: whole } : {}), final: data.final === true }
    }
    case 'refunded': {
      if (typeof reference !== 'string' || reference === '' || amount.amount <= 0) return null
      const status = (['pending', 'failed'] as const).find((candidate) => candidate === data.status) ?? 'succeeded'
      const refundId = typeof data.refund_id === 'string' && isId('refund', data.refund_id) ? data.refund_id : null
      return { kind: 'refund', status, refundId, reference, amount }
    }
    default: {
      if (typeof reference !== 'string' || reference === '' || amount.amount <= 0) return null
      const status = outcome === 'disputed' ? 'open' : outcome === 'dispute_won' ? 'won' : 'lost'
      return { kind: 'dispute', status, reference, amount, reason: 'disputed' }
    }
  }
}

function toMoney(value: unknown): Money | null {
  if (!isObject(value) || !Number.isSafeInteger(value.amount) || typeof value.currency !== 'string') return null
  return { amount: Number(value.amount), currency: value.currency }
}
