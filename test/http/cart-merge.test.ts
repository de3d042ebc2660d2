import { describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import {
  type Answer,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  stockOf,
  violations,
} from '../support/api.ts'
import { setQuantityRule } from '../support/quantity-rules.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const mint = createMint(new Date(), cryptoRandom)
const DAY = 24 * 3600 * 1000

interface Line {
  sku: string
  quantity: number
  attributes?: Record<string, string>
}

/** A cart with these lines and nothing else. */
async function cartOf(lines: readonly Line[], token?: string): Promise<Shopper> {
  const { status, body } = await api.post('/v1/carts', { lines }, { token })
  expect(status, JSON.stringify(body)).toBe(201)
  return { cartId: body.id, token: token ?? body.session.access_token, cart: body }
}

const proofOf = (source: Shopper, rest: object = {}) => ({
  from_cart_id: source.cartId,
  from_access_token: source.token,
  ...rest,
})
const merge = (target: Shopper, body: object, ask: object = {}) =>
  api.post(`/v1/carts/${target.cartId}/merge`, body, { token: target.token, ...ask })
const read = ({ cartId, token }: Shopper) => api.get(`/v1/carts/${cartId}`, { token })
const codesIn = ({ body }: Answer) => body.warnings.map(({ code }: { code: string }) => code)
const bySku = ({ body }: Answer) => Object.fromEntries(body.lines.map(({ sku, quantity }: Line) => [sku, quantity]))

describe('a merge of two carts', () => {
  const STRATEGIES = [
    ['sum', 5],
    ['max', 3],
    ['keep_target', 2],
    ['keep_source', 3],
  ] as const
  for (const [strategy, quantity] of STRATEGIES) {
    it(`keeps lines of one cart only and gives a line of both ${quantity} pieces by ${strategy}`, async () => {
      const [both, ours, theirs] = [await makeProduct(api), await makeProduct(api), await makeProduct(api)]
      const target = await cartOf([
        { sku: both.sku, quantity: 2 },
        { sku: ours.sku, quantity: 1 },
      ])
      const source = await cartOf([
        { sku: theirs.sku, quantity: 4 },
        { sku: both.sku, quantity: 3 },
      ])
      const merged = await merge(target, proofOf(source, { strategy }))
      expect(merged.status, JSON.stringify(merged.body)).toBe(200)
      expect(bySku(merged)).toEqual({ [both.sku]: quantity, [ours.sku]: 1, [theirs.sku]: 4 })
      expect(merged.body).toMatchObject({ id: target.cartId, version: 2 })
      expect(merged.body.warnings).toEqual([
        { code: 'CART_MERGED', message: expect.any(String), target: source.cartId },
      ])
      expect((await read(target)).body).toEqual({ ...merged.body, warnings: [] })
    })
  }

  it('tells lines apart by their attributes, in whatever order they are written', async () => {
    const { sku } = await makeProduct(api)
    const target = await cartOf([
      { sku, quantity: 1, attributes: { engraving: 'A', font: 'serif' } },
      { sku, quantity: 1 },
    ])
    const source = await cartOf([
      { sku, quantity: 2, attributes: { font: 'serif', engraving: 'A' } },
      { sku, quantity: 5, attributes: { engraving: 'B' } },
    ])
    const { body } = await merge(target, proofOf(source))
    const lines = body.lines.map(({ quantity, attributes }: Line) => [attributes?.engraving ?? null, quantity])
    expect(lines).toEqual([
      ['A', 3],
      [null, 1],
      ['B', 5],
    ])
  })

  it('ends the other cart: every route of it answers 410 with merged_into', async () => {
    const { sku } = await makeProduct(api)
    const [target, source] = [await cartOf([]), await cartOf([{ sku, quantity: 1 }])]
    const key = crypto.randomUUID()
    const replayable = await api.post(
      `/v1/carts/${source.cartId}/lines`,
      { lines: [{ sku, quantity: 1 }] },
      { ...source, key },
    )
    expect(replayable.status).toBe(200)
    expect((await merge(target, proofOf(source))).status).toBe(200)
    const path = `/v1/carts/${source.cartId}`
    const line = source.cart.lines[0].id
    const payment = { payment: { provider: 'test' }, expected_total: source.cart.totals.total }
    const answers = [
      await api.get(path, source),
      await api.patch(path, { note: 'x' }, source),
      await api.post(`${path}/lines`, { lines: [{ sku, quantity: 1 }] }, source),
      await api.post(`${path}/lines`, { lines: [{ sku, quantity: 1 }] }, { ...source, key }),
      await api.patch(`${path}/lines`, { lines: [{ id: line, quantity: 2 }] }, source),
      await api.delete(`${path}/lines/${line}`, source),
      await api.get(`${path}/shipping-options`, source),
      await api.get(`${path}/payment-options`, source),
      await api.post(`${path}/merge`, { from_cart_id: mint('cart') }, source),
      await api.post(`${path}/complete`, payment, { ...source, key: crypto.randomUUID() }),
    ]
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 410, body: { code: 'cart_gone', merged_into: target.cartId } })
    }
  })

  it('keeps what the cart says itself and takes the rest from the other', async () => {
    const { domesticRateId } = await seedShop()
    const { sku } = await makeProduct(api)
    const source = await makeShopper(api, [{ sku, quantity: 1 }], {
      note: 'theirs',
      metadata: { from: 'them' },
      discount_codes: ['ONE', 'TWO'],
    })
    const empty = await cartOf([])
    const filled = await merge(empty, proofOf(source))
    expect(filled.body).toMatchObject({
      email: source.cart.email,
      shipping_address: source.cart.shipping_address,
      shipping_option: { id: domesticRateId },
      note: 'theirs',
      metadata: { from: 'them' },
      discount_codes: [{ code: 'ONE' }, { code: 'TWO' }],
    })
    const codes = Array.from({ length: 9 }, (_, index) => `OWN${index}`)
    const full = await makeShopper(api, [{ sku, quantity: 1 }], {
      note: 'ours',
      metadata: { a: 'b' },
      discount_codes: codes,
    })
    const kept = await merge(full, proofOf({ ...empty, cart: filled.body }))
    const { email, shipping_address, note, metadata } = full.cart
    expect(kept.body).toMatchObject({ email, shipping_address, note, metadata })
    expect(kept.body.discount_codes.map(({ code }: { code: string }) => code)).toEqual([...codes, 'ONE'])
  })

  it('cuts what there is not enough of, by stock, rule and what a line may hold, and says which lines', async () => {
    const [few, ruled, many] = [
      await makeProduct(api, { onHand: 5 }),
      await makeProduct(api),
      await makeProduct(api, { policy: 'untracked' }),
    ]
    await setQuantityRule(api, ruled.variantId, { max: 6, step: 3 })
    const lines = [
      { sku: few.sku, quantity: 4 },
      { sku: ruled.sku, quantity: 6 },
      { sku: many.sku, quantity: 9000 },
    ]
    const [target, source] = [await cartOf(lines), await cartOf(lines)]
    const merged = await merge(target, proofOf(source, { strategy: 'sum' }))
    expect(bySku(merged)).toEqual({ [few.sku]: 5, [ruled.sku]: 6, [many.sku]: 9999 })
    const reduced = merged.body.warnings.filter(({ code }: { code: string }) => code === 'QUANTITY_REDUCED')
    const ids = target.cart.lines.map(({ id }: { id: string }) => id)
    expect(reduced.map(({ target: id }: { target: string }) => id).sort()).toEqual([...ids].sort())
  })

  it('loses no line that is sold out or not for sale any more', async () => {
    const { staffKey } = await seedShop()
    const [sold, gone] = [await makeProduct(api, { onHand: 3 }), await makeProduct(api)]
    const source = await cartOf([
      { sku: sold.sku, quantity: 2 },
      { sku: gone.sku, quantity: 1 },
    ])
    const stock = { sku: sold.sku, delta: -3, reason: 'counted' }
    await api.post('/v1/admin/inventory/adjustments', stock, { token: staffKey, key: crypto.randomUUID() })
    await api.patch(`/v1/admin/products/${gone.id}`, { status: 'archived' }, { token: staffKey })
    const merged = await merge(await cartOf([]), proofOf(source))
    expect(merged.body.lines.map(({ quantity }: Line) => quantity)).toEqual([2, 1])
    expect(codesIn(merged).sort()).toEqual(['CART_MERGED', 'ITEM_UNAVAILABLE', 'OUT_OF_STOCK'])
  })

  it('takes a cart of the same shopper without a token, and replays with its key', async () => {
    const { sku } = await makeProduct(api)
    const target = await cartOf([{ sku, quantity: 1 }])
    const source = await cartOf([{ sku, quantity: 2 }], target.token)
    const key = crypto.randomUUID()
    const body = { from_cart_id: source.cartId }
    const first = await merge(target, body, { key })
    const again = await merge(target, body, { key })
    expect(again.headers.get('Idempotent-Replayed')).toBe('true')
    expect(again.body).toEqual(first.body)
    expect(bySku(await read(target))).toEqual({ [sku]: 3 })
    const other = await merge(target, { ...body, strategy: 'max' }, { key })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
  })

  it('gives up a pending order of either cart first, and refuses where it is paid', async () => {
    const { sku } = await makeProduct(api, { onHand: 10 })
    const pair = async () => {
      const [target, source] = [
        await makeShopper(api, [{ sku, quantity: 1 }]),
        await makeShopper(api, [{ sku, quantity: 1 }]),
      ]
      const [ours, theirs] = [await complete(api, target), await complete(api, source)]
      return { target, source, ours: ours.body, theirs: theirs.body }
    }
    const both = await pair()
    const merged = await merge(both.target, proofOf(both.source))
    expect(merged.status, JSON.stringify(merged.body)).toBe(200)
    expect(bySku(merged)).toEqual({ [sku]: 2 })
    for (const [shopper, { order }] of [
      [both.target, both.ours],
      [both.source, both.theirs],
    ] as const) {
      expect((await api.get(`/v1/orders/${order.id}`, shopper)).body.status).toBe('cancelled')
    }
    const paid = await pair()
    await pay(api, paid.theirs.payment.id)
    const before = await read(paid.target)
    const refused = await merge(paid.target, proofOf(paid.source))
    expect(refused).toMatchObject({ status: 409, body: { code: 'cart_completed', order_id: paid.theirs.order.id } })
    expect((await read(paid.target)).body).toEqual(before.body)
  })
})

describe('a merge is refused, and changes neither cart,', () => {
  async function expectRefused(body: (target: Shopper, source: Shopper) => object, status: number, more: object) {
    const { sku } = await makeProduct(api)
    const [target, source] = [await cartOf([{ sku, quantity: 1 }]), await cartOf([{ sku, quantity: 2 }])]
    const before = [await read(target), await read(source)]
    const refused = await merge(target, body(target, source))
    expect(refused).toMatchObject({ status, body: more })
    expect([(await read(target)).body, (await read(source)).body]).toEqual(before.map((answer) => answer.body))
  }
  const at = (pointer: string) => ({ code: 'invalid_request', errors: [{ pointer }] })

  it('of a cart with itself', () => expectRefused((target) => proofOf(target), 422, at('/from_cart_id')))
  it('of a cart that is not there', () =>
    expectRefused((_, source) => proofOf(source, { from_cart_id: mint('cart') }), 422, at('/from_cart_id')))
  it('of somebody else’s cart without their token', () =>
    expectRefused((_, source) => ({ from_cart_id: source.cartId }), 422, at('/from_cart_id')))
  it('of somebody else’s cart with one’s own token', () =>
    expectRefused((target, source) => proofOf(source, { from_access_token: target.token }), 422, at('/from_cart_id')))
  it('with a token that is none', () =>
    expectRefused(
      (_, source) => proofOf(source, { from_access_token: `${source.token}x` }),
      422,
      at('/from_access_token'),
    ))
  it('by a strategy that is none', () =>
    expectRefused((_, source) => proofOf(source, { strategy: 'both' }), 422, at('/strategy')))

  it('of a cart whose session has been ended', async () => {
    const { sku } = await makeProduct(api)
    const [target, source] = [await cartOf([]), await cartOf([{ sku, quantity: 2 }])]
    expect((await api.delete('/v1/sessions/current', source)).status).toBe(204)
    expect(await merge(target, proofOf(source))).toMatchObject({ status: 422, body: at('/from_access_token') })
    expect((await read(target)).body).toMatchObject({ lines: [], version: 1 })
  })

  it('of a cart that has been merged, ordered or has expired', async () => {
    const { sku } = await makeProduct(api)
    const target = await cartOf([])
    const merged = await cartOf([{ sku, quantity: 1 }])
    const first = await cartOf([])
    await merge(first, proofOf(merged))
    const gone = { status: 410, body: { code: 'cart_gone', merged_into: first.cartId } }
    expect(await merge(target, proofOf(merged))).toMatchObject(gone)
    const ordered = await makeShopper(api, [{ sku, quantity: 1 }])
    await complete(api, ordered, { test_outcome: 'succeeded' })
    expect(await merge(target, proofOf(ordered))).toMatchObject({ status: 409, body: { code: 'cart_completed' } })
    const expired = await cartOf([{ sku, quantity: 1 }])
    const statement = 'UPDATE carts SET expires_at = ? WHERE id = ?'
    await api.bindings.DB.prepare(statement)
      .bind(Date.now() - DAY, expired.cartId)
      .run()
    expect(await merge(target, proofOf(expired))).toMatchObject({ status: 410, body: { code: 'cart_gone' } })
    expect((await read(target)).body).toMatchObject({ lines: [], version: 1 })
  })

  it('where together they have more than 200 lines', async () => {
    const { sku } = await makeProduct(api)
    const many = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({ sku, quantity: 1, attributes: { name: `${prefix}${index}` } }))
    const target = await cartOf(many('a', 150))
    const source = await cartOf([...many('a', 50), ...many('b', 51)])
    const refused = await merge(target, proofOf(source))
    expect(refused).toMatchObject({ status: 422, body: at('/from_cart_id') })
    expect((await read(target)).body).toMatchObject({ version: 1 })
    expect((await read(source)).body).toMatchObject({ version: 1, status: 'open' })
    await api.delete(`/v1/carts/${source.cartId}/lines/${source.cart.lines[100].id}`, source)
    expect((await merge(target, proofOf(source))).body.lines).toHaveLength(200)
  })

  it('where together they have more than 256 kB of attributes, and so is what a cart cannot hold', async () => {
    const { sku } = await makeProduct(api)
    // 50 kB a line; the same text in two bytes a letter counts double.
    const large = (name: string, letter = 'x') => {
      const texts = Array.from({ length: 49 }, (_, index) => [`k${index}`, letter.repeat(letter === 'x' ? 1000 : 500)])
      return [{ sku, quantity: 1, attributes: { name, ...Object.fromEntries(texts) } }]
    }
    const [target, source] = [await cartOf(large('a')), await cartOf(large('b'))]
    const add = (shopper: Shopper, lines: object[]) =>
      api.post(`/v1/carts/${shopper.cartId}/lines`, { lines }, { token: shopper.token })
    for (const name of ['c', 'd']) {
      expect((await add(target, large(name))).status).toBe(200)
      expect((await add(source, large(name.toUpperCase(), '\u00e9'))).status).toBe(200)
    }
    const refused = await merge(target, proofOf(source))
    expect(refused).toMatchObject({ status: 422, body: at('/from_cart_id') })
    expect((await read(source)).body).toMatchObject({ version: 3, status: 'open' })
    for (const name of ['e', 'f']) expect((await add(target, large(name))).status).toBe(200)
    const before = await read(target)
    expect(await add(target, large('g', '\u00e9'))).toMatchObject({ status: 422, body: at('/lines') })
    expect((await read(target)).body).toEqual(before.body)
    // Other lines, and more of those that are there, go in all the same.
    expect((await add(target, [{ sku, quantity: 1 }, ...large('f')])).status).toBe(200)
  })

  it('at another version than If-Match says', async () => {
    const { sku } = await makeProduct(api)
    const [target, source] = [await cartOf([]), await cartOf([{ sku, quantity: 1 }])]
    const refused = await merge(target, proofOf(source), { ifMatch: '"7"' })
    expect(refused).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    expect((await read(source)).body).toMatchObject({ version: 1, status: 'open' })
    expect((await merge(target, proofOf(source), { ifMatch: '"1"' })).headers.get('ETag')).toBe('"2"')
  })
})

describe('merges at the same moment', () => {
  const slow = createApi({ bindings: { D1_LATENCY_MS: '5' } })

  it('move a cart into one of two others, never into both', async () => {
    const { sku } = await makeProduct(api)
    const [left, right, source] = [await cartOf([]), await cartOf([]), await cartOf([{ sku, quantity: 3 }])]
    const answers = await Promise.all(
      [left, right].map((target) =>
        slow.post(`/v1/carts/${target.cartId}/merge`, proofOf(source), { token: target.token }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410])
    const found = [bySku(await read(left)), bySku(await read(right))]
    expect(found).toContainEqual({ [sku]: 3 })
    expect(found).toContainEqual({})
  })

  it('move what is added to the other cart meanwhile, or have it refused with 410', async () => {
    for (let round = 0; round < 10; round += 1) {
      const products = await Promise.all([1, 2, 3, 4].map(() => makeProduct(api)))
      const [first, ...rest] = products
      if (!first) throw new Error('no product')
      const [target, source] = [await cartOf([]), await cartOf([{ sku: first.sku, quantity: 1 }])]
      const merging = slow.post(`/v1/carts/${target.cartId}/merge`, proofOf(source), { token: target.token })
      const adding = rest.map(({ sku }) =>
        slow.post(`/v1/carts/${source.cartId}/lines`, { lines: [{ sku, quantity: 1 }] }, { token: source.token }),
      )
      const [merged, ...added] = await Promise.all([merging, ...adding])
      expect(merged.status, JSON.stringify(merged.body)).toBe(200)
      const expected = rest.flatMap(({ sku }, index) => (added[index]?.status === 200 ? [sku] : []))
      expect(added.every(({ status }) => status === 200 || status === 410)).toBe(true)
      expect(Object.keys(bySku(await read(target))).sort()).toEqual([first.sku, ...expected].sort())
    }
  })

  it('and the checkout of the other cart: its goods are ordered or moved, never both', async () => {
    const outcomes = new Set<string>()
    for (let round = 0; round < 12; round += 1) {
      const { sku } = await makeProduct(api, { onHand: 5 })
      const [target, source] = [await cartOf([]), await makeShopper(api, [{ sku, quantity: 2 }])]
      // A head start for one or the other: of the first two rounds one of each is surely over before the other begins.
      const wait = () => new Promise((done) => setTimeout(done, round < 2 ? 400 : Math.random() * 40))
      const [completed, merged] = await Promise.all([
        (round % 2 ? wait() : Promise.resolve()).then(() => complete(slow, source, { test_outcome: 'succeeded' })),
        (round % 2 ? Promise.resolve() : wait()).then(() =>
          slow.post(`/v1/carts/${target.cartId}/merge`, proofOf(source), { token: target.token }),
        ),
      ])
      const ordered = completed.status === 200
      outcomes.add(ordered ? 'ordered' : 'moved')
      const what = JSON.stringify([completed.body, merged.body])
      if (ordered) expect(merged, what).toMatchObject({ status: 409, body: { code: 'cart_completed' } })
      else expect([completed.status, merged.status], what).toEqual([expect.toBeOneOf([409, 410, 402]), 200])
      expect(bySku(await read(target))).toEqual(ordered ? {} : { [sku]: 2 })
      const stock = ordered ? { on_hand: 3, held: 0 } : { on_hand: 5, held: 0 }
      expect(await stockOf(api, sku)).toMatchObject(stock)
    }
    expect(outcomes.size).toBe(2)
    expect(await violations(api)).toEqual([])
  })
})
