import { afterEach, describe, expect, it } from 'vitest'
import { createTestProvider } from '../../src/features/payments/test/provider.ts'
import type { Deps } from '../../src/platform/http/context.ts'
import { type Answer, complete, createApi, makeProduct, makeShopper, type Shopper, violations } from '../support/api.ts'
import { deliver, enterLatePayment } from '../support/deliveries.ts'
import { testEnv } from '../support/env.ts'
import { recoverAfter } from '../support/jobs.ts'
import { expectOnceOrNever, expectOneAtMost, purchaseOf } from '../support/purchase.ts'
import { randomFrom } from '../support/random.ts'
import { ONE_SPEED, SPEEDS } from '../support/speeds.ts'

// SEQUENCES=all takes every order of the steps, SEQUENCES=20 more of them than npm test does, SEQUENCES_SEED=7 others.
const settings = testEnv() as { SEQUENCES?: string; SEQUENCES_SEED?: string }
const COUNT = settings.SEQUENCES === 'all' ? Number.POSITIVE_INFINITY : Number(settings.SEQUENCES || 3)
const SEED = Number(settings.SEQUENCES_SEED || 1)

/** Two names of one fake: a shop with two providers. */
const providers: Deps['providers'] = (context) => (name) => {
  const provider = name === 'test' || name === 'other' ? createTestProvider(context) : null
  return provider && { ...provider, name }
}

interface Visit {
  /** What an answer may be; left out: what it must be where nobody else is at it. */
  told?: (answer: Answer) => void
  api: ReturnType<typeof createApi>
  shopper: Shopper
  provider: 'test' | 'other'
}

/** Opens a session, or learns that there is an order already. */
async function open(visit: Visit, extra: Record<string, unknown> = {}) {
  const { api, shopper, provider, told } = visit
  const answer = await complete(api, shopper, { provider, ...extra })
  if (told) told(answer)
  else expect([200, 402], JSON.stringify(answer.body)).toContain(answer.status)
  return answer.body.payment?.id as string | undefined
}

const amountOf = ({ amount }: { amount: number }) => ({ amount, currency: 'USD' })

const STEPS: Readonly<Record<string, (visit: Visit) => Promise<unknown>>> = {
  decline: (visit) => open(visit, { test_outcome: 'declined' }),
  abandon: (visit) => open(visit),
  switch: async (visit) => {
    visit.provider = visit.provider === 'test' ? 'other' : 'test'
    await open(visit)
  },
  edit: async ({ api, shopper, told }) => {
    const [line] = shopper.cart.lines
    const lines = [{ id: line.id, quantity: line.quantity + 1 }]
    const edited = await api.patch(`/v1/carts/${shopper.cartId}/lines`, { lines }, shopper)
    if (edited.status === 200) shopper.cart = edited.body
    else if (told) told(edited)
    else expect(edited.body.code).toBe('cart_completed')
  },
  // The bank was slow: the money of the very first session arrives, whatever has become of it.
  'pay late': async ({ api, shopper }) => {
    const [first] = (await purchaseOf(shopper)).payments
    if (!first) throw new Error('no session was opened')
    await enterLatePayment(first.id)
    const answer = await deliver(api, { paymentId: first.id, amount: amountOf(first), provider: first.provider })
    expect(answer.status).toBe(200)
  },
}

function ordersOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))
}

/** Somebody pays what is open now. Then what is to be given back goes back, and what nobody will pay any more is closed. */
async function payInTheEnd(visit: Visit): Promise<void> {
  const { api, shopper } = visit
  shopper.cart = (await api.get(`/v1/carts/${shopper.cartId}`, shopper)).body
  const paymentId = await open(visit)
  const payment = (await purchaseOf(shopper)).payments.find(({ id }) => id === paymentId)
  if (payment?.status === 'requires_action') {
    await deliver(api, { paymentId: payment.id, amount: amountOf(payment), provider: payment.provider })
  }
  await recoverAfter(api, 60)
}

/** So many of `all`, drawn by the seed. */
function sample<Item>(all: readonly Item[], count: number, seed: number): Item[] {
  if (count >= all.length) return [...all]
  const below = randomFrom(seed)
  const rest = [...all]
  return Array.from({ length: count }, () => rest.splice(below(rest.length), 1)).flat()
}

describe.each(ONE_SPEED)(
  'attempts end in one order paid once or refunded, with %s ms more on every D1 call',
  (speed) => {
    const api = createApi({ bindings: { D1_LATENCY_MS: speed }, deps: { providers } })
    afterEach(async () => expect(await violations(api)).toEqual([]))
    const sequences = sample(ordersOf(Object.keys(STEPS)), COUNT, SEED + SPEEDS.indexOf(speed))

    it.each(sequences.map((steps) => [steps.join(', '), steps] as const))('after %s', async (_, steps) => {
      const { sku } = await makeProduct(api, { onHand: 9 })
      const visit: Visit = { api, shopper: await makeShopper(api, [{ sku, quantity: 2 }]), provider: 'test' }
      await open(visit)
      for (const step of steps) {
        await STEPS[step]?.(visit)
        await expectOneAtMost(visit.shopper)
      }
      await payInTheEnd(visit)
      const order = await expectOnceOrNever(api, visit.shopper, { sku, before: 9 })
      expect(order).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
      const { payments } = await purchaseOf(visit.shopper)
      expect(payments.filter(({ captured, refunded }) => captured > refunded)).toHaveLength(1)
      // A declined session of an order that was paid otherwise is left alone: were it paid too, that money would go back.
      expect(payments.filter(({ status }) => !['captured', 'closed', 'failed'].includes(status))).toEqual([])
    })

    it('after all of it at the same moment, 8 times over', { timeout: 120_000 }, async () => {
      const visits = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const { sku } = await makeProduct(api, { onHand: 9 })
          const visit: Visit = { api, shopper: await makeShopper(api, [{ sku, quantity: 2 }]), provider: 'test' }
          await open(visit)
          // Each of them may be told that another was faster; none of them is an error of ours.
          await Promise.all(Object.values(STEPS).map((step) => step({ ...visit, told: mayLose })))
          await expectOneAtMost(visit.shopper)
          return { visit, sku }
        }),
      )
      for (const { visit, sku } of visits) {
        await payInTheEnd(visit)
        const order = await expectOnceOrNever(api, visit.shopper, { sku, before: 9 })
        expect(order).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
      }
    })
  },
)

const LOST = ['cart_conflict', 'cart_changed', 'cart_completed', 'provider_unavailable', 'payment_closed']

function mayLose({ status, body }: Answer): void {
  if (status >= 300 && status !== 402) expect(LOST, JSON.stringify(body)).toContain(body.code)
}
