import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { issueAccessByStaff } from './access.ts'
import { AccessInput, AccessView, toAccessView } from './access-contract.ts'
import { OrderParams, OrderSummaryView, StaffOrderView, toOrderSummaryView, toStaffOrderView } from './contract.ts'
import { editFulfillment } from './edit-fulfillment.ts'
import { fulfillOrder } from './fulfill.ts'
import {
  FulfillInput,
  FulfillmentParams,
  StaffFulfillmentView,
  toStaffFulfillmentView,
  UpdateFulfillment,
} from './fulfillment-contract.ts'
import { StaffOrdersQuery, toOrderFilter } from './list-contract.ts'
import { listStaffOrders } from './list-queries.ts'
import { mustFindStaffOrder } from './read.ts'

export const orderAdminRoutes = [
  route(
    {
      id: 'listAdminOrders',
      method: 'get',
      path: '/v1/admin/orders',
      summary: 'All orders, newest first; filter by statuses, number, e-mail and time',
      access: { staff: 'orders:read' },
      limit: 'staff',
      query: StaffOrdersQuery,
      returns: shape(() => listOf(OrderSummaryView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const filter = await toOrderFilter(query)
      const list = JSON.stringify(['admin/orders', filter])
      const position = await openCursor(list, query.cursor, ['text'])
      const [rows] = await db.read(listStaffOrders(filter, position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, list, ({ id }) => [id])
      return { body: { data: page.rows.map(toOrderSummaryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getAdminOrder',
      method: 'get',
      path: '/v1/admin/orders/:order',
      summary: 'An order with payments, captures, refunds, disputes and its timeline',
      access: { staff: 'orders:read' },
      limit: 'staff',
      params: OrderParams,
      returns: StaffOrderView,
      problems: ['order_not_found'],
    },
    async (context, { params }) => ({ body: toStaffOrderView(await mustFindStaffOrder(context, params.order)) }),
  ),
  route(
    {
      id: 'fulfillOrder',
      method: 'post',
      path: '/v1/admin/orders/:order/fulfillments',
      summary: 'Ship an order or a part of it; what it makes is the last of the order’s fulfillments',
      access: { staff: 'orders:write' },
      limit: 'staff',
      params: OrderParams,
      body: FulfillInput,
      returns: StaffOrderView,
      statuses: [201],
      problems: ['order_not_found', 'order_not_fulfillable', 'order_conflict'],
      replay: async (context, orderId) => ({
        status: 201,
        body: toStaffOrderView(await mustFindStaffOrder(context, orderId)),
      }),
    },
    async (context, { params, body }) => {
      const order = await fulfillOrder(context, params.order, {
        lines: body.lines?.map(({ line_id, quantity }) => ({ lineId: line_id, quantity })) ?? null,
        locationId: body.location_id ?? null,
        tracking: body.tracking ?? null,
        notify: body.notify,
      })
      return { status: 201, body: toStaffOrderView(order) }
    },
  ),
  route(
    {
      id: 'updateFulfillment',
      method: 'patch',
      path: '/v1/admin/orders/:order/fulfillments/:fulfillment',
      summary: 'Say how a parcel is followed, or that it has arrived',
      access: { staff: 'orders:write' },
      limit: 'staff',
      params: FulfillmentParams,
      body: UpdateFulfillment,
      returns: StaffFulfillmentView,
      problems: ['fulfillment_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => {
      const place = { orderId: params.order, id: params.fulfillment }
      const edit = { tracking: body.tracking, delivered: body.delivered ?? false }
      const saved = await editFulfillment(context, place, edit, ifMatch)
      return { body: toStaffFulfillmentView(saved), version: saved.version }
    },
  ),
  route(
    {
      id: 'createOrderAccessToken',
      method: 'post',
      path: '/v1/admin/orders/:order/access-tokens',
      summary: 'Issue a token that shows this one order, for the links in a mail',
      access: { staff: 'orders:write' },
      limit: 'staff',
      params: OrderParams,
      body: AccessInput,
      returns: AccessView,
      statuses: [201],
      problems: ['order_not_found'],
      // It issues a credential, so that nothing of it is stored.
      replay: 'none',
    },
    async (context, { params, body }) => ({
      body: toAccessView(await issueAccessByStaff(context, params.order, body.expires_in_hours)),
    }),
  ),
]
