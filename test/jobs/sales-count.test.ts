import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { countSales } from '../../src/features/sales/count.ts'
import { createApi, makeProduct } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { aroundCalls, withFault, withHook } from '../support/faults.ts'
import { type Statement, scansOf, withRecord } from '../support/query-plan.ts'
import { randomFrom } from '../support/random.ts'
import {
  beginCountHere,
  buy,
  cancel,
  count,
  giveBack,
  miscounts,
  type Sale,
  soldOf,
  type Wish,
} from '../support/sales.ts'
import { seedShop } from '../support/shop.ts'
import { cronAt, minutes } from '../support/sweeps.ts'

const { MIGRATIONS, SCALE } = env as unknown as { MIGRATIONS: D1Migration[]; SCALE: D1Database }
const api = createApi()
const { DB } = api.bindings
const { staffKey } = await seedShop()
const DAY = 24 * 3600 * 1000
const ALL = (testEnv() as { CRASHES?: string }).CRASHES === 'all'

/** One row, and what stands at the beginning of what leaves: these are read from one end. */
const FROM_ITS_END = ['sales_counts', 'unpublished_sales', 'product_sales_days_by_day', 'sales_returns']

// Whatever other tests have sold is counted and published before: few products wait from then on.
beforeAll(() => beginCountHere(api))

describe('the count', () => {
  /** Something of each kind that a run has to do. @returns what is sold of each in the end. */
  async function scene() {
    const [mug, cup] = [await makeProduct(api), await makeProduct(api)]
    const earlier = await buy(api, [[mug, 5]])
    await count()
    await giveBack(api, earlier, 1)
    await buy(api, [
      [cup, 3],
      [mug, 2],
    ])
    const undone = await buy(api, [[cup, 4]])
    await cancel(api, undone)
    return async () => expect(await soldOf(mug, cup)).toEqual([6, 3])
  }

  it('loses and doubles nothing, whichever D1 call fails', async () => {
    const whole = withFault(DB, null)
    await scene()
    await count(createApi({ bindings: { DB: whole.database } }))
    expect(whole.calls()).toBeGreaterThanOrEqual(6)
    const calls = Array.from({ length: whole.calls() }, (_, index) => index + 1)
    const faults = calls.flatMap((call) => [{ call, when: 'before' } as const, { call, when: 'after' } as const])
    for (const fault of faults.filter((_, index) => ALL || index % 5 === 2)) {
      const isRight = await scene()
      const { database } = withFault(DB, fault)
      await count(createApi({ bindings: { DB: database, LOG_LEVEL: 'off' } })).catch(() => null)
      // A crash leaves what is whole as far as it goes.
      expect(await miscounts(api), JSON.stringify(fault)).toEqual([])
      await count()
      await isRight()
    }
    expect(await miscounts(api)).toEqual([])
  })

  it('bears answers that are lost: what is repeated goes on from where it stands', async () => {
    const isRight = await scene()
    let calls = 0
    const lossy = aroundCalls(DB, async (run) => {
      calls += 1
      const results = await run()
      if (calls % 2 === 1) throw new Error('D1_ERROR: Network connection lost.')
      return results
    })
    await count(createApi({ bindings: { DB: lossy } }))
    await isRight()
    expect(await miscounts(api)).toEqual([])
  })

  it('is one where several runs are at it while orders come in and go', async () => {
    const isRight = await scene()
    const mug = await makeProduct(api)
    const slow = createApi({
      bindings: { DB: withHook(DB, () => new Promise((done) => setTimeout(done, Math.random() * 20))) },
    })
    const order = await buy(api, [[mug, 9]])
    await Promise.all([
      ...[1, 2, 3].map(() => count(slow)),
      ...[1, 2, 3, 4].map((quantity) => buy(slow, [[mug, quantity]])),
      giveBack(slow, order, 2),
    ])
    await count()
    await isRight()
    expect(await soldOf(mug)).toEqual([17])
    expect(await miscounts(api)).toEqual([])
  })

  it('misses no order that is confirmed right before any of its calls', async () => {
    for (let point = 1, calls = point; point <= calls; point += ALL ? 1 : 3) {
      const mug = await makeProduct(api)
      const earlier = await buy(api, [[mug, 3]])
      calls = 0
      const hooked = withHook(DB, async (call) => {
        calls = call
        if (call !== point) return
        await buy(api, [[mug, 2]])
        await giveBack(api, earlier, 1)
      })
      await count(createApi({ bindings: { DB: hooked } }))
      await count()
      expect(await soldOf(mug), `before call ${point}`).toEqual([4])
    }
    expect(await miscounts(api)).toEqual([])
  })

  it('takes back what staff began long before it could be seen', async () => {
    const mug = await makeProduct(api)
    const order = await buy(api, [[mug, 3]])
    // Runs of another time have come further than those of now would.
    await DB.prepare("UPDATE sales_counts SET act = ''").run()
    const late = createApi({ deps: { clock: () => new Date(Date.now() - minutes(10)) } })
    await count()
    await makeProduct(api)
    await count()
    await giveBack(late, order, 1)
    await count()
    expect(await soldOf(mug)).toEqual([2])
  })

  it('comes to what the orders come to, whatever happens to them', async () => {
    const below = randomFrom(11)
    const products = await Promise.all([1, 2, 3, 4].map(() => makeProduct(api, { onHand: 1000 })))
    const orders: Sale[] = []
    for (let step = 0; step < (ALL ? 200 : 20); step += 1) {
      const kind = below(10)
      const order = orders[below(orders.length || 1)]
      const path = order && `/v1/admin/orders/${order.id}`
      const ask = { token: staffKey, key: crypto.randomUUID() }
      if (kind < 5 || !order) {
        const chosen = products.filter(() => below(2) === 0)
        const wishes = (chosen.length > 0 ? chosen : products).map((product): Wish => [product, 1 + below(4)])
        orders.push(await buy(api, wishes, below(5) === 0 ? {} : { test_outcome: 'succeeded' }))
      } else if (kind < 7) {
        const line = order.lines[below(order.lines.length)]
        const pieces = { line_id: line?.id, quantity: 1 + below(2), restock: below(2) === 0 ? 'none' : 'cancel' }
        await api.post(`${path}/refunds`, { lines: [pieces], reason: 'test' }, ask)
      } else if (kind < 8) await api.post(`${path}/cancel`, { reason: 'test', restock: true }, ask)
      else if (kind < 9) await api.post(`/v1/test-payments/${order.paymentId}`, { outcome: 'succeeded' })
      else await count()
    }
    await count()
    // Recounted from what staff see of the orders.
    const expected = new Map<string, number>(products.map(({ sku }) => [sku, 0]))
    for (const { id } of orders) {
      const { body } = await api.get(`/v1/admin/orders/${id}`, { token: staffKey })
      if (body.number === null || body.status === 'cancelled') continue
      for (const { sku, quantity, refunded_quantity } of body.lines) {
        expect(refunded_quantity).toBeTypeOf('number')
        expected.set(sku, (expected.get(sku) ?? 0) + quantity - refunded_quantity)
      }
    }
    expect(await soldOf(...products)).toEqual([...expected.values()])
    expect(await miscounts(api)).toEqual([])
  })

  it('publishes few products at once, and many every half hour', async () => {
    const mug = await makeProduct(api)
    const planted = `SELECT 'prod_planted_' || value AS id FROM json_each('${JSON.stringify(Array.from({ length: 60 }, (_, index) => index))}')`
    await DB.prepare('UPDATE sales_counts SET published_at = ?').bind(Date.now()).run()
    await DB.prepare(`INSERT INTO product_sales_days SELECT id, 0, 1 FROM (${planted})`).run()
    await buy(api, [[mug, 2]])
    await count()
    expect(await soldOf(mug)).toEqual([0])
    await count(api, minutes(29))
    expect(await soldOf(mug)).toEqual([0])
    await count(api, minutes(31))
    expect(await soldOf(mug)).toEqual([2])
    await buy(api, [[mug, 2]])
    await count()
    expect(await soldOf(mug)).toEqual([4])
  })

  it('reads what is new and no more, and writes nothing where nothing was sold', async () => {
    await count(api, minutes(16))
    const mug = await makeProduct(api)
    const order = await buy(api, [[mug, 2]])
    await giveBack(api, order, 1)
    await DB.prepare("INSERT INTO product_sales_days VALUES ('prod_planted', 0, 1)").run()
    const statements: Statement[] = []
    const recording = createApi({ bindings: { DB: withRecord(DB, (statement) => statements.push(statement)) } })
    const busy = cronAt(recording, 0)
    expect(await countSales(busy)).toEqual({ orders: 1, dropped: 1, published: 1 })
    // What staff did in the last minutes is looked at too, and other tests are staff as well.
    expect(busy.meter.rowsRead).toBeLessThan(20_000)
    expect(busy.meter.rowsWritten).toBeLessThan(20)
    for (const statement of statements) {
      const walked = (await scansOf(DB, statement)).filter((name) => !FROM_ITS_END.includes(name))
      expect(walked, statement.text).toEqual([])
    }
    // What staff did is looked at again for a while, and then no more.
    const again = cronAt(api, 0)
    await countSales(again)
    expect(again.meter.rowsWritten).toBe(0)
    expect(again.meter.trips).toBeLessThanOrEqual(4)
    await count(api, minutes(16))
    const idle = cronAt(api, minutes(16))
    await countSales(idle)
    expect(idle.meter.rowsWritten).toBe(0)
    // 7 rows and 3 trips where nobody else is at it: what other tests' staff did by clocks that run ahead is looked at.
    expect(idle.meter.rowsRead).toBeLessThan(1000)
  })
})

describe('a shop of long ago', () => {
  const old = createApi({ bindings: { DB: SCALE } })
  const product = { id: 'prod_old', sku: '', handle: '', variantId: '' }

  /** Orders of one piece each, numbered from `from` on, all confirmed at one time. */
  async function plant(from: number, many: number, at: number): Promise<void> {
    const numbers = `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + many - 1})`
    await SCALE.batch([
      SCALE.prepare(`INSERT INTO orders (id, number, cart_id, cart_version, owner_id, status, payment_status,
          fulfillment_status, email, customer_key, currency, country, locale, total_amount, amount_due, totals,
          discount_codes, promotions, rounding, metadata, created_at, updated_at, confirmed_at)
        ${numbers} SELECT 'ord_old_' || i, i, 'cart_old_' || i, 1, 'gst_old', 'completed', 'paid', 'fulfilled', '', '', 'USD',
          'US', 'en-US', 100, 100, '{}', '[]', '[]', '{}', '{}', ${at}, ${at}, ${at} FROM n`),
      SCALE.prepare(`INSERT INTO order_lines (order_id, id, position, product_id, variant_id, handle, title, variant_title,
          attributes, quantity, requires_shipping, unit_amount, subtotal, discount, tax, total, discounts, taxes)
        ${numbers} SELECT 'ord_old_' || i, 'line', 0, '${product.id}', '', '', '', '', '{}', 1, 1, 100, 100, 0, 0, 100, '[]',
          '[]' FROM n`),
      SCALE.prepare(`UPDATE order_numbers SET last = ${from + many - 1}`),
    ])
  }

  it('passes over what was sold before the window, and counts the rest at the same cost however much that was', async () => {
    await applyD1Migrations(SCALE, MIGRATIONS)
    const before = await SCALE.prepare('SELECT last FROM order_numbers').first<{ last: number }>()
    const last = before?.last ?? 0
    await SCALE.prepare('UPDATE sales_counts SET number = ?').bind(last).run()
    try {
      await plant(last + 1, 10_500, Date.now() - 92 * DAY)
      await plant(last + 10_501, 700, Date.now() - 2 * DAY)
      const run = cronAt(old, 0)
      expect(await countSales(run)).toMatchObject({ orders: 11_200 })
      const days = await SCALE.prepare('SELECT sum(units) AS units FROM product_sales_days').first()
      expect(days).toEqual({ units: 700 })
      expect(run.meter.rowsRead).toBeLessThan(8 * 1200)
    } finally {
      const tables = ['product_sales_days', 'unpublished_sales', 'order_lines', 'orders']
      await SCALE.batch(tables.map((table) => SCALE.prepare(`DELETE FROM ${table}`)))
      await SCALE.prepare('UPDATE order_numbers SET last = ?').bind(last).run()
    }
  })
})
