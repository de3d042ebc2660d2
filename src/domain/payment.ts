import type { Money } from './money.ts'

/** The life of one payment attempt. `closed`: the provider's session ended unpaid. */
export type AttemptStatus =
  | 'created'
  | 'requires_action'
  | 'processing'
  | 'failed'
  | 'closed'
  | 'authorized'
  | 'captured'
  | 'voided'

/** What the shopper's browser does next to pay. */
export type NextAction =
  | { type: 'redirect'; url: string }
  | { type: 'confirm'; provider: string; client_secret: string; publishable_key: string }

/** What a provider says happened, from a webhook, an answer or a question asked by recover. */
export type PaymentFact =
  | { kind: 'requires_action' | 'processing' | 'failed' | 'closed' | 'voided' }
  | { kind: 'authorized' | 'captured'; amount: Money }

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

export type FactDecision =
  | { ok: true; to: AttemptStatus }
  | { ok: false; why: 'already' | 'outdated' }
  | { ok: false; why: 'amount_mismatch'; expected: Money; got: Money }

/** What `fact` does to an attempt of `amount`: one step forward, nothing, or a mismatch that a person must look at. */
export function decideFact(attempt: { status: AttemptStatus; amount: Money }, fact: PaymentFact): FactDecision {
  if (fact.kind === 'authorized' || fact.kind === 'captured') {
    const { amount, currency } = fact.amount
    if (amount !== attempt.amount.amount || currency !== attempt.amount.currency) {
      return { ok: false, why: 'amount_mismatch', expected: attempt.amount, got: fact.amount }
    }
  }
  if (attempt.status === fact.kind) return { ok: false, why: 'already' }
  if (RANK[fact.kind] < RANK[attempt.status]) return { ok: false, why: 'outdated' }
  return { ok: true, to: fact.kind }
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
