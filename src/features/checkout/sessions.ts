import type { PaymentProvider, RefundState, SessionState } from '../../domain/provider.ts'
import type { Context } from '../../platform/http/context.ts'
import type { OperationRow } from '../payments/operation-queries.ts'
import type { PaymentRow } from '../payments/queries.ts'
import type { RefundRow } from '../payments/refund-queries.ts'

// A provider that takes longer is left alone: the shopper is told `processing`, and recover asks again by the same key.
const PROVIDER_TIME_LIMIT_MS = 10_000

/** Opens (or gets again) the provider's session of a payment. Null when it cannot be known what happened. */
export async function openSession(context: Context, payment: PaymentRow): Promise<SessionState | null> {
  const { return_url: returnUrl = null, cancel_url: cancelUrl = null, ...input } = payment.input
  return ask(context, payment, (provider) =>
    provider.openSession({
      paymentId: payment.id,
      orderId: payment.orderId,
      amount: { amount: payment.amount, currency: payment.currency },
      captureMethod: context.config.paymentCapture,
      returnUrl,
      cancelUrl,
      origin: context.origin,
      input,
      expiresAt: new Date(payment.sessionExpiresAt),
    }),
  )
}

/** Ends the provider's session of a payment. Null when it cannot be known whether it has ended. */
export async function closeSession(context: Context, payment: PaymentRow): Promise<SessionState | null> {
  return ask(context, payment, (provider) => provider.closeSession(referenceOf(context, payment)))
}

/** What the provider knows of a payment; a session it has never heard of is opened. Null when it does not answer. */
export async function fetchSession(context: Context, payment: PaymentRow): Promise<SessionState | null> {
  const known = await ask(context, payment, async (provider) => {
    const state = await provider.fetchSession(referenceOf(context, payment))
    return state ?? 'unheard'
  })
  if (known !== 'unheard') return known
  // Nothing was ever opened, and there is no time left to open it.
  const over = payment.sessionExpiresAt <= context.now.getTime()
  return over ? { fact: { kind: 'closed' }, reference: null, nextAction: null } : openSession(context, payment)
}

/** Captures or voids, as it was saved. Null when it cannot be known what happened. */
export async function askOperation(
  context: Context,
  payment: PaymentRow,
  { id, kind, amount, currency, final }: OperationRow,
): Promise<SessionState | null> {
  const reference = referenceOf(context, payment)
  return ask(context, payment, (provider) =>
    kind === 'void'
      ? provider.void(reference, id)
      : provider.capture(reference, { id, amount: { amount, currency }, final }),
  )
}

/** Gives money back, as it was saved. Null when it cannot be known what happened. */
export async function askRefund(
  context: Context,
  payment: PaymentRow,
  { id, amount, currency }: RefundRow,
): Promise<RefundState | null> {
  return ask(context, payment, (provider) => provider.refund(referenceOf(context, payment), id, { amount, currency }))
}

function referenceOf({ origin }: Context, payment: PaymentRow) {
  return {
    paymentId: payment.id,
    reference: payment.providerReference,
    amount: { amount: payment.amount, currency: payment.currency },
    expiresAt: new Date(payment.sessionExpiresAt),
    origin,
  }
}

async function ask<Answer>(
  context: Context,
  payment: PaymentRow,
  call: (provider: PaymentProvider) => Promise<Answer>,
): Promise<Answer | null> {
  const provider = context.provider(payment.provider)
  if (!provider) {
    context.log.warn('provider_not_configured', { provider: payment.provider, payment_id: payment.id })
    return null
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('provider time limit exceeded')), PROVIDER_TIME_LIMIT_MS)
  })
  try {
    return await Promise.race([call(provider), limit])
  } catch (error) {
    // Not an answer, and never read as one: the payment stays in doubt until the provider is asked again.
    context.log.error('provider_call_failed', error, { provider: payment.provider, payment_id: payment.id })
    return null
  } finally {
    clearTimeout(timer)
  }
}
