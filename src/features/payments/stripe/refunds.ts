import type { Money } from '../../../domain/money.ts'
import type { PaymentReference, RefundState } from '../../../domain/provider.ts'
import { isObject } from '../json.ts'
import { toStripeAmount } from './amounts.ts'
import { type StripeDesk, type StripeObject, unreadable } from './client.ts'
import { idIn, toRefundState } from './facts.ts'
import { findPayment, idOf, intentIdOf, itemsOf } from './find.ts'

const PAGE = 100
const MAX_PAGES = 10

/**
 * Gives money back, once: of the refunds that the payment has the one with our id in its metadata is looked for first, because
 * an idempotency key is forgotten after a day.
 */
export async function refund(
  desk: StripeDesk,
  payment: PaymentReference,
  { id: idempotencyKey, amount: money }: { id: string; amount: Money },
): Promise<RefundState> {
  const known = await findPayment(desk, payment)
  const intent = known && intentIdOf(known)
  if (!intent) return failed('Stripe knows no such payment')
  const made = await findRefund(desk, intent, idempotencyKey)
  if (made) return toRefundState(made)
  const amount = toStripeAmount(money)
  if (amount === null) return failed(`Stripe cannot count ${money.amount} ${money.currency}`)
  const metadata = { payment_id: payment.paymentId, order_id: payment.orderId, refund_id: idempotencyKey }
  const answer = await desk.ask((stripe, options) =>
    stripe.refunds.create({ payment_intent: intent, amount, metadata }, { ...options, idempotencyKey }),
  )
  return answer.ok ? toRefundState(answer.object) : failed(answer.refusal.message)
}

/** How a refund stands by Stripe's own id of it, whoever made it; null when this payment has none of this id. */
export async function fetchRefund(
  desk: StripeDesk,
  { reference: of }: PaymentReference,
  reference: string,
): Promise<RefundState | null> {
  const answer = await desk.ask((stripe, options) => stripe.refunds.retrieve(reference, {}, options))
  if (!answer.ok) {
    if (answer.refusal.status === 404) return null
    throw unreadable(answer.refusal)
  }
  const isOther = of?.startsWith('pi_') && idIn(answer.object, 'payment_intent') !== of
  return isOther ? null : toRefundState(answer.object)
}

async function findRefund(desk: StripeDesk, payment_intent: string, refundId: string): Promise<StripeObject | null> {
  let after: string | null = null
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: { payment_intent: string; limit: number; starting_after?: string } = { payment_intent, limit: PAGE }
    if (after !== null) page.starting_after = after
    const answer = await desk.ask((stripe, options) => stripe.refunds.list(page, options))
    if (!answer.ok) throw unreadable(answer.refusal)
    const items = itemsOf(answer.object)
    const found = items.find(({ metadata }) => isObject(metadata) && metadata.refund_id === refundId)
    if (found) return found
    const last = items.at(-1)
    after = last ? idOf(last) : null
    if (answer.object.has_more !== true || after === null) return null
  }
  throw new Error('the payment has more refunds than can be looked through')
}

function failed(detail: string): RefundState {
  return { status: 'failed', reference: null, detail }
}
