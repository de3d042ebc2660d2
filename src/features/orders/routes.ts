import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { sessionOf } from '../sessions/guest.ts'
import { mustFindVisibleOrder } from './access.ts'
import { LookupInput, LookupView, toAccessView } from './access-contract.ts'
import { OrderParams, OrderSummaryView, OrderView, toOrderSummaryView, toOrderView } from './contract.ts'
import { lookUpOrder } from './lookup.ts'
import { listConfirmedOrders } from './queries.ts'

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
      id: 'lookUpOrder',
      method: 'post',
      path: '/v1/orders/lookup',
      summary: 'The order of a number and an e-mail, for a shopper who has no session any more',
      access: 'optional-session',
      limit: 'lookup',
      countedBy: 'address',
      body: LookupInput,
      returns: LookupView,
      problems: ['order_not_found', 'rate_limited'],
      // It issues a credential, so that nothing of it is stored.
      replay: 'none',
    },
    async (context, { body }) => {
      const { order, access } = await lookUpOrder(context, body)
      return { body: { order: toOrderView(order), access: toAccessView(access) } }
    },
  ),
  route(
    {
      id: 'getOrder',
      method: 'get',
      path: '/v1/orders/:order',
      summary: 'An order of the shopper; a pending one shows how it can still be paid',
      access: 'order',
      limit: 'cart',
      params: OrderParams,
      returns: OrderView,
      problems: ['order_not_found'],
    },
    async (context, { params }) => ({ body: toOrderView(await mustFindVisibleOrder(context, params.order)) }),
  ),
]
