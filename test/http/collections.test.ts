import { afterAll, describe, expect, it } from 'vitest'
import { allViolations, createApi, makeProduct, unique } from '../support/api.ts'
import { asStaff, trailOf, walkList } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const PATH = '/v1/admin/collections'

afterAll(async () => {
  expect(await allViolations(api)).toEqual([])
})

async function makeCollection(fields: Record<string, unknown> = {}) {
  return staff.post(PATH, { title: unique('Shelf'), status: 'active', ...fields })
}

async function makeFilled(count: number) {
  const products = await Promise.all(Array.from({ length: count }, () => makeProduct(api)))
  const ids = products.map(({ id }) => id)
  const collection = await makeCollection()
  await staff.patch(`${PATH}/${collection.id}/products`, { add: ids })
  return { ...collection, ids }
}

/** What staff see, page by page. */
async function walkMembers(collectionId: string): Promise<string[]> {
  const seen: string[] = []
  let cursor = ''
  do {
    const body = await staff.get(`${PATH}/${collectionId}/products?limit=2${cursor}`)
    seen.push(...body.data.map(({ product_id }: { product_id: string }) => product_id))
    cursor = body.next_cursor ? `&cursor=${body.next_cursor}` : ''
  } while (cursor !== '')
  return seen
}

async function expectOrder({ id, handle }: { id: string; handle: string }, ids: readonly string[]) {
  expect(await walkMembers(id)).toEqual(ids)
  expect(await walkList(api, `collection=${encodeURIComponent(handle)}&sort=manual&limit=2`)).toEqual(ids)
}

describe('staff make collections', () => {
  it('with texts, an image and a handle from the title, and read back what they sent', async () => {
    const title = unique('Women’s Röcke & Co')
    const sent = {
      title,
      description_html: '<p onclick="x()">Soft<script>alert(1)</script></p>',
      seo: { title: 'Skirts', description: 'All of them' },
      image: { url: 'https://shop.example/skirt.jpg', alt: 'A skirt', width: 800, height: 600 },
      metadata: { season: 'winter' },
      private_metadata: { margin: 'high' },
      position: 7,
      sort: 'price_asc',
    }
    const created = await makeCollection(sent)
    expect(created).toMatchObject({ ...sent, description_html: '<p>Soft</p>', version: 1, kind: 'manual', rules: [] })
    expect(created.handle).toMatch(/^womens-rocke-co-/)
    expect(await staff.get(`${PATH}/${created.id}`)).toEqual(created)
    const shown = (await api.get(`/v1/collections/${created.handle}`)).body
    expect(shown).toMatchObject({ title, description_html: '<p>Soft</p>', seo: sent.seo, image: sent.image })
    expect(JSON.stringify(shown)).not.toContain('margin')
    const elsewhere = createApi()
    expect((await elsewhere.get('/v1/collections')).status).toBe(200)
    const { handle } = await makeCollection()
    expect((await elsewhere.get(`/v1/collections/${handle}`)).status, 'what is new is found at once').toBe(200)
    const ids: string[] = []
    for (let cursor = ''; ; ) {
      const { data, next_cursor } = await staff.get(`${PATH}?limit=3${cursor}`)
      ids.push(...data.map(({ id }: { id: string }) => id))
      if (!next_cursor) break
      cursor = `&cursor=${next_cursor}`
    }
    expect(ids.filter((id) => id === created.id)).toHaveLength(1)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('once, however often a create is retried with its key', async () => {
    const wish = { title: unique('Once') }
    const key = crypto.randomUUID()
    const answers = await Promise.all([1, 2, 3].map(() => staff.post(PATH, wish, { key })))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    const other = await staff.try('post', PATH, { title: 'Another' }, { key })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } })
  })

  it('and change them in the version they have read, with a trail', async () => {
    const { id, title } = await makeCollection()
    const same = await staff.patch(`${PATH}/${id}`, { title }, { ifMatch: '"1"' })
    expect(same.version).toBe(1)
    const changed = await staff.patch(`${PATH}/${id}`, { position: 4 }, { ifMatch: '"1"' })
    expect(changed).toMatchObject({ version: 2, position: 4, title })
    const { id: productId } = await makeProduct(api)
    for (const late of [
      await staff.try('patch', `${PATH}/${id}`, { position: 5 }, { ifMatch: '"1"' }),
      await staff.try('patch', `${PATH}/${id}/products`, { add: [productId] }, { ifMatch: '"1"' }),
      await staff.tryDelete(`${PATH}/${id}`, { ifMatch: '"1"' }),
    ]) {
      expect(late).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    }
    await staff.patch(`${PATH}/${id}/products`, { add: [productId] }, { ifMatch: '"2"' })
    await staff.delete(`${PATH}/${id}`, { ifMatch: '"3"' })
    expect(await trailOf(id)).toEqual([
      'collection.created',
      'collection.updated',
      'collection.products_changed',
      'collection.deleted',
    ])
    const gone = await staff.tryDelete(`${PATH}/${id}`)
    expect(gone).toMatchObject({ status: 404, body: { code: 'collection_not_found' } })
  })

  it('with custom fields that are checked, of which shoppers see the public ones', async () => {
    const { bindings } = api
    const [open, hidden] = ['open', 'hidden'].map((name) => `${name}_${crypto.randomUUID().slice(0, 8)}`) as [
      string,
      string,
    ]
    for (const [key, visibility] of [
      [open, 'public'],
      [hidden, 'private'],
    ]) {
      await bindings.DB.prepare(
        `INSERT INTO custom_fields (id, subject, key, title, type, visibility, options, version, created_at, updated_at)
         VALUES (?, 'collection', ?, ?, 'integer', ?, '{}', 1, 0, 0)`,
      )
        .bind(`field_${key}`, key, key, visibility)
        .run()
    }
    const { id, handle, custom_fields } = await makeCollection({ custom_fields: { [open]: 7, [hidden]: 8 } })
    expect(custom_fields).toEqual({ [open]: 7, [hidden]: 8 })
    const shown = await api.get(`/v1/collections/${handle}`)
    expect(shown.body.custom_fields).toEqual({ [open]: { type: 'integer', value: 7 } })
    const wrong = await staff.try('patch', `${PATH}/${id}`, { custom_fields: { [open]: 'seven' } })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: `/custom_fields/${open}` }] } })
    const unset = await staff.patch(`${PATH}/${id}`, { custom_fields: { [open]: null } })
    expect(unset.custom_fields).toEqual({ [hidden]: 8 })
    await bindings.DB.prepare('DELETE FROM custom_fields WHERE key IN (?, ?)').bind(open, hidden).run()
  })

  it('and are told what is wrong', async () => {
    const { handle } = await makeCollection()
    const taken = await staff.try('post', PATH, { title: 'X', handle })
    expect(taken).toMatchObject({ status: 409, body: { code: 'handle_taken' } })
    const rule = { field: 'tag', operator: 'is', value: 'red' }
    const price = (value: unknown, operator = 'at_least') => ({ field: 'price', operator, value })
    const cases: [string, Record<string, unknown>][] = [
      ['/handle', { title: '!!!' }],
      ['/handle', { title: 'X', handle: 'Not One' }],
      ['/title', { title: ' ' }],
      ['/rules', { title: 'X', rules: [rule] }],
      ['/rules', { title: 'X', kind: 'rules' }],
      ['/rules', { title: 'X', kind: 'rules', rules: Array(51).fill(rule) }],
      ['/rules/0/field', { title: 'X', kind: 'rules', rules: [{ ...rule, field: 'colour' }] }],
      ['/rules/0/operator', { title: 'X', kind: 'rules', rules: [{ ...rule, operator: 'at_least' }] }],
      ['/rules/0/value', { title: 'X', kind: 'rules', rules: [{ ...rule, value: ' ' }] }],
      ['/rules/1/value/amount', { title: 'X', kind: 'rules', rules: [rule, price({ amount: 1.5, currency: 'USD' })] }],
      ['/rules/0/value/currency', { title: 'X', kind: 'rules', rules: [price({ amount: 1, currency: 'XXX' })] }],
      ['/rules/0/value', { title: 'X', kind: 'rules', rules: [{ field: 'in_stock', operator: 'is', value: 'yes' }] }],
      ['/custom_fields/nothing', { title: 'X', custom_fields: { nothing: 1 } }],
      ['/image/url', { title: 'X', image: { url: 'javascript:alert(1)' } }],
    ]
    for (const [pointer, body] of cases) {
      const answer = await staff.try('post', PATH, body)
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
    }
  })
})

describe('a manual collection', () => {
  it('keeps its order over pages and after moves, in the storefront as for staff', async () => {
    const { ids: all, ...collection } = await makeFilled(7)
    const path = `${PATH}/${collection.id}/products`
    let order = [...all]
    await expectOrder(collection, order)
    const at = (...places: number[]) => places.map((place) => order[place] ?? '')
    const moves: [string[], string | null][] = [
      [at(6), null],
      [at(0, 2), at(5)[0] ?? null],
      [at(4, 1, 3), at(0)[0] ?? null],
      [at(5), at(6)[0] ?? null],
      [at(3, 2), null],
      [at(0, 1, 2, 3, 4, 5), at(6)[0] ?? null],
    ]
    for (const [ids, after] of moves) {
      await staff.patch(path, { move: { ids, after } })
      const rest = order.filter((id) => !ids.includes(id))
      const place = after === null ? 0 : rest.indexOf(after) + 1
      order = [...rest.slice(0, place), ...ids, ...rest.slice(place)]
      await expectOrder(collection, order)
    }
    const fresh = await makeProduct(api)
    const [first = '', second = ''] = order
    await staff.patch(path, { add: [fresh.id], remove: [first], move: { ids: [fresh.id], after: second } })
    order = [second, fresh.id, ...order.slice(2)]
    await expectOrder(collection, order)
    expect(await allViolations(api)).toEqual([])
  })

  it('that moves one product moves the places of all behind it in lists, in that very commit', async () => {
    const { ids, id, handle } = await makeFilled(5)
    await staff.patch(`${PATH}/${id}/products`, { move: { ids: [ids[4]], after: ids[0] } })
    const { results } = await api.bindings.DB.prepare(
      `SELECT n.product_id FROM listings AS l JOIN listed_products AS n ON n.number = l.product
        JOIN shelves AS s ON s.number = l.shelf JOIN collection_products AS m ON m.product_id = n.product_id
        AND m.collection_id = s.name WHERE s.name = ? AND l.position = m.position ORDER BY l.position`,
    )
      .bind(id)
      .all<{ product_id: string }>()
    expect(results.map(({ product_id }) => product_id)).toEqual([ids[0], ids[4], ids[1], ids[2], ids[3]])
    expect((await api.get(`/v1/products?collection=${handle}&sort=manual&limit=1`)).body.data[0].id).toBe(ids[0])
  })

  it('takes and drops more products at once than one batch derives', async () => {
    const products = await Promise.all(Array.from({ length: 105 }, () => makeProduct(api)))
    const ids = products.map(({ id }) => id)
    const { id, handle } = await makeCollection()
    await staff.patch(`${PATH}/${id}/products`, { add: ids })
    expect(await walkList(api, `collection=${handle}&sort=manual&limit=100`)).toEqual(ids)
    const gone = await staff.patch(`${PATH}/${id}/products`, { remove: ids })
    expect(await walkList(api, `collection=${handle}`)).toEqual([])
    const again = await staff.patch(`${PATH}/${id}/products`, { remove: ids })
    expect(again.version).toBe(gone.version)
  })

  it('refuses what is not there, stands there twice or cannot be done, and then does nothing', async () => {
    const { ids, ...collection } = await makeFilled(3)
    const path = `${PATH}/${collection.id}/products`
    const outside = await makeProduct(api)
    const nobody = `prod_${'0'.repeat(26)}`
    const [one, two] = ids
    const cases: [string, unknown][] = [
      ['/add/1', { add: [outside.id, nobody] }],
      ['/remove/0', { remove: [nobody] }],
      ['/remove/0', { add: [outside.id], remove: [outside.id] }],
      ['/add', { add: [outside.id, outside.id] }],
      ['/add', { add: Array.from({ length: 251 }, (_, index) => `prod_${String(index).padStart(26, '0')}`) }],
      ['/move/ids/0', { move: { ids: [outside.id], after: null } }],
      ['/move/ids/1', { remove: [two], move: { ids: [one, two], after: null } }],
      ['/move/ids', { move: { ids: [], after: null } }],
      ['/move/after', { move: { ids: [one], after: one } }],
      ['/move/after', { move: { ids: [one], after: outside.id } }],
      ['/move/after', { move: { ids: [one] } }],
    ]
    for (const [pointer, body] of cases) {
      const answer = await staff.try('patch', path, body)
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
    }
    await expectOrder(collection, ids)
    const rules = [{ field: 'vendor', operator: 'is', value: unique('V') }]
    const byRules = await makeCollection({ kind: 'rules', rules })
    const answer = await staff.try('patch', `${PATH}/${byRules.id}/products`, { add: [one] })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/' }] } })
  })

  it('shares its products with others, and names them on the product', async () => {
    const { ids, ...first } = await makeFilled(2)
    const second = await makeCollection()
    await staff.patch(`${PATH}/${second.id}/products`, { add: [ids[1], ids[0]] })
    await expectOrder(first, ids)
    await expectOrder(second, [ids[1] ?? '', ids[0] ?? ''])
    const { body } = await api.get(`/v1/products/${ids[0]}`)
    expect(body.collections.map(({ handle }: { handle: string }) => handle).sort()).toEqual(
      [first.handle, second.handle].sort(),
    )
    const both = await walkList(api, `collection=${first.handle}&collection=${second.handle}`)
    expect(both.sort()).toEqual([...ids].sort())
  })

  it('is deleted without its products', async () => {
    const { ids, id, handle } = await makeFilled(2)
    await staff.delete(`${PATH}/${id}`)
    expect((await api.get(`/v1/collections/${handle}`)).status).toBe(404)
    expect(await walkList(api, `collection=${handle}`)).toEqual([])
    expect((await api.get(`/v1/products/${ids[0]}`)).body.collections).toEqual([])
    const { results } = await api.bindings.DB.prepare(`SELECT 1 FROM listings
      WHERE shelf = (SELECT number FROM shelves WHERE name = ?)`)
      .bind(id)
      .all()
    expect(results).toEqual([])
  })
})

describe('what shoppers may not see', () => {
  it('is a draft collection, on every path', async () => {
    const { ids, id, handle } = await makeFilled(1)
    const old = handle
    const moved = unique('moved')
    await staff.patch(`${PATH}/${id}`, { status: 'draft', handle: moved })
    for (const ref of [id, old, moved]) {
      expect((await api.get(`/v1/collections/${ref}`)).body).toMatchObject({ code: 'collection_not_found' })
      expect(await walkList(api, `collection=${ref}&sort=manual`)).toEqual([])
    }
    expect(JSON.stringify((await api.get('/v1/collections')).body)).not.toContain(id)
    expect((await api.get(`/v1/products/${ids[0]}`)).body.collections).toEqual([])
    await staff.patch(`${PATH}/${id}`, { status: 'active' })
    expect(await walkList(api, `collection=${moved}`)).toEqual(ids)
  })

  it('is that two products share a draft collection', async () => {
    const [one, two] = await Promise.all([makeProduct(api), makeProduct(api)])
    const draft = await makeCollection({ status: 'draft' })
    await staff.patch(`${PATH}/${draft.id}/products`, { add: [one.id, two.id] })
    expect((await api.get(`/v1/products/${one.id}/related`)).body.data).toEqual([])
    await staff.patch(`${PATH}/${draft.id}`, { status: 'active' })
    expect((await api.get(`/v1/products/${one.id}/related`)).body.data).toMatchObject([{ id: two.id }])
  })

  it('is a product that is a draft or not out yet, though it has its place', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const draft = await makeProduct(api, { status: 'draft' })
    const scheduled = await makeProduct(api, { published_at: soon })
    const shown = await makeProduct(api)
    const collection = await makeCollection()
    const all = [draft.id, scheduled.id, shown.id]
    await staff.patch(`${PATH}/${collection.id}/products`, { add: all })
    const list = `collection=${collection.handle}&sort=manual`
    expect(await walkList(api, list)).toEqual([shown.id])
    expect(await walkMembers(collection.id)).toEqual(all)
    const later = createApi({ deps: { clock: () => new Date(Date.now() + 3_700_000) } })
    expect(await walkList(later, list)).toEqual([scheduled.id, shown.id])
    await staff.patch(`/v1/admin/products/${draft.id}`, { status: 'active' })
    expect(await walkList(api, list)).toEqual([draft.id, shown.id])
  })
})

describe('a handle that a collection had before', () => {
  it('leads to it, in any script and with the query, until another one takes it', async () => {
    const [old, current] = [unique('größe'), unique('サイズ')]
    const { id } = await makeCollection({ handle: old })
    await staff.patch(`${PATH}/${id}`, { handle: current })
    const moved = await api.get(`/v1/collections/${encodeURIComponent(old)}?locale=de-DE&currency=EUR`)
    expect(moved.status).toBe(301)
    const location = moved.headers.get('Location') ?? ''
    expect(location).toBe(`/v1/collections/${encodeURIComponent(current)}?locale=de-DE&currency=EUR`)
    expect((await api.get(location)).body).toMatchObject({ id, handle: current })
    const { id: productId } = await makeProduct(api)
    await staff.patch(`${PATH}/${id}/products`, { add: [productId] })
    expect(await walkList(api, `collection=${encodeURIComponent(old)}`)).toEqual([productId])
    const heir = await makeCollection({ handle: old })
    expect((await api.get(`/v1/collections/${encodeURIComponent(old)}`)).body.id).toBe(heir.id)
    expect(await walkList(api, `collection=${encodeURIComponent(old)}`)).toEqual([])
  })

  it('is its own again when it takes it back', async () => {
    const [first, second] = [unique('first'), unique('second')]
    const { id } = await makeCollection({ handle: first })
    await staff.patch(`${PATH}/${id}`, { handle: second })
    await staff.patch(`${PATH}/${id}`, { handle: first })
    expect((await api.get(`/v1/collections/${first}`)).status).toBe(200)
    expect((await api.get(`/v1/collections/${second}`)).headers.get('Location')).toBe(`/v1/collections/${first}`)
  })
})
