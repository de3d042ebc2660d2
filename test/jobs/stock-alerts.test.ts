import { describe, expect, it } from 'vitest'
import { listDueAlerts } from '../../src/features/inventory/alert-queries.ts'
import { announceStock } from '../../src/features/inventory/alerts.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { type Api, complete, createApi, makeProduct, makeShopper, pay, violations } from '../support/api.ts'
import { withFault, withHook } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'
import { explain, scansOf } from '../support/query-plan.ts'
import { seedShop } from '../support/shop.ts'
import { adjust, makeLocation, setTerms, transfer } from '../support/stock.ts'
import { cronAt } from '../support/sweeps.ts'

const api = createApi()
const { locationId: main, staffKey: token } = await seedShop()

const tell = (on: Api = api, later = 0) => announceStock(cronAt(on, later))

/** What was told of a variant so far, in order: `low 2` is low with two that can be sold. */
async function toldOf(variantId: string): Promise<string[]> {
  const statement = "SELECT topic, payload FROM outbox WHERE topic GLOB 'stock.*' AND subject_id = ? ORDER BY id"
  const { results } = await api.bindings.DB.prepare(statement).bind(variantId).all<{ topic: string; payload: string }>()
  return results
    .filter(({ topic }) => topic !== 'stock.terms_changed')
    .map(({ topic, payload }) => `${topic.replace('stock.', '')} ${JSON.parse(payload).available}`)
}

/** A variant of which staff want to be told when two or fewer are left. */
async function watched(onHand: number, policy = 'deny') {
  const product = await makeProduct(api, { onHand, policy })
  await setTerms(api, product.sku, { low_stock_at: 2 })
  await tell()
  const before = (await toldOf(product.variantId)).length
  return { ...product, told: async () => (await toldOf(product.variantId)).slice(before) }
}

describe('stock', () => {
  it('is told to be low, out and back, each once, however often it moves meanwhile', async () => {
    const { sku, told } = await watched(5)
    await adjust(api, sku, { delta: -3 })
    await tell()
    await adjust(api, sku, { delta: -1 })
    await tell()
    expect(await told()).toEqual(['low 2'])
    await adjust(api, sku, { delta: -1 })
    await tell()
    await tell()
    expect(await told()).toEqual(['low 2', 'out 0'])
    await adjust(api, sku, { delta: 1 })
    await tell()
    await adjust(api, sku, { delta: 1 })
    await tell()
    expect(await told()).toEqual(['low 2', 'out 0', 'back_in_stock 1'])
    await adjust(api, sku, { delta: 9 })
    await tell()
    await adjust(api, sku, { delta: -10 })
    await tell()
    expect((await told()).slice(3)).toEqual(['low 1'])
  })

  it('that went and came back between two runs is no news', async () => {
    const { sku, told } = await watched(5)
    await adjust(api, sku, { delta: -5 })
    await adjust(api, sku, { delta: 5 })
    await tell()
    expect(await told()).toEqual([])
  })

  it('is told when a checkout and its payment have taken it, and when a checkout has let it go', async () => {
    const { sku, told } = await watched(4)
    const order = await complete(api, await makeShopper(api, [{ sku, quantity: 2 }]))
    await tell()
    expect(await told()).toEqual(['low 2'])
    await pay(api, order.body.payment.id)
    await tell()
    expect(await told()).toEqual(['low 2'])
    await complete(api, await makeShopper(api, [{ sku, quantity: 2 }]))
    await tell()
    expect(await told()).toEqual(['low 2', 'out 0'])
    await recoverAfter(api, 24 * 60)
    await tell(api, 24 * 3600 * 1000)
    expect(await told()).toEqual(['low 2', 'out 0', 'back_in_stock 2'])
    expect(await violations(api)).toEqual([])
  })

  it('counts holds that have run out as free', async () => {
    const { sku, told } = await watched(3)
    await complete(api, await makeShopper(api, [{ sku, quantity: 3 }]))
    await tell(api, 24 * 3600 * 1000)
    expect(await told()).toEqual([])
  })

  it('is back when a product that never had any gets some', async () => {
    const { sku, variantId } = await makeProduct(api, { onHand: 0 })
    await adjust(api, sku, { delta: 3 })
    await tell()
    expect(await toldOf(variantId)).toEqual(['back_in_stock 3'])
  })

  it('is out only when it is out at all locations, and low when it is low at one', async () => {
    const depot = await makeLocation(api)
    const { sku, told } = await watched(5)
    await adjust(api, sku, { location_id: depot, delta: 4 })
    await tell()
    await transfer(api, [main, depot], [{ sku, quantity: 5 }])
    await tell()
    expect(await told()).toEqual(['low 9'])
    await adjust(api, sku, { location_id: depot, delta: -9 })
    await tell()
    expect(await told()).toEqual(['low 9', 'out 0'])
    const empty = await makeLocation(api)
    await adjust(api, sku, { location_id: empty, delta: 1 })
    await tell()
    expect(await told()).toEqual(['low 9', 'out 0', 'back_in_stock 1'])
  })

  it('is out for backorders when their limit is used up, and low by what stands on the shelf', async () => {
    const { sku, told } = await watched(3, 'backorder')
    await setTerms(api, sku, { backorder_limit: 2 })
    await adjust(api, sku, { delta: -3 })
    await tell()
    expect(await told()).toEqual(['low 2'])
    await complete(api, await makeShopper(api, [{ sku, quantity: 2 }]), { test_outcome: 'succeeded' })
    await tell()
    expect(await told()).toEqual(['low 2', 'out 0'])
    await setTerms(api, sku, { backorder_limit: 5 })
    await tell()
    expect(await told()).toEqual(['low 2', 'out 0', 'back_in_stock 3'])
  })

  it('that is not counted is not told of, and neither is what has left its product', async () => {
    const { sku, told } = await watched(1, 'untracked')
    await adjust(api, sku, { delta: -1 })
    await setTerms(api, sku, { policy: 'deny' })
    await setTerms(api, sku, { policy: 'untracked' })
    await tell()
    expect(await told()).toEqual([])

    const gone = await watched(5)
    const path = `/v1/admin/products/${gone.id}`
    const before = (await api.get(path, { token })).body
    await adjust(api, gone.sku, { delta: -4 })
    const other = { sku: `${gone.sku}-2`, options: { Size: 'L' }, prices: [{ amount: 100, currency: 'USD' }] }
    const changed = await api.patch(path, { options: ['Size'], variants: [other] }, { token })
    expect([before.variants.length, changed.status]).toEqual([1, 200])
    await tell()
    expect(await gone.told()).toEqual([])
  })

  it('is told of when a location closes or opens on which backorders depend', async () => {
    const depot = await makeLocation(api)
    const { sku, told } = await watched(0, 'backorder')
    await setTerms(api, sku, { backorder_limit: 0 })
    await adjust(api, sku, { location_id: depot, delta: 1 })
    await adjust(api, sku, { location_id: depot, delta: -1 })
    await setTerms(api, sku, { location_id: depot, backorder_limit: 3 })
    await tell()
    const start = (await told()).length
    await api.patch(`/v1/admin/locations/${depot}`, { active: false }, { token })
    await tell()
    await api.patch(`/v1/admin/locations/${depot}`, { active: true }, { token })
    await tell()
    expect((await told()).slice(start)).toEqual(['out 0', 'back_in_stock 3'])
  })
})

describe('the telling', () => {
  const ITEMS = 3
  const drop = async () => {
    const all = await Promise.all(Array.from({ length: ITEMS }, () => watched(5)))
    for (const { sku } of all) await adjust(api, sku, { delta: -5 })
    return async () => (await Promise.all(all.map(({ told }) => told()))).flat()
  }
  const once = Array.from({ length: ITEMS }, () => 'out 0')

  it('neither loses nor doubles an event, whichever D1 call fails', async () => {
    for (const call of [1, 2]) {
      for (const when of ['before', 'after'] as const) {
        const told = await drop()
        const { database } = withFault(api.bindings.DB, { call, when })
        const broken = createApi({ bindings: { DB: database, LOG_LEVEL: 'off' } })
        await expect(tell(broken)).rejects.toThrow()
        await tell()
        await tell()
        expect(await told(), `${when} call ${call}`).toEqual(once)
      }
    }
  })

  it('tells once where several runs are at it', async () => {
    const told = await drop()
    const DB = withHook(api.bindings.DB, () => new Promise((done) => setTimeout(done, Math.random() * 20)))
    await Promise.all([1, 2, 3, 4].map(() => tell(createApi({ bindings: { DB } }))))
    await tell()
    expect(await told()).toEqual(once)
  })

  it('does not lose what crosses a line while it is at work', async () => {
    const { sku, told } = await watched(5)
    await adjust(api, sku, { delta: -3 })
    let struck = false
    const DB = withHook(api.bindings.DB, async (call) => {
      if (call !== 2 || struck) return
      struck = true
      await adjust(api, sku, { delta: -2 })
    })
    await tell(createApi({ bindings: { DB } }))
    expect(await told()).toEqual(['low 2'])
    await tell()
    expect(await told()).toEqual(['low 2', 'out 0'])
  })

  it('costs a sale nothing that crosses no line, and one row with its index where it does', async () => {
    const { sku } = await watched(9)
    const written = async (quantity: number) => {
      const { body, headers } = await complete(api, await makeShopper(api, [{ sku, quantity }]))
      expect(body.status).toBe('requires_action')
      return Number(/written=(\d+)/.exec(headers.get('Server-Timing') ?? '')?.[1])
    }
    const usual = await written(1)
    expect(await written(1)).toBe(usual)
    expect((await written(5)) - usual).toBeLessThanOrEqual(2)
  })

  it('finds what is due by its index', async () => {
    const { sql: text, params } = (
      listDueAlerts(100, new Date()) as unknown as { toSQL(): { sql: string; params: unknown[] } }
    ).toSQL()
    expect((await explain(api.bindings.DB, { text, params })).join('\n')).toMatch(
      /stock_alerts USING .*INDEX stock_alerts_due/,
    )
    expect(await scansOf(api.bindings.DB, { text, params })).not.toContain('variants')
  })

  it('is done by the cron', async () => {
    const { sku, variantId } = await watched(5)
    await adjust(api, sku, { delta: -5 })
    const sent: { body: { topic: string; subject_id: string } }[] = []
    const EVENTS = { sendBatch: async (messages: typeof sent) => sent.push(...messages) } as unknown as Queue
    const context = () => systemContext('cron', { ...api.bindings, EVENTS }, api.deps, () => {})
    await runScheduled(context())
    await runScheduled(context())
    const told = sent.filter(({ body }) => body.topic === 'stock.out' && body.subject_id === variantId)
    expect(told).toHaveLength(1)
  })
})
