// npm run bench:search: what searching and filtering read, how long it takes beside a cold page of a list, and how often
// what is wanted is among the first three. --products 10000 --rounds 9 --seed 1 as they are. --only list, search, suggest or
// relevance does a part of it, --only text the requests whose name has it. --keep folder fills a shop there, and finds it
// there the next time.

import { parseArgs } from 'node:util'
import { bundleOther, compatibilityDate, inScratchFolder } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import type { Bindings } from '../src/platform/env.ts'
import { inMemory } from './rig/memory.ts'
import { migrate, serveWorkers } from './rig/servers.ts'
import { generator } from './rig/shuffle.ts'
import { CASES, PLAIN_LIST } from './search/cases.ts'
import { type Counts, countAll, tellCounts } from './search/counts.ts'
import { fillSearchProducts, fillSearchShop, finishFilled } from './search/fill.ts'
import { FORGETFUL_SHOP, REMEMBERING_SHOP } from './search/forgetful.ts'
import { tellRelevance } from './search/relevance.ts'
import { tellTimes } from './search/times.ts'

const SIZES = [1000, 10_000, 100_000, 1_000_000]

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    keep: { type: 'string' },
  },
})
const products = Number(values.products)
const seed = Number(values.seed)
const cases = CASES.filter(({ name, kind }) => kind === values.only || name.includes(values.only))

const { keep } = values
if (keep === undefined)
  await inMemory('bench-search', (stateDir) => inScratchFolder((folder) => measure(folder, stateDir)))
else await inScratchFolder((folder) => measure(folder, keep))

async function measure(folder: string, stateDir: string): Promise<void> {
  const date = await compatibilityDate()
  const bundle = async (source: string) => (await bundleOther(folder, { 'worker.js': source })).code
  const cold = await bundle(FORGETFUL_SHOP)
  const SESSION_KEYS = await makeSessionKeys()
  const telling = { STAGE: 'dev', RATE_LIMITS: 'off', SESSION_KEYS, LOG_LEVEL: 'error' }
  const { miniflare, url } = await serveWorkers(
    [
      { name: 'telling', code: cold, vars: telling },
      { name: 'cold', code: cold, vars: { STAGE: 'production', SESSION_KEYS, LOG_LEVEL: 'error' } },
      { name: 'hot', code: await bundle(REMEMBERING_SHOP), vars: telling },
    ],
    date,
    stateDir,
  )
  try {
    const bindings: Bindings = { ...((await miniflare.getBindings('telling')) as unknown as Bindings), ...telling }
    const counts = new Map<number, Counts>()
    const count = async (size: number) =>
      counts.set(size, await countAll({ cold: url('telling'), hot: url('hot') }, cases))
    await grow(bindings, count)
    let isMet = tellCounts(counts, cases)
    console.log(`\ntimes beside a cold page of a list of ${products} products; ${values.rounds} rounds, seed ${seed}`)
    const rounds = { rounds: Number(values.rounds), random: generator(seed) }
    isMet = (await tellTimes(url('cold'), PLAIN_LIST, cases, { ...rounds, products })) && isMet
    if (!isMet) process.exitCode = 1
  } finally {
    await miniflare.dispose()
  }
  if ((values.only === '' || values.only === 'relevance') && !(await inMemoryRelevance())) process.exitCode = 1
}

/** Fills the shop, and counts at each size on the way; at the last one alone where it was filled before. */
async function grow(bindings: Bindings, count: (size: number) => Promise<unknown>): Promise<void> {
  const from = performance.now()
  const isNew = (await bindings.DB.prepare("SELECT 1 FROM sqlite_master WHERE name = 'products'").first()) === null
  if (isNew) {
    await migrate(bindings.DB)
    await fillSearchShop(bindings)
  }
  let stand = await finishFilled(bindings)
  if (stand >= products) await count(products)
  for (const size of [...SIZES.filter((each) => each < products), products]) {
    if (size <= stand) continue
    await fillSearchProducts(bindings, { from: stand + 1, to: size, seed }, (filled) => {
      if (filled % 50_000 > 0) return
      console.log(`${filled} products after ${((performance.now() - from) / 1000).toFixed(0)} s`)
    })
    stand = size
    await count(size)
  }
}

async function inMemoryRelevance(): Promise<boolean> {
  let isMet = false
  await inMemory('bench-relevance', async (stateDir) => {
    isMet = await tellRelevance(stateDir)
  })
  return isMet
}
