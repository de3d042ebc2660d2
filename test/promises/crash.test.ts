import { describe, expect, it } from 'vitest'
import { configuredProviders } from '../../src/features/payments/providers.ts'
import {
  complete,
  createApi,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  stockOf,
  violations,
} from '../support/api.ts'
import { type Fault, InjectedFault, withFault } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'

const api = createApi()
const BOTH = ['before', 'after'] as const

/** The API of a Worker in which one D1 call fails. */
function faultyApi(fault: Fault | null) {
  const { database, calls } = withFault(api.bindings.DB, fault)
  return { api: createApi({ bindings: { DB: database, LOG_LEVEL: 'off' } }), calls }
}

/** Whatever happened before: the shopper retries with the same key, pays, and has one paid order. */
async function payInTheEnd(shopper: Shopper, sku: string, key: string): Promise<void> {
  const retry = await complete(api, shopper, {}, key)
  expect(retry.status).toBeLessThan(300)
  if (retry.body.status !== 'completed') await pay(api, retry.body.payment.id)
  const order = await api.get(`/v1/orders/${retry.body.order.id}`, shopper)
  expect(order.body).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  expect(await stockOf(api, sku)).toMatchObject({ on_hand: 4, held: 0 })
  expect(await violations(api)).toEqual([])
}

async function countCalls(): Promise<number> {
  const { sku } = await makeProduct(api, { onHand: 5 })
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
  const counting = faultyApi(null)
  expect((await complete(counting.api, shopper)).status).toBe(200)
  return counting.calls()
}

describe('a crash at any point of complete is finished by a retry or by recover', async () => {
  const points = (await countCalls()) + 1
  for (let call = 1; call < points; call += 1) {
    for (const when of BOTH) {
      it(`when the Worker dies ${when} D1 call ${call} of ${points - 1}`, async () => {
        const { sku } = await makeProduct(api, { onHand: 5 })
        const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
        const key = crypto.randomUUID()
        const broken = await complete(faultyApi({ call, when }).api, shopper, {}, key)
        expect(broken.status).toBe(500)
        expect(await violations(api)).toEqual([])
        await recoverAfter(api, 2)
        expect(await violations(api)).toEqual([])
        await payInTheEnd(shopper, sku, key)
      })
    }
  }

  for (const when of BOTH) {
    it(`when the provider's answer is lost ${when} it has acted`, async () => {
      const { sku } = await makeProduct(api, { onHand: 5 })
      const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
      const key = crypto.randomUUID()
      const cut = createApi({
        bindings: { LOG_LEVEL: 'off' },
        deps: {
          providers: (context) => (name) => {
            const provider = configuredProviders(context)(name)
            if (!provider) return null
            return {
              ...provider,
              openSession: async (request) => {
                if (when === 'after') await provider.openSession(request)
                throw new InjectedFault(when)
              },
            }
          },
        },
      })
      const doubtful = await complete(cut, shopper, {}, key)
      expect(doubtful).toMatchObject({ status: 202, body: { status: 'processing' } })
      await recoverAfter(api, 2)
      const order = await api.get(`/v1/orders/${doubtful.body.order.id}`, shopper)
      expect(order.body.next_action).toMatchObject({ type: 'redirect' })
      await payInTheEnd(shopper, sku, key)
    })
  }
})

describe('a crash at any point of a webhook loses no payment', async () => {
  for (const call of [1, 2]) {
    for (const when of BOTH) {
      it(`when the Worker dies ${when} D1 call ${call} of 2`, async () => {
        const { sku } = await makeProduct(api, { onHand: 5 })
        const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
        const { body } = await complete(api, shopper)
        const faulty = faultyApi({ call, when })
        const events: Request[] = []
        const sender = createApi({
          deps: {
            fetch: async (request) => {
              events.push(request.clone() as Request)
              return new Response(null, { status: 503 })
            },
          },
        })
        await pay(sender, body.payment.id)
        const [event] = events
        if (!event) throw new Error('no event was sent')
        await faulty.api.send(event.clone() as Request)
        expect(await violations(api)).toEqual([])
        // Either the provider delivers again because it got no 2xx, or the cron takes up what was made durable.
        await api.send(event)
        await recoverAfter(api, 2)
        const order = await api.get(`/v1/orders/${body.order.id}`, shopper)
        expect(order.body).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
        expect(await stockOf(api, sku)).toMatchObject({ on_hand: 4, held: 0 })
        expect(await violations(api)).toEqual([])
      })
    }
  }
})
