import { want } from '../../platform/cache/cache.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { MarketView, toMarketView } from './contract.ts'
import { marketsFamily } from './queries.ts'

export const marketRoutes = [
  route(
    {
      id: 'listMarkets',
      method: 'get',
      path: '/v1/markets',
      summary: 'Markets: currencies, countries, locales, and whether prices include tax',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      returns: shape(() => listOf(MarketView())),
      problems: [],
    },
    async ({ cache }) => {
      const [markets] = await cache.load([want(marketsFamily, ['all'])])
      return { body: { data: (markets.get('all')?.value ?? []).map(toMarketView), next_cursor: null } }
    },
  ),
]
