import { describe, expect, it } from 'vitest'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { DAY_MS, ordered, WISH } from '../support/adyen-orders.ts'
import { complete, createApi, makeProduct, makeShopper, stockOf, violations } from '../support/api.ts'
import { fakeAdyen } from '../support/fakes/adyen.ts'
import { bring, bringAll, shopWith } from '../support/fakes/rig.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, eventsOf, ledgerOf, orderOf, usd } from '../support/money.ts'

describe('an order that is paid by Adyen', () => {
  it('gives the Drop-in what it needs, and is opened once', async () => {
    const fake = fakeAdyen()
    const api = shopWith(fake)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { status, body } = await complete(api, shopper, WISH, 'adyen-once-0000001')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      status: 'requires_action',
      payment: {
        provider: 'adyen',
        next_action: {
          ...{ type: 'confirm', provider: 'adyen', publishable_key: 'test_FAKECLIENTKEY0123456789' },
          ...{ client_secret: expect.any(String), session_id: expect.stringMatching(/^CS/) },
        },
      },
    })
    const again = await complete(api, shopper, WISH, 'adyen-once-0000001')
    expect(again.body.payment.next_action).toEqual(body.payment.next_action)
    expect(fake.effects.opened).toBe(1)
    const total = body.order.totals.total.amount
    expect(fake.requests).toHaveLength(1)
    expect(fake.requests[0]).toMatchObject({
      path: '/v71/sessions',
      body: {
        ...{ amount: { value: total, currency: 'USD' }, merchantAccount: 'EdgeCommerceCOM', channel: 'Web' },
        ...{ reference: `${body.payment.id}.a.${total.toString(36)}`, returnUrl: WISH.return_url },
        captureDelayHours: 0,
        metadata: { payment_id: body.payment.id, order_id: body.order.id },
      },
    })
    expect(fake.requests[0]?.headers.get('Idempotency-Key')).toBe(body.payment.id)
    const expires = Date.parse(String(fake.requests[0]?.body.expiresAt)) - Date.now()
    expect(expires).toBeGreaterThan(59 * 60_000)
    expect(expires).toBeLessThanOrEqual(60 * 60_000)
  })

  it('is paid once its webhook says so, and Adyen is told that it was accepted', async () => {
    const { api, bought, happens } = await ordered()
    const [answer] = await happens('pay')
    expect(answer).toMatchObject({ status: 200, body: '[accepted]' })
    expect(await orderOf(api, bought)).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'paid' },
      payments: [{ provider: 'adyen', status: 'captured', captured: usd(3756) }],
    })
    expect(await violations(api)).toEqual([])
  })

  it('is the same after every replay: the scheme has no time, its events have ids', async () => {
    const { fake, api, bought } = await ordered()
    await fake.happen(bought.paymentId, 'pay')
    await fake.happen(bought.paymentId, 'refund', 1000)
    const deliveries = await fake.takeDeliveries()
    await bring(api, fake, deliveries)
    const before = await ledgerOf(bought)
    for (const answer of await bring(api, fake, [...deliveries, ...deliveries.toReversed()])) {
      expect(answer.status).toBe(200)
    }
    expect(await ledgerOf(bought)).toEqual(before)
    expect(before).toMatchObject({ captured: 3756, refunded: 1000 })
    expect((await orderOf(api, bought)).refunds).toHaveLength(1)
    expect(await violations(api)).toEqual([])
  })

  it('is declined, and paid by another card in the same session', async () => {
    const { api, bought, happens } = await ordered()
    await happens('decline')
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'failed', payments: [{ status: 'failed' }] })
    await happens('pay')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('is under way for days by a slow method, and its goods are kept', async () => {
    const { api, bought, happens } = await ordered()
    await happens('pend')
    await recoverAfter(api, 3 * 24 * 60)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
    expect(await stockOf(api, bought.sku)).toMatchObject({ held: 3 })
    await happens('pay')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('is not paid where what was offered has run out', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pend')
    fake.tell(bought.paymentId, 'OFFER_CLOSED')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'failed', payments: [{ status: 'failed' }] })
  })

  it('is given up when its session is over, and what is paid too late goes back', async () => {
    const { fake, api, bought, happens } = await ordered()
    await recoverAfter(api, 66)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', payments: [{ status: 'closed' }] })
    // What other tests have left is closed too.
    expect(fake.requests.filter(({ path }) => path === '/v71/cancels').map(({ body }) => body)).toContainEqual({
      merchantAccount: 'EdgeCommerceCOM',
      ...{ paymentReference: `${bought.paymentId}.a.2wc`, reference: `${bought.paymentId}.a.2wc.x` },
    })
    expect(await stockOf(api, bought.sku)).toMatchObject({ held: 0, on_hand: 10 })
    await happens('pay')
    await recoverAfter(api, 1)
    await bringAll(api, fake)
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: 3756, refunded: 3756 })
    expect(await ledgerOf(bought)).toMatchObject({ captured: 3756, refunded: 3756 })
    expect(await violations(api)).toEqual([])
  })

  it('is left for a person to look at where it was paid twice in one session', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    fake.tell(bought.paymentId, 'AUTHORISATION', { pspReference: `AT-THE-BANK-${bought.paymentId}` })
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 3756 })
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
    // Staff let go of the second, or give it back: the first one is there as before.
    fake.tell(bought.paymentId, 'CANCELLATION', { originalReference: `AT-THE-BANK-${bought.paymentId}` })
    await bringAll(api, fake)
    fake.tell(bought.paymentId, 'REFUND', { originalReference: `AT-THE-BANK-${bought.paymentId}` })
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 3756, refunded: 0, disputed: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('is not taken for paid where the closing of its session has overtaken its capture', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid' })
    fake.tell(bought.paymentId, 'CANCELLATION', { merchantReference: `${bought.paymentId}.a.2wc.x` })
    await bringAll(api, fake)
    const lost = { status: 'lost', amount: usd(3756), reason: 'cancellation' }
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [lost] })
    expect(await eventsOf(bought)).toContain('payment.disputed')
    expect((await ask(api, bought, 'refunds', { amount: usd(1), reason: 'requested' })).status).toBe(409)
    expect(await violations(api)).toEqual([])
  })

  it('gives nothing back where the cancellation is told before what it has cancelled', async () => {
    const { fake, api, bought } = await ordered()
    await recoverAfter(api, 66)
    fake.tell(bought.paymentId, 'CANCELLATION', { merchantReference: `${bought.paymentId}.a.2wc.x` })
    await bringAll(api, fake)
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', refunds: [] })
    expect(await violations(api)).toEqual([])
  })

  it('lets go of an authorization that came of a session which is closed', async () => {
    const { fake, api, bought } = await ordered({ PAYMENT_CAPTURE: 'manual' })
    await fake.happen(bought.paymentId, 'pay')
    const late = await fake.takeDeliveries()
    await recoverAfter(api, 66)
    expect(fake.book(bought.paymentId)).toMatchObject({ status: 'voided' })
    await bringAll(api, fake)
    await bring(api, fake, late)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', payments: [{ status: 'voided' }] })
    expect(await violations(api)).toEqual([])
  })

  it('is left for a person to look at where another amount was paid', async () => {
    const { fake, api, bought } = await ordered()
    fake.tell(bought.paymentId, 'AUTHORISATION', { amount: { value: 3755, currency: 'USD' } })
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
  })

  it('costs no more than two trips a webhook, and none where it is forged', async () => {
    const { fake, api, bought } = await ordered()
    await fake.happen(bought.paymentId, 'pay')
    const [delivery] = await fake.takeDeliveries()
    const { body = '', headers } = delivery ?? {}
    const trips = async (text: string) => {
      const answer = await api.post('/v1/webhooks/adyen', text, { ...(headers ? { headers } : {}) })
      return [answer.status, answer.headers.get('Server-Timing')?.match(/trips=(\d+)/)?.[1]]
    }
    expect(await trips(body.replace('3756', '3755'))).toEqual([401, '0'])
    expect(await trips(body)).toEqual([200, '2'])
  })

  it('is asked for again where Adyen did not answer, under the same key', async () => {
    const fake = fakeAdyen()
    const api = shopWith(fake)
    // The contract has the others.
    for (const fault of ['cut_before', 'cut_after'] as const) {
      const { sku } = await makeProduct(api)
      const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
      const opened = fake.effects.opened
      fake.failNext(fault, '/sessions')
      const { status, body } = await complete(api, shopper, WISH)
      expect([status, body.status], fault).toEqual([202, 'processing'])
      await recoverAfter(api, 2)
      expect(fake.effects.opened, fault).toBe(opened + 1)
      await fake.happen(body.payment.id, 'pay')
      await bringAll(api, fake)
      expect(await orderOf(api, { orderId: body.order.id }), fault).toMatchObject({ payment_status: 'paid' })
    }
    expect(await violations(api)).toEqual([])
  })

  it('is declined where Adyen refuses to open a session, and in doubt where our key is wrong', async () => {
    const refuses = async (settings: Record<string, string>) => {
      const api = shopWith(fakeAdyen(settings))
      const { sku } = await makeProduct(api)
      return complete(api, await makeShopper(api, [{ sku, quantity: 1 }]), WISH)
    }
    const wrong = await refuses({ ADYEN_API_KEY: 'another key than the one of the fake' })
    expect([wrong.status, wrong.body.status]).toEqual([202, 'processing'])
    const other = fakeAdyen()
    const api = createApi({
      bindings: { LOG_LEVEL: 'off', ...other.settings },
      deps: { fetch: async () => Response.json({ status: 422, errorCode: '14_0409', message: 'no' }, { status: 422 }) },
    })
    const { sku } = await makeProduct(api)
    const declined = await complete(api, await makeShopper(api, [{ sku, quantity: 1 }]), WISH)
    expect([declined.status, declined.body.code]).toEqual([402, 'payment_declined'])
  })

  it('needs a way back, and is paid in the storefront only', async () => {
    const api = shopWith(fakeAdyen())
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    for (const [wish, pointer] of [
      [{ provider: 'adyen' }, '/payment/return_url'],
      [{ ...WISH, flow: 'redirect' }, '/payment/flow'],
      [{ ...WISH, method: 'ideal' }, '/payment/method'],
    ] as const) {
      const { status, body } = await complete(api, shopper, wish)
      expect([status, body.errors?.[0]?.pointer], pointer).toEqual([422, pointer])
    }
  })
})

describe('Adyen is never asked again', () => {
  it('for what it may have forgotten that it has done', async () => {
    const fake = fakeAdyen()
    const api = shopWith(fake)
    const provider = systemContext('test', api.bindings, api.deps, () => {}).provider('adyen')
    const at = (ms: number) => createMint(new Date(Date.now() - ms), cryptoRandom)
    const payment = {
      ...{ paymentId: at(0)('payment'), orderId: at(0)('order'), reference: 'QFQTPCQ8HXSKGK82' },
      ...{ amount: usd(1000), expiresAt: new Date(), origin: 'https://api.shop.example' },
    }
    await expect(provider?.refund(payment, at(7 * DAY_MS)('refund'), usd(1))).rejects.toThrow('too long ago')
    await expect(provider?.void(payment, at(8 * DAY_MS)('void'))).rejects.toThrow('too long ago')
    expect(fake.requests).toHaveLength(0)
    expect(await provider?.refund(payment, at(6 * DAY_MS)('refund'), usd(1))).toMatchObject({ status: 'failed' })
    expect(fake.requests).toHaveLength(1)
  })

  it('for a payment whose reference it has not told yet', async () => {
    const { api, bought } = await ordered()
    const provider = systemContext('test', api.bindings, api.deps, () => {}).provider('adyen')
    const payment = {
      ...{ paymentId: bought.paymentId, orderId: bought.orderId, reference: 'CS1234567890ABCDEF' },
      ...{ amount: usd(1000), expiresAt: new Date(), origin: 'https://api.shop.example' },
    }
    await expect(provider?.refund(payment, 'ref_1', usd(1))).rejects.toThrow('not been told yet')
  })
})
