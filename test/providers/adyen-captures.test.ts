import { describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { authorized, eventStatuses, operationsOf, ordered, permutations, resign } from '../support/adyen-orders.ts'
import { violations } from '../support/api.ts'
import { bring, bringAll } from '../support/fakes/rig.ts'
import { samplePairs } from '../support/interleavings.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, eventsOf, ledgerOf, orderOf, usd } from '../support/money.ts'

describe('an order that Adyen has authorized', () => {
  it('is captured in parts, each when its webhook says so', async () => {
    const { fake, api, bought } = await authorized()
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'authorized' })
    for (const [amount, captured, status] of [
      [1000, 1000, 'authorized'],
      [756, 1756, 'authorized'],
      [2000, 3756, 'captured'],
    ] as const) {
      await ask(api, bought, 'capture', { amount: usd(amount) })
      const busy = await ask(api, bought, 'capture', { amount: usd(1) })
      expect([busy.status, busy.body.code]).toEqual([409, 'payment_busy'])
      await bringAll(api, fake)
      expect(await ledgerOf(bought)).toMatchObject({ captured, status })
    }
    expect(await operationsOf(api, bought)).toEqual([
      'capture 1000 succeeded',
      'capture 756 succeeded',
      'capture 2000 succeeded',
    ])
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid' })
    expect(fake.effects.captured).toBe(3)
    expect(await violations(api)).toEqual([])
  })

  it('ends alike in every order of its events, each twice', async () => {
    const mint = createMint(new Date(), cryptoRandom)
    const parts = [[1000, 'p'] as const, [700, 'p'] as const, [700, null] as const, [800, 'f'] as const]
    for (const order of samplePairs(permutations([0, 1, 2, 3, 4]))) {
      const { fake, api, bought } = await ordered({ PAYMENT_CAPTURE: 'manual' })
      await fake.happen(bought.paymentId, 'pay')
      for (const [value, final] of parts) {
        // The third is made in the Customer Area, under the payment's own reference.
        const ours = `${bought.paymentId}.c${mint('capture').slice(4)}.${bought.total.toString(36)}.${final}`
        const named = final === null ? {} : { merchantReference: ours }
        fake.tell(bought.paymentId, 'CAPTURE', { ...named, amount: { value, currency: 'USD' } })
      }
      const told = await fake.takeDeliveries()
      for (const at of order) await bring(api, fake, told.slice(at, at + 1).concat(told.slice(at, at + 1)))
      expect(await ledgerOf(bought), order.join()).toMatchObject({ status: 'captured', captured: 3200, released: 556 })
      expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    }
  })

  it('is told that a capture was not made, and may be captured again', async () => {
    const { fake, api, bought } = await authorized()
    await ask(api, bought, 'capture', { amount: usd(1000) })
    const [delivery] = await fake.takeDeliveries()
    const refused = resign(fake, delivery, '"true"', '"false"')
    // Once more under another reference of Adyen's, as another event: staff are told once all the same.
    const again = resign(fake, refused, '"originalReference":"', '"originalReference":"X')
    await bring(api, fake, [refused, again])
    expect(await operationsOf(api, bought)).toEqual(['capture 1000 failed'])
    expect((await eventsOf(bought)).filter((topic) => topic === 'payment.capture_failed')).toHaveLength(1)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 0 })
    expect((await ask(api, bought, 'capture', { amount: usd(500) })).status).toBeLessThan(300)
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ captured: 500 })
  })

  it('lets go of the rest where Adyen captures once', async () => {
    const { fake, api, bought } = await authorized({ ADYEN_SEVERAL_CAPTURES: 'off' })
    await ask(api, bought, 'capture', { amount: usd(1000) })
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 1000, released: 2756 })
  })

  it('is voided when its webhook says so', async () => {
    const { fake, api, bought } = await authorized()
    await ask(api, bought, 'void')
    expect(await operationsOf(api, bought)).toEqual(['void 0 pending'])
    await bringAll(api, fake)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'voided', payments: [{ status: 'voided' }] })
    expect(await operationsOf(api, bought)).toEqual(['void 0 succeeded'])
    await recoverAfter(api, 60)
    expect(fake.requests.filter(({ path }) => /payments\/.*\/cancels$/.test(path))).toHaveLength(1)
    expect(await violations(api)).toEqual([])
  })

  it('cannot be voided once it was captured in the Customer Area', async () => {
    const { fake, api, bought } = await authorized()
    await fake.happen(bought.paymentId, 'capture')
    const captured = await fake.takeDeliveries()
    await ask(api, bought, 'void')
    await bringAll(api, fake)
    expect(await operationsOf(api, bought)).toEqual(['void 0 failed'])
    await bring(api, fake, captured)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid' })
  })

  it('is captured, let go and expired in the Customer Area', async () => {
    const whole = await authorized()
    await whole.happens('capture')
    expect(await ledgerOf(whole.bought)).toMatchObject({ status: 'captured', captured: 3756 })
    const gone = await authorized()
    await gone.happens('void')
    expect(await ledgerOf(gone.bought)).toMatchObject({ status: 'voided', released: 3756 })
    const old = await authorized()
    old.fake.tell(old.bought.paymentId, 'EXPIRE')
    await bringAll(old.api, old.fake)
    expect(await ledgerOf(old.bought)).toMatchObject({ status: 'voided', released: 3756 })
    const once = await authorized({ ADYEN_SEVERAL_CAPTURES: 'off' })
    await once.happens('capture', 1000)
    expect(await ledgerOf(once.bought)).toMatchObject({ status: 'captured', captured: 1000, released: 2756 })
    expect(await violations(whole.api)).toEqual([])
  })

  it('is captured in parts in the Customer Area and by us, whichever is heard of first', async () => {
    const { fake, api, bought } = await authorized()
    await fake.happen(bought.paymentId, 'capture', 1000)
    const elsewhere = await fake.takeDeliveries()
    await ask(api, bought, 'capture', { amount: usd(500) })
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 500 })
    await bring(api, fake, [...elsewhere, ...elsewhere])
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 1500 })
    await ask(api, bought, 'capture')
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 3756 })
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: 3756 })
    expect(await violations(api)).toEqual([])
  })

  it('enters a part once, though its event is applied twice', async () => {
    const { fake, api, bought, happens } = await authorized()
    await happens('capture', 1000)
    const { DB } = api.bindings
    await DB.prepare(
      "UPDATE webhook_events SET status = 'failed', next_attempt_at = 1 WHERE payment_id = ? AND type = 'CAPTURE'",
    )
      .bind(bought.paymentId)
      .run()
    await recoverAfter(api, 1)
    expect(await eventStatuses(api, bought)).toMatchObject({ CAPTURE: 'ignored' })
    expect(await ledgerOf(bought)).toMatchObject({ captured: 1000 })
    expect(fake.book(bought.paymentId)).toMatchObject({ captured: 1000 })
  })

  it('keeps for staff what the signed part does not tell', async () => {
    const { fake, api, bought } = await authorized()
    fake.tell(bought.paymentId, 'CANCEL_OR_REFUND')
    fake.tell(bought.paymentId, 'REQUEST_FOR_INFORMATION')
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 0 })
    expect(await eventStatuses(api, bought)).toEqual({
      ...{ AUTHORISATION: 'processed', CANCEL_OR_REFUND: 'dead', REQUEST_FOR_INFORMATION: 'dead' },
    })
  })
})
