import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  violations,
} from '../support/api.ts'
import { countRows, expectRefusal, pointersOf } from '../support/refusals.ts'

const api = createApi()
const FAR_MS = 31 * 24 * 3600 * 1000
let product: TestProduct

const shopper = (changes: Record<string, unknown> = {}) =>
  makeShopper(api, [{ sku: product.sku, quantity: 1 }], changes)

/** A complete of `of` that sends what `wish` says instead. */
function order(of: Shopper, wish: Record<string, unknown> = {}, through = api, headers: Record<string, string> = {}) {
  const body = { payment: { provider: 'test' }, expected_total: of.cart.totals.total, ...wish }
  return through.post(`/v1/carts/${of.cartId}/complete`, body, { token: of.token, key: crypto.randomUUID(), headers })
}

/** Refused, and no table has a row more or less. */
async function expectNothing(ask: () => Promise<Answer>, status: number, code: string): Promise<Answer> {
  const before = await countRows()
  const answer = await ask()
  expectRefusal(answer, status, code)
  expect(answer.body.code).toBe(code)
  expect(await countRows()).toEqual(before)
  return answer
}

beforeAll(async () => {
  product = await makeProduct(api, { onHand: 50 })
})

describe('complete refuses what cannot be ordered, and nothing is changed', () => {
  it('an empty cart', async () => {
    const of = await shopper()
    const path = `/v1/carts/${of.cartId}/lines/${of.cart.lines[0].id}`
    const { body } = await api.delete(path, of)
    await expectNothing(() => order({ ...of, cart: body }), 422, 'cart_empty')
  })

  it('a cart that lacks an address', async () => {
    const of = await shopper({ shipping_address: null })
    const { body } = await expectNothing(() => order(of), 422, 'cart_incomplete')
    expect(body.missing).toContain('shipping_address')
  })

  it('somebody else’s cart, as if it were not there', async () => {
    const [owner, other] = [await shopper(), await shopper()]
    await expectNothing(() => order({ ...owner, token: other.token }), 404, 'cart_not_found')
  })

  it('a cart past its time', async () => {
    const of = await shopper()
    const later = createApi({ deps: { clock: () => new Date(Date.now() + FAR_MS) } })
    // The session has ended by then as well: it is the cart that counts here.
    await api.bindings.DB.prepare('UPDATE carts SET expires_at = ? WHERE id = ?')
      .bind(Date.now() - 1, of.cartId)
      .run()
    await expectNothing(() => order(of), 410, 'cart_gone')
    expectRefusal(await order(of, {}, later), 401, 'an ended session')
  })

  it('a cart that was merged into another', async () => {
    const [source, target] = [await shopper(), await shopper()]
    const merge = { from_cart_id: source.cartId, from_access_token: source.token, strategy: 'sum' }
    const merged = await api.post(`/v1/carts/${target.cartId}/merge`, merge, target)
    expect(merged.status).toBe(200)
    const { body } = await expectNothing(() => order(source), 410, 'cart_gone')
    expect(body.merged_into).toBe(target.cartId)
  })

  it('another version of the cart than the shopper has seen', async () => {
    const of = await shopper()
    const answer = () => order(of, {}, api, { 'If-Match': `"${of.cart.version - 1}"` })
    await expectNothing(answer, 412, 'version_mismatch')
    expect((await order(of, {}, api, { 'If-Match': `"${of.cart.version}"` })).status).toBe(200)
  })

  it('a total of another currency, with the cart as it is', async () => {
    const of = await shopper()
    const { amount } = of.cart.totals.total
    const wrong = { expected_total: { amount, currency: 'EUR' } }
    const { body } = await expectNothing(() => order(of, wrong), 409, 'cart_changed')
    expect(body.differences[0]).toMatchObject({ what: 'total', expected: { currency: 'EUR' }, actual: { amount } })
    expect(body.cart.totals).toEqual(of.cart.totals)
  })

  it.each(['nobody', 'stripe', '', 'x'.repeat(51)])('a provider that is not configured: %j', async (provider) => {
    const of = await shopper()
    const answer = await expectNothing(() => order(of, { payment: { provider } }), 422, 'invalid_request')
    expect(pointersOf(answer)).toEqual(['/payment/provider'])
  })

  it('a payment left out where something is due', async () => {
    const of = await shopper()
    const answer = await expectNothing(() => order(of, { payment: undefined }), 422, 'invalid_request')
    expect(pointersOf(answer)).toEqual(['/payment'])
  })

  it('a request without a key', async () => {
    const of = await shopper()
    const body = { payment: { provider: 'test' }, expected_total: of.cart.totals.total }
    const ask = () => api.post(`/v1/carts/${of.cartId}/complete`, body, { token: of.token })
    await expectNothing(ask, 400, 'idempotency_key_required')
  })

  it('a key that was used for another body', async () => {
    const of = await shopper()
    const key = crypto.randomUUID()
    expect((await complete(api, of, {}, key)).status).toBe(200)
    const ask = () => complete(api, of, { test_outcome: 'declined' }, key)
    await expectNothing(ask, 422, 'idempotency_conflict')
  })

  it('leaves nothing behind', async () => {
    expect(await violations(api)).toEqual([])
  })
})
