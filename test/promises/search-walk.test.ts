import { beforeAll, describe, expect, it } from 'vitest'
import { drainDocuments } from '../../src/features/search-index/drain.ts'
import { continueRebuild } from '../../src/features/search-index/rebuild.ts'
import { startRebuild } from '../../src/features/search-index/rebuild-queries.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { type Answer, type Api, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withFault } from '../support/faults.ts'
import { randomFrom } from '../support/random.ts'
import { openSearchShop, type SearchShop } from '../support/search-shop.ts'

// EDITS=1000 walks as far as that, EDITS_SEED=17 begins with the seed of a failure.
const settings = testEnv() as { EDITS?: string; EDITS_SEED?: string }
const EDITS = Number(settings.EDITS || 60)
const SEED = Number(settings.EDITS_SEED || 1)
const MINUTE = 60_000

const WORDS = [
  ...['Red', 'hoodies', 'Größe', 'T-shirt', 'men’s', '500ml', 'accessories', 'Smørrebrød', 'dress', 'X', 'and'],
  ...['黒猫バッグ', '머그컵을', 'กระเป๋า', 'كتاب', 'Ёлка', '🎉', 'quo"te', 'NEAR(', 'a*b', 'iPhone15'],
]

let shop: SearchShop
let apis: Api[] = []
const below = randomFrom(SEED)
const pick = <Item>(items: readonly Item[]) => items[below(items.length)] as Item
const text = () => Array.from({ length: 1 + below(4) }, () => pick(WORDS)).join(' ')
const products: { id: string; handle: string; skus: string[] }[] = []
const categories: string[] = []
const trail: string[] = []

beforeAll(async () => {
  shop = await openSearchShop()
  // One isolate for each speed of the database.
  apis = ['0', '1', '3'].map((D1_LATENCY_MS) => shop.api({ D1_LATENCY_MS }))
})

const ask = () => ({ token: shop.shop.staffKey })
const time = (at: number) => new Date(at).toISOString()
const schedule = (from = shop.clock.now + (below(7) - 4) * MINUTE) => ({
  published_at: time(from),
  unpublished_at: below(2) === 0 ? null : time(from + 8 * MINUTE),
})
const variantsOf = (skus: readonly string[]) =>
  skus.map((sku) => ({
    ...{ sku, barcode: below(3) === 0 ? String(1_000_000 + below(9_000_000)) : null },
    ...{
      options: { Size: unique(pick(['S', 'M', 'Größe'])) },
      prices: [{ currency: 'USD', amount: 500 + 500 * below(9) }],
    },
    inventory: { on_hand: below(3) },
  }))

async function create(api: Api): Promise<Answer> {
  const skus = Array.from({ length: 1 + below(3) }, () => unique('S'))
  const body = {
    ...{
      title: `${text()} ${unique('P')}`,
      vendor: text(),
      product_type: pick(WORDS),
      tags: [pick(WORDS), pick(WORDS)],
    },
    ...{ description_html: `<p>${text()}</p>`, status: pick(['active', 'active', 'active', 'draft']) },
    ...{ options: ['Size'], variants: variantsOf(skus), category_id: pick([null, ...categories]) },
    ...(below(4) === 0 ? schedule() : {}),
  }
  const answer = await api.post('/v1/admin/products', body, ask())
  if (answer.status === 201) products.push({ id: answer.body.id, handle: answer.body.handle, skus })
  return answer
}

async function edit(api: Api): Promise<Answer> {
  const { id, skus } = pick(products)
  const changes: Record<string, unknown>[] = [
    { title: `${text()} ${unique('P')}` },
    { title: pick(WORDS.slice(0, 10)) },
    { description_html: `<p>${text()}</p>` },
    { vendor: text() },
    { tags: [pick(WORDS), unique('tag')] },
    { status: pick(['active', 'active', 'draft', 'archived']) },
    { category_id: pick([null, ...categories]) },
    { variants: variantsOf(skus.slice(0, 1 + below(skus.length))) },
    { variants: variantsOf(skus) },
    { published_at: null, unpublished_at: null },
    schedule(),
  ]
  return api.patch(`/v1/admin/products/${id}`, pick(changes), ask())
}

async function translate(api: Api): Promise<Answer> {
  const subject = pick([`products/${pick(products).id}`, ...categories.map((id) => `categories/${id}`)])
  const path = `/v1/admin/${subject}/translations/${pick(['de', 'de-DE', 'ja', 'ja-JP'])}`
  if (below(4) === 0) return api.delete(path, ask())
  return api.patch(path, pick([{ title: text() }, { description_html: `<p>${text()}</p>` }, { title: null }]), ask())
}

async function categorise(api: Api): Promise<Answer> {
  if (categories.length < 3) {
    const answer = await api.post('/v1/admin/categories', { title: text() + unique(' C'), handle: unique('c') }, ask())
    if (answer.status === 201) categories.push(answer.body.id)
    return answer
  }
  const changes = [{ title: text() }, { parent_id: pick([null, ...categories]) }]
  return api.patch(`/v1/admin/categories/${pick(categories)}`, pick(changes), ask())
}

async function importCsv(api: Api): Promise<Answer> {
  const rows = [pick(products).handle, unique('imported')].map(
    (handle) => `${handle},"${text().replaceAll('"', '""')}",${pick(['active', 'draft'])},${2 + below(9)}.00`,
  )
  const headers = { 'Content-Type': 'text/csv' }
  return api.post('/v1/admin/imports', ['Handle,Title,Status,Variant Price', ...rows].join('\n'), { ...ask(), headers })
}

async function sell(): Promise<null> {
  const { id } = pick(products)
  const units = 2 ** below(12)
  await shop.database.batch([
    shop.database
      .prepare(
        'INSERT INTO product_sales (product_id, units) VALUES (?1, ?2) ON CONFLICT (product_id) DO UPDATE SET units = ?2',
      )
      .bind(id, units),
    shop.database.prepare('INSERT INTO stale_listings (product_id) VALUES (?) ON CONFLICT DO NOTHING').bind(id),
  ])
  return null
}

async function cron(api: Api): Promise<null> {
  shop.clock.now += MINUTE
  await runScheduled(shop.context(api.bindings))
  return null
}

async function drainTwice(api: Api): Promise<null> {
  await Promise.all([0, 1].map(() => drainDocuments(shop.context(api.bindings), 2)))
  return null
}

async function rebuild(api: Api): Promise<null> {
  const context = shop.context(api.bindings)
  if (below(4) === 0) await context.db.commit(startRebuild(context.now))
  await continueRebuild(context, 2)
  return null
}

// As often as they stand here.
const OPERATIONS = [
  ...[create, create, edit, edit, edit, edit, edit, translate, translate],
  ...[categorise, importCsv, sell, cron, drainTwice, rebuild],
]

/** One operation, through a Worker that may be killed at any call of its database. */
async function act(): Promise<void> {
  const operation = products.length === 0 ? create : pick(OPERATIONS)
  const plain = pick(apis)
  const fault = below(3) === 0 ? { call: 1 + below(9), when: pick(['before', 'after'] as const) } : null
  const api = fault ? shop.api({ DB: withFault(shop.database, fault).database }) : plain
  const name = `${operation.name}${fault ? ` with a fault ${fault.when} call ${fault.call}` : ''}`
  try {
    const answer = await operation(api)
    trail.push(`${name} ${answer ? `${answer.status} ${answer.body?.code ?? ''}` : ''}`)
    if (answer && answer.status >= 500 && !fault) throw new Error(`${name} answered ${answer.status}`)
  } catch (error) {
    if (!fault) throw error
    trail.push(`${name} threw ${error}`)
  }
}

describe('a shop that is edited all at once, with crashes at any point', () => {
  it(
    `has a search index after ${EDITS} edits that is equal to one made anew`,
    async () => {
      for (let done = 0; done < EDITS; ) {
        const together = 1 + below(3)
        await Promise.all(Array.from({ length: together }, act))
        done += together
      }
      await shop.settle()
      const story = trail.join('\n')
      expect(await shop.drift(), story).toEqual([])
      const walked = await shop.snapshot()
      await shop.wipe()
      await shop.rebuild()
      const { documents = [], ...rebuilt } = await shop.snapshot()
      expect(walked, story).toEqual({ documents, ...rebuilt })
      expect(documents.length).toBeGreaterThan(products.length / 4)
    },
    EDITS * 2_000,
  )
})
