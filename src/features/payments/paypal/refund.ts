import { isId } from '../../../domain/id.ts'
import { type Money, sum } from '../../../domain/money.ts'
import type { PaymentReference, RefundState } from '../../../domain/provider.ts'
import { toPayPalMoney } from './amount.ts'
import { mustFetchOrder } from './authorization.ts'
import { type CallPayPal, isPayPalId, issueOf } from './call.ts'
import { type PayPalCapture, type PayPalOrder, type PayPalRefund, readRefund, takenOf } from './order.ts'

/**
 * Gives money back. PayPal refunds captures, and a payment may have several: what one of them cannot give is spread over them,
 * the oldest first. All parts bear our id and the whole amount, so that they are found again and counted as one, however long ago
 * they were asked for.
 */
export async function refundOrder(
  call: CallPayPal,
  payment: PaymentReference,
  refundId: string,
  amount: Money,
): Promise<RefundState> {
  const order = await mustFetchOrder(call, payment)
  const parts = partsOf(order, refundId)
  const rest = amount.amount - given(parts)
  if (rest <= 0 || (parts.length > 0 && given(parts) === 0)) return toRefundState(order, parts, amount)
  const plan = spread(order, parts, rest)
  if (!plan) return stopped(order, parts, amount, `the captures at PayPal have no ${rest} left`)
  for (const { capture, part } of plan) {
    const answer = await call({
      method: 'POST',
      path: `/v2/payments/captures/${capture.id}/refund`,
      requestId: `${refundId}.${capture.id}`,
      body: JSON.stringify({
        amount: toPayPalMoney({ amount: part, currency: amount.currency }),
        custom_id: `${refundId}.${amount.amount}`,
      }),
    })
    if (answer.status >= 300) return stopped(order, parts, amount, `PayPal refuses it: ${issueOf(answer)}`)
    parts.push({ ...readRefund(answer.body), captureId: capture.id })
  }
  return toRefundState(order, parts, amount)
}

/** How a refund stands, by the id of its first part or of one from PayPal's own pages; null when there is none. */
export async function fetchRefundState(
  call: CallPayPal,
  payment: PaymentReference,
  reference: string,
): Promise<RefundState | null> {
  const refund = await fetchRefund(call, reference)
  if (!refund) return null
  const ours = readRefundCustomId(refund.customId)
  if (!ours) return toOwnState(refund)
  const order = await mustFetchOrder(call, payment)
  return toRefundState(order, partsOf(order, ours.refundId), { amount: ours.total, currency: refund.amount.currency })
}

/** @returns null when PayPal has no refund of this id. */
export async function fetchRefund(call: CallPayPal, id: string | null): Promise<PayPalRefund | null> {
  if (!isPayPalId(id)) return null
  const answer = await call({ method: 'GET', path: `/v2/payments/refunds/${id}` })
  if (answer.status === 404) return null
  if (answer.status >= 300) throw new Error(`PayPal does not tell of a refund: ${issueOf(answer)}`)
  return readRefund(answer.body)
}

/** Our id of a refund, and all it is of in minor units, as they stand in `custom_id` of each of its parts. */
export function readRefundCustomId(customId: string | null): { refundId: string; total: number } | null {
  const [, refundId = '', total = ''] = /^([a-z0-9_]+)\.(\d{1,15})$/.exec(customId ?? '') ?? []
  return isId('refund', refundId) ? { refundId, total: Number(total) } : null
}

/** The refunds that are one of ours, in the order of the captures they are of. */
export function partsOf(order: PayPalOrder, refundId: string): PayPalRefund[] {
  const place = ({ captureId }: PayPalRefund) => order.captures.findIndex(({ id }) => id === captureId)
  return order.refunds
    .filter(({ customId }) => customId?.startsWith(`${refundId}.`))
    .sort((left, right) => place(left) - place(right))
}

/** All parts as one. It has succeeded when all of it has gone back, and failed when nothing has and nothing will. */
export function toRefundState(order: PayPalOrder, parts: readonly PayPalRefund[], amount: Money): RefundState {
  const [first] = parts
  const reference = first?.id ?? null
  const done = given(parts)
  if (done === 0) return { status: 'failed', reference, detail: `PayPal says that it is ${first?.status ?? 'unknown'}` }
  const isDone = done === amount.amount && parts.every(({ status }) => status !== 'PENDING')
  if (isDone) return { status: 'succeeded', reference, detail: null }
  const detail = done < amount.amount ? `${done} of ${amount.amount} have gone back from order ${order.id}` : null
  return { status: 'pending', reference, detail }
}

export function toOwnState({ id, status }: PayPalRefund): RefundState {
  if (status === 'PENDING') return { status: 'pending', reference: id, detail: null }
  if (status === 'COMPLETED') return { status: 'succeeded', reference: id, detail: null }
  return { status: 'failed', reference: id, detail: `PayPal says that it is ${status}` }
}

/** What is given back cannot be called back: where a part has gone, the rest is tried again, and never called failed. */
function stopped(order: PayPalOrder, parts: readonly PayPalRefund[], amount: Money, detail: string): RefundState {
  if (given(parts) > 0) return { ...toRefundState(order, parts, amount), detail }
  return { status: 'failed', reference: null, detail }
}

const GONE = new Set(['FAILED', 'CANCELLED'])

function given(refunds: readonly PayPalRefund[]): number {
  return sum(refunds.filter(({ status }) => !GONE.has(status)).map(({ amount }) => amount.amount))
}

/** Which capture gives how much of `rest` back, in minor units; null when they do not have as much. */
function spread(
  order: PayPalOrder,
  parts: readonly PayPalRefund[],
  rest: number,
): { capture: PayPalCapture; part: number }[] | null {
  const free = takenOf(order)
    .filter(({ id }) => parts.every(({ captureId }) => captureId !== id))
    .map((capture) => {
      const own = order.refunds.filter(({ captureId }) => captureId === capture.id)
      return { capture, part: capture.amount.amount - given(own) }
    })
    .filter(({ part }) => part > 0)
  const whole = free.find(({ part }) => part >= rest)
  if (whole) return [{ ...whole, part: rest }]
  if (sum(free.map(({ part }) => part)) < rest) return null
  let left = rest
  return free.flatMap(({ capture, part }) => {
    const taken = Math.min(left, part)
    left -= taken
    return taken > 0 ? [{ capture, part: taken }] : []
  })
}
