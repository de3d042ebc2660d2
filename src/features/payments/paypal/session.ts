import type { PaymentFact } from '../../../domain/payment.ts'
import type { PaymentReference, SessionRequest, SessionState } from '../../../domain/provider.ts'
import type { Log } from '../../../platform/log.ts'
import { textOf } from '../json.ts'
import { toPayPalMoney } from './amount.ts'
import { type CallPayPal, isPayPalId, issueOf } from './call.ts'
import { customIdOf, factOf, linkOf, listOf, type PayPalOrder, readOrder, readPayments } from './order.ts'

/**
 * Opens the order, or gets it again: PayPal keeps our id of the request for 6 hours, longer than a session lasts. An order takes
 * no money by itself: the shopper approves it on PayPal's page, and then we complete it.
 */
export async function openOrder(call: CallPayPal, log: Log, request: SessionRequest): Promise<SessionState> {
  const { paymentId } = request
  const answer = await call({
    method: 'POST',
    path: '/v2/checkout/orders',
    requestId: paymentId,
    body: JSON.stringify(orderOf(request)),
  })
  const { status, body } = answer
  // That the app may not do this is a setting for the operator to mend, and no word about the shopper.
  if (status === 403) throw new Error(`PayPal lets the app open no orders: ${issueOf(answer)}`)
  const reference = textOf(body.id)
  if (status >= 300) {
    log.warn('paypal_order_refused', { payment_id: paymentId, issue: issueOf(answer) })
    return { fact: { kind: 'failed' }, reference: null, nextAction: null }
  }
  if (!isPayPalId(reference)) throw new Error('PayPal opened an order and does not say which')
  const url = linkOf(body, 'payer-action') ?? linkOf(body, 'approve')
  const isWaiting = body.status === 'CREATED' || body.status === 'PAYER_ACTION_REQUIRED'
  if (isWaiting && url !== null) {
    return { fact: { kind: 'requires_action' }, reference, nextAction: { type: 'redirect', url } }
  }
  // Asked for again, it answers as it is now.
  const known = await fetchOrder(call, { paymentId, reference })
  return known ? finishOrder(call, log, known) : { fact: { kind: 'closed' }, reference, nextAction: null }
}

function orderOf({ paymentId, orderId, amount, captureMethod, returnUrl, cancelUrl }: SessionRequest) {
  return {
    intent: captureMethod === 'manual' ? 'AUTHORIZE' : 'CAPTURE',
    purchase_units: [
      {
        reference_id: 'default',
        amount: toPayPalMoney(amount),
        custom_id: customIdOf(paymentId),
        // It must be another one for each attempt: accounts may refuse an invoice that was paid for before.
        invoice_id: `${orderId}.${paymentId}`,
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          return_url: returnUrl,
          cancel_url: cancelUrl ?? returnUrl,
          user_action: 'PAY_NOW',
          // The shop has asked for the address itself, and its price is in the total.
          shipping_preference: 'NO_SHIPPING',
        },
      },
    },
  }
}

/** @returns null when PayPal has no such order (any more): one that nobody approved ends by itself. */
export async function fetchOrder(
  call: CallPayPal,
  { paymentId, reference }: Pick<PaymentReference, 'paymentId' | 'reference'>,
): Promise<PayPalOrder | null> {
  if (!isPayPalId(reference)) return null
  const answer = await call({ method: 'GET', path: `/v2/checkout/orders/${reference}` })
  if (answer.status === 404) return null
  if (answer.status >= 300) throw new Error(`PayPal does not tell of an order: ${issueOf(answer)}`)
  const order = readOrder(answer.body)
  if (order.paymentId !== paymentId) throw new Error(`order ${order.id} of PayPal is of another payment`)
  return order
}

/** Takes what the shopper has approved, unless we have closed it; of any other order, how it stands. */
export async function finishOrder(call: CallPayPal, log: Log, order: PayPalOrder): Promise<SessionState> {
  if (order.status !== 'APPROVED' || order.isClosed) return toState(order)
  const capturing = order.intent === 'CAPTURE'
  const answer = await call({
    method: 'POST',
    path: `/v2/checkout/orders/${order.id}/${capturing ? 'capture' : 'authorize'}`,
    // Approved again after it was declined it is another request: the old one would be answered with the old refusal.
    requestId: `${order.paymentId ?? order.id}.${order.updatedAt ?? order.status}`,
    body: '{}',
  })
  if (answer.status < 300) {
    const [unit] = listOf(answer.body.purchase_units)
    const payments = readPayments(unit?.payments)
    const status = textOf(answer.body.status) ?? order.status
    if (payments.captures.length > 0 || payments.authorization) return toState({ ...order, status, ...payments })
  }
  if (answer.status === 403) throw new Error(`PayPal lets the app complete no orders: ${issueOf(answer)}`)
  // Somebody else may have been faster. If nobody was, PayPal does not let the shopper pay like this.
  const { paymentId, id: reference } = order
  const after = paymentId === null ? null : await fetchOrder(call, { paymentId, reference })
  if (!after) return toState({ ...order, status: 'VOIDED' })
  const fact = factOf(after)
  if (fact.kind !== 'requires_action') return toState(after)
  const issue = issueOf(answer)
  if (issue === 'ORDER_NOT_APPROVED' || issue === 'PAYER_ACTION_REQUIRED') return toState(after)
  log.warn('paypal_payment_declined', { payment_id: paymentId, issue })
  return toState(after, { kind: 'failed' })
}

/**
 * Closes an order. PayPal cannot: it would wait for the shopper's approval for hours. But approved is not taken: an order that
 * bears our mark is never completed, and the approval comes to nothing. What was approved before we came is taken, and said.
 */
export async function closeOrder(call: CallPayPal, log: Log, payment: PaymentReference): Promise<SessionState> {
  const closed: SessionState = { fact: { kind: 'closed' }, reference: payment.reference, nextAction: null }
  // Of an order whose answer was lost nobody has the page: it cannot be approved.
  const order = await fetchOrder(call, payment)
  if (!order) return closed
  const state = await finishOrder(call, log, order)
  if (state.fact.kind !== 'requires_action' && state.fact.kind !== 'failed') return state
  if (isOver(order)) return closed
  const mark = { op: 'replace', path: CUSTOM_ID, value: customIdOf(payment.paymentId, true) }
  const answer = await call({
    method: 'PATCH',
    path: `/v2/checkout/orders/${order.id}`,
    body: JSON.stringify([mark]),
  })
  if (answer.status < 300) return closed
  const after = await fetchOrder(call, payment)
  const ended = after ? await finishOrder(call, log, after) : closed
  if (ended.fact.kind !== 'requires_action' && ended.fact.kind !== 'failed') return ended
  // Unmarked it would be taken if it were approved now, and go back as a late payment.
  log.warn('paypal_order_not_marked', { payment_id: payment.paymentId, issue: issueOf(answer) })
  return closed
}

const CUSTOM_ID = "/purchase_units/@reference_id=='default'/custom_id"

/** What was refused for good needs no mark. */
function isOver({ captures, authorization, status }: PayPalOrder): boolean {
  return captures.length > 0 || authorization !== null || status === 'VOIDED'
}

export function toState(order: PayPalOrder, fact: PaymentFact = factOf(order)): SessionState {
  const { approvalUrl: url, id: reference } = order
  const nextAction = fact.kind === 'requires_action' && url !== null ? ({ type: 'redirect', url } as const) : null
  return { fact, reference, nextAction }
}
