import { describe, expect, it } from 'vitest'
import { complete, makeProduct, makeShopper, stockOf, violations } from '../support/api.ts'
import { bring, bringAll } from '../support/fakes/rig.ts'
import { createStripe } from '../support/fakes/stripe.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ledgerOf, orderOf } from '../support/money.ts'
import {
  DAY,
  deliver,
  EMBEDDED,
  kept,
  paid,
  REDIRECT,
  RETURN_URL,
  SESSION_OVER,
  sell,
  shopAt,
  tell,
} from '../support/stripe-sales.ts'

describe('paid in the storefront', () => {
  it('the shopper gets what Stripe.js needs, and nothing else of Stripe', async () => {
    const fake = createStripe()
    const api = shopAt(fake)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const options = (await api.get(`/v1/carts/${shopper.cartId}/payment-options`, shopper)).body.data
    expect(options.find(({ provider }: { provider: string }) => provider === 'stripe')).toEqual({
      ...{ provider: 'stripe', publishable_key: 'pk_test_51FakePublishable', flows: ['embedded', 'redirect'] },
      ...{ return_url_required: true, methods: [] },
    })
    const { status, body } = await complete(api, shopper, EMBEDDED)
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'requires_action', order: { status: 'pending', number: null } })
    expect(body.payment.next_action).toEqual({
      ...{ type: 'confirm', provider: 'stripe', publishable_key: 'pk_test_51FakePublishable' },
      client_secret: expect.stringMatching(/^pi_\w+_secret_\w+$/),
    })
    expect(JSON.stringify(body)).not.toContain('sk_test')
    // One question to Stripe, and none that only looks for what cannot be there.
    expect(fake.asked).toEqual(['POST /v1/payment_intents'])
    expect(fake.lastParams('/v1/payment_intents')).toEqual({
      ...{ amount: String(body.order.totals.total.amount), currency: 'usd', capture_method: 'automatic_async' },
      automatic_payment_methods: { enabled: 'true' },
      metadata: { payment_id: body.payment.id, order_id: body.order.id, flow: 'embedded' },
    })
  })

  it('the order is confirmed by the event, in two trips and without a question', async () => {
    const { fake, api, bought, shown, again } = await sell()
    await fake.happen(bought.paymentId, 'pay')
    fake.asked.length = 0
    const [answer] = await bringAll(api, fake)
    expect(answer?.headers.get('Server-Timing')).toContain('trips=2')
    expect(fake.asked).toEqual([])
    expect(await shown()).toMatchObject({ ...paid, number: expect.any(Number) })
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 7, held: 0 })
    expect(await again()).toMatchObject({ status: 200, body: { status: 'completed' } })
  })

  it('is asked by 3-D Secure who they are, and pays', async () => {
    const sale = await sell()
    sale.fake.challenge(sale.bought.paymentId)
    await tell(sale.api, sale.fake)
    expect(await sale.shown()).toMatchObject({
      ...{ status: 'pending', payment_status: 'pending' },
      payments: [{ status: 'requires_action', next_action: { type: 'confirm' } }],
    })
    await sale.happens('pay')
    expect(await sale.shown()).toMatchObject(paid)
  })

  it('fails 3-D Secure, is declined, and pays with the same intent', async () => {
    const sale = await sell()
    sale.fake.challenge(sale.bought.paymentId)
    await sale.happens('decline')
    expect(await sale.shown()).toMatchObject({ status: 'pending', payment_status: 'failed' })
    await sale.happens('decline')
    await sale.happens('pay')
    expect(await sale.shown()).toMatchObject({ ...paid, payments: [{ status: 'captured' }] })
    expect(await kept(sale)).toBe(sale.bought.total)
  })

  it('is declined, and tries again from the cart: the first intent is canceled, and only the second can be paid', async () => {
    const sale = await sell()
    await sale.happens('decline')
    const { status, body } = await sale.again()
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'requires_action' } })
    await expect(sale.fake.happen(sale.bought.paymentId, 'pay')).rejects.toThrow('canceled')
    const { payments } = await sale.shown()
    expect(payments).toMatchObject([{ status: 'closed' }, { status: 'requires_action' }])
    await sale.fake.happen(payments[1].id, 'pay')
    await tell(sale.api, sale.fake)
    expect(await sale.shown()).toMatchObject(paid)
    expect(sale.fake.effects).toMatchObject({ opened: 2, captured: 1 })
  })

  it('too little for Stripe is declined, and not a fault of ours', async () => {
    const fake = createStripe()
    const api = shopAt(fake)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const message = 'Amount must be at least $0.50 usd'
    fake.refuseNext(400, { type: 'invalid_request_error', code: 'amount_too_small', param: 'amount', message })
    expect(await complete(api, shopper, EMBEDDED)).toMatchObject({ status: 402, body: { code: 'payment_declined' } })
    // Nothing was opened, so that nothing is in the way of another try.
    expect(await complete(api, shopper, EMBEDDED)).toMatchObject({ status: 200 })
    expect(fake.effects.opened).toBe(1)
  })
})

describe('paid on a page of Stripe’s', () => {
  it('the page ends when our session does, comes back to the shop, and its intent is ours', async () => {
    const fake = createStripe()
    const api = shopAt(fake)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const cancel_url = 'https://shop.example/cart'
    const { body } = await complete(api, shopper, { ...REDIRECT, cancel_url })
    expect(body.payment.next_action).toEqual({
      ...{ type: 'redirect', url: expect.stringMatching(/^https:\/\/checkout\.stripe\.com\/c\/pay\/cs_test_/) },
    })
    const metadata = { payment_id: body.payment.id, order_id: body.order.id, flow: 'redirect' }
    const { expires_at: end, ...params } = fake.lastParams('/v1/checkout/sessions')
    expect(params).toMatchObject({
      ...{ mode: 'payment', success_url: RETURN_URL, cancel_url, client_reference_id: body.payment.id, metadata },
      payment_intent_data: { capture_method: 'automatic_async', metadata },
    })
    const minutes = (Number(end) - Date.now() / 1000) / 60
    expect(minutes).toBeGreaterThan(44)
    expect(minutes).toBeLessThanOrEqual(45)
  })

  it('confirms the order once, by two events', async () => {
    const sale = await sell(REDIRECT)
    await sale.fake.happen(sale.bought.paymentId, 'pay')
    const deliveries = await sale.fake.takeDeliveries()
    expect(deliveries).toHaveLength(2)
    for (const order of [deliveries.toReversed(), deliveries]) {
      expect((await bring(sale.api, sale.fake, order)).map(({ status }) => status)).toEqual([200, 200])
    }
    expect(await sale.shown()).toMatchObject(paid)
    expect(await ledgerOf(sale.bought)).toMatchObject({ captured: sale.bought.total })
  })

  it('needs an address to come back to, and no method of ours', async () => {
    const fake = createStripe()
    const api = shopAt(fake)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    expect(await complete(api, shopper, { provider: 'stripe', flow: 'redirect' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/payment/return_url' }] },
    })
    expect(await complete(api, shopper, { ...EMBEDDED, method: 'card' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/payment/method' }] },
    })
    expect(fake.asked).toEqual([])
  })

  it('declined there, the shopper tries another card on the same page', async () => {
    const sale = await sell(REDIRECT)
    await sale.happens('decline')
    expect(await sale.shown()).toMatchObject({ status: 'pending', payment_status: 'failed' })
    await sale.happens('pay')
    expect(await sale.shown()).toMatchObject({ ...paid, payments: [{ status: 'captured' }] })
  })

  it.each([false, true])(
    'declined there or not (%s), and left for the storefront’s own form, is expired',
    async (first) => {
      const sale = await sell(REDIRECT)
      if (first) await sale.happens('decline')
      expect(await sale.again(EMBEDDED)).toMatchObject({ status: 200, body: { status: 'requires_action' } })
      await expect(sale.fake.happen(sale.bought.paymentId, 'pay')).rejects.toThrow('the page is over')
      // What Stripe tells of the page's end is no news.
      await tell(sale.api, sale.fake)
      expect((await sale.shown()).payments).toMatchObject([{ status: 'closed' }, { status: 'requires_action' }])
    },
  )

  it('left alone it ends, by our clock or by Stripe’s, and the goods are free again', async () => {
    for (const isTold of [false, true]) {
      const sale = await sell(REDIRECT)
      if (isTold) {
        sale.fake.expireSession(sale.bought.paymentId)
        await tell(sale.api, sale.fake)
        expect((await sale.shown()).payments).toMatchObject([{ status: 'closed' }])
      }
      await recoverAfter(sale.api, isTold ? 2 * 60 : SESSION_OVER)
      expect(await sale.shown()).toMatchObject({ status: 'cancelled' })
      expect(sale.fake.book(sale.bought.paymentId)).toMatchObject({ status: 'closed' })
      expect(await stockOf(sale.api, sale.bought.sku)).toMatchObject({ on_hand: 10, held: 0 })
    }
  })

  it('paid in the very moment it ends, it is paid', async () => {
    const sale = await sell(REDIRECT)
    await sale.fake.happen(sale.bought.paymentId, 'pay')
    await recoverAfter(sale.api, SESSION_OVER)
    expect(await sale.shown()).toMatchObject(paid)
    await tell(sale.api, sale.fake)
    expect(await kept(sale)).toBe(sale.bought.total)
  })
})

describe.each([
  ['in the storefront', EMBEDDED],
  ['on a page of Stripe’s', REDIRECT],
])('a slow debit, begun %s', (_, payment) => {
  it('is under way for days, keeps its goods, and is paid', async () => {
    const sale = await sell(payment)
    await sale.happens('pend')
    expect(await sale.shown()).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
    // There is nothing to do but wait: nothing else is opened.
    expect(await sale.again()).toMatchObject({ status: 202, body: { status: 'processing' } })
    await recoverAfter(sale.api, 6 * DAY)
    expect(await stockOf(sale.api, sale.bought.sku)).toMatchObject({ on_hand: 10, held: 3 })
    await sale.happens('pay')
    expect(await sale.shown()).toMatchObject(paid)
    expect(await kept(sale)).toBe(sale.bought.total)
    expect(sale.fake.effects).toMatchObject({ opened: 1, captured: 1 })
  })

  it('comes to nothing days later, and the order is given up within hours', async () => {
    const sale = await sell(payment)
    await sale.happens('pend')
    await sale.happens('decline')
    expect(await sale.shown()).toMatchObject({ status: 'pending', payment_status: 'failed' })
    await recoverAfter(sale.api, 2 * 60)
    expect(await sale.shown()).toMatchObject({ status: 'cancelled' })
    expect(await stockOf(sale.api, sale.bought.sku)).toMatchObject({ on_hand: 10, held: 0 })
  })

  it('as a voucher that is paid at a shop, it is under way too', async () => {
    const sale = await sell(payment)
    sale.fake.challenge(sale.bought.paymentId, 'konbini_display_details')
    await tell(sale.api, sale.fake)
    expect(await sale.shown()).toMatchObject({ payments: [{ status: 'processing' }] })
    await recoverAfter(sale.api, 2 * DAY)
    await sale.happens('pay')
    expect(await sale.shown()).toMatchObject(paid)
  })
})

describe('when Stripe is not as it should be', () => {
  it.each([EMBEDDED, REDIRECT])('a lost answer is found again, and paid once (%j)', async (payment) => {
    const fake = createStripe()
    const api = shopAt(fake)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    fake.failNext('cut_after')
    const { status, body } = await complete(api, shopper, payment)
    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'processing' } })
    fake.forgetKeys()
    await recoverAfter(api, 2)
    const order = async () => (await api.get(`/v1/orders/${body.order.id}`, shopper)).body
    expect((await order()).payments).toMatchObject([
      { status: 'requires_action', next_action: { type: payment === EMBEDDED ? 'confirm' : 'redirect' } },
    ])
    expect(fake.effects.opened).toBe(1)
    await fake.happen(body.payment.id, 'pay')
    await tell(api, fake)
    expect(await order()).toMatchObject(paid)
  })

  it.each([
    [401, 'a key that was rolled'],
    [403, 'a restricted key that may not'],
    [409, 'a request of the same key under way'],
    [429, 'too many requests'],
    [503, 'something broken'],
  ])('%i, %s: nobody is told that they were declined', async (status) => {
    const fake = createStripe()
    const api = shopAt(fake)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    fake.refuseNext(status, { type: 'invalid_request_error', message: 'no' })
    const answer = await complete(api, shopper, EMBEDDED)
    expect(answer).toMatchObject({ status: 202, body: { status: 'processing' } })
    await recoverAfter(api, 2)
    expect((await api.get(`/v1/orders/${answer.body.order.id}`, shopper)).body.payments).toMatchObject([
      { status: 'requires_action' },
    ])
  })

  it('a hint is asked about later where Stripe does not answer now', async () => {
    const sale = await sell()
    await sale.happens('pay')
    await sale.fake.happen(sale.bought.paymentId, 'refund', 1500)
    sale.fake.failNext('error')
    await tell(sale.api, sale.fake)
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ payment_status: 'paid' })
    await recoverAfter(sale.api, 30)
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ payment_status: 'partially_refunded' })
  })

  it('what it tells of another amount than ours moves nothing', async () => {
    const sale = await sell()
    const object = { id: 'pi_other', object: 'payment_intent', currency: 'usd', status: 'succeeded' }
    const metadata = { payment_id: sale.bought.paymentId }
    const event = await sale.fake.signEvent('payment_intent.succeeded', {
      ...{ ...object, metadata, amount: 100, amount_received: 100 },
    })
    await deliver(sale, event)
    expect(await sale.shown()).toMatchObject({ status: 'pending' })
  })
})

it('and after all of that the ledgers are whole', async () => {
  expect(await violations(shopAt(createStripe()))).toEqual([])
})
