import { describe, expect, it } from 'vitest'
import { type Api, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { SERVICES, type Service, shopAt } from '../support/fakes/services.ts'
import { recoverAfter } from '../support/jobs.ts'
import type { Bought } from '../support/money.ts'
import { randomFrom } from '../support/random.ts'
import { endOf, inOrder, play, type Story, shuffled, storiesOf } from '../support/stories.ts'

// ORDERS=all draws 300 a provider beside the one in which it all happened, ORDERS=50 so many; ORDERS_SEED=7 draws others.
const settings = testEnv() as { ORDERS?: string; ORDERS_SEED?: string }
const COUNT = settings.ORDERS === 'all' ? 300 : Number(settings.ORDERS || 1)
const SEED = Number(settings.ORDERS_SEED || 1)

describe.each(SERVICES)('events of a payment at $name end alike in every order, with duplicates', (kind) => {
  const below = randomFrom(SEED + SERVICES.indexOf(kind))
  const stories = storiesOf(kind)
  const first = below(stories.length)
  // A small sample takes others at every provider.
  const drawn = Array.from({ length: COUNT }, (_, turn) => stories[(first + turn) % stories.length])
  const told = stories.filter((story) => drawn.includes(story))

  it.each(told)('$name', { timeout: 600_000 }, async (story) => {
    const service = kind.make(story.capture)
    const { api } = shopAt(service, { bindings: { PAYMENT_CAPTURE: story.capture } })
    const orders: Bought[] = []
    if (settings.ORDERS) orders.push(await play(api, service, kind, story, inOrder))
    for (const _ of drawn.filter((each) => each === story)) {
      orders.push(await play(api, service, kind, story, shuffled(below)))
    }
    await expectEnd(api, service, orders, story)
  })

  it.runIf(SERVICES.at(-1) === kind || settings.ORDERS)('and all ledgers are whole', async () => {
    expect(await violations(shopAt(kind.make('automatic')).api)).toEqual([])
  })
})

/** All of them end as the story does, once what came before its time was tried again. */
async function expectEnd(api: Api, service: Service, orders: readonly Bought[], { end, or }: Story): Promise<void> {
  const right = new Set([end, or].map((each) => JSON.stringify(each)))
  const others = async () => {
    const ends = await Promise.all(orders.map((bought) => endOf(api, bought)))
    return ends.filter((each) => !right.has(JSON.stringify(each)))
  }
  for (const minutes of [1, 2, 4, 8]) {
    if ((await others()).length > 0) await recoverAfter(api, minutes)
  }
  const wrong = await others()
  expect(wrong).toEqual(wrong.map(() => end))
  for (const { paymentId } of orders) {
    const { captured, refunded } = end
    // Some count what a bank has taken back for good as given back.
    const book = end.disputed > 0 ? { captured } : { captured, refunded }
    expect(await service.book(paymentId)).toMatchObject(book)
  }
}
