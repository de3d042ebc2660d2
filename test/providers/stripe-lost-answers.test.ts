import { describe, expect, it } from 'vitest'
import type { PaymentProvider, PaymentReference } from '../../src/domain/provider.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { ALL_PATIENCE_MS, shopWith } from '../support/fakes/rig.ts'
import { createStripe, type FakeStripe } from '../support/fakes/stripe.ts'

const MINUTE = 60_000

function providerOf(fake: FakeStripe, minutes = 0): PaymentProvider {
  const api = shopWith(fake, {}, ALL_PATIENCE_MS)
  const deps = { ...api.deps, clock: () => new Date(Date.now() + minutes * MINUTE) }
  const provider = systemContext('test', api.bindings, deps, () => {}).provider('stripe')
  if (!provider) throw new Error('not switched on')
  return provider
}

/** A payment that was opened, of which nobody has heard. */
async function lost(fake: FakeStripe, input: Readonly<Record<string, string>> = {}) {
  const provider = providerOf(fake)
  const mint = createMint(new Date(), cryptoRandom)
  const payment: PaymentReference = {
    ...{ paymentId: mint('payment'), orderId: mint('order'), reference: null, origin: 'https://api.shop.example' },
    ...{ amount: { amount: 2000, currency: 'USD' }, expiresAt: new Date(Date.now() + provider.sessionLifetimeMs) },
  }
  const returnUrl = 'https://shop.example/thanks'
  const request = { ...payment, captureMethod: 'automatic', returnUrl, cancelUrl: null, input } as const
  const state = await provider.openSession(request)
  fake.forgetKeys()
  fake.asked.length = 0
  return { payment, request, state }
}

/** So many intents of others, the newest of the account. */
async function crowd(fake: FakeStripe, count: number): Promise<void> {
  const other = { amount: '500', currency: 'eur', 'metadata[payment_id]': 'pay_of_somebody_else' }
  const headers = {
    Authorization: `Bearer ${fake.settings.STRIPE_SECRET_KEY}`,
    ...{ 'Stripe-Version': '2026-10-28.endive', 'Content-Type': 'application/x-www-form-urlencoded' },
  }
  for (let made = 0; made < count; made += 1) {
    const body = new URLSearchParams(other).toString()
    const url = 'https://api.stripe.com/v1/payment_intents'
    const response = await fake.answer(new Request(url, { method: 'POST', headers, body }))
    expect(response?.status).toBe(200)
  }
}

describe('a session whose answer was lost is found', () => {
  it('in the list of what was just made, while the search does not know it yet', async () => {
    const fake = createStripe()
    const { payment, state } = await lost(fake)
    expect(await providerOf(fake, 1).fetchSession(payment)).toEqual(state)
    expect(fake.asked).toEqual([
      'GET /v1/payment_intents/search',
      'GET /v1/payment_intents',
      expect.stringMatching(/^GET \/v1\/payment_intents\/pi_/),
    ])
  })

  it('by the search, once it does', async () => {
    const fake = createStripe()
    const { payment, state } = await lost(fake)
    fake.catchUp()
    expect(await providerOf(fake, 40).fetchSession(payment)).toEqual(state)
    expect(fake.asked).toEqual([
      'GET /v1/payment_intents/search',
      expect.stringMatching(/^GET \/v1\/payment_intents\/pi_/),
    ])
  })

  it('where there is no search, as in India', async () => {
    const fake = createStripe()
    const { payment, state } = await lost(fake)
    fake.refuseNext(400, { type: 'invalid_request_error', message: 'no search' }, 'search')
    // Later than what the lists are asked for where the search would know.
    expect(await providerOf(fake, 40).fetchSession(payment)).toEqual(state)
  })

  it('among the payments of a busy shop', async () => {
    const fake = createStripe()
    const { payment, state } = await lost(fake)
    await crowd(fake, 230)
    fake.asked.length = 0
    expect(await providerOf(fake).fetchSession(payment)).toEqual(state)
    expect(fake.asked.filter((line) => line === 'GET /v1/payment_intents')).toHaveLength(3)
  })

  it('or it is said that this cannot be known, where there are too many', async () => {
    const fake = createStripe()
    const { payment } = await lost(fake)
    await crowd(fake, 1000)
    await expect(providerOf(fake).fetchSession(payment)).rejects.toThrow('more of that time than can be looked through')
    await expect(providerOf(fake).closeSession(payment)).rejects.toThrow('more of that time')
    // Once the session is over and the search has caught up with it, nothing needs to be looked through.
    fake.catchUp()
    fake.asked.length = 0
    expect((await providerOf(fake, 60).closeSession(payment)).fact).toEqual({ kind: 'closed' })
    expect(fake.asked.map((line) => line.replace(/pi_\w+/, ':id'))).toEqual([
      'GET /v1/payment_intents/search',
      ...['GET /v1/payment_intents/:id', 'POST /v1/payment_intents/:id/cancel'],
    ])
  })

  it('or it is known that there is none, however many there are of others', async () => {
    const fake = createStripe()
    const { payment } = await lost(createStripe())
    await crowd(fake, 1000)
    expect(await providerOf(fake, 60).fetchSession(payment)).toBeNull()
    expect(fake.asked.slice(-1)).toEqual(['GET /v1/payment_intents/search'])
  })

  it('by its page, before anybody has come as far as paying', async () => {
    const fake = createStripe()
    const { payment, state } = await lost(fake, { flow: 'redirect' })
    expect(state).toMatchObject({ nextAction: { type: 'redirect' } })
    expect(await providerOf(fake, 20).fetchSession(payment)).toEqual(state)
    expect((await providerOf(fake, 20).closeSession(payment)).fact).toEqual({ kind: 'closed' })
    expect(fake.book(payment.paymentId)).toMatchObject({ status: 'closed' })
  })

  it('and opened again it is the same, though the keys are forgotten', async () => {
    for (const flow of ['embedded', 'redirect']) {
      const fake = createStripe()
      const { request, state } = await lost(fake, { flow })
      expect(await providerOf(fake, 5).openSession(request)).toEqual(state)
      expect(fake.effects.opened).toBe(1)
    }
  })
})

describe('a page that would have to stay open for longer than the goods are kept', () => {
  it('is not opened any more', async () => {
    const fake = createStripe()
    const { request } = await lost(createStripe(), { flow: 'redirect' })
    const { fact } = await providerOf(fake, 20).openSession(request)
    expect(fact).toEqual({ kind: 'closed' })
    expect(fake.effects.opened).toBe(0)
  })

  it('while a form of the storefront’s still is', async () => {
    const fake = createStripe()
    const { request } = await lost(createStripe())
    expect((await providerOf(fake, 20).openSession(request)).fact).toEqual({ kind: 'requires_action' })
  })
})

describe('what Stripe says when it is asked twice', () => {
  it('with other parameters under one key is never taken for an answer', async () => {
    const fake = createStripe()
    const provider = providerOf(fake)
    const { request } = await lost(createStripe())
    await provider.openSession(request)
    const expiresAt = new Date(request.expiresAt.getTime() + 5 * MINUTE)
    const other = { ...request, expiresAt, amount: { amount: 3000, currency: 'USD' } }
    await expect(provider.openSession(other)).rejects.toThrow('same parameters')
  })
})
