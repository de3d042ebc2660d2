import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { priceFor } from '../../src/domain/price.ts'
import type { Product } from '../../src/features/catalog/product.ts'
import { listProducts, productById, toProducts } from '../../src/features/catalog/queries.ts'
import { relistProducts } from '../../src/features/listings/relist.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createApi, unique } from '../support/api.ts'
import { closeMarket, makeOwnMarket } from '../support/pricing.ts'
import { asStaff } from '../support/staff.ts'

// `product_prices` is derived in SQL, domain/price.ts decides in JavaScript: whatever the prices and lists, both say the
// same of every product at every moment.
const api = createApi()
const staff = asStaff(api)
const DAY = 24 * 3600 * 1000
const NOW = Date.now()
const PRODUCTS = 72

// A seeded generator (mulberry32): a failure comes back with the same numbers.
let state = 20261124
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}
const below = (bound: number) => Math.floor(random() * bound)
const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
// Few amounts and few days, so that ties and equal moments are frequent.
const amount = () => 500 + 100 * below(12)
const chance = (share: number) => random() < share

let markets: { id: string; currency: string }[] = []
const ids: string[] = []
const skus: string[] = []
const moments = new Set<number>()

function randomPrices() {
  const places = [
    ...['USD', 'EUR', 'JPY'].filter(() => chance(0.75)).map((currency) => ({ currency, market_id: null })),
    ...markets.filter(() => chance(0.4)).map(({ id, currency }) => ({ currency, market_id: id })),
  ]
  return places.flatMap((place) => {
    const price = (min_quantity: number) => ({
      ...place,
      min_quantity,
      amount: amount(),
      ...(chance(0.4) ? { compare_at_amount: amount() } : {}),
    })
    return [price(1), ...(chance(0.3) ? [price(10)] : [])]
  })
}

async function makeProduct() {
  const variants = Array.from({ length: 1 + below(4) }, (_, index) => {
    const sku = unique('SPAN')
    skus.push(sku)
    return { sku, options: { Size: `S${index}` }, prices: randomPrices() }
  })
  const body = { title: unique('Span'), status: 'active', options: ['Size'], variants }
  ids.push((await staff.post('/v1/admin/products', body)).id)
}

async function makeList(customerGroupId: string) {
  const market = chance(0.3) ? pick(markets) : null
  const start = chance(0.2) ? null : NOW + DAY * (below(12) - 6)
  const end = chance(0.2) ? null : (start ?? NOW) + DAY * (1 + below(10))
  for (const moment of [start, end]) if (moment !== null) moments.add(moment)
  const path = '/v1/admin/price-lists'
  const time = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString())
  const { id } = await staff.post(path, {
    title: unique('List'),
    market_id: market?.id ?? null,
    customer_group_id: chance(0.15) ? customerGroupId : null,
    starts_at: time(start),
    ends_at: time(end),
  })
  const set = skus
    .filter(() => chance(0.3))
    .flatMap((sku) => {
      const currency = market?.currency ?? pick(['USD', 'EUR', 'JPY'])
      const min_quantity = chance(0.2) ? 5 : 1
      return [{ sku, currency, amount: amount(), min_quantity }]
    })
  await staff.patch(`${path}/${id}/prices`, { set })
  // Some are changed again, so that what follows a change is looked at too.
  if (chance(0.2)) await staff.patch(`${path}/${id}`, { status: pick(['paused', 'archived']) })
  else if (chance(0.3)) {
    await staff.patch(`${path}/${id}`, { status: 'paused' })
    await staff.patch(`${path}/${id}`, { status: 'active', ends_at: null })
  }
  if (chance(0.3)) {
    const remove = set.filter(() => chance(0.5)).map(({ amount: _, ...key }) => key)
    await staff.patch(`${path}/${id}/prices`, { remove })
  }
}

beforeAll(async () => {
  const own = async (currency: string, country: string) => ({
    id: await makeOwnMarket(api, { currency, countries: [country] }),
    currency,
  })
  markets = [await own('EUR', 'ZA'), await own('USD', 'ZM'), await own('EUR', 'ZW')]
  const group = (await staff.post('/v1/admin/customer-groups', { title: 'Spans' })).id
  for (let index = 0; index < PRODUCTS; index += 1) await makeProduct()
  for (let index = 0; index < 14; index += 1) await makeList(group)
}, 60_000)

afterAll(async () => {
  for (const { id } of markets) await closeMarket(api, id)
})

interface Span {
  currency: string
  market_id: string
  valid_from: number
  valid_until: number
  min_amount: number
  max_amount: number
  min_compare_at_amount: number | null
  max_compare_at_amount: number | null
}

const COLUMNS = 'currency, market_id, valid_from, valid_until, min_amount'

async function spansOf(id: string): Promise<Span[]> {
  const sql = 'SELECT * FROM product_prices WHERE product_id = ? ORDER BY currency, market_id, valid_from'
  return (await api.bindings.DB.prepare(sql).bind(id).all<Span>()).results
}

/** What domain/price.ts says of a product for everybody, at a place and a moment. */
function costOf(product: Product, currency: string, marketId: string, at: number) {
  const buyer = { currency, marketId: marketId === '' ? null : marketId, groupIds: [] }
  const prices = product.variants.flatMap(({ pricing }) => priceFor(pricing, buyer, 1, new Date(at)) ?? [])
  if (prices.length === 0) return null
  const amounts = prices.map((price) => price.amount)
  const compared = prices.flatMap((price) => price.compareAtAmount ?? [])
  return {
    min_amount: Math.min(...amounts),
    max_amount: Math.max(...amounts),
    min_compare_at_amount: compared.length > 0 ? Math.min(...compared) : null,
    max_compare_at_amount: compared.length > 0 ? Math.max(...compared) : null,
  }
}

async function expectSame(from: number): Promise<number> {
  const context = systemContext('test', api.bindings, api.deps, () => {})
  const places = [...['USD', 'EUR', 'JPY'].map((currency) => ({ currency, id: '' })), ...markets]
  const edges = [...moments].flatMap((moment) => [moment - 1, moment, moment + 1, moment + DAY / 2])
  const times = [from, ...edges, NOW + 400 * DAY].filter((at) => at >= from)
  let compared = 0
  for (const id of ids) {
    const [product] = toProducts(await context.db.read(...listProducts(productById(id), new Date(from))))
    const spans = await spansOf(id)
    for (const { currency, id: marketId } of places) {
      const here = spans.filter((span) => span.currency === currency && span.market_id === marketId)
      for (const at of times) {
        const holding = here.filter((span) => span.valid_from <= at && at < span.valid_until)
        const expected = product ? costOf(product, currency, marketId, at) : null
        const actual = holding.map(({ min_amount, max_amount, min_compare_at_amount, max_compare_at_amount }) => ({
          ...{ min_amount, max_amount, min_compare_at_amount, max_compare_at_amount },
        }))
        const what = `${id} ${currency} ${marketId} at ${new Date(at).toISOString()}`
        expect(actual, what).toEqual(expected === null ? [] : [expected])
        compared += 1
      }
    }
  }
  return compared
}

describe('the derived prices of products', () => {
  it('are those of the rule of price, at every moment from now on, as the changes of staff have left them', async () => {
    const sales = await api.bindings.DB.prepare(
      'SELECT count(*) AS n FROM product_prices WHERE valid_from > 0 AND product_id IN (SELECT value FROM json_each(?))',
    )
      .bind(JSON.stringify(ids))
      .first<{ n: number }>()
    // The generator makes what it should: many spans that begin with a sale or its end.
    expect(sales?.n).toBeGreaterThan(200)
    expect(await expectSame(Date.now())).toBeGreaterThan(10_000)
  })

  it('are written once: deriving again changes no row', async () => {
    const derive = async (now: Date) => {
      const context = systemContext('test', api.bindings, api.deps, () => {})
      await context.db.commit(relistProducts(ids, now))
      return context.meter.rowsWritten
    }
    // But for the mark that tells the search index to look, one a product.
    const marked = ids.length
    expect(await derive(new Date())).toBe(marked)
    // In three days some spans are over, and their rows go; once.
    const later = new Date(Date.now() + 3 * DAY)
    expect(await derive(later)).toBeGreaterThan(marked)
    expect(await derive(later)).toBe(marked)
    await expectSame(later.getTime())
  })

  it('stand on every shelf as they are', async () => {
    for (const id of ids.slice(0, 20)) {
      const query = `SELECT ${COLUMNS} FROM listing_prices WHERE product = (SELECT number FROM listed_products WHERE product_id = ?)
        AND shelf = (SELECT number FROM shelves WHERE name = 'all') ORDER BY currency, market_id, valid_from`
      const shelved = (await api.bindings.DB.prepare(query).bind(id).all()).results
      const derived = (await spansOf(id)).map(({ currency, market_id, valid_from, valid_until, min_amount }) => ({
        ...{ currency, market_id, valid_from, valid_until, min_amount },
      }))
      expect(shelved).toEqual(derived)
    }
  })
})
