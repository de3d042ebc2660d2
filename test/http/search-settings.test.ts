import { describe, expect, it } from 'vitest'
import { MAX_ALTERNATIVES, MAX_SYNONYMS } from '../../src/domain/synonym.ts'
import { drainBehind } from '../../src/features/search-index/drain.ts'
import { rederiveSettings } from '../../src/features/search-settings/rederive.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { createApi, makeProduct, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withHook } from '../support/faults.ts'
import { countRows, expectRefusal, pointersOf } from '../support/refusals.ts'
import { asStaff, trailOf } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const mint = createMint(new Date(), cryptoRandom)
const SYNONYMS = '/v1/admin/search/synonyms'
const PINS = '/v1/admin/search/pins'

/** One word that no other test has: of letters, and in the singular. */
const word = () =>
  `${unique('w')
    .replaceAll('-', '')
    .replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')}k`

async function rows<Row>(sql: string, ...values: unknown[]): Promise<Row[]> {
  const { results } = await testEnv()
    .DB.prepare(sql)
    .bind(...values)
    .all<Row>()
  return results
}

/** What a search for `phrase` also asks for. */
async function alternativesOf(phrase: string): Promise<string[]> {
  const sql = 'SELECT alternative FROM search_synonym_phrases WHERE phrase = ? ORDER BY alternative'
  const found = await rows<{ alternative: string }>(sql, phrase)
  return found.map(({ alternative }) => (JSON.parse(alternative) as string[]).join(' '))
}

/** The products that come first in a search for `phrase`. */
async function pinnedTo(phrase: string): Promise<string[]> {
  const sql = 'SELECT product_id AS id FROM search_pinned_products WHERE phrase = ? ORDER BY position'
  return (await rows<{ id: string }>(sql, phrase)).map(({ id }) => id)
}

const generation = async () => (await rows<{ value: number }>('SELECT value FROM generations'))[0]?.value ?? 0

/** Drafts, made once: they may be pinned before they are on sale, and pins leave products as they are. */
let drafts: Promise<string[]> | undefined
async function someDrafts(count: number): Promise<string[]> {
  const make = async () =>
    (await staff.post('/v1/admin/products', { title: unique('Draft'), variants: [{ sku: unique('S'), prices: [] }] }))
      .id
  drafts ??= Promise.all([make(), make(), make(), make()])
  return (await drafts).slice(0, count)
}

/** The ids of a list from its first page to its last. */
async function walk(path: string): Promise<string[]> {
  const ids: string[] = []
  let cursor = ''
  do {
    const page = await staff.get(`${path}?limit=${cursor ? 50 : 1}${cursor}`)
    ids.push(...page.data.map(({ id }: { id: string }) => id))
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
  } while (cursor !== '')
  return ids
}

describe('a synonym', () => {
  it('is made, read, listed, changed and removed, with versions, and leaves a trail', async () => {
    const [sofa, couch, settee] = [word(), word(), word()]
    const created = await staff.try('post', SYNONYMS, { words: [sofa, couch] })
    expect(created).toMatchObject({
      status: 201,
      body: { kind: 'equivalent', input: null, words: [sofa, couch], version: 1 },
    })
    const path = `${SYNONYMS}/${created.body.id}`
    expect(created.headers.get('Location')).toBe(path)
    expect(await staff.get(path)).toEqual(created.body)
    const changed = await staff.try('patch', path, { words: [sofa, settee] }, { ifMatch: '"1"' })
    expect(changed).toMatchObject({ status: 200, body: { words: [sofa, settee], version: 2 } })
    const same = await staff.patch(path, { words: [sofa, settee] })
    expect(same.version, 'what changes nothing keeps the version').toBe(2)
    expectRefusal(await staff.try('patch', path, { words: [sofa, couch] }, { ifMatch: '"1"' }), 412, 'an old version')
    const ids = await walk(SYNONYMS)
    expect(ids).toEqual([...new Set(ids)].sort().reverse())
    expect(ids).toContain(created.body.id)
    expectRefusal(await staff.tryDelete(path, { ifMatch: '"1"' }), 412, 'an old version')
    expect((await staff.tryDelete(path, { ifMatch: '"2"' })).status).toBe(204)
    expect(await staff.tryDelete(path)).toMatchObject({ status: 404, body: { code: 'synonym_not_found' } })
    expectRefusal(await staff.try('patch', `${SYNONYMS}/${mint('synonym')}`, {}), 404, 'never was')
    expect(await trailOf(created.body.id)).toEqual(['synonym.created', 'synonym.updated', 'synonym.deleted'])
  })

  it('is what searches read from the commit on, until it is changed or removed', async () => {
    const [sofa, couch, settee] = [word(), word(), word()]
    const before = await generation()
    const { id } = await staff.post(SYNONYMS, { words: [`${sofa.toUpperCase()}!`, `Big  ${couch}`] })
    expect(await generation(), 'answers of before are out of date').toBe(before + 1)
    expect(await alternativesOf(sofa)).toEqual([`big ${couch}`])
    expect(await alternativesOf(`big ${couch}`)).toEqual([sofa])
    await staff.patch(`${SYNONYMS}/${id}`, { kind: 'one_way', input: sofa, words: [couch, settee] })
    expect(await alternativesOf(sofa)).toEqual([couch, settee].sort())
    expect(await alternativesOf(couch)).toEqual([])
    expect(await alternativesOf(`big ${couch}`)).toEqual([])
    const back = await staff.patch(`${SYNONYMS}/${id}`, { kind: 'equivalent' })
    expect(back, 'an equivalent one has no input').toMatchObject({ input: null, words: [couch, settee] })
    expect(await alternativesOf(sofa)).toEqual([])
    expect(await alternativesOf(settee)).toEqual([couch])
    const other = await staff.post(SYNONYMS, { words: [settee, couch] })
    expect(await alternativesOf(settee), 'each synonym has rows of its own').toEqual([couch, couch])
    await staff.delete(`${SYNONYMS}/${id}`)
    expect(await alternativesOf(settee)).toEqual([couch])
    await staff.delete(`${SYNONYMS}/${other.id}`)
    expect(await alternativesOf(settee)).toEqual([])
  })

  it('is made once by a request that is sent again, and not at all by another body of its key', async () => {
    const key = crypto.randomUUID()
    const body = { words: [word(), word()] }
    const first = await staff.try('post', SYNONYMS, body, { key })
    const second = await staff.try('post', SYNONYMS, body, { key })
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('Idempotent-Replayed')).toBe('true')
    expect(await rows('SELECT 1 FROM search_synonyms WHERE id = ?', first.body.id)).toHaveLength(1)
    expectRefusal(await staff.try('post', SYNONYMS, { words: [word(), word()] }, { key }), 422, 'another body')
  })

  it('keeps every letter that staff wrote, and is searched for by what it says', async () => {
    const own = word()
    const cases: [text: string, phrase: string][] = [
      [`'); DROP TABLE ${own}; --`, `drop table ${own}`],
      [`"${own}" OR "a*"`, `${own} or a`],
      [`👗 ${own} 👗`, own],
      [`${own} 連衣裙`, `${own} 連衣 衣裙`],
      [`${own} <b>&amp;`, `${own} b amp`],
      [`${own}\u202e\\%_`, own],
    ]
    for (const [text, phrase] of cases) {
      const other = word()
      const { id } = await staff.post(SYNONYMS, { kind: 'one_way', input: text, words: [other] })
      expect(await staff.get(`${SYNONYMS}/${id}`)).toMatchObject({ input: text, words: [other] })
      expect(await alternativesOf(phrase), text).toContain(other)
    }
  })

  it('of text that no keyboard makes is refused, or reads back as it was sent and is searched for', async () => {
    for (const odd of ['\u0000', '\ud800', '\ufeff', '\u200d', '\u0301', '\u202e', '\r\n', '"', '%', ' : ']) {
      const [first, last, other] = [word(), word(), word()]
      const text = `${first} ${odd} ${last}`
      const answer = await staff.try('post', SYNONYMS, { kind: 'one_way', input: text, words: [other] })
      if (answer.status !== 201) {
        expectRefusal(answer, 422, JSON.stringify(odd))
        continue
      }
      const { input } = await staff.get(`${SYNONYMS}/${answer.body.id}`)
      expect(JSON.stringify(input)).toBe(JSON.stringify(text))
      expect(await alternativesOf(`${first} ${last}`), JSON.stringify(odd)).toEqual([other])
    }
  })

  it('says where it breaks the contract, and then writes nothing', async () => {
    const [a, b] = [word(), word()]
    const { id } = await staff.post(SYNONYMS, { words: [a, b] })
    const before = await countRows()
    const cases: [pointer: string, body: object][] = [
      ['/words', {}],
      ['/words', { words: [] }],
      ['/words', { words: [a] }],
      ['/words', { words: Array.from({ length: 21 }, word) }],
      ['/words', { words: 'sofa' }],
      ['/words/1', { words: [a, ''] }],
      ['/words/1', { words: [a, '  '] }],
      ['/words/1', { words: [a, 7] }],
      ['/words/1', { words: [a, 'x'.repeat(10_000)] }],
      ['/words/1', { words: [a, '🎉'] }],
      ['/words/1', { words: [a, 'one two three four five six'] }],
      ['/words/2', { words: [a, b, `${a.toUpperCase()}.`] }],
      ['/input', { words: [a, b], input: 'c' }],
      ['/input', { words: [a], kind: 'one_way' }],
      ['/input', { words: [a], kind: 'one_way', input: '?' }],
      ['/words/0', { words: [a], kind: 'one_way', input: a }],
      ['/kind', { words: [a, b], kind: 'both' }],
      ['/phrase', { words: [a, b], phrase: 'x' }],
    ]
    for (const [pointer, body] of cases) {
      const answer = await staff.try('post', SYNONYMS, body)
      expectRefusal(answer, 422, JSON.stringify(body).slice(0, 200))
      expect(pointersOf(answer), JSON.stringify(body).slice(0, 200)).toEqual([pointer])
    }
    expect(pointersOf(await staff.try('patch', `${SYNONYMS}/${id}`, { kind: 'one_way' }))).toEqual(['/input'])
    expect(pointersOf(await staff.try('patch', `${SYNONYMS}/${id}`, { words: [a, a] }))).toEqual(['/words/1'])
    expect(pointersOf(await staff.try('patch', `${SYNONYMS}/${id}`, { words: [b] }))).toEqual(['/words'])
    expect(await countRows()).toEqual(before)
  })

  it('never makes a search ask for more than it can: a phrase has so many alternatives by all synonyms', async () => {
    const [hub, last] = [word(), word()]
    const many = (count: number) => Array.from({ length: count }, word)
    const oneWay = (words: string[]) => ({ kind: 'one_way', input: hub, words })
    for (let left = MAX_ALTERNATIVES - 1; left > 0; left -= 20) {
      await staff.post(SYNONYMS, oneWay(many(Math.min(left, 20))))
    }
    const { id } = await staff.post(SYNONYMS, oneWay([last]))
    const before = await countRows()
    expect(pointersOf(await staff.try('post', SYNONYMS, { words: [word(), hub] }))).toEqual(['/words'])
    expect(pointersOf(await staff.try('patch', `${SYNONYMS}/${id}`, { words: [last, word()] }))).toEqual(['/words'])
    expect(await countRows()).toEqual(before)
    expect(await alternativesOf(hub)).toHaveLength(MAX_ALTERNATIVES)
    expect((await staff.try('post', SYNONYMS, { kind: 'one_way', input: word(), words: [hub] })).status).toBe(201)
  })

  it('is one of at most so many of a shop', async () => {
    const { DB } = testEnv()
    const [{ count } = { count: 0 }] = await rows<{ count: number }>('SELECT count(*) AS count FROM search_synonyms')
    const fill = `INSERT INTO search_synonyms (id, kind, words, version, created_at, updated_at)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      SELECT 'full_' || i, 'equivalent', '[]', 1, 0, 0 FROM n`
    try {
      await DB.prepare(fill)
        .bind(MAX_SYNONYMS - 1 - count)
        .run()
      const { id } = await staff.post(SYNONYMS, { words: [word(), word()] })
      const answer = await staff.try('post', SYNONYMS, { words: [word(), word()] })
      expectRefusal(answer, 422, 'one too many')
      expect(pointersOf(answer)).toEqual(['/'])
      const changed = await staff.patch(`${SYNONYMS}/${id}`, { words: [word(), word()] })
      expect(changed.version, 'those that are there are changed as before').toBe(2)
    } finally {
      await DB.prepare("DELETE FROM search_synonyms WHERE id GLOB 'full_*'").run()
    }
  })

  it('that many change at the same time is what one of them made of it, with the rows of that one', async () => {
    const own = word()
    const { id } = await staff.post(SYNONYMS, { kind: 'one_way', input: own, words: [word()] })
    const wanted = Array.from({ length: 4 }, () => ({ words: [word(), word()] }))
    const answers = await Promise.all(wanted.map((body) => staff.try('patch', `${SYNONYMS}/${id}`, body)))
    const statuses = answers.map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set(statuses.includes(412) ? [200, 412] : [200]))
    const { words, version } = await staff.get(`${SYNONYMS}/${id}`)
    expect(version).toBe(1 + statuses.filter((status) => status === 200).length)
    expect(await alternativesOf(own)).toEqual([...words].sort())
  })
})

describe('what searches read of synonyms and pins', () => {
  const context = (bindings = testEnv()) => systemContext('test', bindings, api.deps, () => {})

  /** As if words had been read otherwise when these were written. */
  async function spoil(synonymId: string, pinId: string) {
    const { DB } = testEnv()
    await DB.batch([
      DB.prepare("UPDATE search_synonym_phrases SET phrase = 'old ' || phrase WHERE synonym_id = ?").bind(synonymId),
      DB.prepare(
        'DELETE FROM search_pinned_products WHERE phrase = (SELECT phrase FROM search_pins WHERE id = ?)',
      ).bind(pinId),
      DB.prepare("UPDATE search_pins SET phrase = 'old ' || phrase WHERE id = ?").bind(pinId),
      DB.prepare(`INSERT INTO search_pinned_products SELECT s.phrase, j.value, j.key
        FROM search_pins AS s, json_each(s.product_ids) AS j WHERE s.id = ?`).bind(pinId),
    ])
  }

  it('is made anew where words are read otherwise since, and is not touched where it is right', async () => {
    const [sofa, couch, gift] = [word(), word(), word()]
    const products = await someDrafts(2)
    const synonym = await staff.post(SYNONYMS, { words: [sofa, couch] })
    const pin = await staff.post(PINS, { query: gift, product_ids: products })
    await rederiveSettings(context())
    await spoil(synonym.id, pin.id)
    expect(await pinnedTo(gift)).toEqual([])
    expect(await rederiveSettings(context())).toBe(2)
    expect(await alternativesOf(sofa)).toEqual([couch])
    expect(await alternativesOf(`old ${sofa}`)).toEqual([])
    expect(await pinnedTo(gift)).toEqual(products)
    expect(await pinnedTo(`old ${gift}`)).toEqual([])
    const before = await generation()
    expect(await rederiveSettings(context())).toBe(0)
    expect(await generation()).toBe(before)
    expect(await staff.get(`${SYNONYMS}/${synonym.id}`)).toEqual(synonym)
    expect(await staff.get(`${PINS}/${pin.id}`)).toEqual(pin)
  })

  it('is made anew by a rebuild of the index', async () => {
    const [sofa, couch] = [word(), word()]
    const products = await someDrafts(1)
    const synonym = await staff.post(SYNONYMS, { words: [sofa, couch] })
    await spoil(synonym.id, (await staff.post(PINS, { query: word(), product_ids: products })).id)
    await testEnv().DB.prepare('DELETE FROM search_rebuilds').run()
    await staff.post('/v1/admin/search/rebuild', { steps: 1 })
    expect(await alternativesOf(sofa)).toEqual([couch])
    await testEnv().DB.prepare('DELETE FROM search_rebuilds').run()
  })

  it('is what staff have changed it to meanwhile', async () => {
    const [sofa, couch, settee, gift, present] = [word(), word(), word(), word(), word()]
    const products = await someDrafts(2)
    const synonym = await staff.post(SYNONYMS, { words: [sofa, couch] })
    const pin = await staff.post(PINS, { query: gift, product_ids: products })
    await spoil(synonym.id, pin.id)
    let edited = false
    const edit = async () => {
      if (edited) return
      edited = true
      await staff.patch(`${SYNONYMS}/${synonym.id}`, { words: [sofa, settee] })
      await staff.patch(`${PINS}/${pin.id}`, { query: present })
    }
    await rederiveSettings(
      context({ ...testEnv(), DB: withHook(testEnv().DB, (call) => (call === 2 ? edit() : undefined)) }),
    )
    expect(edited).toBe(true)
    expect(await alternativesOf(sofa)).toEqual([settee])
    expect(await alternativesOf(couch)).toEqual([])
    expect(await pinnedTo(gift)).toEqual([])
    expect(await pinnedTo(present)).toEqual(products)
  })

  it('is left to the other pin where two have become one', async () => {
    const gift = word()
    const [one = '', two = ''] = await someDrafts(2)
    const pin = await staff.post(PINS, { query: gift, product_ids: [one] })
    await spoil((await staff.post(SYNONYMS, { words: [word(), word()] })).id, pin.id)
    const other = await staff.post(PINS, { query: gift, product_ids: [two] })
    await rederiveSettings(context())
    expect(await pinnedTo(gift)).toEqual([two])
    await staff.delete(`${PINS}/${other.id}`)
    await rederiveSettings(context())
    expect(await pinnedTo(gift)).toEqual([one])
  })
})

describe('a pin', () => {
  it('is made, read, listed, changed and removed, with versions, and leaves a trail', async () => {
    const [one, two, three] = await someDrafts(3)
    const own = word()
    const before = await generation()
    const created = await staff.try('post', PINS, { query: `Red ${own}`, product_ids: [two, one] })
    expect(created).toMatchObject({
      status: 201,
      body: { query: `Red ${own}`, product_ids: [two, one], version: 1 },
    })
    expect(await generation()).toBe(before + 1)
    expect(await pinnedTo(`red ${own}`)).toEqual([two, one])
    const path = `${PINS}/${created.body.id}`
    expect(created.headers.get('Location')).toBe(path)
    expect(await staff.get(path)).toEqual(created.body)
    const changed = await staff.try('patch', path, { product_ids: [three, two] }, { ifMatch: '"1"' })
    expect(changed).toMatchObject({ status: 200, body: { product_ids: [three, two], version: 2 } })
    expect(await pinnedTo(`red ${own}`)).toEqual([three, two])
    expectRefusal(await staff.try('patch', path, { product_ids: [one] }, { ifMatch: '"1"' }), 412, 'an old version')
    const moved = await staff.patch(path, { query: `${own}  BLUE` })
    expect(moved).toMatchObject({ query: `${own}  BLUE`, product_ids: [three, two], version: 3 })
    expect(await pinnedTo(`red ${own}`)).toEqual([])
    expect(await pinnedTo(`${own} blue`)).toEqual([three, two])
    expect((await staff.patch(path, { query: `${own}  BLUE` })).version).toBe(3)
    const ids = await walk(PINS)
    expect(ids).toEqual([...new Set(ids)].sort().reverse())
    expect(ids).toContain(created.body.id)
    expectRefusal(await staff.tryDelete(path, { ifMatch: '"1"' }), 412, 'an old version')
    expect((await staff.tryDelete(path)).status).toBe(204)
    expect(await pinnedTo(`${own} blue`)).toEqual([])
    expect(await staff.tryDelete(path)).toMatchObject({ status: 404, body: { code: 'pin_not_found' } })
    expectRefusal(await staff.try('patch', `${PINS}/${mint('pin')}`, {}), 404, 'never was')
    expect(await trailOf(created.body.id)).toEqual(['pin.created', 'pin.updated', 'pin.updated', 'pin.deleted'])
  })

  it('is the only one for its words, however they are written', async () => {
    const [one, two] = await someDrafts(2)
    const own = word()
    const { id } = await staff.post(PINS, { query: `${own} dress`, product_ids: [one] })
    const taken = { status: 409, body: { code: 'query_taken' } }
    const again = { query: `${own.toUpperCase()} Dresses!`, product_ids: [two] }
    expect(await staff.try('post', PINS, again)).toMatchObject(taken)
    const other = await staff.post(PINS, { query: `dress ${own}`, product_ids: [two] })
    expect(await staff.try('patch', `${PINS}/${other.id}`, { query: again.query })).toMatchObject(taken)
    expect(await pinnedTo(`${own} dress`)).toEqual([one])
    expect(await pinnedTo(`dress ${own}`)).toEqual([two])
    const renamed = await staff.patch(`${PINS}/${id}`, { query: again.query })
    expect(renamed, 'its own words it may write otherwise').toMatchObject({ query: again.query, version: 2 })
    expect(await pinnedTo(`${own} dress`)).toEqual([one])
  })

  it('is made once by a request that is sent again, and once by many that race for its words', async () => {
    const products = await someDrafts(1)
    const key = crypto.randomUUID()
    const body = { query: word(), product_ids: products }
    const first = await staff.try('post', PINS, body, { key })
    const second = await staff.try('post', PINS, body, { key })
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('Idempotent-Replayed')).toBe('true')
    const wanted = { query: word(), product_ids: products }
    const racing = await Promise.all([1, 2, 3].map(() => staff.try('post', PINS, wanted)))
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    expect(await pinnedTo(wanted.query)).toEqual(products)
  })

  it('says where it breaks the contract, and then writes nothing', async () => {
    const [one = ''] = await someDrafts(1)
    const own = word()
    const { id } = await staff.post(PINS, { query: own, product_ids: [one] })
    const unknown = mint('product')
    const before = await countRows()
    const cases: [pointers: string[], body: object][] = [
      [['/query'], { product_ids: [one] }],
      [['/query'], { query: ' ', product_ids: [one] }],
      [['/query'], { query: '🎉?!', product_ids: [one] }],
      [['/query'], { query: 'x'.repeat(10_000), product_ids: [one] }],
      [['/query'], { query: '1 2 3 4 5 6 7 8 9', product_ids: [one] }],
      [['/product_ids'], { query: word() }],
      [['/product_ids'], { query: word(), product_ids: [] }],
      [['/product_ids'], { query: word(), product_ids: [one, one] }],
      [['/product_ids'], { query: word(), product_ids: Array.from({ length: 21 }, () => mint('product')) }],
      [['/product_ids/1'], { query: word(), product_ids: [one, unknown] }],
      [['/product_ids/0'], { query: word(), product_ids: ["prod_'; --"] }],
      [['/phrase'], { query: word(), product_ids: [one], phrase: 'x' }],
    ]
    for (const [pointers, body] of cases) {
      const answer = await staff.try('post', PINS, body)
      expectRefusal(answer, 422, JSON.stringify(body).slice(0, 200))
      expect(pointersOf(answer), JSON.stringify(body).slice(0, 200)).toEqual(pointers)
    }
    expect(pointersOf(await staff.try('patch', `${PINS}/${id}`, { product_ids: [unknown] }))).toEqual([
      '/product_ids/0',
    ])
    expect(pointersOf(await staff.try('patch', `${PINS}/${id}`, { query: '…' }))).toEqual(['/query'])
    expect(await countRows()).toEqual(before)
    expect(await pinnedTo(own)).toEqual([one])
  })

  it('that somebody else has changed since it was read is neither changed over nor removed', async () => {
    const products = await someDrafts(2)
    const queries = [word(), word(), word()] as const
    const { id } = await staff.post(PINS, { query: queries[0], product_ids: products })
    const path = `${PINS}/${id}`
    let other: () => unknown = () => staff.patch(path, { query: queries[1] })
    const slow = () => {
      const DB = withHook(testEnv().DB, (call) => (call === 2 ? other() : undefined))
      return asStaff(createApi({ bindings: { DB } }))
    }
    expectRefusal(await slow().try('patch', path, { query: queries[2] }), 412, 'a change')
    other = () => staff.patch(path, { product_ids: products.toReversed() })
    expectRefusal(await slow().tryDelete(path), 412, 'a removal')
    for (const each of queries) expect(await pinnedTo(each)).toEqual(each === queries[1] ? products.toReversed() : [])
  })

  it('that many change at the same time is what one of them made of it, with the rows of that one', async () => {
    const products = await someDrafts(4)
    const queries = [word(), word(), word(), word()]
    const { id } = await staff.post(PINS, { query: word(), product_ids: products })
    const wanted = queries.map((query, index) => ({ query, product_ids: products.slice(index) }))
    const answers = await Promise.all(wanted.map((body) => staff.try('patch', `${PINS}/${id}`, body)))
    const kept = answers.filter(({ status }) => status === 200)
    expect(kept.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(4 - kept.length)
    const { query, product_ids, version } = await staff.get(`${PINS}/${id}`)
    expect(version).toBe(1 + kept.length)
    for (const each of queries) expect(await pinnedTo(each)).toEqual(each === query ? product_ids : [])
  })
})

describe('a search', () => {
  const api = createApi({ deps: { follow: drainBehind } })
  const staff = asStaff(api)
  const find = async (query: string): Promise<string[]> => {
    const { status, body } = await api.get(`/v1/search/suggest?q=${encodeURIComponent(query)}`)
    expect(status, JSON.stringify(body)).toBe(200)
    return body.products.map(({ id }: { id: string }) => id)
  }
  const make = async (title: string, fields: object = {}) => (await makeProduct(api, { title, ...fields })).id

  it('for a word finds what staff say is the same, from their commit on and no longer', async () => {
    const [sofa, couch, seats, red] = [word(), word(), word(), word()]
    const plain = await make(sofa)
    const coloured = await make(`${red} ${sofa}`)
    expect(await find(couch)).toEqual([])
    const { id } = await staff.post(SYNONYMS, { words: [sofa, couch, `three ${seats}`] })
    expect((await find(couch)).sort()).toEqual([plain, coloured].sort())
    expect(await find(`${red} ${couch.toUpperCase()}s`)).toEqual([coloured])
    expect(await find(`${red} three ${seats}`)).toEqual([coloured])
    expect(await find(`${seats}`), 'a part of a phrase is not the phrase').toEqual([])
    await staff.patch(`${SYNONYMS}/${id}`, { kind: 'one_way', input: sofa, words: [couch] })
    expect(await find(couch)).toEqual([])
    const other = await make(couch)
    expect((await find(sofa)).sort()).toEqual([plain, coloured, other].sort())
    expect(await find(couch)).toEqual([other])
    await staff.delete(`${SYNONYMS}/${id}`)
    expect((await find(sofa)).sort()).toEqual([plain, coloured].sort())
  })

  it('shows what staff have pinned to it first, in their order, and nothing that is not on sale', async () => {
    const gift = word()
    const [own, also, foreign] = [await make(`${gift} one`), await make(`${gift} two`), await make(word())]
    const draft = await make(`${gift} three`, { status: 'draft' })
    const scheduled = await make(word(), { published_at: new Date(Date.now() + 3_600_000).toISOString() })
    const pinned = [draft, foreign, scheduled, also]
    const { id } = await staff.post(PINS, { query: gift, product_ids: pinned })
    expect(await find(gift)).toEqual([foreign, also, own])
    expect(await find(` ${gift.toUpperCase()}! `)).toEqual([foreign, also, own])
    expect(await find(`${gift} two`), 'another search').toEqual([also])
    await staff.patch(`/v1/admin/products/${draft}`, { status: 'active' })
    expect(await find(gift)).toEqual([draft, foreign, also, own])
    await staff.patch(`${PINS}/${id}`, { product_ids: [own] })
    expect((await find(gift))[0]).toBe(own)
    expect(await find(gift)).not.toContain(foreign)
    await staff.delete(`${PINS}/${id}`)
    expect((await find(gift)).sort()).toEqual([own, also, draft].sort())
  })
})
