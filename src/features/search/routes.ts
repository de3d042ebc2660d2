import { readQuery, type SearchQuery } from '../../domain/search-query.ts'
import { want } from '../../platform/cache/cache.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { cutPage, openCursor, type Position } from '../../platform/db/page.ts'
import type { Context } from '../../platform/http/context.ts'
import { movedTo } from '../../platform/http/moved.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape, toPointer } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { ProductParams } from '../catalog/contract.ts'
import { chooseMarket } from '../markets/choose.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import {
  CardView,
  ListQuery,
  ListView,
  type ListWish,
  OPTION_PREFIX,
  RelatedQuery,
  slim,
  toCardView,
} from './contract.ts'
import { toFacets, toTotal } from './facet-views.ts'
import { countFacets } from './facets.ts'
import { toFilter } from './filter.ts'
import { correctedQuery, soughtWords, toHighlights } from './found.ts'
import { listCards } from './list.ts'
import { linksOf } from './list-links.ts'
import { kindsOf } from './orders.ts'
import { cardsFamily, type ListPage, listFamily, loadCards, relatedFamily } from './pages.ts'
import { findBuyer, listNamedCards, type NamedCardRow, noShelf } from './queries.ts'
import { candidatesFor } from './rank.ts'
import { suggestRoute } from './suggest.ts'

export const searchRoutes = [
  suggestRoute,
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
      returns: ListView,
      problems: ['invalid_cursor'],
    },
    (context, { query, request }) =>
      query.ids || query.skus ? answerNamed(context, query) : answerList(context, query, request.url),
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

async function answerList(context: Context, query: ListWish, url: string) {
  const filter = toFilter(query)
  const wish = toWish(query)
  const list = JSON.stringify(['products', filter, wish])
  const position = await openCursor(list, query.cursor, kindsOf(filter.sort))
  const { now } = context
  const counted = query.facets === 'true'
  const family = listFamily(() => [
    listCards(wish, filter, position, { limit: query.limit + 1, now }),
    ...(counted ? [countFacets(wish, filter, now)] : []),
  ])
  const page = await loadCards(context, family, [list, position, query.limit, counted], wish)
  const { rows, buyer, further, counts } = page
  refuseUnknownOptions(page)
  const search = filter.text === null ? null : readQuery(filter.text)
  const ranked = search && filter.sort === 'relevance' ? [firstCandidates(search, query.limit, position)] : []
  const cut = await cutPage(rows, query.limit, list, ({ value, number }) => [value, number, ...ranked], further)
  const sought = search && soughtWords(search, page)
  const data = cut.rows.map((row) => ({
    ...slim(toCardView(row, buyer.currency), query.fields ?? null),
    ...(sought && { highlights: toHighlights(row, sought) }),
  }))
  const corrected = search && { corrected_query: correctedQuery(search, page) }
  const facets = counts && {
    facets: toFacets(counts, filter, linksOf(url), buyer.currency),
    total: toTotal(counts),
  }
  return { body: { data, next_cursor: cut.nextCursor, ...corrected, ...facets } }
}

/** How many candidates the first page of a search had, which its further pages stand behind. */
function firstCandidates(search: SearchQuery, limit: number, position: Position | null): number {
  return candidatesFor(search, limit + 1, position && Number(position[2])).first
}

/** @throws {Problem} invalid_request that names the options there are. */
function refuseUnknownOptions({ unknownOptions, knownOptions }: ListPage): void {
  if (unknownOptions.length === 0) return
  const names = knownOptions.slice(0, 50).map((name) => OPTION_PREFIX + name)
  const detail =
    names.length === 0
      ? 'is no option: no product has options'
      : `is no option of any product: there are ${names.join(', ')}`
  throw new Problem('invalid_request', {
    errors: unknownOptions.map((name) => ({ pointer: `/query${toPointer([OPTION_PREFIX + name])}`, detail })),
  })
}

async function answerNamed(context: Context, query: ListWish) {
  const { ids, skus, currency, country, locale, fields, limit: _, ...others } = query
  const [other] = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (other !== undefined) throw invalid(`/query/${other}`, 'does not go with ids or skus, which name what is listed')
  if (ids && skus) throw invalid('/query/skus', 'does not go with ids')
  const wish = toWish({ currency, country, locale })
  const names = ids ? { ids } : { skus: skus ?? [] }
  const { now } = context
  const family = cardsFamily<NamedCardRow>(() => [findBuyer(wish, noShelf, now), listNamedCards(wish, names, now)])
  const { rows, buyer } = await loadCards(context, family, ['named', names, wish], wish)
  const inOrder = [...rows].sort((left, right) => left.place - right.place)
  const data = inOrder.map((row) => slim(toCardView(row, buyer.currency), fields ?? null))
  return { body: { data, next_cursor: null } }
}

function toWish({ currency, country, locale }: MarketWish): MarketWish {
  return { currency, country, locale }
}
