import { beforeAll, beforeEach, expect, it } from 'vitest'
import { drainStale } from '../../src/features/listings/drain.ts'
import { markAllStale } from '../../src/features/listings/queries.ts'
import { drainDocuments } from '../../src/features/search-index/drain.ts'
import { CHUNK_STATEMENTS, runScheduled } from '../../src/jobs/scheduled.ts'
import { type Api, createApi, unique } from '../support/api.ts'
import { openSearchShop, type SearchShop } from '../support/search-shop.ts'

const STATEMENTS_OF_AN_INVOCATION = 1000

let shop: SearchShop
/** Staff whose changes nobody indexes. */
let quiet: Api

beforeAll(async () => {
  shop = await openSearchShop()
  quiet = createApi({ deps: { clock: () => new Date(shop.clock.now) }, bindings: { DB: shop.database } })
})
beforeEach(() => shop.settle())

const word = () => `w${crypto.randomUUID().replace(/[^a-z]/g, '')}`
async function make(title: string): Promise<string> {
  const variants = [{ sku: unique('SKU'), prices: [{ currency: 'USD', amount: 1000 }] }]
  const product = { title, handle: unique('p'), status: 'active', variants }
  const { status, body } = await quiet.post('/v1/admin/products', product, { token: shop.shop.staffKey })
  expect(status).toBe(201)
  return body.id
}
const left = async (table: string) =>
  (await shop.database.prepare(`SELECT count(*) AS marks FROM ${table}`).first<{ marks: number }>())?.marks

it('a chunk of lists and one of documents take no more statements than the cron reckons with', async () => {
  const kept = word()
  const id = await make(`${kept} ${word()}`)
  await shop.settle()
  // A word that is new, one that is known, one that nobody has any more.
  await make(kept)
  const context = shop.context()
  await quiet.patch(`/v1/admin/products/${id}`, { title: `${kept} ${word()}` }, { token: shop.shop.staffKey })
  await drainDocuments(context, 1)
  expect(await left('stale_documents')).toBe(0)
  expect(context.meter.statements).toBe(CHUNK_STATEMENTS)
  await context.db.commit([markAllStale()])
  const before = context.meter.statements
  expect(await drainStale(context, 1)).toBeGreaterThan(0)
  expect(context.meter.statements - before).toBeLessThanOrEqual(CHUNK_STATEMENTS)
})

it('a minute whose orders have used up nearly everything still derives, and ends before it is refused', async () => {
  await make(word())
  const context = shop.context()
  await context.db.commit([markAllStale()])
  const marked = (await left('stale_listings')) ?? 0
  context.meter.statements = 700
  await runScheduled(context)
  // As far as it goes: other tests have filled the shop.
  expect(await left('stale_listings')).toBeLessThan(marked)
  expect(await left('stale_documents')).toBeLessThan(marked)
  expect(context.meter.statements).toBeLessThan(STATEMENTS_OF_AN_INVOCATION)
})
