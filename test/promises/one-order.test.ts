import { expect, it } from 'vitest'
import { configuredProviders } from '../../src/features/payments/providers.ts'
import type { Deps } from '../../src/platform/http/context.ts'
import {
  type Answer,
  type Api,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
} from '../support/api.ts'
import { deliver } from '../support/deliveries.ts'
import { expectOnceOrNever, purchaseOf } from '../support/purchase.ts'
import { atEachSpeed } from '../support/speeds.ts'

const times = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Where a request is told to wait: by its status, or because an earlier one with its key is under way. */
const mustWait = ({ status, body }: Answer) =>
  status === 202 || (status === 409 && body.code === 'idempotency_in_flight')

/** Asks as a storefront does, by the same key until there is an outcome; every answer on the way is kept. */
async function completeInTheEnd(api: Api, shopper: Shopper, extra: Record<string, unknown>, key: string) {
  const answers: Answer[] = []
  do {
    answers.push(await complete(api, shopper, extra, key))
  } while (mustWait(answers.at(-1) as Answer) && answers.length < 100)
  return answers
}

async function makeBuyer(api: Api) {
  const { sku } = await makeProduct(api, { onHand: 5 })
  return { shopper: await makeShopper(api, [{ sku, quantity: 2 }]), goods: { sku, before: 5 } }
}

/** Something that happens while the provider opens a session: it has acted, and its answer is still on the way. */
function whileOpening(happens: (paymentId: string) => unknown): Deps['providers'] {
  return (context) => (name) => {
    const provider = configuredProviders(context)(name)
    if (!provider) return null
    const openSession: typeof provider.openSession = async (request) => {
      const session = await provider.openSession(request)
      await happens(request.paymentId)
      return session
    }
    return { ...provider, openSession }
  }
}

atEachSpeed('promise 1 and 2: one cart is one order, paid once', (api, speed) => {
  const slowApi = (providers: Deps['providers']) =>
    createApi({ bindings: { D1_LATENCY_MS: speed }, deps: { providers } })

  /** 50 completes of one cart, each asked again until it has an outcome. @returns the set of what they were told. */
  async function completeFiftyTimes(shopper: Shopper, extra: Record<string, unknown>) {
    const same = crypto.randomUUID()
    const asked = await Promise.all(
      times(50).map((index) => completeInTheEnd(api, shopper, extra, index % 2 ? same : crypto.randomUUID())),
    )
    const told = (answers: readonly (Answer | undefined)[]) =>
      new Set(answers.map((answer) => `${answer?.status} ${answer?.body.code ?? answer?.body.status}`))
    const orderIds = new Set(asked.flat().flatMap((answer) => (mustWait(answer) ? [] : [answer.body.order?.id])))
    return { orderIds: [...orderIds], last: told(asked.map((answers) => answers.at(-1))), all: told(asked.flat()) }
  }

  it('makes one order of 50 parallel completes, half of them with the same key', async () => {
    const { shopper, goods } = await makeBuyer(api)
    const { orderIds, last, all } = await completeFiftyTimes(shopper, { test_outcome: 'succeeded' })
    expect(last).toEqual(new Set(['200 completed']))
    const onTheWay = ['202 processing', '409 idempotency_in_flight']
    expect([...all].filter((told) => told !== '200 completed' && !onTheWay.includes(told))).toEqual([])
    const { orders, payments } = await purchaseOf(shopper)
    expect(orderIds).toEqual(orders.map(({ id }) => id))
    expect(payments).toHaveLength(1)
    expect(await expectOnceOrNever(api, shopper, goods)).toMatchObject({ payment_status: 'paid' })
  })

  it('makes one order of 50 parallel completes that wait for their shopper: a later one may take over the session', async () => {
    const { shopper, goods } = await makeBuyer(api)
    const { orderIds, last } = await completeFiftyTimes(shopper, {})
    const allowed = ['200 requires_action', '409 payment_closed']
    expect([...last].filter((told) => !allowed.includes(told))).toEqual([])
    const { orders, payments } = await purchaseOf(shopper)
    expect(orderIds).toEqual(orders.map(({ id }) => id))
    const open = payments.filter(({ status }) => status !== 'closed')
    expect(open).toMatchObject([{ status: 'requires_action' }])
    await pay(api, open[0]?.id ?? '')
    expect(await expectOnceOrNever(api, shopper, goods)).toMatchObject({ payment_status: 'paid' })
  })

  it('takes the webhook before commit 2, and the provider’s own answer after it', async () => {
    const { shopper, goods } = await makeBuyer(api)
    const amount = shopper.cart.totals.total
    const overtaken = slowApi(whileOpening((paymentId) => deliver(api, { paymentId, amount })))
    const answer = await complete(overtaken, shopper, { test_outcome: 'succeeded' })
    expect(answer).toMatchObject({ status: 200, body: { status: 'completed', order: { payment_status: 'paid' } } })
    await expectOnceOrNever(api, shopper, goods)
  })

  it('takes the webhook before commit 2 where the answer only asks for an action', async () => {
    const { shopper, goods } = await makeBuyer(api)
    const amount = shopper.cart.totals.total
    const overtaken = slowApi(whileOpening((paymentId) => deliver(api, { paymentId, amount })))
    const answer = await complete(overtaken, shopper)
    expect(answer).toMatchObject({ status: 200, body: { status: 'completed' } })
    await expectOnceOrNever(api, shopper, goods)
  })

  it('lets webhook and answer race, 20 times over', async () => {
    await Promise.all(
      times(20).map(async (index) => {
        const { shopper, goods } = await makeBuyer(api)
        const amount = shopper.cart.totals.total
        const deliveries: Promise<Answer>[] = []
        const racing = slowApi(
          whileOpening(async (paymentId) => {
            deliveries.push(deliver(api, { paymentId, amount }))
            // Each a little later, so that the commits meet in many ways.
            await new Promise((resolve) => setTimeout(resolve, index))
          }),
        )
        const answer = await complete(racing, shopper, { test_outcome: 'succeeded' })
        expect(answer).toMatchObject({ status: 200, body: { status: 'completed' } })
        expect((await Promise.all(deliveries)).map(({ status }) => status)).toEqual([200])
        const { payments } = await purchaseOf(shopper)
        expect(payments).toMatchObject([{ captured: amount.amount, refunded: 0 }])
        return goods
      }),
    )
  })

  it.each([
    ['20 parallel deliveries of one event', () => 'one'],
    ['20 parallel events for one payment', (index: number) => String(index)],
  ])('makes one paid order of %s', async (_, nameOf) => {
    const { shopper, goods } = await makeBuyer(api)
    const { body } = await complete(api, shopper)
    const run = crypto.randomUUID()
    const event = { paymentId: body.payment.id, amount: shopper.cart.totals.total }
    const answers = await Promise.all(
      times(20).map((index) => deliver(api, { ...event, id: `${run}-${nameOf(index)}` })),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await expectOnceOrNever(api, shopper, goods)).toMatchObject({ payment_status: 'paid' })
    const { payments } = await purchaseOf(shopper)
    expect(payments).toMatchObject([{ status: 'captured', refunded: 0 }])
  })
})
