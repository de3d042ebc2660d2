import { decideAttempt, type Subject } from '../../domain/velocity.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { announce } from '../../platform/outbox.ts'
import type { AddressKeys } from '../payments/address-key.ts'
import { noteAlert } from '../payments/velocity-queries.ts'
import type { Checkout } from './load.ts'

/**
 * Refuses another attempt to pay where too many were made or declined, before anything is written and the provider is asked.
 * The answer does not say by whom they were counted: whoever tests cards would change just that.
 * @throws {Problem} payment_attempts_exceeded
 */
export function refuseManyAttempts(context: Context, checkout: Checkout, keys: AddressKeys | null): void {
  const { config, now, log, waitUntil } = context
  if (config.paymentLimits === null) return
  const decision = decideAttempt(checkout.attempts, config.paymentLimits, now)
  if (decision.ok) return
  const { cart } = checkout.priced
  log.warn('payment_attempts_exceeded', { cart_id: cart.id, by: decision.by.join() })
  waitUntil(tellStaff(context, checkout, decision.by, keys))
  const seconds = Math.ceil((decision.until.getTime() - now.getTime()) / 1000)
  throw new Problem('payment_attempts_exceeded', {
    headers: { RateLimit: `"payment";r=0;t=${seconds}`, 'Retry-After': String(seconds) },
  })
}

/** Once an hour for whomever they are counted by, and behind the answer: a tester is refused hundreds of times. */
async function tellStaff(
  { db, mint, now, log }: Context,
  { priced: { cart } }: Checkout,
  by: readonly Subject[],
  keys: AddressKeys | null,
): Promise<void> {
  const names: Record<Subject, string | null> = {
    guest: cart.ownerId,
    email: cart.customerKey,
    address: keys?.today ?? null,
  }
  const [subject = 'guest'] = by
  const event = { topic: 'payment.attempts_exceeded', subjectId: cart.id, payload: { by } }
  try {
    await db.commit([...noteAlert(`${subject}:${names[subject]}`, now), ...announce(mint, now, [event])])
  } catch (error) {
    if (error instanceof ConstraintError && error.constraint === 'payment_alerts.hour') return
    log.error('alert_failed', error)
  }
}
