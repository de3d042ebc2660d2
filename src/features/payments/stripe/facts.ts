import { isId } from '../../../domain/id.ts'
import type { DisputeFact, PaymentFact, RefundFact } from '../../../domain/payment.ts'
import type { RefundState } from '../../../domain/provider.ts'
import { isObject, textOf } from '../json.ts'
import { fromStripeAmount } from './amounts.ts'
import type { StripeObject } from './client.ts'

// The shopper has got a voucher or an account number, and pays at a bank or a shop within days, or waits as long for two cents that
// prove their account: nothing more is done here.
const AWAITED = new Set([
  'boleto_display_details',
  'display_bank_transfer_instructions',
  'konbini_display_details',
  'multibanco_display_details',
  'oxxo_display_details',
  'verify_with_microdeposits',
])

// Made by Stripe itself when an authorization ends, or what a capture left of it is let go: no money has gone back.
const RELEASES = new Set(['expired_uncaptured_charge', 'partial_capture'])

/** Our payment id, as we have sent it along, in what `object` has of its own. */
export function paymentIdOf(object: StripeObject): string | null {
  const id = isObject(object.metadata) ? object.metadata.payment_id : null
  return typeof id === 'string' && isId('payment', id) ? id : null
}

/** The id of what stands in `field`, expanded or not. */
export function idIn(object: StripeObject, field: string): string | null {
  const value = object[field]
  return isObject(value) ? textOf(value.id) : textOf(value)
}

/** What stands in `field`, where it is expanded. */
export function expandedIn(object: StripeObject, field: string): StripeObject | null {
  const value = object[field]
  return isObject(value) ? value : null
}

/**
 * What a Payment Intent says of its payment. Its amounts are all there is so far, so that it says the same whenever it comes.
 * `unclear`: it was canceled, and only its charge tells whether something had been authorized. Null: it cannot be read.
 */
export function factOfIntent(intent: StripeObject): PaymentFact | 'unclear' | null {
  const whole = fromStripeAmount(intent.amount, intent.currency)
  const captured = fromStripeAmount(intent.amount_received ?? 0, intent.currency)
  if (!whole || !captured || whole.amount === 0) return null
  const of = { amount: captured, of: whole } as const
  switch (intent.status) {
    case 'succeeded':
      return captured.amount > 0 ? { kind: 'captured', ...of, final: true } : null
    case 'requires_capture': {
      if (captured.amount > 0) return { kind: 'captured', ...of, final: false }
      const amount = fromStripeAmount(intent.amount_capturable, intent.currency)
      return amount && amount.amount > 0 ? { kind: 'authorized', amount } : null
    }
    case 'processing':
      return { kind: 'processing' }
    case 'canceled': {
      if (captured.amount > 0) return { kind: 'captured', ...of, final: true }
      // Null is that nobody has tried; where the field is not there, an older version of the API has written it.
      if (intent.latest_charge === null) return { kind: 'closed' }
      const charge = expandedIn(intent, 'latest_charge')
      if (!charge) return 'unclear'
      return { kind: charge.status === 'succeeded' ? 'voided' : 'closed' }
    }
    case 'requires_action': {
      const action = expandedIn(intent, 'next_action')
      return { kind: AWAITED.has(textOf(action?.type) ?? '') ? 'processing' : 'requires_action' }
    }
    case 'requires_payment_method':
      return { kind: intent.last_payment_error ? 'failed' : 'requires_action' }
    case 'requires_confirmation':
      return { kind: 'requires_action' }
    default:
      return null
  }
}

/**
 * What a hosted Checkout Session says of its payment, with the intent behind it where there is one: that one is asked for by the
 * money, and the session by whether it can still be paid.
 */
export function factOfSession(session: StripeObject, intent: StripeObject | null): PaymentFact | 'unclear' | null {
  const fact = intent ? factOfIntent(intent) : ({ kind: 'requires_action' } as const)
  if (fact === null || fact === 'unclear') return fact
  const isUnpaid = fact.kind === 'requires_action' || fact.kind === 'failed'
  switch (session.status) {
    case 'open':
      return fact
    case 'expired':
      return isUnpaid ? { kind: 'closed' } : fact
    // The shopper has done their part. What was paid by a slow method, and came to nothing, cannot be tried again there.
    case 'complete':
      if (!isUnpaid) return fact
      return { kind: intent?.status === 'requires_action' ? 'processing' : 'failed' }
    default:
      return null
  }
}

/** Of a refund; `release` where it has only let go of what was authorized. Null: it cannot be read. */
export function factOfRefund(refund: StripeObject): RefundFact | 'release' | null {
  if (typeof refund.reason === 'string' && RELEASES.has(refund.reason)) return 'release'
  const amount = fromStripeAmount(refund.amount, refund.currency)
  const reference = textOf(refund.id)
  if (!amount || amount.amount === 0 || reference === null) return null
  const refundId = isObject(refund.metadata) ? textOf(refund.metadata.refund_id) : null
  return {
    ...{ kind: 'refund', amount, reference, ...outcomeOf(refund) },
    refundId: refundId !== null && isId('refund', refundId) ? refundId : null,
  }
}

export function toRefundState(refund: StripeObject): RefundState {
  const reference = textOf(refund.id)
  if (reference === null) throw new Error('Stripe answered a refund without an id')
  return { ...outcomeOf(refund), reference }
}

function outcomeOf(refund: StripeObject): Pick<RefundState, 'status' | 'detail'> {
  switch (refund.status) {
    case 'succeeded':
      return { status: 'succeeded', detail: null }
    case 'failed':
    case 'canceled':
      return { status: 'failed', detail: textOf(refund.failure_reason) ?? String(refund.status) }
    // `requires_action`: the shopper is asked where to send it.
    default:
      return { status: 'pending', detail: null }
  }
}

/** Of a dispute; `inquiry` where the bank has only asked, and no money has moved. Null: it cannot be read. */
export function factOfDispute(dispute: StripeObject): DisputeFact | 'inquiry' | null {
  const amount = fromStripeAmount(dispute.amount, dispute.currency)
  const reference = textOf(dispute.id)
  if (!amount || amount.amount === 0 || reference === null) return null
  const fact = { kind: 'dispute', reference, amount, reason: textOf(dispute.reason) ?? 'general' } as const
  switch (dispute.status) {
    case 'needs_response':
    case 'under_review':
    case 'appeal_needs_response':
    case 'appeal_under_review':
      return { ...fact, status: 'open' }
    case 'won':
      return { ...fact, status: 'won' }
    case 'lost':
      return { ...fact, status: 'lost' }
    // The card network has settled it by itself, with the money or without: the account's balance tells.
    case 'prevented':
      return isWithdrawn(dispute) ? { ...fact, status: 'lost' } : 'inquiry'
    case 'warning_needs_response':
    case 'warning_under_review':
    case 'warning_closed':
      return 'inquiry'
    default:
      return null
  }
}

function isWithdrawn({ balance_transactions: entries }: StripeObject): boolean {
  const amounts = Array.isArray(entries) ? entries.map((entry) => (isObject(entry) ? Number(entry.amount) : 0)) : []
  return amounts.reduce((sum, amount) => sum + amount, 0) < 0
}
