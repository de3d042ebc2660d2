import { describe, expect, it } from 'vitest'
import {
  type Answer,
  type Api,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  unique,
} from '../support/api.ts'
import { setQuantityRule } from '../support/quantity-rules.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)

type Warnings = { code: string; target: string | null; message: string }[]
const warningsOf = ({ body }: Answer) =>
  (body.warnings as Warnings).map(({ code, target }) => [code, target] as [string, string | null])

/** Somebody with one line, and what became of it: who warns, and of which line, code or option. */
interface Scene {
  shopper: Shopper
  target: string
  /** The answer that told; absent where every look at the cart tells it. */
  told?: Answer
}

async function withLine(quantity: number, options: Parameters<typeof makeProduct>[1] = {}, changes: object = {}) {
  const product = await makeProduct(api, options)
  const shopper = await makeShopper(api, [{ sku: product.sku, quantity }], { ...changes })
  return { product, shopper, target: String(shopper.cart.lines[0].id) }
}

const adjust = ({ sku }: TestProduct, delta: number) =>
  staff.post('/v1/admin/inventory/adjustments', { sku, delta, reason: 'counted' }, { key: crypto.randomUUID() })

const SCENES: Record<string, () => Promise<Scene>> = {
  PRICE_CHANGED: async () => {
    const { product, shopper, target } = await withLine(2)
    const variants = [{ sku: product.sku, prices: [{ currency: 'USD', amount: 2100 }], inventory: { on_hand: 100 } }]
    await staff.patch(`/v1/admin/products/${product.id}`, { variants })
    return { shopper, target }
  },
  QUANTITY_REDUCED: async () => {
    const { product, shopper, target } = await withLine(2, { onHand: 3 })
    const lines = [{ sku: product.sku, quantity: 2 }]
    return { shopper, target, told: await api.post(`/v1/carts/${shopper.cartId}/lines`, { lines }, shopper) }
  },
  OUT_OF_STOCK: async () => {
    const { product, shopper, target } = await withLine(2, { onHand: 3 })
    await adjust(product, -3)
    return { shopper, target }
  },
  LOW_STOCK: async () => {
    const { product, shopper, target } = await withLine(2, { onHand: 3 })
    await adjust(product, -2)
    return { shopper, target }
  },
  ITEM_UNAVAILABLE: async () => {
    const { product, shopper, target } = await withLine(2)
    await staff.patch(`/v1/admin/products/${product.id}`, { status: 'archived' })
    return { shopper, target }
  },
  QUANTITY_NOT_ALLOWED: async () => {
    const { product, shopper, target } = await withLine(2)
    await setQuantityRule(api, product.variantId, { min: 6 })
    return { shopper, target }
  },
  BACKORDERED: async () => {
    const { shopper, target } = await withLine(4, { onHand: 3, policy: 'backorder' })
    return { shopper, target }
  },
  DISCOUNT_MINIMUM_NOT_MET: async () => {
    const code = unique('FAR').toUpperCase()
    await staff.post('/v1/admin/promotions', {
      title: 'Far away',
      method: 'code',
      codes: [code],
      effect: { type: 'percent', percent: 10 },
      conditions: { minimum_subtotal: [{ amount: 1_000_000, currency: 'USD' }] },
    })
    const { shopper } = await withLine(1, {}, { discount_codes: [code.toLowerCase()] })
    return { shopper, target: code }
  },
  DISCOUNT_NOT_FOUND: async () => {
    const { shopper } = await withLine(1, {}, { discount_codes: ['no-such-code'] })
    return { shopper, target: 'NO-SUCH-CODE' }
  },
  SHIPPING_OPTION_REMOVED: async () => {
    const { domesticRateId } = await seedShop()
    const { shopper } = await withLine(1)
    const shipping_address = { ...shopper.cart.shipping_address, country: 'DE', postal_code: '10115' }
    await api.patch(`/v1/carts/${shopper.cartId}`, { shipping_address }, shopper)
    return { shopper, target: domesticRateId }
  },
  CART_MERGED: async () => {
    const [{ shopper }, source] = [await withLine(1), (await withLine(1)).shopper]
    const body = { from_cart_id: source.cartId, from_access_token: source.token }
    const told = await api.post(`/v1/carts/${shopper.cartId}/merge`, body, shopper)
    return { shopper, target: source.cartId, told }
  },
}

/** Another isolate, so late that nothing it may have cached before counts. */
const later = (): Api => createApi({ deps: { clock: () => new Date(Date.now() + 61_000) } })

describe('a warning names what it is about and blocks nothing', () => {
  for (const [code, build] of Object.entries(SCENES)) {
    it(code, async () => {
      const { shopper, target, told } = await build()
      const elsewhere = later()
      const path = `/v1/carts/${shopper.cartId}`
      const seen = told ?? (await elsewhere.get(path, shopper))
      expect(seen.status, JSON.stringify(seen.body)).toBe(200)
      expect(warningsOf(seen)).toContainEqual([code, target])
      for (const { message } of seen.body.warnings as Warnings) expect(message).toMatch(/^[A-Z].*\.$/)
      // Neither the whole cart nor the line itself is stuck.
      const other = await makeProduct(api)
      const lines = [{ sku: other.sku, quantity: 1 }]
      const changes = [
        await elsewhere.patch(path, { note: 'fine', email: 'b@shop.example' }, shopper),
        await elsewhere.post(`${path}/lines`, { lines }, shopper),
        await elsewhere.delete(`${path}/lines/${shopper.cart.lines[0].id}`, shopper),
      ]
      expect(changes.map(({ status }) => status)).toEqual([200, 200, 200])
    })
  }

  it('stays as long as its cause, and goes with it', async () => {
    const { product, shopper, target } = await withLine(2, { onHand: 3 })
    const path = `/v1/carts/${shopper.cartId}`
    await adjust(product, -2)
    for (const _ of [1, 2]) expect(warningsOf(await api.get(path, shopper))).toContainEqual(['LOW_STOCK', target])
    await api.patch(`${path}/lines`, { lines: [{ id: target, quantity: 1 }] }, shopper)
    expect(warningsOf(await api.get(path, shopper))).toEqual([])
  })
})

describe('another currency', () => {
  it('re-prices everything and drops no line: one without a price in it is unavailable until the cart goes back', async () => {
    const [everywhere, dollars] = [await makeProduct(api), await staffProduct({ currency: 'USD', amount: 700 })]
    const shopper = await makeShopper(api, [{ sku: everywhere.sku, quantity: 2 }])
    const path = `/v1/carts/${shopper.cartId}`
    const body = { lines: [{ variant_id: dollars, quantity: 3 }] }
    const full = await api.post(`${path}/lines`, body, shopper)
    const euros = await api.patch(path, { currency: 'EUR' }, shopper)
    const [first, second] = euros.body.lines
    expect(first).toMatchObject({
      unit_price: { amount: 1900, currency: 'EUR' },
      quantity: 2,
      previous_unit_price: null,
    })
    expect(second).toMatchObject({ variant_id: dollars, quantity: 3, subtotal: { amount: 0, currency: 'EUR' } })
    expect(warningsOf(euros)).toContainEqual(['ITEM_UNAVAILABLE', second.id])
    expect(euros.body.totals.subtotal).toEqual({ amount: 3800, currency: 'EUR' })
    const back = await api.patch(path, { currency: 'USD' }, shopper)
    expect(back.body.lines).toEqual(full.body.lines)
    expect(back.body.totals).toEqual(full.body.totals)
    expect(warningsOf(back)).toEqual([])
  })

  it('keeps a line without a price in it from being ordered, and says which', async () => {
    const dollars = await staffProduct({ currency: 'USD', amount: 700 })
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const path = `/v1/carts/${shopper.cartId}`
    await api.post(`${path}/lines`, { lines: [{ variant_id: dollars, quantity: 3 }] }, shopper)
    const { body: cart } = await api.patch(path, { currency: 'EUR' }, shopper)
    const refused = await complete(api, { ...shopper, cart })
    expect(refused).toMatchObject({ status: 409, body: { code: 'cart_changed' } })
    const unavailable = { what: 'item_unavailable', target: cart.lines[1].id, expected: null, actual: null }
    expect(refused.body.differences).toContainEqual(unavailable)
    const { body: rest } = await api.delete(`${path}/lines/${cart.lines[1].id}`, shopper)
    expect((await complete(api, { ...shopper, cart: rest })).status).toBe(200)
  })

  it('is where later changes of a price are told from', async () => {
    const product = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 1 }])
    const path = `/v1/carts/${shopper.cartId}`
    const euros = await api.patch(path, { currency: 'EUR' }, shopper)
    expect(warningsOf(euros)).not.toContainEqual(['PRICE_CHANGED', expect.anything()])
    const prices = [
      { currency: 'USD', amount: 2000 },
      { currency: 'EUR', amount: 2300 },
    ]
    const variants = [{ sku: product.sku, prices, inventory: { on_hand: 100 } }]
    await staff.patch(`/v1/admin/products/${product.id}`, { variants })
    const seen = await api.get(path, shopper)
    expect(seen.body.lines).toMatchObject([{ previous_unit_price: { amount: 1900, currency: 'EUR' } }])
    expect(warningsOf(seen)).toContainEqual(['PRICE_CHANGED', shopper.cart.lines[0].id])
  })

  /** @returns the id of the only variant of a product with one price. */
  async function staffProduct(price: { currency: string; amount: number }): Promise<string> {
    const variants = [{ prices: [price], inventory: { on_hand: 50 } }]
    const { body } = {
      body: await staff.post('/v1/admin/products', { title: unique('One'), status: 'active', variants }),
    }
    return body.variants[0].id
  }
})

describe('lines', () => {
  it('are the same by variant and attributes, in whatever order these are written', async () => {
    const { sku } = await makeProduct(api)
    const { body, token } = await emptyCart()
    const add = (attributes: Record<string, string>) =>
      api.post(`/v1/carts/${body.id}/lines`, { lines: [{ sku, quantity: 1, attributes }] }, { token })
    await add({ a: '1', b: '2' })
    await add({ b: '2', a: '1' })
    await add({ a: '1', b: '3' })
    await add({ a: '1' })
    const last = await add({})
    const found = last.body.lines.map(({ attributes, quantity }: { attributes: object; quantity: number }) => [
      attributes,
      quantity,
    ])
    expect(found).toEqual([
      [{ a: '1', b: '2' }, 2],
      [{ a: '1', b: '3' }, 1],
      [{ a: '1' }, 1],
      [{}, 1],
    ])
  })

  it('are 200 at most: one more is refused and nothing of it is kept', async () => {
    const { sku } = await makeProduct(api)
    const { body, token } = await emptyCart()
    const path = `/v1/carts/${body.id}`
    const many = Array.from({ length: 199 }, (_, index) => ({ sku, quantity: 1, attributes: { n: String(index) } }))
    expect((await api.post(`${path}/lines`, { lines: many }, { token })).status).toBe(200)
    const before = await api.get(path, { token })
    const two = ['a', 'b'].map((n) => ({ sku, quantity: 1, attributes: { n } }))
    const refused = await api.post(`${path}/lines`, { lines: two }, { token })
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ pointer: '/lines' }] } })
    expect((await api.get(path, { token })).body).toEqual(before.body)
    expect((await api.post(`${path}/lines`, { lines: two.slice(0, 1) }, { token })).body.lines).toHaveLength(200)
    // More of what is there is no further line.
    expect((await api.post(`${path}/lines`, { lines: two.slice(0, 1) }, { token })).status).toBe(200)
  })

  async function emptyCart() {
    const { body } = await api.post('/v1/carts', {})
    return { body, token: body.session.access_token as string }
  }
})
