import { describe, expect, it } from 'vitest'
import { createApi, makeProduct, stockOf, unique, violations } from '../support/api.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi({ bindings: { D1_LATENCY_MS: '5' } })

describe('a cart that costs nothing needs no provider', () => {
  it('is ordered, numbered and paid in one commit, once', async () => {
    const { staffKey } = await seedShop()
    const code = unique('FREE').toUpperCase()
    const promotion = { title: 'On us', method: 'code', codes: [code], effect: { type: 'percent', percent: 100 } }
    await api.post('/v1/admin/promotions', promotion, { token: staffKey })
    const variants = [
      {
        sku: unique('PDF'),
        prices: [{ currency: 'USD', amount: 900 }],
        requires_shipping: false,
        inventory: { on_hand: 2 },
      },
    ]
    const { sku } = await makeProduct(api, { variants }).then((product) => ({ sku: variants[0]?.sku ?? product.sku }))
    const created = await api.post('/v1/carts', { email: `${unique('a')}@shop.example`, lines: [{ sku, quantity: 1 }] })
    const token = created.body.session.access_token
    const { body: cart } = await api.patch(`/v1/carts/${created.body.id}`, { discount_codes: [code] }, { token })
    expect(cart).toMatchObject({ missing: [], totals: { total: { amount: 0 }, amount_due: { amount: 0 } } })
    const wish = { expected_total: cart.totals.total }
    const answers = await Promise.all(
      [1, 2, 3].map(() => api.post(`/v1/carts/${cart.id}/complete`, wish, { token, key: crypto.randomUUID() })),
    )
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(answers.map(() => [200, 'completed']))
    expect(new Set(answers.map(({ body }) => body.order.number)).size).toBe(1)
    expect(answers[0]?.body).toMatchObject({ payment: null, order: { payment_status: 'paid', payments: [] } })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 1, held: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('asks for a provider where something is due', async () => {
    const { sku } = await makeProduct(api)
    const created = await api.post('/v1/carts', { email: `${unique('a')}@shop.example`, lines: [{ sku, quantity: 1 }] })
    const token = created.body.session.access_token
    const ask = (body: unknown) =>
      api.post(`/v1/carts/${created.body.id}/complete`, body, { token, key: crypto.randomUUID() })
    const incomplete = await ask({ expected_total: created.body.totals.total })
    expect(incomplete).toMatchObject({
      status: 422,
      body: { code: 'cart_incomplete', missing: ['shipping_address', 'shipping_option'] },
    })
  })
})
