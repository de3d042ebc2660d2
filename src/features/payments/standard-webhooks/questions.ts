import * as z from 'zod'
import { isCurrency, type Money } from '../../../domain/money.ts'
import type { NextAction, PaymentFact } from '../../../domain/payment.ts'
import type { PaymentReference, RefundState, SessionState } from '../../../domain/provider.ts'
import { callBack } from '../../../platform/callback.ts'
import type { Context } from '../../../platform/http/context.ts'
import { shape } from '../../../platform/http/schema.ts'
import { callWithinLimit } from '../within-limit.ts'
import type { Desk } from './page.ts'

/**
 * The protocol by which a small service of the operator's connects one that we do not know: docs/payments/standard-webhooks.md.
 * Every question is a signed POST of `{type, data}`, answered by 200 and how the payment, or the refund, stands then.
 */
export function urlDesk(context: Context, address: { url: string; secret: string }): Desk {
  const ask = (type: string, data: Record<string, unknown>) =>
    callWithinLimit(context.providerTimeLimitMs, (signal) => callBack(context, address, { type, data }, signal))
  /** @throws {Error} on an answer of another shape: what happened is not known. */
  const session = async (type: string, data: Record<string, unknown>) => {
    const answer = SessionAnswer().parse(await ask(type, data))
    return answer.status === 'unknown' ? null : toState(answer)
  }
  const mustBe = async (type: string, data: Record<string, unknown>): Promise<SessionState> => {
    const state = await session(type, data)
    if (!state) throw new Error(`${type} was answered as if it had never been heard of`)
    return state
  }
  const refund = async (type: string, data: Record<string, unknown>): Promise<RefundState | null> => {
    const { status, reference, detail } = RefundAnswer().parse(await ask(type, data))
    return status === 'unknown' ? null : { status, reference, detail: status === 'failed' ? detail : null }
  }
  return {
    openSession: ({ paymentId, orderId, amount, captureMethod, returnUrl, cancelUrl, expiresAt, input }) =>
      mustBe('payment.open', {
        ...{ payment_id: paymentId, order_id: orderId, amount, capture_method: captureMethod },
        ...{ return_url: returnUrl, cancel_url: cancelUrl, expires_at: expiresAt.toISOString(), input },
      }),
    fetchSession: (payment) => session('payment.fetch', dataOf(payment)),
    async closeSession(payment) {
      const state = await session('payment.close', dataOf(payment))
      // What was never opened cannot be paid.
      return state ?? { fact: { kind: 'closed' }, reference: payment.reference, nextAction: null }
    },
    capture: (payment, { id, amount, final, capturedBefore }) =>
      mustBe('payment.capture', {
        ...dataOf(payment),
        ...{ operation_id: id, capture: amount, final, captured_before: capturedBefore },
      }),
    void: (payment, operationId) => mustBe('payment.void', { ...dataOf(payment), operation_id: operationId }),
    async refund(payment, refundId, amount) {
      const state = await refund('refund.create', { ...dataOf(payment), refund_id: refundId, refund: amount })
      if (!state) throw new Error('refund.create was answered as if it had never been heard of')
      return state
    },
    fetchRefund: (payment, reference) => refund('refund.fetch', { ...dataOf(payment), refund_reference: reference }),
    async askAbout({ paymentId }) {
      const state = paymentId === null ? null : await session('payment.fetch', { payment_id: paymentId })
      return state
        ? { paymentId, fact: state.fact, reference: state.reference }
        : { paymentId: null, fact: null, reference: null }
    },
  }
}

function dataOf({ paymentId, orderId, reference, amount }: PaymentReference) {
  return { payment_id: paymentId, order_id: orderId, reference, amount }
}

const MoneyAnswer = () =>
  z.object({ amount: z.int().min(0), currency: z.string().refine(isCurrency) }) satisfies z.ZodType<Money>
const Reference = () => z.string().min(1).max(200).nullable().default(null)

const SessionAnswer = shape(() =>
  z.object({
    status: z.enum([
      ...(['requires_action', 'processing', 'failed', 'closed'] as const),
      ...(['authorized', 'captured', 'voided', 'unknown'] as const),
    ]),
    reference: Reference(),
    /** All the payment is of; with `captured`, what has been captured of it so far. */
    amount: MoneyAnswer().optional(),
    captured: MoneyAnswer().optional(),
    final: z.boolean().default(true),
    next_action: z
      .union([
        z.object({ type: z.literal('redirect'), url: z.url({ protocol: /^https?$/ }).max(4000) }),
        z.object({
          type: z.literal('confirm'),
          client_secret: z.string().min(1),
          publishable_key: z.string().min(1),
          session_id: z.string().min(1).optional(),
        }),
      ])
      .nullable()
      .default(null),
  }),
)

const RefundAnswer = shape(() =>
  z.object({
    status: z.enum(['succeeded', 'pending', 'failed', 'unknown']),
    reference: Reference(),
    detail: z.string().max(500).nullable().default(null),
  }),
)

function toState(answer: z.output<ReturnType<typeof SessionAnswer>>): SessionState {
  return { fact: factOf(answer), reference: answer.reference, nextAction: actionOf(answer.next_action) }
}

function factOf({ status, amount, captured, final }: z.output<ReturnType<typeof SessionAnswer>>): PaymentFact {
  switch (status) {
    case 'authorized':
      return { kind: status, amount: must(amount) }
    case 'captured':
      return { kind: status, amount: captured ?? must(amount), of: must(amount), final }
    case 'unknown':
      throw new Error('unknown is no state of a payment')
    default:
      return { kind: status }
  }
}

/** @throws {Error} Where there is money, the service says how much; ours is not taken for it. */
function must(amount: Money | undefined): Money {
  if (!amount) throw new Error('the answer speaks of money and not of how much')
  return amount
}

function actionOf(action: z.output<ReturnType<typeof SessionAnswer>>['next_action']): NextAction | null {
  if (action?.type !== 'confirm') return action
  const { session_id: sessionId, ...rest } = action
  return { ...rest, provider: 'standard-webhooks', ...(sessionId === undefined ? {} : { session_id: sessionId }) }
}
