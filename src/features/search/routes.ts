import * as z from 'zod'
import { type Family, want } from '../../platform/cache/cache.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { cutPage, openCursor, type Position } from '../../platform/db/page.ts'
import { invalid } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { integerParameter, listOf, money, pageQuery } from '../../platform/http/shapes.ts'
import { CardView, localeQuery } from '../catalog/contract.ts'
import { chooseMarket } from '../catalog/market.ts'
import { marketsFamily } from '../catalog/queries.ts'
import { type CardRow, type ListFilter, listCards, positionOf } from './queries.ts'

const several = () =>
  z
    .union([z.string().min(1).max(255), z.array(z.string().min(1).max(255)).max(20)])
    .transform((value) => (Array.isArray(value) ? value : [value]).sort())
    .optional()

const minorUnits = () => integerParameter(0, 1_000_000_000_000)

const ListQuery = shape(() =>
  z.strictObject({
    collection: several(),
    tag: several(),
    vendor: several(),
    price_min: minorUnits().optional(),
    price_max: minorUnits().optional(),
    in_stock: z.enum(['true', 'false']).optional(),
    sort: z.enum(['newest', 'price_asc', 'price_desc', 'title']).default('newest'),
    ...pageQuery(),
    ...localeQuery(),
  }),
)

type Query = z.output<ReturnType<typeof ListQuery>>

/** One page of one list; its key is the hash of everything that was asked. */
function cardsFamily(filter: ListFilter, position: Position | null, limit: number): Family<CardRow[]> {
  return {
    name: 'list',
    memoryMs: 5_000,
    freshMs: 60_000,
    queries: () => [listCards(filter, position, limit)],
    collect: ([rows], [key]) => new Map([[key ?? '', rows as CardRow[]]]),
  }
}

export const searchRoutes = [
  route(
    {
      id: 'listProducts',
      method: 'get',
      path: '/v1/products',
      summary: 'Published products as cards, filtered and sorted',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      query: ListQuery,
      returns: shape(() => listOf(CardView())),
      problems: ['invalid_cursor'],
    },
    async ({ cache }, { query }) => {
      const [markets] = await cache.load([want(marketsFamily, ['all'])])
      const { currency } = chooseMarket(markets.get('all')?.value ?? [], query, '/query')
      const filter = toFilter(query, currency)
      const list = JSON.stringify(['products', filter])
      const position = await openCursor(list, query.cursor)
      const key = await sha256Hex(JSON.stringify([list, position, query.limit]))
      const [cards] = await cache.load([want(cardsFamily(filter, position, query.limit + 1), [key])])
      const rows = cards.get(key)?.value ?? []
      const page = await cutPage(rows, query.limit, list, (row) => positionOf(filter.sort, row))
      return { body: { data: page.rows.map((row) => toCardView(row, currency)), next_cursor: page.nextCursor } }
    },
  ),
]

function toFilter(query: Query, currency: string): ListFilter {
  const { price_min: priceMin = null, price_max: priceMax = null } = query
  if (priceMin !== null && priceMax !== null && priceMin > priceMax) {
    throw invalid('/query/price_min', 'must not be above price_max')
  }
  return {
    currency,
    collections: query.collection ?? [],
    tags: query.tag ?? [],
    vendors: query.vendor ?? [],
    priceMin,
    priceMax,
    inStock: query.in_stock === undefined ? null : query.in_stock === 'true',
    sort: query.sort,
  }
}

function toCardView(row: CardRow, currency: string) {
  const { minAmount, maxAmount, minCompareAtAmount, maxCompareAtAmount } = row
  const range = (min: number | null, max: number | null) =>
    min === null || max === null ? null : { min: money(min, currency), max: money(max, currency) }
  return {
    id: row.id,
    handle: row.handle,
    title: row.title,
    vendor: row.vendor,
    price_range: range(minAmount, maxAmount),
    compare_at_price_range: range(minCompareAtAmount, maxCompareAtAmount),
    image: row.image === null ? null : JSON.parse(row.image),
    available: row.available === 1,
    tags: JSON.parse(row.tags) as string[],
  }
}
