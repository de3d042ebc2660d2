import { signTestEvent, type TestOutcome } from '../../src/features/payments/test/events.ts'
import type { Answer, Api } from './api.ts'
import { testEnv } from './env.ts'

/** An event of the test provider, as it comes to the door of `provider`. */
export interface Delivery {
  paymentId: string
  amount: { amount: number; currency: string }
  /** The event's own id: the same one twice is one event. */
  id?: string
  outcome?: TestOutcome
  provider?: string
}

/** Brings a really signed event to the webhook. */
export async function deliver(api: Api, delivery: Delivery): Promise<Answer> {
  const { paymentId, amount, id = `evt_${crypto.randomUUID()}`, outcome = 'succeeded', provider = 'test' } = delivery
  const secret = api.bindings.TEST_PAYMENT_WEBHOOK_SECRET ?? ''
  const { body, headers } = await signTestEvent(secret, { id, outcome, paymentId, amount }, new Date())
  return api.post(`/v1/webhooks/${provider}`, body, { headers })
}

/**
 * Enters a payment into the provider's book as made, even where its session was closed: a bank was slower than everybody
 * believed. Only what is in the book can be given back.
 */
export async function enterLatePayment(paymentId: string): Promise<void> {
  const entry = `INSERT INTO test_payments (payment_id, status, updated_at) VALUES (?, 'succeeded', ?)
    ON CONFLICT (payment_id) DO UPDATE SET status = excluded.status`
  await testEnv().DB.prepare(entry).bind(paymentId, Date.now()).run()
}
