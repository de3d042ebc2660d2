import { describe, it } from 'vitest'
import { type Api, addGiftCards, complete, createApi, makeGiftCard } from '../support/api.ts'
import { expectGoodWithinEachCall, type Request, samplePairs } from '../support/interleavings.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, type Bought, booksOf, buy, eventFromOutside } from '../support/money.ts'
import { expectOnceOrNever, purchaseOf } from '../support/purchase.ts'

const event =
  (outcome: string): Request<Bought> =>
  async (api, { paymentId }) => {
    const sent = await eventFromOutside(paymentId, outcome)
    return sent ? api.send(sent) : null
  }

const cron =
  (minutes: number): Request<Bought> =>
  async (api) => {
    await recoverAfter(api, minutes)
    return null
  }

/** What may happen to an order that waits to be paid. */
const REQUESTS: Readonly<Record<string, Request<Bought>>> = {
  'complete, paid at once': (api, { shopper }) => complete(api, shopper, { test_outcome: 'succeeded' }),
  'complete, declined': (api, { shopper }) => complete(api, shopper, { test_outcome: 'declined' }),
  'complete, waiting': (api, { shopper }) => complete(api, shopper),
  edit: (api, { shopper }) => api.patch(`/v1/carts/${shopper.cartId}`, { note: 'Ring twice' }, shopper),
  cancel: (api, of) => ask(api, of, 'cancel'),
  'event of a payment': event('succeeded'),
  'event of a decline': event('declined'),
  'event of a slow payment': event('pending'),
}
// The cron has more to do than one order: its calls are not counted, it only comes in between.
const INNER = { ...REQUESTS, 'the cron, at once': cron(0), 'the cron, after the session': cron(45) }

const PAIRS = Object.keys(REQUESTS).flatMap((first) => Object.keys(INNER).map((second) => ({ first, second })))

async function order(): Promise<Bought> {
  const api = createApi()
  const card = await makeGiftCard(api, 700)
  return buy(api, {}, { prepare: (shopper) => addGiftCards(api, shopper, [card]) })
}

/** All sessions are over: one order or none, its money there once, all other money and goods back. */
async function judge(api: Api, { shopper, sku }: Bought): Promise<unknown[]> {
  // Days later, because a slow payment takes a day.
  for (let times = 0; times < 2; times += 1) await recoverAfter(api, 3 * 24 * 60)
  const { payments } = await purchaseOf(shopper)
  const books = await Promise.all(payments.map(({ id: paymentId }) => booksOf({ paymentId })))
  const apart = books.filter(({ ours, theirs }) => theirs && JSON.stringify(ours) !== JSON.stringify(theirs))
  try {
    await expectOnceOrNever(api, shopper, { sku, before: 10 })
    return apart
  } catch (error) {
    return [...apart, String(error)]
  }
}

describe('of two things that happen to a pending order, one right before any D1 call of the other', () => {
  it.each(samplePairs(PAIRS))('$second within $first', async ({ first, second }) => {
    const [outer, inner] = [REQUESTS[first], INNER[second as keyof typeof INNER]]
    if (!outer || !inner) throw new Error('no such request')
    await expectGoodWithinEachCall({ arrange: order, outer, inner, judge })
  })
})
