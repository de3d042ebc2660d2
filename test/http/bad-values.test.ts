import { beforeAll, describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import {
  type Answer,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  unique,
} from '../support/api.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const mint = createMint(new Date(), cryptoRandom)
let product: TestProduct
let mine: Shopper
let theirs: Shopper
let staffKey: string

beforeAll(async () => {
  staffKey = (await seedShop()).staffKey
  product = await makeProduct(api)
  mine = await makeShopper(api, [{ sku: product.sku, quantity: 2 }])
  theirs = await makeShopper(api, [{ sku: product.sku, quantity: 2 }])
})

const cartPath = () => `/v1/carts/${mine.cartId}`
const readCart = async ({ cartId, token }: Shopper) => (await api.get(`/v1/carts/${cartId}`, { token })).body
const send = (method: 'post' | 'patch', path: string, body: unknown) => api[method](path, body, { token: mine.token })

/** Runs `ask`, and holds both carts to being as they were. */
async function unchanged(ask: () => Promise<Answer>): Promise<Answer> {
  const before = [await readCart(mine), await readCart(theirs)]
  const answer = await ask()
  expect([await readCart(mine), await readCart(theirs)]).toEqual(before)
  return answer
}

describe('a quantity', () => {
  const raw = [
    '-1',
    '1.5',
    '1e9',
    '10000',
    '"1"',
    '"NaN"',
    'null',
    'true',
    '[1]',
    '{}',
    '1e400',
    '-1e400',
    '9007199254740993',
  ]

  it.each(['0', '-0', '0.0', ...raw])('%s is refused where lines are added', async (quantity) => {
    const body = `{"lines":[{"sku":"${product.sku}","quantity":${quantity}}]}`
    for (const path of [`${cartPath()}/lines`, '/v1/carts']) {
      const answer = await unchanged(() => send('post', path, body))
      expectRefusal(answer, 422, body)
      expect(new Set(pointersOf(answer))).toEqual(new Set(['/lines/0/quantity']))
    }
  })

  it.each(raw)('%s is refused where quantities are set', async (quantity) => {
    const body = `{"lines":[{"id":"${mine.cart.lines[0].id}","quantity":${quantity}}]}`
    const answer = await unchanged(() => send('patch', `${cartPath()}/lines`, body))
    expectRefusal(answer, 422, body)
    expect(new Set(pointersOf(answer))).toEqual(new Set(['/lines/0/quantity']))
  })

  it.each(['NaN', 'Infinity', '01', '1_000', '+1', '.5', '0x1', ''])('%s is not even JSON', async (quantity) => {
    const body = `{"lines":[{"sku":"${product.sku}","quantity":${quantity}}]}`
    const answer = await unchanged(() => send('post', `${cartPath()}/lines`, body))
    expectRefusal(answer, 400, body)
  })

  it('that is bad on one line keeps the good lines out too', async () => {
    const lines = [1, 2, 0, 4, -5].map((quantity) => ({ sku: product.sku, quantity }))
    const answer = await unchanged(() => send('post', `${cartPath()}/lines`, { lines }))
    expectRefusal(answer, 422, 'two of five lines')
    expect(pointersOf(answer)).toEqual(['/lines/2/quantity', '/lines/4/quantity'])
  })
})

describe('what is not theirs or not there', () => {
  it('is 404 to everything a stranger asks of a cart', async () => {
    const path = `/v1/carts/${theirs.cartId}`
    const line = theirs.cart.lines[0].id
    const total = theirs.cart.totals.total
    const asks: [string, () => Promise<Answer>][] = [
      ['read', () => api.get(path, { token: mine.token })],
      ['update', () => send('patch', path, { email: 'thief@shop.example' })],
      ['add', () => send('post', `${path}/lines`, { lines: [{ sku: product.sku, quantity: 1 }] })],
      ['set', () => send('patch', `${path}/lines`, { lines: [{ id: line, quantity: 9 }] })],
      ['remove', () => api.delete(`${path}/lines/${line}`, { token: mine.token })],
      ['their line in my cart', () => send('patch', `${cartPath()}/lines`, { lines: [{ id: line, quantity: 9 }] })],
      ['remove their line from my cart', () => api.delete(`${cartPath()}/lines/${line}`, { token: mine.token })],
      [
        'complete',
        () =>
          api.post(
            `${path}/complete`,
            { payment: { provider: 'test' }, expected_total: total },
            { token: mine.token, key: crypto.randomUUID() },
          ),
      ],
    ]
    for (const [what, ask] of asks) expectRefusal(await unchanged(ask), 404, what)
  })

  it('is a pointer where it is named in a body', async () => {
    const cases: [string, 'post' | 'patch', string, unknown][] = [
      [
        '/lines/1/sku',
        'post',
        '/lines',
        {
          lines: [
            { sku: product.sku, quantity: 1 },
            { sku: 'NO-SUCH', quantity: 1 },
          ],
        },
      ],
      ['/lines/0/variant_id', 'post', '/lines', { lines: [{ variant_id: mint('variant'), quantity: 1 }] }],
      ['/lines/0/variant_id', 'post', '/lines', { lines: [{ quantity: 1 }] }],
      ['/lines', 'post', '/lines', { lines: [] }],
      ['/lines', 'patch', '/lines', { lines: Array(2).fill({ id: mine.cart.lines[0].id, quantity: 1 }) }],
      ['/shipping_option_id', 'patch', '', { shipping_option_id: mint('rate') }],
      [
        '/shipping_address/country',
        'patch',
        '',
        { shipping_address: { ...mine.cart.shipping_address, country: 'AQ' } },
      ],
      ['/currency', 'patch', '', { currency: 'CHF' }],
      ['/currency', 'patch', '', { currency: 'usd' }],
      ['/country', 'patch', '', { country: 'Germany' }],
    ]
    for (const [pointer, method, path, body] of cases) {
      const answer = await unchanged(() => send(method, cartPath() + path, body))
      expectRefusal(answer, 422, JSON.stringify(body))
      expect(pointersOf(answer)).toEqual([pointer])
    }
  })
})

describe('text', () => {
  it('of the wrong length is refused with its pointer', async () => {
    const cases: [string, unknown][] = [
      ['/email', { email: '' }],
      ['/email', { email: `${'a'.repeat(250)}@shop.example` }],
      ['/email', { email: 'ada@shop.example\nBcc: all@shop.example' }],
      ['/note', { note: 'x'.repeat(1001) }],
      ['/metadata/k', { metadata: { k: 'x'.repeat(1001) } }],
      ['/metadata/', { metadata: { '': 'v' } }],
      ['/metadata', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) }],
      ['/discount_codes/0', { discount_codes: [' '] }],
      ['/discount_codes/0', { discount_codes: ['x'.repeat(51)] }],
      ['/discount_codes', { discount_codes: Array.from({ length: 1000 }, (_, index) => `CODE${index}`) }],
      ['/shipping_address/city', { shipping_address: { ...mine.cart.shipping_address, city: '' } }],
      ['/shipping_address/region', { shipping_address: { ...mine.cart.shipping_address, region: 'x'.repeat(11) } }],
    ]
    for (const [pointer, body] of cases) {
      const answer = await unchanged(() => send('patch', cartPath(), body))
      expectRefusal(answer, 422, JSON.stringify(body).slice(0, 100))
      expect(pointersOf(answer)).toEqual([pointer])
    }
  })
})

describe('money and stock', () => {
  it.each(['-1', '1.5', '"2660"', '1e21', 'null', '{}'])('an expected total of %s is refused', async (amount) => {
    const body = `{"payment":{"provider":"test"},"expected_total":{"amount":${amount},"currency":"USD"}}`
    const key = crypto.randomUUID()
    const answer = await unchanged(() => api.post(`${cartPath()}/complete`, body, { token: mine.token, key }))
    expectRefusal(answer, 422, body)
    expect(pointersOf(answer)).toEqual(['/expected_total/amount'])
  })

  it('is refused where staff get it wrong', async () => {
    const variant = { prices: [{ amount: 1, currency: 'USD' }] }
    const effect = { type: 'percent', percent: 10 }
    const promotion = { title: 'P', method: 'automatic', effect }
    const [products, promotions] = ['/v1/admin/products', '/v1/admin/promotions']
    const adjustments = '/v1/admin/inventory/adjustments'
    const taken = { ...variant, prices: [...variant.prices, ...variant.prices] }
    const cases: [string, string, unknown][] = [
      ['/title', products, { title: '   ', variants: [variant] }],
      ['/variants', products, { title: 'T', variants: [] }],
      [
        '/variants/0/prices/0/amount',
        products,
        { title: 'T', variants: [{ prices: [{ amount: -1, currency: 'USD' }] }] },
      ],
      [
        '/variants/0/prices/0/amount',
        products,
        { title: 'T', variants: [{ prices: [{ amount: 0.5, currency: 'USD' }] }] },
      ],
      [
        '/variants/0/prices/0/currency',
        products,
        { title: 'T', variants: [{ prices: [{ amount: 1, currency: 'XYZ' }] }] },
      ],
      ['/variants/0/prices', products, { title: 'T', variants: [taken] }],
      [
        '/variants/0/inventory/on_hand',
        products,
        { title: 'T', variants: [{ ...variant, inventory: { on_hand: -1 } }] },
      ],
      ['/handle', products, { title: 'T', handle: '../admin', variants: [variant] }],
      ['/images/0/url', products, { title: 'T', images: [{ url: 'javascript:alert(1)' }], variants: [variant] }],
      ['/effect/percent', promotions, { ...promotion, effect: { ...effect, percent: 0 } }],
      ['/effect/percent', promotions, { ...promotion, effect: { ...effect, percent: 100.01 } }],
      ['/effect/percent', promotions, { ...promotion, effect: { ...effect, percent: 0.00001 } }],
      ['/codes', promotions, { ...promotion, codes: ['ONE'] }],
      ['/codes', promotions, { ...promotion, method: 'code', codes: ['one', 'ONE '] }],
      ['/starts_at', promotions, { ...promotion, starts_at: 'tomorrow' }],
      ['/delta', adjustments, { sku: product.sku, delta: 0, reason: 'r' }],
      ['/delta', adjustments, { sku: product.sku, delta: 1e12, reason: 'r' }],
      ['/reason', adjustments, { sku: product.sku, delta: 1, reason: ' ' }],
      ['/sku', adjustments, { sku: 'NO-SUCH', delta: 1, reason: 'r' }],
      ['/sku', adjustments, { delta: 1, reason: 'r' }],
      ['/location_id', adjustments, { sku: product.sku, location_id: mint('location'), delta: 1, reason: 'r' }],
    ]
    for (const [pointer, path, body] of cases) {
      const answer = await api.post(path, body, { token: staffKey })
      expectRefusal(answer, 422, JSON.stringify(body))
      expect(pointersOf(answer), JSON.stringify(body)).toEqual([pointer])
    }
  })
})

describe('a promotion', () => {
  it('that ends before it starts is refused', async () => {
    const effect = { type: 'percent', percent: 10 }
    const dates = { starts_at: '2030-01-02T00:00:00Z', ends_at: '2030-01-01T00:00:00Z' }
    const sent = { title: 'P', method: 'code', codes: [unique('DATES')], effect, ...dates }
    const answer = await api.post('/v1/admin/promotions', sent, { token: staffKey })
    expectRefusal(answer, 422, 'ends before it starts')
    expect(pointersOf(answer)).toEqual(['/ends_at'])
  })
})

describe('headers', () => {
  it('an Idempotency-Key that is none is refused with its pointer', async () => {
    const body = { lines: [{ sku: product.sku, quantity: 1 }] }
    for (const key of ['', '""', 'x'.repeat(256)]) {
      const answer = await unchanged(() => api.post(`${cartPath()}/lines`, body, { token: mine.token, key }))
      expectRefusal(answer, 422, key)
      expect(pointersOf(answer)).toEqual(['/header/Idempotency-Key'])
    }
    expectRefusal(await api.post('/v1/carts', {}, { key: 'guessable' }), 422, 'a short key without a session')
    const total = mine.cart.totals.total
    const complete = { payment: { provider: 'test' }, expected_total: total }
    expectRefusal(await unchanged(() => send('post', `${cartPath()}/complete`, complete)), 400, 'no key at all')
  })

  it('an If-Match that is not the version of the cart changes nothing', async () => {
    const { version } = await readCart(mine)
    for (const ifMatch of ['"0"', `"${version + 1}"`, `W/"${version}"`, `${version}`, '"x"', '', `"${version}", "7"`]) {
      const asks = [
        () => api.patch(cartPath(), { note: 'n' }, { token: mine.token, ifMatch }),
        () => api.delete(`${cartPath()}/lines/${mine.cart.lines[0].id}`, { token: mine.token, ifMatch }),
      ]
      for (const ask of asks) expectRefusal(await unchanged(ask), 412, `If-Match: ${ifMatch}`)
    }
  })

  it('a bookmark, an origin or an encoding made up by the client breaks nothing', async () => {
    const headers = {
      'X-D1-Bookmark': "'; DROP TABLE carts",
      Origin: 'null',
      'If-None-Match': '\\',
      'Accept-Encoding': 'x',
    }
    expect((await api.get(cartPath(), { token: mine.token, headers })).status).toBe(200)
    expect((await api.get(`/v1/products/${product.handle}`, { headers })).status).toBe(200)
  })
})
