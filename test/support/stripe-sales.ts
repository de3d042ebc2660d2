import { expect } from 'vitest'
import { type Api, complete } from './api.ts'
import type { Happening, SignedDelivery } from './fakes/fake-service.ts'
import { ALL_PATIENCE_MS, bring, bringAll, shopWith } from './fakes/rig.ts'
import { createStripe, type FakeStripe, type StripeOptions } from './fakes/stripe.ts'
import { type Bought, buy, ledgerOf, type orderOf } from './money.ts'

export const EMBEDDED = { provider: 'stripe' }
export const RETURN_URL = 'https://shop.example/thanks'
export const REDIRECT = { ...EMBEDDED, flow: 'redirect', return_url: RETURN_URL }
export const MANUAL = { PAYMENT_CAPTURE: 'manual' }
export const DAY = 24 * 60
/** After a session of 45 minutes, and well before anything else ends. */
export const SESSION_OVER = 50

export interface Sale {
  fake: FakeStripe
  api: Api
  bought: Bought
  /** Something happens at Stripe, and it tells us. */
  happens(what: Happening, amount?: number): Promise<void>
  /** The order as its shopper sees it. */
  shown(): ReturnType<typeof orderOf>
  /** The same order, completed again as an impatient shopper does. */
  again(payment?: Record<string, string>): Promise<{ status: number; body: { status?: string; code?: string } }>
}

/** Nothing here is slow: whatever fails does so at once. */
export function shopAt(fake: FakeStripe, bindings: Record<string, string> = {}): Api {
  return shopWith(fake, bindings, ALL_PATIENCE_MS)
}

export async function sell(
  payment: Record<string, string> = EMBEDDED,
  { bindings = {}, ...options }: StripeOptions & { bindings?: Record<string, string> } = {},
): Promise<Sale> {
  const fake = createStripe(options)
  const api = shopAt(fake, bindings)
  const bought = await buy(api, payment)
  const { shopper, orderId, paymentId } = bought
  return {
    ...{ fake, api, bought },
    async happens(what, amount) {
      await fake.happen(paymentId, what, amount)
      await tell(api, fake)
    },
    shown: async () => (await api.get(`/v1/orders/${orderId}`, shopper)).body,
    again: (other = payment) => complete(api, shopper, other),
  }
}

/** Brings what Stripe has to tell, all of which must be taken. */
export async function tell(api: Api, fake: FakeStripe): Promise<void> {
  for (const { status, body } of await bringAll(api, fake)) expect(status, JSON.stringify(body)).toBe(200)
}

/** What our ledger and Stripe's book say the shop has kept, in minor units; both must say the same. */
export async function kept({ fake, bought }: Sale): Promise<number> {
  const { captured, refunded } = (await ledgerOf(bought)) as unknown as { captured: number; refunded: number }
  expect(fake.book(bought.paymentId)).toMatchObject({ captured, refunded })
  return captured - refunded
}

export const paid = { status: 'confirmed', payment_status: 'paid' }

export async function deliver({ api, fake }: Sale, delivery: SignedDelivery): Promise<void> {
  const [answer] = await bring(api, fake, [delivery])
  expect(answer?.status).toBe(200)
}

export async function refundRow({ api }: Sale, id: string) {
  return api.bindings.DB.prepare('SELECT provider_reference AS reference FROM refunds WHERE id = ?')
    .bind(id)
    .first<{ reference: string | null }>()
}
