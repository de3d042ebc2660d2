import { fragment } from '../../platform/db/statement.ts'
import type { Context } from '../../platform/http/context.ts'
import { settleKeys } from '../../platform/http/idempotency.ts'
import type { RefundRow } from '../payments/refund-queries.ts'
import { applyFact } from './apply.ts'
import { type Answered, askRefund, fetchRefund } from './sessions.ts'
import { readOrderState } from './state.ts'

/**
 * Asks the provider to give back what was saved, and settles what it answers. The refund's id is the provider's
 * idempotency key: safe to repeat, and by several at once. What is not settled now stays pending, and recover asks again.
 */
export async function carryOutRefund(
  context: Context,
  refund: RefundRow,
  keyId: string | null = null,
): Promise<Answered> {
  const { db, now } = context
  const state = await readOrderState(db, fragment`${refund.orderId}`, now)
  const payment = state?.payments.find(({ id }) => id === refund.paymentId)
  if (!state || !payment) return 'unanswered'
  const answer = await askRefund(context, payment, refund)
  if (!answer) return 'unanswered'
  const { status } = answer
  const amount = { amount: refund.amount, currency: refund.currency }
  const fact = { kind: 'refund', refundId: refund.id, amount, ...answer } as const
  await applyFact(context, payment.id, fact, {
    known: state,
    actor: payment.provider,
    alongside: () => settleKeys(keyId, 201),
  })
  return status === 'pending' ? 'under_way' : 'settled'
}

/** How a refund from the provider's dashboard stands whose outcome nobody has told: it is asked about, and never for. */
export async function askAboutRefund(context: Context, refund: RefundRow): Promise<Answered> {
  const { providerReference: reference } = refund
  const state = await readOrderState(context.db, fragment`${refund.orderId}`, context.now)
  const payment = state?.payments.find(({ id }) => id === refund.paymentId)
  if (!state || !payment || reference === null) return 'unanswered'
  const answer = await fetchRefund(context, payment, reference)
  if (!answer) return 'unanswered'
  if (answer === 'unheard' || answer.status === 'pending') return 'under_way'
  const { status, detail } = answer
  const amount = { amount: refund.amount, currency: refund.currency }
  const fact = { kind: 'refund', refundId: null, status, reference, amount, detail } as const
  const settled = await applyFact(context, payment.id, fact, { known: state, actor: payment.provider })
  return settled?.outcome === 'applied' ? 'settled' : 'unchanged'
}
