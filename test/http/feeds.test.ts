import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { defaultDeps } from '../../src/app.ts'
import { insertCategory, removeCategory } from '../../src/features/categories/queries.ts'
import { newCollection } from '../../src/features/collections/new-collection.ts'
import { insertCollection, removeCollection } from '../../src/features/collections/queries.ts'
import { listStretch, listStretches } from '../../src/features/feeds/queries.ts'
import { feedRoutes, type Limits } from '../../src/features/feeds/routes.ts'
import { relistProducts } from '../../src/features/listings/relist.ts'
import { changeListPrices, insertPriceList } from '../../src/features/prices/list-queries.ts'
import { authenticate } from '../../src/features/sessions/authenticate.ts'
import { setTranslation } from '../../src/features/translations/queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { kvKey } from '../../src/platform/cache/reader.ts'
import type { Query } from '../../src/platform/db/client.ts'
import { type Bindings, parseConfig } from '../../src/platform/env.ts'
import { serve } from '../../src/platform/http/serve.ts'
import { createApi, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withFault } from '../support/faults.ts'
import { seedShop } from '../support/shop.ts'
import { fieldsOf, parseXml, type XmlElement } from '../support/xml.ts'

const api = createApi()
const DAY = 24 * 3600 * 1000

async function create(fields: Record<string, unknown>) {
  const { staffKey } = await seedShop()
  const variants = [{ sku: unique('F'), prices: [{ currency: 'USD', amount: 1500 }], inventory: { on_hand: 3 } }]
  const product = { title: unique('Feed'), status: 'active', variants, ...fields }
  const { status, body } = await api.post('/v1/admin/products', product, { token: staffKey })
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

const context = () => systemContext('test', testEnv(), defaultDeps(), () => {})

/** The routes of feeds alone, with limits that a small shop reaches, and an empty memory. */
function smallFeeds(limits: Limits, bindings: Partial<Bindings> = {}) {
  const env = { ...testEnv(), ...bindings }
  const app = new Hono<{ Bindings: Bindings }>()
  const deps = defaultDeps()
  for (const route of feedRoutes(limits)) app.get(route.path, serve(route, deps, authenticate))
  return async (path: string): Promise<Response> => {
    const execution = createExecutionContext()
    const response = await app.fetch(new Request(`http://api.test${path}`), env, execution)
    await waitOnExecutionContext(execution)
    return response
  }
}

async function emptyKv(): Promise<void> {
  const { CACHE } = testEnv()
  for (const { name } of (await CACHE.list({ prefix: kvKey('sitemap:') })).keys) await CACHE.delete(name)
}

const locOf = (entry: XmlElement) => fieldsOf(entry).loc ?? ''

/** Every address of a sitemap, file by file as the index names them. */
async function walkSitemap(ask: (path: string) => Promise<Response>) {
  const index = parseXml(await (await ask('/sitemap.xml')).text())
  expect(index.name).toBe('sitemapindex')
  const files: { path: string; urls: XmlElement[] }[] = []
  for (const { pathname: path } of index.children.map((each) => new URL(locOf(each)))) {
    const response = await ask(path)
    expect(response.status, path).toBe(200)
    files.push({ path, urls: parseXml(await response.text()).children })
  }
  return files
}

async function feedItems(query: string): Promise<Record<string, string>[]> {
  const answer = await api.get(`/feeds/products.xml?${query}`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const [channel] = parseXml(answer.body).children
  return (channel?.children ?? []).filter(({ name }) => name === 'item').map(fieldsOf)
}

describe('the sitemap', () => {
  it('is XML that caches may keep for an hour, with an ETag that answers 304', async () => {
    await create({})
    await emptyKv()
    for (const path of ['/sitemap.xml', '/sitemaps/products-1.xml', '/sitemaps/collections-1.xml']) {
      const first = await createApi().get(path)
      expect(first.status).toBe(200)
      expect(first.headers.get('Content-Type')).toBe('application/xml; charset=utf-8')
      expect(first.headers.get('Cache-Control')).toBe(
        'public, max-age=3600, stale-while-revalidate=600, stale-if-error=86400',
      )
      expect(first.headers.get('Cache-Tag')).toContain('catalog')
      expect(parseXml(first.body).attributes.xmlns).toBe('http://www.sitemaps.org/schemas/sitemap/0.9')
      const tag = first.headers.get('ETag') ?? ''
      expect(await createApi().get(path, { headers: { 'If-None-Match': tag } })).toMatchObject({
        status: 304,
        body: '',
      })
    }
  })

  it('names every published product once, over several files, and nothing that is not published', async () => {
    const seen = [await create({}), await create({ handle: unique('größe-ß') }), await create({})]
    const soon = new Date(Date.now() + DAY).toISOString()
    const past = new Date(Date.now() - DAY).toISOString()
    const longAgo = new Date(Date.now() - 2 * DAY).toISOString()
    const hidden = [
      await create({ status: 'draft' }),
      await create({ status: 'archived' }),
      await create({ published_at: soon }),
      await create({ published_at: longAgo, unpublished_at: past }),
    ]
    await emptyKv()
    const files = await walkSitemap(smallFeeds({ urls: 2, feed: { products: 2, variants: 2 } }))
    const products = files.filter(({ path }) => path.includes('/products-'))
    expect(products.length).toBeGreaterThan(1)
    expect(Math.max(...products.map(({ urls }) => urls.length))).toBe(2)
    const addresses = products.flatMap(({ urls }) => urls.map(locOf))
    expect(new Set(addresses).size).toBe(addresses.length)
    for (const { handle, updated_at } of seen) {
      const address = `http://api.test/products/${encodeURIComponent(handle)}`
      const entry = products.flatMap(({ urls }) => urls).find((each) => locOf(each) === address)
      expect(entry && fieldsOf(entry)).toEqual({ loc: address, lastmod: updated_at })
    }
    for (const { handle } of hidden) expect(addresses.join(' ')).not.toContain(encodeURIComponent(handle))
  })

  it('names active collections and categories, and no draft', async () => {
    const { mint, now, db } = context()
    const ids = [mint('collection'), mint('collection')]
    const shown = unique('shown')
    const draft = unique('draft')
    const tree = unique('tree')
    const id = mint('category')
    await db.commit([
      ...insertCollection(newCollection({ id: ids[0] ?? '', handle: shown, title: 'Shown' }, now)),
      ...insertCollection(newCollection({ id: ids[1] ?? '', handle: draft, title: 'Draft', status: 'draft' }, now)),
      ...insertCategory(categoryRow(id, tree, 'Tree', null, [id], now)),
    ])
    for (const name of ['collections:all', 'categories:all']) await testEnv().CACHE.delete(kvKey(name))
    const files = await walkSitemap(smallFeeds({ urls: 1000, feed: { products: 2, variants: 2 } }))
    const addresses = files.flatMap(({ urls }) => urls.map(locOf))
    expect(addresses).toContain(`http://api.test/collections/${shown}`)
    expect(addresses).toContain(`http://api.test/categories/${tree}`)
    expect(addresses.join(' ')).not.toContain(draft)
    // Other tests count what there is.
    await db.commit([...ids.flatMap((each) => removeCollection(each, 1)), ...removeCategory(id, 1)])
    for (const name of ['collections:all', 'categories:all']) await testEnv().CACHE.delete(kvKey(name))
  })

  it('leads to STOREFRONT_URL, and to each language where that has one', async () => {
    const { handle } = await create({})
    await emptyKv()
    const limits = { urls: 100_000, feed: { products: 2, variants: 2 } }
    const plain = await walkSitemap(smallFeeds(limits, { STOREFRONT_URL: 'https://shop.example/' }))
    expect(plain.flatMap(({ urls }) => urls.map(locOf))).toContain(`https://shop.example/products/${handle}`)
    expect(plain.flatMap(({ urls }) => urls.flatMap(({ children }) => children.map(({ name }) => name)))).not.toContain(
      'xhtml:link',
    )
    const several = await walkSitemap(smallFeeds(limits, { STOREFRONT_URL: 'https://shop.example/{locale}' }))
    const markets: { locales: string[] }[] = (await createApi().get('/v1/markets')).body.data
    const locales = [...new Set(markets.flatMap((market) => market.locales))]
    expect(locales).toEqual(expect.arrayContaining(['en-US', 'de-DE', 'en-GB', 'ja-JP']))
    const address = (locale: string) => `https://shop.example/${locale}/products/${handle}`
    const entries = several
      .flatMap(({ urls }) => urls)
      .filter((each) => locales.some((locale) => locOf(each) === address(locale)))
    expect(entries.map(locOf)).toEqual(locales.map(address))
    for (const { children } of entries) {
      const links = children.filter(({ name }) => name === 'xhtml:link').map(({ attributes }) => attributes)
      expect(links).toEqual([
        ...locales.map((locale) => ({ rel: 'alternate', hreflang: locale, href: address(locale) })),
        { rel: 'alternate', hreflang: 'x-default', href: address('en-US') },
      ])
    }
  })

  it.each(['shop.example', 'ftp://shop.example', 'https://a b', 'https://x/{lang}', 'https://x?a', 'https://a@x', ''])(
    'is not served with %s as STOREFRONT_URL',
    (STOREFRONT_URL) => {
      expect(() => parseConfig({ ...testEnv(), STOREFRONT_URL })).toThrow(/^configuration: STOREFRONT_URL: /)
    },
  )

  it.each(['products-0.xml', 'products-999999.xml', 'pages-1.xml', 'products-1', 'products-01.xml', '%00.xml'])(
    'has no file %s',
    async (file) => {
      expect(await api.get(`/sitemaps/${file}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    },
  )

  it('finds its files along an index of listings and reads no product but those of a file', async () => {
    const now = new Date()
    const plan = async (query: Query) => {
      const { sql, params } = (query as unknown as { _prepare(): { getQuery(): { sql: string; params: unknown[] } } })
        ._prepare()
        .getQuery()
      const { results } = await testEnv()
        .DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...params)
        .all<{ detail: string }>()
      return results.map(({ detail }) => detail)
    }
    const stretches = await plan(listStretches(10_000, now))
    expect(stretches.join('\n')).toContain('SEARCH n USING COVERING INDEX listings_newest')
    const place = { publishedAt: 0, product: 0 }
    const stretch = await plan(listStretch(place, place, { limit: 10, now }))
    expect(stretch.join('\n')).toMatch(/SEARCH l USING INDEX listings_newest/)
    for (const detail of [...stretches, ...stretch]) {
      expect(detail).not.toMatch(/TEMP B-TREE|SCAN (?:products|p|l|n|listings)\b/)
    }
  })
})

function categoryRow(id: string, handle: string, title: string, parentId: string | null, path: string[], now: Date) {
  const at = now.getTime()
  return {
    ...{ id, handle, title, parentId, path, position: 0, descriptionHtml: '', seoTitle: null, seoDescription: null },
    ...{ image: null, metadata: {}, privateMetadata: {}, version: 1, createdAt: at, updatedAt: at },
  }
}

describe('the product feed', () => {
  it('has an item for each variant with a price in the currency', async () => {
    const { mint, now, db } = context()
    const root = mint('category')
    const leaf = mint('category')
    await db.commit([
      ...insertCategory(categoryRow(root, unique('out'), 'Outdoor', null, [root], now)),
      ...insertCategory(categoryRow(leaf, unique('tea'), 'Tea & Coffee', root, [root, leaf], now)),
    ])
    const variant = (weight: string, amount: number, more: Record<string, unknown>) => ({
      sku: unique('TEA'),
      options: { Weight: weight, Colour: 'Green' },
      prices: [{ currency: 'USD', amount }],
      weight_grams: 265,
      image_url: 'https://pictures.example/two.jpg?a=1&b=2',
      ...more,
    })
    const product = await create({
      title: 'Sencha',
      vendor: 'Tea & Sons',
      category_id: leaf,
      description_html: '<p>Green &amp; fresh.</p><ul><li>First harvest</li></ul>',
      images: [{ url: '/demo/one.svg' }, { url: 'https://pictures.example/two.jpg?a=1&b=2' }],
      options: ['Weight', 'Colour'],
      variants: [
        variant('250 g', 1200, {
          barcode: '4006381333931',
          unit_measure: { quantity: 250, unit: 'g', reference_quantity: 1, reference_unit: 'kg' },
          inventory: { on_hand: 4 },
        }),
        variant('500 g', 2200, { barcode: '123', image_url: null, inventory: { on_hand: 0 } }),
        variant('1 kg', 4000, { inventory: { on_hand: 0, policy: 'backorder' } }),
        variant('5 kg', 9000, { inventory: { policy: 'untracked' }, requires_shipping: false }),
        variant('9 kg', 0, { prices: [{ currency: 'EUR', amount: 1 }] }),
      ],
    })
    const items = (await feedItems('currency=USD')).filter((item) => item['g:item_group_id'] === product.id)
    expect(items[0]).toEqual({
      'g:id': product.variants[0].id,
      'g:item_group_id': product.id,
      title: 'Sencha - 250 g / Green',
      description: 'Green & fresh.\n- First harvest',
      link: `http://shop.test/products/${product.handle}?variant=${product.variants[0].id}`,
      'g:image_link': 'https://pictures.example/two.jpg?a=1&b=2',
      'g:additional_image_link': 'http://shop.test/demo/one.svg',
      'g:availability': 'in_stock',
      'g:price': '12.00 USD',
      'g:brand': 'Tea & Sons',
      'g:gtin': '4006381333931',
      'g:product_type': 'Outdoor > Tea & Coffee',
      'g:color': 'Green',
      'g:shipping_weight': '265 g',
      'g:unit_pricing_measure': '250g',
      'g:unit_pricing_base_measure': '1kg',
    })
    expect(items.map((item) => item['g:availability'])).toEqual(['in_stock', 'out_of_stock', 'backorder', 'in_stock'])
    expect(items[1]).toMatchObject({ 'g:image_link': 'http://shop.test/demo/one.svg' })
    for (const absent of ['g:gtin', 'g:sale_price', 'g:unit_pricing_measure'])
      expect(items[1]).not.toHaveProperty(absent)
    expect(items[3]).not.toHaveProperty('g:shipping_weight')
    const euros = (await feedItems('currency=EUR')).filter((item) => item['g:item_group_id'] === product.id)
    expect(euros.map((item) => item['g:price'])).toEqual(['0.01 EUR'])
  })

  it('escapes what is markup and leaves out what XML cannot say', async () => {
    const title = `<b>&"' 🍵 \u0001]]>`
    const { id } = await create({
      title,
      handle: unique('escaped'),
      vendor: 'V<&>',
      description_html: 'a &lt; b &amp; c',
    })
    const item = (await feedItems('currency=USD')).find((each) => each['g:item_group_id'] === id)
    expect(item).toMatchObject({ title: title.replace('\u0001', ''), 'g:brand': 'V<&>', description: 'a < b & c' })
  })

  it('tells a sale with its time, and a price before it', async () => {
    const { mint, now, db } = context()
    const at = now.getTime()
    const prices = [{ currency: 'USD', amount: 5000 }]
    const variants = [
      { sku: unique('SALE'), options: { Kind: 'a' }, prices, inventory: { on_hand: 1 } },
      { sku: unique('SALE'), options: { Kind: 'b' }, prices, inventory: { on_hand: 1 } },
      {
        sku: unique('SALE'),
        options: { Kind: 'c' },
        prices: [{ currency: 'USD', amount: 5000, compare_at_amount: 6000 }],
        inventory: { on_hand: 1 },
      },
    ]
    const product = await create({ options: ['Kind'], variants })
    const list = (title: string, startsAt: number, endsAt: number) => {
      const id = mint('priceList')
      const row = { id, title, status: 'active' as const, marketId: '', customerGroupId: null, startsAt, endsAt }
      return { id, version: 1, writes: insertPriceList({ ...row, version: 1, createdAt: at, updatedAt: at }) }
    }
    const running = list('Running', Date.UTC(2026, 0, 1, 12, 30), Date.UTC(2126, 0, 8, 23, 59))
    const later = list('Later', at + DAY, at + 2 * DAY)
    const [a, b] = product.variants
    const offer = (variantId: string, amount: number) => [{ variantId, currency: 'USD', minQuantity: 1, amount }]
    await db.commit([
      ...running.writes,
      ...later.writes,
      ...changeListPrices(running, { set: offer(a.id, 4000), remove: [] }, now),
      ...changeListPrices(later, { set: offer(b.id, 3000), remove: [] }, now),
      ...relistProducts([product.id], now),
    ])
    const items = (await feedItems('')).filter((item) => item['g:item_group_id'] === product.id)
    expect(items.map((item) => [item['g:price'], item['g:sale_price'], item['g:sale_price_effective_date']])).toEqual([
      ['50.00 USD', '40.00 USD', '2026-01-01T12:30+0000/2126-01-08T23:59+0000'],
      ['50.00 USD', undefined, undefined],
      ['60.00 USD', '50.00 USD', undefined],
    ])
  })

  it('speaks the language it is asked for', async () => {
    const { now, db } = context()
    const variants = [{ sku: unique('L'), options: { Size: 'Large' }, prices: [{ currency: 'EUR', amount: 900 }] }]
    const product = await create({
      title: 'Mug',
      handle: unique('mug'),
      description_html: '<p>For tea</p>',
      options: ['Size'],
      variants,
    })
    const fields = {
      title: 'Becher',
      descriptionHtml: '<p>Für Tee</p>',
      options: { Size: { name: 'Größe', values: { Large: 'Groß' } } },
    }
    await db.commit(setTranslation({ subjectId: product.id, locale: 'de', fields, updatedAt: now.getTime() }))
    const find = async (locale: string) =>
      (await feedItems(`currency=EUR&locale=${locale}`)).find((item) => item['g:item_group_id'] === product.id)
    expect(await find('de-DE')).toMatchObject({ title: 'Becher - Groß', description: 'Für Tee', 'g:size': 'Groß' })
    expect(await find('en-GB')).toMatchObject({ title: 'Mug - Large', description: 'For tea', 'g:size': 'Large' })
  })

  it('is read page by page, each product once, and leaves out what is not for sale', async () => {
    const tag = unique('paged')
    const options = ['Size']
    const variants = ['S', 'M', 'L'].map((Size) => ({
      sku: unique('P'),
      options: { Size },
      prices: [{ currency: 'JPY', amount: 100 }],
    }))
    const fresh = () => variants.map((variant) => ({ ...variant, sku: unique('P') }))
    const made: string[] = []
    for (let count = 0; count < 5; count += 1) {
      made.push((await create({ title: tag, handle: unique(tag), options, variants: fresh() })).id)
    }
    const soon = new Date(Date.now() + DAY).toISOString()
    await create({ title: tag, handle: unique(tag), status: 'draft', options, variants: fresh() })
    await create({ title: tag, handle: unique(tag), published_at: soon, options, variants: fresh() })
    await create({ title: tag, handle: unique(tag) })
    for (const feed of [
      { products: 2, variants: 100 },
      { products: 100, variants: 4 },
    ]) {
      const response = await smallFeeds({ urls: 10, feed })('/feeds/products.xml?currency=JPY')
      const [channel] = parseXml(await response.text()).children
      const items = (channel?.children ?? []).filter(({ name }) => name === 'item').map(fieldsOf)
      const mine = items.filter(({ title = '' }) => title.startsWith(tag)).map((item) => item['g:item_group_id'])
      expect(mine).toEqual(made.flatMap((id) => [id, id, id]))
      expect(new Set(items.map((item) => item['g:id'])).size).toBe(items.length)
    }
  })

  it('answers a problem when D1 fails before anything is sent, and breaks off when it fails later', async () => {
    await create({})
    await create({})
    const small = (call: number) => {
      const { database, calls } = withFault(testEnv().DB, { call, when: 'before' })
      const limits = { urls: 10, feed: { products: 1, variants: 1 } }
      return { calls, ask: smallFeeds(limits, { DB: database, LOG_LEVEL: 'off' }) }
    }
    // Markets come from the cache, or in a trip of their own.
    await createApi().get('/v1/markets')
    const early = await small(1).ask('/feeds/products.xml')
    expect(early.status).toBe(500)
    expect(await early.json()).toMatchObject({ code: 'internal_error' })
    expect(early.headers.get('Cache-Control')).toBe('private, no-store')
    const { ask, calls } = small(3)
    const late = await ask('/feeds/products.xml')
    expect(late.status).toBe(200)
    const reader = late.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const drain = async () => {
      for (;;) {
        const part = await reader?.read()
        if (!part || part.done) return
        text += part.value
      }
    }
    await expect(drain()).rejects.toThrow()
    expect(calls()).toBe(3)
    expect(text).toContain('<item>')
    expect(text).not.toContain('</rss>')
  })

  it('refuses a currency, country, locale or parameter it does not know', async () => {
    for (const [query, pointer] of [
      ['currency=CHF', '/query/currency'],
      ['currency=usd', '/query/currency'],
      ['locale=xx', '/query/locale'],
      ['country=Germany', '/query/country'],
      ['page=2', '/query/page'],
    ]) {
      const answer = await api.get(`/feeds/products.xml?${query}`)
      expect(answer, query).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
    }
  })

  it.each(['/sitemap.xml', '/sitemaps/products-1.xml', '/feeds/products.xml'])('%s is only read', async (path) => {
    const answer = await api.post(path, {})
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    expect(answer.headers.get('Allow')).toBe('HEAD, GET, OPTIONS')
    expect((await api.send(new Request(`http://shop.test${path}`, { method: 'HEAD' }))).body).toBe('')
  })
})
