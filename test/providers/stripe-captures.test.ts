import { describe, expect, it } from 'vitest'
import { violations } from '../support/api.ts'
import { createStripe } from '../support/fakes/stripe.ts'
import { ask, ledgerOf, orderOf, usd } from '../support/money.ts'
import { EMBEDDED, kept, MANUAL, REDIRECT, type Sale, sell, shopAt, tell } from '../support/stripe-sales.ts'

describe('authorized now and captured later', () => {
  it.each([EMBEDDED, REDIRECT])('all of it (%j)', async (payment) => {
    const sale = await sell(payment, { bindings: MANUAL })
    await sale.happens('pay')
    expect(await sale.shown()).toMatchObject({ status: 'confirmed', payment_status: 'authorized' })
    expect(await sale.again()).toMatchObject({ status: 200, body: { status: 'completed' } })
    expect(await ask(sale.api, sale.bought, 'capture')).toMatchObject({ status: 200, body: { payment_status: 'paid' } })
    await tell(sale.api, sale.fake)
    expect(await kept(sale)).toBe(sale.bought.total)
    expect(sale.fake.effects.captured).toBe(1)
  })

  it('a part, and the rest is let go: what Stripe writes down as refunds of it are none', async () => {
    const sale = await sell(EMBEDDED, { bindings: MANUAL, everything: true })
    await sale.happens('pay')
    const wish = { amount: usd(1500), final: true }
    expect(await ask(sale.api, sale.bought, 'capture', wish)).toMatchObject({
      ...{ status: 200, body: { payment_status: 'paid', payments: [{ captured: usd(1500), capturable: usd(0) }] } },
    })
    await tell(sale.api, sale.fake)
    expect(await ledgerOf(sale.bought)).toMatchObject({
      captured: 1500,
      released: sale.bought.total - 1500,
      refunded: 0,
    })
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ payment_status: 'paid', refunds: [] })
  })

  it('in parts where the account may; where it may not, Stripe refuses and the authorization stands', async () => {
    for (const multicapture of [true, false]) {
      const sale = await sell(EMBEDDED, { bindings: MANUAL, multicapture })
      await sale.happens('pay')
      const { status, body } = await ask(sale.api, sale.bought, 'capture', { amount: usd(1000), final: false })
      expect(status).toBe(multicapture ? 200 : 409)
      expect(multicapture ? body : body.order).toMatchObject({
        payment_status: 'authorized',
        operations: [{ kind: 'capture', status: multicapture ? 'succeeded' : 'failed' }],
        payments: [{ captured: usd(multicapture ? 1000 : 0) }],
      })
      expect(await ask(sale.api, sale.bought, 'capture')).toMatchObject({ body: { payment_status: 'paid' } })
      await tell(sale.api, sale.fake)
      expect(await kept(sale)).toBe(sale.bought.total)
    }
  })

  it('let go by staff, in the dashboard, or by Stripe after a week: voided, and not merely closed', async () => {
    const ends: ((sale: Sale) => Promise<unknown>)[] = [
      ({ api, bought }) => ask(api, bought, 'void'),
      ({ fake, bought }) => fake.happen(bought.paymentId, 'void'),
      async ({ fake, bought }) => fake.expireAuthorization(bought.paymentId),
    ]
    for (const end of ends) {
      const sale = await sell(EMBEDDED, { bindings: MANUAL, everything: true })
      await sale.happens('pay')
      await end(sale)
      await tell(sale.api, sale.fake)
      expect(await orderOf(sale.api, sale.bought)).toMatchObject({
        ...{ status: 'confirmed', payment_status: 'voided', refunds: [], payments: [{ status: 'voided' }] },
      })
      expect(await ledgerOf(sale.bought)).toMatchObject({ released: sale.bought.total })
    }
  })

  it('captured in the dashboard, in part', async () => {
    const sale = await sell(EMBEDDED, { bindings: MANUAL, everything: true })
    await sale.happens('pay')
    await sale.happens('capture', 3000)
    expect(await orderOf(sale.api, sale.bought)).toMatchObject({ payment_status: 'paid' })
    expect(await ledgerOf(sale.bought)).toMatchObject({ captured: 3000, released: sale.bought.total - 3000 })
  })
})

it('and after all of that the ledgers are whole', async () => {
  expect(await violations(shopAt(createStripe()))).toEqual([])
})
