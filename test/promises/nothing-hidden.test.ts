import { beforeAll, describe, expect, it } from 'vitest'
import { type Api, createApi, makeProduct, type TestProduct, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { makePriceList } from '../support/pricing.ts'
import { asStaff, deriveAll } from '../support/staff.ts'

const HOUR = 3_600_000
const time = (at: number) => new Date(at).toISOString()
const api = createApi()
const staff = asStaff(api)

// Whatever nobody may see has this in its texts, and this among its amounts.
const SECRET = 'geheim'
const SECRET_AMOUNT = 7_654_321

/** What is not on sale, by why. */
const hidden: Record<string, TestProduct> = {}
const shown = { id: '', handle: '', sku: '', variantId: '' }
const shelf = { tag: unique('tag'), vendor: unique('Vendor'), collection: '', draft: '', byRule: '', category: '' }

beforeAll(async () => {
  shelf.collection = (await staff.post('/v1/admin/collections', { title: unique('Shown'), status: 'active' })).handle
  const draft = await staff.post('/v1/admin/collections', { title: unique(SECRET), status: 'draft' })
  shelf.draft = draft.handle
  const rules = [{ field: 'tag', operator: 'is', value: shelf.tag }]
  shelf.byRule = (
    await staff.post('/v1/admin/collections', {
      title: unique('By rule'),
      status: 'active',
      kind: 'rules',
      match: 'any',
      rules: [...rules, { field: 'vendor', operator: 'is', value: SECRET }],
      private_metadata: { note: SECRET },
    })
  ).handle
  const category = await staff.post('/v1/admin/categories', {
    title: unique('Category'),
    private_metadata: { note: SECRET },
  })
  shelf.category = category.handle
  const key = unique('cost').replaceAll('-', '_')
  await staff.post('/v1/admin/custom-fields', { subject: 'product', key, title: 'Cost', type: 'text' })
  const common = { tags: [shelf.tag], vendor: shelf.vendor, category_id: category.id }
  const visible = await makeProduct(api, {
    ...common,
    private_metadata: { note: SECRET },
    custom_fields: { [key]: SECRET },
  })
  Object.assign(shown, visible)
  const now = Date.now()
  const STATES: Record<string, Record<string, unknown>> = {
    draft: { status: 'draft' },
    archived: { status: 'archived' },
    scheduled: { published_at: time(now + HOUR) },
    ended: { published_at: time(now - 2 * HOUR), unpublished_at: time(now - HOUR) },
    'a draft with a date': { status: 'draft', published_at: time(now - HOUR) },
  }
  for (const [why, state] of Object.entries(STATES)) {
    const product = await makeProduct(api, { ...common, ...state, title: unique(SECRET), usd: SECRET_AMOUNT })
    // Its first handle leads nowhere either.
    await staff.patch(`/v1/admin/products/${product.id}`, { handle: `${product.handle}-now` })
    hidden[why] = product
  }
  const ids = Object.values(hidden).map(({ id }) => id)
  await staff.patch(`/v1/admin/products/${shown.id}`, { related_ids: ids })
  for (const handle of [shelf.collection, shelf.draft]) {
    const { data } = await staff.get('/v1/admin/collections?limit=100')
    const { id } = data.find((each: { handle: string }) => each.handle === handle)
    await staff.patch(`/v1/admin/collections/${id}/products`, { add: [shown.id, ...ids] })
  }
  const group = await staff.post('/v1/admin/customer-groups', { title: unique('Group') })
  await makePriceList(api, {
    list: { title: SECRET, customer_group_id: group.id },
    set: [{ sku: shown.sku, currency: 'USD', amount: 1 }],
  })
  await deriveAll(api)
})

/** Lists that the shown product is on, and all of the hidden ones would be. */
function lists(): string[] {
  const filters = [
    `tag=${shelf.tag}`,
    `vendor=${shelf.vendor}`,
    `collection=${shelf.collection}`,
    `collection=${shelf.byRule}`,
    `category=${shelf.category}`,
    `category=${shelf.category}&descendants=false`,
    `vendor=${shelf.vendor}&vendor=x&tag=${shelf.tag}`,
    `collection=${shelf.collection}&collection=${shelf.draft}`,
  ]
  const sorts = ['', '&sort=newest', '&sort=title', '&sort=price_asc', '&sort=price_desc', '&in_stock=true&price_min=1']
  const paths = filters.flatMap((filter) => sorts.map((sort) => `/v1/products?${filter}${sort}`))
  const ids = [shown, ...Object.values(hidden)].map(({ id }) => `ids=${id}`).join('&')
  const skus = [shown, ...Object.values(hidden)].map(({ sku }) => `skus=${sku}`).join('&')
  return [
    ...paths,
    `/v1/products?collection=${shelf.collection}&sort=manual`,
    `/v1/products?${ids}`,
    `/v1/products?${skus}`,
  ]
}

async function textOf(through: Api, path: string): Promise<string> {
  const { status, headers, body } = await through.get(path)
  return `${status} ${JSON.stringify([...headers])} ${JSON.stringify(body)}`
}

describe('what is not published', () => {
  it('is on no list, by no name and in no header', async () => {
    for (const path of lists()) {
      const { status, body } = await api.get(path)
      expect([path, status, body.data?.map(({ id }: { id: string }) => id)]).toEqual([path, 200, [shown.id]])
    }
    const others = [
      ...[shown.id, shown.handle].flatMap((ref) => [
        `/v1/products/${ref}`,
        `/v1/products/${ref}/related`,
        `/v1/products/${ref}/variants`,
      ]),
      ...['/v1/collections', '/v1/categories', '/v1/markets', '/sitemap.xml', '/sitemaps/products-1.xml'],
      ...['/sitemaps/collections-1.xml', '/feeds/products.xml'],
      ...[shelf.collection, shelf.byRule].map((handle) => `/v1/collections/${handle}`),
      `/v1/categories/${shelf.category}`,
    ]
    for (const path of [...lists(), ...others]) {
      // Twice, so that the second one is hot.
      for (let times = 0; times < 2; times += 1) {
        const text = await textOf(api, path)
        expect(text, path).toMatch(/^200 /)
        expect(text, path).not.toContain(SECRET)
        expect(text, path).not.toContain(String(SECRET_AMOUNT))
      }
    }
  })

  it('is answered as if it had never been, whatever it is asked by', async () => {
    const never = unique('never')
    for (const [why, { id, handle }] of Object.entries(hidden)) {
      for (const rest of ['', '/related', '/variants']) {
        const told = await api.get(`/v1/products/${never}${rest}`)
        for (const ref of [id, handle, `${handle}-now`]) {
          const { status, headers, body } = await api.get(`/v1/products/${ref}${rest}`)
          expect([status, body.code, headers.get('Location'), headers.get('Cache-Control')], `${why} ${ref}`).toEqual([
            404,
            told.body.code,
            null,
            told.headers.get('Cache-Control'),
          ])
        }
      }
    }
    for (const path of [`/v1/collections/${shelf.draft}`, `/v1/collections/${never}`]) {
      expect((await api.get(path)).status).toBe(404)
    }
    expect((await api.get(`/v1/products?collection=${shelf.draft}`)).body.data).toEqual([])
  })

  it('is in no cart and has no price, and a group’s price is its members’ alone', async () => {
    for (const { sku, variantId } of Object.values(hidden)) {
      for (const line of [{ sku }, { variant_id: variantId }]) {
        const { status, body } = await api.post('/v1/carts', { lines: [{ ...line, quantity: 1 }] })
        expect([status, body.code]).toEqual([422, 'invalid_request'])
      }
    }
    const { body } = await api.post('/v1/carts', { lines: [{ sku: shown.sku, quantity: 1 }] })
    expect(body.lines[0].unit_price.amount).toBe(2000)
    const token = body.session.access_token
    const skus = [shown, ...Object.values(hidden)].map(({ sku }) => `skus=${sku}`).join('&')
    const ids = [shown, ...Object.values(hidden)].map(({ variantId }) => `variant_ids=${variantId}`).join('&')
    for (const query of [skus, ids]) {
      const prices = (await api.get(`/v1/prices?${query}`, { token })).body.data
      expect(prices.map(({ price }: { price: { amount: number } }) => price.amount)).toEqual([2000])
    }
  })

  it('is in no value of the cache that all isolates share', async () => {
    const { CACHE } = testEnv()
    const { keys } = await CACHE.list()
    expect(keys.length).toBeGreaterThan(0)
    for (const { name } of keys) {
      const value = (await CACHE.get(name)) ?? ''
      expect(value, name).not.toContain(SECRET)
    }
  })
})

describe('what was published', () => {
  it('has nothing beside it from the moment it ends', async () => {
    const clock = { now: Date.now() }
    const isolate = createApi({ deps: { clock: () => new Date(clock.now) } })
    const end = clock.now + 20_000
    const { handle } = await makeProduct(isolate, { unpublished_at: time(end) })
    const paths = ['', '/related', '/variants'].map((rest) => `/v1/products/${handle}${rest}`)
    for (const path of paths) expect((await isolate.get(path)).status, path).toBe(200)
    clock.now = end
    for (const path of paths) expect((await isolate.get(path)).status, path).toBe(404)
  })

  it('does not come back from the cache when D1 goes down after it was seen to be gone', async () => {
    const real = testEnv().DB
    const state = { down: false, later: 0 }
    const DB = {
      withSession(constraint?: string) {
        const session = real.withSession(constraint)
        return {
          prepare: (query: string) => session.prepare(query),
          batch: async (statements: D1PreparedStatement[]) => {
            if (state.down) throw new Error('D1_ERROR: Network connection lost.')
            return session.batch(statements)
          },
          getBookmark: () => session.getBookmark(),
        }
      },
    } as unknown as D1Database
    const isolate = () => createApi({ bindings: { DB }, deps: { clock: () => new Date(Date.now() + state.later) } })
    const { id, handle } = await makeProduct(api)
    const other = isolate()
    expect((await other.get(`/v1/products/${handle}`)).status).toBe(200)
    await staff.patch(`/v1/admin/products/${id}`, { status: 'draft' })
    state.later = 61_000
    expect((await other.get(`/v1/products/${handle}`)).status).toBe(404)
    state.down = true
    for (const each of [other, isolate()]) expect((await each.get(`/v1/products/${handle}`)).status).toBe(503)
  })
})
