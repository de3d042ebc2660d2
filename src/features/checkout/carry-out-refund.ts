import { fragment } from '../../platform/db/statement.ts'
import type { Context } from '../../platform/http/context.ts'
import { settleKeys } from '../../platform/http/idempotency.ts'
import type { RefundRow } from '../payments/refund-queries.ts'
import { applyFact } from './apply.ts'
import { askRefund } from './sessions.ts'
import { readOrderState } from './state.ts'

/**
 * Asks the provider to give back what was saved, and settles what it answers. The refund's id is the provider's
 * idempotency key: safe to repeat, and by several at once.
 * @returns whether it is settled now; without an answer it stays pending, and recover asks again.
 */
export async function carryOutRefund(
  context: Context,
  refund: RefundRow,
  keyId: string | null = null,
): Promise<boolean> {
  const { db, now } = context
  const state = await readOrderState(db, fragment`${refund.orderId}`, now)
  const payment = state?.payments.find(({ id }) => id === refund.paymentId)
  if (!state || !payment) return false
  const answer = await askRefund(context, payment, refund)
  if (!answer) return false
  const { status } = answer
  const amount = { amount: refund.amount, currency: refund.currency }
  const fact = { kind: 'refund', refundId: refund.id, amount, ...answer } as const
  await applyFact(context, payment.id, fact, {
    known: state,
    actor: payment.provider,
    alongside: () => settleKeys(keyId, 201),
  })
  return status !== 'pending'
}
