// npm run bench:imports: how long a large catalog takes to get in, what its requests cost, and whether it is whole after the
// server was killed in the middle. --products 20000 --seed 1 as they are; --limit 420 ends it after so many seconds.

import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Server } from '../scripts/import/client.ts'
import { type ImportState, type Order, upload } from '../scripts/import/upload.ts'
import { bundleOther, compatibilityDate, inScratchFolder } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import { createStaffKey } from '../src/features/sessions/staff-key.ts'
import { createMint, cryptoRandom } from '../src/platform/crypto/mint.ts'
import { newMeter, openDb } from '../src/platform/db/client.ts'
import type { Bindings } from '../src/platform/env.ts'
import { COUNTING_SHOP, Costs } from './imports/counting.ts'
import { type Expected, writeLines } from './imports/lines.ts'
import { inMemory } from './rig/memory.ts'
import { migrate, serveWorkers } from './rig/servers.ts'
import { fillSearchShop } from './search/fill.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string', default: '420' },
  },
})
const products = Number(values.products)
const limit = Number(values.limit) * 1000
const started = Date.now()
// Whoever watches what requests cost does not see this one.
const plainFetch = globalThis.fetch
let mostStatements = 0
// Of servers that are gone, in seconds.
let cpuBefore = 0

await inMemory('bench-imports', (stateDir) => inScratchFolder((folder) => measure(folder, stateDir)))

async function measure(folder: string, stateDir: string): Promise<void> {
  const { code } = await bundleOther(folder, { 'worker.js': COUNTING_SHOP })
  const vars = { STAGE: 'dev', RATE_LIMITS: 'off', SESSION_KEYS: await makeSessionKeys(), LOG_LEVEL: 'error' }
  const date = await compatibilityDate()
  const serve = () => serveWorkers([{ name: 'shop', code, vars }], date, stateDir)
  const file = path.join(stateDir, 'products.jsonl')
  const expected = await writeLines(file, products, Number(values.seed))

  const first = await serve()
  const bindings = (await first.miniflare.getBindings('shop')) as unknown as Bindings
  await migrate(bindings.DB)
  await fillSearchShop(bindings)
  const key = await makeKey(bindings.DB)
  const order: Order = { file, dryRun: false, stock: 'keep', resume: null }
  const costs = new Costs()
  const stop = costs.watch()
  const id = await untilKilled({ url: first.url('shop').href, key, longestWait: 100 }, order)
  const peak = await peakMemory()

  // As nobody was asked to end, nobody could tidy up.
  await first.miniflare.dispose().catch(() => {})
  const second = await serve()
  try {
    const server = { url: second.url('shop').href, key, longestWait: 1000 }
    const state = await upload(server, { ...order, resume: id }, { opened() {}, part: progress })
    stop()
    await countStatements(server.url)
    const DB = ((await second.miniflare.getBindings('shop')) as unknown as Bindings).DB
    const cpu = cpuBefore + (await cpuSeconds())
    tell({ state, costs, cpu, peak: Math.max(peak, await peakMemory()) })
    await compareWith(DB, state, expected)
  } finally {
    await second.miniflare.dispose()
  }
}

/** Imports until half of the products are in; then the server is killed. @returns the import's id. */
async function untilKilled(server: Server, order: Order): Promise<string> {
  let id = ''
  let done = 0
  let isKilled = false
  const told = {
    opened: (state: ImportState) => {
      id = state.id
    },
    part: (number: number, state: Parameters<typeof progress>[1]) => {
      if (isKilled) throw new Error('the client too')
      progress(number, state)
      void countStatements(server.url)
      done += state.products.done
      if (done >= products / 2 && !isKilled) {
        isKilled = true
        setTimeout(() => void killServer(), 150)
      }
    },
  }
  await upload(server, order, told).then(
    () => console.log('not killed in time: take more products'),
    (error: Error) => console.log(`broken off: ${error.message}`),
  )
  return id
}

function progress(number: number, { products: { done } }: { products: { done: number } }): void {
  if (number % 20 === 0) console.log(`part ${number}, ${done} products in it, ${seconds()} s`)
  if (Date.now() - started > limit) throw new Error(`not done after ${seconds()} s`)
}

async function countStatements(url: string): Promise<void> {
  const answer = await plainFetch(new URL('/counted', url)).catch(() => null)
  if (answer) mostStatements = Math.max(mostStatements, ((await answer.json()) as { most: number }).most)
}

function seconds(): string {
  return ((Date.now() - started) / 1000).toFixed(0)
}

async function serverProcesses(): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const own = await Promise.all(
    all.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      return stat.includes('(workerd)') && Number(stat.split(') ')[1]?.split(' ')[1]) === process.pid ? [pid] : []
    }),
  )
  return own.flat()
}

async function killServer(): Promise<void> {
  const pids = await serverProcesses()
  console.log(`kills ${pids.length} processes after ${seconds()} s`)
  cpuBefore += await cpuSeconds()
  for (const pid of pids) process.kill(pid, 'SIGKILL')
}

/** The most memory that the server has had at once, the database's included, in MiB. */
async function peakMemory(): Promise<number> {
  const peaks = await Promise.all(
    (await serverProcesses()).map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
    }),
  )
  return Math.max(0, ...peaks)
}

/** What the server has computed so far. */
async function cpuSeconds(): Promise<number> {
  const ticks = await Promise.all(
    (await serverProcesses()).map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      const [user = 0, system = 0] = (stat.split(') ')[1]?.split(' ').slice(11, 13) ?? []).map(Number)
      return user + system
    }),
  )
  return ticks.reduce((sum, each) => sum + each, 0) / 100
}

async function makeKey(database: D1Database): Promise<string> {
  const now = new Date()
  const init = { name: 'bench', scopes: ['*'] as const, expiresAt: null }
  const { text, writes } = await createStaffKey(init, {
    now,
    mint: createMint(now, cryptoRandom),
    random: cryptoRandom,
  })
  const db = openDb(database, { consistency: 'first-primary', meter: newMeter(), timeLimitMs: 5000 })
  await db.commit(writes)
  return text
}

function tell({ state, costs, cpu, peak }: { state: ImportState; costs: Costs; cpu: number; peak: number }): void {
  const all = state.products.created
  console.log(`${all} products in ${seconds()} s, ${costs.requests} requests, ${costs.again} of them to go on`)
  console.log(
    `a request: at most ${costs.mostTrips} trips, ${mostStatements} statements with what follows, ${costs.slowest.toFixed(0)} ms`,
  )
  console.log(`a product: ${(costs.read / all).toFixed(1)} rows read, ${(costs.written / all).toFixed(1)} written`)
  console.log(
    `server and database: ${((cpu * 1000) / all).toFixed(2)} ms of processor a product, at most ${peak.toFixed(0)} MiB`,
  )
}

/** What stands in the database is what the file says, each once. */
async function compareWith(database: D1Database, { id, products: counts }: ImportState, expected: Expected) {
  const found = await database
    .prepare(
      `SELECT (SELECT count(*) FROM products WHERE handle GLOB 'product-*') AS products,
        (SELECT sum(version) FROM products WHERE handle GLOB 'product-*') AS versions,
        (SELECT count(*) FROM variants WHERE archived = 0) AS variants,
        (SELECT sum(delta) FROM stock_movements WHERE reference = ?1) AS pieces,
        (SELECT count(*) FROM listed_products) AS listed,
        (SELECT count(*) FROM outbox WHERE topic = 'product.created') AS events`,
    )
    .bind(id)
    .first<Record<string, number>>()
  const { products: all, variants, pieces } = expected
  const wanted = { products: all, versions: all, variants, pieces, listed: all, events: all }
  const isSame = JSON.stringify(found) === JSON.stringify(wanted) && counts.created === all && counts.refused === 0
  console.log(isSame ? 'all is there, each once' : `wanted ${JSON.stringify(wanted)}\nfound  ${JSON.stringify(found)}`)
  if (!isSame) process.exitCode = 1
}
