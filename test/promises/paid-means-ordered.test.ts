import { describe, expect, it } from 'vitest'
import { signTestEvent } from '../../src/features/payments/test/events.ts'
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
import { seedShop } from '../support/shop.ts'

const api = createApi({ bindings: { D1_LATENCY_MS: '5' } })

async function deliver(
  paymentId: string,
  amount: { amount: number; currency: string },
  id: string,
  outcome: 'succeeded' | 'declined' | 'pending' = 'succeeded',
) {
  const secret = api.bindings.TEST_PAYMENT_WEBHOOK_SECRET ?? ''
  const { body, headers } = await signTestEvent(secret, { id, outcome, paymentId, amount }, new Date())
  return api.post('/v1/webhooks/test', body, { headers })
}

async function eventsOf(paymentId: string) {
  const { staffKey } = await seedShop()
  const { body } = await api.get('/v1/admin/webhook-events?limit=100', { token: staffKey })
  return body.data.filter((event: { payment_id: string }) => event.payment_id === paymentId)
}

const orderOf = async ({ token }: Shopper, id: string) => (await api.get(`/v1/orders/${id}`, { token })).body

describe('promise 2: a payment event is never lost, applied twice, or applied to the wrong amount', () => {
  it('applies the same event once when it comes 20 times at the same moment', async () => {
    const { sku } = await makeProduct(api, { onHand: 3 })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    const id = `evt_${crypto.randomUUID()}`
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => deliver(body.payment.id, shopper.cart.totals.total, id)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 2, held: 0 })
    expect(await eventsOf(body.payment.id)).toMatchObject([{ status: 'processed' }])
    expect(await violations(api)).toEqual([])
  })

  it('makes one paid order of two different events for one payment', async () => {
    const { sku } = await makeProduct(api, { onHand: 3 })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    await Promise.all(
      ['a', 'b'].map((id) => deliver(body.payment.id, shopper.cart.totals.total, `${id}_${crypto.randomUUID()}`)),
    )
    expect((await orderOf(shopper, body.order.id)).payments).toMatchObject([{ status: 'captured' }])
    const statuses = (await eventsOf(body.payment.id)).map(({ status }: { status: string }) => status)
    expect(statuses.sort()).toEqual(['ignored', 'processed'])
    expect(await violations(api)).toEqual([])
  })

  it('refuses to take another amount or currency for the payment', async () => {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    await deliver(body.payment.id, { amount: 1, currency: 'USD' }, crypto.randomUUID())
    await deliver(body.payment.id, { ...shopper.cart.totals.total, currency: 'EUR' }, crypto.randomUUID())
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'pending', payment_status: 'pending' })
    expect(await eventsOf(body.payment.id)).toMatchObject([{ status: 'dead' }, { status: 'dead' }])
    expect(await violations(api)).toEqual([])
  })

  it('never moves a payment backwards when events come out of order', async () => {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    for (const outcome of ['succeeded', 'pending', 'declined'] as const) {
      await deliver(body.payment.id, shopper.cart.totals.total, crypto.randomUUID(), outcome)
    }
    expect(await orderOf(shopper, body.order.id)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await violations(api)).toEqual([])
  })

  it('keeps an event for an unknown payment as unmatched, and one that is no event at all as dead', async () => {
    const { staffKey } = await seedShop()
    const unknown = 'pay_01h00000000000000000000000'
    expect((await deliver(unknown, { amount: 1, currency: 'USD' }, crypto.randomUUID())).status).toBe(200)
    const [event] = await eventsOf(unknown)
    expect(event).toMatchObject({ status: 'unmatched' })
    const replay = await api.post(`/v1/admin/webhook-events/${event.id}/replay`, undefined, { token: staffKey })
    expect(replay.body).toMatchObject({ status: 'unmatched', attempts: 2 })
  })
})

describe('attempts: a declined or abandoned one ends the attempt, not the order', () => {
  it('declines, then pays the same order with a new attempt', async () => {
    const { sku } = await makeProduct(api, { onHand: 2 })
    const shopper = await makeShopper(api, [{ sku, quantity: 2 }])
    const declined = await complete(api, shopper, { test_outcome: 'declined' })
    expect(declined).toMatchObject({
      status: 402,
      body: { code: 'payment_declined', order: { payment_status: 'failed' } },
    })
    expect(await stockOf(api, sku)).toMatchObject({ held: 2 })
    const second = await complete(api, shopper)
    expect(second.body).toMatchObject({ status: 'requires_action', order: { id: declined.body.order.id } })
    await pay(api, second.body.payment.id)
    const order = await orderOf(shopper, declined.body.order.id)
    expect(order).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(order.payments.map(({ status }: { status: string }) => status)).toEqual(['closed', 'captured'])
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 0, held: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('replays a declined outcome for the same key and opens nothing', async () => {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const key = crypto.randomUUID()
    const first = await complete(api, shopper, { test_outcome: 'declined' }, key)
    const replay = await complete(api, shopper, { test_outcome: 'declined' }, key)
    expect(replay).toMatchObject({ status: 402, body: { payment: { id: first.body.payment.id } } })
    expect(replay.headers.get('Idempotent-Replayed')).toBe('true')
    const other = await complete(api, shopper, {}, key)
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
  })

  it('lets an abandoned cart be edited: the old order is cancelled and its goods are free', async () => {
    const { sku } = await makeProduct(api, { onHand: 5 })
    const shopper = await makeShopper(api, [{ sku, quantity: 3 }])
    const first = await complete(api, shopper)
    const line = shopper.cart.lines[0].id
    const edited = await api.patch(`/v1/carts/${shopper.cartId}/lines`, { lines: [{ id: line, quantity: 1 }] }, shopper)
    expect(edited).toMatchObject({ status: 200, body: { order_id: null } })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 5, held: 0 })
    expect(await orderOf(shopper, first.body.order.id)).toMatchObject({ status: 'cancelled', payment_status: 'voided' })
    expect((await pay(api, first.body.payment.id)).body.code).toBe('payment_closed')
    const second = await complete(api, { ...shopper, cart: edited.body })
    await pay(api, second.body.payment.id)
    expect(await orderOf(shopper, second.body.order.id)).toMatchObject({ status: 'confirmed' })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 4, held: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('answers a completed cart with its order, and refuses to edit it', async () => {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const first = await complete(api, shopper, { test_outcome: 'succeeded' })
    expect(first).toMatchObject({ status: 200, body: { status: 'completed', order: { payment_status: 'paid' } } })
    const again = await complete(api, shopper)
    expect(again).toMatchObject({ status: 200, body: { status: 'completed', order: { id: first.body.order.id } } })
    const edit = await api.patch(`/v1/carts/${shopper.cartId}`, { note: 'late' }, shopper)
    expect(edit).toMatchObject({ status: 409, body: { code: 'cart_completed', order_id: first.body.order.id } })
  })

  it('gives each confirmed order the next number, and pending ones none', async () => {
    const { sku } = await makeProduct(api)
    const shoppers = await Promise.all([1, 2, 3, 4].map(() => makeShopper(api, [{ sku, quantity: 1 }])))
    const answers = await Promise.all(
      shoppers.map((shopper, index) => complete(api, shopper, index < 3 ? { test_outcome: 'succeeded' } : {})),
    )
    const numbers = answers.map(({ body }) => body.order.number)
    const given = numbers.slice(0, 3).sort()
    expect(given).toEqual([given[0], given[0] + 1, given[0] + 2])
    expect(numbers[3]).toBe(null)
    expect(await violations(api)).toEqual([])
  })
})
