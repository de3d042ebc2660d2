import { want } from '../../platform/cache/cache.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { listGroupsOf } from '../customers/queries.ts'
import { chooseMarket } from '../markets/choose.ts'
import { marketsFamily } from '../markets/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { BuyerPriceView, PricesQuery, toBuyerPriceView } from './price-contract.ts'
import { sellables, skuKey } from './sellables.ts'

export const priceRoutes = [
  route(
    {
      id: 'listPrices',
      method: 'get',
      path: '/v1/prices',
      summary:
        'What variants cost the one who asks, prices of customer groups included; what is not for sale is left out',
      access: 'session',
      limit: 'browse',
      query: PricesQuery,
      returns: shape(() => listOf(BuyerPriceView())),
      problems: [],
    },
    async (context, { query }) => {
      const { db, cache, now } = context
      const keys = [...query.variant_ids, ...query.skus.map(skuKey)]
      // The groups are the caller's own and always fresh; what everybody shares comes from the cache beside them.
      const [[groups], [found, markets]] = await Promise.all([
        db.read(listGroupsOf(sessionOf(context).ownerId)),
        cache.load([want(sellables(now), keys), want(marketsFamily, ['all'])]),
      ])
      const choice = chooseMarket(markets.get('all')?.value ?? [], query, '/query')
      const buyer = { ...choice, groupIds: groups.map(({ groupId }) => groupId) }
      const asked = keys.flatMap((key) => found.get(key)?.value ?? [])
      const onSale = asked.filter(({ unpublishedAt }) => (unpublishedAt ?? Number.POSITIVE_INFINITY) > now.getTime())
      const variants = new Map(onSale.map((sellable) => [sellable.variantId, sellable]))
      const data = [...variants.values()].map((each) => toBuyerPriceView(each, buyer, query.quantity, now))
      return { body: { data, next_cursor: null } }
    },
  ),
]
