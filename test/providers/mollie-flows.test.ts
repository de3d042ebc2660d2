import { describe, expect, it } from 'vitest'
import { type Api, complete, makeProduct, makeShopper, violations } from '../support/api.ts'
import { fakeMollie } from '../support/fakes/mollie.ts'
import { bring, bringAll } from '../support/fakes/rig.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, type Bought, buy, eventsOf, ledgerOf, orderOf, usd } from '../support/money.ts'
import { salesAt } from '../support/page-sales.ts'

const WISH = { provider: 'mollie', return_url: 'https://shop.example/thanks', cancel_url: 'https://shop.example/cart' }
const TOTAL = 3756

const { open, after: shopperHas } = salesAt(fakeMollie, WISH)
const manual = { PAYMENT_CAPTURE: 'manual' }
const edit = (api: Api, { shopper }: Bought) =>
  api.patch(`/v1/carts/${shopper.cartId}`, { note: 'wrapped, please' }, { token: shopper.token })

describe('a shopper pays on Mollie’s page', () => {
  it('and its ping is settled in two trips, once', async () => {
    const { fake, api } = open()
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { status, body } = await complete(api, shopper, { ...WISH, method: 'ideal' })
    expect([status, body.status]).toEqual([200, 'requires_action'])
    expect(body.payment.next_action).toMatchObject({ type: 'redirect', url: expect.stringContaining('mollie.com/') })
    const { id: paymentId } = body.payment
    expect(fake.payment(paymentId)).toMatchObject({
      metadata: { payment_id: paymentId, order_id: body.order.id },
      method: 'ideal',
      webhookUrl: 'http://shop.test/v1/webhooks/mollie',
    })
    await fake.happen(paymentId, 'pay')
    const deliveries = await fake.takeDeliveries()
    const [first, again] = await bring(api, fake, [...deliveries, ...deliveries])
    expect(first?.headers.get('Server-Timing')).toContain('trips=2')
    expect(again?.headers.get('Server-Timing')).toContain('trips=1')
    expect(await orderOf(api, { orderId: body.order.id })).toMatchObject({
      status: 'confirmed',
      payment_status: 'paid',
    })
  })

  it('and is found to have paid, when the ping is lost', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    await fake.happen(bought.paymentId, 'pay')
    await recoverAfter(api, 61)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('and is declined, and tries again with another payment', async () => {
    const { fake, api, bought } = await shopperHas('decline')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payment_status: 'failed' })
    const { status, body } = await complete(api, bought.shopper, WISH)
    expect([status, body.order.id]).toEqual([200, bought.orderId])
    await fake.happen(body.payment.id, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('by a method that takes days', async () => {
    const { fake, api, bought } = await shopperHas('pend')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
    await recoverAfter(api, 3 * 24 * 60)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('by bank transfer, which is open until the money is there', async () => {
    const { fake, api } = open()
    const bought = await buy(api, { ...WISH, method: 'banktransfer' })
    await recoverAfter(api, 61)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })
})

describe('the answer of what was opened is lost', () => {
  it.each(['cut_after', 'nonsense', 'slow'] as const)('and found again by our id: %s', async (fault) => {
    const { fake, api } = open()
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    fake.failNext(fault)
    const { status, body } = await complete(api, shopper, WISH)
    expect([status, body.status]).toEqual([202, 'processing'])
    fake.forgetKeys()
    await recoverAfter(api, 2)
    const { payments } = await orderOf(api, { orderId: body.order.id })
    expect(payments).toMatchObject([{ status: 'requires_action', next_action: { type: 'redirect' } }])
    expect(fake.effects.opened).toBe(1)
  })

  it('among more payments than one page holds', async () => {
    const { fake, api } = open()
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    fake.failNext('cut_after')
    const { body } = await complete(api, shopper, WISH)
    for (let other = 0; other < 300; other += 1) fake.stranger(null)
    await recoverAfter(api, 2)
    expect((await orderOf(api, { orderId: body.order.id })).payments).toMatchObject([{ status: 'requires_action' }])
    expect(fake.calls['GET /v2/payments']).toBe(2)
  })
})

it('nobody pays in time: the payment is called back, and the order given up', async () => {
  const { fake, api } = open()
  const bought = await buy(api, WISH)
  await recoverAfter(api, 61)
  expect(fake.payment(bought.paymentId)).toMatchObject({ status: 'canceled' })
  expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled' })
})

describe('a shopper goes back to the cart', () => {
  it('and the payment is called back', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    expect((await edit(api, bought)).status).toBe(200)
    expect(fake.payment(bought.paymentId)).toMatchObject({ status: 'canceled' })
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled' })
  })

  it('and what cannot be called back, and is paid all the same, goes back', async () => {
    const { fake, api } = open()
    fake.cancelable = false
    const bought = await buy(api, WISH)
    expect((await edit(api, bought)).status).toBe(200)
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    await recoverAfter(api, 2)
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({
      ...{ status: 'cancelled', refunds: [{ reason: 'late_payment', status: 'succeeded' }] },
    })
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: TOTAL, refunded: TOTAL })
  })
})

describe('money is taken later, and given back', () => {
  it('in parts, as staff ship, and the rest is let go', async () => {
    const { fake, api, bought } = await shopperHas('pay', manual)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'authorized' })
    await ask(api, bought, 'capture', { amount: usd(1000) })
    await bringAll(api, fake)
    // The ping tells that ours is over too: the next one need not wait for anybody.
    expect(await orderOf(api, bought)).toMatchObject({ operations: [{ status: 'succeeded', amount: usd(1000) }] })
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 1000 })
    fake.releasesLater = true
    expect((await ask(api, bought, 'capture', { amount: usd(2000), final: true })).status).toBe(202)
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 3000 })
    // The capture has succeeded: now the rest is let go, by whoever asks next.
    await recoverAfter(api, 4)
    await bringAll(api, fake)
    await recoverAfter(api, 6)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 3000, released: 756 })
    const { operations } = await orderOf(api, bought)
    expect(operations).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }])
    expect(fake.effects.captured).toBe(2)
  })

  it('fails where the bank captures no more, and is told so', async () => {
    const { fake, api, bought } = await shopperHas('pay', manual)
    expect((await ask(api, bought, 'capture')).status).toBe(202)
    const [capture] = fake.payment(bought.paymentId).captures
    if (capture) capture.status = 'failed'
    const entity = { ...capture, mode: 'test', paymentId: fake.payment(bought.paymentId).id }
    await bring(api, fake, [await fake.sign(fake.event('capture.failed', entity))])
    expect(await orderOf(api, bought)).toMatchObject({
      ...{ payment_status: 'authorized', operations: [{ status: 'failed', detail: expect.any(String) }] },
    })
    expect(await eventsOf(bought)).toContain('payment.capture_failed')
  })

  it('or let go', async () => {
    const { fake, api, bought } = await shopperHas('pay', manual)
    expect((await ask(api, bought, 'void')).status).toBe(200)
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'voided' })
  })

  it('in parts and in Mollie’s dashboard, each once', async () => {
    const { fake, api, bought } = await shopperHas('pay')
    fake.failNext('cut_after', '/refunds')
    expect((await ask(api, bought, 'refunds', { amount: usd(1000) })).status).toBe(202)
    fake.forgetKeys()
    await recoverAfter(api, 2)
    await fake.happen(bought.paymentId, 'refund', 500)
    await ask(api, bought, 'refunds', { amount: usd(256) })
    await bringAll(api, fake)
    const { refunds, payment_status } = await orderOf(api, bought)
    expect(payment_status).toBe('partially_refunded')
    const given = refunds.map((refund: Record<string, unknown>) => [refund.reason, refund.status, refund.amount])
    expect(given).toHaveLength(3)
    expect(given).toEqual(
      expect.arrayContaining([
        ['requested', 'succeeded', usd(1000)],
        ['provider', 'succeeded', usd(500)],
        ['requested', 'succeeded', usd(256)],
      ]),
    )
    expect(fake.effects.refunded).toBe(3)
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 1756 })
  })

  it('but fails where Mollie has it canceled', async () => {
    const { fake, api, bought } = await shopperHas('pay')
    await ask(api, bought, 'refunds', { amount: usd(1000) })
    const [refund] = fake.payment(bought.paymentId).refunds
    if (refund) refund.status = 'canceled'
    await recoverAfter(api, 2)
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ status: 'failed' }], payment_status: 'paid' })
  })
})

describe('a chargeback', () => {
  it('takes its money, and brings it again when it is reversed', async () => {
    const { fake, api, bought } = await shopperHas('pay')
    await fake.happen(bought.paymentId, 'dispute', 1500)
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'open', amount: usd(1500) }] })
    expect(await ledgerOf(bought)).toMatchObject({ disputed: 1500 })
    await fake.happen(bought.paymentId, 'win_dispute')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'won' }] })
    expect(await ledgerOf(bought)).toMatchObject({ disputed: 0, refunded: 0 })
  })
})

describe('hostile pings change nothing', () => {
  it('of a payment that is not paid yet, however many', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    const { id } = fake.payment(bought.paymentId)
    const ping = { body: `id=${id}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }
    const answers = await bring(api, fake, [ping, ping, ping])
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Server-Timing')).toContain('trips=0')
    }
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
  })

  it('of a payment that somebody has made at this account with our id and another amount', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    const id = fake.stranger({ payment_id: bought.paymentId })
    await bring(api, fake, [{ body: `id=${id}`, headers: {} }])
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payments: [{ status: 'requires_action' }] })
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
  })
})

it('says before an order is placed what Mollie cannot take, and calls where it can be reached', async () => {
  const { fake, api } = open({ PUBLIC_ORIGIN: 'http://localhost:8787' })
  const { sku } = await makeProduct(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
  const { return_url: _, ...without } = WISH
  expect((await complete(api, shopper, without)).body).toMatchObject({ errors: [{ pointer: '/payment/return_url' }] })
  const { body } = await complete(api, shopper, { ...WISH, method: 'cowries' })
  expect(body).toMatchObject({ errors: [{ pointer: '/payment/method' }] })
  const opened = await complete(api, shopper, WISH)
  expect(opened.body.status).toBe('requires_action')
  expect(fake.payment(opened.body.payment.id).webhookUrl).toBeNull()
})

it('leaves every ledger of all of it clean', async () => {
  expect(await violations(open().api)).toEqual([])
})
