import { want } from '../../platform/cache/cache.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import {
  CollectionParams,
  CollectionView,
  LocaleQuery,
  MarketView,
  ProductParams,
  ProductView,
  toCollectionView,
  toMarketView,
  toProductView,
} from './contract.ts'
import { chooseMarket } from './market.ts'
import { collectionsFamily, marketsFamily, publishedProducts } from './queries.ts'

export const catalogRoutes = [
  route(
    {
      id: 'getProduct',
      method: 'get',
      path: '/v1/products/:product',
      summary: 'A published product by id or handle',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      params: ProductParams,
      query: LocaleQuery,
      returns: ProductView,
      problems: ['product_not_found'],
    },
    async ({ cache, now }, { params, query }) => {
      const [found, markets] = await cache.load([
        want(publishedProducts(now), [params.product]),
        want(marketsFamily, ['all']),
      ])
      const product = found.get(params.product)?.value
      if (!product) throw new Problem('product_not_found')
      return { body: toProductView(product, chooseMarket(markets.get('all')?.value ?? [], query, '/query')) }
    },
  ),
  route(
    {
      id: 'listCollections',
      method: 'get',
      path: '/v1/collections',
      summary: 'All collections in the shop’s order',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      query: LocaleQuery,
      returns: shape(() => listOf(CollectionView())),
      problems: [],
    },
    async ({ cache }, { query }) => {
      const [collections, markets] = await cache.load([want(collectionsFamily, ['all']), want(marketsFamily, ['all'])])
      chooseMarket(markets.get('all')?.value ?? [], query, '/query')
      return { body: { data: (collections.get('all')?.value ?? []).map(toCollectionView), next_cursor: null } }
    },
  ),
  route(
    {
      id: 'getCollection',
      method: 'get',
      path: '/v1/collections/:collection',
      summary: 'A collection by handle; its products are GET /v1/products?collection=',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      params: CollectionParams,
      query: LocaleQuery,
      returns: CollectionView,
      problems: ['collection_not_found'],
    },
    async ({ cache }, { params, query }) => {
      const [collections, markets] = await cache.load([want(collectionsFamily, ['all']), want(marketsFamily, ['all'])])
      chooseMarket(markets.get('all')?.value ?? [], query, '/query')
      const collection = collections.get('all')?.value.find(({ handle }) => handle === params.collection)
      if (!collection) throw new Problem('collection_not_found')
      return { body: toCollectionView(collection) }
    },
  ),
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
