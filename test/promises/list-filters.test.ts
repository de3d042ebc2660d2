import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultDeps } from '../../src/app.ts'
import { LIST_SORTS } from '../../src/domain/collection.ts'
import { toFacets, toTotal } from '../../src/features/search/facet-views.ts'
import { countFacets } from '../../src/features/search/facets.ts'
import type { ListFilter } from '../../src/features/search/filter.ts'
import { listCards } from '../../src/features/search/list.ts'
import { linksOf } from '../../src/features/search/list-links.ts'
import { BOUNDS, type Bounds } from '../../src/features/search/walk.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Position } from '../../src/platform/db/page.ts'
import { createApi } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import {
  BUYERS,
  CATEGORIES,
  COLLECTIONS,
  COLORS,
  fillFiltered,
  SIZES,
  type Stocked,
  TAGS,
  VENDORS,
} from '../support/filtered-shop.ts'
import { listOf, meeting } from '../support/list-model.ts'
import { randomFrom } from '../support/random.ts'
import { FORGETFUL } from '../support/scale.ts'

// FILTERS=500 asks for more of them, FILTERS_SEED=17 begins with the seed of a failure.
const settings = testEnv() as { FILTERS?: string; FILTERS_SEED?: string }
const LISTS = Number(settings.FILTERS || 16)
const FIRST_SEED = Number(settings.FILTERS_SEED || 1)
const PRODUCTS = 240

// A database of its own: every product there is must be known.
const { FILTERED, MIGRATIONS } = env as unknown as { FILTERED: D1Database; MIGRATIONS: D1Migration[] }
const bindings = { ...testEnv(), DB: FILTERED, CACHE: FORGETFUL }
const now = new Date(Date.UTC(2026, 10, 1))
const deps = { clock: () => now }
const api = () => createApi({ bindings, deps })
const context = () => systemContext('test', bindings, { ...defaultDeps(), ...deps }, () => {})
let shop: Stocked[] = []

beforeAll(async () => {
  await applyD1Migrations(FILTERED, MIGRATIONS)
  shop = await fillFiltered(context(), PRODUCTS, 7)
}, 60_000)

/** Each way in which a list comes about: a shelf by itself, few that are put in order, many along a shelf. */
const WAYS: Readonly<Record<string, Bounds>> = {
  'as they are': BOUNDS,
  'with few matches': { ...BOUNDS, probed: 9 },
  'with many matches': { ...BOUNDS, probed: 5, few: 6, walked: 20 },
}

/** A filter of some kinds with some values, the same for the same seed. */
function filterOf(seed: number): { filter: ListFilter; buyer: string } {
  const below = randomFrom(seed)
  const some = <Item>(items: readonly Item[], most: number): Item[] => {
    if (below(5) > 1) return []
    return [...new Set(Array.from({ length: 1 + below(most) }, () => items[below(items.length)] as Item))].sort()
  }
  const collections = some(COLLECTIONS, 3)
  const bounds = [below(12_000), below(12_000)].sort((one, other) => one - other)
  const colors = some([...COLORS, 'Nowhere'], 3)
  const sizes = some(SIZES, 2)
  const sorts = LIST_SORTS.filter((sort) => sort !== 'manual' || collections.length === 1)
  return {
    buyer: BUYERS[below(BUYERS.length)] ?? '',
    filter: {
      text: null,
      collections,
      categories: some(Object.keys(CATEGORIES), 2),
      descendants: below(3) > 0,
      tags: some(TAGS, 2),
      vendors: some([...VENDORS, 'Nobody'], 3),
      options: [
        ...(colors.length > 0 ? [['Color', colors] as const] : []),
        ...(sizes.length > 0 ? [['Size', sizes] as const] : []),
      ],
      priceMin: below(4) === 0 ? (bounds[0] ?? 0) : null,
      priceMax: below(4) === 0 ? (bounds[1] ?? 0) : null,
      inStock: [null, null, true, false][below(4)] ?? null,
      sort: sorts[below(sorts.length)] ?? 'newest',
    },
  }
}

const wishOf = (buyer: string) => ({ currency: buyer.slice(0, 3), country: buyer.slice(4) })

/** The numbers of a list, page by page. */
async function walk(filter: ListFilter, buyer: string, limit: number, bounds: Bounds): Promise<number[]> {
  const { db } = context()
  const seen: number[] = []
  for (let position: Position | null = null, pages = 0; pages < 500; pages += 1) {
    const query = listCards(wishOf(buyer), filter, position, { limit: limit + 1, now, bounds })
    const [rows] = await db.read(query)
    const cards = rows.filter(({ id }) => id !== null)
    const shown = cards.slice(0, limit)
    seen.push(...shown.map(({ number }) => number))
    const last = shown.at(-1)
    const further: string | null = rows[0]?.further ?? null
    if (cards.length > limit && last) position = [last.value, last.number]
    else if (further !== null) position = JSON.parse(further) as Position
    else return seen
  }
  throw new Error('the list does not end')
}

const seeds = Array.from({ length: LISTS }, (_, index) => FIRST_SEED + index)

describe.each(Object.entries(WAYS))('lists %s', (_, bounds) => {
  it.each(seeds)('have what meets the filter, in order, page by page: %i', async (seed) => {
    const { filter, buyer } = filterOf(seed)
    const expected = listOf(shop, filter, buyer).map(({ number }) => number)
    expect(await walk(filter, buyer, 7, bounds), JSON.stringify([filter, buyer])).toEqual(expected)
  })

  it.each(LIST_SORTS)('by one shelf alone are in the order of %s', async (sort) => {
    const filter = { ...filterOf(1).filter, ...NO_FILTER, collections: ['steady'], sort }
    for (const buyer of BUYERS) {
      const expected = listOf(shop, filter, buyer).map(({ number }) => number)
      expect(await walk(filter, buyer, 10, bounds)).toEqual(expected)
    }
  })
})

const NO_FILTER: ListFilter = {
  text: null,
  ...{ collections: [], categories: [], descendants: true, tags: [], vendors: [], options: [] },
  ...{ priceMin: null, priceMax: null, inStock: null, sort: 'newest' },
}

/** The values of a facet that a product has, as the API spells them. */
function valuesOf(kind: string, name: string | null, filter: ListFilter, product: Stocked, buyer: string): string[] {
  switch (kind) {
    case 'collection':
      return [...product.collections.keys()].filter((handle) => handle !== 'hidden')
    case 'category':
      return filter.descendants ? [...product.categories] : product.ownCategory ? [product.ownCategory] : []
    case 'vendor':
      return product.vendor === '' ? [] : [product.vendor]
    case 'tag':
      return [...product.tags]
    case 'option':
      return [...new Set(product.options.flatMap(([own, value]) => (own === name ? [value] : [])))]
    default:
      return product.available ? (product.prices[buyer] ? ['true'] : []) : ['false']
  }
}

const PARAMETERS: Readonly<Record<string, string>> = { availability: 'in_stock' }

describe.each([
  ['of few products', BOUNDS],
  ['of many products', { ...BOUNDS, counted: 20 }],
] as const)('counts %s', (_, bounds) => {
  it.each(seeds)('are those of the products that meet the filter: %i', async (seed) => {
    const { filter, buyer } = filterOf(seed)
    const { db } = context()
    const [[row]] = await db.read(countFacets(wishOf(buyer), filter, now, bounds))
    if (!row) throw new Error('no counts')
    const total = toTotal(row)
    const exact = meeting(shop, filter, buyer).length
    if (!total.at_least) expect(total.count).toBe(exact)
    else expect(total.count).toBeLessThanOrEqual(exact)
    for (const { kind, name, values } of toFacets(row, filter, linksOf('http://shop.test/'), buyer.slice(0, 3))) {
      const parameter = kind === 'option' ? `option.${name}` : (PARAMETERS[kind] ?? kind)
      // Another tag is asked for beside those that are named, another value of anything else instead of them.
      const over = meeting(shop, filter, buyer, kind === 'tag' ? undefined : parameter)
      for (const { value, min, max, count, at_least: atLeast } of values as Counted[]) {
        const has = (product: Stocked) => {
          const range = product.prices[buyer]
          if (min && max) return !!range && range.max >= min.amount && range.min <= max.amount
          return valuesOf(kind, name, filter, product, buyer).includes(value ?? '')
        }
        const expected = over.filter(has).length
        const what = JSON.stringify([kind, name, value ?? min, filter, buyer])
        if (atLeast) expect(count, what).toBeLessThanOrEqual(expected)
        else expect(count, what).toBe(expected)
      }
      if (kind === 'price' || values.some((each) => each.at_least)) continue
      const there = new Set(over.flatMap((product) => valuesOf(kind, name, filter, product, buyer)))
      const told = new Set((values as Counted[]).flatMap((each) => each.value ?? []))
      expect(
        [...there].filter((value) => !told.has(value)),
        `${kind} ${name}`,
      ).toEqual([])
    }
  })
})

interface Counted {
  value?: string
  min?: { amount: number }
  max?: { amount: number }
  count: number
  at_least: boolean
}

describe('everything that a list takes at once', () => {
  const names = (kind: string) => Array.from({ length: 20 }, (_, index) => `${kind} ${index}`)
  const most: ListFilter = {
    ...NO_FILTER,
    ...{ collections: names('c'), categories: names('d'), descendants: false, tags: names('t'), vendors: names('v') },
    options: Array.from({ length: 10 }, (_, index) => [`Option ${index}`, names('o')] as const),
    ...{ priceMin: 0, priceMax: 1_000_000_000_000, inStock: true },
  }

  it.each(['newest', 'title', 'price_asc', 'best_selling', 'relevance'] as const)(
    'is a statement, by %s',
    async (sort) => {
      const { db } = context()
      const bounds = { ...BOUNDS, probed: 0 }
      for (const text of sort === 'relevance' ? [names('w').join(' ')] : [null, 'mug']) {
        const filter = { ...most, sort, text }
        const value = sort === 'title' ? 'x' : 1
        const [rows, [row]] = await db.read(
          listCards({ currency: 'EUR', country: 'DE', locale: 'de' }, filter, [value, 1], { limit: 101, now, bounds }),
          countFacets({ currency: 'EUR', country: 'DE', locale: 'de' }, filter, now),
        )
        expect(rows.filter(({ id }) => id !== null)).toEqual([])
        expect(row && toTotal(row)).toEqual({ count: 0, at_least: false })
      }
    },
  )
})

describe('a value of a facet', () => {
  it.each(['', 'collection=steady', 'collection=steady&tag=sale', 'option.Color=Red&in_stock=true&currency=EUR'])(
    'leads to as many products as it promises: %s',
    async (query) => {
      const { status, body } = await api().get(`/v1/products?facets=true&limit=1&${query}`)
      expect(status, JSON.stringify(body)).toBe(200)
      let followed = 0
      for (const { kind, values } of body.facets) {
        // What is named already stays: a value more makes that list longer.
        if (kind !== 'tag' && values.some(({ selected }: { selected: boolean }) => selected)) continue
        for (const { count, selected, query: next, ...value } of values.slice(0, 6)) {
          const there = await api().get(`/v1/products?${next}`)
          if (!selected) expect(there.body.total, JSON.stringify([next, value])).toEqual({ count, at_least: false })
          followed += 1
        }
      }
      expect(followed).toBeGreaterThan(10)
    },
  )
})
