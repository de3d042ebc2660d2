import { describe, expect, it } from 'vitest'
import { type Answer, createApi, makeProduct, makeShopper } from '../support/api.ts'
import { setQuantityRule } from '../support/quantity-rules.ts'

const api = createApi()

/** What D1 bills of an answer: rows and entries of indexes, each one written row. */
function rowsWritten({ status, body, headers }: Answer): number {
  expect(status, JSON.stringify(body)).toBe(200)
  return Number(/written=(\d+)/.exec(headers.get('Server-Timing') ?? '')?.[1])
}

// The cart and its entry in `carts_open`; with an Idempotency-Key one more; and one for every line that is touched.
const WITHOUT_KEY = 2
const WITH_KEY = 3

async function shopperWith(lines: number, onHand = 100) {
  const products = await Promise.all(Array.from({ length: lines }, () => makeProduct(api, { onHand })))
  const shopper = await makeShopper(
    api,
    products.map(({ sku }) => ({ sku, quantity: 2 })),
  )
  return { products, ...shopper, path: `/v1/carts/${shopper.cartId}` }
}

describe('a change of a cart writes at most 3 rows and those of the lines it touches', () => {
  for (const lines of [1, 5]) {
    it(`when ${lines} are added, new or not`, async () => {
      const { products, path, token } = await shopperWith(lines)
      const others = await Promise.all(Array.from({ length: lines }, () => makeProduct(api)))
      for (const goods of [products, others]) {
        const body = { lines: goods.map(({ sku }) => ({ sku, quantity: 1 })) }
        expect(rowsWritten(await api.post(`${path}/lines`, body, { token }))).toBe(WITHOUT_KEY + lines)
        const keyed = await api.post(`${path}/lines`, body, { token, key: crypto.randomUUID() })
        expect(rowsWritten(keyed)).toBe(WITH_KEY + lines)
      }
    })

    it(`when ${lines} are set, and when ${lines} are removed`, async () => {
      const { cart, path, token } = await shopperWith(lines)
      for (const quantity of [3, 0]) {
        const body = { lines: cart.lines.map(({ id }: { id: string }) => ({ id, quantity })) }
        expect(rowsWritten(await api.patch(`${path}/lines`, body, { token }))).toBe(WITHOUT_KEY + lines)
      }
    })

    it(`when ${lines} are cut to stock or to a rule`, async () => {
      const { products, cart, path, token } = await shopperWith(lines, 5)
      const all = (quantity: number) => ({ lines: cart.lines.map(({ id }: { id: string }) => ({ id, quantity })) })
      expect(rowsWritten(await api.patch(`${path}/lines`, all(9), { token }))).toBe(WITHOUT_KEY + lines)
      const more = { lines: products.map(({ sku }) => ({ sku, quantity: 4 })) }
      const keyed = await api.post(`${path}/lines`, more, { token, key: crypto.randomUUID() })
      expect(rowsWritten(keyed)).toBe(WITH_KEY + lines)
      await Promise.all(products.map(({ variantId }) => setQuantityRule(api, variantId, { max: 3 })))
      const later = createApi({ deps: { clock: () => new Date(Date.now() + 61_000) } })
      await later.get(path, { token })
      const capped = await later.post(`${path}/lines`, more, { token, key: crypto.randomUUID() })
      expect(rowsWritten(capped)).toBe(WITH_KEY + lines)
    })
  }

  it('when it touches no line', async () => {
    const { path, token } = await shopperWith(3)
    const changes = { note: 'ring', metadata: { gift: 'yes' }, discount_codes: ['NOPE'], email: 'b@shop.example' }
    expect(rowsWritten(await api.patch(path, changes, { token }))).toBe(WITHOUT_KEY)
  })

  it('when another currency shows every line at another price', async () => {
    const { path, token } = await shopperWith(3)
    expect(rowsWritten(await api.patch(path, { currency: 'EUR' }, { token }))).toBe(WITHOUT_KEY + 3)
    expect(rowsWritten(await api.patch(path, { note: 'b' }, { token }))).toBe(WITHOUT_KEY)
  })

  it('and a merge writes what is true of both carts', async () => {
    const [target, source] = [await shopperWith(2), await shopperWith(3)]
    const body = { from_cart_id: source.cartId, from_access_token: source.token }
    const merged = await api.post(`${target.path}/merge`, body, { token: target.token, key: crypto.randomUUID() })
    // The other cart is a row more: what ends leaves its index, which is none.
    expect(rowsWritten(merged)).toBeLessThanOrEqual(WITH_KEY + 2 + 3)
  })
})
