import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { AttemptStatus, NextAction } from '../../domain/payment.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows } from '../../platform/db/rows.ts'
import { paymentMoves, paymentReviews, payments } from '../../platform/db/schema/payments.ts'
import { type Fragment, fragment, statement } from '../../platform/db/statement.ts'
import { isTimely } from './patience.ts'

export type PaymentRow = typeof payments.$inferSelect

/** Attempts of one order, the first one first. */
export function listPayments(orderId: SQL): Query<PaymentRow[]> {
  return q.select().from(payments).where(eq(payments.orderId, orderId)).orderBy(asc(payments.attempt))
}

export function findPayment(id: string): Query<PaymentRow[]> {
  return q.select().from(payments).where(eq(payments.id, id))
}

/** The payment that Adyen knows by this reference. */
export function findAdyenPayment(reference: string): Query<PaymentRow[]> {
  // The very words of payments_at_adyen.
  const atAdyen = sql`${payments.provider} = 'adyen' AND ${payments.providerReference} IS NOT NULL`
  return q.select().from(payments).where(sql`${atAdyen} AND ${payments.providerReference} = ${reference}`).limit(1)
}

/** The order a payment belongs to, as a subquery. */
export function orderOfPayment(id: string): Fragment {
  return fragment`(SELECT order_id FROM ${payments} WHERE id = ${id})`
}

/** Refuses with `attempts_changed` when the order has another number of attempts than was decided by. */
export function refuseOtherAttempts(orderId: string, count: number): Write {
  return statement`INSERT INTO guard SELECT 'attempts_changed'
    WHERE (SELECT count(*) FROM ${payments} WHERE order_id = ${orderId}) <> ${count}`
}

/** Refuses with `payments_moved` when one of the order's payments has moved, or another was opened, since they were read. */
export function refuseMovedPayments(orderId: string, known: readonly PaymentRow[]): Write {
  const moves = known.reduce((sum, { seq }) => sum + seq + 1, 0)
  return statement`INSERT INTO guard SELECT 'payments_moved'
    WHERE (SELECT coalesce(sum(seq + 1), 0) FROM ${payments} WHERE order_id = ${orderId}) <> ${moves}`
}

/** A new attempt. Committing breaks `payments.order_id` when another one is live. */
export function insertPayment(row: PaymentRow): Write[] {
  return insertRows(payments, [row])
}

/** One step of a payment, with what it moves and what is learned on the way. Amounts are minor units, and added. */
export interface PaymentStep {
  to: AttemptStatus
  reason: string
  actor: string
  now: Date
  captured?: number
  released?: number
  refunded?: number
  /** The refund, capture or void that it is of. */
  operation?: string | null
  /** The one capture of several that it is of, by the name that its provider tells it by. */
  part?: string
  /** The provider's own id of the session or payment. */
  reference?: string | null
  nextAction?: NextAction | null
  /** From now on this is the attempt that pays for its order. */
  accepted?: boolean
  sessionExpiresAt?: number | null
  authorizationExpiresAt?: number | null
}

/**
 * Moves a payment from the state it was read in, and enters what that moved in the ledger, which the moves are. Committing
 * breaks `payment_moves.payment_id` when somebody else has moved it meanwhile: read it again and decide anew. It breaks
 * `part_entered` when the ledger has that part already.
 */
export function movePayment(row: PaymentRow, step: PaymentStep): Write[] {
  const at = step.now.getTime()
  const { id, seq, status } = row
  const { to, captured = 0, released = 0, refunded = 0 } = step
  // An action is only offered while it can be taken.
  const nextAction = to === 'requires_action' && step.nextAction ? JSON.stringify(step.nextAction) : null
  const { part, operation = null } = step
  return [
    ...(part === undefined ? [] : [refuseEnteredPart(id, part)]),
    statement`INSERT INTO ${paymentMoves}
      (payment_id, seq, from_status, to_status, actor, reason, at, captured, released, refunded, reference)
      VALUES (${id}, ${seq + 1}, ${status}, ${to}, ${step.actor}, ${step.reason}, ${at}, ${captured}, ${released},
        ${refunded}, ${part ?? operation})`,
    // What a refund has given back was counted when it was saved.
    statement`UPDATE ${payments} SET status = ${to}, seq = ${seq + 1}, updated_at = ${at}, next_action = ${nextAction},
        provider_reference = coalesce(${step.reference || null}, provider_reference),
        captured = captured + ${captured}, released = released + ${released},
        accepted = max(accepted, ${step.accepted ? 1 : 0}), declined = max(declined, ${to === 'failed' ? 1 : 0}),
        session_expires_at = coalesce(${step.sessionExpiresAt ?? null}, session_expires_at),
        authorization_expires_at = coalesce(${step.authorizationExpiresAt ?? null}, authorization_expires_at)
      WHERE id = ${id}`,
  ]
}

function refuseEnteredPart(paymentId: string, part: string): Write {
  return statement`INSERT INTO guard SELECT 'part_entered' WHERE EXISTS (SELECT 1 FROM ${paymentMoves}
    WHERE payment_id = ${paymentId} AND reference = ${part} AND captured > 0)`
}

/** A new attempt as the step to `requires_action` leaves it. */
export function withAction(
  row: PaymentRow,
  { now, reference, nextAction = null }: Pick<PaymentStep, 'now' | 'reference' | 'nextAction'>,
): PaymentRow {
  return {
    ...row,
    ...{ status: 'requires_action', seq: row.seq + 1, updatedAt: now.getTime(), nextAction },
    providerReference: reference || row.providerReference,
  }
}

// The very words of payments_one_live, so that only live attempts are looked through.
const isLive = sql`${payments.status} IN ('created', 'requires_action', 'processing')`
const isOpen = sql`${payments.status} IN ('requires_action', 'processing')`

/**
 * Live attempts that somebody must ask the provider about: opened and never answered since `createdBefore`, or with a session
 * that has ended by the clock; the longer one has been asked about in vain, the longer it is left. Failed ones are not live;
 * recover finds them through their pending order.
 */
export function listDoubtfulPayments(createdBefore: Date, now: Date, limit: number): Query<PaymentRow[]> {
  const { status, createdAt, updatedAt, sessionExpiresAt } = payments
  const unanswered = sql`${status} = 'created' AND ${createdAt} < ${createdBefore.getTime()} AND ${isTimely(updatedAt, createdAt, now)}`
  const over = sql`${isOpen} AND ${sessionExpiresAt} < ${now.getTime()} AND ${isTimely(updatedAt, sessionExpiresAt, now)}`
  return q
    .select()
    .from(payments)
    .where(sql`${isLive} AND ((${unanswered}) OR (${over}))`)
    .orderBy(asc(updatedAt))
    .limit(limit)
}

/** Attempts with an open session that nobody has told anything of since `before`: an event may be lost. As above. */
export function listQuietPayments(before: Date, now: Date, limit: number): Query<PaymentRow[]> {
  const { createdAt, updatedAt, sessionExpiresAt } = payments
  const quiet = sql`${sessionExpiresAt} >= ${now.getTime()} AND ${updatedAt} < ${before.getTime()} AND ${isTimely(updatedAt, createdAt, now)}`
  return q.select().from(payments).where(sql`${isLive} AND ${isOpen} AND ${quiet}`).orderBy(asc(updatedAt)).limit(limit)
}

/** Authorizations that should have ended by `now`. */
export function listEndedAuthorizations(now: Date, limit: number): Query<PaymentRow[]> {
  return q
    .select()
    .from(payments)
    .where(sql`${payments.status} = 'authorized' AND ${payments.authorizationExpiresAt} < ${now.getTime()}`)
    .orderBy(asc(payments.authorizationExpiresAt))
    .limit(limit)
}

/** What could not be finished now goes to the back, so that it does not keep the others waiting. */
export function postponePayment(id: string, now: Date): Write {
  return q.update(payments).set({ updatedAt: now.getTime() }).where(eq(payments.id, id))
}

/**
 * Attempts that are over but might have more money than we know of, made in a span of ids, the first one first: those that brought
 * none, or less than was asked. `upTo` is the last one that was looked at.
 */
export function listSettledPayments(from: string, before: string, limit: number): Query<PaymentRow[]> {
  const isOver = sql`${payments.status} IN ('failed', 'closed', 'voided', 'authorized')
    OR (${payments.status} = 'captured' AND ${payments.captured} < ${payments.amount})`
  return q
    .select()
    .from(payments)
    .where(sql`${payments.id} > ${from} AND ${payments.id} < ${before} AND (${isOver})`)
    .orderBy(asc(payments.id))
    .limit(limit)
}

const LATE = 'late'

/** How far the second look has come: the id of a payment. */
export function findReviewed(): Query<{ upTo: string }[]> {
  return q.select({ upTo: paymentReviews.upTo }).from(paymentReviews).where(eq(paymentReviews.name, LATE))
}

/** It never goes back, whoever else is at it. */
export function moveReviewed(upTo: string): Write {
  return statement`INSERT INTO ${paymentReviews} (name, up_to) VALUES (${LATE}, ${upTo})
    ON CONFLICT (name) DO UPDATE SET up_to = max(up_to, excluded.up_to)`
}

/** The provider still keeps the authorization: it is asked about again later. */
export function postponeAuthorization(id: string, until: Date): Write {
  return q
    .update(payments)
    .set({ authorizationExpiresAt: until.getTime() })
    .where(sql`${payments.id} = ${id} AND ${payments.status} = 'authorized'`)
}
