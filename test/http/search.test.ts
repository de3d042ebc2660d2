import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_QUERY } from '../../src/domain/search-query.ts'
import { type Api, unique } from '../support/api.ts'
import { costOf } from '../support/scale.ts'
import { openSearchShop, type SearchShop } from '../support/search-shop.ts'

const DAY = 86_400_000

let shop: SearchShop
let api: Api

beforeAll(async () => {
  shop = await openSearchShop()
  api = shop.api()
})

async function sell(title: string, fields: Record<string, unknown> = {}) {
  const variants = [{ sku: unique('SE'), prices: [{ currency: 'USD', amount: 1500 }], inventory: { on_hand: 3 } }]
  const { status, body } = await api.post(
    '/v1/admin/products',
    { title, status: 'active', variants, ...fields },
    { token: shop.shop.staffKey },
  )
  expect(status, JSON.stringify(body)).toBe(201)
  return body as { id: string; version: number }
}

/** A word that no other test has. */
const newWord = () =>
  unique('q')
    .replace(/[^a-z]/gi, (sign) => String.fromCharCode(97 + (sign.charCodeAt(0) % 26)))
    .toLowerCase()

async function search(q: string, more = '', by = shop.api()) {
  const answer = await by.get(`/v1/products?q=${encodeURIComponent(q)}${more}`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer
}

const titlesOf = ({ body }: { body: { data: { title: string }[] } }) => body.data.map(({ title }) => title)

async function suggest(q: string, more = '', by = shop.api()) {
  const answer = await by.get(`/v1/search/suggest?q=${encodeURIComponent(q)}${more}`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer
}

describe('a search', () => {
  it('finds a product by its words, in any order, unfinished, misspelt, without a space', async () => {
    const [first, second] = [newWord(), newWord()]
    await sell(`${first} ${second} jug`)
    for (const q of [
      `${second} ${first}`,
      first.slice(0, 7),
      `${first}x`,
      `${first}${second}`,
      `${second} jgu ${first}`,
    ]) {
      expect(titlesOf(await search(q)), q).toEqual([`${first} ${second} jug`])
    }
  })

  it('finds by the words that say something, whatever little ones stand between them', async () => {
    const [first, second] = [newWord(), newWord()]
    await sell(`${first} ${second}`)
    await sell(`${first} other`)
    expect(titlesOf(await search(`the ${first} with the ${second}`))).toEqual([`${first} ${second}`])
  })

  it('tells what a misspelt query was taken for, and marks what it has found', async () => {
    const word = newWord()
    await sell(`Grand ${word}`, { description_html: `<p>A ${word} &amp; <b>nothing</b> else</p>` })
    const { body } = await search(`${word}s ${word}q`)
    expect(body.corrected_query).toBe(`${word}s ${word}`)
    expect(body.data[0].highlights).toEqual({
      title: `Grand <mark>${word}</mark>`,
      snippet: `A <mark>${word}</mark> &amp; nothing else`,
    })
    expect((await search(word)).body.corrected_query).toBeNull()
  })

  it('finds a translated title, and shows it in the locale', async () => {
    const [english, german] = [newWord(), newWord()]
    const { id } = await sell(english)
    const { status } = await api.patch(
      `/v1/admin/products/${id}/translations/de`,
      { title: `Großer ${german}` },
      { token: shop.shop.staffKey },
    )
    expect(status).toBeLessThan(300)
    expect((await search(`grosser ${german}`, '&locale=de-DE&country=DE&currency=EUR')).body.data[0]).toMatchObject({
      title: `Großer ${german}`,
      highlights: { title: `<mark>Großer</mark> <mark>${german}</mark>` },
    })
    expect(titlesOf(await search(german))).toEqual([english])
  })

  it('costs one trip, and further pages go on where one ended while products are added', async () => {
    const word = newWord()
    for (let count = 0; count < 7; count += 1) await sell(`${word} ${count}`)
    const first = await search(word, '&limit=3')
    expect(costOf(first).trips).toBe(1)
    await sell(`${word} one two three more`)
    const seen = titlesOf(first)
    let cursor: string | null = first.body.next_cursor
    while (cursor) {
      const page = await search(word, `&limit=3&cursor=${cursor}`)
      seen.push(...titlesOf(page))
      cursor = page.body.next_cursor
    }
    expect(seen.toSorted()).toEqual(
      [...Array.from({ length: 7 }, (_, count) => `${word} ${count}`), `${word} one two three more`].toSorted(),
    )
    const other = await api.get(`/v1/products?q=${newWord()}&limit=3&cursor=${first.body.next_cursor}`)
    expect(other.body.code).toBe('invalid_cursor')
  })

  it('shows every one of more than are ranked for its first page, once, those that fit better behind it too', async () => {
    const word = newWord()
    const most = 130
    // The later in the file, the newer, and the newest are candidates first: those at the front have the shorter titles.
    const inLetters = (index: number) => String(index).replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))
    const title = (index: number) => `${word} x${inLetters(index)}${index < 30 ? '' : ' one two three four five six'}`
    const rows = Array.from({ length: most }, (_, index) => `${word}-${index},${title(index)},active,5.00`)
    const headers = { 'Content-Type': 'text/csv' }
    const file = ['Handle,Title,Status,Variant Price', ...rows].join('\n')
    const imported = await api.post('/v1/admin/imports', file, { token: shop.shop.staffKey, headers })
    expect(imported.body.products).toMatchObject({ created: most })
    await shop.settle()
    // The limit may be another on every page: what stands before what was settled by the first.
    for (const limits of [[24], [100, 5], [5, 90, 24]]) {
      const seen: string[] = []
      let pages = 0
      for (let cursor: string | null = ''; cursor !== null; pages += 1) {
        const limit = limits[Math.min(pages, limits.length - 1)]
        const page = await search(word, `&limit=${limit}${cursor && `&cursor=${cursor}`}`)
        seen.push(...titlesOf(page))
        cursor = page.body.next_cursor
      }
      expect(new Set(seen).size, limits.join()).toBe(seen.length)
      expect(seen, limits.join()).toHaveLength(most)
    }
  })

  it('goes with filters, facets and every other order', async () => {
    const word = newWord()
    const vendor = newWord()
    await sell(`${word} beta`, { vendor, tags: ['x'] })
    await sell(`${word} alpha`, { vendor })
    await sell(`${word} gamma`)
    expect(titlesOf(await search(word, '&sort=title'))).toEqual([`${word} alpha`, `${word} beta`, `${word} gamma`])
    expect(titlesOf(await search(word, `&sort=title&vendor=${vendor}`))).toEqual([`${word} alpha`, `${word} beta`])
    expect(titlesOf(await search(word, `&vendor=${vendor}&tag=x`))).toEqual([`${word} beta`])
    const { body } = await search(word, '&facets=true')
    expect(body.total).toEqual({ count: 3, at_least: false })
    const facet = body.facets.find(({ kind }: { kind: string }) => kind === 'vendor')
    expect(facet.values).toMatchObject([{ value: vendor, count: 2 }])
    const { body: narrowed } = await shop.api().get(`/v1/products?${facet.values[0].query}`)
    expect(narrowed.total.count).toBe(2)
  })

  it('has an exact SKU and what is pinned to it in every order and in the counts', async () => {
    const [word, sku] = [newWord(), `${String(Math.random()).slice(-8)}-77`]
    const variants = [{ sku, prices: [{ currency: 'USD', amount: 1500 }], inventory: { on_hand: 3 } }]
    const exact = await sell(word, { variants })
    const elsewhere = await sell(newWord())
    const { status } = await api.post(
      '/v1/admin/search/pins',
      { query: word, product_ids: [elsewhere.id, exact.id] },
      { token: shop.shop.staffKey },
    )
    expect(status).toBe(201)
    for (const [q, ids] of [
      [sku.replace('-', '/'), [exact.id]],
      [word, [elsewhere.id, exact.id]],
    ] as const) {
      for (const more of ['', '&sort=title', '&sort=price_asc', '&in_stock=true']) {
        const { body } = await search(q, `${more}&facets=true`)
        expect(body.data.map(({ id }: { id: string }) => id).toSorted(), q + more).toEqual(ids.toSorted())
        expect(body.total, q + more).toEqual({ count: ids.length, at_least: false })
      }
    }
  })

  it('follows an edit, a schedule and the end of a product, in suggestions and counts too', async () => {
    const [before, after] = [newWord(), newWord()]
    const scheduled = { published_at: new Date(shop.clock.now + DAY).toISOString() }
    const { id, version } = await sell(before)
    await sell(`${before} later`, scheduled)
    await sell(`${before} draft`, { status: 'draft' })
    const found = async (q: string) => {
      const { body } = await search(q, '&facets=true')
      const { body: suggested } = await suggest(q)
      expect(suggested.products).toHaveLength(body.data.length)
      expect(body.total.count).toBe(body.data.length)
      return body.data.map(({ title }: { title: string }) => title)
    }
    expect(await found(before)).toEqual([before])
    await api.patch(
      `/v1/admin/products/${id}`,
      { title: after },
      { token: shop.shop.staffKey, ifMatch: `"${version}"` },
    )
    expect(await found(after)).toEqual([after])
    shop.clock.now += 2 * DAY
    await shop.settle()
    expect(await found(before)).toEqual([`${before} later`])
    await api.patch(`/v1/admin/products/${id}`, { status: 'archived' }, { token: shop.shop.staffKey })
    expect(await found(after)).toEqual([])
  })
})

describe('suggestions', () => {
  it('have products and collections, in one trip, and for what others have typed without any', async () => {
    const word = newWord()
    await sell(`Tall ${word}`)
    const { status } = await api.post(
      '/v1/admin/collections',
      { title: `All ${word}s`, status: 'active' },
      { token: shop.shop.staffKey },
    )
    expect(status).toBe(201)
    const cold = await suggest(word.slice(0, 8), '', api)
    expect(costOf(cold).trips).toBe(1)
    expect(cold.body).toMatchObject({
      corrected_query: null,
      products: [{ title: `Tall ${word}`, highlight: `Tall <mark>${word}</mark>` }],
      collections: [{ title: `All ${word}s`, highlight: `All <mark>${word}s</mark>` }],
    })
    expect(costOf(await suggest(word.slice(0, 8))).trips).toBe(0)
    // The same words, typed otherwise.
    expect(costOf(await suggest(` ${word.slice(0, 8).toUpperCase()}`)).trips).toBe(0)
  })

  it('are not those of what is only written alike', async () => {
    const word = newWord()
    await sell(`${word} vive`)
    await sell(`À l’${word}`)
    expect((await suggest(`l${word}`)).body.products).toHaveLength(1)
    expect((await suggest(`l'${word}`)).body.products).toHaveLength(2)
  })
})

describe('any text is a query', () => {
  const hostile = [
    '"',
    '*',
    'a*',
    'NEAR(a b)',
    'a AND',
    'OR OR',
    'NOT a',
    '(a',
    'terms:a',
    '-a +b ^c {d}',
    "'; DROP TABLE products; --",
    '\u0000',
    '\ud83d\ude00',
    'ﷺ',
    // Letters of two UTF-16 units each, and one of one.
    '𐐨𐐨a',
    '%00%',
    '​',
    'ا\u064b',
    'क्षि',
    '1e309',
    'a'.repeat(MAX_QUERY),
    'a b c d e f g h i j k l m n o p',
    '東'.repeat(100),
    'x:y s:1 t:z',
  ]

  it.each(hostile)('%j', async (q) => {
    for (const more of ['', '&sort=newest', '&facets=true&limit=1', '&vendor=x&sort=price_asc']) await search(q, more)
    await suggest(q)
  })

  it('but one that is longer than can be meant, which is told so', async () => {
    for (const path of ['/v1/products?q=', '/v1/search/suggest?q=']) {
      for (const q of ['x'.repeat(1_000), '']) {
        const { status, body } = await api.get(`${path}${q}`)
        expect([status, body.errors?.[0].pointer], JSON.stringify(body)).toEqual([422, '/query/q'])
      }
    }
    const { body } = await api.get('/v1/products?sort=relevance')
    expect(body.errors[0].pointer).toBe('/query/sort')
    expect((await api.get('/v1/search/suggest?q=a&vendor=b')).status).toBe(422)
  })
})
