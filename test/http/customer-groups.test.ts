import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../src/app.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { complete, createApi, makeProduct, makeShopper, type Shopper, unique } from '../support/api.ts'
import { closeMarket, makeOwnMarket, makePriceList } from '../support/pricing.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { makeWorld, sampleOf, samples } from '../support/samples.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const mint = createMint(new Date(), cryptoRandom)
const GROUPS = '/v1/admin/customer-groups'
let token: string

beforeAll(async () => {
  token = (await seedShop()).staffKey
})

/** The owner that a session token speaks for. */
function ownerOf({ token: jwt }: Shopper): string {
  return JSON.parse(atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))).sub
}

async function makeGroup(): Promise<string> {
  return (await staff.post(GROUPS, { title: unique('Group') })).id
}

/** A product at 20.00 USD that costs a new group 12.00. */
async function makeGroupPrice(amount = 1200) {
  const product = await makeProduct(api, { usd: 2000 })
  const group = await makeGroup()
  const list = await makePriceList(api, {
    list: { customer_group_id: group },
    set: [{ sku: product.sku, currency: 'USD', amount }],
  })
  return { product, group, list }
}

const members = (group: string, change: { add?: string[]; remove?: string[] }) =>
  staff.patch(`${GROUPS}/${group}/members`, change)

describe('a customer group', () => {
  it('is made, read, renamed and ended, with versions, and its members page by page', async () => {
    const created = await api.post(GROUPS, { title: ' Wholesale ' }, { token })
    expect(created).toMatchObject({ status: 201, body: { title: 'Wholesale', version: 1 } })
    const path = `${GROUPS}/${created.body.id}`
    expect((await api.get(path, { token })).body).toEqual(created.body)
    expect((await api.get(`${GROUPS}?limit=1`, { token })).body.data).toEqual([created.body])
    const renamed = await api.patch(path, { title: 'Trade' }, { token, ifMatch: '"1"' })
    expect(renamed.body).toMatchObject({ title: 'Trade', version: 2 })
    expectRefusal(await api.patch(path, { title: 'Late' }, { token, ifMatch: '"1"' }), 412, 'an old version')
    expectRefusal(await api.delete(path, { token, ifMatch: '"1"' }), 412, 'an old version')

    const ids = [mint('guest'), mint('customer'), mint('guest')]
    const joined = await members(created.body.id, { add: ids })
    expect(joined.version).toBe(3)
    // Who is in it already stays, who is not in it cannot leave.
    await members(created.body.id, { add: [ids[0] ?? ''], remove: [mint('guest')] })
    const first = (await api.get(`${path}/members?limit=2`, { token })).body
    const second = (await api.get(`${path}/members?limit=2&cursor=${first.next_cursor}`, { token })).body
    const seen = [...first.data, ...second.data].map(({ owner_id }) => owner_id)
    expect(seen).toEqual([...ids].sort())

    expectRefusal(await api.post(`${GROUPS}`, { title: '' }, { token }), 422, 'no title')
    for (const [pointer, body] of [
      ['/add/0', { add: ['usr_1'] }],
      ['/add/0', { add: [mint('product')] }],
      ['/add', { add: [ids[0], ids[0]] }],
      ['/remove', { add: [ids[0]], remove: [ids[0]] }],
    ] as const) {
      const answer = await api.patch(`${path}/members`, body, { token })
      expectRefusal(answer, 422, pointer)
      expect(pointersOf(answer)).toEqual([pointer])
    }
    expect((await api.delete(path, { token })).status).toBe(204)
    const gone = await api.get(path, { token })
    expect(gone).toMatchObject({ status: 404, body: { code: 'customer_group_not_found' } })
    expectRefusal(await api.get(`${path}/members`, { token }), 404, 'ended')
  })

  it('is not ended while a price list is for it', async () => {
    const { group, list } = await makeGroupPrice()
    const refused = await api.delete(`${GROUPS}/${group}`, { token })
    expect(refused).toMatchObject({ status: 409, body: { code: 'customer_group_in_use' } })
    await staff.patch(`/v1/admin/price-lists/${list}`, { customer_group_id: null, status: 'archived' })
    expect((await api.delete(`${GROUPS}/${group}`, { token })).status).toBe(204)
  })
})

describe('the price of a group', () => {
  it('is what its members see and pay, and nobody else', async () => {
    const { product, group } = await makeGroupPrice()
    const line = [{ sku: product.sku, quantity: 1 }]
    const [member, stranger] = [await makeShopper(api, line), await makeShopper(api, line)]
    expect(member.cart.lines[0].unit_price.amount).toBe(2000)
    await members(group, { add: [ownerOf(member)] })
    const cartOf = async ({ cartId, token: theirs }: Shopper) =>
      (await api.get(`/v1/carts/${cartId}`, { token: theirs })).body
    const cart = await cartOf(member)
    expect(cart.lines[0]).toMatchObject({
      unit_price: { amount: 1200 },
      compare_at_unit_price: { amount: 2000 },
      previous_unit_price: { amount: 2000 },
    })
    expect((await cartOf(stranger)).lines[0].unit_price.amount).toBe(2000)
    // 12.00 + 5.00 shipping + 8 % of 12.00 = 17.96; 20.00 + 5.00 + 1.60 = 26.60.
    const placed = await complete(api, { ...member, cart })
    expect(placed.body.order).toMatchObject({ totals: { total: { amount: 1796 } } })
    const full = await complete(api, stranger)
    expect(full.body.order).toMatchObject({ totals: { total: { amount: 2660 } } })
    // Nor does a member's total buy a stranger's cart.
    const other = await makeShopper(api, line)
    expect((await complete(api, { ...other, cart })).body.code).toBe('cart_changed')
  })

  it('ends with the membership: the cart tells it, and complete does not charge more than was shown', async () => {
    const { product, group } = await makeGroupPrice()
    const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 1 }])
    const owner = ownerOf(shopper)
    await members(group, { add: [owner] })
    const added = await api.post(
      `/v1/carts/${shopper.cartId}/lines`,
      { lines: [{ sku: product.sku, quantity: 1 }] },
      { token: shopper.token },
    )
    expect(added.body.lines[0]).toMatchObject({ quantity: 2, unit_price: { amount: 1200 } })
    await members(group, { remove: [owner] })
    const refused = await complete(api, { ...shopper, cart: added.body })
    expect(refused).toMatchObject({ status: 409, body: { code: 'cart_changed' } })
    expect(refused.body.differences).toContainEqual(
      expect.objectContaining({ what: 'unit_price', expected: { amount: 1200, currency: 'USD' } }),
    )
    const { body } = await api.get(`/v1/carts/${shopper.cartId}`, { token: shopper.token })
    expect(body.warnings).toMatchObject([{ code: 'PRICE_CHANGED' }])
    expect(body.lines[0]).toMatchObject({ unit_price: { amount: 2000 }, previous_unit_price: { amount: 1200 } })
  })

  it('is in no public answer, whoever asks', async () => {
    const secret = 1_273_951
    const world = await makeWorld(api)
    const group = await makeGroup()
    await makePriceList(api, {
      list: { customer_group_id: group },
      set: [{ sku: world.product.sku, currency: 'USD', amount: 1273 }],
    })
    // A second one above every other price, so that a range or a comparison would show it too.
    await makePriceList(api, {
      list: { customer_group_id: group },
      set: [{ sku: world.product.sku, currency: 'EUR', amount: secret }],
    })
    const shopper = await makeShopper(api, [{ sku: world.product.sku, quantity: 1 }])
    await members(group, { add: [ownerOf(shopper)] })
    // The member's own cart has it: what is looked for is there to be found.
    const own = await api.get(`/v1/carts/${shopper.cartId}`, { token: shopper.token })
    const shown = /"amount":(1273|1273951)\b|12\.73\b|12739\.51/
    expect(JSON.stringify(own.body)).toMatch(shown)
    // The access matrix makes sure that every route has a sample.
    const open = routes.filter(({ id, access, method }) => access === 'public' && method === 'get' && id in samples)
    expect(open.length).toBeGreaterThan(7)
    const paths = [`/v1/products/${world.product.id}/variants`, `/v1/products?skus=${world.product.sku}`]
    for (const { id } of open) paths.push((await sampleOf(id, world)).path)
    for (const path of paths) {
      const query = path.includes('?') ? '&' : '?'
      for (const each of [path, `${path}${query}currency=USD`, `${path}${query}country=DE`]) {
        for (const sent of [undefined, shopper.token]) {
          const { body } = await api.get(each, { token: sent })
          expect(JSON.stringify(body), each).not.toMatch(shown)
        }
      }
    }
    const sorted = await api.get(`/v1/products?vendor=${world.vendor}&price_max=1999&sort=price_asc`)
    expect(sorted.body.data).toEqual([])
  })
})

describe('GET /v1/prices', () => {
  it('tells each caller what it costs them', async () => {
    const { product, group, list } = await makeGroupPrice()
    const other = await makeProduct(api, { usd: 900 })
    const [member, stranger] = [await makeShopper(api, []), await makeShopper(api, [])]
    await members(group, { add: [ownerOf(member)] })
    const path = `/v1/prices?variant_ids=${product.variantId}&skus=${other.sku}&skus=${product.sku}&skus=NO-SUCH`
    const mine = await api.get(path, { token: member.token })
    expect(mine.headers.get('Cache-Control')).toBe('private, no-store')
    expect(mine.body.data).toEqual([
      {
        variant_id: product.variantId,
        sku: product.sku,
        price: { amount: 1200, currency: 'USD' },
        compare_at_price: { amount: 2000, currency: 'USD' },
        lowest_price_30_days: null,
        quantity_prices: [],
        price_list_id: list,
      },
      {
        variant_id: other.variantId,
        sku: other.sku,
        price: { amount: 900, currency: 'USD' },
        compare_at_price: null,
        lowest_price_30_days: null,
        quantity_prices: [],
      },
    ])
    const theirs = await api.get(path, { token: stranger.token })
    expect(theirs.body.data[0]).toMatchObject({ price: { amount: 2000 }, compare_at_price: null })
    const euro = await api.get(`${path}&country=DE`, { token: member.token })
    expect(euro.body.data[0].price).toEqual({ amount: 1900, currency: 'EUR' })
    await members(group, { remove: [ownerOf(member)] })
    expect((await api.get(path, { token: member.token })).body.data[0].price.amount).toBe(2000)
  })

  it('counts the quantity, the market and a draft out', async () => {
    const sku = unique('QTY')
    const market_id = await makeOwnMarket(api, { currency: 'EUR', countries: ['LU'] })
    const prices = [
      { currency: 'EUR', amount: 1000 },
      { currency: 'EUR', amount: 800, min_quantity: 10 },
      { currency: 'EUR', amount: 1100, market_id },
    ]
    await makeProduct(api, { variants: [{ sku, prices }] })
    const draft = await makeProduct(api, { status: 'draft' })
    const shopper = await makeShopper(api, [])
    const ask = async (query: string) =>
      (await api.get(`/v1/prices?skus=${sku}&skus=${draft.sku}&${query}`, { token: shopper.token })).body.data
    expect(await ask('currency=EUR&quantity=10')).toMatchObject([
      { sku, price: { amount: 800 }, quantity_prices: [{ min_quantity: 10, price: { amount: 800 } }] },
    ])
    expect(await ask('country=LU&quantity=10')).toMatchObject([{ price: { amount: 1100 }, quantity_prices: [] }])
    expect(await ask('currency=JPY')).toMatchObject([{ price: null }])
    await closeMarket(api, market_id)
  })

  it('costs one trip for the caller’s groups when what everybody shares is hot', async () => {
    const { product } = await makeGroupPrice()
    const { token: theirs } = await makeShopper(api, [])
    const path = `/v1/prices?skus=${product.sku}`
    let trips = 0
    const DB = new Proxy(api.bindings.DB, {
      get: (target, key) => {
        if (key !== 'withSession') return Reflect.get(target, key)
        return (consistency: string) => {
          const session = target.withSession(consistency)
          const batch = (statements: D1PreparedStatement[]) => {
            trips += 1
            return session.batch(statements)
          }
          return { prepare: session.prepare.bind(session), batch, getBookmark: () => session.getBookmark() }
        }
      },
    })
    const counted = createApi({ bindings: { DB } })
    await counted.get(path, { token: theirs })
    trips = 0
    expect((await counted.get(path, { token: theirs })).status).toBe(200)
    expect(trips).toBe(1)
  })

  it('refuses too many, none, and what it does not know', async () => {
    const { token: theirs } = await makeShopper(api, [])
    const many = Array.from({ length: 101 }, (_, index) => `skus=S${index}`).join('&')
    for (const [pointer, query] of [
      ['/query/variant_ids', ''],
      ['/query/skus', many],
      ['/query/variant_ids', `variant_ids=${mint('variant')}&${many.replace('skus=S0&', '')}`],
      ['/query/variant_ids', 'variant_ids=var_1'],
      ['/query/quantity', 'skus=A&quantity=0'],
      ['/query/currency', 'skus=A&currency=CHF'],
      ['/query/group', 'skus=A&group=group_1'],
    ] as const) {
      const answer = await api.get(`/v1/prices?${query}`, { token: theirs })
      expectRefusal(answer, 422, query)
      expect(pointersOf(answer), query).toEqual([pointer])
    }
  })
})
