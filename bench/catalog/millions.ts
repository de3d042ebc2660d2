import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { makeSessionKeys } from '../../scripts/local/session-keys.ts'
import { createApp, defaultDeps } from '../../src/app.ts'
import { LIST_SORTS } from '../../src/domain/collection.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { migrate, serveWorkers } from '../rig/servers.ts'
import { fillProducts, fillShop } from './derived.ts'
import { GENERATED_NOW, OWN_PRICES_COUNTRY, SHELVES } from './generated.ts'
import { cursorAt, type ListCase, PAGES, sizeOf } from './lists.ts'

const SMALL = 1000
const LIMIT = 24
const { collection, category } = SHELVES

const LISTS: readonly ListCase[] = [
  ...LIST_SORTS.map((sort) => ({ sort, filter: { collection } })),
  ...LIST_SORTS.filter((sort) => sort !== 'manual').flatMap((sort) => [
    { sort, filter: {} },
    { sort, filter: { category } },
    { sort, filter: { collection }, wish: { currency: 'EUR', country: OWN_PRICES_COUNTRY } },
  ]),
]
const OTHERS = ['/v1/products/product-501', '/v1/products/product-501/related?limit=24']
const EMPTY = "export default { fetch() { return new Response('') } }"

/** Prints what list pages read in a shop of a thousand products and in the same shop grown to `products`. */
export async function measureMillions(products: number, stateDir: string): Promise<void> {
  const { miniflare } = await serveWorkers([{ name: 'shop', code: EMPTY }], '2026-10-01', stateDir)
  try {
    const stores = (await miniflare.getBindings('shop')) as unknown as Bindings
    const vars = { STAGE: 'dev', RATE_LIMITS: 'off', SESSION_KEYS: await makeSessionKeys(), LOG_LEVEL: 'error' }
    const bindings: Bindings = { ...stores, ...vars }
    await migrate(bindings.DB)
    await fillShop(bindings.DB)
    await fillProducts(bindings.DB, 1, SMALL)
    const small = await readAll(bindings)
    const from = performance.now()
    const seconds = () => ((performance.now() - from) / 1000).toFixed(0)
    let told = 0
    await fillProducts(bindings.DB, SMALL + 1, products, (count) => {
      if (count - told < 100_000) return
      told = count
      console.log(`${count} products after ${seconds()} s`)
    })
    console.log(`filled, with indexes, after ${seconds()} s`)
    const large = await readAll(bindings)
    console.log(`\nrows read by a cold page at ${SMALL} and ${products} products`)
    for (const [name, rows] of small)
      console.log(`${String(rows).padStart(6)} ${String(large.get(name)).padStart(6)}  ${name}`)
    console.log(`\nthe database is ${((await sizeOfFolder(stateDir)) / 1e9).toFixed(2)} GB`)
  } finally {
    await miniflare.dispose()
  }
}

async function readAll(bindings: Bindings): Promise<Map<string, number>> {
  const reads = new Map<string, number>()
  for (const list of LISTS) {
    const size = await sizeOf(bindings.DB, list)
    const query = new URLSearchParams({ ...list.filter, ...list.wish, sort: list.sort, limit: String(LIMIT) })
    for (const page of PAGES) {
      const cursor = await cursorAt(bindings.DB, list, page, { size, limit: LIMIT })
      const rest = cursor === null ? '' : `&cursor=${cursor}`
      reads.set(`${query} ${page}`, await rowsRead(bindings, `/v1/products?${query}${rest}`))
    }
  }
  for (const route of OTHERS) reads.set(route, await rowsRead(bindings, route))
  return reads
}

/** By an app that has just started, with nothing in KV. */
async function rowsRead(bindings: Bindings, route: string): Promise<number> {
  const { keys } = await bindings.CACHE.list()
  for (const { name } of keys) await bindings.CACHE.delete(name)
  const app = createApp(defaultDeps({ clock: () => new Date(GENERATED_NOW) }))
  const work: Promise<unknown>[] = []
  const execution = {
    waitUntil: (promise: Promise<unknown>) => work.push(promise),
    passThroughOnException() {},
    props: {},
  }
  const response = await app.fetch(new Request(`http://shop.test${route}`), bindings, execution as never)
  const text = await response.text()
  await Promise.all(work)
  const read = /read=(\d+)/.exec(response.headers.get('Server-Timing') ?? '')?.[1]
  if (response.status !== 200 || read === undefined) throw new Error(`${route}: ${response.status} ${text}`)
  return Number(read)
}

async function sizeOfFolder(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = files.filter((file) => file.isFile()).map((file) => stat(path.join(file.parentPath, file.name)))
  return (await Promise.all(sizes)).reduce((total, { size }) => total + size, 0)
}
