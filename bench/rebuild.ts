// npm run bench:rebuild: what the search index costs to make, and to make anew while the shop is edited and searched.
// --products 10000 --seed 1 as they are.

import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { compatibilityDate } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import { defaultDeps } from '../src/app.ts'
import { relistProducts } from '../src/features/listings/relist.ts'
import { INDEXED_AT_ONCE, indexDocuments } from '../src/features/search-index/chunk.ts'
import { drainDocuments } from '../src/features/search-index/drain.ts'
import { indexDrift, termDrift } from '../src/features/search-index/drift.ts'
import { toEntry, toTitles } from '../src/features/search-index/entry.ts'
import { listCategoryTitlesNow, listSourcesNow } from '../src/features/search-index/queries.ts'
import { continueRebuild } from '../src/features/search-index/rebuild.ts'
import { findRebuild, startRebuild } from '../src/features/search-index/rebuild-queries.ts'
import { systemContext } from '../src/jobs/context.ts'
import { q } from '../src/platform/db/client.ts'
import type { Bindings } from '../src/platform/env.ts'
import type { Context } from '../src/platform/http/context.ts'
import { GENERATED_NOW } from './catalog/generated.ts'
import { inMemory } from './rig/memory.ts'
import { migrate, serveWorkers } from './rig/servers.ts'
import { fillSearchProducts, fillSearchShop } from './search/fill.ts'

const { values } = parseArgs({
  options: { products: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
})
const products = Number(values.products)
const seed = Number(values.seed)
const deps = defaultDeps({ clock: () => new Date(GENERATED_NOW) })
const VARS = { STAGE: 'dev', LOG_LEVEL: 'error', RATE_LIMITS: 'off' }
const IDLE = 'export default { fetch: () => new Response() }'

await inMemory('bench-rebuild', async (stateDir) => {
  const { miniflare } = await serveWorkers([{ name: 'shop', code: IDLE }], await compatibilityDate(), stateDir)
  try {
    await measure({
      ...((await miniflare.getBindings('shop')) as unknown as Bindings),
      ...VARS,
      SESSION_KEYS: await makeSessionKeys(),
    })
  } finally {
    await miniflare.dispose()
  }
})

async function measure(bindings: Bindings): Promise<void> {
  const { DB } = bindings
  const open = () => systemContext('bench', bindings, deps, () => {})
  const one = async (statement: string) => Object.values((await DB.prepare(statement).first()) ?? {})[0] as number
  await migrate(DB)
  await fillSearchShop(bindings)
  const filling = performance.now()
  await fillSearchProducts(bindings, { from: 1, to: products, seed })
  tell('shop filled, lists and index', `${seconds(filling)} s`)

  const ids = (
    await DB.prepare('SELECT product_id AS id FROM search_documents ORDER BY product_id').all<{ id: string }>()
  ).results.map(({ id }) => id)
  await timeTerms(open(), ids.slice(0, 1000))
  const documents = ids.length
  const bytes = async (name: string) =>
    await one(`SELECT sum(pgsize) FROM dbstat WHERE name = '${name}'`).catch(() => Number.NaN)
  tell('documents', documents)
  for (const name of [
    'search_index_data',
    'search_index_docsize',
    'search_documents',
    'search_terms',
    'search_spellings',
  ]) {
    const size =
      name === 'search_index_data' ? await one('SELECT sum(length(block)) FROM search_index_data') : await bytes(name)
    if (!Number.isNaN(size)) tell(`${name}, bytes a document`, Math.round(size / documents))
  }
  tell(
    'words of the vocabulary, spellings',
    `${await one('SELECT count(*) FROM search_terms')}, ${await one('SELECT count(*) FROM search_spellings')}`,
  )

  const context = open()
  await DB.prepare(
    'INSERT INTO stale_documents (product_id, revision, forced) SELECT product_id, 1, 1 FROM search_documents LIMIT 1000',
  ).run()
  const forced = performance.now()
  for (let chunk = 0; chunk < 1000 / INDEXED_AT_ONCE; chunk += 1)
    await indexDocuments(context, { limit: INDEXED_AT_ONCE })
  const { trips, rowsRead, rowsWritten } = context.meter
  tell(
    'a chunk of 100 written again',
    `${((performance.now() - forced) / 10).toFixed(0)} ms, ${trips / 10} trips, ${rowsRead / 10} read, ${rowsWritten / 10} written`,
  )

  await rebuildWhileEdited(open, ids)
}

/** The rebuild in steps, beside edits that are indexed as a request would, and searches that must find what stands. */
async function rebuildWhileEdited(open: () => Context, ids: readonly string[]): Promise<void> {
  const context = open()
  await context.db.commit(startRebuild(context.now))
  const started = performance.now()
  const slowest = { step: 0, search: 0 }
  const wanted = new Map<string, string>()
  let [searches, lost] = [0, 0]
  for (let round = 0; ; round += 1) {
    const step = performance.now()
    const rebuild = await continueRebuild(context, 1)
    slowest.step = Math.max(slowest.step, performance.now() - step)
    const other = open()
    const id = ids[(round * 7919) % ids.length] ?? ''
    const word = `edited${round}`
    wanted.set(id, word)
    await other.db.commit([
      q.run(sql.raw(`UPDATE products SET title = '${word}', version = version + 1 WHERE id = '${id}'`)),
      ...relistProducts([id], other.now),
    ])
    await drainDocuments(other, 1, [id])
    const search = performance.now()
    const [found] = await other.db.read(
      q.all<{ entry: number }>(
        sql.raw(`SELECT rowid AS entry FROM search_index WHERE search_index MATCH '"t:${word}"'`),
      ),
    )
    slowest.search = Math.max(slowest.search, performance.now() - search)
    searches += 1
    if (found.length !== 1) lost += 1
    if (rebuild?.phase === 'finished') break
  }
  const { trips, rowsRead, rowsWritten } = context.meter
  tell('rebuild', `${seconds(started)} s, ${trips} trips, ${rowsRead} read, ${rowsWritten} written`)
  tell('slowest step, slowest search', `${slowest.step.toFixed(0)} ms, ${slowest.search.toFixed(0)} ms`)
  tell('edits meanwhile, not found right after', `${searches}, ${lost}`)
  const [[rebuild], terms] = await context.db.read(findRebuild(), q.all(termDrift()))
  // Every term of theirs is looked up: a few products a trip.
  const drift: string[] = []
  const last = [...wanted.keys()].slice(-200)
  for (let from = 0; from < last.length; from += 10)
    drift.push(...(await indexDrift(context, last.slice(from, from + 10))))
  tell('finished, words counted wrong, edits lost', `${rebuild?.phase}, ${terms.length}, ${drift.length}`)
}

async function timeTerms(context: Context, ids: readonly string[]): Promise<void> {
  const [rows, titles] = await context.db.read(listSourcesNow(ids), listCategoryTitlesNow(ids))
  const categories = toTitles(titles)
  for (const row of rows) toEntry(row, categories)
  const from = performance.now()
  for (const row of rows) toEntry(row, categories)
  tell('making the terms of a document', `${(((performance.now() - from) / rows.length) * 1000).toFixed(0)} µs`)
  const lengths = rows.map((row) => toEntry(row, categories)?.terms.length ?? 0)
  tell('letters of terms a document', Math.round(lengths.reduce((sum, length) => sum + length, 0) / rows.length))
}

function seconds(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(1)
}

function tell(what: string, value: string | number): void {
  console.log(`${what.padEnd(44)} ${value}`)
}
