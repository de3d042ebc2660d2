import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { signRecoveryToken } from '../../src/features/sessions/recovery-token.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { parseConfig } from '../../src/platform/env.ts'
import { type Answer, complete, createApi, makeProduct, makeShopper, type Shopper, unique } from '../support/api.ts'
import { forgeries } from '../support/forgeries.ts'
import { setQuantityRule } from '../support/quantity-rules.ts'
import { seedShop } from '../support/shop.ts'
import { abandonedEvents, beginSweepHere, minutes, sweepAt } from '../support/sweeps.ts'

const api = createApi()
const mint = createMint(new Date(), cryptoRandom)
const DAY = 24 * 3600 * 1000

/** The token of the link that a reminder of this cart carries. */
async function linkOf({ cartId }: Shopper): Promise<string> {
  await sweepAt(api, minutes(61))
  const [event] = await abandonedEvents(api, cartId)
  return new URL(event?.recovery_url ?? '').searchParams.get('token') ?? ''
}

function tokenFor(cartId: string, expiresAt = new Date(Date.now() + DAY)): Promise<string> {
  return signRecoveryToken(parseConfig(api.bindings), { subject: cartId, expiresAt }, new Date(), mint)
}

const recover = (token: string, ask: object = {}) => api.post('/v1/carts/recover', { token }, ask)
const warningsOf = ({ body }: Answer) =>
  body.warnings.map(({ code, target }: { code: string; target: string }) => [code, target])

describe('a recovery link', () => {
  it('makes a new cart of the goods, codes, currency, country and locale, for a new guest', async () => {
    await beginSweepHere(api)
    const [first, second] = [await makeProduct(api), await makeProduct(api)]
    const owner = await makeShopper(api, [{ sku: first.sku, quantity: 2 }], {
      currency: 'EUR',
      discount_codes: ['SPRING'],
      note: 'Ring twice',
      metadata: { gift: 'for Bob' },
    })
    const engraved = { sku: second.sku, quantity: 1, attributes: { engraving: 'A' } }
    await api.post(`/v1/carts/${owner.cartId}/lines`, { lines: [engraved] }, owner)
    const before = await api.get(`/v1/carts/${owner.cartId}`, owner)
    const recovered = await recover(await linkOf(owner))
    expect(recovered.status, JSON.stringify(recovered.body)).toBe(201)
    const { body } = recovered
    expect(body.lines).toMatchObject([
      { sku: first.sku, quantity: 2, unit_price: { amount: 1900, currency: 'EUR' } },
      { sku: second.sku, quantity: 1, attributes: { engraving: 'A' } },
    ])
    expect(body).toMatchObject({
      status: 'open',
      version: 1,
      currency: 'EUR',
      country: 'US',
      locale: owner.cart.locale,
      discount_codes: [{ code: 'SPRING' }],
      email: null,
      shipping_address: null,
      billing_address: null,
      shipping_option: null,
      note: null,
      metadata: {},
      order_id: null,
    })
    expect(body.id).not.toBe(owner.cartId)
    expect(recovered.headers.get('Location')).toBe(`/v1/carts/${body.id}`)
    const text = JSON.stringify(body)
    for (const personal of [owner.cart.email, 'Lovelace', 'Analytical', 'Bob', 'Ring twice', owner.cartId]) {
      expect(text).not.toContain(personal)
    }
    const token = body.session.access_token
    expect(decodeJwt(token).sub).not.toBe(decodeJwt(owner.token).sub)
    expect((await api.get(`/v1/carts/${owner.cartId}`, { token })).status).toBe(404)
    expect((await api.get('/v1/orders', { token })).body.data).toEqual([])
    expect((await api.get(`/v1/carts/${owner.cartId}`, owner)).body).toEqual(before.body)
  })

  it('gives the new cart to the shopper who opens it', async () => {
    const { sku } = await makeProduct(api)
    const owner = await makeShopper(api, [{ sku, quantity: 1 }])
    const reader = await api.post('/v1/carts', {})
    const token = reader.body.session.access_token
    const { status, body } = await recover(await tokenFor(owner.cartId), { token })
    expect([status, body.session]).toEqual([201, undefined])
    expect((await api.get(`/v1/carts/${body.id}`, { token })).status).toBe(200)
    expect((await api.get(`/v1/carts/${body.id}`, owner)).status).toBe(404)
  })

  it('leaves out what is sold out or gone, and cuts what there is less of, with a warning for each', async () => {
    const { staffKey } = await seedShop()
    const goods = await Promise.all([5, 5, 5, 5, 5].map((onHand) => makeProduct(api, { onHand })))
    const [kept, few, none, gone, ruled] = goods as Required<[...typeof goods]>
    if (!kept || !few || !none || !gone || !ruled) throw new Error('five products')
    const owner = await makeShopper(
      api,
      goods.map(({ sku }) => ({ sku, quantity: 4 })),
    )
    const adjust = (sku: string, delta: number) =>
      api.post(
        '/v1/admin/inventory/adjustments',
        { sku, delta, reason: 'counted' },
        { token: staffKey, key: crypto.randomUUID() },
      )
    await adjust(few.sku, -3)
    await adjust(none.sku, -5)
    await api.patch(`/v1/admin/products/${gone.id}`, { status: 'archived' }, { token: staffKey })
    await setQuantityRule(api, ruled.variantId, { min: 5 })
    const recovered = await recover(await tokenFor(owner.cartId))
    const lines = recovered.body.lines.map(({ sku, quantity }: { sku: string; quantity: number }) => [sku, quantity])
    expect(lines).toEqual([
      [kept.sku, 4],
      [few.sku, 2],
    ])
    expect(warningsOf(recovered)).toEqual([
      ['QUANTITY_REDUCED', few.variantId],
      ['OUT_OF_STOCK', none.variantId],
      ['ITEM_UNAVAILABLE', gone.variantId],
      ['QUANTITY_NOT_ALLOWED', ruled.variantId],
    ])
  })

  it('answers 410 once the cart is ordered, merged or over, and says nothing of where it went', async () => {
    const { sku } = await makeProduct(api)
    const carts = await Promise.all([1, 2, 3].map(() => makeShopper(api, [{ sku, quantity: 1 }])))
    const [ordered, merged, expired] = carts as [Shopper, Shopper, Shopper]
    const tokens = await Promise.all(carts.map(({ cartId }) => tokenFor(cartId)))
    await complete(api, ordered, { test_outcome: 'succeeded' })
    const into = await makeShopper(api, [{ sku, quantity: 1 }])
    const body = { from_cart_id: merged.cartId, from_access_token: merged.token }
    await api.post(`/v1/carts/${into.cartId}/merge`, body, into)
    const statement = 'UPDATE carts SET expires_at = ? WHERE id = ?'
    await api.bindings.DB.prepare(statement)
      .bind(Date.now() - 1, expired.cartId)
      .run()
    for (const token of [...tokens, await tokenFor(mint('cart'))]) {
      const refused = await recover(token)
      expect(refused).toMatchObject({ status: 410, body: { code: 'cart_gone' } })
      expect(JSON.stringify(refused.body)).not.toMatch(/cart_aa_|ord_/)
    }
  })

  it('is good for seven days and not longer', async () => {
    const { sku } = await makeProduct(api)
    const owner = await makeShopper(api, [{ sku, quantity: 1 }])
    const token = await tokenFor(owner.cartId, new Date(Date.now() + 7 * DAY))
    const at = (later: number) => createApi({ deps: { clock: () => new Date(Date.now() + later) } })
    expect((await at(6 * DAY).post('/v1/carts/recover', { token })).status).toBe(201)
    const late = await at(8 * DAY).post('/v1/carts/recover', { token })
    expect(late).toMatchObject({ status: 422, body: { errors: [{ pointer: '/token' }] } })
  })
})

describe('a recovery token', () => {
  it('is never a session, for no route and no proof', async () => {
    const { sku } = await makeProduct(api)
    const owner = await makeShopper(api, [{ sku, quantity: 1 }])
    const token = await tokenFor(owner.cartId)
    expect((await api.get(`/v1/carts/${owner.cartId}`, { token })).status).toBe(401)
    expect((await api.get('/v1/orders', { token })).status).toBe(401)
    expect((await api.post('/v1/carts/recover', { token }, { token })).status).toBe(401)
    expect((await api.post('/v1/sessions/guest/renew', {}, { token })).status).toBe(401)
    const target = await makeShopper(api, [{ sku, quantity: 1 }])
    const proof = { from_cart_id: owner.cartId, from_access_token: token }
    const merged = await api.post(`/v1/carts/${target.cartId}/merge`, proof, target)
    expect(merged).toMatchObject({ status: 422, body: { errors: [{ pointer: '/from_access_token' }] } })
  })

  it('is never a session’s, nor a forged one', async () => {
    const { sku } = await makeProduct(api)
    const owner = await makeShopper(api, [{ sku, quantity: 1 }])
    const real = await tokenFor(owner.cartId)
    const bad = { status: 422, body: { errors: [{ pointer: '/token' }] } }
    expect(await recover(owner.token)).toMatchObject(bad)
    for (const [name, forge] of Object.entries(forgeries)) {
      expect(await recover(await forge(real)), name).toMatchObject(bad)
    }
    expect(await recover(unique('token'))).toMatchObject(bad)
    expect((await recover(real)).status).toBe(201)
  })
})
