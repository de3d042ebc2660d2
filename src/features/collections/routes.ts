import { type LoadOptions, want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { movedTo } from '../../platform/http/moved.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { chooseMarket } from '../markets/choose.ts'
import { LocaleQuery } from '../markets/contract.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import { CollectionParams, CollectionView, toCollectionView } from './contract.ts'
import { type CollectionShelf, collectionsFamily } from './queries.ts'

/** Every active collection, and whom the answer is for. @throws {Problem} invalid_request */
async function loadCollections({ cache }: Context, wish: MarketWish, options?: LoadOptions) {
  const [found, markets] = await cache.load([want(collectionsFamily, ['all']), want(marketsFamily, ['all'])], options)
  const { locale } = chooseMarket(markets.get('all')?.value ?? [], wish, '/query')
  return { ...(found.get('all')?.value ?? { collections: [], moved: {} }), locale }
}

export const collectionRoutes = [
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
    async (context, { query }) => {
      const { collections, locale } = await loadCollections(context, query)
      return { body: { data: collections.map((each) => toCollectionView(each, locale)), next_cursor: null } }
    },
  ),
  route(
    {
      id: 'getCollection',
      method: 'get',
      path: '/v1/collections/:collection',
      summary:
        'A collection by handle or id; its products are GET /v1/products?collection=; 301 from a handle it had before',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      params: CollectionParams,
      query: LocaleQuery,
      returns: CollectionView,
      statuses: [200, 301],
      problems: ['collection_not_found'],
    },
    async (context, { params, query, request }) => {
      const ref = params.collection
      const find = ({ collections, moved }: CollectionShelf) =>
        collections.find(({ id, handle }) => handle === ref || id === ref) ??
        collections.find(({ id }) => id === moved[ref])
      const known = await loadCollections(context, query)
      // It may have been made since they were read: a refusal is asked of the database itself.
      const shelf = find(known) ? known : await loadCollections(context, query, { fresh: true })
      const collection = find(shelf)
      if (!collection) throw new Problem('collection_not_found')
      const moved = movedTo((handle) => `/v1/collections/${handle}`, collection, ref, request)
      return {
        ...(moved ?? { body: toCollectionView(collection, shelf.locale) }),
        tags: [`collection:${collection.id}`],
      }
    },
  ),
]
