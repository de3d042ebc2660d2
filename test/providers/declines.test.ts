import { expect, it } from 'vitest'
import { DECLINES_A_SESSION } from '../../src/domain/velocity.ts'
import { complete } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { fakeAdyen } from '../support/fakes/adyen.ts'
import type { FakeService } from '../support/fakes/fake-service.ts'
import { fakeMollie } from '../support/fakes/mollie.ts'
import { fakePayPal } from '../support/fakes/paypal.ts'
import { bring, shopWith } from '../support/fakes/rig.ts'
import { fakeStandardWebhooks } from '../support/fakes/standard-webhooks.ts'
import { createStripe } from '../support/fakes/stripe.ts'
import { buy } from '../support/money.ts'

const RETURN = { return_url: 'https://shop.example/thanks', cancel_url: 'https://shop.example/cart' }
const SERVICES: readonly (readonly [string, () => FakeService, Record<string, string>])[] = [
  ['stripe', () => createStripe(), {}],
  ['stripe, on its page', () => createStripe({ everything: true }), { flow: 'redirect', ...RETURN }],
  ['adyen', fakeAdyen, RETURN],
  ['paypal', fakePayPal, RETURN],
  ['mollie', fakeMollie, RETURN],
  ['standard-webhooks', fakeStandardWebhooks, RETURN],
]

async function open(make: () => FakeService, wish: Record<string, string>) {
  const fake = make()
  const api = shopWith(fake)
  const bought = await buy(api, { provider: fake.name, ...wish })
  const row = () =>
    testEnv()
      .DB.prepare('SELECT status, max(declines, declined) AS declines FROM payments WHERE id = ?')
      .bind(bought.paymentId)
      .first<{ status: string; declines: number }>()
  const decline = async () => {
    await fake.happen(bought.paymentId, 'decline')
    const deliveries = await fake.takeDeliveries()
    await bring(api, fake, [...deliveries, ...deliveries])
  }
  return { fake, api, ...bought, row, decline }
}

it.each(SERVICES)(
  'a decline at %s is one decline, however often and in how many events it is told',
  async (_, make, wish) => {
    const { decline, row } = await open(make, wish)
    await decline()
    expect(await row()).toMatchObject({ declines: 1 })
  },
)

it('a PaymentIntent of Stripe is cancelled after ten cards, and the order can be paid by another one', async () => {
  const { fake, api, shopper, paymentId, row, decline } = await open(() => createStripe(), {})
  for (let cards = 1; cards < DECLINES_A_SESSION; cards += 1) await decline()
  expect(await row()).toEqual({ status: 'failed', declines: DECLINES_A_SESSION - 1 })
  expect(fake.book(paymentId)?.status).toBe('declined')
  await decline()
  expect(await row()).toEqual({ status: 'closed', declines: DECLINES_A_SESSION })
  expect(fake.book(paymentId)?.status).toBe('closed')
  const again = await complete(api, shopper, { provider: 'stripe' })
  expect(again.body.status, JSON.stringify(again.body)).toBe('requires_action')
  await fake.happen(again.body.payment.id, 'pay')
  await bring(api, fake, await fake.takeDeliveries())
  expect((await api.get(`/v1/orders/${again.body.order.id}`, shopper)).body.status).toBe('confirmed')
})
