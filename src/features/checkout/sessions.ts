import type { PaymentProvider, RefundState, SessionState } from '../../domain/provider.ts'
import type { Context } from '../../platform/http/context.ts'
import { apiOrigin } from '../../platform/http/storefront.ts'
import type { OperationRow } from '../payments/operation-queries.ts'
import type { PaymentRow } from '../payments/queries.ts'
import type { RefundRow } from '../payments/refund-queries.ts'
import { withinLimit } from '../payments/within-limit.ts'

/**
 * What asking about something in doubt has come to. `unchanged`: the provider has answered, and it stays as it is.
 * `under_way`: it has answered that it is still at it. `unanswered`: it is asked again.
 */
export type Answered = 'settled' | 'unchanged' | 'under_way' | 'unanswered'

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
      origin: apiOrigin(context),
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
  const known = await lookAtSession(context, payment)
  if (known !== 'unheard') return known
  // Nothing was ever opened, and there is no time left to open it.
  const over = payment.sessionExpiresAt <= context.now.getTime()
  return over ? { fact: { kind: 'closed' }, reference: null, nextAction: null } : openSession(context, payment)
}

/** The same without opening anything: 'unheard' is a session it has never heard of. Null when it does not answer. */
export async function lookAtSession(context: Context, payment: PaymentRow): Promise<SessionState | 'unheard' | null> {
  return ask(context, payment, async (provider) => {
    const state = await provider.fetchSession(referenceOf(context, payment))
    return state ?? 'unheard'
  })
}

/** Captures or voids, as it was saved. Null when it cannot be known what happened. */
export async function askOperation(
  context: Context,
  payment: PaymentRow,
  { id, kind, amount, currency, final, capturedBefore }: OperationRow,
): Promise<SessionState | null> {
  const reference = referenceOf(context, payment)
  return ask(context, payment, (provider) =>
    kind === 'void'
      ? provider.void(reference, id)
      : provider.capture(reference, { id, amount: { amount, currency }, final, capturedBefore }),
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

/** How a refund stands that the provider knows by its own id. Null when it does not answer. */
export async function fetchRefund(
  context: Context,
  payment: PaymentRow,
  reference: string,
): Promise<RefundState | 'unheard' | null> {
  return ask(context, payment, async (provider) => {
    const state = await provider.fetchRefund(referenceOf(context, payment), reference)
    return state ?? 'unheard'
  })
}

// As configured: a request says by itself under which name it has come.
function referenceOf(context: Context, payment: PaymentRow) {
  return {
    paymentId: payment.id,
    orderId: payment.orderId,
    reference: payment.providerReference,
    amount: { amount: payment.amount, currency: payment.currency },
    expiresAt: new Date(payment.sessionExpiresAt),
    origin: apiOrigin(context),
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
  try {
    return await withinLimit(context.providerTimeLimitMs, call(provider))
  } catch (error) {
    // Not an answer, and never read as one: the payment stays in doubt until the provider is asked again.
    context.log.error('provider_call_failed', error, { provider: payment.provider, payment_id: payment.id })
    return null
  }
}
