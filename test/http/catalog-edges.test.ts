import { describe, expect, it } from 'vitest'
import { createApi, makeProduct, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { closeMarket, makeOwnMarket, makePriceList } from '../support/pricing.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)

describe('a market that has turned its own prices off', () => {
  it('is in the way of no change of products and price lists that were for it', async () => {
    const market = await makeOwnMarket(api, { currency: 'USD', countries: ['CA'] })
    const { id, sku } = await makeProduct(api)
    const prices = [
      { currency: 'USD', amount: 1000 },
      { currency: 'USD', amount: 900, market_id: market },
    ]
    await staff.patch(`/v1/admin/products/${id}`, { variants: [{ sku, prices, inventory: { on_hand: 100 } }] })
    const set = [{ sku, currency: 'USD', amount: 500 }]
    const list = await makePriceList(api, { list: { market_id: market }, set })
    await closeMarket(api, market)

    const renamed = await staff.patch(`/v1/admin/products/${id}`, { title: unique('Renamed') })
    expect(renamed.variants[0].prices).toHaveLength(2)
    const ended = await staff.patch(`/v1/admin/price-lists/${list}`, { status: 'archived' })
    expect(ended).toMatchObject({ status: 'archived', market_id: market })
    // Nothing new begins there.
    const other = await makeProduct(api)
    const wish = { variants: [{ sku: other.sku, prices, inventory: { on_hand: 100 } }] }
    expect((await staff.try('patch', `/v1/admin/products/${other.id}`, wish)).status).toBe(422)
    const elsewhere = await makePriceList(api, { set })
    const moved = await staff.try('patch', `/v1/admin/price-lists/${elsewhere}`, { market_id: market })
    expect(moved.status).toBe(422)
  })
})

describe('a list with as many filters as it takes', () => {
  const names = ['collection', 'category', 'tag', 'vendor']
  const all = names.flatMap((name) => Array.from({ length: 20 }, (_, index) => `${name}=${name}-${index}`)).join('&')

  it.each([
    '',
    '&sort=title',
    '&descendants=false',
    '&sort=price_asc&price_min=1&price_max=9&in_stock=true&currency=EUR',
  ])('is one statement: %s', async (rest) => {
    const { status, body } = await api.get(`/v1/products?${all}${rest}&country=DE&locale=de-DE`)
    expect([status, body]).toEqual([200, { data: [], next_cursor: null }])
  })

  it('takes products of one of several collections, categories and vendors, with all of several tags', async () => {
    const vendors = [unique('Vendor'), unique('Vendor')]
    const tags = [unique('tag'), unique('tag')]
    const categories = [
      await staff.post('/v1/admin/categories', { title: unique('One') }),
      await staff.post('/v1/admin/categories', { title: unique('Two') }),
    ]
    const collections = [
      await staff.post('/v1/admin/collections', { title: unique('One'), status: 'active' }),
      await staff.post('/v1/admin/collections', { title: unique('Two'), status: 'active' }),
      await staff.post('/v1/admin/collections', { title: unique('Draft') }),
    ]
    const ids: string[] = []
    for (const [index, vendor] of vendors.entries()) {
      const { id } = await makeProduct(api, { vendor, tags, category_id: categories[index].id })
      await staff.patch(`/v1/admin/collections/${collections[index].id}/products`, { add: [id] })
      ids.unshift(id)
    }
    const other = await makeProduct(api, { vendor: vendors[0], tags: [tags[0]], category_id: categories[0].id })
    await staff.patch(`/v1/admin/collections/${collections[2].id}/products`, { add: [other.id] })
    const query = (name: string, values: string[]) => values.map((value) => `${name}=${value}`).join('&')
    const handles = (list: { handle: string }[]) => list.map(({ handle }) => handle)
    const shown = async (...filters: string[]) => {
      const { body } = await api.get(`/v1/products?${filters.join('&')}`)
      return body.data.map(({ id }: { id: string }) => id)
    }
    expect(await shown(query('collection', handles(collections)))).toEqual(ids)
    expect(await shown(query('category', handles(categories)))).toEqual([other.id, ...ids])
    expect(await shown(query('category', handles(categories)), 'descendants=false')).toEqual([other.id, ...ids])
    expect(await shown(query('vendor', vendors))).toEqual([other.id, ...ids])
    expect(await shown(query('vendor', vendors), query('tag', tags))).toEqual(ids)
  })
})

describe('variants page by page', () => {
  it('go on where they were when the last one shown is gone', async () => {
    const variant = (size: string) => ({ options: { Size: size }, prices: [] })
    const product = { title: unique('P'), options: ['Size'], status: 'active' }
    const { id, handle } = await staff.post('/v1/admin/products', {
      ...product,
      variants: ['a', 'b', 'c', 'd'].map(variant),
    })
    const path = `/v1/products/${handle}/variants?limit=2`
    const first = (await api.get(path)).body
    await staff.patch(`/v1/admin/products/${id}`, { variants: ['a', 'c', 'd'].map(variant) })
    const second = (await api.get(`${path}&cursor=${first.next_cursor}`)).body
    const titles = [...first.data, ...second.data].map(({ title }: { title: string }) => title)
    expect(titles).toEqual(['a', 'b', 'c', 'd'])
    expect(second.next_cursor).toBeNull()
  })
})

describe('a handle in another form of Unicode', () => {
  it('is the same handle: a product, a collection, a category', async () => {
    const handle = unique('café').toLowerCase().normalize('NFC')
    const { id } = await makeProduct(api, { handle })
    await staff.post('/v1/admin/collections', { title: handle, handle, status: 'active' })
    await staff.post('/v1/admin/categories', { title: handle, handle })
    const decomposed = encodeURIComponent(handle.normalize('NFD'))
    expect(decomposed).not.toBe(encodeURIComponent(handle))
    expect(await api.get(`/v1/products/${decomposed}`)).toMatchObject({ status: 200, body: { id, handle } })
    for (const path of ['collections', 'categories']) {
      expect(await api.get(`/v1/${path}/${decomposed}`)).toMatchObject({ status: 200, body: { handle } })
    }
  })
})

describe('what KV keeps of a product', () => {
  it('has nothing of what a price list asks a group', async () => {
    const { handle, sku } = await makeProduct(api)
    const group = await staff.post('/v1/admin/customer-groups', { title: unique('Group') })
    await makePriceList(api, {
      list: { customer_group_id: group.id },
      set: [{ sku, currency: 'USD', amount: 1234 }],
    })
    expect((await api.get(`/v1/products/${handle}`)).status).toBe(200)
    const { keys } = await testEnv().CACHE.list({ prefix: '4:product:' })
    const own = keys.find(({ name }) => name.endsWith(handle))?.name ?? ''
    const kept = await testEnv().CACHE.get(own)
    expect(kept).toContain(handle)
    expect(kept).not.toContain(group.id)
  })
})

describe('a value that another version of the Worker has left in KV', () => {
  it('is not read: it may be of another shape', async () => {
    const { handle } = await makeProduct(api)
    const old = {
      generation: 1_000_000,
      storedAt: Date.now(),
      value: { id: 'prod_1', handle, title: 'Old', variants: [{}] },
    }
    for (const prefix of ['', '1:']) await testEnv().CACHE.put(`${prefix}product:${handle}`, JSON.stringify(old))
    const { status, body } = await createApi().get(`/v1/products/${handle}`)
    expect([status, body.variants.length]).toEqual([200, 1])
  })
})
