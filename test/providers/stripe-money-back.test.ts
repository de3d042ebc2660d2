import { describe, expect, it } from 'vitest'
import { violations } from '../support/api.ts'
import { bring } from '../support/fakes/rig.ts'
import { createStripe } from '../support/fakes/stripe.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, orderOf, usd } from '../support/money.ts'
import { DAY, EMBEDDED, kept, REDIRECT, refundRow, sell, shopAt, tell } from '../support/stripe-sales.ts'

describe('money given back', () => {
  it('by staff here, and told by Stripe: once', async () => {
    const sale = await sell(EMBEDDED, { everything: true })
    await sale.happens('pay')
    expect(await ask(sale.api, sale.bought, 'refunds', { amount: usd(1000) })).toMatchObject({ status: 201 })
    await tell(sale.api, sale.fake)
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({
      ...{ payment_status: 'partially_refunded', refunds: [{ status: 'succeeded', amount: usd(1000) }] },
    })
    expect(await kept(sale)).toBe(sale.bought.total - 1000)
  })

  it('by staff in the dashboard, a part and then the rest', async () => {
    const sale = await sell(REDIRECT, { everything: true })
    await sale.happens('pay')
    await sale.happens('refund', 1500)
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ payment_status: 'partially_refunded' })
    await sale.happens('refund')
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ payment_status: 'refunded' })
    expect(await kept(sale)).toBe(0)
  })

  it('is under way for a while, and then the shopper’s bank takes it or does not', async () => {
    for (const end of ['succeeded', 'failed'] as const) {
      const sale = await sell()
      await sale.happens('pay')
      sale.fake.refundsBecome('pending')
      await ask(sale.api, sale.bought, 'refunds', { amount: usd(1000) })
      await tell(sale.api, sale.fake)
      const [refund] = (await orderOf(sale.api, sale.bought)).refunds
      expect(refund).toMatchObject({ status: 'pending' })
      const { reference } = (await refundRow(sale, refund.id)) ?? {}
      sale.fake.settleRefund(String(reference), end)
      await tell(sale.api, sale.fake)
      expect((await orderOf(sale.api, sale.bought)).refunds).toMatchObject([{ status: end }])
      expect(await kept(sale)).toBe(end === 'failed' ? sale.bought.total : sale.bought.total - 1000)
    }
  })

  it('is not given back twice when the answer was lost and the keys are forgotten', async () => {
    const sale = await sell()
    await sale.happens('pay')
    sale.fake.failNext('cut_after', '/v1/refunds')
    await ask(sale.api, sale.bought, 'refunds', { amount: usd(1000) })
    sale.fake.forgetKeys()
    await recoverAfter(sale.api, 2 * DAY)
    expect(await kept(sale)).toBe(sale.bought.total - 1000)
    expect(sale.fake.effects.refunded).toBe(1)
  })
})

describe('disputed', () => {
  it('and lost: the money is gone, and cannot be given back a second time', async () => {
    const sale = await sell()
    await sale.happens('pay')
    await sale.happens('dispute')
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({
      disputes: [{ status: 'open', amount: usd(sale.bought.total), reason: 'fraudulent' }],
    })
    expect((await ask(sale.api, sale.bought, 'refunds', { amount: usd(100) })).status).toBe(409)
    await sale.happens('lose_dispute')
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ disputes: [{ status: 'lost' }] })
    expect(sale.fake.effects.refunded).toBe(0)
  })

  it('and won, told in any order', async () => {
    const sale = await sell()
    await sale.happens('pay')
    await sale.fake.happen(sale.bought.paymentId, 'dispute', 1000)
    await sale.fake.happen(sale.bought.paymentId, 'win_dispute')
    const deliveries = (await sale.fake.takeDeliveries()).toReversed()
    for (const { status } of await bring(sale.api, sale.fake, deliveries)) expect(status).toBe(200)
    expect((await orderOf(sale.api, sale.bought)).disputes).toMatchObject([{ status: 'won', amount: usd(1000) }])
  })

  it('not: a bank that only asks takes no money, and staff may still give it back', async () => {
    const sale = await sell()
    await sale.happens('pay')
    sale.fake.inquire(sale.bought.paymentId)
    await tell(sale.api, sale.fake)
    expect((await orderOf(sale.api, sale.bought)).disputes).toEqual([])
    expect(await ask(sale.api, sale.bought, 'refunds', { amount: usd(sale.bought.total) })).toMatchObject({
      status: 201,
    })
    sale.fake.closeInquiry(sale.bought.paymentId)
    await tell(sale.api, sale.fake)
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ payment_status: 'refunded', disputes: [] })
  })
})

it('and after all of that the ledgers are whole', async () => {
  expect(await violations(shopAt(createStripe()))).toEqual([])
})
