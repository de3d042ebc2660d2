import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drainStale } from '../../src/features/listings/drain.ts'
import { markDue } from '../../src/features/listings/queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { type Answer, type Api, createApi, everyViolation, unique } from '../support/api.ts'
import { listOf, miscounts, readShown } from '../support/catalog-model.ts'
import { testEnv } from '../support/env.ts'
import { withFault } from '../support/faults.ts'
import { closeMarket, makeOwnMarket } from '../support/pricing.ts'
import { seedShop } from '../support/shop.ts'

// CHAOS=100 walks further, CHAOS_SEED=17 begins with the seed of a failure.
const settings = testEnv() as { CHAOS?: string; CHAOS_SEED?: string }
const WALKS = Number(settings.CHAOS || 5)
const FIRST_SEED = Number(settings.CHAOS_SEED || 1)
const STEPS = 30
const MINUTE = 60_000

// A walk takes half an hour at most. It ends before now: what is derived at a time to come is no other test's to meet.
const clock = { now: Date.now() - WALKS * 30 * MINUTE }
const deps = { clock: () => new Date(clock.now) }
const time = (at: number) => new Date(at).toISOString()
// One isolate for each speed of the database.
const apis = ['0', '1', '2', '3'].map((D1_LATENCY_MS) => createApi({ deps, bindings: { D1_LATENCY_MS } }))
const [api = createApi()] = apis
let market = ''

beforeAll(async () => {
  market = await makeOwnMarket(api, { currency: 'USD', countries: ['NZ'] })
})
afterAll(() => closeMarket(createApi(), market))

interface Walk {
  below: (limit: number) => number
  token: string
  vendors: string[]
  tags: string[]
  products: { id: string; skus: string[] }[]
  manual: string[]
  byRules: string[]
  categories: string[]
  lists: string[]
  trail: string[]
  broken: string[]
}

/** Mulberry32: the same numbers for the same seed, on every machine. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

function pick<Item>({ below }: Walk, items: readonly Item[]): Item {
  return items[below(items.length)] as Item
}
const some = <Item>(walk: Walk, items: readonly Item[]) => items.filter(() => walk.below(2) === 0)
const amount = ({ below }: Walk) => 500 + 250 * below(8)

type Operation = (walk: Walk, through: Api) => Promise<Answer | null>

function variantsOf(walk: Walk, skus: readonly string[]) {
  return skus.map((sku, index) => ({
    sku,
    options: { Size: `S${index}` },
    prices: [
      ...(walk.below(8) === 0 ? [] : [{ currency: 'USD', amount: amount(walk) }]),
      ...(walk.below(3) === 0 ? [{ currency: 'USD', amount: amount(walk), market_id: market }] : []),
    ],
    inventory: { on_hand: 2 },
  }))
}

function schedule(walk: Walk) {
  const from = clock.now + (walk.below(7) - 4) * MINUTE
  return { published_at: time(from), unpublished_at: walk.below(2) === 0 ? null : time(from + 8 * MINUTE) }
}

async function create(walk: Walk, through: Api): Promise<Answer> {
  const skus = Array.from({ length: 1 + walk.below(3) }, () => unique('S'))
  const body = {
    ...{ title: unique(pick(walk, ['A', 'B'])), vendor: pick(walk, walk.vendors), tags: some(walk, walk.tags) },
    ...{ status: pick(walk, ['active', 'active', 'draft']), options: ['Size'], variants: variantsOf(walk, skus) },
    ...(walk.below(3) === 0 ? schedule(walk) : {}),
    category_id: pick(walk, [null, ...walk.categories]),
  }
  const answer = await through.post('/v1/admin/products', body, { token: walk.token })
  if (answer.status === 201) walk.products.push({ id: answer.body.id, skus })
  return answer
}

async function edit(walk: Walk, through: Api): Promise<Answer> {
  const { id, skus } = pick(walk, walk.products)
  const changes: Record<string, unknown>[] = [
    { title: unique(pick(walk, ['A', 'B', 'C'])) },
    { vendor: pick(walk, walk.vendors) },
    { tags: some(walk, walk.tags) },
    { status: pick(walk, ['active', 'active', 'draft', 'archived']) },
    { category_id: pick(walk, [null, ...walk.categories]) },
    { variants: variantsOf(walk, skus.slice(0, 1 + walk.below(skus.length))) },
    { variants: variantsOf(walk, skus) },
    schedule(walk),
  ]
  return through.patch(`/v1/admin/products/${id}`, pick(walk, changes), { token: walk.token })
}

async function stock(walk: Walk, through: Api): Promise<Answer> {
  const body = { sku: pick(walk, pick(walk, walk.products).skus), delta: pick(walk, [-2, -1, 1, 2]), reason: 'count' }
  return through.post('/v1/admin/inventory/adjustments', body, { token: walk.token })
}

async function members(walk: Walk, through: Api): Promise<Answer> {
  const ids = some(walk, walk.products).map(({ id }) => id)
  const moved = walk.products.map(({ id }) => id).slice(walk.below(3), 4)
  const after = pick(walk, [null, walk.products[0]?.id ?? null])
  const changes = [
    { add: ids },
    { remove: ids.slice(0, 2) },
    { add: moved, move: { ids: moved.filter((id) => id !== after), after } },
    { add: moved.slice(1), move: { ids: moved.slice(1), after: null } },
  ]
  return through.patch(`/v1/admin/collections/${pick(walk, walk.manual)}/products`, pick(walk, changes), walk)
}

async function rules(walk: Walk, through: Api): Promise<Answer> {
  const operator = pick(walk, ['is', 'is_not'])
  const choices = [
    { field: 'tag', operator, value: pick(walk, walk.tags) },
    { field: 'vendor', operator: 'is', value: pick(walk, walk.vendors) },
    { field: 'in_stock', operator: 'is', value: walk.below(2) === 0 },
    { field: 'price', operator: pick(walk, ['at_least', 'at_most']), value: { amount: amount(walk), currency: 'USD' } },
  ]
  const own = { field: 'vendor', operator: 'is', value: pick(walk, walk.vendors) }
  const body = { match: 'all', rules: [own, pick(walk, choices), pick(walk, choices)] }
  return through.patch(`/v1/admin/collections/${pick(walk, walk.byRules)}`, body, walk)
}

async function move(walk: Walk, through: Api): Promise<Answer> {
  const parent_id = pick(walk, [null, ...walk.categories])
  return through.patch(`/v1/admin/categories/${pick(walk, walk.categories)}`, { parent_id }, walk)
}

async function price(walk: Walk, through: Api): Promise<Answer> {
  const skus = [...new Set(some(walk, walk.products).flatMap(({ skus: own }) => own))].slice(0, 12)
  const set = some(walk, skus).map((sku) => ({ sku, currency: 'USD', amount: amount(walk) }))
  const remove = skus.filter((sku) => !set.some((each) => each.sku === sku)).map((sku) => ({ sku, currency: 'USD' }))
  return through.patch(`/v1/admin/price-lists/${pick(walk, walk.lists)}/prices`, { set, remove }, walk)
}

async function sale(walk: Walk, through: Api): Promise<Answer> {
  const from = clock.now + (walk.below(7) - 4) * MINUTE
  const changes = [
    { starts_at: time(from), ends_at: time(from + (1 + walk.below(8)) * MINUTE) },
    { starts_at: null, ends_at: null },
    { status: pick(walk, ['active', 'paused']) },
    { market_id: pick(walk, [null, market]) },
  ]
  return through.patch(`/v1/admin/price-lists/${pick(walk, walk.lists)}`, pick(walk, changes), walk)
}

async function reduce(walk: Walk, through: Api): Promise<Answer> {
  const product_ids = walk.products.slice(0, 3).map(({ id }) => id)
  const body = { percent: pick(walk, [0.5, 10, 33.3333, 100]), product_ids }
  return through.post(`/v1/admin/price-lists/${pick(walk, walk.lists)}/reductions`, body, walk)
}

async function browse(walk: Walk, through: Api): Promise<Answer> {
  const sort = pick(walk, ['newest', 'title', 'price_asc', 'price_desc'])
  return through.get(`/v1/products?vendor=${pick(walk, walk.vendors)}&sort=${sort}`)
}

async function drain(_: Walk, through: Api): Promise<null> {
  const context = () => systemContext('cron', through.bindings, through.deps, () => {})
  const { db, now } = context()
  await db.commit([markDue(now, 50)])
  await Promise.all([drainStale(context(), 3), drainStale(context(), 3)])
  return null
}

// As often as they stand here.
const OPERATIONS = [
  create,
  edit,
  edit,
  edit,
  edit,
  stock,
  stock,
  members,
  members,
  rules,
  move,
  price,
  price,
  sale,
  sale,
]
const ALL: readonly Operation[] = [...OPERATIONS, reduce, browse, drain]

/** One operation; only where a fault was put into its own database may it fail. */
async function act(walk: Walk): Promise<void> {
  const operation = pick(walk, ALL)
  const fault = { call: 1 + walk.below(5), when: pick(walk, ['before', 'after'] as const) }
  const plain = pick(walk, apis)
  const faulty = walk.below(4) === 0
  const { database } = withFault(plain.bindings.DB, fault)
  const through = faulty ? createApi({ deps, bindings: { DB: database, LOG_LEVEL: 'off' } }) : plain
  const name = `${operation.name}${faulty ? ` with a fault ${fault.when} call ${fault.call}` : ''}`
  try {
    const answer = await operation(walk, through)
    walk.trail.push(`${name} ${answer ? `${answer.status} ${answer.body?.code ?? ''}` : ''}`)
    if (answer && answer.status >= 500 && !faulty) walk.broken.push(`${name} answered ${answer.status}`)
  } catch (error) {
    walk.trail.push(`${name} threw ${error}`)
    if (!faulty) walk.broken.push(`${name} threw ${error}`)
  }
}

async function begin(seed: number): Promise<Walk> {
  const { staffKey: token } = await seedShop()
  const post = async (path: string, body: unknown) => (await api.post(`/v1/admin/${path}`, body, { token })).body.id
  const names = (prefix: string, count: number) => Array.from({ length: count }, () => unique(prefix))
  const vendors = names('Chaos', 2)
  const vendorRule = { field: 'vendor', operator: 'is', value: vendors[0] }
  const collection = (more: object) => post('collections', { title: unique('C'), status: 'active', ...more })
  const walk: Walk = {
    ...{ below: randomFrom(seed), token, vendors, tags: names('tag', 3), products: [], trail: [], broken: [] },
    manual: [await collection({}), await collection({})],
    byRules: [
      await collection({ kind: 'rules', rules: [vendorRule, { field: 'in_stock', operator: 'is', value: true }] }),
      await collection({ kind: 'rules', match: 'any', rules: [vendorRule] }),
    ],
    categories: [],
    lists: [await post('price-lists', { title: 'A' }), await post('price-lists', { title: 'B' })],
  }
  for (let index = 0; index < 3; index += 1) walk.categories.push(await post('categories', { title: unique('T') }))
  for (let index = 0; index < 4; index += 1) await create(walk, api)
  return walk
}

/** What lists show in the end beside what they should, each difference in words. */
async function differences(walk: Walk): Promise<unknown[]> {
  // Past every bound: what other isolates have put into KV is old by now.
  clock.now += 61_000
  const cron = systemContext('cron', api.bindings, api.deps, () => {})
  await cron.db.commit([markDue(cron.now, 5000)])
  await drainStale(cron, 1000)
  const found: unknown[] = []
  const reader = createApi({ deps })
  const handleOf = new Map<string, string>()
  for (const id of [...walk.manual, ...walk.byRules]) {
    handleOf.set(id, (await api.get(`/v1/admin/collections/${id}`, walk)).body.handle)
  }
  for (const id of walk.categories) handleOf.set(id, (await api.get(`/v1/admin/categories/${id}`, walk)).body.handle)
  for (const [country, marketId] of [
    ['US', null],
    ['NZ', market],
  ] as const) {
    const shown = await readShown(walk.vendors, marketId, new Date(clock.now))
    if (marketId === null) found.push(...(await miscounts(walk.vendors, shown)))
    const filters: [filter: string, shelf: string, sorts: string[]][] = [
      ...walk.vendors.map((name): (typeof filters)[number] => [
        `vendor=${name}`,
        `vendor:${name}`,
        ['newest', 'price_asc'],
      ]),
      ...walk.tags.map((name): (typeof filters)[number] => [`tag=${name}`, `tag:${name}`, ['title']]),
      ...[...walk.manual, ...walk.byRules].map((id): (typeof filters)[number] => [
        `collection=${handleOf.get(id)}`,
        id,
        ['manual', 'price_desc'],
      ]),
      ...walk.categories.map((id): (typeof filters)[number] => [`category=${handleOf.get(id)}`, id, ['newest']]),
    ]
    for (const [filter, shelf, sorts] of filters) {
      for (const sort of sorts) {
        const { body } = await reader.get(`/v1/products?${filter}&sort=${sort}&limit=100&country=${country}`)
        const cards = body.data.map((card: Answer['body']) => ({
          id: card.id,
          min: card.price_range?.min.amount ?? null,
          max: card.price_range?.max.amount ?? null,
          available: card.available,
        }))
        const expected = listOf(shown, shelf, sort)
        if (JSON.stringify(cards) !== JSON.stringify(expected)) found.push({ filter, sort, country, cards, expected })
      }
    }
    for (const { id } of walk.products) {
      const { status, body } = await reader.get(`/v1/products/${id}?country=${country}`)
      const product = shown.find((each) => each.id === id)
      const told = status === 200 ? [body.price_range?.min.amount ?? null, body.price_range?.max.amount ?? null] : null
      const expected = product ? [product.min, product.max] : null
      if (JSON.stringify(told) !== JSON.stringify(expected)) found.push({ id, country, told, expected })
    }
  }
  return [...found, ...(await everyViolation(reader))]
}

describe('a shop whose staff edit it all at once, with crashes at any point', () => {
  it.each(Array.from({ length: WALKS }, (_, index) => FIRST_SEED + index))(
    'has lists that are what is stored, in the end: seed %i',
    async (seed) => {
      const walk = await begin(seed)
      for (let step = 0; step < STEPS; step += 1) {
        clock.now += walk.below(40) * 1000
        await Promise.all(Array.from({ length: 1 + walk.below(3) }, () => act(walk)))
      }
      const story = walk.trail.join('\n')
      expect(walk.broken, story).toEqual([])
      expect((await differences(walk)).slice(0, 3), story).toEqual([])
      expect(clock.now).toBeLessThan(Date.now())
    },
  )
})
