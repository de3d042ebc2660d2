import { beforeAll, describe, expect, it } from 'vitest'
import { sweepImports } from '../../src/features/imports/sweep.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { type Answer, createApi, makeProduct, stockOf, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { aroundCalls } from '../support/faults.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
let token = ''

beforeAll(async () => {
  token = (await seedShop()).staffKey
})

const CSV = 'text/csv'
const LINES = 'application/jsonl'

/** Opens an import. @returns its path. */
async function open(query = ''): Promise<string> {
  const { status, body, headers } = await api.post(`/v1/admin/imports${query}`, undefined, { token })
  expect(status).toBe(201)
  expect(headers.get('Location')).toBe(`/v1/admin/imports/${body.id}`)
  return `/v1/admin/imports/${body.id}`
}

const put = (path: string, number: number, text: string, type = LINES): Promise<Answer> =>
  api.put(`${path}/parts/${number}`, text, { token, headers: { 'Content-Type': type } })
const finish = (path: string, parts: number) => api.post(`${path}/finish`, { parts }, { token })
const read = async (path: string) => (await api.get(path, { token })).body

/** A product as it stands on a line. */
const cap = (handle: string, fields: object = {}) => ({
  handle,
  title: 'Cap',
  status: 'active',
  variants: [{ sku: `${handle}-sku`, prices: [{ amount: 1500, currency: 'USD' }], inventory: { on_hand: 4 } }],
  ...fields,
})
const lines = (products: readonly unknown[]) => products.map((product) => `${JSON.stringify(product)}\n`).join('')
const table = (handles: readonly string[]) =>
  `Handle,Title,Variant Price\n${handles.map((handle) => `${handle},Cap,15\n`).join('')}`

describe('an import in parts', () => {
  it('counts its parts and products, and is over when it is finished', async () => {
    const handle = unique('parts')
    const path = await open()
    expect(await read(path)).toMatchObject({ status: 'open', parts: { received: 0, done: 0 }, finished_at: null })
    const first = await put(path, 1, lines([cap(`${handle}-1`), cap(`${handle}-2`)]))
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({
      number: 1,
      status: 'done',
      rows: 2,
      products: { total: 2, done: 2, created: 2 },
    })
    expect((await put(path, 2, table([`${handle}-3`]), CSV)).status).toBe(200)
    expect(await read(path)).toMatchObject({ status: 'open', parts: { received: 2, done: 2 }, rows: 3 })
    const { status, body } = await finish(path, 2)
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'finished', products: { created: 3, updated: 0, unchanged: 0, refused: 0 } })
    expect(body.finished_at).not.toBeNull()
    expect(await finish(path, 2)).toMatchObject({ status: 200, body })
    expect(await finish(path, 3)).toMatchObject({ status: 409, body: { code: 'import_closed' } })
    expect((await api.get(`/v1/products/${handle}-3`)).status).toBe(200)
    const listed = await api.get('/v1/admin/imports?limit=100', { token })
    expect(listed.body.data).toContainEqual(expect.objectContaining({ id: body.id, status: 'finished' }))
  })

  it('takes the same part again as if it were nothing, and another one under its number not at all', async () => {
    const handle = unique('again')
    const path = await open()
    const text = lines([cap(handle)])
    const first = await put(path, 1, text)
    const { id } = (await api.get(`/v1/products/${handle}`)).body
    await api.patch(`/v1/admin/products/${id}`, { title: 'Edited' }, { token })
    expect(await put(path, 1, text)).toMatchObject({ status: 200, body: first.body })
    expect((await api.get(`/v1/admin/products/${id}`, { token })).body).toMatchObject({ title: 'Edited', version: 2 })
    for (const other of [await put(path, 1, lines([cap(handle, { title: 'Hat' })])), await put(path, 1, text, CSV)]) {
      expect(other).toMatchObject({ status: 409, body: { code: 'import_part_conflict' } })
    }
    await finish(path, 1)
    expect((await put(path, 1, text)).status).toBe(200)
    expect(await put(path, 2, text)).toMatchObject({ status: 409, body: { code: 'import_closed' } })
  })

  it('does not end before all of its parts are done, and names those that are not', async () => {
    const handle = unique('missing')
    const path = await open()
    await put(path, 2, lines([cap(handle)]))
    expect(await finish(path, 1)).toMatchObject({
      status: 409,
      body: { code: 'import_incomplete', missing_parts: [1] },
    })
    expect(await finish(path, 4)).toMatchObject({ status: 409, body: { missing_parts: [1, 3, 4] } })
    await put(path, 1, lines([cap(`${handle}-1`)]))
    expect((await finish(path, 2)).status).toBe(200)
  })

  it('refuses a product that another part has had, by name, and saves the rest', async () => {
    const handle = unique('torn')
    const path = await open()
    await put(path, 1, lines([cap(handle), cap(`${handle}-1`)]))
    const { body } = await put(path, 2, lines([cap(`${handle}-2`), cap(handle, { title: 'Second' })]))
    expect(body).toMatchObject({ status: 'done', products: { total: 2, done: 2, created: 1, refused: 1 } })
    expect(body.errors).toEqual([
      { line: 2, column: null, detail: expect.stringContaining(`Part 1 of this import has had the product ${handle}`) },
    ])
    expect((await read(path)).errors).toMatchObject([{ part: 2, line: 2 }])
    expect((await api.get(`/v1/products/${handle}`)).body.title).toBe('Cap')
  })

  it('in a dry run counts what would happen and changes no product', async () => {
    const handle = unique('dry')
    await put(await open(), 1, lines([cap(`${handle}-old`), cap(`${handle}-same`)]))
    const path = await open('?dry_run=true')
    const changed = [cap(`${handle}-old`, { title: 'New' }), cap(`${handle}-same`), cap(`${handle}-new`), { title: 7 }]
    const { body } = await put(path, 1, lines(changed))
    expect(body.products).toEqual({ total: 3, done: 3, created: 1, updated: 1, unchanged: 1, refused: 1 })
    expect((await put(path, 2, lines([cap(`${handle}-new`)]))).body.products).toMatchObject({ created: 0, refused: 1 })
    expect(await finish(path, 2)).toMatchObject({ status: 200, body: { dry_run: true, status: 'finished' } })
    expect((await api.get(`/v1/products/${handle}-old`)).body.title).toBe('Cap')
    expect((await api.get(`/v1/products/${handle}-new`)).status).toBe(404)
  })
})

describe('a line', () => {
  it('says all that createProduct takes, and changes only what it names', async () => {
    const handle = unique('line')
    const whole = cap(handle, {
      vendor: 'Nordlys',
      tags: ['warm'],
      metadata: { season: 'winter' },
      private_metadata: { cost: '3' },
      description_html: '<p onclick="x()">Soft</p>',
      published_at: '2024-01-01T00:00:00.000Z',
    })
    expect((await put(await open(), 1, lines([whole]))).body.products).toMatchObject({ created: 1 })
    const { id } = (await api.get(`/v1/products/${handle}`)).body
    const find = async () => (await api.get(`/v1/admin/products/${id}`, { token })).body
    const before = await find()
    expect(before).toMatchObject({ vendor: 'Nordlys', metadata: { season: 'winter' }, private_metadata: { cost: '3' } })
    expect(before.description_html).toBe('<p>Soft</p>')
    expect((await put(await open(), 1, lines([whole]))).body.products).toMatchObject({ created: 0, unchanged: 1 })
    const { variants } = cap(handle)
    const change = { handle, title: 'Hat', variants: [{ ...variants[0], inventory: { on_hand: 9 } }] }
    expect((await put(await open(), 1, lines([change]))).body.products).toMatchObject({ updated: 1 })
    expect(await find()).toMatchObject({ ...before, title: 'Hat', version: 2, updated_at: expect.any(String) })
    expect(await stockOf(api, `${handle}-sku`)).toMatchObject({ on_hand: 4 })
    expect((await put(await open('?stock=overwrite'), 1, lines([change]))).body.products).toMatchObject({ updated: 1 })
    expect(await stockOf(api, `${handle}-sku`)).toMatchObject({ on_hand: 9 })
  })

  it('that cannot be used is an error of that line, and the rest goes on', async () => {
    const handle = unique('bad')
    const other = await makeProduct(api)
    const category = 'cat_01m00000000000000000000000'
    const text = [
      JSON.stringify(cap(`${handle}-1`)),
      '{"title":',
      '',
      '[]',
      'null',
      JSON.stringify({ title: 'No variant' }),
      JSON.stringify(cap(`${handle}-2`, { surprise: true })),
      JSON.stringify(cap(`${handle}-3`, { title: 'x'.repeat(3_000_000) })),
      JSON.stringify(cap(`${handle}-1`)),
      JSON.stringify(cap(`${handle}-4`, { variants: cap(`${handle}-1`).variants })),
      JSON.stringify(cap(`${handle}-5`, { variants: [{ sku: other.sku, prices: [{ amount: 1, currency: 'USD' }] }] })),
      JSON.stringify(cap(`${handle}-6`, { category_id: category })),
      JSON.stringify(cap(`${handle}-7`, { options: ['Size'] })),
      '{"title":"\\ud800","variants":[]}',
      '{"__proto__":{"title":"x"}}',
      JSON.stringify(cap(`${handle}-8`, { custom_fields: { nobody: 1 } })),
      `{"__proto__":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
      JSON.stringify(cap(`${handle}-9`)),
    ].join('\r\n')
    const { status, body } = await put(await open(), 1, text)
    expect(status).toBe(200)
    expect(body.products).toMatchObject({ created: 2, updated: 0, refused: 15 })
    const told = body.errors.map(
      ({ line, column, detail }: { line: number; column: string | null; detail: string }) => [
        ...[line, column, detail.slice(0, 60)],
      ],
    )
    expect(told).toEqual([
      [2, null, expect.stringContaining('not valid JSON')],
      [4, '/', expect.any(String)],
      [5, '/', expect.any(String)],
      [6, '/variants', expect.any(String)],
      [7, '/surprise', 'is not part of the contract'],
      [8, null, expect.stringMatching(/^The line has 3\d{6} characters/)],
      [9, '/handle', expect.stringContaining('Line 1 is already')],
      [10, '/variants', expect.stringContaining('already belongs to line 1')],
      [11, null, expect.stringContaining('belongs to')],
      [12, null, expect.stringContaining('/category_id is not a category')],
      [13, null, expect.stringContaining('/variants/0/options must choose exactly Size')],
      [14, '/title', expect.stringContaining('surrogate')],
      [15, '/__proto__', expect.any(String)],
      [16, expect.stringContaining('/custom_fields'), expect.any(String)],
      [17, '/__proto__', expect.any(String)],
    ])
    expect((await api.get(`/v1/products/${handle}-9`)).status).toBe(200)
  })

  it('among 10,000 bad ones is found: the first errors are listed, all are counted, none grows without end', async () => {
    const handle = unique('many')
    const path = await open()
    const long = JSON.stringify({ ['x'.repeat(20_000)]: 1 })
    const text = `${long}\n${'{}\n'.repeat(9_999)}${lines([cap(handle)])}`
    const { status, body } = await put(path, 1, text)
    expect(status).toBe(200)
    expect(body).toMatchObject({ rows: 10_001, products: { total: 1, created: 1, refused: 10_000 } })
    expect(body.error_count).toBeGreaterThanOrEqual(10_000)
    expect(body.errors).toHaveLength(500)
    expect(JSON.stringify(body).length).toBeLessThan(100_000)
    expect((await read(path)).errors).toHaveLength(500)
  })
})

describe('what one request may do', () => {
  it('is bounded: a part of more goes on where it stands when it is sent again', async () => {
    const handle = unique('long')
    const path = await open()
    let statements = 0
    const counting = createApi({
      bindings: {
        DB: aroundCalls(api.bindings.DB, (run, more) => {
          statements += more
          return run()
        }),
      },
    })
    // The first of them take SKUs that products further down still have: the database refuses them, one by one.
    const swapped = 12
    const row = (index: number, sku: number) => `${handle}-${index},Cap,15,${handle}-sku-${sku}\n`
    const heading = 'Handle,Title,Variant Price,Variant SKU\n'
    const total = 330
    const last = (index: number) => total - 1 - index
    const owners = Array.from({ length: swapped }, (_, index) => row(last(index), last(index)))
    await put(path, 1, heading + owners.join(''), CSV)
    await finish(path, 1)
    const rows = Array.from({ length: total }, (_, index) =>
      row(index, index < swapped ? last(index) : index >= total - swapped ? index + total : index),
    )
    const again = await open()
    const spent: number[] = []
    const statuses: number[] = []
    let part = { products: { done: 0, created: 0 } }
    do {
      statements = 0
      const ask = { token, headers: { 'Content-Type': CSV } }
      const { status, body } = await counting.put(`${again}/parts/1`, heading + rows.join(''), ask)
      expect(body.products.done).toBeGreaterThan(part.products.done)
      spent.push(statements)
      statuses.push(status)
      part = body
    } while (statuses.at(-1) === 202 && statuses.length < 20)
    expect(statuses.length).toBeGreaterThan(1)
    // What an invocation may run, with what it does behind its answer.
    expect(Math.max(...spent)).toBeLessThan(1000)
    const expected = { total, done: total, created: total - 2 * swapped, updated: swapped, refused: swapped }
    expect(part).toMatchObject({ status: 'done', products: expected })
    expect(await finish(again, 1)).toMatchObject({ status: 200, body: { products: { refused: swapped } } })
  })
})

describe('two clients at the same part', () => {
  it('save each product once between them', async () => {
    const handle = unique('both')
    const path = await open()
    const text = lines(Array.from({ length: 250 }, (_, index) => cap(`${handle}-${index}`)))
    const both = await Promise.all([put(path, 1, text), put(path, 1, text)])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(await read(path)).toMatchObject({
      parts: { received: 1, done: 1 },
      products: { created: 250, unchanged: 0 },
    })
    const { results } = await testEnv()
      .DB.prepare("SELECT version FROM products WHERE handle LIKE ? || '-%' AND version <> 1")
      .bind(handle)
      .all()
    expect(results).toEqual([])
  })

  it('of different content: one is taken', async () => {
    const handle = unique('either')
    const path = await open()
    const both = await Promise.all(['a', 'b'].map((end) => put(path, 1, lines([cap(`${handle}-${end}`)]))))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await read(path)).toMatchObject({ parts: { received: 1 }, products: { created: 1 } })
  })
})

describe('a refused part', () => {
  it('of an import that is not there is a 404', async () => {
    const path = '/v1/admin/imports/imp_01m00000000000000000000000'
    expect(await put(path, 1, lines([cap('x')]))).toMatchObject({ status: 404, body: { code: 'import_not_found' } })
    expect(await finish(path, 1)).toMatchObject({ status: 404, body: { code: 'import_not_found' } })
    expect(await api.get(path, { token })).toMatchObject({ status: 404, body: { code: 'import_not_found' } })
  })

  it.each(['0', '-1', '1.5', '01', '10001', '99999', '1e3', 'x'])('with the number %s is a 422', async (number) => {
    const path = await open()
    const answer = await api.put(`${path}/parts/${number}`, lines([cap('x')]), {
      token,
      headers: { 'Content-Type': LINES },
    })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/path/number' }] } })
  })

  it.each([
    ['nothing', undefined, {}, 422],
    ['JSON', '{}', { 'Content-Type': 'application/json' }, 415],
    ['no line', '\n\n', { 'Content-Type': LINES }, 422],
    ['no heading', ' ', { 'Content-Type': CSV }, 422],
    ['20,001 rows', `Handle,Title,Price\n${'a,A,1\n'.repeat(20_001)}`, { 'Content-Type': CSV }, 422],
    ['20,001 lines', '{}\n'.repeat(20_001), { 'Content-Type': LINES }, 422],
    ['100,001 lines in one value', `Handle,Title,Price\na,"${'\n'.repeat(100_001)}",1`, { 'Content-Type': CSV }, 422],
    ['a heading without the columns', 'Name\nx\n', { 'Content-Type': CSV }, 422],
  ])('of %s is not received', async (_, text, headers: Record<string, string>, status) => {
    const path = await open()
    expect(await api.put(`${path}/parts/1`, text, { token, headers })).toMatchObject({ status })
    expect(await read(path)).toMatchObject({ parts: { received: 0 } })
  })
})

describe('an import that nobody goes on with', () => {
  it('ends after a week, and what is kept of its products goes when it is over', async () => {
    const handle = unique('left')
    const path = await open()
    await put(path, 1, lines([cap(handle)]))
    const claims = async () =>
      (await testEnv()
        .DB.prepare('SELECT count(*) AS n FROM import_handles WHERE handle = ?')
        .bind(handle)
        .first('n')) as number
    const sweepAfter = (days: number) => {
      const clock = () => new Date(Date.now() + days * 24 * 3600 * 1000)
      return sweepImports(systemContext('cron', api.bindings, { ...api.deps, clock }, () => {}))
    }
    await sweepAfter(6)
    expect(await read(path)).toMatchObject({ status: 'open' })
    expect(await claims()).toBe(1)
    // A run takes a few of them, and other tests have left theirs.
    for (let run = 0; run < 100 && (run === 0 || (await claims()) > 0); run += 1) await sweepAfter(8)
    expect(await read(path)).toMatchObject({ status: 'expired', products: { created: 1 } })
    expect(await claims()).toBe(0)
    expect(await put(path, 2, lines([cap(handle)]))).toMatchObject({ status: 409, body: { code: 'import_closed' } })
    expect(await finish(path, 1)).toMatchObject({ status: 409, body: { code: 'import_closed' } })
  })
})
