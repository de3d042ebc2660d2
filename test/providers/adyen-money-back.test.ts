import { describe, expect, it } from 'vitest'
import { findAdyenPayment } from '../../src/features/payments/queries.ts'
import { ordered, resign } from '../support/adyen-orders.ts'
import { violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { bring, bringAll } from '../support/fakes/rig.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, type Bought, eventsOf, ledgerOf, orderOf, usd } from '../support/money.ts'
import { explain } from '../support/query-plan.ts'

describe('money of Adyen goes back', () => {
  it('in parts, from the shop and from the Customer Area', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    const { body } = await ask(api, bought, 'refunds', { amount: usd(1000), reason: 'requested' })
    expect(JSON.stringify(body)).toContain('"pending"')
    await bringAll(api, fake)
    await happens('refund', 500)
    const { refunds } = await orderOf(api, bought)
    expect(refunds).toMatchObject([
      { status: 'succeeded', amount: usd(1000), reason: 'requested' },
      { status: 'succeeded', amount: usd(500), reason: 'provider' },
    ])
    expect(fake.book(bought.paymentId)).toMatchObject({ refunded: 1500 })
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 1500 })
    await recoverAfter(api, 60)
    expect(fake.effects.refunded).toBe(2)
    expect(await violations(api)).toEqual([])
  })

  it('from the Customer Area under a name that staff have given it there', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    const amount = { value: 700, currency: 'USD' }
    fake.tell(bought.paymentId, 'REFUND', { merchantReference: 'goodwill for Ada', amount })
    fake.tell(bought.paymentId, 'REFUND', {
      merchantReference: 'order 7 of another shop',
      originalReference: 'X',
      amount,
    })
    await bringAll(api, fake)
    expect((await orderOf(api, bought)).refunds).toMatchObject([{ status: 'succeeded', amount: usd(700) }])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 700 })
    expect(await violations(api)).toEqual([])
  })

  it('and its payment is found by an index', async () => {
    const query = findAdyenPayment('QFQTPCQ8HXSKGK82') as unknown as { toSQL(): { sql: string; params: unknown[] } }
    const { sql: text, params } = query.toSQL()
    const steps = await explain(testEnv().DB, { text, params })
    expect(steps.join()).toContain('USING INDEX payments_at_adyen (provider_reference=?)')
  })

  it.each(['REFUND_FAILED', 'REFUNDED_REVERSED'])('and comes back by %s', async (eventCode) => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    await ask(api, bought, 'refunds', { amount: usd(1000), reason: 'requested' })
    await bringAll(api, fake)
    const { reference: merchantReference } = fake.requests.at(-1)?.body ?? {}
    const amount = { value: 1000, currency: 'USD' }
    fake.tell(bought.paymentId, eventCode, { merchantReference: String(merchantReference), amount })
    await bringAll(api, fake)
    expect((await orderOf(api, bought)).refunds).toMatchObject([{ status: 'failed' }])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 0 })
    expect(await eventsOf(bought)).toContain('order.refund_failed')
    expect(await violations(api)).toEqual([])
  })

  it('and not where Adyen refuses', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    await ask(api, bought, 'refunds', { amount: usd(1000), reason: 'requested' })
    const [delivery] = await fake.takeDeliveries()
    await bring(api, fake, [resign(fake, delivery, '"true"', '"false"')])
    expect((await orderOf(api, bought)).refunds).toMatchObject([{ status: 'failed' }])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 0 })
  })

  it('by a reversal in the Customer Area, where it was captured by itself', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    fake.tell(bought.paymentId, 'CANCEL_OR_REFUND')
    await bringAll(api, fake)
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 3756 })
  })
})

describe('a bank takes money back', () => {
  const disputesOf = async (bought: Bought) => (await ledgerOf(bought)) as unknown as { disputed: number }

  it('and gives it again, and takes it a second time', async () => {
    const { fake, api, bought, happens } = await ordered()
    await happens('pay')
    await happens('dispute', 2000)
    expect(await disputesOf(bought)).toMatchObject({ disputed: 2000 })
    await happens('win_dispute')
    expect(await disputesOf(bought)).toMatchObject({ disputed: 0 })
    const told = { amount: { value: 2000, currency: 'USD' }, pspReference: 'DISPUTE000000001' }
    fake.tell(bought.paymentId, 'SECOND_CHARGEBACK', told)
    await bringAll(api, fake)
    expect(await disputesOf(bought)).toMatchObject({ disputed: 2000 })
    fake.tell(bought.paymentId, 'PREARBITRATION_LOST', told)
    await bringAll(api, fake)
    const { disputes } = await orderOf(api, bought)
    expect(disputes.map(({ status }: { status: string }) => status)).toEqual(['won', 'lost'])
    expect(await violations(api)).toEqual([])
  })

  it('and keeps it', async () => {
    const { api, bought, happens } = await ordered()
    await happens('pay')
    await happens('dispute')
    await happens('lose_dispute')
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'lost', amount: usd(3756) }] })
    const { status } = await ask(api, bought, 'refunds', { amount: usd(1), reason: 'requested' })
    expect(status).toBe(409)
  })

  it('or never sends what counted as captured: it cannot be given back then', async () => {
    const { fake, api, bought } = await ordered()
    await fake.happen(bought.paymentId, 'pay')
    fake.tell(bought.paymentId, 'CAPTURE_FAILED')
    await bring(api, fake, (await fake.takeDeliveries()).toReversed())
    expect(await orderOf(api, bought)).toMatchObject({
      payment_status: 'paid',
      disputes: [{ status: 'lost', reason: 'capture_failed', amount: usd(3756) }],
    })
    expect((await ask(api, bought, 'refunds', { amount: usd(1), reason: 'requested' })).status).toBe(409)
    expect(await violations(api)).toEqual([])
  })
})
