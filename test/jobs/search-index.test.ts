import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocument } from '../../src/domain/search-document.ts'
import { prefixesOf, readWords, skuKey } from '../../src/domain/search-words.ts'
import { indexDocuments } from '../../src/features/search-index/chunk.ts'
import { drainDocuments } from '../../src/features/search-index/drain.ts'
import { listSourcesNow } from '../../src/features/search-index/queries.ts'
import { continueRebuild } from '../../src/features/search-index/rebuild.ts'
import { addSpellings, removeUnused } from '../../src/features/search-index/writes.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { type Api, createApi, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { holdNextRead, InjectedFault, withFault, withHook } from '../support/faults.ts'
import { withRecord } from '../support/query-plan.ts'
import { openSearchShop, type SearchShop } from '../support/search-shop.ts'
import { strangeTexts } from '../support/strange-texts.ts'

// CRASHES=all cuts a rebuild short at every call.
const EVERY = (testEnv() as { CRASHES?: string }).CRASHES === 'all' ? 1 : 5
// DOCUMENTS=10000 makes as many of strange texts.
const TEXTS = Number((testEnv() as { DOCUMENTS?: string }).DOCUMENTS || 2_000)

const NOTHING = {
  ...{ titles: [], vendor: '', productType: '', tags: [], options: [], categories: [] },
  ...{ descriptions: [], codes: [], shelves: [] },
}

let shop: SearchShop
let api: Api
/** The same staff, whose changes nobody indexes. */
let quiet: Api

beforeAll(async () => {
  shop = await openSearchShop()
  api = shop.api()
  quiet = createApi({ deps: { clock: () => new Date(shop.clock.now) }, bindings: { DB: shop.database } })
})
beforeEach(() => shop.settle())

const ask = () => ({ token: shop.shop.staffKey })
const post = (through: Api, path: string, body: unknown) => through.post(`/v1/admin/${path}`, body, ask())
/** A product by this title, through `through`. @returns its id. */
async function make(through: Api, title: string, fields: object = {}): Promise<string> {
  const variants = [{ sku: unique('SKU'), prices: [{ currency: 'USD', amount: 1000 }] }]
  const answer = await post(through, 'products', { title, handle: unique('p'), status: 'active', variants, ...fields })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body.id
}
const edit = (through: Api, id: string, changes: object) => through.patch(`/v1/admin/products/${id}`, changes, ask())
/** Ids of the products that have this term, the best first. */
async function having(term: string): Promise<string[]> {
  const { results } = await shop.database
    .prepare(
      `SELECT product_id FROM search_index AS i JOIN search_documents AS d ON d.entry = i.rowid
        WHERE search_index MATCH ? ORDER BY i.rowid`,
    )
    .bind(`"${term}"`)
    .all<{ product_id: string }>()
  return results.map(({ product_id }) => product_id)
}
const rows = async (statement: string, ...bound: unknown[]) =>
  (
    await shop.database
      .prepare(statement)
      .bind(...bound)
      .all()
  ).results
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length
const word = () => unique('w').replace(/[^a-z0-9]/g, '')
/** Letters alone, as words of the vocabulary are, and their own stems; few, because every one of them can be left out. */
const letters = () =>
  `w${crypto.randomUUID().slice(0, 6)}`
    .replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))
    .replaceAll('e', 'q')

describe('an entry of the search index', () => {
  it('is there right after the answer to the change, and cost it nothing', async () => {
    const name = word()
    const { body, headers } = await post(api, 'products', {
      ...{
        title: `Red ${name}`,
        status: 'active',
        variants: [{ sku: name, prices: [{ currency: 'USD', amount: 1 }] }],
      },
    })
    expect(await having(`t:${name}`)).toEqual([body.id])
    expect(await having(`k:${name}`)).toEqual([body.id])
    const without = await post(quiet, 'products', {
      ...{
        title: `Red ${name}`,
        status: 'active',
        variants: [{ sku: word(), prices: [{ currency: 'USD', amount: 1 }] }],
      },
    })
    const trips = (told: Headers) => /trips=(\d+)/.exec(told.get('Server-Timing') ?? '')?.[1]
    expect(trips(headers)).toBe(trips(without.headers))
  })

  it('is made by the cron where nobody has', async () => {
    const name = word()
    const id = await make(quiet, name)
    expect(await having(`t:${name}`)).toEqual([])
    await runScheduled(shop.context())
    expect(await having(`t:${name}`)).toEqual([id])
  })

  it('is of a product that is on sale, from its first minute to its last', async () => {
    const name = word()
    const time = (minutes: number) => new Date(shop.clock.now + minutes * 60_000).toISOString()
    const id = await make(api, name, { published_at: time(5), unpublished_at: time(10) })
    const draft = await make(api, name, { status: 'draft' })
    const seen: string[][] = []
    for (const minutes of [4, 1, 4, 1]) {
      shop.clock.now += minutes * 60_000
      await runScheduled(shop.context())
      seen.push(await having(`t:${name}`))
    }
    expect(seen).toEqual([[], [id], [id], []])
    await edit(api, draft, { status: 'active' })
    expect(await having(`t:${name}`)).toEqual([draft])
    await edit(api, draft, { status: 'archived' })
    expect(await having(`t:${name}`)).toEqual([])
  })

  it('has what the product is called in every locale, and what its category is', async () => {
    const [name, german, above, below, option] = [word(), word(), word(), word(), word()]
    const parent = (await post(api, 'categories', { title: above })).body.id
    const category = (await post(api, 'categories', { title: 'Leaf', parent_id: parent })).body.id
    const variants = [{ sku: word(), options: { Color: 'Red' }, prices: [{ currency: 'USD', amount: 1 }] }]
    const id = await make(api, name, { category_id: category, options: ['Color'], variants })
    await api.patch(
      `/v1/admin/products/${id}/translations/de`,
      { title: german, options: { Color: { values: { Red: option } } } },
      ask(),
    )
    await api.patch(`/v1/admin/categories/${parent}/translations/de`, { title: below }, ask())
    for (const term of [`t:${name}`, `t:${german}`, `n:${above}`, `n:${below}`, `n:${option}`, `w:${german}`]) {
      expect(await having(term), term).toEqual([id])
    }
    const renamed = word()
    await api.patch(`/v1/admin/categories/${parent}`, { title: renamed }, ask())
    expect([await having(`n:${above}`), await having(`n:${renamed}`)]).toEqual([[], [id]])
  })

  it('is not written where nothing that is found has changed', async () => {
    const id = await make(api, word())
    const written = async () => {
      const context = shop.context()
      await drainDocuments(context, 1)
      return context.meter.rowsWritten
    }
    await edit(quiet, id, { seo: { title: 'New', description: 'New' } })
    expect(await written()).toBe(1)
    await edit(quiet, id, { vendor: word() })
    expect(await written()).toBeGreaterThan(5)
  })

  it('waits for the next batch where one would be too large', async () => {
    const words = (length: number) => Array.from({ length }, letters)
    const titles = Array.from({ length: 20 }, () => words(16).join(' '))
    await Promise.all(titles.map((each) => make(quiet, each, { tags: words(20) })))
    const commits = await indexDocuments(shop.context(), { limit: 100 })
    expect(commits?.done).toBeLessThan(titles.length)
    await drainDocuments(shop.context(), 10)
    for (const each of titles) expect(await having(`t:${each.split(' ').at(-1)}`)).toHaveLength(1)
    expect(await shop.drift()).toEqual([])
  })

  it('is made of rows and parameters of less than 2 MB, which D1 takes, however much is translated and however long words are', async () => {
    const id = await make(quiet, word())
    const value = (number: number) => `${number} ${'漢'.repeat(80)}`
    const values = Object.fromEntries(Array.from({ length: 800 }, (_, number) => [value(number), value(number)]))
    const fields = JSON.stringify({ descriptionHtml: '字'.repeat(50_000), options: { Color: { values } } })
    await rows(
      `INSERT INTO translations (subject_id, locale, fields, updated_at)
        SELECT ?, 'x' || value, ?, 0 FROM json_each(?)`,
      ...[id, fields, JSON.stringify(Array.from({ length: 20 }, (_, locale) => locale))],
    )
    const [[row]] = await shop.context().db.read(listSourcesNow([id]))
    expect(bytes(row)).toBeGreaterThan(100_000)
    expect(bytes(row)).toBeLessThan(2_000_000)
    await rows('DELETE FROM translations WHERE subject_id = ?', id)
    const sizes: number[] = []
    const record = withRecord(shop.database, ({ params }) => sizes.push(...params.map(bytes)))
    const long = Array.from({ length: 400 }, () => letters().slice(0, 6) + 'ჱ'.repeat(8))
    await shop.context({ DB: record }).db.commit([...addSpellings(long), ...removeUnused(long)])
    expect(Math.max(...sizes)).toBeGreaterThan(100_000)
    expect(Math.max(...sizes)).toBeLessThan(2_000_000)
    await rows("DELETE FROM search_spellings WHERE term LIKE '%ჱ'")
  })

  it('comes before those that sell less', async () => {
    const name = word()
    const ids = [await make(api, name), await make(api, name), await make(api, name)]
    for (const [index, units] of [3, 200, 40].entries()) {
      await rows('INSERT INTO product_sales (product_id, units) VALUES (?, ?)', ids[index], units)
      await rows('INSERT INTO stale_listings (product_id) VALUES (?)', ids[index])
    }
    await shop.settle()
    expect(await having(`t:${name}`)).toEqual([ids[1], ids[2], ids[0]])
  })
})

describe('whatever is searched for', () => {
  it('is a query that FTS5 can read', async () => {
    const queries = strangeTexts(TEXTS).map((text) => {
      const words = readWords(text)
      const either = words.map(({ raw, stem }) => `("n:${stem}" OR "p:${raw}")`)
      return [...either, `"k:${skuKey(text)}"`].join(' AND ')
    })
    const [row] = await rows(
      `SELECT count(*) AS found FROM json_each(?) AS j
        WHERE EXISTS (SELECT 1 FROM search_index WHERE search_index MATCH j.value)`,
      JSON.stringify(queries),
    )
    expect(row).toEqual({ found: 0 })
  })

  it('is found again in an entry made of it', async () => {
    const texts = strangeTexts(TEXTS).filter((text) => readWords(text).some(({ extra }) => !extra))
    const entries = texts.map((text, index) => {
      const { terms } = makeDocument({ ...NOTHING, titles: [text] })
      const query = readWords(text).map(({ stem, raw }) => `"t:${stem}" AND "p:${prefixesOf(raw).at(-1)}"`)
      return [index + 1, terms, query.join(' AND ')]
    })
    await rows(
      "CREATE VIRTUAL TABLE fuzz USING fts5 (terms, content = '', contentless_delete = 1, detail = none, tokenize = \"ascii tokenchars ':'\")",
    )
    const json = JSON.stringify(entries)
    await rows('INSERT INTO fuzz (rowid, terms) SELECT value ->> 0, value ->> 1 FROM json_each(?)', json)
    const lost = await rows(
      `SELECT value ->> 1 AS terms, value ->> 2 AS query FROM json_each(?)
        WHERE NOT EXISTS (SELECT 1 FROM fuzz WHERE fuzz MATCH value ->> 2 AND rowid = value ->> 0) LIMIT 3`,
      json,
    )
    await rows('DROP TABLE fuzz')
    expect(lost).toEqual([])
  })
})

describe('two that index at once', () => {
  it('never put an older state over a newer one, even where the mark has gone and come again', async () => {
    const [first, second] = [word(), word()]
    const id = await make(quiet, first)
    const slow = holdNextRead(shop.database)
    slow.arm()
    const outdated = indexDocuments(shop.context({ DB: slow.database }), { productIds: [id] })
    await slow.caught
    // While it holds what it has read, others index that state and the next.
    await drainDocuments(shop.context(), 10)
    await edit(quiet, id, { title: second })
    slow.release()
    await outdated
    await drainDocuments(shop.context(), 10)
    expect([await having(`t:${first}`), await having(`t:${second}`)]).toEqual([[], [id]])
  })

  it('leave a word with its spellings, whoever takes it away and brings it back', async () => {
    const name = letters()
    const [leaving, coming] = [await make(api, name), await make(quiet, 'Other')]
    await edit(quiet, coming, { title: name })
    let calls = 0
    const hooked = withHook(shop.database, async () => {
      calls += 1
      // It has read that the word is known; by its commit nobody has it.
      if (calls !== 3) return
      await edit(quiet, leaving, { title: 'Gone' })
      await indexDocuments(shop.context(), { productIds: [leaving] })
      expect(await rows('SELECT * FROM search_spellings WHERE term = ?', name)).toEqual([])
    })
    await indexDocuments(shop.context({ DB: hooked }), { productIds: [coming] })
    expect(calls).toBeGreaterThan(3)
    expect(await rows('SELECT documents FROM search_terms WHERE term = ?', name)).toEqual([{ documents: 1 }])
    expect(await rows('SELECT 1 FROM search_spellings WHERE term = ?', name)).not.toEqual([])
    expect(await shop.drift()).toEqual([])
  })

  it('take a word out of the vocabulary where each takes one of its last two products', async () => {
    const name = letters()
    const ids = [await make(api, name), await make(api, name)]
    for (const id of ids) await edit(quiet, id, { title: 'Gone' })
    await Promise.all(ids.map((id) => indexDocuments(shop.context({ D1_LATENCY_MS: '0-5' }), { productIds: [id] })))
    expect(await rows('SELECT * FROM search_terms WHERE term = ?', name)).toEqual([])
    expect(await rows('SELECT * FROM search_spellings WHERE term = ?', name)).toEqual([])
    expect(await shop.drift()).toEqual([])
  })
})

describe('making the index anew', () => {
  const rebuild = (body: object = {}, key?: string) =>
    api.post('/v1/admin/search/rebuild', body, { ...ask(), ...(key ? { key } : {}) })

  /** As the script does. */
  async function finish() {
    for (let calls = 0; calls < 20; calls += 1) {
      const { body } = await rebuild()
      if (body.finished) return body
    }
    throw new Error('the rebuild does not come to an end')
  }

  it('is started once by one key, told step by step, and finished', async () => {
    await make(api, word())
    const key = crypto.randomUUID()
    const started = await rebuild({ steps: 0 }, key)
    expect(started.body).toMatchObject({ done: 0, phase: 'documents', finished: false, finished_at: null })
    shop.clock.now += 1000
    expect((await rebuild({ steps: 0 }, key)).body).toEqual(started.body)
    const body = await finish()
    expect(body).toMatchObject({ done: body.total, finished: true, started_at: started.body.started_at })
    expect((await rebuild({ steps: 0 })).body).toMatchObject({ done: 0, finished: false })
    for (let minute = 0; minute < 10; minute += 1) await continueRebuild(shop.context(), 5)
    expect(await continueRebuild(shop.context(), 0)).toMatchObject({ phase: 'finished' })
    expect(await rows("SELECT count(*) AS started FROM audit_log WHERE action = 'search.rebuild_started'")).toEqual([
      { started: 2 },
    ])
  })

  it('fills an index that is gone, as one that was put back without its rows', async () => {
    for (let index = 0; index < 3; index += 1) await make(api, `${word()} ${letters()}`)
    const whole = await shop.snapshot()
    await rows('DELETE FROM search_index')
    await shop.rebuild()
    expect(await shop.snapshot()).toEqual(whole)
    await shop.wipe()
    await shop.rebuild()
    expect(await shop.snapshot()).toEqual(whole)
  })

  it('sweeps out what belongs to nothing, and spells what is not spelt', async () => {
    const name = letters()
    await make(api, name)
    const whole = await shop.snapshot()
    await rows("INSERT INTO search_index (rowid, terms) VALUES (7, 't:stray')")
    await rows("INSERT INTO search_spellings VALUES ('stra', 'stray')")
    await rows('INSERT INTO search_spellings VALUES (?, ?)', 'older rules', name)
    await rows('DELETE FROM search_spellings WHERE spelling = ?', name.slice(1))
    await rows("UPDATE search_documents SET digest = 'old', title = 'old'")
    const { results } = await shop.database.prepare('SELECT id FROM products LIMIT 1').all<{ id: string }>()
    await rows("INSERT INTO search_documents VALUES (4294967295, 'prod_gone', 9, '| gone |', 1, '[]', '')")
    expect(results).toHaveLength(1)
    await shop.rebuild()
    await rows("DELETE FROM search_documents WHERE product_id = 'prod_gone'")
    expect(await shop.snapshot()).toEqual(whole)
  })

  it('goes on where it was cut short, at any call, and loses no edit made meanwhile', async () => {
    const names = Array.from({ length: 4 }, word)
    const ids = await Promise.all(names.map((name) => make(api, name)))
    for (let call = 1, struck = true; struck; call += EVERY) {
      struck = false
      await rows('DELETE FROM search_rebuilds')
      const { database } = withFault(shop.database, { call, when: call % 2 === 0 ? 'before' : 'after' })
      const cut = shop.rebuild(shop.context({ DB: database })).catch((error) => {
        if (!(error instanceof InjectedFault)) throw error
        struck = true
      })
      const title = word()
      const id = ids[call % ids.length] ?? ''
      await edit(quiet, id, { title })
      await cut
      // The script or the cron: a new Worker.
      await finish()
      await drainDocuments(shop.context(), 10)
      expect(await having(`t:${title}`)).toEqual([id])
    }
    expect(await shop.drift()).toEqual([])
  })
})
