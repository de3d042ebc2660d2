import type { Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { findPayment, findTestPayment, noteTestPayment, type PaymentRow } from './queries.ts'
import { signTestEvent, type TestOutcome } from './test-provider.ts'

/** A payment of the test provider. @throws {Problem} payment_not_found */
export async function mustFindTestPayment({ db }: Context, id: string): Promise<PaymentRow> {
  const [[payment]] = await db.read(findPayment(id))
  if (payment?.provider !== 'test') throw new Problem('payment_not_found')
  return payment
}

/**
 * Decides a test payment as its shopper or bank would, then tells the shop by a really signed webhook. A delivery that
 * fails loses nothing: the book keeps the outcome, and recover asks for it.
 * @throws {Problem} payment_not_found, payment_closed.
 */
export async function decideTestPayment(
  context: Context,
  id: string,
  outcome: TestOutcome,
): Promise<{ paymentId: string; outcome: TestOutcome; delivered: boolean }> {
  const { db, now, mint, idempotency, origin, config, log } = context
  const payment = await mustFindTestPayment(context, id)
  const [[entry]] = await db.commit(
    [...claimKey(idempotency, now, id, 200), noteTestPayment(id, outcome, now)],
    [findTestPayment(id)],
  )
  if (entry?.status !== outcome) throw new Problem('payment_closed')
  const amount = { amount: payment.amount, currency: payment.currency }
  const secret = config.testPaymentWebhookSecret ?? ''
  const { body, headers } = signTestEvent(secret, { id: mint('event'), outcome, paymentId: id, amount }, now)
  try {
    const response = await context.fetch(new Request(`${origin}/v1/webhooks/test`, { method: 'POST', body, headers }))
    await response.body?.cancel()
    return { paymentId: id, outcome, delivered: response.ok }
  } catch (error) {
    log.error('test_webhook_undelivered', error, { payment_id: id })
    return { paymentId: id, outcome, delivered: false }
  }
}
