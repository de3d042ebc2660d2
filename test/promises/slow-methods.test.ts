import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, pay, stockOf, violations } from '../support/api.ts'
import { recoverAfter } from '../support/jobs.ts'

const api = createApi()
// After an ordinary session and its grace, well within the day that the test provider gives a payment under way.
const HOURS = 60

async function underWay() {
  const { sku } = await makeProduct(api, { onHand: 1 })
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
  const { body } = await complete(api, shopper, { test_outcome: 'pending' })
  const order = async () => (await api.get(`/v1/orders/${body.order.id}`, shopper)).body
  return { sku, shopper, order, payment: body.payment, status: body.status }
}

describe('a slow method, such as a bank debit, keeps its goods until its provider has decided', () => {
  it('long after an ordinary session would have ended', async () => {
    const { sku, order, status, payment } = await underWay()
    expect(status).toBe('processing')
    await recoverAfter(api, 10 * HOURS)
    expect(await order()).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 1, held: 1 })
    const later = createApi({ deps: { clock: () => new Date(Date.now() + 10 * HOURS * 60_000) } })
    const other = await makeShopper(api, [{ sku, quantity: 1 }]).catch(() => null)
    // Nobody else is promised what is kept: not even a cart is given it.
    if (other) expect((await complete(later, other)).body.code).toBe('out_of_stock')
    await pay(api, payment.id)
    expect(await order()).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 0, held: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('when the method was chosen on the provider’s own page', async () => {
    const { sku } = await makeProduct(api, { onHand: 1 })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    await pay(api, body.payment.id, 'pending')
    await recoverAfter(api, 10 * HOURS)
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 1, held: 1 })
    expect(await violations(api)).toEqual([])
  })

  it('and lets them go when it never decides', async () => {
    const { sku, order } = await underWay()
    await recoverAfter(api, 30 * HOURS)
    expect(await order()).toMatchObject({ status: 'cancelled', payments: [{ status: 'closed' }] })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 1, held: 0 })
    expect(await violations(api)).toEqual([])
  })
})
