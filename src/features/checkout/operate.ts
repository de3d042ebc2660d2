import type { Money } from '../../domain/money.ts'
import { decideStaffCapture, type PaymentFact } from '../../domain/payment.ts'
import { audit } from '../../platform/audit.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { fragment } from '../../platform/db/statement.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey, settleKeys } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { money } from '../../platform/http/shapes.ts'
import { announce } from '../../platform/outbox.ts'
import { toPaymentMoney } from '../payments/contract.ts'
import { insertOperation, type OperationRow, settleOperation } from '../payments/operation-queries.ts'
import { type PaymentRow, refuseMovedPayments } from '../payments/queries.ts'
import { amountIn } from './amount-in.ts'
import { applyFact, lostRace, MAX_TRIES } from './apply.ts'
import { newVoid } from './give-back.ts'
import { type Answered, askOperation } from './sessions.ts'
import { type OrderState, readOrderState } from './state.ts'

export interface CaptureWish {
  /** Null is the one that pays for the order. */
  paymentId: string | null
  /** Null is all there is. */
  amount: Money | null
  /** Nothing more will be captured: the rest is let go. */
  final: boolean
}

/**
 * Captures an authorized payment, all of it or a part: load -> decide -> save it as pending -> ask the provider -> settle.
 * A crash after it was saved is finished by recover under the same id. One capture or void a payment is under way at a
 * time, so that of a capture and a void one wins.
 * @returns the operation's id.
 * @throws {Problem} order_not_found, payment_not_authorized, capture_exceeds_authorized, payment_busy, invalid_request.
 */
export async function capture(context: Context, orderId: string, wish: CaptureWish): Promise<string> {
  return operate(context, orderId, (state) => {
    // A cancelled order is paid by nothing any more: what is still authorized for it can only be let go.
    const isWanted = ({ id, accepted }: PaymentRow) => accepted && (wish.paymentId ?? id) === id
    const payment = state.order.status === 'cancelled' ? undefined : authorizedOf(state).find(isWanted)
    if (!payment) throw new Problem('payment_not_authorized')
    const wanted = amountIn(payment, wish.amount, '/amount')
    const decision = decideStaffCapture(toPaymentMoney(payment), wanted, wish.final)
    if (!decision.ok) {
      if (decision.why === 'not_authorized') throw new Problem('payment_not_authorized')
      const { amount, currency } = decision.capturable
      throw new Problem('capture_exceeds_authorized', { members: { capturable: money(amount, currency) } })
    }
    const { amount, final } = decision
    const operation = newVoid(payment, 'requested', { ...context, actor: actorOf(context.caller) })
    return { ...operation, id: context.mint('capture'), kind: 'capture', amount: amount.amount, final }
  })
}

/** Lets go of what is authorized and not captured, of any payment that is named. As `capture`. */
export async function voidPayment(context: Context, orderId: string, paymentId: string | null): Promise<string> {
  return operate(context, orderId, (state) => {
    const isWanted = ({ id, accepted }: PaymentRow) => (paymentId === null ? accepted : id === paymentId)
    const payment = authorizedOf(state).find(isWanted)
    if (!payment) throw new Problem('payment_not_authorized')
    return newVoid(payment, 'requested', { ...context, actor: actorOf(context.caller) })
  })
}

function authorizedOf({ payments }: OrderState): PaymentRow[] {
  return payments.filter(({ status }) => status === 'authorized')
}

/** Saves the operation that `decide` makes of the order as it is, decided anew when it has moved meanwhile. */
async function operate(
  context: Context,
  orderId: string,
  decide: (state: OrderState) => OperationRow,
): Promise<string> {
  const { db, mint, now, idempotency, caller, requestId } = context
  for (let tries = 1; ; tries += 1) {
    const state = await readOrderState(db, fragment`${orderId}`, now)
    if (!state) throw new Problem('order_not_found')
    const operation = decide(state)
    const { id, kind, paymentId, amount, final } = operation
    const change = { operation_id: id, payment_id: paymentId, ...(kind === 'capture' ? { amount, final } : {}) }
    const action = kind === 'capture' ? 'payment.capture_requested' : 'payment.void_requested'
    const writes = [
      ...claimKey(idempotency, now, `${orderId}/${id}`, null),
      refuseMovedPayments(orderId, state.payments),
      ...insertOperation(operation),
      audit(mint, now, { actor: actorOf(caller), action, subjectId: orderId, change, requestId }),
    ]
    try {
      await db.commit(writes, [], { repeatable: idempotency !== null })
    } catch (error) {
      if (!lostRace(error) || tries >= MAX_TRIES) throw error
      continue
    }
    await carryOut(context, operation, { known: state, keyId: idempotency?.id ?? null })
    return id
  }
}

/**
 * Asks the provider to do what was saved, and settles what it answers. Safe to repeat, and by several at once.
 * What is not settled now stays pending, and recover asks again.
 */
export async function carryOut(
  context: Context,
  operation: OperationRow,
  { known = null, keyId = null }: { known?: OrderState | null; keyId?: string | null } = {},
): Promise<Answered> {
  const { now, mint, db } = context
  const state = known ?? (await readOrderState(db, fragment`${operation.orderId}`, now))
  const payment = state?.payments.find(({ id }) => id === operation.paymentId)
  if (!state || !payment) return 'unanswered'
  const session = await askOperation(context, payment, operation)
  if (!session) return 'unanswered'
  const { fact } = session
  // It has taken note of the request and does it later: an event tells, or recover, asking again.
  if (fact.kind === 'processing') return 'under_way'
  const isDone = hasHappened(operation, payment, fact)
  try {
    await applyFact(context, payment.id, fact, {
      known: state,
      details: { reference: session.reference, operation: operation.id },
      actor: payment.provider,
      alongside: (settlement) => {
        const isMismatch = settlement.outcome === 'mismatch'
        const detail = isMismatch ? settlement.detail : isDone ? null : `the provider says that it is ${fact.kind}`
        const payload = { operation_id: operation.id, detail }
        const event = { topic: `payment.${operation.kind}_failed`, subjectId: payment.id, payload }
        return [
          ...settleOperation(operation, detail === null ? 'succeeded' : 'failed', detail, now),
          ...settleKeys(keyId, 200),
          // Nobody waits for the answer where recover has asked.
          ...announce(mint, now, detail === null ? [] : [event]),
        ]
      },
    })
  } catch (error) {
    // Somebody else has carried it out meanwhile, under the same id.
    if (!(error instanceof ConstraintError) || error.constraint !== 'operation_settled') throw error
  }
  return 'settled'
}

function hasHappened({ kind, capturedBefore, amount }: OperationRow, payment: PaymentRow, fact: PaymentFact): boolean {
  if (kind === 'capture') return fact.kind === 'captured' && fact.amount.amount >= capturedBefore + amount
  if (fact.kind === 'voided') return true
  // Whatever was captured before: the rest is let go, if there is a rest.
  return fact.kind === 'captured' && fact.final === true && fact.amount.amount < payment.amount
}
