import { isId } from '../../../domain/id.ts'
import { type Money, sum } from '../../../domain/money.ts'
import type { DisputeFact, PaymentFact, RefundFact } from '../../../domain/payment.ts'
import type { OperationOutcome, SessionState } from '../../../domain/provider.ts'
import { fromDecimal, toDecimal } from '../decimal.ts'
import { isObject, textOf } from '../json.ts'
import { embeddedOf } from './call.ts'

/** A payment as Mollie has answered it, with what it embeds. */
export interface MolliePayment {
  id: string
  status: string
  mode: string
  /** Ours; null for a payment that something else at the same account has made. */
  paymentId: string | null
  method: string | null
  amount: Money
  /** All that was captured of it; null where captures are not heard of: then it was paid in one. */
  captured: Money | null
  wasAuthorized: boolean
  isCancelable: boolean
  checkoutUrl: string | null
  captures: readonly MollieCapture[]
  refunds: readonly MollieRefund[]
  chargebacks: readonly MollieChargeback[]
}

export interface MollieCapture {
  id: string
  status: string
  amount: Money
  /** Ours; null where it was made in Mollie's dashboard, or by itself. */
  captureId: string | null
  /** What is left is to be let go once it has succeeded. */
  isFinal: boolean
}

export interface MollieRefund {
  id: string
  status: string
  amount: Money
  /** Ours; null where it was made in Mollie's dashboard. */
  refundId: string | null
}

export interface MollieChargeback {
  id: string
  amount: Money
  isReversed: boolean
  reason: string
}

/** @throws {Error} on anything but a payment: what cannot be read is not known. */
export function readPayment(body: Record<string, unknown>): MolliePayment {
  const amount = fromMollieMoney(body.amount)
  return {
    id: must(body.id),
    status: must(body.status),
    mode: must(body.mode),
    paymentId: paymentIdOf(body.metadata),
    method: textOf(body.method),
    amount,
    captured: isObject(body.amountCaptured) ? fromMollieMoney(body.amountCaptured) : null,
    wasAuthorized: textOf(body.authorizedAt) !== null,
    isCancelable: body.isCancelable === true,
    checkoutUrl: checkoutOf(body._links),
    captures: embeddedOf(body, 'captures').map(readCapture),
    refunds: embeddedOf(body, 'refunds').map(readRefund),
    chargebacks: embeddedOf(body, 'chargebacks').map(readChargeback),
  }
}

/** Our payment id in what we have sent along; null where it is somebody else's. */
export function paymentIdOf(metadata: unknown): string | null {
  const id = isObject(metadata) ? textOf(metadata.payment_id) : null
  return id !== null && isId('payment', id) ? id : null
}

export function readCapture(capture: Record<string, unknown>): MollieCapture {
  const metadata = isObject(capture.metadata) ? capture.metadata : {}
  return {
    id: must(capture.id),
    status: must(capture.status),
    amount: fromMollieMoney(capture.amount),
    captureId: textOf(metadata.capture_id),
    isFinal: metadata.final === 'yes',
  }
}

export function readRefund(refund: Record<string, unknown>): MollieRefund {
  const refundId = isObject(refund.metadata) ? textOf(refund.metadata.refund_id) : null
  return { id: must(refund.id), status: must(refund.status), amount: fromMollieMoney(refund.amount), refundId }
}

function readChargeback(chargeback: Record<string, unknown>): MollieChargeback {
  const { reason } = chargeback
  return {
    id: must(chargeback.id),
    amount: fromMollieMoney(chargeback.amount),
    isReversed: textOf(chargeback.reversedAt) !== null,
    reason: (isObject(reason) && (textOf(reason.description) ?? textOf(reason.code))) || 'charged back',
  }
}

/** How a payment stands. */
export function factOf(payment: MolliePayment): PaymentFact {
  const { status, amount, wasAuthorized } = payment
  const captured = capturedOf(payment)
  switch (status) {
    case 'paid':
      return { kind: 'captured', amount: captured.amount > 0 ? captured : amount, of: amount, final: true }
    case 'authorized':
      if (captured.amount > 0) return { kind: 'captured', amount: captured, of: amount, final: false }
      return { kind: 'authorized', amount }
    case 'pending':
      return { kind: 'processing' }
    case 'open':
      return { kind: 'requires_action' }
    default:
      break
  }
  // Over: and what is over after money was taken keeps that money.
  if (captured.amount > 0) return { kind: 'captured', amount: captured, of: amount, final: true }
  if (wasAuthorized) return { kind: 'voided' }
  if (status === 'failed') return { kind: 'failed' }
  if (status === 'canceled' || status === 'expired') return { kind: 'closed' }
  throw new Error('Mollie answered a status that is none')
}

/** What was captured for certain: a capture that is still pending may fail. */
function capturedOf({ captured, captures, amount }: MolliePayment): Money {
  if (captures.length === 0) return captured ?? { amount: 0, currency: amount.currency }
  const succeeded = captures.filter(({ status }) => status === 'succeeded')
  return { amount: sum(succeeded.map((capture) => capture.amount.amount)), currency: amount.currency }
}

export function toState(payment: MolliePayment, fact: PaymentFact = factOf(payment)): SessionState {
  const { checkoutUrl: url, id: reference } = payment
  const nextAction = fact.kind === 'requires_action' && url !== null ? ({ type: 'redirect', url } as const) : null
  return { fact, reference, nextAction }
}

const REFUND_STATUS: Readonly<Record<string, RefundFact['status']>> = {
  queued: 'pending',
  pending: 'pending',
  processing: 'pending',
  refunded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
}

export function toRefundFact({ id, status, amount, refundId }: MollieRefund): RefundFact {
  const known = REFUND_STATUS[status] ?? 'pending'
  return {
    ...{ kind: 'refund', status: known, reference: id, amount },
    refundId: refundId !== null && isId('refund', refundId) ? refundId : null,
    detail: known === 'failed' ? `Mollie says that it is ${status}` : null,
  }
}

/** What became of a capture that we have asked for; null where it is none of ours, or not over yet. */
export function outcomeOf(
  payment: MolliePayment,
  { captureId, status, isFinal }: MollieCapture,
): OperationOutcome | null {
  if (captureId === null || !isId('capture', captureId)) return null
  if (status === 'failed') return { id: captureId, status: 'failed', detail: 'Mollie could not capture it' }
  const isDone = status === 'succeeded' && !(isFinal && payment.status === 'authorized')
  return isDone ? { id: captureId, status: 'succeeded', detail: null } : null
}

/** Mollie tells that money was taken back, and perhaps that it has come again; never that it will not. */
export function toDisputeFact({ id, amount, isReversed, reason }: MollieChargeback): DisputeFact {
  return { kind: 'dispute', status: isReversed ? 'won' : 'open', reference: id, amount, reason }
}

export function toMollieMoney(amount: Money): { currency: string; value: string } {
  return { currency: amount.currency, value: toDecimal(amount) }
}

function fromMollieMoney(value: unknown): Money {
  const money = isObject(value) ? fromDecimal(value.value, value.currency) : null
  if (!money) throw new Error('Mollie answered an amount that cannot be read')
  return money
}

function checkoutOf(links: unknown): string | null {
  const checkout = isObject(links) ? links.checkout : null
  return isObject(checkout) ? textOf(checkout.href) : null
}

function must(value: unknown): string {
  const text = textOf(value)
  if (text === null) throw new Error('Mollie answered a payment that cannot be read')
  return text
}
