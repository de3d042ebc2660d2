import { describe, expect, it } from 'vitest'
import { type Api, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { fakeAdyen } from '../support/fakes/adyen.ts'
import { fakePayPal } from '../support/fakes/paypal.ts'
import { bring, bringAll, shopWith } from '../support/fakes/rig.ts'
import { fakeStandardWebhooks } from '../support/fakes/standard-webhooks.ts'
import { createStripe } from '../support/fakes/stripe.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, buy, eventsOf, ledgerOf, orderOf, usd } from '../support/money.ts'
import { seedShop } from '../support/shop.ts'

const WISH = { return_url: 'http://localhost:3000/thanks' }

/** What every object in JavaScript has by itself, and no table of ours. */
const INHERITED = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__']

/** The events that are about a payment or of a type, as staff see them. */
async function listed(api: Api, query: string): Promise<{ id: string; type: string; status: string }[]> {
  const { staffKey: token } = await seedShop()
  return (await api.get(`/v1/admin/webhook-events?${query}`, { token })).body.data
}

describe('whoever has no secret', () => {
  it('does not make the shop look at a body thousands of times', async () => {
    const fake = fakeStandardWebhooks()
    const api = shopWith(fake)
    const { headers } = await fake.sign('{}')
    const genuine = headers['webhook-signature'] ?? ''
    const bringing = (signature: string) =>
      api.post('/v1/webhooks/standard-webhooks', '{}', { headers: { ...headers, 'webhook-signature': signature } })
    const others = (count: number) => Array.from({ length: count }, () => 'v1,AAAA').join(' ')
    expect((await bringing(`${others(9)} ${genuine}`)).status).toBe(200)
    // Even beside a genuine one: to know that, all would have to be looked at.
    expect(await bringing(`${others(10)} ${genuine}`)).toMatchObject({
      status: 401,
      body: { reason: 'malformed_signature' },
    })
    expect((await bringing(others(5000))).status).toBe(401)
  })
})

describe('whoever has the secret of one provider', () => {
  it('does not end what another provider was asked to do', async () => {
    const adyen = fakeAdyen()
    const fake = fakeStandardWebhooks()
    const api = shopWith(fake, { ...adyen.settings, PAYMENT_CAPTURE: 'manual' })
    const bought = await buy(api, { ...WISH, provider: 'standard-webhooks' })
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    fake.failNext('error')
    expect((await ask(api, bought, 'capture')).status).toBe(202)
    const { id } = (await orderOf(api, bought)).operations[0]
    const merchantReference = `${bought.paymentId}.c${id.slice('cap_'.length)}.0.${(3756).toString(36)}.f`
    const refused = { eventCode: 'CAPTURE', success: 'false', pspReference: `X${id}`, originalReference: 'Y' }
    const amount = { value: 3756, currency: 'USD' }
    const [answer] = await bring(api, adyen, [adyen.notify([{ ...refused, merchantReference, amount } as never])])
    expect(answer?.status).toBe(200)
    expect((await orderOf(api, bought)).operations).toMatchObject([{ id, status: 'pending' }])
    expect(await eventsOf(bought)).not.toContain('payment.capture_failed')
    // Nor when staff have it tried again.
    const [event] = await listed(api, 'limit=1&provider=adyen')
    const { staffKey: token } = await seedShop()
    const replayed = await api.post(
      `/v1/admin/webhook-events/${event?.id}/replay`,
      {},
      { token, key: crypto.randomUUID() },
    )
    expect(replayed).toMatchObject({ status: 200, body: { status: 'ignored' } })
    await recoverAfter(api, 2)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 3756 })
    expect(await violations(api)).toEqual([])
  })
})

describe('whoever may read orders', () => {
  it('does not get what pays in the browser of the shopper, who does', async () => {
    const fake = createStripe()
    const api = shopWith(fake)
    const bought = await buy(api, { ...WISH, provider: 'stripe' })
    const { orderId, shopper } = bought
    const own = await api.get(`/v1/orders/${orderId}`, { token: shopper.token })
    expect(own.body.next_action).toMatchObject({ type: 'confirm', client_secret: expect.any(String) })
    const seen = await orderOf(api, bought)
    expect(seen).toMatchObject({ next_action: null, payments: [{ status: 'requires_action', next_action: null }] })
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    const paid = await api.get(`/v1/orders/${orderId}`, { token: shopper.token })
    expect(paid.body).toMatchObject({ next_action: null, payments: [{ status: 'captured', next_action: null }] })
  })
})

describe('a service that sends what nobody expects', () => {
  it('is answered well for kinds that are named like what every object has', async () => {
    const paypal = fakePayPal()
    const adyen = fakeAdyen()
    const api = shopWith(paypal, adyen.settings)
    const bought = await buy(api, { ...WISH, provider: 'paypal' })
    for (const name of INHERITED) {
      const body = { id: `WH-${crypto.randomUUID()}`, event_type: name, resource: { id: 'ABC' } }
      const item = { eventCode: name, success: 'true', pspReference: `X${name}${bought.paymentId}` }
      const told = { ...item, merchantReference: `${bought.paymentId}.a.2wc`, amount: { value: 1, currency: 'USD' } }
      const answers = [
        ...(await bring(api, paypal, [await paypal.sign(JSON.stringify(body))])),
        ...(await bring(api, adyen, [adyen.notify([told as never])])),
      ]
      expect(
        answers.map(({ status }) => status),
        name,
      ).toEqual([200, 200])
    }
    const events = await listed(api, 'limit=12')
    expect(events.map(({ status }) => status)).toEqual(events.map(() => 'ignored'))
  })

  it('is decided whatever its ids are made of, and is not mixed up', async () => {
    const fake = fakeAdyen()
    const api = shopWith(fake)
    const bought = await buy(api, { ...WISH, provider: 'adyen' })
    const amount = { value: 1, currency: 'USD' }
    const merchantReference = `${bought.paymentId}.a.2wc`
    const odd = ['a\u0000b', 'a\u0000c', 'a\ud800', 'a\udc00', 'x'.repeat(50_000), 'y'.repeat(50_000)]
    for (const pspReference of odd) {
      const item = { eventCode: 'AUTHORISATION', success: 'true', pspReference, merchantReference, amount }
      const [answer] = await bring(api, fake, [fake.notify([item as never])])
      expect(answer?.status).toBe(200)
    }
    const { results } = await testEnv()
      .DB.prepare('SELECT status, next_attempt_at AS due FROM webhook_events WHERE payment_id = ?')
      .bind(bought.paymentId)
      .all()
    // Another amount than ours: kept for staff, and not tried for ever.
    expect(results).toEqual(odd.map(() => ({ status: 'dead', due: null })))
  })

  it('does not have two refunds taken for one because their names were removed from the inbox', async () => {
    const fake = fakeStandardWebhooks()
    const api = shopWith(fake)
    const bought = await buy(api, { ...WISH, provider: 'standard-webhooks' })
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    // As a retry reads what is kept of an id that looks like the number of a card.
    fake.tell('payment.refunded', { payment_id: bought.paymentId, amount: usd(1), reference: '[removed]' })
    await bringAll(api, fake)
    expect((await orderOf(api, bought)).refunds).toEqual([])
    const [event] = await listed(api, `payment_id=${bought.paymentId}&status=dead`)
    expect(event).toMatchObject({ type: 'payment.refunded', status: 'dead' })
  })

  it('tells staff where an order is confirmed by less than it is due', async () => {
    const fake = fakeStandardWebhooks()
    const api = shopWith(fake)
    const bought = await buy(api, { ...WISH, provider: 'standard-webhooks' })
    fake.tell('payment.captured', { payment_id: bought.paymentId, amount: usd(1), of: usd(3756), final: true })
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 1, released: 3755 })
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
    expect(await violations(api)).toEqual([])
  })
})
