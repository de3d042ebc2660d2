import type { Money } from './money.ts'

/** The life of one payment attempt. `closed`: the provider's session ended unpaid. `captured`: nothing more can be. */
export type AttemptStatus =
  | 'created'
  | 'requires_action'
  | 'processing'
  | 'failed'
  | 'closed'
  | 'authorized'
  | 'captured'
  | 'voided'

/** What is asked of a provider about money that it holds already. */
export type OperationKind = 'capture' | 'void'
export type OperationStatus = 'pending' | 'succeeded' | 'failed'
export type DisputeStatus = 'open' | 'won' | 'lost'

/** What the shopper's browser does next to pay. */
export type NextAction =
  | { type: 'redirect'; url: string }
  | { type: 'confirm'; provider: string; client_secret: string; publishable_key: string; session_id?: string }

/**
 * What a provider says happened to a payment, from a webhook, an answer or a question asked by recover. Amounts are what
 * has been captured in all, not by one step, or of a step that has a name: then a fact that comes twice, late or before
 * another says the same.
 */
export type PaymentFact =
  | { kind: 'requires_action' | 'processing' | 'failed' | 'closed' | 'voided' }
  | { kind: 'authorized'; amount: Money }
  /**
   * `of`: what the provider knows the whole payment to be. Only beside it may `amount` be less; without it a smaller amount
   * is another payment than ours. `final`: nothing more will be captured. `part`: a provider that tells each capture and never
   * the sum names it here; `amount` is then of this one, and the ledger enters each part once. Of one payment the captures are
   * either all told by parts, or all as sums.
   */
  | { kind: 'captured'; amount: Money; of?: Money; final?: boolean; part?: string }

/** What a provider says of one refund, whoever asked for it: it names our id of it, or its own, or both. */
export interface RefundFact {
  kind: 'refund'
  status: 'pending' | 'succeeded' | 'failed'
  refundId: string | null
  reference: string | null
  amount: Money
  /** Why it failed, for staff. */
  detail?: string | null
}

/** What a provider says of one dispute: the shopper's bank asks money back, and somebody decides. */
export interface DisputeFact {
  kind: 'dispute'
  status: DisputeStatus
  reference: string
  amount: Money
  reason: string
}

/**
 * Facts arrive late, twice and out of order; a status only ever moves to a higher rank, so every order of the same
 * facts ends in the same place. Money outranks everything: a payment after `failed` or `closed` is still a payment.
 */
const RANK: Record<AttemptStatus, number> = {
  created: 0,
  requires_action: 1,
  processing: 2,
  failed: 3,
  closed: 4,
  authorized: 5,
  voided: 6,
  captured: 7,
}

/** A payment as far as its money is concerned; `amount` is what was asked, all minor units of one currency. */
export interface PaymentMoney {
  status: AttemptStatus
  amount: Money
  captured: number
  released: number
}

export type FactDecision =
  | {
      ok: true
      to: AttemptStatus
      /** By how much each rises with this step. */
      captured: number
      released: number
    }
  | { ok: false; why: 'already' | 'outdated' }
  | { ok: false; why: 'amount_mismatch'; expected: Money; got: Money }

/**
 * What `fact` does to a payment: one step forward, nothing, or a mismatch that a person must look at. Of its money a payment
 * keeps the most that was ever said to be captured, or the sum of the parts, and whether its end was ever told: so facts may
 * come in any order. @param fact a part only if it has not been entered yet.
 */
export function decideFact(payment: PaymentMoney, fact: PaymentFact): FactDecision {
  if (fact.kind === 'captured') return decideCapture(payment, fact)
  const { status, amount } = payment
  if (fact.kind === 'authorized' && !isSame(fact.amount, amount)) return mismatch(amount, fact.amount)
  if (fact.kind === 'voided' && payment.captured > 0) return end(payment)
  if (status === fact.kind) return { ok: false, why: 'already' }
  if (RANK[fact.kind] < RANK[status]) return { ok: false, why: 'outdated' }
  return { ok: true, to: fact.kind, captured: 0, released: fact.kind === 'voided' ? amount.amount : 0 }
}

function decideCapture(payment: PaymentMoney, fact: Extract<PaymentFact, { kind: 'captured' }>): FactDecision {
  const { status, amount, released } = payment
  const total = fact.amount.amount + (fact.part === undefined ? 0 : payment.captured)
  const isPart = fact.amount.currency === amount.currency && fact.amount.amount > 0 && total <= amount.amount
  if (!isSame(fact.of ?? fact.amount, amount) || !isPart) return mismatch(amount, fact.amount)
  const captured = total - payment.captured
  // A capture after a void, or after the rest was let go: the provider knows better, and nothing more comes after it.
  const isOver = status === 'voided' || status === 'captured'
  const isFinal = isOver || fact.final === true || total === amount.amount
  if (captured < 0) return fact.final === true ? end(payment) : { ok: false, why: 'outdated' }
  if (captured === 0 && (!isFinal || status === 'captured')) return { ok: false, why: 'already' }
  if (!isFinal) return { ok: true, to: 'authorized', captured, released: 0 }
  return { ok: true, to: 'captured', captured, released: amount.amount - total - released }
}

/** Nothing more will be captured: a payment of which a part was ends with that part. */
function end({ status, amount, captured, released }: PaymentMoney): FactDecision {
  if (status === 'captured') return { ok: false, why: 'already' }
  return { ok: true, to: 'captured', captured: 0, released: amount.amount - captured - released }
}

function isSame(left: Money, right: Money): boolean {
  return left.amount === right.amount && left.currency === right.currency
}

function mismatch(expected: Money, got: Money): FactDecision {
  return { ok: false, why: 'amount_mismatch', expected, got }
}

const LIVE: readonly AttemptStatus[] = ['created', 'requires_action', 'processing', 'authorized']

/** Whether the attempt may still bring money by itself and therefore blocks another one. */
export function isLive(status: AttemptStatus): boolean {
  return LIVE.includes(status)
}

/** Whether the provider may still hold an open session for the attempt: it must be closed before goods are let go. */
export function mayStillBePaid(status: AttemptStatus): boolean {
  return isLive(status) || status === 'failed'
}

export type CaptureDecision =
  | { ok: true; amount: Money; final: boolean }
  | { ok: false; why: 'not_authorized' }
  | { ok: false; why: 'more_than_authorized'; capturable: Money }

/** Whether `amount` (minor units, positive; null is all there is) can be captured of `payment` now. */
export function decideStaffCapture(payment: PaymentMoney, amount: number | null, final: boolean): CaptureDecision {
  const { currency } = payment.amount
  const rest = capturableOf(payment)
  if (rest === 0) return { ok: false, why: 'not_authorized' }
  const wanted = amount ?? rest
  if (wanted > rest) return { ok: false, why: 'more_than_authorized', capturable: { amount: rest, currency } }
  return { ok: true, amount: { amount: wanted, currency }, final: final || wanted === rest }
}

/** What can still be captured of a payment, in minor units. */
export function capturableOf({ status, amount, captured, released }: PaymentMoney): number {
  return status === 'authorized' ? amount.amount - captured - released : 0
}
