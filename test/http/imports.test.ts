import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Ask,
  allViolations,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  stockOf,
  unique,
} from '../support/api.ts'
import { seedShop } from '../support/shop.ts'
import { adjust, levelsOf, makeLocation } from '../support/stock.ts'

const api = createApi()
let staffKey = ''
let narrowKey = ''

beforeAll(async () => {
  const shop = await seedShop()
  staffKey = shop.staffKey
  narrowKey = shop.narrowKey
})

type Cells = Readonly<Record<string, string>>

/** The rows as a file; the columns are those that any row names. */
function toCsv(rows: readonly Cells[], lineEnd = '\n'): string {
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))]
    .map((cells) => cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)))
    .map((cells) => cells.join(',') + lineEnd)
    .join('')
}

/** A published product of one variant that is counted. */
function mug(handle: string, cells: Cells = {}): Cells {
  return {
    Handle: handle,
    Title: 'Mug',
    'Variant SKU': `${handle}-sku`,
    'Variant Inventory Tracker': 'shopify',
    'Variant Inventory Qty': '7',
    'Variant Price': '12.50',
    ...cells,
  }
}

function send(file: string, query = '', ask: Ask = {}) {
  return api.post(`/v1/admin/imports${query}`, file, {
    token: staffKey,
    ...ask,
    headers: { 'Content-Type': 'text/csv', ...ask.headers },
  })
}

/** The report of an import in which nothing is wrong. */
async function importAll(rows: readonly Cells[], query = '') {
  const { status, body } = await send(toCsv(rows), query)
  expect(body).toMatchObject({ rows: rows.length, errors: [] })
  expect(status).toBe(201)
  return body
}

/** The product at `handle` as staff see it. */
async function find(handle: string) {
  const { body } = await api.get('/v1/admin/products?limit=100', { token: staffKey })
  const found = body.data.find((product: { handle: string }) => product.handle === handle)
  if (!found) throw new Error(`no product ${handle}`)
  return (await api.get(`/v1/admin/products/${found.id}`, { token: staffKey })).body
}

const counts = (created: number, updated: number, unchanged: number, refused = 0) => ({
  ...{ created, updated, unchanged, refused },
})

describe('an import', () => {
  it('creates products with what the file says of them', async () => {
    const handle = unique('parka')
    const image = `https://cdn.example/${handle}.jpg`
    const report = await importAll([
      {
        Handle: handle,
        Title: 'Parka',
        'Body (HTML)': '<p onclick="steal()">Warm, "really"</p><script>alert(1)</script>',
        Vendor: 'Nordlys',
        Type: 'Coats',
        Tags: 'winter, new',
        'Option1 Name': 'Size',
        'Option1 Value': 'S',
        'Variant SKU': `${handle}-S`,
        'Variant Grams': '900',
        'Variant Inventory Tracker': 'shopify',
        'Variant Inventory Qty': '3',
        'Variant Price': '189.00',
        'Variant Compare At Price': '229.00',
        'Image Src': image,
        'Image Alt Text': 'Front',
        'SEO Title': 'Parka | Nordlys',
        'SEO Description': 'Warm',
      },
      {
        Handle: handle,
        'Option1 Value': 'M',
        'Variant SKU': `${handle}-M`,
        'Variant Price': '189.00',
      },
    ])
    expect(report).toEqual({
      id: expect.stringMatching(/^imp_/),
      status: 'finished',
      dry_run: false,
      stock: 'keep',
      parts: { received: 1, done: 1 },
      rows: 2,
      products: counts(1, 0, 0),
      error_count: 0,
      errors: [],
      created_at: expect.any(String),
      finished_at: expect.any(String),
    })
    expect((await api.get(`/v1/admin/imports/${report.id}`, { token: staffKey })).body).toEqual(report)
    const { status, body } = await api.get(`/v1/products/${handle}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      title: 'Parka',
      description_html: '<p>Warm, "really"</p>',
      vendor: 'Nordlys',
      product_type: 'Coats',
      tags: ['new', 'winter'],
      options: [{ name: 'Size', values: ['S', 'M'] }],
      images: [{ url: image, alt: 'Front', width: null, height: null }],
      seo: { title: 'Parka | Nordlys', description: 'Warm' },
      variants: [
        { sku: `${handle}-S`, price: { amount: 18900, currency: 'USD' }, compare_at_price: { amount: 22900 } },
        { sku: `${handle}-M`, price: { amount: 18900, currency: 'USD' }, available: true },
      ],
    })
    expect(await stockOf(api, `${handle}-S`)).toMatchObject({ on_hand: 3, available: 3 })
    expect(await allViolations(api)).toEqual([])
  })

  it('of the same file twice changes nothing: not an id, not a version, not a movement of stock', async () => {
    const handle = unique('twice')
    const image = `https://cdn.example/${handle}`
    const rows = [
      mug(handle, {
        'Body (HTML)':
          '<div class="x"><h2>Mug</h2>\n<p>3 &lt; 4 &amp; caf\u00e9<br>it\'s <b>red</b></p><style>p{}</style></div>',
        Tags: 'Zeta, alpha, Alpha,b',
        Vendor: 'V',
        Type: 'T',
        'Option1 Name': 'Colour',
        'Option1 Value': 'Red',
        'Variant Compare At Price': '15',
        'Variant Barcode': "'0123",
        'Variant Grams': '90.4',
        'Variant Taxable': 'false',
        'Image Src': `${image}-b.jpg`,
        'Image Position': '2',
        'Image Alt Text': 'B',
        'Variant Image': `${image}-red.jpg`,
        'SEO Title': 'S',
        'SEO Description': 'D',
      }),
      {
        Handle: handle,
        'Option1 Value': 'Blue',
        'Variant Price': '12',
        'Variant Inventory Qty': '1',
        'Variant Inventory Policy': 'deny',
        'Image Src': `${image}-a.jpg`,
        'Image Position': '1',
      },
      mug(`${handle}-back`, { 'Variant Inventory Policy': 'continue', 'Variant Inventory Qty': '-2', Status: 'draft' }),
    ]
    expect((await importAll(rows)).products).toEqual(counts(2, 0, 0))
    const [first, second] = [await find(handle), await find(`${handle}-back`)]
    expect(first.variants[1].inventory).toEqual({ policy: 'untracked', on_hand: 1, held: 0, available: null })
    expect((await importAll(rows)).products).toEqual(counts(0, 0, 2))
    expect((await importAll(rows, '?stock=overwrite')).products).toEqual(counts(0, 0, 2))
    const otherOrder = rows.map((row) => Object.fromEntries(Object.entries(row).reverse()))
    expect((await importAll(otherOrder)).products).toEqual(counts(0, 0, 2))
    expect([await find(handle), await find(`${handle}-back`)]).toEqual([first, second])
    expect(first.version).toBe(1)
    expect(await allViolations(api)).toEqual([])
  })

  it('updates what differs and keeps ids, so that carts and orders go on pointing at the same variant', async () => {
    const handle = unique('update')
    await importAll([mug(handle)])
    const before = await find(handle)
    expect((await api.get(`/v1/products/${handle}`)).body.title).toBe('Mug')
    const report = await importAll([mug(handle, { Title: 'Cup', 'Variant Price': '13' }), mug(`${handle}-2`)])
    expect(report.products).toEqual(counts(1, 1, 0))
    const after = await find(handle)
    expect(after).toMatchObject({ id: before.id, title: 'Cup', version: 2 })
    expect(after.variants).toMatchObject([{ id: before.variants[0].id, prices: [{ amount: 1300, currency: 'USD' }] }])
    expect((await api.get(`/v1/products/${handle}`)).body).toMatchObject({
      title: 'Cup',
      price_range: { min: { amount: 1300 } },
    })
  })

  it('keeps stock of variants that are there, unless asked to overwrite it', async () => {
    const handle = unique('stock')
    const sku = `${handle}-sku`
    await importAll([mug(handle)])
    const sold = { sku, delta: -3, reason: 'broken' }
    expect((await api.post('/v1/admin/inventory/adjustments', sold, { token: staffKey })).status).toBe(201)
    expect((await importAll([mug(handle)])).products).toEqual(counts(0, 0, 1))
    expect((await importAll([mug(handle, { Title: 'Cup' })])).products).toEqual(counts(0, 1, 0))
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 4 })
    expect((await importAll([mug(handle, { Title: 'Cup' })], '?stock=overwrite')).products).toEqual(counts(0, 1, 0))
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 7 })
    expect(await allViolations(api)).toEqual([])
  })

  it('takes a count for what stands at all locations together: the difference goes to the default one', async () => {
    const handle = unique('counted')
    const sku = `${handle}-sku`
    await importAll([mug(handle)])
    const depot = await makeLocation(api)
    await adjust(api, sku, { location_id: depot, delta: 3 })
    const overwrite = () => importAll([mug(handle, { 'Variant Inventory Qty': '5' })], '?stock=overwrite')
    expect((await overwrite()).products).toEqual(counts(0, 1, 0))
    expect((await overwrite()).products).toEqual(counts(0, 0, 1))
    const levels = Object.values(await levelsOf(api, sku))
    expect(levels.map(({ location_id, on_hand }) => [location_id === depot, on_hand]).sort()).toEqual([
      [false, 2],
      [true, 3],
    ])
    expect(await allViolations(api)).toEqual([])
  })

  it('keeps prices in other currencies, metadata and image sizes', async () => {
    const url = `https://cdn.example/${unique('kept')}.jpg`
    const { handle, sku, id } = await makeProduct(api, {
      images: [{ url, alt: 'Old', width: 800, height: 600 }],
      metadata: { care: 'cold' },
      private_metadata: { cost: '3' },
    })
    const rows = [mug(handle, { 'Variant SKU': sku, 'Image Src': url, 'Image Alt Text': 'New' })]
    expect((await importAll(rows)).products).toEqual(counts(0, 1, 0))
    const { body } = await api.get(`/v1/admin/products/${id}`, { token: staffKey })
    expect(body).toMatchObject({
      images: [{ url, alt: 'New', width: 800, height: 600 }],
      metadata: { care: 'cold' },
      private_metadata: { cost: '3' },
    })
    const amounts = body.variants[0].prices.map(({ currency, amount }: { currency: string; amount: number }) => [
      currency,
      amount,
    ])
    expect(amounts.sort()).toEqual([
      ['EUR', 1900],
      ['JPY', 3000],
      ['USD', 1250],
    ])
    expect((await importAll(rows)).products).toEqual(counts(0, 0, 1))
  })

  it('leaves alone what the file has no column for', async () => {
    const handle = unique('columns')
    const full = mug(handle, {
      'Body (HTML)': '<p>Text</p>',
      Vendor: 'V',
      Tags: 'a',
      'Image Src': 'https://cdn.example/a.jpg',
      Status: 'draft',
      'SEO Title': 'S',
      'Variant Compare At Price': '20',
    })
    await importAll([full])
    const before = await find(handle)
    expect((await importAll([{ Handle: handle, Title: 'Mug', 'Variant Price': '11' }])).products).toEqual(
      counts(0, 1, 0),
    )
    const after = await find(handle)
    expect(after.variants[0].prices).toMatchObject([
      { amount: 1100, currency: 'USD', compare_at_amount: 2000, market_id: null, min_quantity: 1 },
    ])
    const rest = ({ variants: _, version: __, updated_at: ___, ...product }: Record<string, unknown>) => product
    expect(rest(after)).toEqual(rest(before))
    expect({ ...after.variants[0], prices: [] }).toEqual({ ...before.variants[0], prices: [] })
  })

  it('reads a byte order mark and any line end as the same file', async () => {
    const handle = unique('windows')
    expect((await send(`\ufeff${toCsv([mug(handle)], '\r\n')}`)).body.products).toEqual(counts(1, 0, 0))
    expect((await send(toCsv([mug(handle)]))).body.products).toEqual(counts(0, 0, 1))
  })

  it('keeps what is not published out of the storefront', async () => {
    const handle = unique('hidden')
    await importAll([mug(handle, { Published: 'false' })])
    expect((await api.get(`/v1/products/${handle}`)).status).toBe(404)
    expect(await find(handle)).toMatchObject({ status: 'draft' })
    await importAll([mug(handle, { Published: 'true' })])
    expect((await api.get(`/v1/products/${handle}`)).status).toBe(200)
  })

  it('takes more products than one commit does', async () => {
    const prefix = unique('many')
    const rows = Array.from({ length: 230 }, (_, index) => mug(`${prefix}-${index}`))
    expect((await importAll(rows)).products).toEqual(counts(230, 0, 0))
    expect((await importAll(rows)).products).toEqual(counts(0, 0, 230))
    expect((await api.get(`/v1/products/${prefix}-229`)).status).toBe(200)
  })
})

describe('a dry run', () => {
  it('reports the same and writes no product', async () => {
    const handle = unique('dry')
    const key = unique('key')
    await importAll([mug(`${handle}-old`)])
    const file = toCsv([
      mug(`${handle}-old`, { Title: 'New' }),
      mug(handle),
      mug(`${handle}-bad`, { 'Variant Price': 'x' }),
    ])
    const expected = { rows: 3, products: counts(1, 1, 0, 1), errors: [{ line: 4, column: 'Variant Price' }] }
    const dry = await send(file, '?dry_run=true', { key })
    expect(dry.status).toBe(201)
    expect(dry.body).toMatchObject({ status: 'finished', dry_run: true, ...expected })
    expect(await find(`${handle}-old`)).toMatchObject({ title: 'Mug', version: 1 })
    expect((await api.get(`/v1/products/${handle}`)).status).toBe(404)
    const wet = await send(file, '', { key })
    expect(wet.status).toBe(201)
    expect(wet.headers.get('Idempotent-Replayed')).toBeNull()
    expect(wet.body).toMatchObject({ dry_run: false, ...expected })
  })
})

describe('a bad row', () => {
  it('is reported with its line, and the good ones go in', async () => {
    const handle = unique('bad')
    const { status, body } = await send(
      toCsv([mug(`${handle}-1`), mug(`${handle}-2`, { 'Variant Price': 'twelve' }), mug(`${handle}-3`)]),
    )
    expect(status).toBe(201)
    expect(body).toMatchObject({ rows: 3, products: counts(2, 0, 0, 1), error_count: 1 })
    expect(body.errors).toEqual([
      { part: 1, line: 3, column: 'Variant Price', detail: expect.stringContaining('"twelve" is not a price') },
    ])
  })

  it('takes no variant off sale', async () => {
    const handle = unique('typo')
    const size = (value: string, price: string) => ({
      Handle: handle,
      Title: 'Cap',
      'Option1 Name': 'Size',
      'Option1 Value': value,
      'Variant Price': price,
    })
    await importAll([size('S', '5'), size('M', '5')])
    const before = await find(handle)
    const { body } = await send(toCsv([size('S', '6'), size('M', '6,-')]))
    expect(body).toMatchObject({ products: counts(0, 1, 0), errors: [{ line: 3 }] })
    const after = await find(handle)
    expect(after.variants.map(({ id }: { id: string }) => id)).toEqual(
      before.variants.map(({ id }: { id: string }) => id),
    )
    expect(after.variants).toMatchObject([{ prices: [{ amount: 600 }] }, { prices: [{ amount: 500 }] }])
    await importAll([size('S', '6')])
    expect((await find(handle)).variants).toMatchObject([{ options: { Size: 'S' } }])
  })

  it('with the SKU of another product names that product and costs only its own', async () => {
    const other = await makeProduct(api)
    const handle = unique('sku')
    const rows = [mug(`${handle}-1`), mug(`${handle}-2`, { 'Variant SKU': other.sku }), mug(`${handle}-3`)]
    const detail = expect.stringContaining(`belongs to the product ${other.handle}`)
    for (const query of ['?dry_run=true', '']) {
      const { body } = await send(toCsv(rows), query)
      expect(body).toMatchObject({ products: counts(2, 0, 0, 1), errors: [{ line: 3, column: null, detail }] })
    }
    expect((await api.get(`/v1/products/${handle}-2`)).status).toBe(404)
    expect((await api.get(`/v1/products/${handle}-3`)).status).toBe(200)
  })

  it('that only the database can refuse costs only its own product, wherever it stands', async () => {
    const handle = unique('held')
    const rows = Array.from({ length: 9 }, (_, index) => mug(`${handle}-${index}`))
    await importAll(rows)
    expect((await complete(api, await makeShopper(api, [{ sku: `${handle}-4-sku`, quantity: 2 }]))).status).toBe(200)
    const fewer = rows.map((row) => ({ ...row, 'Variant Inventory Qty': '1' }))
    const { body } = await send(toCsv(fewer), '?stock=overwrite')
    expect(body).toMatchObject({
      products: counts(0, 8, 0, 1),
      errors: [{ line: 6, detail: expect.stringContaining('hold') }],
    })
    expect(await stockOf(api, `${handle}-4-sku`)).toMatchObject({ on_hand: 7, held: 2 })
    expect(await stockOf(api, `${handle}-8-sku`)).toMatchObject({ on_hand: 1, held: 0 })
    expect(await allViolations(api)).toEqual([])
  })

  it('does not keep products from swapping SKUs', async () => {
    const handle = unique('swap')
    await importAll([mug(`${handle}-1`), mug(`${handle}-2`)])
    const swapped = [
      mug(`${handle}-1`, { 'Variant SKU': `${handle}-2-sku` }),
      mug(`${handle}-2`, { 'Variant SKU': `${handle}-1-sku` }),
    ]
    expect((await importAll(swapped)).products).toEqual(counts(0, 2, 0))
  })
})

describe('two imports of one file at the same moment', () => {
  it('make each product once', async () => {
    const handle = unique('race')
    const file = toCsv([mug(`${handle}-1`), mug(`${handle}-2`)])
    const both = await Promise.all([send(file), send(file)])
    expect(both.map(({ status }) => status)).toEqual([201, 201])
    expect(both.flatMap(({ body }) => body.errors)).toEqual([])
    const created = both.map(({ body }) => body.products.created).sort()
    expect(created).toEqual([0, 2])
    expect((await find(`${handle}-1`)).version).toBe(1)
  })
})

describe('a retried import', () => {
  it('answers with the first report and does not undo what was changed since', async () => {
    const handle = unique('retry')
    const key = unique('key')
    const file = toCsv([mug(handle)])
    const first = await send(file, '', { key })
    const { id } = await find(handle)
    await api.patch(`/v1/admin/products/${id}`, { title: 'Edited' }, { token: staffKey })
    const again = await send(file, '', { key })
    expect(again.status).toBe(201)
    expect(again.headers.get('Idempotent-Replayed')).toBe('true')
    expect(again.body).toEqual(first.body)
    expect(await find(handle)).toMatchObject({ title: 'Edited', version: 2 })
    const other = await send(toCsv([mug(handle, { Title: 'Other' })]), '', { key })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
  })

  it('after an answer of the database was lost counts what was created as created', async () => {
    const { DB } = api.bindings
    let lost = 0
    const flaky = new Proxy(DB, {
      get(database, name) {
        if (name !== 'withSession') return Reflect.get(database, name).bind(database)
        return (consistency: string) => {
          const session = database.withSession(consistency)
          return {
            prepare: (text: string) => session.prepare(text),
            getBookmark: () => session.getBookmark(),
            batch: async (statements: D1PreparedStatement[]) => {
              const results = await session.batch(statements)
              // A chunk's commit is the longest batch by far.
              if (statements.length > 12 && lost === 0) {
                lost += 1
                throw new Error('D1_ERROR: Network connection lost.')
              }
              return results
            },
          }
        }
      },
    })
    const unlucky = createApi({ bindings: { DB: flaky } })
    const handle = unique('lost')
    const ask = { token: staffKey, headers: { 'Content-Type': 'text/csv' } }
    const { status, body } = await unlucky.post('/v1/admin/imports', toCsv([mug(handle)]), ask)
    expect(lost).toBe(1)
    expect(status).toBe(201)
    expect(body).toMatchObject({ products: counts(1, 0, 0), errors: [] })
    expect((await find(handle)).version).toBe(1)
  })
})

describe('a refused import', () => {
  const file = toCsv([mug('never-imported')])
  const text = { 'Content-Type': 'text/csv' }

  it.each([
    ['no key', () => ({ token: undefined }), 401, 'unauthenticated'],
    ['a key without the scope', () => ({ token: narrowKey }), 403, 'forbidden'],
    [
      'another content type',
      () => ({ headers: { 'Content-Type': 'application/json' } }),
      415,
      'unsupported_media_type',
    ],
    ['a length beyond the limit', () => ({ headers: { ...text, 'Content-Length': '4194305' } }), 413, 'body_too_large'],
  ])('with %s leaves no product behind', async (_, ask, status, code) => {
    expect(await send(file, '', ask())).toMatchObject({ status, body: { code } })
    expect((await api.get('/v1/products/never-imported')).status).toBe(404)
  })

  it.each([
    ['?dry_run=1', '/query/dry_run'],
    ['?stock=add', '/query/stock'],
    ['?dryrun=true', '/query/dryrun'],
  ])('names what is wrong with %s', async (query, pointer) => {
    expect(await send(file, query)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
  })

  it.each([
    ['an empty file', ''],
    ['a file without the columns', 'Name,Cost\nMug,3\n'],
    ['a file with semicolons', 'Handle;Title;Variant Price\nmug;Mug;3\n'],
  ])('of %s says what line 1 lacks', async (_, body) => {
    const answer = await send(body)
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request' } })
    expect(answer.body.errors[0].detail).toMatch(/^line 1: .* none is called Handle or URL handle/)
  })
})
