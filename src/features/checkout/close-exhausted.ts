import { isExhausted } from '../../domain/velocity.ts'
import type { Context } from '../../platform/http/context.ts'
import { orderOfPayment } from '../payments/queries.ts'
import { applyFact } from './apply.ts'
import { closeSession } from './sessions.ts'
import { readOrderState } from './state.ts'

/**
 * Closes the session of a payment that was declined too often. Its order stays, and takes another attempt.
 * @throws {Error} when the provider does not answer: whoever asked tries again.
 */
export async function closeExhausted(context: Context, paymentId: string): Promise<void> {
  const known = await readOrderState(context.db, orderOfPayment(paymentId), context.now)
  const payment = known?.payments.find(({ id }) => id === paymentId)
  if (!payment || !isExhausted(payment)) return
  const session = await closeSession(context, payment)
  if (!session) throw new Error('the provider has not closed a session that was declined too often')
  const { fact, reference } = session
  await applyFact(context, paymentId, fact, { known, actor: payment.provider, details: { reference } })
}
