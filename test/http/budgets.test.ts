import { beforeAll, describe, expect, it } from 'vitest'
import { bars, budgets, type Cost } from '../../bench/budgets.ts'
import { routes } from '../../src/app.ts'
import { type Answer, type Api, complete, createApi, makeProduct, makeShopper } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { makeWorld, perform, sampleOf, samples } from '../support/samples.ts'

const WHAT = ['trips', 'read', 'written', 'kvReads', 'kvWrites'] as const
const TIMING = /^d1;desc="trips=(\d+) read=(\d+) written=(\d+)", kv;desc="reads=(\d+) writes=(\d+)"$/
// Enough that a statement which walks a whole table stands out; a budget holds in a shop of any size.
const PRODUCTS = 100
const ORDERS = 20

const printing = (testEnv() as { BUDGETS?: string }).BUDGETS === 'print'

function costOf(answer: Answer): Cost {
  const header = answer.headers.get('Server-Timing') ?? ''
  const numbers = TIMING.exec(header)?.slice(1).map(Number)
  if (!numbers) throw new Error(`Server-Timing is not readable: ${header}`)
  return Object.fromEntries(WHAT.map((what, index) => [what, numbers[index]])) as unknown as Cost
}

/** Every number above its budget, as a sentence. */
function overruns(name: string, state: 'cold' | 'hot', measured: Cost, budget: Partial<Cost>): string[] {
  return WHAT.filter((what) => measured[what] > (budget[what] ?? Number.POSITIVE_INFINITY)).map(
    (what) => `${name} ${state}: ${what} has a budget of ${budget[what]}, measured ${measured[what]}`,
  )
}

function hints(name: string, state: 'cold' | 'hot', measured: Cost, budget: Cost): string[] {
  const cheaper = WHAT.filter((what) => Number.isFinite(budget[what]) && measured[what] <= budget[what] / 2 - 2)
  return cheaper.map((what) => `${name} ${state}: ${what} could be ${measured[what]} instead of ${budget[what]}`)
}

async function emptyKv(): Promise<void> {
  const { CACHE } = testEnv()
  for (let cursor: string | null = null; ; ) {
    const page: KVNamespaceListResult<unknown> = await CACHE.list({ cursor })
    for (const { name } of page.keys) await CACHE.delete(name)
    if (page.list_complete) return
    cursor = page.cursor
  }
}

/** The same request twice in an isolate that has just started: with nothing in memory and KV, then right after it. */
async function measure(name: string): Promise<{ cold: Cost; hot: Cost }> {
  const route = routes.find(({ id }) => id === name.split('/')[0])
  if (!route) throw new Error(`${name} is not a route`)
  const world = await makeWorld()
  const first = await sampleOf(name, world)
  const second = await sampleOf(name, world)
  // Whatever reads a range of an index also reads the row behind it: there always is one.
  await sampleOf(name, world)
  await emptyKv()
  const api = createApi()
  const costs: Cost[] = []
  for (const call of [first, second]) {
    const answer = await perform(api, route, call)
    expect(answer.status, JSON.stringify(answer.body)).toBe(call.status ?? route.statuses?.[0] ?? 200)
    costs.push(costOf(answer))
  }
  const [cold, hot] = costs
  if (!cold || !hot) throw new Error('two calls were made')
  return { cold, hot }
}

// Every cart reads every automatic promotion, every storefront read all markets, every derived product all rules, and a
// change of rules derives whatever waits: what other tests have left of these would be counted here.
const OTHER_COLLECTIONS =
  "SELECT number FROM shelves WHERE kind = 'collection' AND name <> (SELECT id FROM collections WHERE handle = 'everything')"
const LEFT_BY_OTHERS = [
  "UPDATE promotions SET status = 'archived' WHERE method = 'automatic'",
  `DELETE FROM listing_prices WHERE shelf IN (${OTHER_COLLECTIONS})`,
  `DELETE FROM listings WHERE shelf IN (${OTHER_COLLECTIONS})`,
  "DELETE FROM collection_products WHERE collection_id IN (SELECT id FROM collections WHERE handle <> 'everything')",
  'DELETE FROM collection_handles',
  "DELETE FROM collections WHERE handle <> 'everything'",
  'DELETE FROM market_countries WHERE market_id IN (SELECT id FROM markets WHERE position > 2)',
  'DELETE FROM markets WHERE position > 2',
  "DELETE FROM listing_prices WHERE market_id <> ''",
  "DELETE FROM product_prices WHERE market_id <> ''",
  'UPDATE markets SET own_prices = 0',
  ...['shipping', 'tax'].flatMap((kind) => {
    const others = `${kind}_zones WHERE name NOT IN ('Domestic', 'Europe and Japan', 'United States', 'Germany')`
    return [
      `DELETE FROM ${kind}_rates WHERE zone_id IN (SELECT id FROM ${others})`,
      `DELETE FROM ${kind}_areas WHERE zone_id IN (SELECT id FROM ${others})`,
      `DELETE FROM ${others}`,
    ]
  }),
  'DELETE FROM pickup_locations',
  'DELETE FROM custom_fields',
  'DELETE FROM search_synonym_phrases',
  'DELETE FROM search_synonyms',
  'DELETE FROM stale_listings',
]

async function fillShop(api: Api): Promise<void> {
  const { DB } = testEnv()
  await DB.batch(LEFT_BY_OTHERS.map((statement) => DB.prepare(statement)))
  for (let index = 0; index < PRODUCTS; index += 1) await makeProduct(api)
  const { sku } = await makeProduct(api)
  for (let index = 0; index < ORDERS; index += 1) {
    await complete(api, await makeShopper(api, [{ sku, quantity: 1 }]), { test_outcome: 'succeeded' })
  }
}

function row(name: string, { cold, hot }: { cold: Cost; hot: Cost }): string {
  const cost = (cells: Cost) => `{ ${WHAT.map((what) => `${what}: ${cells[what]}`).join(', ')} }`
  const key = name.includes('/') ? `'${name}'` : name
  return `  ${key}: {\n    cold: ${cost(cold)},\n    hot: ${cost(hot)},\n  },`
}

describe('what a request costs', () => {
  beforeAll(() => fillShop(createApi()))

  it('has a budget for every sample and for nothing else', () => {
    expect(Object.keys(budgets).sort()).toEqual(Object.keys(samples).sort())
  })

  it.each(Object.keys(samples))('%s stays within its budget', async (name) => {
    const measured = await measure(name)
    if (printing) console.log(row(name, measured))
    const budget = budgets[name]
    if (!budget) throw new Error(`bench/budgets.ts has no row for ${name}; measured:\n${row(name, measured)}`)
    const { cold, hot } = measured
    const cheaper = [...hints(name, 'cold', cold, budget.cold), ...hints(name, 'hot', hot, budget.hot)]
    if (cheaper.length > 0) console.log(`cheaper than budgeted: ${cheaper.join('; ')}`)
    expect([...overruns(name, 'cold', cold, budget.cold), ...overruns(name, 'hot', hot, budget.hot)]).toEqual([])
  })

  it.each(Object.entries(bars))('the budget of %s is not above its bar', (name, { cold = {}, hot = {} }) => {
    const budget = budgets[name]
    if (!budget) throw new Error(`bench/budgets.ts has no row for ${name}`)
    expect([...overruns(name, 'cold', budget.cold, cold), ...overruns(name, 'hot', budget.hot, hot)]).toEqual([])
  })
})
