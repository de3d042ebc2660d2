import { beforeAll, describe, expect, it } from 'vitest'
import { firstDay } from '../../src/features/sales/window.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import {
  addGiftCards,
  complete,
  createApi,
  makeGiftCard,
  makeProduct,
  makeShopper,
  type TestProduct,
  unique,
} from '../support/api.ts'
import { beginCountHere, buy, cancel, count, giveBack, miscounts, relisted, soldOf, staleOf } from '../support/sales.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const { DB } = api.bindings
const { staffKey } = await seedShop()
const DAY = 24 * 3600 * 1000

// Whatever other tests have sold is counted and published before: few products wait from then on.
beforeAll(() => beginCountHere(api))

describe('what was sold', () => {
  it('counts once its order is confirmed, and not before', async () => {
    const mug = await makeProduct(api)
    const waiting = await buy(api, [[mug, 4]], {})
    await buy(api, [[mug, 3]])
    await count()
    expect(await soldOf(mug)).toEqual([3])
    await api.post(`/v1/test-payments/${waiting.paymentId}`, { outcome: 'succeeded' })
    await count()
    expect(await soldOf(mug)).toEqual([7])
    await count()
    expect(await soldOf(mug)).toEqual([7])
    expect(await miscounts(api)).toEqual([])
  })

  it('adds up over variants of a product, and is kept apart for the products of an order', async () => {
    const variants = ['S', 'M'].map((size) => ({
      sku: `${crypto.randomUUID()}-${size}`,
      options: { Size: size },
      prices: [{ currency: 'USD', amount: 2000 }],
      inventory: { policy: 'untracked', on_hand: 0 },
    }))
    const shirt = await makeProduct(api, { options: ['Size'], variants })
    const mug = await makeProduct(api)
    const [small, medium] = variants.map(({ sku }) => ({ ...shirt, sku }))
    await buy(api, [
      [small as TestProduct, 2],
      [mug, 1],
      [medium as TestProduct, 3],
    ])
    await count()
    expect(await soldOf(shirt, mug)).toEqual([5, 1])
  })

  it('counts however it was paid: by gift cards alone, or once it is authorized', async () => {
    const mug = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku: mug.sku, quantity: 1 }])
    const card = await makeGiftCard(api, 100_000)
    await complete(api, await addGiftCards(api, shopper, [card]))
    const authorizing = createApi({ bindings: { PAYMENT_CAPTURE: 'manual' } })
    await buy(authorizing, [[mug, 2]])
    await count()
    expect(await soldOf(mug)).toEqual([3])
  })

  it('counts no more when the order is cancelled, whether money goes back or not', async () => {
    const mug = await makeProduct(api)
    const authorizing = createApi({ bindings: { PAYMENT_CAPTURE: 'manual' } })
    const [paid, authorized, other] = [
      await buy(api, [[mug, 1]]),
      await buy(authorizing, [[mug, 2]]),
      await buy(api, [[mug, 4]]),
    ]
    await count()
    expect(await soldOf(mug)).toEqual([7])
    await cancel(api, paid)
    await cancel(authorizing, authorized)
    await count()
    expect(await soldOf(mug)).toEqual([4])
    await cancel(api, other)
    await count()
    expect(await soldOf(mug)).toEqual([0])
    expect(await miscounts(api)).toEqual([])
  })

  it('counts less by the pieces that money was given back for, and by no amount without pieces', async () => {
    const mug = await makeProduct(api)
    const order = await buy(api, [[mug, 6]])
    await count()
    await giveBack(api, order, 2)
    await giveBack(api, order, 1, 'none')
    await count()
    expect(await soldOf(mug)).toEqual([3])
    const free = { amount: { amount: 100, currency: 'USD' }, reason: 'late' }
    const ask = { token: staffKey, key: crypto.randomUUID() }
    expect((await api.post(`/v1/admin/orders/${order.id}/refunds`, free, ask)).status).toBe(201)
    await count()
    expect(await soldOf(mug)).toEqual([3])
    await giveBack(api, order, 3)
    await count()
    expect(await soldOf(mug)).toEqual([0])
    expect(await miscounts(api)).toEqual([])
  })

  it('comes to the same where the pieces came back before the order was counted', async () => {
    const mug = await makeProduct(api)
    const order = await buy(api, [[mug, 6]])
    await giveBack(api, order, 2)
    const cancelled = await buy(api, [[mug, 9]])
    await cancel(api, cancelled)
    await count()
    expect(await soldOf(mug)).toEqual([4])
    expect(await miscounts(api)).toEqual([])
  })

  it('has lists derived again of products whose number has changed, and of no others', async () => {
    const [mug, cup, jug] = [await makeProduct(api), await makeProduct(api), await makeProduct(api)]
    await buy(api, [[cup, 1]])
    await count()
    await relisted(api)
    await buy(api, [[mug, 1]])
    const undone = await buy(api, [[jug, 1]])
    await cancel(api, undone)
    await count()
    expect(await staleOf(mug, cup, jug)).toEqual([true, false, false])
    await relisted(api)
    await count()
    expect(await staleOf(mug, cup, jug)).toEqual([false, false, false])
  })

  it('has lists in the order of best selling follow', async () => {
    const vendor = unique('Vendor')
    const [mug, cup] = [await makeProduct(api, { vendor }), await makeProduct(api, { vendor })]
    let looks = 0
    const best = async () => {
      await count()
      await relisted(api)
      // Another page each time: what is cached of one may be a minute old.
      looks += 1
      const { body } = await api.get(`/v1/products?vendor=${vendor}&sort=best_selling&limit=${10 + looks}`)
      return body.data.map(({ id }: { id: string }) => (id === mug.id ? 'mug' : 'cup'))
    }
    await buy(api, [
      [mug, 2],
      [cup, 1],
    ])
    expect(await best()).toEqual(['mug', 'cup'])
    const more = await buy(api, [[cup, 4]])
    expect(await best()).toEqual(['cup', 'mug'])
    await giveBack(api, more, 4)
    expect(await best()).toEqual(['mug', 'cup'])
  })

  it('is counted by the cron', async () => {
    const mug = await makeProduct(api)
    await buy(api, [[mug, 2]])
    const EVENTS = { sendBatch: async () => {} } as unknown as Queue
    await runScheduled(systemContext('cron', { ...api.bindings, EVENTS }, api.deps, () => {}))
    expect(await soldOf(mug)).toEqual([2])
  })
})

describe('the window', () => {
  const ago = (days: number) => createApi({ deps: { clock: () => new Date(Date.now() - days * DAY) } })

  it('has ninety days, today the last of them: what was sold before does not count', async () => {
    const [first, gone] = [ago(89), ago(90)]
    const old = await makeProduct(gone)
    await buy(gone, [[old, 1]])
    await buy(first, [[old, 2]])
    await buy(api, [[old, 4]])
    await count()
    expect(await soldOf(old)).toEqual([6])
    expect(await miscounts(api)).toEqual([])
  })

  it('moves with the day, and lists follow', async () => {
    const [first, second] = [ago(89), ago(88)]
    const [mug, cup] = [await makeProduct(first), await makeProduct(first)]
    const earliest = await buy(first, [
      [mug, 1],
      [cup, 5],
    ])
    await buy(second, [[mug, 2]])
    await giveBack(api, earliest, 1)
    await count()
    expect(await soldOf(mug, cup)).toEqual([2, 5])
    await relisted(api)
    await count(api, DAY)
    expect(await soldOf(mug, cup)).toEqual([2, 0])
    expect(await staleOf(mug, cup)).toEqual([false, true])
    expect(await miscounts(api)).toEqual([])
    const left = await DB.prepare('SELECT min(day) AS day FROM sales_returns').first<{ day: number | null }>()
    expect(left?.day ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(firstDay(new Date(Date.now() + DAY)))
    await count(api, 2 * DAY)
    expect(await soldOf(mug, cup)).toEqual([0, 0])
    // What comes back of a day that is gone changes nothing.
    await giveBack(api, { ...earliest, lines: earliest.lines.slice(1) }, 2)
    await count(api, 2 * DAY)
    expect(await soldOf(mug, cup)).toEqual([0, 0])
    expect(await miscounts(api)).toEqual([])
  })
})
