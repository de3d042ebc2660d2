/** What PayPal keeps in its books, and how it answers it. */
export const API = 'https://api-m.sandbox.paypal.com'

export interface Money {
  currency_code: string
  value: string
}

export interface Capture {
  id: string
  status: string
  amount: Money
  invoice_id: string
  custom_id: string
  final_capture: boolean
  create_time: string
}

export interface Refund {
  id: string
  status: string
  amount: Money
  custom_id: string
  captureId: string
  create_time: string
}

export interface Order {
  id: string
  status: string
  intent: 'CAPTURE' | 'AUTHORIZE'
  amount: Money
  custom_id: string
  invoice_id: string
  update_time: string
  authorization: { id: string; status: string; amount: Money } | null
  captures: Capture[]
  refunds: Refund[]
  /** What its bank says when it is captured. */
  funding: 'good' | 'declined' | 'echeck'
}

export interface Dispute {
  dispute_id: string
  status: string
  captureId: string
  amount: Money
  outcome: string | null
}

export const viewOf = (order: Order) => {
  const payments = {
    ...(order.authorization ? { authorizations: [viewOfAuthorization(order)] } : {}),
    ...(order.captures.length > 0 ? { captures: order.captures.map((capture) => viewOfCapture(order, capture)) } : {}),
    ...(order.refunds.length > 0 ? { refunds: order.refunds.map(viewOfRefund) } : {}),
  }
  const links = [{ href: `${API}/v2/checkout/orders/${order.id}`, rel: 'self', method: 'GET' }]
  if (order.status === 'PAYER_ACTION_REQUIRED') {
    links.push({
      href: `https://www.sandbox.paypal.com/checkoutnow?token=${order.id}`,
      rel: 'payer-action',
      method: 'GET',
    })
  }
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    update_time: order.update_time,
    purchase_units: [
      {
        ...{
          reference_id: 'default',
          amount: order.amount,
          custom_id: order.custom_id,
          invoice_id: order.invoice_id,
        },
        ...(Object.keys(payments).length > 0 ? { payments } : {}),
      },
    ],
    links,
  }
}
export const viewOfAuthorization = (order: Order) => ({
  ...order.authorization,
  ...{ custom_id: order.custom_id, invoice_id: order.invoice_id },
  supplementary_data: { related_ids: { order_id: order.id } },
  links: [{ href: `${API}/v2/checkout/orders/${order.id}`, rel: 'up', method: 'GET' }],
})
export const viewOfCapture = (order: Order, capture: Capture) => ({
  ...capture,
  supplementary_data: { related_ids: { order_id: order.id } },
  links: [
    { href: `${API}/v2/payments/captures/${capture.id}`, rel: 'self', method: 'GET' },
    order.authorization
      ? { href: `${API}/v2/payments/authorizations/${order.authorization.id}`, rel: 'up', method: 'GET' }
      : { href: `${API}/v2/checkout/orders/${order.id}`, rel: 'up', method: 'GET' },
  ],
})
export const viewOfRefund = ({ captureId, ...refund }: Refund) => ({
  ...refund,
  links: [
    { href: `${API}/v2/payments/refunds/${refund.id}`, rel: 'self', method: 'GET' },
    { href: `${API}/v2/payments/captures/${captureId}`, rel: 'up', method: 'GET' },
  ],
})
export const viewOfDispute = ({ captureId, amount, outcome, ...dispute }: Dispute) => ({
  ...dispute,
  reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
  dispute_amount: amount,
  disputed_transactions: [{ seller_transaction_id: captureId, seller: { name: 'the shop' } }],
  ...(outcome === null ? {} : { dispute_outcome: { outcome_code: outcome } }),
})
