import { beforeAll, describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { type Answer, createApi, makeProduct, type TestProduct, unique } from '../support/api.ts'
import { closeMarket, makeOwnMarket, makePriceList } from '../support/pricing.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff, deriveAll } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const mint = createMint(new Date(), cryptoRandom)
const LISTS = '/v1/admin/price-lists'
let token: string
let product: TestProduct

beforeAll(async () => {
  token = (await seedShop()).staffKey
  product = await makeProduct(api)
})

async function pricesOf(id: string): Promise<unknown[]> {
  return (await api.get(`${LISTS}/${id}/prices?limit=100`, { token })).body.data
}

/** A list of staff, page by page. */
async function walk(path: string): Promise<unknown[]> {
  const seen: unknown[] = []
  let cursor = ''
  do {
    const { body } = await api.get(`${path}?limit=7${cursor}`, { token })
    seen.push(...body.data)
    cursor = body.next_cursor ? `&cursor=${body.next_cursor}` : ''
  } while (cursor !== '')
  const ids = seen.map((each) => (each as { id: string }).id)
  expect(ids).toEqual([...new Set(ids)].sort().reverse())
  return seen
}

async function rowsAbout(table: 'audit_log' | 'outbox', subjectId: string): Promise<string[]> {
  const column = table === 'audit_log' ? 'action' : 'topic'
  const statement = api.bindings.DB.prepare(`SELECT ${column} AS name FROM ${table} WHERE subject_id = ? ORDER BY id`)
  return (await statement.bind(subjectId).all<{ name: string }>()).results.map(({ name }) => name)
}

function expectPointers(answer: Answer, pointers: string[]): void {
  expectRefusal(answer, 422, JSON.stringify(pointers))
  expect(pointersOf(answer)).toEqual(pointers)
}

describe('a price list', () => {
  it('is made, read, listed, changed and kept, with versions, trail and events', async () => {
    const sent = { title: ' Winter ', starts_at: '2030-12-01T00:00:00+01:00', ends_at: '2031-01-01T00:00:00Z' }
    const created = await api.post(LISTS, sent, { token })
    expect(created).toMatchObject({
      status: 201,
      body: {
        title: 'Winter',
        status: 'active',
        market_id: null,
        customer_group_id: null,
        starts_at: '2030-11-30T23:00:00.000Z',
        ends_at: '2031-01-01T00:00:00.000Z',
        version: 1,
      },
    })
    const path = `${LISTS}/${created.body.id}`
    expect(created.headers.get('Location')).toBe(path)
    const read = await api.get(path, { token })
    expect(read.body).toEqual(created.body)
    expect(read.headers.get('ETag')).toBe('"1"')
    expect(await walk(LISTS)).toContainEqual(created.body)

    const paused = await api.patch(path, { status: 'paused', starts_at: null }, { token, ifMatch: '"1"' })
    expect(paused.body).toMatchObject({ status: 'paused', starts_at: null, version: 2 })
    expectRefusal(await api.patch(path, { title: 'Late' }, { token, ifMatch: '"1"' }), 412, 'an old version')
    expectRefusal(await api.patch(`${path}/prices`, { set: [] }, { token, ifMatch: '"1"' }), 412, 'an old version')
    // What changes nothing has no version, trail or event.
    const same = await api.patch(path, { status: 'paused' }, { token })
    expect(same.body).toEqual(paused.body)
    await staff.patch(`${path}/prices`, { set: [{ sku: product.sku, currency: 'USD', amount: 1 }] })
    const actions = ['price_list.created', 'price_list.updated', 'price_list.prices_changed']
    expect(await rowsAbout('audit_log', created.body.id)).toEqual(actions)
    expect(await rowsAbout('outbox', created.body.id)).toEqual(actions)
    expectRefusal(await api.delete(path, { token }), 405, 'a list is archived, not deleted')
  })

  it('is one list for a create that is retried with its key', async () => {
    const key = crypto.randomUUID()
    const make = (title: string) => api.post(LISTS, { title }, { token, key })
    const answers = [await make('Once'), await make('Once')]
    expect(answers.map(({ status, body }) => [status, body.id])).toEqual(Array(2).fill([201, answers[0]?.body.id]))
    expect(answers[1]?.headers.get('Idempotent-Replayed')).toBe('true')
    expect((await make('Twice')).body.code).toBe('idempotency_conflict')
  })

  it('says what is wrong with it, by a pointer', async () => {
    const market = mint('market')
    const [withoutOwn] = (await api.get('/v1/markets')).body.data
    const cases: [string, unknown][] = [
      ['/title', { title: ' ' }],
      ['/status', { title: 'T', status: 'draft' }],
      ['/starts_at', { title: 'T', starts_at: 'tomorrow' }],
      ['/starts_at', { title: 'T', starts_at: '1950-01-01T00:00:00Z' }],
      ['/ends_at', { title: 'T', starts_at: '2030-01-01T00:00:00Z', ends_at: '2030-01-01T00:00:00Z' }],
      ['/market_id', { title: 'T', market_id: market }],
      ['/market_id', { title: 'T', market_id: withoutOwn.id }],
      ['/customer_group_id', { title: 'T', customer_group_id: mint('customerGroup') }],
      ['/percent', { title: 'T', percent: 10 }],
    ]
    for (const [pointer, body] of cases) expectPointers(await api.post(LISTS, body, { token }), [pointer])
    const missing = `${LISTS}/${mint('priceList')}`
    for (const answer of [
      await api.get(missing, { token }),
      await api.patch(missing, { title: 'T' }, { token }),
      await api.get(`${missing}/prices`, { token }),
      await api.patch(`${missing}/prices`, {}, { token }),
      await api.post(`${missing}/reductions`, { percent: 5, all: true }, { token }),
    ]) {
      expectRefusal(answer, 404, missing)
      expect(answer.body.code).toBe('price_list_not_found')
    }
  })
})

describe('the prices of a list', () => {
  it('are set and removed by id or SKU, all of them or none, and read page by page', async () => {
    const more = await makeProduct(api)
    const id = await makePriceList(api, {
      set: [
        { sku: product.sku, currency: 'USD', amount: 1500 },
        { sku: product.sku, currency: 'USD', amount: 1200, min_quantity: 10 },
        { sku: more.sku, currency: 'EUR', amount: 900 },
      ],
    })
    const path = `${LISTS}/${id}/prices`
    const all = await pricesOf(id)
    expect(all).toHaveLength(3)
    const first = await api.get(`${path}?limit=2`, { token })
    const second = await api.get(`${path}?limit=2&cursor=${first.body.next_cursor}`, { token })
    expect([...first.body.data, ...second.body.data]).toEqual(all)

    const changed = await api.patch(
      path,
      {
        set: [{ variant_id: product.variantId, currency: 'USD', amount: 1400 }],
        remove: [{ sku: more.sku, currency: 'EUR' }],
      },
      { token, ifMatch: first.headers.get('ETag') ?? '' },
    )
    expect(changed).toMatchObject({ status: 200, body: { id, version: 3 } })
    const { variantId: variant_id, sku } = product
    const left = [
      { variant_id, sku, currency: 'USD', amount: 1400, min_quantity: 1 },
      { variant_id, sku, currency: 'USD', amount: 1200, min_quantity: 10 },
    ]
    expect(await pricesOf(id)).toEqual(left)

    const price = (fields: object) => ({ sku, currency: 'USD', amount: 1, ...fields })
    const unknown = {
      set: [price({}), price({ sku: 'NO-SUCH' })],
      remove: [{ variant_id: mint('variant'), currency: 'USD' }],
    }
    expectPointers(await api.patch(path, unknown, { token }), ['/set/1/sku', '/remove/0/variant_id'])
    const cases: [string, unknown][] = [
      ['/set/1', { set: [price({}), { variant_id, currency: 'USD', amount: 2 }] }],
      ['/remove/0', { set: [price({})], remove: [{ variant_id, currency: 'USD' }] }],
      ['/set/0/variant_id', { set: [price({ variant_id })] }],
      ['/set/0/variant_id', { set: [{ currency: 'USD', amount: 2 }] }],
      ['/set/0/amount', { set: [price({ amount: -1 })] }],
      ['/set/0/amount', { set: [price({ amount: 0.5 })] }],
      ['/set/0/currency', { set: [price({ currency: 'XYZ' })] }],
      ['/set/0/min_quantity', { set: [price({ min_quantity: 0 })] }],
      ['/set', { set: Array.from({ length: 501 }, (_, index) => price({ min_quantity: index + 1 })) }],
      ['/upsert', { upsert: [] }],
    ]
    for (const [pointer, body] of cases) expectPointers(await api.patch(path, body, { token }), [pointer])
    expect(await pricesOf(id)).toEqual(left)
  })

  it('of a market’s list are in its currency alone, whichever is changed', async () => {
    const market_id = await makeOwnMarket(api, { currency: 'EUR', countries: [] })
    const set = [{ sku: product.sku, currency: 'EUR', amount: 1000 }]
    const id = await makePriceList(api, { list: { market_id }, set })
    const path = `${LISTS}/${id}`
    const dollars = { set: [{ sku: product.sku, currency: 'USD', amount: 1000 }] }
    expectPointers(await api.patch(`${path}/prices`, dollars, { token }), ['/set/0/currency'])
    const reduction = { percent: 5, all: true, currency: 'USD' }
    expectPointers(await api.post(`${path}/reductions`, reduction, { token }), ['/currency'])
    const everywhere = await makePriceList(api, dollars)
    expectPointers(await api.patch(`${LISTS}/${everywhere}`, { market_id }, { token }), ['/market_id'])
    // Nor does the market take another currency while it has them.
    const refused = await api.patch(`/v1/admin/markets/${market_id}`, { currency: 'USD' }, { token })
    expect(refused).toMatchObject({ status: 409, body: { code: 'market_has_prices' } })
    await closeMarket(api, market_id)
  })

  it('of two changes at once are those of one: the other is told', async () => {
    const id = await makePriceList(api, { set: [{ sku: product.sku, currency: 'USD', amount: 1500 }] })
    const set = (amount: number) => ({ set: [{ sku: product.sku, currency: 'USD', amount }] })
    const answers = await Promise.all(
      [1, 2, 3, 4].map((amount) => api.patch(`${LISTS}/${id}/prices`, set(amount), { token })),
    )
    const done = answers.filter(({ status }) => status === 200)
    expect(done.length).toBeGreaterThanOrEqual(1)
    for (const { status } of answers) expect([200, 412]).toContain(status)
    const { version } = (await api.get(`${LISTS}/${id}`, { token })).body
    expect(version).toBe(2 + done.length)
  })

  it('of more products than fit a batch reach their lists all the same', async () => {
    const vendor = unique('Vendor')
    const made = await Promise.all(Array.from({ length: 104 }, () => makeProduct(api, { vendor, usd: 2000 })))
    const set = made.map(({ sku }) => ({ sku, currency: 'USD', amount: 1500 }))
    const id = await makePriceList(api, { set })
    const cheap = async () => {
      const path = `/v1/products?vendor=${vendor}&limit=100&price_max=1999`
      const { data, next_cursor } = (await api.get(path)).body
      const rest = next_cursor ? (await api.get(`${path}&cursor=${next_cursor}`)).body.data : []
      return data.length + rest.length
    }
    expect(await cheap()).toBe(104)
    await staff.patch(`${LISTS}/${id}`, { status: 'archived' })
    await deriveAll(api)
    expect(await cheap()).toBe(0)
  }, 60_000)
})

describe('a reduction', () => {
  const usd = (amount: number, min_quantity = 1) => ({ currency: 'USD', amount, min_quantity })
  const amountsOf = async (id: string) =>
    ((await pricesOf(id)) as { currency: string; amount: number; min_quantity: number }[]).map(
      ({ currency, amount, min_quantity }) => `${amount} ${currency} from ${min_quantity}`,
    )

  it('writes exact prices, half up, of the regular ones with their breaks', async () => {
    const sku = unique('RED')
    const prices = [usd(1999), usd(1499, 10), { currency: 'JPY', amount: 333 }]
    const { id: productId, handle } = await makeProduct(api, { variants: [{ sku, prices }] })
    const id = await makePriceList(api, { set: [] })
    const reduce = (body: object) => staff.post(`${LISTS}/${id}/reductions`, { product_ids: [productId], ...body })
    // 12.5 % off 19.99 is 17.49125, off 14.99 is 13.11625, off 333 is 291.375.
    await reduce({ percent: 12.5 })
    expect((await amountsOf(id)).sort()).toEqual(['1312 USD from 10', '1749 USD from 1', '291 JPY from 1'])
    // 50 % off: 999.5 and 749.5 half up; the yen stay, because only dollars are asked for.
    await reduce({ percent: 50, currency: 'USD' })
    expect((await amountsOf(id)).sort()).toEqual(['1000 USD from 1', '291 JPY from 1', '750 USD from 10'])
    // To a multiple of 5 cents: 17.49125 is 17.50, 13.11625 is 13.10.
    await reduce({ percent: 12.5, currency: 'USD', round_to: 5 })
    expect((await amountsOf(id)).sort()).toEqual(['1310 USD from 10', '1750 USD from 1', '291 JPY from 1'])
    // What a coarse rounding would give away is rounded to the cent.
    await reduce({ percent: 99, currency: 'USD', round_to: 1000 })
    expect((await amountsOf(id)).sort()).toEqual(['15 USD from 10', '20 USD from 1', '291 JPY from 1'])
    const { body } = await api.get(`/v1/products/${handle}`)
    expect(body.variants[0]).toMatchObject({ price: { amount: 20 }, compare_at_price: { amount: 1999 } })
  })

  it('takes the products of a collection, and the market’s own prices where the list is of a market', async () => {
    const { collectionId } = await seedShop()
    const market_id = await makeOwnMarket(api, { currency: 'EUR', countries: [] })
    const [inside, outside] = [unique('IN'), unique('OUT')]
    const prices = [
      { currency: 'EUR', amount: 1000 },
      { currency: 'EUR', amount: 3000, market_id },
      { currency: 'USD', amount: 500 },
    ]
    const { id: productId, variantId } = await makeProduct(api, { variants: [{ sku: inside, prices }] })
    await makeProduct(api, { variants: [{ sku: outside, prices }] })
    await api.bindings.DB.prepare('INSERT INTO collection_products VALUES (?, ?, 0)')
      .bind(collectionId, productId)
      .run()
    const id = await makePriceList(api, { list: { market_id }, set: [] })
    await staff.post(`${LISTS}/${id}/reductions`, { percent: 10, collection_id: collectionId })
    expect(await pricesOf(id)).toEqual([
      { variant_id: variantId, sku: inside, currency: 'EUR', amount: 2700, min_quantity: 1 },
    ])
    await api.bindings.DB.prepare('DELETE FROM collection_products WHERE product_id = ?').bind(productId).run()
    await closeMarket(api, market_id)
  })

  it('has one effect for a retry, and says what it cannot do', async () => {
    const { id: productId, sku } = await makeProduct(api, { usd: 2000 })
    const id = await makePriceList(api, { set: [] })
    const path = `${LISTS}/${id}/reductions`
    const key = crypto.randomUUID()
    const body = { percent: 10, currency: 'USD', product_ids: [productId] }
    const first = await api.post(path, body, { token, key })
    const again = await api.post(path, body, { token, key })
    expect([first.status, again.status, again.body.version]).toEqual([200, 200, first.body.version])
    expect(await pricesOf(id)).toMatchObject([{ sku, amount: 1800 }])
    const cases: [string, unknown][] = [
      ['/percent', { ...body, percent: 0 }],
      ['/percent', { ...body, percent: 100.5 }],
      ['/percent', { ...body, percent: 0.00001 }],
      ['/all', { percent: 10 }],
      ['/all', { ...body, all: true }],
      ['/product_ids/1', { ...body, product_ids: [productId, mint('product')] }],
      ['/collection_id', { percent: 10, collection_id: mint('collection') }],
      ['/product_ids', { ...body, currency: 'CHF' }],
      ['/round_to', { ...body, round_to: 0 }],
    ]
    for (const [pointer, wrong] of cases) expectPointers(await api.post(path, wrong, { token }), [pointer])
    expectRefusal(await api.post(path, body, { token, ifMatch: '"1"' }), 412, 'an old version')
  })
})
