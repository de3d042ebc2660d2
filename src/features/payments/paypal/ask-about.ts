import { isId } from '../../../domain/id.ts'
import type { DisputeFact, DisputeStatus, RefundFact } from '../../../domain/payment.ts'
import type { EventAnswer, OperationOutcome } from '../../../domain/provider.ts'
import type { Log } from '../../../platform/log.ts'
import { isObject, textOf } from '../json.ts'
import { fromPayPalMoney } from './amount.ts'
import { type CallPayPal, isPayPalId, issueOf } from './call.ts'
import type { PayPalSubject } from './events.ts'
import {
  linkOf,
  listOf,
  type PayPalCapture,
  type PayPalRefund,
  readCapture,
  readCustomId,
  readOrder,
  readRefund,
  takenOf,
} from './order.ts'
import { partsOf, readRefundCustomId, toOwnState, toRefundState } from './refund.ts'
import { finishOrder } from './session.ts'

const NOTHING: EventAnswer = { paymentId: null, fact: null, reference: null }

/** What PayPal says about what an event has hinted at. Whose payment it is, too, is what PayPal says and not the event. */
export async function askPayPal(call: CallPayPal, log: Log, { kind, type, id }: PayPalSubject): Promise<EventAnswer> {
  switch (kind) {
    case 'order':
      return askOrder(call, log, id)
    case 'capture':
      return askTransaction(call, log, `/v2/payments/captures/${id}`, ENDS.has(type))
    case 'authorization':
      return askTransaction(call, log, `/v2/payments/authorizations/${id}`)
    case 'refund':
      return (await askRefund(call, id)) ?? askTransaction(call, log, `/v2/payments/captures/${id}`)
    case 'dispute':
      return askDispute(call, id)
  }
}

async function askOrder(call: CallPayPal, log: Log, id: string): Promise<EventAnswer> {
  const body = await read(call, `/v2/checkout/orders/${id}`)
  if (!body) return NOTHING
  const order = readOrder(body)
  const { paymentId, id: reference } = order
  // Of another shop at the same account: it is theirs to complete.
  if (paymentId === null) return NOTHING
  const { fact } = await finishOrder(call, log, order)
  return { paymentId, fact, reference }
}

// What was pending is over. A capture that was declined at once was answered so to whoever has asked for it.
const ENDS = new Set(['PAYMENT.CAPTURE.COMPLETED', 'PAYMENT.CAPTURE.DENIED'])

/** A capture or authorization says little of the whole payment: its order does. */
async function askTransaction(call: CallPayPal, log: Log, path: string, ends = false): Promise<EventAnswer> {
  const body = await read(call, path)
  const orderId = body && orderIdOf(body)
  if (!orderId) return NOTHING
  const answer = await askOrder(call, log, orderId)
  const operation = ends ? outcomeOf(readCapture(body)) : null
  return operation ? { ...answer, operation } : answer
}

/** What became of a capture that we have asked for; null where it is none of ours, or not over yet. */
function outcomeOf(capture: PayPalCapture): OperationOutcome | null {
  const { invoiceId: id, status } = capture
  if (id === null || !isId('capture', id) || status === 'PENDING') return null
  if (takenOf({ captures: [capture] }).length > 0) return { id, status: 'succeeded', detail: null }
  return { id, status: 'failed', detail: `PayPal says that it is ${status}` }
}

/** @returns null when PayPal has no refund of this id. */
async function askRefund(call: CallPayPal, id: string): Promise<EventAnswer | null> {
  const body = await read(call, `/v2/payments/refunds/${id}`)
  if (!body) return null
  const refund = readRefund(body)
  if (!isPayPalId(refund.captureId)) return NOTHING
  const capture = await read(call, `/v2/payments/captures/${refund.captureId}`)
  const { paymentId } = readCustomId(capture?.custom_id)
  if (!capture || paymentId === null) return NOTHING
  const reference = orderIdOf(capture)
  const ours = readRefundCustomId(refund.customId)
  if (!ours) {
    const dispute = await disputeOfCapture(call, refund.captureId)
    // One that was won took nothing: what goes back after it is a refund like any other.
    const fact = dispute && dispute.status !== 'won' ? dispute : foreignRefund(refund)
    return { paymentId, fact, reference }
  }
  const order = reference === null ? null : await read(call, `/v2/checkout/orders/${reference}`)
  if (!order) throw new Error('PayPal does not tell of the order of a refund')
  const whole = readOrder(order)
  const amount = { amount: ours.total, currency: refund.amount.currency }
  const state = toRefundState(whole, partsOf(whole, ours.refundId), amount)
  return { paymentId, fact: { kind: 'refund', refundId: ours.refundId, amount, ...state }, reference }
}

function foreignRefund(refund: PayPalRefund): RefundFact {
  return { kind: 'refund', refundId: null, amount: refund.amount, ...toOwnState(refund) }
}

async function askDispute(call: CallPayPal, id: string): Promise<EventAnswer> {
  const dispute = await read(call, `/v1/customer/disputes/${id}`)
  const [transaction] = listOf(dispute?.disputed_transactions)
  const captureId = textOf(transaction?.seller_transaction_id)
  if (!dispute || !isPayPalId(captureId)) return NOTHING
  const capture = await read(call, `/v2/payments/captures/${captureId}`)
  const { paymentId } = readCustomId(capture?.custom_id)
  if (!capture || paymentId === null) return NOTHING
  return { paymentId, fact: toDisputeFact(dispute), reference: orderIdOf(capture) }
}

/**
 * Money that goes back through a dispute is told of twice, as a refund too, and is one. A refund that nobody here has asked for,
 * of a capture that is disputed, is the dispute's.
 */
async function disputeOfCapture(call: CallPayPal, captureId: string): Promise<DisputeFact | null> {
  const answer = await call({ method: 'GET', path: `/v1/customer/disputes?disputed_transaction_id=${captureId}` })
  // An app may not be let to see disputes; then none of them is told of either.
  if (answer.status >= 300) return null
  const [dispute] = listOf(answer.body.items)
  const id = textOf(dispute?.dispute_id)
  const whole = isPayPalId(id) ? await read(call, `/v1/customer/disputes/${id}`) : null
  return whole && toDisputeFact(whole)
}

function toDisputeFact(dispute: Record<string, unknown>): DisputeFact | null {
  const reference = textOf(dispute.dispute_id)
  if (reference === null) return null
  return {
    ...{ kind: 'dispute', status: statusOf(dispute), reference, amount: fromPayPalMoney(dispute.dispute_amount) },
    reason: (textOf(dispute.reason) ?? 'disputed').toLowerCase(),
  }
}

// Whoever pays the shopper: what counts is whether it is the shop.
const LOST = new Set(['RESOLVED_BUYER_FAVOUR', 'ACCEPTED'])

function statusOf({ status, dispute_outcome: outcome }: Record<string, unknown>): DisputeStatus {
  if (status !== 'RESOLVED') return 'open'
  const code = isObject(outcome) ? textOf(outcome.outcome_code) : null
  return code !== null && LOST.has(code) ? 'lost' : 'won'
}

function orderIdOf(transaction: Record<string, unknown>): string | null {
  const { supplementary_data: data } = transaction
  const related = isObject(data) && isObject(data.related_ids) ? textOf(data.related_ids.order_id) : null
  const linked = /\/orders\/([A-Z0-9]+)$/.exec(linkOf(transaction, 'up') ?? '')?.[1] ?? null
  const id = related ?? linked
  return isPayPalId(id) ? id : null
}

/** @returns null when PayPal has nothing of this id in our account. */
async function read(call: CallPayPal, path: string): Promise<Record<string, unknown> | null> {
  const answer = await call({ method: 'GET', path })
  if (answer.status === 404) return null
  if (answer.status >= 300) throw new Error(`PayPal does not tell of ${path.split('/')[3]}: ${issueOf(answer)}`)
  return answer.body
}
