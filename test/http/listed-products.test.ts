import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { priceBucket } from '../../src/domain/price-bucket.ts'
import { drainStale } from '../../src/features/listings/drain.ts'
import { bucketOf } from '../../src/features/listings/price-buckets.ts'
import { markDue } from '../../src/features/listings/queries.ts'
import { relistProducts } from '../../src/features/listings/relist.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { q } from '../../src/platform/db/client.ts'
import { allViolations, complete, createApi, makeProduct, makeShopper, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { asStaff, deriveAll, walkList } from '../support/staff.ts'

const MINUTE = 60_000
// Everything here happens before now: what is derived at a time to come is no other test's to meet.
const clock = { now: Date.now() - 120 * MINUTE }
const api = createApi({ deps: { clock: () => new Date(clock.now) } })
const staff = asStaff(api)
const time = (minutes: number) => new Date(clock.now + minutes * MINUTE).toISOString()

const context = () => systemContext('cron', api.bindings, api.deps, () => {})

/** The cron's work on lists, `minutes` later. */
async function cron(minutes = 0): Promise<void> {
  clock.now += minutes * MINUTE
  const { db, now } = context()
  await db.commit([markDue(now, 5000)])
  await drainStale(context(), 1000)
}

/** The names of the shelves that a product has, those of prices and availability by market left out; null where it is not listed. */
async function shelvesOf(id: string): Promise<string[] | null> {
  const row = await testEnv()
    .DB.prepare(
      `SELECT (SELECT json_group_array(s.name ORDER BY s.name) FROM json_each(n.shelves) AS e
         JOIN shelves AS s ON s.number = e.value WHERE s.kind NOT LIKE '%:%') AS names FROM listed_products AS n WHERE product_id = ?`,
    )
    .bind(id)
    .first<{ names: string }>()
  return row && JSON.parse(row.names)
}

/** How many products on sale have both shelves. */
async function countOf(shelf: string, value: string): Promise<number> {
  const row = await testEnv()
    .DB.prepare(
      `SELECT products FROM facet_counts WHERE shelf = (SELECT number FROM shelves WHERE name = ?)
         AND value = (SELECT number FROM shelves WHERE name = ?)`,
    )
    .bind(shelf, value)
    .first<{ products: number }>()
  return row?.products ?? 0
}

async function numberOf(id: string): Promise<number | null> {
  return testEnv().DB.prepare('SELECT number FROM listed_products WHERE product_id = ?').bind(id).first('number')
}

/** Reads of a price bucket: those of `shelf` that products on sale are counted in. */
async function bucketsOf(shelf: string, kind: string): Promise<number[]> {
  const { results } = await testEnv()
    .DB.prepare(
      `SELECT v.name FROM facet_counts AS f JOIN shelves AS v ON v.number = f.value
       WHERE f.shelf = (SELECT number FROM shelves WHERE name = ?) AND f.kind = ? ORDER BY v.number`,
    )
    .bind(shelf, kind)
    .all<{ name: string }>()
  return results.map(({ name }) => Number(name.split(':').at(-1))).sort((left, right) => left - right)
}

it('buckets of prices are the same in the database', async () => {
  const edges = [10, 15, 20, 30, 50, 70].flatMap((edge) => Array.from({ length: 14 }, (_, power) => edge * 10 ** power))
  const amounts = [0, 1, 2, 3, 5, 7, 9, 11, ...edges.flatMap((edge) => [edge - 1, edge, edge + 1]), 10 ** 12 + 7]
  const [rows] = await context().db.read(
    q.all<{ bucket: number }>(
      sql`SELECT ${bucketOf(sql`j.value`)} AS bucket FROM json_each(${JSON.stringify(amounts)}) AS j ORDER BY j.key`,
    ),
  )
  expect(rows.map(({ bucket }) => bucket)).toEqual(amounts.map(priceBucket))
})

describe('what a product is listed and counted by', () => {
  const variant = (color: string, usd: number, on_hand = 1) => ({
    ...{ sku: unique('S'), options: { Color: color }, prices: [{ currency: 'USD', amount: usd }] },
    inventory: { on_hand },
  })

  it('follows its options, tags, stock and prices', async () => {
    const vendor = unique('Vendor')
    const shelf = `vendor:${vendor}`
    const [red, blue] = [variant('Red', 1200), variant('Blue "Sky"', 3500, 0)]
    const body = { title: 'A', status: 'active', vendor, tags: ['new'], options: ['Color'], variants: [red, blue] }
    const { id } = await staff.post('/v1/admin/products', body)
    const [isRed, isBlue] = ['option:["Color","Red"]', 'option:["Color","Blue \\"Sky\\""]']
    expect(await shelvesOf(id)).toEqual(['all', 'available', isBlue, isRed, 'tag:new', shelf].sort())
    expect(await countOf(shelf, isBlue)).toBe(1)
    // 10.00 to 14.99, and so on to 30.00 to 49.99.
    expect(await bucketsOf(shelf, 'price:USD:')).toEqual([12, 13, 14, 15])

    await staff.patch(`/v1/admin/products/${id}`, { tags: ['old'], variants: [blue] })
    expect(await shelvesOf(id)).toEqual(['all', isBlue, 'sold_out', 'tag:old', shelf].sort())
    expect([await countOf(shelf, isRed), await countOf(shelf, 'tag:new'), await countOf(shelf, 'tag:old')]).toEqual([
      0, 0, 1,
    ])
    expect(await bucketsOf(shelf, 'price:USD:')).toEqual([15])

    await staff.post('/v1/admin/inventory/adjustments', { sku: blue.sku, delta: 3, reason: 'count' })
    await cron()
    expect([await countOf(shelf, 'available'), await countOf(shelf, 'sold_out')]).toEqual([1, 0])
  })

  it('loses what is sold out to the last order, and gains it by a delivery', async () => {
    const now = createApi()
    const vendor = unique('Vendor')
    const { id, sku } = await makeProduct(now, { vendor, onHand: 2 })
    await complete(now, await makeShopper(now, [{ sku, quantity: 1 }]), { test_outcome: 'succeeded' })
    await deriveAll(now)
    expect(await countOf(`vendor:${vendor}`, 'available')).toBe(1)
    await complete(now, await makeShopper(now, [{ sku, quantity: 1 }]), { test_outcome: 'succeeded' })
    await deriveAll(now)
    expect(await countOf(`vendor:${vendor}`, 'available')).toBe(0)
    expect(await shelvesOf(id)).toContain('sold_out')
    await asStaff(now).post('/v1/admin/inventory/adjustments', { sku, delta: 1, reason: 'count' })
    await deriveAll(now)
    expect(await countOf(`vendor:${vendor}`, 'available')).toBe(1)
  })

  it('is counted from the minute it is published to the minute it goes, and not as a draft', async () => {
    const vendor = unique('Vendor')
    const shelf = `vendor:${vendor}`
    const { id } = await makeProduct(api, { vendor, published_at: time(5), unpublished_at: time(15) })
    expect([await countOf(shelf, shelf), (await shelvesOf(id))?.includes(shelf)]).toEqual([0, true])
    await cron(4)
    expect(await countOf(shelf, shelf)).toBe(0)
    await cron(1)
    expect(await countOf(shelf, shelf)).toBe(1)
    await cron(10)
    expect(await countOf(shelf, shelf)).toBe(0)

    await staff.patch(`/v1/admin/products/${id}`, { unpublished_at: null })
    expect(await countOf(shelf, shelf)).toBe(1)
    await staff.patch(`/v1/admin/products/${id}`, { status: 'draft' })
    expect([await countOf(shelf, shelf), await shelvesOf(id)]).toEqual([0, null])
  })

  it('goes with a sale that begins and ends by itself', async () => {
    const vendor = unique('Vendor')
    const { sku } = await makeProduct(api, { vendor, usd: 2000 })
    const list = { title: unique('Sale'), starts_at: time(5), ends_at: time(10) }
    const { id: listId } = await staff.post('/v1/admin/price-lists', list)
    await staff.patch(`/v1/admin/price-lists/${listId}/prices`, { set: [{ sku, currency: 'USD', amount: 900 }] })
    const buckets = async (minutes: number) => {
      await cron(minutes)
      return bucketsOf(`vendor:${vendor}`, 'price:USD:')
    }
    expect([await buckets(4), await buckets(1), await buckets(4), await buckets(1)]).toEqual([[14], [11], [11], [14]])
  })

  it('is due once for each moment: what has been derived waits for the next', async () => {
    await makeProduct(api, { published_at: time(1), unpublished_at: time(2) })
    for (const minutes of [1, 1, 1]) {
      await cron(minutes)
      const due = 'SELECT count(*) AS due FROM listed_products WHERE due_at <= ?'
      expect(await testEnv().DB.prepare(due).bind(clock.now).first('due')).toBe(0)
    }
  })

  it('has a number that nobody else gets, nor itself when it comes back', async () => {
    const { id } = await makeProduct(api)
    const first = (await numberOf(id)) ?? 0
    await staff.patch(`/v1/admin/products/${id}`, { status: 'draft' })
    expect(await numberOf(id)).toBeNull()
    const other = (await numberOf((await makeProduct(api)).id)) ?? 0
    expect(other).toBeGreaterThan(first)
    await staff.patch(`/v1/admin/products/${id}`, { status: 'active' })
    expect(await numberOf(id)).toBeGreaterThan(other)
  })

  it('stands by what was sold of it where best selling is asked for', async () => {
    const vendor = unique('Vendor')
    const ids = []
    for (const units of [5, 0, 900, 5]) {
      const { id } = await makeProduct(api, { vendor })
      ids.push(id)
      if (units > 0) await testEnv().DB.prepare('INSERT INTO product_sales VALUES (?, ?)').bind(id, units).run()
    }
    await context().db.commit(relistProducts(ids, context().now))
    const [five, none, many, alike] = ids
    expect(await walkList(api, `vendor=${vendor}&sort=best_selling&limit=1`)).toEqual([many, alike, five, none])
    await testEnv().DB.prepare('DELETE FROM product_sales WHERE product_id IN (?, ?, ?)').bind(five, many, alike).run()
    await context().db.commit(relistProducts(ids, context().now))
  })

  it('is what it was derived from', async () => {
    clock.now = Date.now()
    await cron()
    expect(await allViolations(createApi())).toEqual([])
  })
})
