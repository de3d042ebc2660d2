import { afterEach, describe, expect, it } from 'vitest'
import { drainStale } from '../../src/features/listings/drain.ts'
import { type Answer, complete, createApi, makeProduct, makeShopper, unique, violations } from '../support/api.ts'
import { seedShop } from '../support/shop.ts'
import { adjust, levelAt, levelsOf, makeLocation, setTerms, transfer } from '../support/stock.ts'
import { cronAt } from '../support/sweeps.ts'

const api = createApi()
const { staffKey: token, locationId: main } = await seedShop()

const tag = unique('tag')
const rules = [
  { field: 'tag', operator: 'is', value: tag },
  { field: 'in_stock', operator: 'is', value: true },
]
const collection = { title: unique('In stock'), status: 'active', kind: 'rules', rules }
const inStock: string = (await api.post('/v1/admin/collections', collection, { token })).body.id

const patch = (id: string, changes: Record<string, unknown>, ifMatch?: string) =>
  api.patch(`/v1/admin/locations/${id}`, changes, { token, ...(ifMatch === undefined ? {} : { ifMatch }) })
const close = (id: string) => patch(id, { active: false })
const refusal = ({ status, body }: Answer) => [status, body.code, body.errors?.[0]?.pointer]

describe('a location', () => {
  it('is created, read, listed and changed, with a version', async () => {
    const made = await api.post('/v1/admin/locations', { name: ' Annex ', country: 'NO', priority: 3 }, { token })
    expect(made.status).toBe(201)
    expect(made.headers.get('Location')).toBe(`/v1/admin/locations/${made.body.id}`)
    expect(made.body).toMatchObject({ name: 'Annex', country: 'NO', priority: 3, is_default: false, active: true })
    const read = await api.get(`/v1/admin/locations/${made.body.id}`, { token })
    expect(read.body).toEqual(made.body)
    const etag = read.headers.get('ETag') ?? ''
    const changed = await patch(made.body.id, { name: 'Attic', country: null, priority: 4 }, etag)
    expect(changed.body).toMatchObject({ name: 'Attic', country: null, priority: 4, version: 2 })
    expect(refusal(await patch(made.body.id, { name: 'Cellar' }, etag))).toEqual([412, 'version_mismatch', undefined])
    expect((await patch(made.body.id, { name: 'Attic' })).body.version).toBe(2)
    expect((await api.get(`/v1/admin/locations/loc_${'0'.repeat(26)}`, { token })).body.code).toBe('location_not_found')
  })

  it('stands in a list by priority, page by page', async () => {
    for (const priority of [9, 8, 9]) await makeLocation(api, { priority })
    const all = []
    for (let cursor = ''; ; ) {
      const { body } = await api.get(`/v1/admin/locations?limit=2${cursor}`, { token })
      all.push(...body.data)
      if (!body.next_cursor) break
      cursor = `&cursor=${body.next_cursor}`
    }
    const order = all.map(({ priority, id }) => `${String(priority).padStart(8, '0')} ${id}`)
    expect(order).toEqual([...new Set(order)].sort())
    expect(order.length).toBeGreaterThanOrEqual(4)
  })
})

describe('the default location', () => {
  afterEach(async () => {
    await patch(main, { is_default: true })
  })

  it('is always exactly one: another one takes it over', async () => {
    const depot = await makeLocation(api, { is_default: true })
    expect((await api.get(`/v1/admin/locations/${main}`, { token })).body.is_default).toBe(false)
    const { sku } = await makeProduct(api, { onHand: 4 })
    expect(Object.keys(await levelsOf(api, sku))).toEqual([depot])
    expect((await patch(main, { is_default: true })).body.is_default).toBe(true)
    expect((await api.get(`/v1/admin/locations/${depot}`, { token })).body).toMatchObject({
      is_default: false,
      version: 2,
    })
    expect(await violations(api)).toEqual([])
  })

  it('cannot be given up, closed, or be a closed one', async () => {
    expect(refusal(await patch(main, { is_default: false }))).toEqual([422, 'invalid_request', '/is_default'])
    expect(refusal(await close(main))).toEqual([409, 'location_in_use', '/active'])
    const depot = await makeLocation(api)
    await close(depot)
    expect(refusal(await patch(depot, { is_default: true }))).toEqual([422, 'invalid_request', '/is_default'])
    const closed = { name: 'Closed', is_default: true, active: false }
    expect(refusal(await api.post('/v1/admin/locations', closed, { token }))).toEqual([
      422,
      'invalid_request',
      '/active',
    ])
    expect((await api.get(`/v1/admin/locations/${main}`, { token })).body.is_default).toBe(true)
  })
})

describe('closing a location', () => {
  it('is refused while something stands, is held or is expected there, and done when nothing is', async () => {
    const depot = await makeLocation(api)
    const { sku, variantId } = await makeProduct(api, { onHand: 0 })
    await adjust(api, sku, { location_id: depot, incoming_delta: 2 })
    const refused = await close(depot)
    expect(refusal(refused)).toEqual([409, 'location_in_use', '/active'])
    expect(refused.body.errors[0].detail).toBe(`${variantId}: 0 on hand, 0 held, 2 incoming`)
    await adjust(api, sku, { location_id: depot, incoming_delta: -2, delta: 2 })
    expect((await close(depot)).body.code).toBe('location_in_use')
    await setTerms(api, sku, { policy: 'backorder' })
    await transfer(api, [depot, main], [{ sku, quantity: 2 }])
    await setTerms(api, sku, { location_id: main, backorder_limit: 0 })
    await setTerms(api, sku, { location_id: depot, backorder_limit: null })
    const order = await complete(api, await makeShopper(api, [{ sku, quantity: 3 }]))
    expect(order.status, JSON.stringify(order.body)).toBe(200)
    expect(await levelAt(api, sku, depot)).toMatchObject({ on_hand: 0, held: 1 })
    expect((await close(depot)).body.code).toBe('location_in_use')
    await api.post(`/v1/test-payments/${order.body.payment.id}`, { outcome: 'succeeded' })
    expect(await levelAt(api, sku, depot)).toMatchObject({ on_hand: -1, held: 0 })
    expect((await close(depot)).body.code).toBe('location_in_use')
    await adjust(api, sku, { location_id: depot, delta: 1 })
    expect((await close(depot)).body).toMatchObject({ active: false, version: 2 })
    expect(await violations(api)).toEqual([])
  })

  it('is not kept from by a variant that has left its product: its id still leads to it', async () => {
    const depot = await makeLocation(api)
    const { id, sku, variantId } = await makeProduct(api, { onHand: 1 })
    await adjust(api, sku, { location_id: depot, delta: 5 })
    const other = { sku: `${sku}-2`, options: { Size: 'L' }, prices: [{ amount: 100, currency: 'USD' }] }
    const gone = await api.patch(`/v1/admin/products/${id}`, { options: ['Size'], variants: [other] }, { token })
    expect(gone.status).toBe(200)
    expect((await adjust(api, sku, { location_id: depot, delta: -1 })).status).toBe(422)
    const items = [{ variant_id: variantId, quantity: 2 }]
    const moved = { from_location_id: depot, to_location_id: main, items }
    expect((await api.post('/v1/admin/inventory/transfers', moved, { token })).status).toBe(201)
    const rest = { variant_id: variantId, location_id: depot, delta: -3, reason: 'sold elsewhere' }
    const adjusted = await api.post('/v1/admin/inventory/adjustments', rest, { token })
    expect(adjusted.body.data.map(({ on_hand }: { on_hand: number }) => on_hand)).toEqual([3, 0])
    expect((await close(depot)).status).toBe(200)
  })

  it('ends all sales from there, backorders too, and no change of policy brings them back', async () => {
    const depot = await makeLocation(api, { country: 'US' })
    const product = await makeProduct(api, { onHand: 0, policy: 'backorder', tags: [tag] })
    const { sku } = product
    await setTerms(api, sku, { backorder_limit: 0 })
    await adjust(api, sku, { location_id: depot, delta: 1 })
    await setTerms(api, sku, { location_id: depot, backorder_limit: 50 })
    expect((await shown(product.handle)).available).toBe(true)
    await adjust(api, sku, { location_id: depot, delta: -1 })
    const shopper = await makeShopper(api, [{ sku, quantity: 2 }])
    expect(await isListed(product.id)).toBe(true)
    await close(depot)
    expect((await shown(product.handle)).available).toBe(false)
    expect((await complete(api, shopper)).body.code).toBe('out_of_stock')
    expect(await isListed(product.id)).toBe(false)
    for (const policy of ['deny', 'backorder']) expect((await setTerms(api, sku, { policy })).status).toBe(200)
    await setTerms(api, sku, { location_id: depot, backorder_limit: 60 })
    expect(await levelAt(api, sku, depot)).toMatchObject({ policy: 'backorder', available: 0 })
    expect((await shown(product.handle)).available).toBe(false)
    expect((await complete(api, shopper)).body.code).toBe('out_of_stock')
    expect(refusal(await adjust(api, sku, { location_id: depot, delta: 1 }))).toEqual([
      ...[422, 'invalid_request', '/location_id'],
    ])
    expect(refusal(await transfer(api, [main, depot], [{ sku, quantity: 1 }]))[2]).toBe('/to_location_id')
    await patch(depot, { active: true })
    expect((await shown(product.handle)).available).toBe(true)
    expect((await complete(api, shopper)).status).toBe(200)
    expect(await levelAt(api, sku, depot)).toMatchObject({ held: 2, available: 58 })
    expect(await violations(api)).toEqual([])
  })

  /** Whether it is in a collection of what is in stock, once lists have been derived. */
  async function isListed(productId: string): Promise<boolean> {
    await drainStale(cronAt(api, 0), 50)
    const statement = `SELECT 1 FROM listings WHERE product = (SELECT number FROM listed_products WHERE product_id = ?)
      AND shelf = (SELECT number FROM shelves WHERE name = ?)`
    return (await api.bindings.DB.prepare(statement).bind(productId, inStock).first()) !== null
  }

  const shown = async (handle: string) => (await api.get(`/v1/products/${handle}`)).body.variants[0]
})
