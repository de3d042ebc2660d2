import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, stockOf, violations } from '../support/api.ts'
import { bring, bringAll, shopWith } from '../support/fakes/rig.ts'
import { ADDRESS, ASKING_SECRET, fakeStandardWebhooks } from '../support/fakes/standard-webhooks.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, buy, eventsOf, ledgerOf, orderOf, usd } from '../support/money.ts'
import { describeProvider } from '../support/provider-contract.ts'

const WISH = { provider: 'standard-webhooks', return_url: 'http://localhost:3000/thanks?order=1&x=y' }
const PAGE =
  'https://pay.shop.example/{payment_id}?order={order_id}&a={amount}&d={amount_decimal}&c={currency}&r={return_url}&x={cancel_url}'

describeProvider(fakeStandardWebhooks)

/** A shop with such a service, an order of 37.56 that waits for its shopper, and a way to let things happen and be told. */
async function ordered(bindings: Record<string, string> = {}, settings: Record<string, string> = {}) {
  const fake = fakeStandardWebhooks(settings)
  const api = shopWith(fake, bindings)
  const bought = await buy(api, WISH)
  const happens = async (what: Parameters<typeof fake.happen>[1], amount?: number) => {
    await fake.happen(bought.paymentId, what, amount)
    return bringAll(api, fake)
  }
  return { fake, api, bought, happens }
}

/** The same where it has a page and cannot be asked; its events are told by `tell`. */
async function byPage(bindings: Record<string, string> = {}) {
  const page = { STANDARD_WEBHOOKS_URL: '', STANDARD_WEBHOOKS_URL_SECRET: '', STANDARD_WEBHOOKS_PAGE: PAGE }
  const { fake, api, bought } = await ordered(bindings, page)
  const tells = async (type: string, data: object = {}) => {
    fake.tell(type, { payment_id: bought.paymentId, amount: usd(3756), ...data })
    return bringAll(api, fake)
  }
  return { fake, api, bought, tells }
}

describe('an order that is paid by a service of the operator’s', () => {
  it('is asked for with all that it must know, and leads to where it says', async () => {
    const { fake, api, bought } = await ordered()
    expect(fake.questions[0]).toMatchObject({
      type: 'payment.open',
      data: {
        ...{ payment_id: bought.paymentId, order_id: bought.orderId, amount: usd(3756), capture_method: 'automatic' },
        ...{ return_url: WISH.return_url, cancel_url: null, expires_at: expect.any(String), input: {} },
      },
    })
    const { body } = await complete(api, bought.shopper, WISH)
    expect(body.payment?.next_action ?? body).toMatchObject({ type: 'redirect', url: expect.stringContaining(ADDRESS) })
  })

  it('is paid, declined and paid again, and slowly', async () => {
    const paid = await ordered()
    const [answer] = await paid.happens('pay')
    expect(answer).toMatchObject({ status: 200, body: { received: true } })
    expect(await orderOf(paid.api, paid.bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    const declined = await ordered()
    await declined.happens('decline')
    expect(await orderOf(declined.api, declined.bought)).toMatchObject({ payment_status: 'failed' })
    await declined.happens('pay')
    expect(await orderOf(declined.api, declined.bought)).toMatchObject({ payment_status: 'paid' })
    const slow = await ordered()
    await slow.happens('pend')
    expect(await orderOf(slow.api, slow.bought)).toMatchObject({ payments: [{ status: 'processing' }] })
    await slow.happens('pay')
    expect(await orderOf(slow.api, slow.bought)).toMatchObject({ payment_status: 'paid' })
    expect(await violations(paid.api)).toEqual([])
  })

  it('is captured in parts at once, and its rest let go', async () => {
    const { fake, api, bought, happens } = await ordered({ PAYMENT_CAPTURE: 'manual' })
    await happens('pay')
    await ask(api, bought, 'capture', { amount: usd(1000) })
    await ask(api, bought, 'capture', { amount: usd(756) })
    expect((await ask(api, bought, 'void')).body).toMatchObject({ payment_status: 'paid' })
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 1756, released: 2000 })
    for (const answer of await bringAll(api, fake)) expect(answer.status).toBe(200)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 1756, released: 2000 })
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: 1756 })
    expect(await violations(api)).toEqual([])
  })

  it('goes back in parts, from the shop and from its dashboard, and by a bank', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    const answer = await ask(api, bought, 'refunds', { amount: usd(1000), reason: 'requested' })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    await happens('refund', 500)
    expect((await orderOf(api, bought)).refunds).toMatchObject([
      { status: 'succeeded', amount: usd(1000), reason: 'requested' },
      { status: 'succeeded', amount: usd(500), reason: 'provider' },
    ])
    await happens('dispute', 700)
    await happens('lose_dispute')
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'lost', amount: usd(700) }] })
    expect(fake.book(bought.paymentId)).toMatchObject({ refunded: 1500 })
    expect(await violations(api)).toEqual([])
  })

  it('is the same however often and in whatever order its events come', async () => {
    const { fake, api, bought } = await ordered({ PAYMENT_CAPTURE: 'manual' })
    await fake.happen(bought.paymentId, 'pay')
    await fake.happen(bought.paymentId, 'capture', 1000)
    await fake.happen(bought.paymentId, 'capture', 2000)
    const told = await fake.takeDeliveries()
    await bring(api, fake, [...told.toReversed(), ...told, ...told.toReversed()])
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 3000 })
    expect(await violations(api)).toEqual([])
  })

  it('is asked about where an event only says that something has happened', async () => {
    const map = JSON.stringify({ types: { 'payment.succeeded': 'ask', ping: 'ask' } })
    const { fake, api, bought } = await ordered({}, { STANDARD_WEBHOOKS_MAP: map })
    fake.tell('ping', { payment_id: bought.paymentId })
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    fake.failNext('error')
    await fake.happen(bought.paymentId, 'pay')
    expect((await bringAll(api, fake))[0]?.status).toBe(200)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    // Not much later: our questions are signed with the time, which the service looks at.
    await recoverAfter(api, 2)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(fake.questions.at(-1)).toMatchObject({ type: 'payment.fetch' })
  })

  it('is in doubt where it answers something else, and finished when it is asked again', async () => {
    const answers: unknown[] = [
      { status: 'captured' },
      { status: 'paid' },
      { status: 'unknown' },
      { status: 'captured', amount: { amount: 37.56, currency: 'USD' } },
      { status: 'requires_action', next_action: { type: 'redirect', url: 'javascript:alert(1)' } },
      [],
    ]
    const { settings } = fakeStandardWebhooks()
    const { sku } = await makeProduct(createApi())
    for (const answer of answers) {
      const strange = createApi({
        bindings: { LOG_LEVEL: 'off', ...settings },
        deps: { fetch: async () => Response.json(answer) },
      })
      const { status, body } = await complete(strange, await makeShopper(strange, [{ sku, quantity: 1 }]), WISH)
      expect([status, body.status], JSON.stringify(answer)).toEqual([202, 'processing'])
    }
  })

  it('is left for a person to look at where another amount is told', async () => {
    const { fake, api, bought } = await ordered()
    fake.tell('payment.succeeded', { payment_id: bought.paymentId, amount: usd(3755) })
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
  })
})

describe('an order that is paid on a page of a service that only tells', () => {
  it('leads there with all that the page is told, none of it able to lead elsewhere', async () => {
    const { bought, api } = await byPage()
    const { body } = await complete(api, bought.shopper, WISH)
    const url = new URL((body.payment ?? body).next_action.url)
    expect(url.origin + url.pathname).toBe(`https://pay.shop.example/${body.payment.id}`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ order: bought.orderId, a: '3756', d: '37.56', c: 'USD', r: WISH.return_url, x: WISH.return_url },
    })
  })

  it('is paid and given back when its events say so', async () => {
    const { api, bought, tells } = await byPage()
    await tells('payment.pending')
    await tells('payment.succeeded')
    await tells('payment.refunded', { amount: usd(1000), reference: `re_${bought.paymentId}` })
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 3756, refunded: 1000 })
    expect(await violations(api)).toEqual([])
  })

  it('is not captured, let go or given back from here: staff are told where it is done', async () => {
    const { api, bought, tells } = await byPage({ PAYMENT_CAPTURE: 'manual' })
    await tells('payment.authorized')
    expect((await ask(api, bought, 'capture')).body).toMatchObject({ code: 'provider_refused' })
    expect((await ask(api, bought, 'void')).body).toMatchObject({ code: 'provider_refused' })
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 0 })
    await tells('payment.captured', { of: usd(3756), final: true })
    await ask(api, bought, 'refunds', { amount: usd(1000), reason: 'requested' })
    const { refunds } = await orderOf(api, bought)
    expect(refunds).toMatchObject([{ status: 'failed', detail: expect.stringContaining('dashboard') }])
    expect(await violations(api)).toEqual([])
  })

  it('is given up when its time is over, and what is paid too late is told to staff', async () => {
    const { api, bought, tells } = await byPage()
    await recoverAfter(api, 61)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', payments: [{ status: 'closed' }] })
    expect(await stockOf(api, bought.sku)).toMatchObject({ held: 0, on_hand: 10 })
    await tells('payment.succeeded')
    await recoverAfter(api, 5)
    expect(await eventsOf(bought)).toEqual(expect.arrayContaining(['payment.unusable', 'order.refund_failed']))
    expect(await violations(api)).toEqual([])
  })

  it('needs a way back where the page is told one', async () => {
    const { api, bought } = await byPage()
    const { status, body } = await complete(api, bought.shopper, { provider: 'standard-webhooks' })
    expect([status, body.errors?.[0]?.pointer]).toEqual([422, '/payment/return_url'])
  })
})

describe('settings of a service by Standard Webhooks', () => {
  const faultsOf = async (change: Record<string, string>) => {
    const { settings } = fakeStandardWebhooks()
    const { body } = await createApi({ bindings: { LOG_LEVEL: 'off', ...settings, ...change } }).get('/readyz')
    return JSON.stringify(body)
  }
  const byPageOnly = { STANDARD_WEBHOOKS_URL: '', STANDARD_WEBHOOKS_URL_SECRET: '' }

  it.each([
    ['STANDARD_WEBHOOKS_SECRETS', { STANDARD_WEBHOOKS_SECRETS: '' }],
    ['STANDARD_WEBHOOKS_SECRETS', { STANDARD_WEBHOOKS_SECRETS: 'whsec_short' }],
    ['STANDARD_WEBHOOKS_SECRETS', { STANDARD_WEBHOOKS_SECRETS: `whsec_${'A'.repeat(33)}` }],
    ['STANDARD_WEBHOOKS_SECRETS', { STANDARD_WEBHOOKS_SECRETS: 'sk_live_0123456789012345678901234567890' }],
    ['STANDARD_WEBHOOKS_MAP', { STANDARD_WEBHOOKS_MAP: '{' }],
    ['STANDARD_WEBHOOKS_MAP', { STANDARD_WEBHOOKS_MAP: '{"types":{"paid":"money"}}' }],
    ['STANDARD_WEBHOOKS_MAP', { STANDARD_WEBHOOKS_MAP: '{"amount":"data.amount"}' }],
    [
      'STANDARD_WEBHOOKS_MAP',
      { ...byPageOnly, STANDARD_WEBHOOKS_PAGE: PAGE, STANDARD_WEBHOOKS_MAP: '{"types":{"x":"ask"}}' },
    ],
    ['STANDARD_WEBHOOKS_URL', { STANDARD_WEBHOOKS_URL: 'ftp://operator.example' }],
    ['STANDARD_WEBHOOKS_URL_SECRET', { STANDARD_WEBHOOKS_URL_SECRET: '' }],
    ['STANDARD_WEBHOOKS_PAGE', { STANDARD_WEBHOOKS_PAGE: PAGE }],
    ['STANDARD_WEBHOOKS_PAGE', byPageOnly],
    ['STANDARD_WEBHOOKS_PAGE', { ...byPageOnly, STANDARD_WEBHOOKS_PAGE: 'https://pay.example/pay' }],
    ['STANDARD_WEBHOOKS_PAGE', { ...byPageOnly, STANDARD_WEBHOOKS_PAGE: 'https://{payment_id}.pay.example/' }],
    ['STANDARD_WEBHOOKS_PAGE', { ...byPageOnly, STANDARD_WEBHOOKS_PAGE: 'https://pay.example/{payment_id}/{secret}' }],
  ])('that are wrong are told at /readyz by their names: %s', async (name, change: Record<string, string>) => {
    const text = await faultsOf(change)
    expect(text).toContain(name)
    for (const value of Object.values(change)) if (value.length > 2) expect(text).not.toContain(value)
  })

  it('that are right are not, and none of them is shown', async () => {
    expect(await faultsOf({})).not.toContain('STANDARD_WEBHOOKS')
    expect(await faultsOf({ ...byPageOnly, STANDARD_WEBHOOKS_PAGE: PAGE })).not.toContain('STANDARD_WEBHOOKS')
    const api = shopWith(fakeStandardWebhooks())
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { body } = await api.get(`/v1/carts/${shopper.cartId}/payment-options`, shopper)
    expect(body.data).toContainEqual({
      ...{ provider: 'standard-webhooks', publishable_key: null, flows: ['redirect', 'embedded'] },
      ...{ return_url_required: false, methods: [] },
    })
    expect(JSON.stringify(body)).not.toContain(ASKING_SECRET)
  })
})
