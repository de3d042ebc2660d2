import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, pay, stockOf, violations } from '../support/api.ts'

const api = createApi()

describe('the main job', () => {
  it('takes a shopper from a product to a paid order, and stock falls by one', async () => {
    const product = await makeProduct(api, { onHand: 5 })
    const seen = await api.get(`/v1/products/${product.handle}`)
    expect(seen.status).toBe(200)
    const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 1 }])
    expect(shopper.cart.totals.total).toEqual({ amount: 2000 + 500 + 160, currency: 'USD' })
    const completed = await complete(api, shopper)
    expect(completed.body).toMatchObject({ status: 'requires_action' })
    expect(await stockOf(api, product.sku)).toMatchObject({ on_hand: 5, held: 1, available: 4 })
    const paid = await pay(api, completed.body.payment.id)
    expect(paid.body).toMatchObject({ outcome: 'succeeded', delivered: true })
    const order = await api.get(`/v1/orders/${completed.body.order.id}`, { token: shopper.token })
    expect(order.body).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await stockOf(api, product.sku)).toMatchObject({ on_hand: 4, held: 0, available: 4 })
    expect(await violations(api)).toEqual([])
  })
})
