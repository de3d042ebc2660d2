import { describe, expect, it } from 'vitest'
import {
  complete,
  createApi,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  stockOf,
  violations,
} from '../support/api.ts'
import { recoverAfter } from '../support/jobs.ts'
import { silence, withProvider } from '../support/money.ts'

const api = createApi()
/** The test provider keeps the outcome in its book, but its webhook never arrives. */
const deaf = createApi({ deps: { fetch: async () => new Response(null, { status: 503 }) } })
/** After the provider's session and the hold's grace. */
const LATER = 60

const orderOf = async ({ token }: Shopper, id: string) => (await api.get(`/v1/orders/${id}`, { token })).body

describe('recover asks the provider and finishes what nobody else will', () => {
  it('confirms a payment whose webhook was lost', async () => {
    const { sku } = await makeProduct(api, { onHand: 3 })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    expect((await pay(deaf, body.payment.id)).body).toMatchObject({ delivered: false })
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'pending' })
    await recoverAfter(api, LATER)
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 2, held: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('gives up an order nobody has paid: stock, code and cart are free again', async () => {
    const { sku } = await makeProduct(api, { onHand: 1 })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    await recoverAfter(api, 5)
    expect(await stockOf(api, sku)).toMatchObject({ held: 1 })
    await recoverAfter(api, LATER)
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'cancelled', payment_status: 'voided' })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 1, held: 0 })
    const cart = await api.get(`/v1/carts/${shopper.cartId}`, shopper)
    expect(cart.body).toMatchObject({ status: 'open', order_id: null })
    expect(await violations(api)).toEqual([])
  })

  it('puts an order that cannot be given up yet behind the others, and comes back to it', async () => {
    const { sku } = await makeProduct(api, { onHand: 1 })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper, { test_outcome: 'declined' })
    let asked = 0
    const { api: mute } = withProvider(() => ({
      closeSession: ({ paymentId }) => {
        asked += paymentId === body.payment.id ? 1 : 0
        return silence()
      },
    }))
    await recoverAfter(mute, LATER + 10)
    await recoverAfter(mute, LATER + 20)
    expect(asked).toBe(1)
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'pending' })
    await recoverAfter(api, 3 * LATER)
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'cancelled' })
    expect(await violations(api)).toEqual([])
  })

  it('lets another shopper have goods whose hold has run out, without waiting for the cron', async () => {
    const { sku } = await makeProduct(api, { onHand: 1 })
    const slow = await makeShopper(api, [{ sku, quantity: 1 }])
    const quick = await makeShopper(api, [{ sku, quantity: 1 }])
    await complete(api, slow)
    const later = createApi({ deps: { clock: () => new Date(Date.now() + LATER * 60_000) } })
    expect((await complete(later, quick)).status).toBe(200)
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 1, held: 1 })
    expect(await violations(api)).toEqual([])
  })

  it('takes the stock again for a payment that comes after its hold ran out', async () => {
    const { sku } = await makeProduct(api, { onHand: 2 })
    const slow = await makeShopper(api, [{ sku, quantity: 1 }])
    const quick = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, slow)
    const later = createApi({ deps: { clock: () => new Date(Date.now() + LATER * 60_000) } })
    await complete(later, quick)
    await pay(api, body.payment.id)
    expect(await orderOf(slow, body.order.id)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await violations(api)).toEqual([])
  })

  it('refunds a payment that comes after its goods went to somebody else', async () => {
    const { sku } = await makeProduct(api, { onHand: 1 })
    const slow = await makeShopper(api, [{ sku, quantity: 1 }])
    const quick = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, slow)
    const later = createApi({ deps: { clock: () => new Date(Date.now() + LATER * 60_000) } })
    expect((await complete(later, quick)).status).toBe(200)
    await pay(api, body.payment.id)
    expect(await orderOf(slow, body.order.id)).toMatchObject({ status: 'cancelled', refunds: [{ status: 'pending' }] })
    expect(await violations(api)).toEqual([])
    await recoverAfter(api, 1)
    const total = slow.cart.totals.total
    expect(await orderOf(slow, body.order.id)).toMatchObject({
      refunds: [{ status: 'succeeded', amount: total }],
      payments: [{ captured: total, refunded: total }],
    })
    expect(await violations(api)).toEqual([])
  })
})
