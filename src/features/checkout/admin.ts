import type { Context } from '../../platform/http/context.ts'
import { problemResponse } from '../../platform/http/problem.ts'
import { type Reply, route } from '../../platform/http/route.ts'
import { OrderParams, StaffOrderView, toStaffOrderView } from '../orders/contract.ts'
import { mustFindStaffOrder } from '../orders/read.ts'
import { CancelInput, CaptureInput, RefundInput, VoidInput } from './admin-contract.ts'
import { cancelOrder } from './cancel.ts'
import { capture, voidPayment } from './operate.ts'
import { refundOrder } from './refund.ts'

/** How the order is after a request that asked the provider. 202: it has not answered yet. */
async function answer(
  context: Context,
  orderId: string,
  ids: { operation?: string; refund?: string },
  done: 200 | 201,
  replayed = false,
): Promise<Reply | Response> {
  const order = await mustFindStaffOrder(context, orderId)
  const headers: Record<string, string> = replayed ? { 'Idempotent-Replayed': 'true' } : {}
  const rows = [
    ...order.operations.filter(({ id }) => id === ids.operation),
    ...order.refunds.filter(({ requestId }) => requestId === ids.refund),
  ]
  const view = toStaffOrderView(order)
  if (rows.some(({ status }) => status === 'failed')) {
    return problemResponse('provider_refused', context.requestId, { headers, members: { order: view } })
  }
  return { status: rows.some(({ status }) => status === 'pending') ? 202 : done, body: view, headers }
}

function replay(kind: 'operation' | 'refund', done: 200 | 201) {
  return (context: Context, resourceId: string) => {
    const [orderId = '', id = ''] = resourceId.split('/')
    return answer(context, orderId, { [kind]: id }, done, true)
  }
}

export const checkoutAdminRoutes = [
  route(
    {
      id: 'captureOrder',
      method: 'post',
      path: '/v1/admin/orders/:order/capture',
      summary: 'Capture what is authorized: all of it, a part, or several parts one after the other',
      access: { staff: 'orders:write' },
      limit: 'staff',
      params: OrderParams,
      body: CaptureInput,
      returns: StaffOrderView,
      statuses: [200, 202],
      keyRequired: true,
      problems: [
        'order_not_found',
        'payment_not_authorized',
        'capture_exceeds_authorized',
        'payment_busy',
        'provider_refused',
        'order_conflict',
      ],
      replay: replay('operation', 200),
    },
    async (context, { params, body }) => {
      const wish = { paymentId: body.payment_id ?? null, amount: body.amount ?? null, final: body.final }
      return answer(context, params.order, { operation: await capture(context, params.order, wish) }, 200)
    },
  ),
  route(
    {
      id: 'voidOrder',
      method: 'post',
      path: '/v1/admin/orders/:order/void',
      summary: 'Let go of what is authorized and not captured',
      access: { staff: 'orders:write' },
      limit: 'staff',
      params: OrderParams,
      body: VoidInput,
      returns: StaffOrderView,
      statuses: [200, 202],
      keyRequired: true,
      problems: ['order_not_found', 'payment_not_authorized', 'payment_busy', 'provider_refused', 'order_conflict'],
      replay: replay('operation', 200),
    },
    async (context, { params, body }) =>
      answer(
        context,
        params.order,
        { operation: await voidPayment(context, params.order, body.payment_id ?? null) },
        200,
      ),
  ),
  route(
    {
      id: 'refundOrder',
      method: 'post',
      path: '/v1/admin/orders/:order/refunds',
      summary: 'Give money back: for pieces of lines, for shipping, or a free amount',
      access: { staff: 'orders:write' },
      limit: 'staff',
      params: OrderParams,
      body: RefundInput,
      returns: StaffOrderView,
      statuses: [201, 202],
      keyRequired: true,
      problems: [
        'order_not_found',
        'order_not_confirmed',
        'refund_exceeds_payment',
        'provider_refused',
        'order_conflict',
      ],
      replay: replay('refund', 201),
    },
    async (context, { params, body }) => {
      const request = await refundOrder(context, params.order, {
        lines: body.lines.map(({ line_id, quantity, restock }) => ({ id: line_id, quantity, restock })),
        shipping: body.shipping ?? null,
        amount: body.amount ?? null,
        reason: body.reason,
        note: body.note ?? null,
      })
      return answer(context, params.order, { refund: request }, 201)
    },
  ),
  route(
    {
      id: 'cancelOrder',
      method: 'post',
      path: '/v1/admin/orders/:order/cancel',
      summary: 'Give an order up before anything of it is shipped: goods, promotions and money go back',
      access: { staff: 'orders:write' },
      limit: 'staff',
      params: OrderParams,
      body: CancelInput,
      returns: StaffOrderView,
      keyRequired: true,
      problems: ['order_not_found', 'order_not_cancellable', 'payment_busy', 'provider_unavailable', 'order_conflict'],
      replay: (context, orderId) => answer(context, orderId, {}, 200, true),
    },
    async (context, { params, body }) => {
      await cancelOrder(context, params.order, body)
      return answer(context, params.order, {}, 200)
    },
  ),
]
