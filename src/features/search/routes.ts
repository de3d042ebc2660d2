import { want } from '../../platform/cache/cache.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import type { Context } from '../../platform/http/context.ts'
import { movedTo } from '../../platform/http/moved.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { ProductParams } from '../catalog/contract.ts'
import { chooseMarket } from '../markets/choose.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import type { CardRow } from './cards.ts'
import { CardView, ListQuery, type ListWish, RelatedQuery, toCardView } from './contract.ts'
import { cardsFamily, loadCards, relatedFamily } from './pages.ts'
import {
  baseShelf,
  findBuyer,
  type ListFilter,
  listCards,
  listNamedCards,
  type NamedCardRow,
  noShelf,
  positionOf,
} from './queries.ts'

export const searchRoutes = [
  route(
    {
      id: 'listProducts',
      method: 'get',
      path: '/v1/products',
      summary: 'Published products as cards, filtered and sorted, or by ids or SKUs',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      query: ListQuery,
      returns: shape(() => listOf(CardView())),
      problems: ['invalid_cursor'],
    },
    async (context, { query }) => {
      if (query.ids ?? query.skus) return answerNamed(context, query)
      const filter = toFilter(query)
      const wish = toWish(query)
      const list = JSON.stringify(['products', filter, wish])
      const position = await openCursor(list, query.cursor, [filter.sort === 'title' ? 'text' : 'integer', 'text'])
      const { now } = context
      const family = cardsFamily<CardRow>(() => [
        findBuyer(wish, baseShelf(filter), now),
        listCards(wish, filter, position, { limit: query.limit + 1, now }),
      ])
      const { rows, buyer } = await loadCards(context, family, [list, position, query.limit], wish)
      const page = await cutPage(rows, query.limit, list, (row) => positionOf(filter.sort, row))
      const data = page.rows.map((row) => toCardView(row, buyer.currency))
      return { body: { data, next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'listRelatedProducts',
      method: 'get',
      path: '/v1/products/:product/related',
      summary: 'What goes with a product: the staff’s picks, then what shares its collections and tags',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      params: ProductParams,
      query: RelatedQuery,
      returns: shape(() => listOf(CardView())),
      statuses: [200, 301],
      problems: ['product_not_found'],
    },
    async ({ cache, now }, { params, query, request }) => {
      const wish = toWish(query)
      const key = await sha256Hex(JSON.stringify([params.product, wish]))
      const [found, markets] = await cache.load([
        want(relatedFamily(params.product, wish, now), [key]),
        want(marketsFamily, ['all']),
      ])
      chooseMarket(markets.get('all')?.value ?? [], query, '/query')
      const related = found.get(key)?.value
      if (!related) throw new Problem('product_not_found')
      const tags = [`product:${related.id}`]
      const moved = movedTo((handle) => `/v1/products/${handle}/related`, related, params.product, request)
      if (moved) return { ...moved, tags }
      const data = related.rows.slice(0, query.limit).map((row) => toCardView(row, related.buyer.currency))
      return { body: { data, next_cursor: null }, tags }
    },
  ),
]

async function answerNamed(context: Context, query: ListWish) {
  const { ids, skus, currency, country, locale, limit: _, ...others } = query
  const [other] = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (other !== undefined) throw invalid(`/query/${other}`, 'does not go with ids or skus, which name what is listed')
  if (ids && skus) throw invalid('/query/skus', 'does not go with ids')
  const wish = toWish({ currency, country, locale })
  const names = ids ? { ids } : { skus: skus ?? [] }
  const { now } = context
  const family = cardsFamily<NamedCardRow>(() => [findBuyer(wish, noShelf, now), listNamedCards(wish, names, now)])
  const { rows, buyer } = await loadCards(context, family, ['named', names, wish], wish)
  const inOrder = [...rows].sort((left, right) => left.place - right.place)
  return { body: { data: inOrder.map((row) => toCardView(row, buyer.currency)), next_cursor: null } }
}

function toWish({ currency, country, locale }: MarketWish): MarketWish {
  return { currency, country, locale }
}

function toFilter(query: ListWish): ListFilter {
  const { price_min: priceMin = null, price_max: priceMax = null, sort = 'newest' } = query
  if (priceMin !== null && priceMax !== null && priceMin > priceMax) {
    throw invalid('/query/price_min', 'must not be above price_max')
  }
  if (sort === 'manual' && query.collection?.length !== 1) {
    throw invalid('/query/sort', 'manual needs exactly one collection')
  }
  if (query.descendants !== undefined && !query.category) {
    throw invalid('/query/descendants', 'says something of a category, and none is asked for')
  }
  return {
    collections: query.collection ?? [],
    categories: query.category ?? [],
    descendants: query.descendants !== 'false',
    tags: query.tag ?? [],
    vendors: query.vendor ?? [],
    priceMin,
    priceMax,
    inStock: query.in_stock === undefined ? null : query.in_stock === 'true',
    sort,
  }
}
