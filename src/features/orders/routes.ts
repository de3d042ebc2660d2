import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { sessionOf } from '../sessions/guest.ts'
import { OrderParams, OrderSummaryView, OrderView, toOrderSummaryView, toOrderView } from './contract.ts'
import { listConfirmedOrders } from './queries.ts'
import { mustFindOrder } from './read.ts'

export const orderRoutes = [
  route(
    {
      id: 'listOrders',
      method: 'get',
      path: '/v1/orders',
      summary: 'The shopper’s confirmed orders, newest first',
      access: 'session',
      limit: 'cart',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(OrderSummaryView())),
      problems: ['invalid_cursor'],
    },
    async (context, { query }) => {
      const { ownerId } = sessionOf(context)
      const position = await openCursor('orders', query.cursor, ['text'])
      const [rows] = await context.db.read(listConfirmedOrders(ownerId, position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'orders', ({ id }) => [id])
      return { body: { data: page.rows.map(toOrderSummaryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getOrder',
      method: 'get',
      path: '/v1/orders/:order',
      summary: 'An order of the shopper; a pending one shows how it can still be paid',
      access: 'session',
      limit: 'cart',
      params: OrderParams,
      returns: OrderView,
      problems: ['order_not_found'],
    },
    async (context, { params }) => ({
      body: toOrderView(await mustFindOrder(context, params.order, sessionOf(context).ownerId)),
    }),
  ),
]
