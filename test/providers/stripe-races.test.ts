import { describe, expect, it } from 'vitest'
import { complete, makeProduct, makeShopper, stockOf, violations } from '../support/api.ts'
import type { Happening } from '../support/fakes/fake-service.ts'
import { ALL_PATIENCE_MS, bringAll, shopWith } from '../support/fakes/rig.ts'
import { createStripe } from '../support/fakes/stripe.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, buy, ledgerOf, orderOf, usd } from '../support/money.ts'

const EMBEDDED = { provider: 'stripe' }
const REDIRECT = { ...EMBEDDED, flow: 'redirect', return_url: 'https://shop.example/thanks' }

async function sell(payment: Record<string, string>, capture = 'automatic') {
  const fake = createStripe()
  const api = shopWith(fake, { PAYMENT_CAPTURE: capture }, ALL_PATIENCE_MS)
  const bought = await buy(api, payment)
  const { paymentId } = bought
  /** Happens between our look at the payment and the request to `path` that was decided by it. */
  const meanwhile = (path: string, what: Happening, amount?: number) =>
    fake.beforeNext(path, () => void fake.happen(paymentId, what, amount))
  const tell = async () => {
    for (const { status, body } of await bringAll(api, fake)) expect(status, JSON.stringify(body)).toBe(200)
  }
  return { fake, api, bought, meanwhile, tell }
}

describe.each([
  ['an intent is canceled', EMBEDDED, '/cancel'],
  ['a page is expired', REDIRECT, '/expire'],
])('in the very moment that %s, the shopper pays', (_, payment, path) => {
  it('who edits the cart: the order stands, and is paid', async () => {
    const { api, bought, meanwhile, tell } = await sell(payment)
    meanwhile(path, 'pay')
    const { cartId, token } = bought.shopper
    const edit = await api.patch(`/v1/carts/${cartId}`, { note: 'Ring twice' }, { token })
    expect(edit).toMatchObject({ status: 409, body: { code: 'cart_completed', order_id: bought.orderId } })
    await tell()
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('who tries another way: there is no second attempt', async () => {
    const { fake, api, bought, meanwhile, tell } = await sell(payment)
    meanwhile(path, 'pay')
    const again = await complete(api, bought.shopper, EMBEDDED)
    expect(again).toMatchObject({ status: 200, body: { status: 'completed', order: { id: bought.orderId } } })
    await tell()
    expect(fake.effects).toMatchObject({ opened: 1, captured: 1 })
  })

  it('and the cron, whose time it is: the order is paid, and its goods are sold', async () => {
    const { api, bought, meanwhile } = await sell(payment)
    meanwhile(path, 'pay')
    await recoverAfter(api, 60)
    await recoverAfter(api, 90)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 7, held: 0 })
  })

  it('or begins a debit: it cannot be called back, and the cart waits for it', async () => {
    const { api, bought, meanwhile, tell } = await sell(payment)
    meanwhile(path, 'pend')
    const { cartId, token } = bought.shopper
    const edit = await api.patch(`/v1/carts/${cartId}`, { note: 'Ring twice' }, { token })
    expect(edit).toMatchObject({ body: { code: 'provider_unavailable' } })
    await tell()
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
  })
})

describe('in the very moment that staff ask for something, somebody does something in the dashboard', () => {
  it('captures it: it is captured once', async () => {
    const { fake, api, bought, meanwhile, tell } = await sell(EMBEDDED, 'manual')
    await fake.happen(bought.paymentId, 'pay')
    await tell()
    meanwhile('/capture', 'capture')
    expect(await ask(api, bought, 'capture')).toMatchObject({ status: 200, body: { payment_status: 'paid' } })
    await tell()
    expect(fake.effects.captured).toBe(1)
    expect(await ledgerOf(bought)).toMatchObject({ captured: bought.total })
  })

  it('lets it go: what was asked to be captured is not', async () => {
    const { fake, api, bought, meanwhile, tell } = await sell(EMBEDDED, 'manual')
    await fake.happen(bought.paymentId, 'pay')
    await tell()
    meanwhile('/capture', 'void')
    expect(await ask(api, bought, 'capture')).toMatchObject({
      ...{ status: 409, body: { code: 'provider_refused', order: { payment_status: 'voided' } } },
    })
    await tell()
    expect(fake.effects.captured).toBe(0)
  })

  it('captures what was asked to be let go', async () => {
    const { fake, api, bought, meanwhile, tell } = await sell(EMBEDDED, 'manual')
    await fake.happen(bought.paymentId, 'pay')
    await tell()
    meanwhile('/cancel', 'capture')
    expect((await ask(api, bought, 'void')).status).toBe(409)
    await tell()
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid' })
  })

  it('gives all of it back: no more than that goes back', async () => {
    const { fake, api, bought, tell } = await sell(EMBEDDED)
    await fake.happen(bought.paymentId, 'pay')
    await tell()
    // After the refunds were looked through, before ours is asked for.
    fake.beforeNext('/v1/refunds', () =>
      fake.beforeNext('/v1/refunds', () => void fake.happen(bought.paymentId, 'refund')),
    )
    const refused = await ask(api, bought, 'refunds', { amount: usd(1000) })
    expect(refused).toMatchObject({ status: 409, body: { code: 'provider_refused' } })
    await tell()
    await recoverAfter(api, 30)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'refunded' })
    expect(fake.book(bought.paymentId)).toMatchObject({ refunded: bought.total })
  })
})

it('two who complete one cart at once open one intent', async () => {
  const fake = createStripe()
  const api = shopWith(fake, {}, ALL_PATIENCE_MS)
  const { sku } = await makeProduct(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
  const answers = await Promise.all(Array.from({ length: 5 }, () => complete(api, shopper, EMBEDDED)))
  expect(new Set(answers.map(({ body }) => body.order.id)).size).toBe(1)
  expect(fake.effects.opened).toBe(1)
})

it('and the ledgers are whole', async () => {
  expect(await violations(shopWith(createStripe()))).toEqual([])
})
