import { expect } from 'vitest'
import {
  type Answer,
  type Api,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
} from '../support/api.ts'
import { crashEverywhere, type Scenario } from '../support/crash-points.ts'
import { deliver } from '../support/deliveries.ts'
import { expectOnceOrNever } from '../support/purchase.ts'

interface Purchase {
  shopper: Shopper
  sku: string
  key: string
}

interface Ordered extends Purchase {
  paymentId: string
}

const IN_STOCK = 5

async function arrive(api: Api): Promise<Purchase> {
  const { sku } = await makeProduct(api, { onHand: IN_STOCK })
  const shopper = await makeShopper(api, [{ sku, quantity: 2 }])
  return { shopper, sku, key: crypto.randomUUID() }
}

/** A shopper with a session that waits to be paid. */
async function order(api: Api): Promise<Ordered> {
  const purchase = await arrive(api)
  const { body } = await complete(api, purchase.shopper, {}, purchase.key)
  return { ...purchase, paymentId: body.payment.id }
}

/** What the storefront does with an answer: it pays where that is asked for. Faults are left for the retry. */
async function payIfAsked(api: Api, { status, body }: Answer): Promise<void> {
  if (status === 200 && body.status === 'requires_action') await pay(api, body.payment.id)
}

/** A retry is told its outcome, or to wait. */
function expectNoFault({ status, body }: Answer): void {
  expect([200, 202], JSON.stringify(body)).toContain(status)
}

async function expectPaidOrder(api: Api, { shopper, sku }: Purchase): Promise<void> {
  const paid = await expectOnceOrNever(api, shopper, { sku, before: IN_STOCK })
  expect(paid).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
}

/** Completes and, where the answer says so, pays. */
const completing = (name: string, extra: Record<string, unknown>): Scenario<Purchase> => ({
  name,
  arrange: arrive,
  act: async (api, { shopper, key }) => payIfAsked(api, await complete(api, shopper, extra, key)),
  retry: async (api, { shopper, key }) => {
    const answer = await complete(api, shopper, extra, key)
    expectNoFault(answer)
    await payIfAsked(api, answer)
  },
  expect: expectPaidOrder,
})

crashEverywhere(completing('complete, paid at once', { test_outcome: 'succeeded' }))
crashEverywhere(completing('complete, paid on the provider’s page', {}))

/** The provider brings the event again until it is answered with 2xx. */
const event = (paymentId: string, { cart }: Shopper) => ({
  id: `evt_${paymentId}`,
  paymentId,
  amount: cart.totals.total,
})

crashEverywhere<Ordered>({
  name: 'a webhook',
  arrange: order,
  act: (api, { paymentId, shopper }) => deliver(api, event(paymentId, shopper)),
  retry: async (api, { paymentId, shopper }) => {
    expect((await deliver(api, event(paymentId, shopper))).status).toBe(200)
  },
  expect: expectPaidOrder,
})

crashEverywhere({
  ...completing('a further attempt, after one that was declined', { test_outcome: 'succeeded' }),
  arrange: async (api) => {
    const purchase = await arrive(api)
    expect((await complete(api, purchase.shopper, { test_outcome: 'declined' })).status).toBe(402)
    return purchase
  },
})

/** The cart of a pending order is edited: its session is closed, the order given up. */
crashEverywhere<Ordered>({
  name: 'an edit that gives a pending order up',
  arrange: order,
  act: (api, { shopper }) => api.patch(`/v1/carts/${shopper.cartId}`, { note: 'Ring twice' }, shopper),
  retry: async (api, { shopper }) => {
    const { status, body } = await api.patch(`/v1/carts/${shopper.cartId}`, { note: 'Ring twice' }, shopper)
    expect(status, JSON.stringify(body)).toBe(200)
  },
  expect: async (api, { shopper, sku }) => {
    expect(await expectOnceOrNever(api, shopper, { sku, before: IN_STOCK })).toBeNull()
    expect((await complete(createApi(), shopper, { test_outcome: 'succeeded' })).status).toBe(200)
    await expectPaidOrder(api, { shopper, sku, key: '' })
  },
})
