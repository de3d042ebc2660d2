import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { AdminMarketView, CreateMarket, MarketParams, toAdminMarketView, UpdateMarket } from './contract.ts'
import { createMarket, editMarket, mustFindMarket } from './edit.ts'
import { pageOfMarkets } from './queries.ts'

const reply = replyWith('/v1/admin/markets', toAdminMarketView)

export const marketAdminRoutes = [
  route(
    {
      id: 'createMarket',
      method: 'post',
      path: '/v1/admin/markets',
      summary: 'Create a market: countries that share a currency, locales and the way prices are shown',
      access: { staff: 'markets:write' },
      limit: 'staff',
      body: CreateMarket,
      returns: AdminMarketView,
      statuses: [201],
      problems: ['country_taken'],
      replay: async (context, id) => reply(await mustFindMarket(context, id), 201),
    },
    async (context, { body }) => reply(await createMarket(context, body), 201),
  ),
  route(
    {
      id: 'listAdminMarkets',
      method: 'get',
      path: '/v1/admin/markets',
      summary: 'Markets in their order, the default one first',
      access: { staff: 'markets:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(AdminMarketView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/markets', query.cursor, ['integer', 'text'])
      const [rows] = await db.read(pageOfMarkets(position, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/markets', (market) => [market.position, market.id])
      return { body: { data: page.rows.map(toAdminMarketView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getMarket',
      method: 'get',
      path: '/v1/admin/markets/:market',
      summary: 'A market',
      access: { staff: 'markets:read' },
      limit: 'staff',
      params: MarketParams,
      returns: AdminMarketView,
      problems: ['market_not_found'],
    },
    async (context, { params }) => reply(await mustFindMarket(context, params.market)),
  ),
  route(
    {
      id: 'updateMarket',
      method: 'patch',
      path: '/v1/admin/markets/:market',
      summary: 'Change a market; own_prices shows once every list has been derived with them',
      access: { staff: 'markets:write' },
      limit: 'staff',
      params: MarketParams,
      body: UpdateMarket,
      returns: AdminMarketView,
      problems: ['market_not_found', 'version_mismatch', 'country_taken', 'market_has_prices'],
    },
    async (context, { params, body, ifMatch }) => reply(await editMarket(context, params.market, body, ifMatch)),
  ),
]
