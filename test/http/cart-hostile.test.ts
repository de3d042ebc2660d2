import { beforeAll, describe, expect, it } from 'vitest'
import { createApi, makeProduct, makeShopper, type Shopper, type TestProduct } from '../support/api.ts'

const api = createApi()
let product: TestProduct
let shopper: Shopper

beforeAll(async () => {
  product = await makeProduct(api)
  shopper = await makeShopper(api, [{ sku: product.sku, quantity: 2 }])
})

type Method = 'post' | 'patch'
type Hostile = [name: string, method: Method, rest: string, body: (sku: string, lineId: string) => unknown]

const lineOf = (sku: string, rest: object) => ({ lines: [{ sku, quantity: 1, ...rest }] })
const entries = (count: number, value = 'x') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]))
const address = (changes: object) => ({
  shipping_address: {
    ...{ first_name: 'A', last_name: 'B', line1: 'C', city: 'D', region: null, postal_code: '1', country: 'US' },
    ...changes,
  },
})
/** `{"a":{"a":{...}}}` as text: JSON.parse of it is what is tried. */
const nested = (depth: number, inner: string) => '{"a":'.repeat(depth) + inner + '}'.repeat(depth)

// In JSON as it is sent: JSON.stringify would turn the number that is none into null.
const QUANTITIES = [
  '-1',
  '-9999',
  '0',
  '0.5',
  '1.0000001',
  '10000',
  '1e9',
  '1e400',
  '9007199254740993',
  '-0',
  '"1"',
  'null',
  '[1]',
  'true',
]

const HOSTILE: Hostile[] = [
  ...QUANTITIES.map(
    (text): Hostile => [
      `adding ${text} of it`,
      'post',
      '/lines',
      (sku) => `{"lines":[{"sku":"${sku}","quantity":${text}}]}`,
    ],
  ),
  // 0 removes, and -0 is the same number: the only two that a change may ask for.
  ...QUANTITIES.filter((text) => text !== '0' && text !== '-0').map(
    (text): Hostile => [
      `setting ${text} of it`,
      'patch',
      '/lines',
      (_, id) => `{"lines":[{"id":"${id}","quantity":${text}}]}`,
    ],
  ),
  [
    '10,000 lines',
    'post',
    '/lines',
    (sku) => ({ lines: Array.from({ length: 10_000 }, () => ({ sku, quantity: 1 })) }),
  ],
  ['201 lines', 'post', '/lines', (sku) => ({ lines: Array.from({ length: 201 }, () => ({ sku, quantity: 1 })) })],
  ['no lines', 'post', '/lines', () => ({ lines: [] })],
  [
    '10,000 changes',
    'patch',
    '/lines',
    (_, id) => ({ lines: Array.from({ length: 10_000 }, () => ({ id, quantity: 1 })) }),
  ],
  ['two changes of one line', 'patch', '/lines', (_, id) => ({ lines: [1, 2].map((quantity) => ({ id, quantity })) })],
  ['attributes of 1 MB', 'post', '/lines', (sku) => lineOf(sku, { attributes: { a: 'x'.repeat(1_000_000) } })],
  ['an attribute of 1,001 characters', 'post', '/lines', (sku) => lineOf(sku, { attributes: { a: 'x'.repeat(1001) } })],
  ['51 attributes', 'post', '/lines', (sku) => lineOf(sku, { attributes: entries(51) })],
  ['an attribute that is no text', 'post', '/lines', (sku) => lineOf(sku, { attributes: { a: { b: 'c' } } })],
  ['attributes that are a list', 'post', '/lines', (sku) => lineOf(sku, { attributes: ['a'] })],
  ['a price of its own', 'post', '/lines', (sku) => lineOf(sku, { unit_price: { amount: 1, currency: 'USD' } })],
  ['a SKU of 10 kB', 'post', '/lines', () => lineOf('x'.repeat(10_000), {})],
  ['a variant that is none', 'post', '/lines', () => ({ lines: [{ variant_id: 'var_x', quantity: 1 }] })],
  [
    'deep JSON as attributes',
    'post',
    '/lines',
    (sku) => `{"lines":[{"sku":"${sku}","quantity":1,"attributes":${nested(5000, '1')}}]}`,
  ],
  ['deep JSON as metadata', 'patch', '', () => `{"metadata":${nested(5000, '"x"')}}`],
  ['deep lists', 'patch', '', () => `{"discount_codes":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ['__proto__ among the metadata', 'patch', '', () => '{"metadata":{"__proto__":{"admin":"yes"}}}'],
  ['a code of 10 kB', 'patch', '', () => ({ discount_codes: ['X'.repeat(10_000)] })],
  ['eleven codes', 'patch', '', () => ({ discount_codes: Object.keys(entries(11)) })],
  ['a code that is empty', 'patch', '', () => ({ discount_codes: ['  '] })],
  ['a currency that the shop does not sell in', 'patch', '', () => ({ currency: 'CHF' })],
  ['a currency that is none', 'patch', '', () => ({ currency: 'ZZZ' })],
  ['a currency in lower case', 'patch', '', () => ({ currency: 'usd' })],
  ['an address where we do not ship to', 'patch', '', () => address({ country: 'BR' })],
  ['a country that is none', 'patch', '', () => address({ country: 'Germany' })],
  ['an address of 1 MB', 'patch', '', () => address({ line1: 'x'.repeat(1_000_000) })],
  ['an address with a field of its own', 'patch', '', () => address({ door: 'left' })],
  ['a locale that is not spoken', 'patch', '', () => ({ locale: 'tlh' })],
  ['a note of 1,001 characters', 'patch', '', () => ({ note: 'x'.repeat(1001) })],
  ['51 entries of metadata', 'patch', '', () => ({ metadata: entries(51) })],
  ['an e-mail that is none', 'patch', '', () => ({ email: 'ada' })],
  ['an e-mail of 300 characters', 'patch', '', () => ({ email: `${'a'.repeat(300)}@shop.example` })],
  ['a shipping option that is none', 'patch', '', () => ({ shipping_option_id: 'rate_x' })],
  ['a total of its own', 'patch', '', () => ({ totals: { total: { amount: 1, currency: 'USD' } } })],
  ['another owner', 'patch', '', () => ({ owner_id: 'gst_x' })],
  ['another version', 'patch', '', () => ({ version: 1 })],
  ['a strategy that is none', 'post', '/merge', () => ({ from_cart_id: 'cart_aa_x', strategy: 'all' })],
  ['a cart id of 10 kB', 'post', '/merge', () => ({ from_cart_id: 'x'.repeat(10_000) })],
  [
    'a token of 10 kB',
    'post',
    '/merge',
    () => ({ from_cart_id: shopper.cartId, from_access_token: 'x'.repeat(10_000) }),
  ],
]

describe('hostile input is refused as a problem, and the cart is as it was', () => {
  for (const [name, method, rest, make] of HOSTILE) {
    it(name, async () => {
      const path = `/v1/carts/${shopper.cartId}`
      const before = await api.get(path, shopper)
      const body = make(product.sku, shopper.cart.lines[0].id)
      const refused = await api[method](path + rest, body, { token: shopper.token })
      expect(refused.status, JSON.stringify(refused.body).slice(0, 500)).toBeGreaterThanOrEqual(400)
      expect(refused.status).toBeLessThan(500)
      expect(refused.headers.get('Content-Type')).toContain('application/problem+json')
      expect(JSON.stringify(refused.body).length, 'what was sent is not sent back').toBeLessThan(20_000)
      const after = await api.get(path, shopper)
      expect(after.body).toEqual(before.body)
      expect(after.headers.get('ETag')).toBe(before.headers.get('ETag'))
    })
  }

  it('and a new cart is not made of it either', async () => {
    for (const [name, method, rest, make] of HOSTILE) {
      if (method !== 'post' || rest !== '/lines' || name === 'no lines') continue
      const refused = await api.post('/v1/carts', make(product.sku, ''))
      expect([name, refused.status >= 400 && refused.status < 500]).toEqual([name, true])
    }
  })
})
