import { expect } from 'vitest'
import { firstIdAt } from '../../src/domain/id.ts'
import { drainStale } from '../../src/features/listings/drain.ts'
import { type Counted, countSales } from '../../src/features/sales/count.ts'
import { type Api, complete, createApi, makeShopper, type TestProduct } from './api.ts'
import { testEnv } from './env.ts'
import { seedShop } from './shop.ts'
import { cronAt, minutes } from './sweeps.ts'

const { DB } = testEnv()

/**
 * Counts and publishes whatever other tests have sold, and looks for returns from now on: clocks of other tests have run
 * ahead, and their cron has passed by what has not happened yet.
 */
export async function beginCountHere(on: Api): Promise<void> {
  await DB.prepare("UPDATE sales_counts SET act = '', published_at = 0").run()
  await count(on, minutes(31))
  await DB.prepare('UPDATE sales_counts SET act = ?, published_at = 0')
    .bind(firstIdAt('audit', Date.now() - minutes(1)))
    .run()
}

/** Counts what was sold as the cron would, that many milliseconds later. */
export function count(on: Api = createApi(), later = 0): Promise<Counted> {
  return countSales(cronAt(on, later))
}

/** What lists are told that was sold of each. */
export async function soldOf(...products: readonly TestProduct[]): Promise<number[]> {
  const statement = 'SELECT product_id, units FROM product_sales WHERE product_id IN (SELECT value FROM json_each(?))'
  const ids = JSON.stringify(products.map(({ id }) => id))
  const { results } = await DB.prepare(statement).bind(ids).all<{ product_id: string; units: number }>()
  return products.map(({ id }) => results.find(({ product_id }) => product_id === id)?.units ?? 0)
}

/** Whether the lists of each are to be derived again. */
export async function staleOf(...products: readonly TestProduct[]): Promise<boolean[]> {
  const { results } = await DB.prepare('SELECT product_id FROM stale_listings').all<{ product_id: string }>()
  return products.map(({ id }) => results.some(({ product_id }) => product_id === id))
}

/** Derives all lists that are to be. */
export async function relisted(api: Api): Promise<void> {
  await drainStale(cronAt(api, 0), 1000)
}

/** What is wrong with the count beside the orders. */
export async function miscounts(api: Api): Promise<unknown[]> {
  const { staffKey } = await seedShop()
  return (await api.get('/v1/admin/integrity?part=sales', { token: staffKey })).body.violations
}

export type Wish = readonly [TestProduct, quantity: number]

export interface Sale {
  /** The order's. */
  id: string
  lines: { id: string; sku: string; quantity: number }[]
  paymentId: string
}

/** Orders, and pays unless `extra` says otherwise. */
export async function buy(
  api: Api,
  wishes: readonly Wish[],
  extra: Record<string, unknown> = { test_outcome: 'succeeded' },
): Promise<Sale> {
  const lines = wishes.map(([{ sku }, quantity]) => ({ sku, quantity }))
  const { status, body } = await complete(api, await makeShopper(api, lines), extra)
  expect(status).toBe(200)
  return { id: body.order.id, lines: body.order.lines, paymentId: body.payment?.id }
}

/** Staff cancel it. */
export async function cancel(api: Api, { id }: Sale): Promise<void> {
  const { staffKey } = await seedShop()
  const ask = { token: staffKey, key: crypto.randomUUID() }
  const { status } = await api.post(`/v1/admin/orders/${id}/cancel`, { reason: 'test', restock: true }, ask)
  expect(status).toBe(200)
}

/** Staff give money back for pieces of the first line. */
export async function giveBack(api: Api, { id, lines }: Sale, quantity: number, restock = 'cancel'): Promise<void> {
  const { staffKey } = await seedShop()
  const body = { lines: [{ line_id: lines[0]?.id, quantity, restock }], reason: 'test' }
  const { status } = await api.post(`/v1/admin/orders/${id}/refunds`, body, {
    token: staffKey,
    key: crypto.randomUUID(),
  })
  expect(status).toBe(201)
}
