import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { drainStale } from '../../src/features/listings/drain.ts'
import { markDue } from '../../src/features/listings/queries.ts'
import { drainBehind, drainDocuments } from '../../src/features/search-index/drain.ts'
import {
  documentDrift,
  entryDrift,
  indexDrift,
  spellingDrift,
  termDrift,
} from '../../src/features/search-index/drift.ts'
import { continueRebuild } from '../../src/features/search-index/rebuild.ts'
import { type Rebuild, startRebuild } from '../../src/features/search-index/rebuild-queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { q } from '../../src/platform/db/client.ts'
import type { Bindings } from '../../src/platform/env.ts'
import type { Context } from '../../src/platform/http/context.ts'
import { type Api, createApi } from './api.ts'
import { type Shop, seedShopIn } from './shop.ts'

const { MIGRATIONS, SEARCH, SEARCH_CACHE } = env as unknown as {
  MIGRATIONS: D1Migration[]
  SEARCH: D1Database
  SEARCH_CACHE: KVNamespace
}

const START = Date.UTC(2026, 5, 1)
let opened: Promise<SearchShop> | undefined

/** The one of this worker. */
export function openSearchShop(): Promise<SearchShop> {
  opened ??= applyD1Migrations(SEARCH, MIGRATIONS).then(
    async () => new SearchShop(await seedShopIn({ ...createApi().bindings, DB: SEARCH, CACHE: SEARCH_CACHE })),
  )
  return opened
}

/** A shop in a database of its own, whose whole search index can be compared, wiped and made anew. */
export class SearchShop {
  readonly database = SEARCH
  readonly clock = { now: START }
  readonly shop: Shop

  constructor(shop: Shop) {
    this.shop = shop
  }

  /** An isolate of its own, whose changes are indexed behind their answers. */
  api(bindings: Partial<Bindings> = {}): Api {
    const deps = { clock: () => new Date(this.clock.now), follow: drainBehind }
    return createApi({ deps, bindings: { DB: SEARCH, CACHE: SEARCH_CACHE, LOG_LEVEL: 'off', ...bindings } })
  }

  /** What the cron works with. */
  context(bindings: Partial<Bindings> = {}): Context {
    const api = this.api(bindings)
    return systemContext('cron', api.bindings, api.deps, () => {})
  }

  /** Until nothing is left to derive or to index. */
  async settle(): Promise<void> {
    const context = this.context()
    await context.db.commit([markDue(context.now, 10_000)])
    await drainStale(context, 1_000)
    await drainDocuments(context, 1_000)
  }

  /** Everything that the index consists of, in words: equal where two indexes are. */
  async snapshot(): Promise<Record<string, string[]>> {
    const list = async (statement: string) =>
      (await SEARCH.prepare(statement).all()).results.map((row) => Object.values(row).join(' ¦ '))
    await SEARCH.prepare(
      "CREATE VIRTUAL TABLE IF NOT EXISTS search_rows USING fts5vocab('search_index', 'instance')",
    ).run()
    return {
      documents: await list('SELECT * FROM search_documents ORDER BY product'),
      terms: await list('SELECT * FROM search_terms ORDER BY term'),
      spellings: await list('SELECT * FROM search_spellings ORDER BY spelling, term'),
      rows: await list('SELECT rowid FROM search_index ORDER BY rowid'),
      postings: await list(
        'SELECT doc, group_concat(term) FROM (SELECT doc, term FROM search_rows ORDER BY doc, term) GROUP BY doc',
      ),
    }
  }

  /** What is wrong with the index by its own rules and by what it is derived from. */
  async drift(): Promise<unknown[]> {
    const { db } = this.context()
    const found = await db.read(...[documentDrift, entryDrift, termDrift, spellingDrift].map((drift) => q.all(drift())))
    const { results } = await SEARCH.prepare('SELECT id FROM products').all<{ id: string }>()
    const drift = await indexDrift(
      { db },
      results.map(({ id }) => id),
    )
    return [...found.flat(), ...drift]
  }

  /** Leaves no trace of an index. */
  async wipe(): Promise<void> {
    const tables = ['search_documents', 'search_terms', 'search_spellings', 'search_rebuilds', 'search_index']
    await SEARCH.batch(tables.map((table) => SEARCH.prepare(`DELETE FROM ${table}`)))
  }

  async rebuild(context = this.context()): Promise<Rebuild | null> {
    await context.db.commit(startRebuild(context.now))
    return continueRebuild(context, 1_000)
  }
}
