import { describe, expect, it } from 'vitest'
import { takesCurrency } from '../../src/features/checkout/refuse-payment.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { type Api, complete, makeProduct, makeShopper, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { forgeCrc } from '../support/fakes/crc32.ts'
import { type FakePayPal, fakePayPal } from '../support/fakes/paypal.ts'
import { bring, bringAll } from '../support/fakes/rig.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, type Bought, buy, eventsOf, ledgerOf, orderOf, usd } from '../support/money.ts'
import { salesAt } from '../support/page-sales.ts'

const WISH = { provider: 'paypal', return_url: 'https://shop.example/thanks', cancel_url: 'https://shop.example/cart' }
// What `buy` comes to.
const TOTAL = 3756

const { open, after: approved } = salesAt(fakePayPal, WISH)
const manual = { PAYMENT_CAPTURE: 'manual' }

describe('a shopper approves on PayPal’s page, and we complete the order', () => {
  it('by its webhook, in two trips, once', async () => {
    const { fake, api } = open()
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const { status, body } = await complete(api, shopper, WISH)
    expect([status, body.status]).toEqual([200, 'requires_action'])
    expect(body.payment.next_action).toMatchObject({ type: 'redirect', url: expect.stringContaining('paypal.com/') })
    const { id: paymentId } = body.payment
    expect(fake.order(paymentId)).toMatchObject({ custom_id: paymentId, invoice_id: `${body.order.id}.${paymentId}` })
    await fake.happen(paymentId, 'pay')
    const deliveries = await fake.takeDeliveries()
    const [first, again] = await bring(api, fake, [...deliveries, ...deliveries])
    expect(first?.headers.get('Server-Timing')).toContain('trips=2')
    expect(again?.headers.get('Server-Timing')).toContain('trips=1')
    expect(await orderOf(api, { orderId: body.order.id })).toMatchObject({
      status: 'confirmed',
      payment_status: 'paid',
    })
    // What PayPal tells of the capture is known by then.
    await bringAll(api, fake)
    expect(fake.effects).toEqual({ opened: 1, captured: 1, refunded: 0 })
  })

  it('by asking, when its webhook is lost', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    await fake.happen(bought.paymentId, 'pay')
    await recoverAfter(api, 61)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('is declined, and approves again with another way to pay', async () => {
    const { fake, api, bought } = await approved('decline')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payment_status: 'failed' })
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(fake.effects.captured).toBe(1)
  })

  it('pays by eCheck, which takes days', async () => {
    const { fake, api, bought } = await approved('pend')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
    await recoverAfter(api, 3 * 24 * 60)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('pays by eCheck, which bounces', async () => {
    const { fake, api, bought } = await approved('pend')
    await fake.happen(bought.paymentId, 'decline')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payment_status: 'failed' })
    await recoverAfter(api, 24 * 60)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled' })
  })
})

describe('the answer of what was opened is lost', () => {
  it.each(['cut_after', 'nonsense', 'slow'] as const)('and found again by the same key: %s', async (fault) => {
    const { fake, api } = open()
    await buy(api, WISH)
    const { sku } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    fake.failNext(fault, '/v2/checkout/orders')
    const { status, body } = await complete(api, shopper, WISH)
    expect([status, body.status]).toEqual([202, 'processing'])
    await recoverAfter(api, 2)
    const { payments, status: orderStatus } = await orderOf(api, { orderId: body.order.id })
    expect(orderStatus).toBe('pending')
    expect(payments).toMatchObject([{ status: 'requires_action', next_action: { type: 'redirect' } }])
    await fake.happen(body.payment.id, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, { orderId: body.order.id })).toMatchObject({
      status: 'confirmed',
      payment_status: 'paid',
    })
    expect(fake.effects).toMatchObject({ opened: 2, captured: 1 })
  })

  it('and of what was captured, which is not captured again', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    await fake.happen(bought.paymentId, 'pay')
    fake.failNext('cut_after', '/capture')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    // The event waits, and the one about the capture comes first.
    await bringAll(api, fake)
    await recoverAfter(api, 2)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(fake.effects.captured).toBe(1)
  })
})

describe('what was closed is not taken any more', () => {
  const edit = (api: Api, { shopper }: Bought) =>
    api.patch(`/v1/carts/${shopper.cartId}`, { note: 'wrapped, please' }, { token: shopper.token })

  it('when it is approved after the shopper has gone back to the cart', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    expect((await edit(api, bought)).status).toBe(200)
    expect(fake.order(bought.paymentId).custom_id).toBe(`closed.${bought.paymentId}`)
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    await recoverAfter(api, 61)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled' })
    expect(fake.effects.captured).toBe(0)
  })

  it('when it is approved after its time', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    await recoverAfter(api, 61)
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled' })
    expect(fake.effects.captured).toBe(0)
  })

  it('unless it was approved before: then it is paid, and the cart is ordered', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    await fake.happen(bought.paymentId, 'pay')
    const { status, body } = await edit(api, bought)
    expect([status, body.code]).toEqual([409, 'cart_completed'])
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('and goes back where PayPal lets us mark nothing', async () => {
    const { fake, api } = open()
    fake.refusePatches = true
    const bought = await buy(api, WISH)
    expect((await edit(api, bought)).status).toBe(200)
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    await recoverAfter(api, 2)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', refunds: [{ reason: 'late_payment' }] })
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: TOTAL, refunded: TOTAL })
  })
})

describe('money is taken later, and given back', () => {
  it('in parts, as staff ship, and the rest is let go', async () => {
    const { fake, api, bought } = await approved('pay', manual)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'authorized' })
    expect((await ask(api, bought, 'capture', { amount: usd(1000) })).status).toBe(200)
    expect((await ask(api, bought, 'capture', { amount: usd(2000), final: true })).status).toBe(200)
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 3000, released: 756 })
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: 3000 })
  })

  it('or let go', async () => {
    const { fake, api, bought } = await approved('pay', manual)
    expect((await ask(api, bought, 'void')).status).toBe(200)
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'voided' })
  })

  it('by eCheck, which PayPal tells of days later: until then nothing else is captured', async () => {
    const { fake, api, bought } = await approved('pend', manual)
    expect((await ask(api, bought, 'capture', { amount: usd(1000) })).status).toBe(202)
    expect((await ask(api, bought, 'capture')).body).toMatchObject({ code: 'payment_busy' })
    await bringAll(api, fake)
    await fake.happen(bought.paymentId, 'pay')
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ operations: [{ status: 'succeeded' }] })
    expect((await ask(api, bought, 'capture', { amount: usd(500) })).status).toBe(202)
    const [, second] = fake.order(bought.paymentId).captures
    if (second) second.status = 'DECLINED'
    await bring(api, fake, [await fake.sign(fake.event('PAYMENT.CAPTURE.DENIED', { id: second?.id }))])
    const { operations } = await orderOf(api, bought)
    expect(operations).toMatchObject([{ status: 'succeeded' }, { status: 'failed', detail: expect.any(String) }])
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 1000 })
    expect(await eventsOf(bought)).toContain('payment.capture_failed')
  })

  it('stays under way where a part has gone and the rest is refused: it is never called failed', async () => {
    const { fake, api, bought } = await approved('pay', manual)
    await ask(api, bought, 'capture', { amount: usd(1000) })
    await ask(api, bought, 'capture')
    const [, second] = fake.order(bought.paymentId).captures
    fake.failNext('error', `/captures/${second?.id}/refund`)
    expect((await ask(api, bought, 'refunds', { amount: usd(3000) })).status).toBe(202)
    if (second) second.status = 'PENDING'
    await recoverAfter(api, 2)
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ status: 'pending', amount: usd(3000) }] })
    if (second) second.status = 'COMPLETED'
    await recoverAfter(api, 10)
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ status: 'succeeded', amount: usd(3000) }] })
    expect(fake.effects.refunded).toBe(2)
  })

  it('spread over the captures there are, whatever gets lost on the way', async () => {
    const { fake, api, bought } = await approved('pay', manual)
    await ask(api, bought, 'capture', { amount: usd(1000) })
    await ask(api, bought, 'capture', { amount: usd(1500) })
    await ask(api, bought, 'capture')
    await bringAll(api, fake)
    // One capture can give this back, so one does.
    expect((await ask(api, bought, 'refunds', { amount: usd(1200) })).status).toBe(201)
    expect(fake.effects.refunded).toBe(1)
    const [, second] = fake.order(bought.paymentId).captures
    fake.failNext('cut_after', `/captures/${second?.id}/refund`)
    const asked = await ask(api, bought, 'refunds', { amount: usd(2556) })
    expect(asked.status).toBe(202)
    await recoverAfter(api, 2)
    await bringAll(api, fake)
    const { refunds, payment_status } = await orderOf(api, bought)
    expect(payment_status).toBe('refunded')
    expect(refunds).toMatchObject([
      { amount: usd(1200), status: 'succeeded' },
      { amount: usd(2556), status: 'succeeded' },
    ])
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: TOTAL, refunded: TOTAL })
    expect(fake.effects.refunded).toBe(4)
  })

  it('from PayPal’s own pages', async () => {
    const { fake, api, bought } = await approved('pay')
    await ask(api, bought, 'refunds', { amount: usd(1000) })
    await fake.happen(bought.paymentId, 'refund', 500)
    await bringAll(api, fake)
    const { refunds } = await orderOf(api, bought)
    expect(refunds).toMatchObject([
      { amount: usd(1000), reason: 'requested', status: 'succeeded' },
      { amount: usd(500), reason: 'provider', status: 'succeeded' },
    ])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 1500 })
  })
})

describe('a dispute', () => {
  it('that is lost takes its money once, though PayPal tells of it as a refund too', async () => {
    const { fake, api, bought } = await approved('pay')
    await fake.happen(bought.paymentId, 'dispute', 1500)
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'open', amount: usd(1500) }] })
    await fake.happen(bought.paymentId, 'lose_dispute')
    await bringAll(api, fake)
    const { disputes, refunds } = await orderOf(api, bought)
    expect(disputes).toMatchObject([{ status: 'lost', amount: usd(1500) }])
    expect(refunds).toEqual([])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 0, disputed: 1500 })
  })

  it('that is won, after which staff give money back all the same', async () => {
    const { fake, api, bought } = await approved('pay')
    await fake.happen(bought.paymentId, 'dispute')
    await fake.happen(bought.paymentId, 'win_dispute')
    await fake.happen(bought.paymentId, 'refund', 500)
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({
      ...{ disputes: [{ status: 'won' }], refunds: [{ reason: 'provider', amount: usd(500) }] },
    })
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 500, disputed: 0 })
  })
})

describe('a body that was forged under a genuine signature changes nothing', () => {
  /** A genuine event, and one with the same CRC that says what `change` makes of it. */
  async function forged(fake: FakePayPal, change: (body: string) => string) {
    const [genuine] = (await fake.takeDeliveries()).slice(-1)
    if (!genuine) throw new Error('nothing was sent')
    const template = change(genuine.body).replace('"summary":"', `"summary":"${'~'.repeat(10)}`)
    return { genuine, lie: { ...genuine, body: forgeCrc(genuine.body, template) } }
  }

  it('another amount, or another payment of ours', async () => {
    const { fake, api } = open()
    const [cheap, dear] = [await buy(api, WISH), await buy(api, WISH, { quantity: 9 })]
    await fake.happen(cheap.paymentId, 'pay')
    const { genuine, lie } = await forged(fake, (body) =>
      body
        .replaceAll(cheap.paymentId, dear.paymentId)
        .replaceAll('"37.56"', '"97.69"')
        .replace(/"id":"WH-\w+"/, '"id":"WH-ANOTHER"'),
    )
    expect((await bring(api, fake, [lie]))[0]?.status).toBe(200)
    expect(await orderOf(api, dear)).toMatchObject({ status: 'pending', payments: [{ status: 'requires_action' }] })
    // What it names by PayPal's own id is true all the same, and is what was taken note of.
    expect(await orderOf(api, cheap)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    await bring(api, fake, [genuine])
    expect(await eventsOf(dear)).not.toContain('payment.amount_mismatch')
  })

  it('a refund that never was, a dispute that nobody has', async () => {
    const { fake, api, bought } = await approved('pay')
    await fake.takeDeliveries()
    await fake.happen(bought.paymentId, 'refund', 100)
    const { lie } = await forged(fake, (body) =>
      body
        .replace(/"id":"WH-\w+"/, '"id":"WH-ANOTHER"')
        .replace(/"resource":\{"id":"\w+"/, '"resource":{"id":"RNEVERWAS"')
        .replaceAll('"1.00"', '"37.56"'),
    )
    const untrue = fake.event('CUSTOMER.DISPUTE.CREATED', { dispute_id: 'PP-D-1', dispute_amount: usd(100) })
    await bring(api, fake, [lie, await fake.sign(untrue)])
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [], disputes: [], payment_status: 'paid' })
  })

  it('an order of another shop at the same account is left to it', async () => {
    const { fake, api } = open()
    const bought = await buy(api, WISH)
    await fake.happen(bought.paymentId, 'pay')
    fake.order(bought.paymentId).custom_id = 'basket 77'
    await bringAll(api, fake)
    expect(fake.effects.captured).toBe(0)
    const { results } = await testEnv()
      .DB.prepare("SELECT status FROM webhook_events WHERE provider = 'paypal' AND payment_id = ?")
      .bind(bought.paymentId)
      .all()
    expect(results).toEqual([{ status: 'ignored' }])
  })
})

it('says before an order is placed what PayPal cannot take', async () => {
  const { api } = open()
  const { sku } = await makeProduct(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
  const { return_url: _, ...without } = WISH
  expect((await complete(api, shopper, without)).body).toMatchObject({ errors: [{ pointer: '/payment/return_url' }] })
  const { body } = await complete(api, shopper, { ...WISH, method: 'creditcard' })
  expect(body).toMatchObject({ errors: [{ pointer: '/payment/method' }] })
  const provider = systemContext('test', api.bindings, api.deps, () => {}).provider('paypal')
  const taken = ['USD', 'HUF', 'KWD'].filter((currency) => provider && takesCurrency(provider, currency))
  expect(taken).toEqual(['USD', 'HUF'])
})

it('leaves every ledger of all of it clean', async () => {
  expect(await violations(open().api)).toEqual([])
})
