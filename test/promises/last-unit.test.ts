import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, pay, stockOf, violations } from '../support/api.ts'

// Races hide at local speed: every D1 call takes 5 ms longer here.
const api = createApi({ bindings: { D1_LATENCY_MS: '5' } })

describe('promise 1: never oversold, never two orders for a cart, never a coupon past its limit', () => {
  it('lets one of 50 racing shoppers take the last unit and refuses the others cleanly', async () => {
    const { sku } = await makeProduct(api, { onHand: 1 })
    const shoppers = await Promise.all(Array.from({ length: 50 }, () => makeShopper(api, [{ sku, quantity: 1 }])))
    const answers = await Promise.all(shoppers.map((shopper) => complete(api, shopper)))
    const won = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(won).toHaveLength(1)
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [409, 'out_of_stock']))
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 1, held: 1, available: 0 })
    await pay(api, won[0]?.body.payment.id)
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 0, held: 0, available: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('keeps to the limit per customer by e-mail, and the cart then shows what complete will charge', async () => {
    const { sku } = await makeProduct(api, { onHand: 50 })
    const code = await makeCode(api, { customer_limit: 1 })
    const email = `${crypto.randomUUID()}@shop.example`
    const details = { email, discount_codes: [code] }
    const first = await complete(api, await makeShopper(api, [{ sku, quantity: 1 }], details))
    expect(first.status).toBe(200)
    const second = await makeShopper(api, [{ sku, quantity: 1 }], { ...details, email: email.toUpperCase() })
    const refused = await complete(api, second)
    expect(refused.body).toMatchObject({
      code: 'cart_changed',
      cart: { discount_codes: [{ reason: 'customer_limit' }] },
    })
    const again = await api.get(`/v1/carts/${second.cartId}`, { token: second.token })
    expect(again.body.totals).toEqual(refused.body.cart.totals)
    expect((await complete(api, { ...second, cart: again.body })).status).toBe(200)
    expect(await violations(api)).toEqual([])
  })
})

async function makeCode(on: typeof api, limits: Record<string, number>): Promise<string> {
  const { seedShop } = await import('../support/shop.ts')
  const { staffKey } = await seedShop()
  const code = `CODE${crypto.randomUUID().slice(0, 8).toUpperCase()}`
  const promotion = {
    title: 'Ten percent',
    method: 'code',
    codes: [code],
    effect: { type: 'percent', percent: 10 },
    ...limits,
  }
  const { status } = await on.post('/v1/admin/promotions', promotion, { token: staffKey })
  expect(status).toBe(201)
  return code
}
