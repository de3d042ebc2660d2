import { beforeAll, describe, expect, it } from 'vitest'
import { generatedProductId, OWN_PRICES_COUNTRY, SHELVES } from '../../bench/catalog/generated.ts'
import { PAGES as ALL_PAGES, cursorAt, type ListCase, sizeOf } from '../../bench/catalog/lists.ts'
import { LIST_SORTS } from '../../src/domain/collection.ts'
import { explain, type Statement, scansOf, sortsOf } from '../support/query-plan.ts'
import { costOf, ScaleShop } from '../support/scale.ts'

const SIZES = [1_000, 10_000, 100_000]
/** How much more a page may read in one of these shops than in another. */
const FLAT = 1.1
const LIMIT = 24
/** And where a filter is looked for in the search index first. */
const NARROWED = 1.4

const { collection, ruled, scheduled, ended, unpriced, category, leaf, vendor, tag } = SHELVES
const german = { currency: 'EUR', country: OWN_PRICES_COUNTRY }
const japanese = { currency: 'JPY', locale: 'de-DE' }

const shelvesWithoutOrder: readonly ListCase['filter'][] = [
  {},
  { category },
  { category, descendants: 'false' },
  { category: leaf },
  { vendor },
  { tag },
]

// Shelves differ by what stands on them, orders by their index: some of either are measured with all of the other.
const shelvesIn = (sort: ListCase['sort']) =>
  sort === 'newest' || sort === 'price_asc'
    ? shelvesWithoutOrder
    : shelvesWithoutOrder.filter((_, index) => index % 4 === 0)

// The last full page is like the one in the middle: npm test has three minutes.
const PAGES = ALL_PAGES.filter((page) => page !== 'last')

/** Every kind of shelf in every order that it has. */
const LISTS: readonly ListCase[] = LIST_SORTS.flatMap((sort): ListCase[] => [
  { sort, filter: { collection } },
  { sort, filter: { collection }, wish: german },
  { sort, filter: { collection: ruled }, wish: japanese },
  ...(sort === 'manual' ? [] : shelvesIn(sort).map((filter) => ({ sort, filter }))),
])

const queryOf = (parameter: (index: number) => string) =>
  Array.from({ length: LIMIT }, (_, index) => parameter(index)).join('&')

/** What is no walk along a shelf. */
const OTHERS: Readonly<Record<string, string>> = {
  'a product by handle': '/v1/products/product-501',
  'a product by id': `/v1/products/${generatedProductId(501)}`,
  'a collection': `/v1/collections/${collection}`,
  'what goes with a product': '/v1/products/product-501/related?limit=24',
  'products by ids': `/v1/products?${queryOf((index) => `ids=${generatedProductId(index * 20 + 1)}`)}`,
  'products by SKUs': `/v1/products?${queryOf((index) => `skus=SKU-${index * 20 + 2}-1`)}`,
}

const several = (...filters: string[]) => `/v1/products?limit=${LIMIT}&${filters.join('&')}`

/** Lists of several filters that are met by the same share of products in a shop of any size: a part of a shelf is walked. */
const FILTERED: Readonly<Record<string, string>> = {
  'a collection and a vendor': several(`collection=${collection}`, `vendor=${vendor}`),
  'a vendor and a category, by title': several(`vendor=${vendor}`, 'category=home-2', 'sort=title'),
  'options of a collection, by price': several(
    ...[`collection=${collection}`, 'option.Color=Black', 'option.Color=Blue', 'sort=price_asc'],
  ),
  'what is in stock, best selling first': several('in_stock=true', 'sort=best_selling'),
  'a range of prices, by title': several('price_min=2000', 'price_max=29000', 'sort=title'),
}

/** What everything, and a shelf, can be narrowed down by: the counts are kept. */
const COUNTED: Readonly<Record<string, string>> = {
  'all products with facets': several('facets=true'),
  'a collection with facets': several(`collection=${collection}`, 'facets=true'),
  'a vendor with facets': several(`vendor=${vendor}`, 'facets=true'),
}

/**
 * Lists of several filters where small shops have fewer products to look at than large ones: what is read has a bound that
 * no shop exceeds. So many matches at most are put in order, and so many entries walked.
 */
const BOUNDED: Readonly<Record<string, string>> = {
  'hardly any product': several('collection=steady-sellers', `tag=${tag}`, `vendor=${vendor}`, 'in_stock=false'),
  'no product, of two large shelves': several(`vendor=${vendor}`, 'tag=sale', 'sort=price_asc'),
  'no product, of four shelves': several(
    'vendor=Vendor 1',
    'category=home-1',
    'tag=tone-1',
    `collection=${collection}`,
  ),
  'what is sold out, by title': several('in_stock=false', 'sort=title'),
  'nothing that exists': several('vendor=Nobody', 'tag=sale'),
  'the dearest of an option, from the cheapest on': several(
    ...['option.Color=Clay', 'in_stock=true', 'price_min=30000', 'sort=price_asc'],
  ),
}

/** The same with facets, which are counted over the first matches of the index. */
const BOUNDED_COUNTS: Readonly<Record<string, string>> = {
  'a vendor and a tag with facets': several(`vendor=${vendor}`, `tag=${tag}`, 'facets=true'),
  'a tag with facets': several(`tag=${tag}`, 'facets=true'),
  'four filters with facets': several(
    ...[`collection=${collection}`, 'option.Color=Clay', 'in_stock=true', 'price_max=9000', 'facets=true'],
  ),
}
// Rows of a list: 1000 matches with what is looked up of each, or 2000 entries of a shelf. Of counts: 1000 products with
// about 40 shelves each, for the list and for each filter of it.
const MOST_READ = 10_000
const MOST_COUNTED = 50_000

/** Tables that are read as a whole, on purpose: what stands in KV of them is all of them, and a shop has tens of each. */
const READ_WHOLE: Readonly<Record<string, readonly string[]>> = {
  'a collection': ['collections_in_order', 'collection_handles_by_collection'],
}
const MARKETS = 'markets_in_order'

/** Sorts of what the request bounds: a product's own crumbs, picks and collections; at most 8 shelves' 24 newest. */
const SORTED = ['a product by handle', 'a product by id', 'what goes with a product']

/** Sorts of at most a thousand matches and the latest changes, of the commonest values of a facet. */
const SORTED_MATCHES = [FILTERED, COUNTED, BOUNDED, BOUNDED_COUNTS].flatMap((lists) => Object.keys(lists))
const EVERY_OTHER = { ...OTHERS, ...FILTERED, ...COUNTED, ...BOUNDED, ...BOUNDED_COUNTS }
/** Read from one end up to a bound: what the search index, or a list, does not know yet. */
const LATECOMERS = ['stale_documents', 'stale_listings']

const shop = new ScaleShop()
/** Rows read, by list and page, at each size in order. */
const reads = new Map<string, number[]>()
/** Statements by list, at the largest size, by their text. */
const statements = new Map<string, Map<string, Statement>>()

function nameOf({ sort, filter, wish }: ListCase): string {
  return new URLSearchParams({ ...filter, ...wish, sort }).toString()
}

async function measure(name: string, path: string, page = '') {
  const answer = await shop.cold(path)
  const { trips, read } = costOf(answer)
  expect({ name, trips }).toEqual({ name, trips: 1 })
  reads.set(name + page, [...(reads.get(name + page) ?? []), read])
  const noted = statements.get(name) ?? new Map()
  for (const statement of shop.statements) noted.set(statement.text, statement)
  statements.set(name, noted)
  return answer
}

async function measureAll(): Promise<void> {
  for (const list of LISTS) {
    const size = await sizeOf(shop.database, list)
    for (const page of PAGES) {
      const cursor = await cursorAt(shop.database, list, page, { size, limit: LIMIT })
      const query = cursor === null ? '' : `&cursor=${cursor}`
      const { body } = await measure(nameOf(list), `/v1/products?${nameOf(list)}&limit=${LIMIT}${query}`, ` ${page}`)
      expect({ list, page, more: body.next_cursor !== null }).toEqual({ list, page, more: page !== 'end' })
    }
  }
  for (const [name, path] of Object.entries(EVERY_OTHER)) await measure(name, path)
}

beforeAll(async () => {
  await shop.open()
  for (const size of SIZES) {
    await shop.growTo(size)
    await measureAll()
  }
}, 180_000)

describe('in a shop of 1,000, 10,000 and 100,000 products', () => {
  it.each(LISTS.map(nameOf))('a page of %s reads the same', (name) => {
    for (const page of PAGES) expectFlat(`${name} ${page}`)
  })

  it.each(Object.keys({ ...OTHERS, ...FILTERED, ...COUNTED }))('%s reads the same', (name) => expectFlat(name))

  it.each(Object.keys(BOUNDED))('%s: no more is read than some thousand rows', (name) => {
    expect(Math.max(...(reads.get(name) ?? [Infinity]))).toBeLessThan(MOST_READ)
  })

  it.each(Object.keys(BOUNDED_COUNTS))('%s: no more is counted than some thousand products', (name) => {
    const filters = name.startsWith('four') ? 4 : 1
    expect(Math.max(...(reads.get(name) ?? [Infinity]))).toBeLessThan(MOST_COUNTED * (1 + filters))
  })

  it.each([...LISTS.map(nameOf), ...Object.keys(EVERY_OTHER)])('%s walks no table and sorts nothing', async (name) => {
    const whole = [MARKETS, ...(READ_WHOLE[name] ?? []), ...(SORTED_MATCHES.includes(name) ? LATECOMERS : [])]
    const noted = [...(statements.get(name)?.values() ?? [])]
    expect(noted.length).toBeGreaterThan(2)
    for (const statement of noted) {
      const walked = await scansOf(shop.database, statement)
      expect(walked.filter((table) => !whole.includes(table))).toEqual([])
      if (![...SORTED, ...SORTED_MATCHES].includes(name))
        expect(sortsOf(await explain(shop.database, statement))).toEqual([])
    }
  })

  it('cursors of the measured pages are those that the API gives', async () => {
    for (const list of LISTS) {
      const { body } = await shop.cold(`/v1/products?${nameOf(list)}&limit=${LIMIT}`)
      const second = { size: 2 * LIMIT, limit: LIMIT }
      expect(body.next_cursor).toBe(await cursorAt(shop.database, list, 'middle', second))
    }
  })
})

/** Lists of which nearly nothing is shown, or only from somewhere on, in the orders in which that costs nothing. */
const SPARSE: readonly (readonly [shelf: string, query: string])[] = [
  ['nine of ten are scheduled for later', `collection=${scheduled}&sort=newest`],
  ['hardly one has a price in the currency', `collection=${unpriced}&currency=JPY&sort=price_asc`],
  ['hardly one has a price in the currency', `collection=${unpriced}&currency=JPY&sort=price_desc`],
  ['most are dearer', `collection=${collection}&price_max=600&sort=price_asc`],
  ['most are dearer', `collection=${collection}&price_max=600&sort=price_desc`],
  ['most are cheaper', `collection=${collection}&price_min=30000&sort=price_desc`],
]

describe('a list where', () => {
  it.each(SPARSE)('%s reads little more than any other: %s', async (_, query) => {
    const answer = await shop.cold(`/v1/products?${query}&limit=${LIMIT}`)
    expect(answer.body.data).toHaveLength(LIMIT)
    const [, , usual = 0] = reads.get(`collection=${collection}&sort=price_asc first`) ?? []
    expect(costOf(answer).read).toBeLessThanOrEqual(usual * NARROWED)
  })

  it('nine of ten are past their time reads what it passes by, and little more', async () => {
    const answer = await shop.cold(`/v1/products?collection=${ended}&sort=title&limit=${LIMIT}`)
    expect(answer.body.data).toHaveLength(LIMIT)
    const [, , usual = 0] = reads.get(`collection=${collection}&sort=title first`) ?? []
    expect(costOf(answer).read).toBeLessThan(usual * 4)
  })
})

const HOT: readonly (readonly [what: string, path: string])[] = [
  ['a product', '/v1/products/product-501'],
  ['a list of 24', `/v1/products?limit=${LIMIT}`],
  ['a page of a collection', `/v1/products?collection=${collection}&sort=manual&limit=${LIMIT}`],
  ['a collection', `/v1/collections/${collection}`],
]

describe('what is asked for again', () => {
  it.each(HOT)(
    '%s: one trip when cold, none and one KV read in another isolate, nothing in the same',
    async (_, path) => {
      const cold = costOf(await shop.isolate().get(path))
      expect(cold).toMatchObject({ trips: 1, kvReads: 1 })
      const other = shop.isolate()
      expect(costOf(await other.get(path))).toEqual({ trips: 0, read: 0, kvReads: 1 })
      expect(costOf(await other.get(path))).toEqual({ trips: 0, read: 0, kvReads: 0 })
    },
  )
})

function expectFlat(name: string): void {
  const measured = reads.get(name) ?? []
  expect(measured).toHaveLength(SIZES.length)
  const growth = Math.max(...measured) / Math.min(...measured)
  expect(growth, `${name} reads ${measured.join(', ')} rows`).toBeLessThanOrEqual(FLAT)
}

describe('a plan that does walk or sort', () => {
  it.each([
    ['SELECT id FROM products WHERE vendor = ?', ['products']],
    ['SELECT l.shelf FROM listings AS l WHERE l.title = ? LIMIT 5', ['listings_by_title']],
    ['SELECT id FROM products WHERE handle = ?', []],
    ['SELECT p.id FROM json_each(?) AS j CROSS JOIN products AS p ON p.id = j.value', []],
  ])('is told from one that does not: %s', async (text, walked) => {
    expect(await scansOf(shop.database, { text, params: ['[]'] })).toEqual(walked)
  })

  it('is seen to sort', async () => {
    const statement = {
      text: 'SELECT product FROM listings WHERE shelf = ? ORDER BY unpublished_at',
      params: ['all'],
    }
    expect(sortsOf(await explain(shop.database, statement))).toHaveLength(1)
  })
})
