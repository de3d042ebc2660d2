import { describe, expect, it } from 'vitest'
import { type Answer, type Api, complete, createApi, makeProduct, makeShopper, type Shopper } from '../support/api.ts'
import { type Rule, setQuantityRule } from '../support/quantity-rules.ts'

const api = createApi()

/** A product that is sold by `rule` alone, nobody having looked at it before. */
async function ruled(rule: Rule, onHand = 100) {
  const product = await makeProduct(api, { onHand })
  await setQuantityRule(api, product.variantId, rule)
  return product
}

async function emptyCart(): Promise<{ id: string; token: string; path: string }> {
  const { body } = await api.post('/v1/carts', {})
  return { id: body.id, token: body.session.access_token, path: `/v1/carts/${body.id}/lines` }
}

const read = (id: string, token: string, through: Api = api) => through.get(`/v1/carts/${id}`, { token })
const quantities = ({ body }: Answer) => body.lines.map(({ quantity }: { quantity: number }) => quantity)
const reducedIn = ({ body }: Answer) =>
  body.warnings.flatMap(({ code, target }: { code: string; target: string }) =>
    code === 'QUANTITY_REDUCED' ? [target] : [],
  )
const notAllowed = (pointer: string, detail: string) => ({
  status: 422,
  body: { code: 'invalid_request', errors: [{ pointer, detail }] },
})

describe('a quantity rule of a variant', () => {
  const CASES: [name: string, rule: Rule, onHand: number, wished: number, quantity: number][] = [
    ['takes what is allowed', { min: 6, step: 6, max: 24 }, 100, 12, 12],
    ['cuts to the most', { min: 6, step: 6, max: 24 }, 100, 30, 24],
    ['cuts to the last step below the most', { max: 10, step: 4 }, 100, 11, 8],
    ['cuts to stock on a step', { min: 6, step: 6 }, 17, 18, 12],
    ['cuts to the last step below what a line may hold', { step: 6 }, 1_000_000, 9999 - 3, 9996],
  ]
  for (const [name, rule, onHand, wished, quantity] of CASES) {
    it(`${name}, in a new cart, an added line and a changed one`, async () => {
      const { sku } = await ruled(rule, onHand)
      const lines = [{ sku, quantity: wished }]
      const created = await api.post('/v1/carts', { lines })
      expect(created.status, JSON.stringify(created.body)).toBe(201)
      const cart = await emptyCart()
      const added = await api.post(cart.path, { lines }, cart)
      const [line] = added.body.lines
      const changed = await api.patch(cart.path, { lines: [{ id: line.id, quantity: wished }] }, cart)
      for (const answer of [created, added, changed]) {
        expect(quantities(answer)).toEqual([quantity])
        expect(reducedIn(answer)).toEqual(wished === quantity ? [] : [answer.body.lines[0].id])
      }
    })
  }

  const REFUSED: [name: string, rule: Rule, wished: number, detail: string][] = [
    ['less than the least', { min: 6, step: 6 }, 5, 'must be at least 6, in steps of 6'],
    ['a number between two steps', { min: 6, step: 6, max: 24 }, 8, 'must be at least 6, at most 24, in steps of 6'],
    ['less than the least, without steps', { min: 3 }, 2, 'must be at least 3'],
    ['less than the first step above the least', { min: 10, step: 6 }, 6, 'must be at least 12, in steps of 6'],
  ]
  for (const [name, rule, wished, detail] of REFUSED) {
    it(`refuses ${name}, names what is allowed and changes nothing`, async () => {
      const [other, { sku }] = [await makeProduct(api), await ruled(rule)]
      const lines = [
        { sku: other.sku, quantity: 1 },
        { sku, quantity: wished },
      ]
      expect(await api.post('/v1/carts', { lines })).toMatchObject(notAllowed('/lines/1/quantity', detail))
      const cart = await emptyCart()
      const before = await read(cart.id, cart.token)
      expect(await api.post(cart.path, { lines }, cart)).toMatchObject(notAllowed('/lines/1/quantity', detail))
      expect((await read(cart.id, cart.token)).body).toEqual(before.body)
      const full = await api.post(cart.path, { lines: [{ sku, quantity: 12 }] }, cart)
      const change = { lines: [{ id: full.body.lines[0].id, quantity: wished }] }
      expect(await api.patch(cart.path, change, cart)).toMatchObject(notAllowed('/lines/0/quantity', detail))
      expect((await read(cart.id, cart.token)).body).toEqual(full.body)
    })
  }

  it('is about the sum of a line, not about the wish alone', async () => {
    const { sku, variantId } = await ruled({ step: 1 })
    const cart = await emptyCart()
    await api.post(cart.path, { lines: [{ sku, quantity: 4 }] }, cart)
    await setQuantityRule(api, variantId, { min: 6, step: 6 })
    const later = createApi({ deps: { clock: () => new Date(Date.now() + 61_000) } })
    const two = await later.post(cart.path, { lines: [{ sku, quantity: 2 }] }, cart)
    expect(quantities(two)).toEqual([6])
    const refused = await later.post(cart.path, { lines: [{ sku, quantity: 1 }] }, cart)
    expect(refused).toMatchObject(notAllowed('/lines/0/quantity', 'must be at least 6, in steps of 6'))
    const joined = {
      lines: [
        { sku, quantity: 5 },
        { sku, quantity: 1 },
      ],
    }
    expect(quantities(await later.post(cart.path, joined, cart))).toEqual([12])
  })

  it('answers out_of_stock where what is left is less than the least, and changes nothing', async () => {
    const { sku } = await ruled({ min: 6, step: 6 }, 5)
    const cart = await emptyCart()
    const refused = await api.post(cart.path, { lines: [{ sku, quantity: 6 }] }, cart)
    expect(refused).toMatchObject({ status: 409, body: { code: 'out_of_stock', errors: [{ pointer: '/lines/0' }] } })
    expect((await read(cart.id, cart.token)).body).toMatchObject({ lines: [], version: 1 })
  })

  it('lets a line be removed, and other lines be changed, whatever it says now', async () => {
    const [free, { sku, variantId }] = [await makeProduct(api), await ruled({})]
    const shopper = await makeShopper(api, [
      { sku, quantity: 5 },
      { sku: free.sku, quantity: 1 },
    ])
    await setQuantityRule(api, variantId, { min: 6, step: 6 })
    const path = `/v1/carts/${shopper.cartId}/lines`
    const [old, other] = shopper.cart.lines
    expect(quantities(await api.patch(path, { lines: [{ id: other.id, quantity: 3 }] }, shopper))).toEqual([5, 3])
    expect(quantities(await api.delete(`${path}/${old.id}`, shopper))).toEqual([3])
  })

  it('adds up parallel adds to the most, never beyond it and never off a step', async () => {
    const { sku } = await ruled({ step: 2, max: 10 })
    const slow = createApi({ bindings: { D1_LATENCY_MS: '5' } })
    const cart = await emptyCart()
    const add = () => slow.post(cart.path, { lines: [{ sku, quantity: 2 }] }, { ...cart, key: crypto.randomUUID() })
    const answers = await Promise.all(Array.from({ length: 8 }, add))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(quantities(await read(cart.id, cart.token))).toEqual([10])
  })
})

describe('a rule that is changed while the goods lie in a cart', () => {
  async function outdated(): Promise<{ shopper: Shopper; later: Api; variantId: string }> {
    const { sku, variantId } = await ruled({})
    const shopper = await makeShopper(api, [{ sku, quantity: 5 }])
    await setQuantityRule(api, variantId, { min: 6, max: 12, step: 6 })
    return { shopper, variantId, later: createApi({ deps: { clock: () => new Date(Date.now() + 61_000) } }) }
  }

  it('is told by a warning that blocks no change', async () => {
    const { shopper, later } = await outdated()
    const { body } = await read(shopper.cartId, shopper.token, later)
    const [line] = body.lines
    expect(body.warnings).toContainEqual(expect.objectContaining({ code: 'QUANTITY_NOT_ALLOWED', target: line.id }))
    const noted = await later.patch(`/v1/carts/${shopper.cartId}`, { note: 'soon' }, shopper)
    expect(noted).toMatchObject({ status: 200, body: { note: 'soon', lines: [{ quantity: 5 }] } })
  })

  it('keeps the cart from being ordered, says what is allowed and changes nothing', async () => {
    const { shopper, variantId } = await outdated()
    const before = await read(shopper.cartId, shopper.token)
    const refused = await complete(api, shopper)
    expect(refused).toMatchObject({ status: 409, body: { code: 'quantity_not_allowed' } })
    expect(refused.body.lines).toEqual([
      { id: shopper.cart.lines[0].id, variant_id: variantId, quantity: 5, allowed: { min: 6, max: 12, step: 6 } },
    ])
    const after = await read(shopper.cartId, shopper.token)
    expect(after.body).toMatchObject({ version: before.body.version, status: 'open', order_id: null })
    expect(after.body.warnings).toContainEqual(expect.objectContaining({ code: 'QUANTITY_NOT_ALLOWED' }))
    const path = `/v1/carts/${shopper.cartId}/lines`
    const cart = await api.patch(path, { lines: [{ id: shopper.cart.lines[0].id, quantity: 6 }] }, shopper)
    expect((await complete(api, { ...shopper, cart: cart.body })).status).toBe(200)
  })
})
