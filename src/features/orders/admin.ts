import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { OrderParams, OrderSummaryView, OrderView, toOrderSummaryView, toOrderView } from './contract.ts'
import { listAllOrders } from './queries.ts'
import { mustFindOrder } from './read.ts'

export const orderAdminRoutes = [
  route(
    {
      id: 'listAdminOrders',
      method: 'get',
      path: '/v1/admin/orders',
      summary: 'All orders, newest first',
      access: { staff: 'orders:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(OrderSummaryView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/orders', query.cursor, ['text'])
      const [rows] = await db.read(listAllOrders(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/orders', ({ id }) => [id])
      return { body: { data: page.rows.map(toOrderSummaryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getAdminOrder',
      method: 'get',
      path: '/v1/admin/orders/:order',
      summary: 'An order with payments, refunds and its timeline',
      access: { staff: 'orders:read' },
      limit: 'staff',
      params: OrderParams,
      returns: OrderView,
      problems: ['order_not_found'],
    },
    async (context, { params }) => ({ body: toOrderView(await mustFindOrder(context, params.order, null)) }),
  ),
]
