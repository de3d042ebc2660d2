import { describe, it } from 'vitest'
import { type Api, addGiftCards, createApi, makeGiftCard } from '../support/api.ts'
import { expectGoodWithinEachCall, type Request, samplePairs } from '../support/interleavings.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, type Bought, booksOf, buy, eventFromOutside, usd } from '../support/money.ts'
import { seedShop } from '../support/shop.ts'

type Capture = 'automatic' | 'manual'

const event =
  (outcome: string, amount?: number): Request<Bought> =>
  async (api, { paymentId }) => {
    const sent = await eventFromOutside(paymentId, outcome, amount)
    // The provider has refused: it knew better.
    return sent ? api.send(sent) : null
  }

const EITHER: Readonly<Record<string, Request<Bought>>> = {
  cancel: (api, of) => ask(api, of, 'cancel'),
  refund: (api, of) => ask(api, of, 'refunds', { amount: usd(600) }),
  'refund of a line': (api, of) =>
    ask(api, of, 'refunds', { lines: [{ line_id: of.lineId, quantity: 1, restock: 'cancel' }] }),
  fulfill: async (api, { orderId, lineId }) => {
    const { staffKey: token } = await seedShop()
    const lines = [{ line_id: lineId, quantity: 2 }]
    return api.post(`/v1/admin/orders/${orderId}/fulfillments`, { lines }, { token, key: crypto.randomUUID() })
  },
}
const REQUESTS: Readonly<Record<Capture, Readonly<Record<string, Request<Bought>>>>> = {
  automatic: {
    ...EITHER,
    'refund of all there is': (api, of) => ask(api, of, 'refunds', { amount: usd(of.total) }),
    'event of a refund': event('refunded', 700),
    'event of a dispute': event('disputed'),
  },
  manual: {
    ...EITHER,
    capture: (api, of) => ask(api, of, 'capture'),
    'capture of a part': (api, of) => ask(api, of, 'capture', { amount: usd(1000) }),
    'last capture': (api, of) => ask(api, of, 'capture', { amount: usd(900), final: true }),
    void: (api, of) => ask(api, of, 'void'),
    'event of a capture': event('captured', 800),
    'event of a void': event('voided'),
  },
}

/** An order of 37.56, of which a gift card has paid 7.00. */
async function order(capture: Capture): Promise<Bought> {
  const api = createApi({ bindings: { PAYMENT_CAPTURE: capture } })
  const card = await makeGiftCard(api, 700)
  return buy(api, { test_outcome: 'succeeded' }, { prepare: (shopper) => addGiftCards(api, shopper, [card]) })
}

const PAIRS = (['automatic', 'manual'] as const).flatMap((capture) => {
  const names = Object.keys(REQUESTS[capture])
  return names.flatMap((first) => names.map((second) => ({ capture, first, second })))
})

/** Went wrong once: what goes back to a gift card moves no payment, and a capture did not see it. */
const ALWAYS = ['capture, refund', 'refund, capture']
const isAlways = ({ first, second }: (typeof PAIRS)[number]) => ALWAYS.includes(`${first}, ${second}`)

describe('of two requests about one order, one right before any D1 call of the other', () => {
  it.each(samplePairs(PAIRS, isAlways))('$capture: $second within $first', async ({ capture, first, second }) => {
    const [outer, inner] = [REQUESTS[capture][first], REQUESTS[capture][second]]
    if (!outer || !inner) throw new Error('no such request')
    const judge = async (api: Api, of: Bought) => {
      await recoverAfter(api, 2)
      const { ours, theirs } = await booksOf(of)
      return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ ours, theirs }]
    }
    await expectGoodWithinEachCall({ arrange: () => order(capture), outer, inner, judge })
  })
})
