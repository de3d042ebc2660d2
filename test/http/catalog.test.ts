import { describe, expect, it } from 'vitest'
import { createApi, makeProduct, unique } from '../support/api.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()

async function createOne(fields: Record<string, unknown>) {
  const { staffKey } = await seedShop()
  const price = (amount: number) => [{ currency: 'USD', amount }]
  const variants = [{ sku: unique('S'), prices: price(1500), inventory: { on_hand: 3 } }]
  const { status, body } = await api.post(
    '/v1/admin/products',
    { title: unique('P'), variants, ...fields },
    { token: staffKey },
  )
  expect(status).toBe(201)
  return body
}

describe('a product', () => {
  it('is read by id and by handle, with options, prices and availability', async () => {
    const handle = unique('shirt')
    const variant = (size: string, amount: number, on_hand: number) => ({
      sku: unique(size),
      options: { Size: size },
      prices: [{ currency: 'USD', amount, compare_at_amount: amount + 500 }],
      image_url: '/demo/shirt.svg',
      inventory: { on_hand },
    })
    const created = await createOne({
      handle,
      status: 'active',
      options: ['Size'],
      images: [{ url: '/demo/shirt.svg', alt: 'A shirt' }],
      description_html: '<p onclick="x()">Soft<script>alert(1)</script></p>',
      variants: [variant('S', 1500, 2), variant('M', 1700, 0)],
    })
    const byHandle = await api.get(`/v1/products/${handle}`)
    const byId = await api.get(`/v1/products/${created.id}`)
    expect(byHandle.body).toEqual(byId.body)
    expect(byHandle.body).toMatchObject({
      description_html: '<p>Soft</p>',
      options: [{ name: 'Size', values: ['S', 'M'] }],
      price_range: { min: { amount: 1500, currency: 'USD' }, max: { amount: 1700, currency: 'USD' } },
      variants: [
        { title: 'S', available: true, compare_at_price: { amount: 2000 } },
        { title: 'M', available: false },
      ],
    })
    expect(byHandle.body).not.toHaveProperty('private_metadata')
    expect(JSON.stringify(byHandle.body)).not.toContain('on_hand')
  })

  it('shows no price and cannot be bought in a currency it has no price in', async () => {
    const { handle } = await createOne({ status: 'active' })
    const { body } = await api.get(`/v1/products/${handle}?currency=JPY`)
    expect(body).toMatchObject({ price_range: null, available: false, variants: [{ price: null, available: false }] })
  })

  it('is public for a minute, with an ETag that answers 304', async () => {
    const { handle } = await makeProduct(api)
    const first = await api.get(`/v1/products/${handle}`)
    expect(first.headers.get('Cache-Control')).toBe(
      'public, max-age=60, stale-while-revalidate=600, stale-if-error=86400',
    )
    expect(first.headers.get('Access-Control-Allow-Origin')).toBe('*')
    const tag = first.headers.get('ETag') ?? ''
    const again = await api.get(`/v1/products/${handle}`, { headers: { 'If-None-Match': `W/${tag}` } })
    expect(again).toMatchObject({ status: 304, body: '' })
    expect(again.headers.get('ETag')).toBe(tag)
  })

  it('is invisible as a draft, on every storefront path', async () => {
    const { id, handle, variants } = await createOne({ status: 'draft', vendor: 'Hidden & Co' })
    for (const path of [`/v1/products/${id}`, `/v1/products/${handle}`]) {
      expect(await api.get(path)).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
    }
    expect((await api.get('/v1/products?vendor=Hidden%20%26%20Co')).body.data).toEqual([])
    const cart = await api.post('/v1/carts', { lines: [{ variant_id: variants[0].id, quantity: 1 }] })
    expect(cart).toMatchObject({ status: 422, body: { errors: [{ pointer: '/lines/0/variant_id' }] } })
  })

  it('says what is allowed when the currency or locale is not', async () => {
    const { handle } = await makeProduct(api)
    const currency = await api.get(`/v1/products/${handle}?currency=CHF`)
    expect(currency).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/query/currency', detail: 'must be one of USD, EUR, JPY' }] },
    })
    const locale = await api.get(`/v1/products/${handle}?locale=xx`)
    expect(locale).toMatchObject({ status: 422, body: { errors: [{ pointer: '/query/locale' }] } })
  })
})

describe('a handle that a product had before', () => {
  it.each(['', '/variants', '/related'])('leads to where %j of it is now, until another one takes it', async (rest) => {
    const { staffKey: token } = await seedShop()
    const [old, current] = [unique('größe'), unique('サイズ')]
    const { id } = await makeProduct(api, { handle: old })
    await api.patch(`/v1/admin/products/${id}`, { handle: current }, { token })
    const path = `/v1/products/${encodeURIComponent(old)}${rest}?locale=de-DE&currency=EUR`
    const moved = await api.get(path)
    expect(moved.status).toBe(301)
    expect(moved.headers.get('Cache-Tag')).toBe(`catalog,product:${id}`)
    const location = moved.headers.get('Location') ?? ''
    expect(location).toBe(`/v1/products/${encodeURIComponent(current)}${rest}?locale=de-DE&currency=EUR`)
    expect((await api.get(location)).status).toBe(200)
    await makeProduct(api, { handle: old })
    expect((await api.get(path)).status).toBe(200)
  })
})

describe('the list', () => {
  it('walks all of a vendor’s products once, page by page, in every sort', async () => {
    const vendor = unique('Vendor')
    const amounts = [900, 500, 700, 500, 1100]
    for (const amount of amounts) {
      await createOne({
        status: 'active',
        vendor,
        variants: [{ sku: unique('S'), prices: [{ currency: 'USD', amount }], inventory: { on_hand: 1 } }],
      })
    }
    for (const sort of ['newest', 'title', 'price_asc', 'price_desc']) {
      const seen: { id: string; amount: number }[] = []
      let cursor = ''
      do {
        const { status, body } = await api.get(`/v1/products?vendor=${vendor}&sort=${sort}&limit=2${cursor}`)
        expect(status).toBe(200)
        for (const card of body.data) seen.push({ id: card.id, amount: card.price_range.min.amount })
        cursor = body.next_cursor ? `&cursor=${body.next_cursor}` : ''
      } while (cursor !== '')
      expect(new Set(seen.map(({ id }) => id)).size).toBe(amounts.length)
      const order = seen.map(({ amount }) => amount)
      if (sort === 'price_asc') expect(order).toEqual([...amounts].sort((left, right) => left - right))
      if (sort === 'price_desc') expect(order).toEqual([...amounts].sort((left, right) => right - left))
    }
  })

  it('filters by price, tag and stock, and refuses a cursor of another list', async () => {
    const vendor = unique('Vendor')
    const variant = (amount: number, on_hand: number) => [
      { sku: unique('S'), prices: [{ currency: 'USD', amount }], inventory: { on_hand } },
    ]
    await createOne({ status: 'active', vendor, tags: ['red', 'new'], variants: variant(1000, 0) })
    await createOne({ status: 'active', vendor, tags: ['red'], variants: variant(2000, 5) })
    const count = async (filter: string) => (await api.get(`/v1/products?vendor=${vendor}&${filter}`)).body.data.length
    expect(await count('tag=red')).toBe(2)
    expect(await count('tag=red&tag=new')).toBe(1)
    expect(await count('price_min=1500')).toBe(1)
    expect(await count('price_max=1500')).toBe(1)
    expect(await count('in_stock=true')).toBe(1)
    expect(await count('currency=JPY&price_min=1')).toBe(0)
    const page = await api.get(`/v1/products?vendor=${vendor}&limit=1`)
    const foreign = await api.get(`/v1/products?limit=1&cursor=${page.body.next_cursor}`)
    expect(foreign).toMatchObject({ status: 422, body: { code: 'invalid_cursor' } })
    const crossed = await api.get('/v1/products?price_min=5&price_max=4')
    expect(crossed).toMatchObject({ status: 422, body: { errors: [{ pointer: '/query/price_min' }] } })
  })

  it('knows collections and markets', async () => {
    const collections = await api.get('/v1/collections')
    expect(collections.body.data).toContainEqual(expect.objectContaining({ handle: 'everything' }))
    expect((await api.get('/v1/collections/everything')).status).toBe(200)
    expect((await api.get('/v1/collections/nothing')).body.code).toBe('collection_not_found')
    const markets = await api.get('/v1/markets')
    const currencies = markets.body.data.map(({ currency }: { currency: string }) => currency)
    // Markets of other tests come behind them.
    expect(currencies.slice(0, 3)).toEqual(['USD', 'EUR', 'JPY'])
  })
})

describe('staff edit products', () => {
  it('keeps ids and the version when nothing changes, and guards by If-Match', async () => {
    const { staffKey: token } = await seedShop()
    const created = await createOne({ status: 'active' })
    const same = await api.patch(`/v1/admin/products/${created.id}`, { title: created.title }, { token })
    expect(same.body).toEqual(created)
    const renamed = await api.patch(`/v1/admin/products/${created.id}`, { title: 'Renamed' }, { token, ifMatch: '"1"' })
    expect(renamed.body).toMatchObject({ version: 2, title: 'Renamed', variants: [{ id: created.variants[0].id }] })
    const late = await api.patch(`/v1/admin/products/${created.id}`, { title: 'Late' }, { token, ifMatch: '"1"' })
    expect(late).toMatchObject({ status: 412 })
    expect((await api.get(`/v1/products/${created.handle}`)).body.title).toBe('Renamed')
  })

  it('lets two variants swap their SKUs, and refuses a SKU or handle of another product', async () => {
    const { staffKey: token } = await seedShop()
    const [one, two] = [unique('A'), unique('B')]
    const variant = (sku: string, size: string) => ({
      sku,
      options: { Size: size },
      prices: [],
      inventory: { on_hand: 1 },
    })
    const created = await createOne({ options: ['Size'], variants: [variant(one, 'S'), variant(two, 'M')] })
    const swapped = await api.patch(
      `/v1/admin/products/${created.id}`,
      { variants: [variant(two, 'S'), variant(one, 'M')] },
      { token },
    )
    expect(swapped.body.variants).toMatchObject([
      { id: created.variants[0].id, sku: two },
      { id: created.variants[1].id, sku: one },
    ])
    const sku = await api.post('/v1/admin/products', { title: 'X', variants: [{ sku: one, prices: [] }] }, { token })
    expect(sku).toMatchObject({ status: 409, body: { code: 'sku_taken' } })
    const handle = await api.post(
      '/v1/admin/products',
      { title: 'X', handle: created.handle, variants: [{ prices: [] }] },
      { token },
    )
    expect(handle).toMatchObject({ status: 409, body: { code: 'handle_taken' } })
  })

  it('makes one product of a create that is retried with its key', async () => {
    const { staffKey: token } = await seedShop()
    const product = { title: unique('Once'), variants: [{ sku: unique('S'), prices: [] }] }
    const key = crypto.randomUUID()
    const answers = await Promise.all([1, 2, 3].map(() => api.post('/v1/admin/products', product, { token, key })))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  })

  it('adjusts stock with a reason, never below what is held', async () => {
    const { staffKey: token } = await seedShop()
    const { sku } = await makeProduct(api, { onHand: 4 })
    const adjusted = await api.post('/v1/admin/inventory/adjustments', { sku, delta: -3, reason: 'damaged' }, { token })
    expect(adjusted).toMatchObject({ status: 201, body: { data: [{ sku, on_hand: 1, available: 1 }] } })
    const below = await api.post('/v1/admin/inventory/adjustments', { sku, delta: -2, reason: 'lost' }, { token })
    expect(below).toMatchObject({ status: 409, body: { code: 'out_of_stock' } })
    const unknown = await api.post(
      '/v1/admin/inventory/adjustments',
      { sku: 'NOPE', delta: 1, reason: 'found' },
      { token },
    )
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/sku' }] } })
  })
})
