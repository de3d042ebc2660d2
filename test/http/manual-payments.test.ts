import { describe, expect, it } from 'vitest'
import { firstIdAt } from '../../src/domain/id.ts'
import { configuredProviders } from '../../src/features/payments/providers.ts'
import { complete, createApi, makeProduct, makeShopper, stockOf, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, eventsOf, orderOf, silence, usd } from '../support/money.ts'

const INSTRUCTIONS = 'Transfer it to the account of the shop, with the number of your order.'
const api = createApi({
  bindings: { MANUAL_PAYMENT_METHODS: 'bank_transfer, cash_on_delivery', MANUAL_PAYMENT_INSTRUCTIONS: INSTRUCTIONS },
})

async function ready(onHand = 5) {
  const { sku } = await makeProduct(api, { onHand })
  return { sku, shopper: await makeShopper(api, [{ sku, quantity: 2 }]) }
}

async function ordered(method = 'bank_transfer') {
  const { sku, shopper } = await ready()
  const { status, body } = await complete(api, shopper, { provider: 'manual', method })
  expect(status, JSON.stringify(body)).toBe(200)
  const { id: orderId, totals } = body.order
  return { sku, shopper, body, orderId, paymentId: body.payment.id, total: totals.total.amount }
}

describe('an order that is paid outside any service', () => {
  it('is offered with the methods that the operator takes, and what the shopper does then', async () => {
    const { shopper } = await ready()
    const { body } = await api.get(`/v1/carts/${shopper.cartId}/payment-options`, shopper)
    expect(body.data).toContainEqual({
      provider: 'manual',
      publishable_key: null,
      flows: [],
      return_url_required: false,
      methods: [
        { method: 'bank_transfer', instructions: INSTRUCTIONS },
        { method: 'cash_on_delivery', instructions: null },
      ],
    })
  })

  it('is confirmed at once, its goods sold and its money promised', async () => {
    const { sku, body, orderId } = await ordered()
    expect(body).toMatchObject({ status: 'completed', order: { status: 'confirmed', payment_status: 'authorized' } })
    expect(body.order.number).toEqual(expect.any(Number))
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 3, held: 0 })
    expect(await orderOf(api, { orderId })).toMatchObject({ payments: [{ provider: 'manual', status: 'authorized' }] })
  })

  it('is marked as paid by staff, in parts or at once', async () => {
    const { orderId, total } = await ordered()
    const part = await ask(api, { orderId }, 'capture', { amount: usd(1000) })
    expect(part.body).toMatchObject({ payment_status: 'authorized', payments: [{ captured: usd(1000) }] })
    const rest = await ask(api, { orderId }, 'capture')
    expect(rest.body).toMatchObject({
      payment_status: 'paid',
      payments: [{ captured: usd(total), capturable: usd(0) }],
    })
    expect(await violations(api)).toEqual([])
  })

  it('waits as long as it takes, however often the cron looks', async () => {
    const { orderId } = await ordered('cash_on_delivery')
    await recoverAfter(api, 45 * 24 * 60)
    expect(await orderOf(api, { orderId })).toMatchObject({ status: 'confirmed', payment_status: 'authorized' })
  })

  it('is not promised again, a day later, where its answer was lost and the cart was edited', async () => {
    const deaf = createApi({
      bindings: { ...api.bindings, LOG_LEVEL: 'off' },
      deps: {
        providers: (context) => (name) => {
          const provider = configuredProviders(context)(name)
          return provider && { ...provider, openSession: silence }
        },
      },
    })
    const { shopper } = await ready()
    const lost = await complete(deaf, shopper, { provider: 'manual', method: 'bank_transfer' })
    expect(lost).toMatchObject({ status: 202, body: { payment: { status: 'created' } } })
    const { id: orderId } = lost.body.order
    const edited = await api.patch(`/v1/carts/${shopper.cartId}`, { note: 'no, wait' }, { token: shopper.token })
    expect(edited.status, JSON.stringify(edited.body)).toBe(200)
    // The second look has come to now.
    await testEnv()
      .DB.prepare("INSERT INTO payment_reviews VALUES ('late', ?) ON CONFLICT DO UPDATE SET up_to = excluded.up_to")
      .bind(firstIdAt('payment', Date.now() - 60_000))
      .run()
    await recoverAfter(api, 25 * 60)
    expect(await orderOf(api, { orderId })).toMatchObject({ status: 'cancelled', payments: [{ status: 'closed' }] })
    expect(await eventsOf({ orderId })).not.toContain('payment.unusable')
  })

  it('is cancelled before it is paid, and paid back after', async () => {
    const early = await ordered()
    const cancelled = await ask(api, early, 'cancel', {})
    expect(cancelled.body).toMatchObject({ status: 'cancelled', payment_status: 'voided' })
    expect(await stockOf(api, early.sku)).toMatchObject({ on_hand: 5, held: 0 })
    const late = await ordered()
    await ask(api, late, 'capture')
    const refunded = await ask(api, late, 'refunds', { amount: usd(late.total), reason: 'returned' })
    expect(refunded.status, JSON.stringify(refunded.body)).toBe(201)
    expect(await orderOf(api, late)).toMatchObject({ payment_status: 'refunded' })
    expect(await violations(api)).toEqual([])
  })

  it.each([
    [{ method: 'cheque' }, '/payment/method'],
    [{}, '/payment/method'],
    [{ method: 'bank_transfer', flow: 'redirect' }, '/payment/flow'],
  ])('refuses %o, and nothing is written', async (fields, pointer) => {
    const { sku, shopper } = await ready()
    const { status, body } = await complete(api, shopper, { provider: 'manual', ...fields })
    expect({ status, pointer: body.errors[0].pointer }).toEqual({ status: 422, pointer })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 5, held: 0 })
  })

  it('takes no webhooks, whoever signs them', async () => {
    const { status, body } = await api.post('/v1/webhooks/manual', '{}')
    expect({ status, code: body.code, reason: body.reason }).toEqual({
      ...{ status: 401, code: 'invalid_signature', reason: 'missing_signature' },
    })
  })
})

describe('where a shopper comes back to is the shop', () => {
  const shop = createApi({
    bindings: {
      ...{ STAGE: 'staging', CORS_ORIGINS: 'https://www.shop.example', RETURN_ORIGINS: 'https://shop.example' },
      ...{ STOREFRONT_URL: 'https://store.example/{locale}', MANUAL_PAYMENT_METHODS: 'bank_transfer' },
    },
  })

  async function answerTo(url: string, field = 'return_url') {
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    return complete(shop, shopper, { provider: 'manual', [field]: url })
  }

  it.each(['https://shop.example/thanks?order=1', 'https://www.shop.example/', 'https://store.example/en/back'])(
    'such as %s',
    async (url) => {
      expect((await answerTo(url)).status).toBe(200)
    },
  )

  it.each([
    'https://evil.example/',
    'https://shop.example.evil.example/',
    'https://shop.example@evil.example/',
    'https://user:word@shop.example/',
    'http://shop.example/',
    'https://shop.example:8443/',
    'https://sub.shop.example/',
    'https://shop.example\\@evil.example/',
    'http://localhost:3000/',
    'https://xn--shp-cna.example/',
  ])('never %s', async (url) => {
    for (const field of ['return_url', 'cancel_url']) {
      const { status, body } = await answerTo(url, field)
      expect({ status, pointer: body.errors?.[0].pointer }).toEqual({ status: 422, pointer: `/payment/${field}` })
    }
  })

  it('is any port of this machine in development', async () => {
    const { shopper } = await ready()
    const wish = { provider: 'manual', method: 'bank_transfer', return_url: 'http://localhost:5173/back' }
    expect((await complete(api, shopper, wish)).status).toBe(200)
  })
})

describe('settings that are wrong are told before a shopper finds out', () => {
  const wrong = createApi({ bindings: { MANUAL_PAYMENT_METHODS: 'cheque', LOG_LEVEL: 'off' } })

  it('at /readyz, by the name of the variable and never its value', async () => {
    const { status, body } = await wrong.get('/readyz')
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'misconfigured' })
    expect(body.faults).toEqual(['MANUAL_PAYMENT_METHODS: must list bank_transfer or cash_on_delivery, or both'])
    expect(JSON.stringify(body)).not.toContain('cheque')
  })

  it('and switch off nothing but the provider that they are of', async () => {
    const { sku } = await makeProduct(wrong)
    const shopper = await makeShopper(wrong, [{ sku, quantity: 1 }])
    const options = await wrong.get(`/v1/carts/${shopper.cartId}/payment-options`, shopper)
    expect(options.body.data.map(({ provider }: { provider: string }) => provider)).toEqual(['test'])
    expect((await complete(wrong, shopper, { provider: 'manual', method: 'cheque' })).body.errors[0].pointer).toBe(
      '/payment/provider',
    )
    expect((await complete(wrong, shopper, { test_outcome: 'succeeded' })).status).toBe(200)
  })

  it('also where nothing can run without them', async () => {
    const broken = createApi({ bindings: { STOREFRONT_URL: 'nowhere', LOG_LEVEL: 'off' } })
    const ready = await broken.get('/readyz')
    expect(ready.body).toMatchObject({ code: 'misconfigured', faults: [expect.stringMatching(/^STOREFRONT_URL: /)] })
    expect((await broken.get('/v1/markets')).body.faults).toBeUndefined()
  })
})
