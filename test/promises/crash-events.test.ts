import { expect } from 'vitest'
import {
  type Answer,
  type Api,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  stockOf,
} from '../support/api.ts'
import { crashEverywhere, type Scenario } from '../support/crash-points.ts'
import { deliver, enterLatePayment } from '../support/deliveries.ts'
import { type Bought, buy, eventFromOutside, manualApi } from '../support/money.ts'
import { expectOnceOrNever, purchaseOf } from '../support/purchase.ts'
import { seedShop } from '../support/shop.ts'

const IN_STOCK = 10

interface Told {
  bought: Bought
  event: Request
}

/** An event from outside, which the provider brings again until it is answered. */
const eventOf = (
  name: string,
  { by, outcome, order, money }: { by: () => Api; outcome: string; order: object; money: (total: number) => object },
): Scenario<Told> => ({
  name: `the event of ${name}`,
  arrange: async () => {
    const bought = await buy(by())
    const event = await eventFromOutside(bought.paymentId, outcome)
    if (!event) throw new Error(`the provider refused: ${outcome}`)
    return { bought, event }
  },
  act: (api, { event }) => api.send(event.clone() as Request),
  retry: async (api, { event }) => {
    const { status, body } = await api.send(event.clone() as Request)
    expect(status, JSON.stringify(body)).toBe(200)
  },
  expect: async (_, { bought }) => {
    const { orders, payments } = await purchaseOf(bought.shopper)
    expect(orders).toMatchObject([order])
    expect(payments).toMatchObject([money(bought.total)])
  },
})

const ELSEWHERE: Readonly<Record<string, Parameters<typeof eventOf>[1]>> = {
  'a refund in the dashboard': {
    by: createApi,
    outcome: 'refunded',
    order: { payment_status: 'refunded' },
    money: (total) => ({ captured: total, refunded: total }),
  },
  'a capture in the dashboard': {
    by: manualApi,
    outcome: 'captured',
    order: { payment_status: 'paid' },
    money: (total) => ({ status: 'captured', captured: total }),
  },
  'a void in the dashboard': {
    by: manualApi,
    outcome: 'voided',
    order: { payment_status: 'voided' },
    money: () => ({ status: 'voided', captured: 0 }),
  },
  'a dispute': {
    by: createApi,
    outcome: 'disputed',
    order: { status: 'confirmed', payment_status: 'paid' },
    money: (total) => ({ captured: total, refunded: 0 }),
  },
}
for (const [name, happening] of Object.entries(ELSEWHERE)) crashEverywhere(eventOf(name, happening), 3)

interface Late {
  shopper: Shopper
  sku: string
  paymentId: string
}

/** The order was given up, and then its money comes after all: it goes back. */
crashEverywhere<Late>({
  name: 'the event of a payment whose order was given up',
  arrange: async (api) => {
    const { sku } = await makeProduct(api, { onHand: IN_STOCK })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    const edited = await api.patch(`/v1/carts/${shopper.cartId}`, { note: 'Ring twice' }, shopper)
    expect(edited.status).toBe(200)
    await enterLatePayment(body.payment.id)
    return { shopper, sku, paymentId: body.payment.id }
  },
  act: (api, late) => deliver(api, lateEvent(late)),
  retry: async (api, late) => {
    expect((await deliver(api, lateEvent(late))).status).toBe(200)
  },
  expect: async (api, { shopper, sku }) => {
    expect(await expectOnceOrNever(api, shopper, { sku, before: IN_STOCK })).toBeNull()
  },
})

const lateEvent = ({ paymentId, shopper }: Late) => ({
  ...{ id: `evt_${paymentId}`, paymentId, amount: shopper.cart.totals.total },
})

interface Repriced {
  shopper: Shopper
  sku: string
  key: string
}

/** A pending order is in the way that costs something else by now: it goes in the commit that places the new one. */
crashEverywhere<Repriced>({
  name: 'a complete that replaces an order over another total',
  arrange: async (api) => {
    const { staffKey: token } = await seedShop()
    const { id, sku } = await makeProduct(api, { onHand: IN_STOCK })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    expect((await complete(api, shopper)).status).toBe(200)
    const variants = [{ sku, prices: [{ currency: 'USD', amount: 1500 }] }]
    const priced = await api.patch(`/v1/admin/products/${id}`, { variants }, { token })
    expect(priced.status, JSON.stringify(priced.body)).toBe(200)
    const { body: cart } = await api.get(`/v1/carts/${shopper.cartId}`, shopper)
    return { shopper: { ...shopper, cart }, sku, key: crypto.randomUUID() }
  },
  act: (api, { shopper, key }) => complete(api, shopper, { test_outcome: 'succeeded' }, key),
  retry: async (api, { shopper, key }) => {
    const answer: Answer = await complete(api, shopper, { test_outcome: 'succeeded' }, key)
    expect([200, 202], JSON.stringify(answer.body)).toContain(answer.status)
    if (answer.body.status === 'requires_action') {
      await deliver(api, { paymentId: answer.body.payment.id, amount: shopper.cart.totals.total })
    }
  },
  expect: async (api, { shopper, sku }) => {
    const live = await expectOnceOrNever(api, shopper, { sku, before: IN_STOCK })
    expect(live).toMatchObject({
      status: 'confirmed',
      payment_status: 'paid',
      amount_due: shopper.cart.totals.total.amount,
    })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: IN_STOCK - 1, held: 0 })
  },
})
