import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, unique } from '../support/api.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi({ bindings: { D1_LATENCY_MS: '5' } })
const usd = (amount: number) => ({ amount, currency: 'USD' })
const warningsOf = (body: { warnings: { code: string }[] }) => body.warnings.map(({ code }) => code)

async function patchProduct(id: string, changes: Record<string, unknown>) {
  const { staffKey } = await seedShop()
  const { status, body } = await api.patch(`/v1/admin/products/${id}`, changes, { token: staffKey })
  expect(status).toBe(200)
  return body
}

describe('parallel changes of one cart lose nothing', () => {
  it('keeps all of 20 different lines that are added at the same moment', async () => {
    const products = await Promise.all(Array.from({ length: 20 }, () => makeProduct(api)))
    const created = await api.post('/v1/carts', {})
    const token = created.body.session.access_token
    const path = `/v1/carts/${created.body.id}/lines`
    const answers = await Promise.all(
      products.map(({ sku }) => api.post(path, { lines: [{ sku, quantity: 1 }] }, { token, key: crypto.randomUUID() })),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const { body } = await api.get(`/v1/carts/${created.body.id}`, { token })
    expect(body.lines).toHaveLength(20)
    expect(body.version).toBe(21)
    expect(body.totals.subtotal).toEqual(usd(20 * 2000))
  })

  it('sums 20 parallel adds of the same line, and adds a retried one once', async () => {
    const { sku } = await makeProduct(api)
    const { body, token } = await emptyCart()
    const path = `/v1/carts/${body.id}/lines`
    const key = crypto.randomUUID()
    const same = Array.from({ length: 5 }, () => api.post(path, { lines: [{ sku, quantity: 1 }] }, { token, key }))
    const own = Array.from({ length: 15 }, () =>
      api.post(path, { lines: [{ sku, quantity: 1 }] }, { token, key: crypto.randomUUID() }),
    )
    const answers = await Promise.all([...same, ...own])
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(answers.filter(({ headers }) => headers.get('Idempotent-Replayed') === 'true')).toHaveLength(4)
    const cart = await api.get(`/v1/carts/${body.id}`, { token })
    expect(cart.body.lines).toMatchObject([{ quantity: 16 }])
  })
})

describe('lines', () => {
  it('joins the same variant with the same attributes and keeps others apart', async () => {
    const { sku } = await makeProduct(api)
    const { body, token } = await emptyCart()
    const lines = [
      { sku, quantity: 1, attributes: { engraving: 'A', font: 'serif' } },
      { sku, quantity: 2, attributes: { font: 'serif', engraving: 'A' } },
      { sku, quantity: 1 },
    ]
    const added = await api.post(`/v1/carts/${body.id}/lines`, { lines }, { token })
    expect(added.body.lines.map(({ quantity }: { quantity: number }) => quantity).sort()).toEqual([1, 3])
  })

  it('reduces to what there is and says so; refuses what is sold out and changes nothing', async () => {
    const few = await makeProduct(api, { onHand: 3 })
    const none = await makeProduct(api, { onHand: 0 })
    const { body, token } = await emptyCart()
    const path = `/v1/carts/${body.id}/lines`
    const reduced = await api.post(path, { lines: [{ sku: few.sku, quantity: 5 }] }, { token })
    expect(reduced.body.lines).toMatchObject([{ quantity: 3 }])
    expect(warningsOf(reduced.body)).toContain('QUANTITY_REDUCED')
    const more = await api.post(path, { lines: [{ sku: few.sku, quantity: 1 }] }, { token })
    expect(more.body.lines).toMatchObject([{ quantity: 3 }])
    expect(warningsOf(more.body)).toContain('QUANTITY_REDUCED')
    const refused = await api.post(path, { lines: [{ sku: none.sku, quantity: 1 }] }, { token })
    expect(refused).toMatchObject({ status: 409, body: { code: 'out_of_stock', errors: [{ pointer: '/lines/0' }] } })
    const set = await api.patch(path, { lines: [{ id: reduced.body.lines[0].id, quantity: 9 }] }, { token })
    expect(set.body.lines).toMatchObject([{ quantity: 3 }])
    expect(warningsOf(set.body)).toContain('QUANTITY_REDUCED')
  })

  it('removes with quantity 0 and with DELETE, and knows lines of this cart only', async () => {
    const { sku } = await makeProduct(api)
    const other = await makeProduct(api)
    const shopper = await makeShopper(api, [
      { sku, quantity: 1 },
      { sku: other.sku, quantity: 1 },
    ])
    const stranger = await makeShopper(api, [{ sku, quantity: 1 }])
    const [first, second] = shopper.cart.lines
    const path = `/v1/carts/${shopper.cartId}/lines`
    const foreign = await api.patch(path, { lines: [{ id: stranger.cart.lines[0].id, quantity: 4 }] }, shopper)
    expect(foreign).toMatchObject({
      status: 404,
      body: { code: 'line_not_found', errors: [{ pointer: '/lines/0/id' }] },
    })
    const removed = await api.patch(path, { lines: [{ id: first.id, quantity: 0 }] }, shopper)
    expect(removed.body.lines).toHaveLength(1)
    const empty = await api.delete(`${path}/${second.id}`, shopper)
    expect(empty.body).toMatchObject({ lines: [], totals: { total: usd(0) } })
  })

  it('names the line whose variant is unknown or has no price in the currency', async () => {
    const { staffKey } = await seedShop()
    const { body: product } = await api.post(
      '/v1/admin/products',
      {
        title: unique('Dollars only'),
        status: 'active',
        variants: [{ prices: [{ currency: 'USD', amount: 1 }], inventory: { on_hand: 5 } }],
      },
      { token: staffKey },
    )
    const variant_id = product.variants[0].id
    const unknown = await api.post('/v1/carts', {
      lines: [
        { variant_id, quantity: 1 },
        { sku: 'NOPE', quantity: 1 },
      ],
    })
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/lines/1/sku' }] } })
    const yen = await api.post('/v1/carts', { currency: 'JPY', lines: [{ variant_id, quantity: 1 }] })
    expect(yen).toMatchObject({ status: 422, body: { errors: [{ pointer: '/lines/0' }] } })
    const open = await api.post('/v1/carts', { currency: 'JPY' })
    const added = await api.post(
      `/v1/carts/${open.body.id}/lines`,
      { lines: [{ variant_id, quantity: 1 }] },
      { token: open.body.session.access_token },
    )
    expect(added).toMatchObject({ status: 422, body: { errors: [{ pointer: '/lines' }] } })
  })
})

describe('promise 5: the cart is honest', () => {
  it('shows a changed price with the old one beside it, until the shopper has acted on it', async () => {
    const product = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 2 }])
    const { variants } = await patchProduct(product.id, {})
    await patchProduct(product.id, {
      variants: [{ sku: variants[0].sku, prices: [{ currency: 'USD', amount: 2500 }], inventory: { on_hand: 100 } }],
    })
    for (const _ of [1, 2]) {
      const { body } = await api.get(`/v1/carts/${shopper.cartId}`, shopper)
      expect(body.lines).toMatchObject([{ unit_price: usd(2500), previous_unit_price: usd(2000), subtotal: usd(5000) }])
      expect(warningsOf(body)).toContain('PRICE_CHANGED')
    }
    const acted = await api.patch(`/v1/carts/${shopper.cartId}`, { note: 'fine' }, shopper)
    expect(warningsOf(acted.body)).toContain('PRICE_CHANGED')
    const after = await api.get(`/v1/carts/${shopper.cartId}`, shopper)
    expect(after.body.lines).toMatchObject([{ unit_price: usd(2500), previous_unit_price: null }])
  })

  it('refuses to complete at a total the shopper has not seen, though another isolate still caches the old price', async () => {
    const product = await makeProduct(api)
    const elsewhere = createApi()
    const shopper = await makeShopper(elsewhere, [{ sku: product.sku, quantity: 1 }])
    await patchProduct(product.id, {
      variants: [{ sku: product.sku, prices: [{ currency: 'USD', amount: 2100 }], inventory: { on_hand: 100 } }],
    })
    const stale = await elsewhere.get(`/v1/carts/${shopper.cartId}`, shopper)
    expect(stale.body.totals).toEqual(shopper.cart.totals)
    const wish = { payment: { provider: 'test' }, expected_total: shopper.cart.totals.total }
    const refused = await elsewhere.post(`/v1/carts/${shopper.cartId}/complete`, wish, {
      token: shopper.token,
      key: crypto.randomUUID(),
    })
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'cart_changed', cart: { totals: { subtotal: usd(2100) } } },
    })
    expect(refused.body.differences).toContainEqual({
      what: 'unit_price',
      target: shopper.cart.lines[0].id,
      expected: usd(2000),
      actual: usd(2100),
    })
    const next = await elsewhere.get(`/v1/carts/${shopper.cartId}`, shopper)
    expect(next.body.totals).toEqual(refused.body.cart.totals)
    const third = createApi()
    expect((await third.get(`/v1/carts/${shopper.cartId}`, shopper)).body.totals).toEqual(refused.body.cart.totals)
  })

  it('keeps a line whose product is gone, priced at nothing, and says so', async () => {
    const product = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 1 }])
    await patchProduct(product.id, { status: 'archived' })
    const { body } = await api.get(`/v1/carts/${shopper.cartId}`, shopper)
    expect(warningsOf(body)).toContain('ITEM_UNAVAILABLE')
    expect(body.totals.subtotal).toEqual(usd(0))
  })

  it('gives every refused code a reason', async () => {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }], { discount_codes: ['no-such-code'] })
    expect(shopper.cart.discount_codes).toEqual([{ code: 'NO-SUCH-CODE', applied: false, reason: 'not_found' }])
    expect(warningsOf(shopper.cart)).toContain('DISCOUNT_NOT_FOUND')
  })
})

describe('the cart itself', () => {
  it('guards a change by If-Match', async () => {
    const { body, token } = await emptyCart()
    const first = await api.patch(`/v1/carts/${body.id}`, { note: 'a' }, { token, ifMatch: '"1"' })
    expect(first.headers.get('ETag')).toBe('"2"')
    const second = await api.patch(`/v1/carts/${body.id}`, { note: 'b' }, { token, ifMatch: '"1"' })
    expect(second).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
  })

  it('keeps its pending order where a change is refused because it comes late', async () => {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const source = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body: placed } = await complete(api, shopper)
    const { token } = shopper
    const path = `/v1/carts/${shopper.cartId}`
    const late = { token, ifMatch: '"1"' }
    const proof = { from_cart_id: source.cartId, from_access_token: source.token }
    for (const answer of [
      await api.patch(path, { note: 'from a tab left open' }, late),
      await api.post(`${path}/lines`, { lines: [{ sku, quantity: 1 }] }, late),
      await api.delete(`${path}/lines/${shopper.cart.lines[0].id}`, late),
      await api.post(`${path}/merge`, proof, late),
    ]) {
      expect(answer).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    }
    expect((await api.get(`/v1/orders/${placed.order.id}`, { token })).body.status).toBe('pending')
  })

  it('offers the options of where it goes, and refuses others', async () => {
    const { domesticRateId, europeanRateId } = await seedShop()
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const options = await api.get(`/v1/carts/${shopper.cartId}/shipping-options`, shopper)
    expect(options.body.data).toMatchObject([{ id: domesticRateId, price: usd(500) }])
    const wrong = await api.patch(`/v1/carts/${shopper.cartId}`, { shipping_option_id: europeanRateId }, shopper)
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/shipping_option_id' }] } })
    const address = { ...shopper.cart.shipping_address, country: 'BR' }
    const nowhere = await api.patch(`/v1/carts/${shopper.cartId}`, { shipping_address: address }, shopper)
    expect(nowhere).toMatchObject({ status: 422, body: { errors: [{ pointer: '/shipping_address/country' }] } })
    const moved = { ...shopper.cart.shipping_address, country: 'DE' }
    const germany = await api.patch(`/v1/carts/${shopper.cartId}`, { shipping_address: moved }, shopper)
    expect(warningsOf(germany.body)).toContain('SHIPPING_OPTION_REMOVED')
    expect(germany.body).toMatchObject({ missing: ['shipping_option'], totals: { tax_included: true, tax: usd(319) } })
  })

  it('replays the creation of an anonymous cart for whoever holds its key, with a token for the same guest', async () => {
    const key = crypto.randomUUID()
    const first = await api.post('/v1/carts', { note: undefined }, { key })
    const second = await api.post('/v1/carts', {}, { key })
    expect(second).toMatchObject({ status: 201, body: { id: first.body.id } })
    expect(second.headers.get('Idempotent-Replayed')).toBe('true')
    const read = await api.get(`/v1/carts/${first.body.id}`, { token: second.body.session.access_token })
    expect(read.status).toBe(200)
    const short = await api.post('/v1/carts', {}, { key: 'too-short' })
    expect(short).toMatchObject({ status: 422, body: { errors: [{ pointer: '/header/Idempotency-Key' }] } })
  })

  it('re-prices in another currency', async () => {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await api.patch(`/v1/carts/${shopper.cartId}`, { currency: 'EUR' }, shopper)
    expect(body).toMatchObject({
      currency: 'EUR',
      lines: [{ unit_price: { amount: 1900, currency: 'EUR' }, previous_unit_price: null }],
    })
    const refused = await api.patch(`/v1/carts/${shopper.cartId}`, { currency: 'CHF' }, shopper)
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/currency', detail: 'must be one of USD, EUR, JPY' }] },
    })
  })
})

async function emptyCart() {
  const { body } = await api.post('/v1/carts', {})
  return { body, token: body.session.access_token as string }
}
