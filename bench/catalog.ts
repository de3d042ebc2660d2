// npm run bench:catalog: what reading the catalog costs, and how fast it is beside the least that Hono can do.
// --rounds 7 --seed 1 as they are; --millions fills a shop of a million products instead (--products for another number).

import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { seedDemo } from '../demo/seed.ts'
import { bundleOther, bundleOwn, compatibilityDate, inScratchFolder } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import { defaultDeps } from '../src/app.ts'
import { systemContext } from '../src/jobs/context.ts'
import type { Bindings } from '../src/platform/env.ts'
import { bareWorker, record } from './catalog/bare.ts'
import { costOf, crowd } from './catalog/costs.ts'
import { measureMillions } from './catalog/millions.ts'
import { compare, report } from './rig/compare.ts'
import { migrate, type Served, serveWorkers } from './rig/servers.ts'

const BAR = 0.75
const READERS = 200
const LIST = '/v1/products?limit=24'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
    millions: { type: 'boolean', default: false },
    products: { type: 'string', default: '1000000' },
  },
})

// Local D1 waits for the disk at every query, even one that reads: memory has no disk to wait for.
const stateDir = await mkdtemp(path.join(values.millions ? tmpdir() : await memoryFolder(), 'bench-catalog-'))
try {
  if (values.millions) await measureMillions(Number(values.products), stateDir)
  else await inScratchFolder(measureReads)
} finally {
  await rm(stateDir, { recursive: true, force: true })
}

function memoryFolder(): Promise<string> {
  return access('/dev/shm').then(
    () => '/dev/shm',
    () => tmpdir(),
  )
}

async function measureReads(folder: string): Promise<void> {
  const date = await compatibilityDate()
  const { code, gzipKib } = await bundleOwn(folder)
  const SESSION_KEYS = await makeSessionKeys()
  const live = { STAGE: 'production', SESSION_KEYS, LOG_LEVEL: 'error' }
  // The same code, which also tells what a request has cost.
  const telling = { STAGE: 'dev', RATE_LIMITS: 'off', SESSION_KEYS, LOG_LEVEL: 'error' }
  // Two isolates with one KV: what the first has read, the second finds there.
  const pair = (name: string): Served[] =>
    ['cold', 'next'].map((turn) => ({ name: `${name} ${turn}`, code, vars: telling, kv: name }))
  const recording = await serveWorkers([{ name: 'own', code, vars: live }], date, stateDir)
  const paths = await seed(recording.miniflare, SESSION_KEYS)
  const base = recording.url('own')
  const [product, list] = [await record(base, paths.product), await record(base, LIST)]
  await recording.miniflare.dispose()

  const bare = await bundleOther(folder, { 'worker.js': bareWorker(product, list) })
  const readers: Served = { name: 'crowd', code, vars: { ...telling, D1_LATENCY_MS: '100' } }
  const { miniflare, url } = await serveWorkers(
    [
      { name: 'own', code, vars: live },
      { name: 'bare', code: bare.code },
      ...pair('product'),
      ...pair('list'),
      ...pair('collection'),
      readers,
    ],
    date,
    stateDir,
  )
  try {
    console.log('what an answer costs        cold                     hot in KV              hot in memory     bytes')
    for (const name of ['product', 'list', 'collection'] as const) {
      const route = { ...paths, list: LIST }[name]
      const cold = await costOf(url(`${name} cold`), route)
      const next = await costOf(url(`${name} next`), route)
      const hot = await costOf(url(`${name} next`), route)
      const cells = [cold, next, hot].map((cost) =>
        `${cost.trips} D1 (${cost.read} rows), ${cost.kvReads} KV`.padEnd(23),
      )
      console.log(`  ${name.padEnd(25)} ${cells.join(' ')} ${cold.bytes}`)
    }
    const { trips } = await crowd(url('crowd'), paths.product, READERS)
    console.log(`${READERS} readers of one product at once, none of it cached: ${trips} D1 trip in all`)
    console.log(
      `size of the Worker: ${gzipKib.toFixed(0)} KiB gzip (a bare Hono Worker ${bare.gzipKib.toFixed(0)} KiB)\n`,
    )

    const contests = [product, list].map(({ path: route, body }, index) => ({
      name: index === 0 ? 'product' : 'list',
      own: { url: new URL(route, url('own')), bytes: Buffer.byteLength(body) },
      bare: { url: new URL(route, url('bare')), bytes: Buffer.byteLength(body) },
    }))
    for (const { own } of contests) for (let time = 0; time < 3; time += 1) await (await fetch(own.url)).text()
    const rounds = Number(values.rounds)
    console.log(
      `hot, beside a bare Hono Worker that sends the same bytes and headers; ${rounds} rounds, seed ${values.seed}`,
    )
    const verdicts = await compare(contests, rounds, Number(values.seed))
    const fallsShort = verdicts.filter((verdict) => !report(verdict, BAR)).length > 0
    if (fallsShort) process.exitCode = 1
  } finally {
    await miniflare.dispose()
  }
}

/** Puts the demo shop into the database that all Workers have. @returns what to ask for. */
async function seed(miniflare: { getBindings: (worker?: string) => Promise<unknown> }, SESSION_KEYS: string) {
  const bindings = {
    ...((await miniflare.getBindings('own')) as Bindings),
    STAGE: 'dev',
    SESSION_KEYS,
    LOG_LEVEL: 'error',
  }
  await migrate(bindings.DB)
  await seedDemo(systemContext('seed', bindings, defaultDeps(), () => {}))
  const first = await bindings.DB.prepare(
    'SELECT handle FROM products AS p ORDER BY (SELECT count(*) FROM variants WHERE product_id = p.id) DESC, id LIMIT 1',
  ).first<{ handle: string }>()
  const collection = await bindings.DB.prepare('SELECT handle FROM collections ORDER BY position LIMIT 1').first<{
    handle: string
  }>()
  return {
    product: `/v1/products/${first?.handle}`,
    collection: `/v1/products?collection=${collection?.handle}&sort=manual&limit=24`,
  }
}
