import { describe, expect, it } from 'vitest'
import { type Answer, complete, createApi, makeProduct, makeShopper, pay, unique, violations } from '../support/api.ts'
import { withFault } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'
import { seedShop } from '../support/shop.ts'
import { adjust, levelAt, levelsOf, makeLocation, setTerms, transfer } from '../support/stock.ts'

const api = createApi()
const { staffKey: token, locationId: main } = await seedShop()
const refusal = ({ status, body }: Answer) => [status, body.code, body.errors?.[0]?.pointer]
const movements = async (query: string) =>
  (await api.get(`/v1/admin/inventory/movements?${query}`, { token })).body.data as Record<string, unknown>[]

describe('an adjustment', () => {
  it('opens a level where the variant has none, with the policy of its others', async () => {
    const depot = await makeLocation(api)
    const { sku } = await makeProduct(api, { onHand: 3, policy: 'backorder' })
    const answer = await adjust(api, sku, { location_id: depot, delta: 4 })
    expect(answer.status).toBe(201)
    expect(answer.body.data).toHaveLength(2)
    expect(await levelAt(api, sku, depot)).toMatchObject({ policy: 'backorder', on_hand: 4, backorder_limit: null })
    expect(await violations(api)).toEqual([])
  })

  it('opens no back door past a backorder limit', async () => {
    const depot = await makeLocation(api)
    const { sku } = await makeProduct(api, { onHand: 1, policy: 'backorder' })
    await setTerms(api, sku, { backorder_limit: 2 })
    await adjust(api, sku, { location_id: depot, delta: 1 })
    expect(await levelAt(api, sku, depot)).toMatchObject({ backorder_limit: 0, available: 1 })
    const shopper = await makeShopper(api, [{ sku, quantity: 4 }])
    const order = await complete(api, shopper, { test_outcome: 'succeeded' })
    expect(order.status, JSON.stringify(order.body)).toBe(200)
    expect(await levelAt(api, sku, main)).toMatchObject({ on_hand: -2, available: 0 })
    expect((await complete(api, await makeShopper(api, [{ sku, quantity: 1 }]))).body.code).toBe('out_of_stock')
  })

  it('names what it does not know', async () => {
    const { sku } = await makeProduct(api)
    const nowhere = `loc_${'0'.repeat(26)}`
    expect(refusal(await adjust(api, sku, { location_id: nowhere, delta: 1 }))).toEqual([
      ...[422, 'invalid_request', '/location_id'],
    ])
    expect(refusal(await adjust(api, unique('NONE'), { delta: 1 }))).toEqual([422, 'invalid_request', '/sku'])
    expect(refusal(await adjust(api, sku, {}))).toEqual([422, 'invalid_request', '/delta'])
    expect(refusal(await adjust(api, sku, { delta: 0, incoming_delta: 0 }))).toEqual([
      ...[422, 'invalid_request', '/delta'],
    ])
  })

  it('announces a delivery, takes it in, and never expects less than nothing', async () => {
    const { sku } = await makeProduct(api, { onHand: 1 })
    await adjust(api, sku, { incoming_delta: 5 })
    expect(await levelAt(api, sku, main)).toMatchObject({ on_hand: 1, incoming: 5, available: 1 })
    await adjust(api, sku, { delta: 3, incoming_delta: -3 })
    expect(await levelAt(api, sku, main)).toMatchObject({ on_hand: 4, incoming: 2, available: 4 })
    expect(refusal(await adjust(api, sku, { delta: 3, incoming_delta: -3 }))).toEqual([
      ...[409, 'incoming_exceeded', undefined],
    ])
    expect(await levelAt(api, sku, main)).toMatchObject({ on_hand: 4, incoming: 2 })
    expect(await violations(api)).toEqual([])
  })

  it('takes what a checkout has let go of by waiting too long, though no cron has been there', async () => {
    const { sku } = await makeProduct(api, { onHand: 2 })
    await complete(api, await makeShopper(api, [{ sku, quantity: 2 }]))
    expect((await adjust(api, sku, { delta: -2 })).body.code).toBe('out_of_stock')
    const later = createApi({ deps: { clock: () => new Date(Date.now() + 24 * 3600 * 1000) } })
    expect((await adjust(later, sku, { delta: -2 })).status).toBe(201)
    expect(await levelAt(api, sku, main)).toMatchObject({ on_hand: 0, held: 0 })
  })
})

describe('a transfer', () => {
  it('moves several variants with two movements each under one reference, and nothing else changes', async () => {
    const depot = await makeLocation(api)
    const [mug, hat] = [
      await makeProduct(api, { onHand: 9 }),
      await makeProduct(api, { onHand: 4, policy: 'backorder' }),
    ]
    const items = [
      { sku: mug.sku, quantity: 2 },
      { variant_id: hat.variantId, quantity: 4 },
      { variant_id: mug.variantId, quantity: 3 },
    ]
    const body = { from_location_id: main, to_location_id: depot, items, reason: 'to the shop window' }
    const key = crypto.randomUUID()
    const done = await api.post('/v1/admin/inventory/transfers', body, { token, key })
    expect(done.status, JSON.stringify(done.body)).toBe(201)
    const again = await api.post('/v1/admin/inventory/transfers', body, { token, key })
    expect(again).toMatchObject({ status: 201, body: done.body })
    expect([(await levelAt(api, mug.sku, main)).on_hand, (await levelAt(api, mug.sku, depot)).on_hand]).toEqual([4, 5])
    expect([(await levelAt(api, hat.sku, main)).on_hand, (await levelAt(api, hat.sku, depot)).on_hand]).toEqual([0, 4])
    const told = await movements(`sku=${mug.sku}&limit=2`)
    expect(new Set(told.map(({ reference }) => reference))).toEqual(new Set([done.body.id]))
    expect(told.map(({ delta }) => delta).sort()).toEqual([-5, 5])
    expect(told.every(({ reason }) => reason === 'to the shop window')).toBe(true)
    expect(await violations(api)).toEqual([])
  })

  it('is done once, though its answer is lost and it is asked again', async () => {
    const depot = await makeLocation(api)
    for (const when of ['before', 'after'] as const) {
      const { sku } = await makeProduct(api, { onHand: 9 })
      const body = { from_location_id: main, to_location_id: depot, items: [{ sku, quantity: 2 }] }
      const ask = { token, key: crypto.randomUUID() }
      // The second call is the commit: the first one reads what is meant.
      const { database, calls } = withFault(api.bindings.DB, { call: 2, when })
      const broken = createApi({ bindings: { DB: database, LOG_LEVEL: 'off' } })
      expect((await broken.post('/v1/admin/inventory/transfers', body, ask)).status).toBeGreaterThanOrEqual(500)
      expect(calls()).toBe(2)
      expect((await api.post('/v1/admin/inventory/transfers', body, ask)).status).toBe(201)
      expect((await levelAt(api, sku, depot)).on_hand, when).toBe(2)
    }
    expect(await violations(api)).toEqual([])
  })

  it('moves neither what is held nor what is owed, and then nothing at all', async () => {
    const depot = await makeLocation(api)
    const [plenty, held, owed] = [
      await makeProduct(api, { onHand: 9 }),
      await makeProduct(api, { onHand: 3 }),
      await makeProduct(api, { onHand: 1, policy: 'backorder' }),
    ]
    await complete(api, await makeShopper(api, [{ sku: held.sku, quantity: 2 }]))
    for (const [sku, quantity] of [
      [held.sku, 2],
      [owed.sku, 2],
    ] as const) {
      const refused = await transfer(
        api,
        [main, depot],
        [
          { sku: plenty.sku, quantity: 1 },
          { sku, quantity },
        ],
      )
      expect(refusal(refused)).toEqual([409, 'out_of_stock', '/items/1'])
    }
    expect(Object.keys(await levelsOf(api, plenty.sku))).toEqual([main])
    expect((await transfer(api, [main, depot], [{ sku: held.sku, quantity: 1 }])).status).toBe(201)
    expect(await violations(api)).toEqual([])
  })

  it('names what it does not know, all of it at once', async () => {
    const { sku } = await makeProduct(api)
    const nowhere = `loc_${'0'.repeat(26)}`
    const { status, body } = await transfer(
      api,
      [main, nowhere],
      [
        { sku, quantity: 1 },
        { sku: unique('NONE'), quantity: 1 },
      ],
    )
    expect([status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      422,
      ['/to_location_id', '/items/1/sku'],
    ])
    expect(refusal(await transfer(api, [main, main], [{ sku, quantity: 1 }]))[2]).toBe('/to_location_id')
  })
})

describe('how a variant is sold', () => {
  it('is one policy at all its locations, with limits of their own', async () => {
    const depot = await makeLocation(api)
    const { sku, variantId } = await makeProduct(api, { onHand: 2 })
    await adjust(api, sku, { location_id: depot, delta: 1 })
    const answer = await setTerms(api, sku, { policy: 'backorder', backorder_limit: 3, low_stock_at: 1 })
    expect(answer.status).toBe(200)
    expect(await levelAt(api, sku, main)).toMatchObject({
      ...{ policy: 'backorder', backorder_limit: 3, low_stock_at: 1, available: 5 },
    })
    // Without a limit of its own there would be none on the whole.
    expect(await levelAt(api, sku, depot)).toMatchObject({
      ...{ policy: 'backorder', backorder_limit: 0, low_stock_at: null, available: 1 },
    })
    await setTerms(api, sku, { location_id: depot, backorder_limit: 4 })
    expect((await levelAt(api, sku, depot)).available).toBe(5)
    const events = await outbox('stock.terms_changed', variantId)
    expect(events).toHaveLength(2)
    await setTerms(api, sku, { location_id: depot, backorder_limit: 4 })
    expect(await outbox('stock.terms_changed', variantId)).toHaveLength(2)
  })

  it('cannot become one that what is held or owed forbids', async () => {
    const { sku } = await makeProduct(api, { onHand: 1, policy: 'backorder' })
    const order = await complete(api, await makeShopper(api, [{ sku, quantity: 3 }]))
    for (const terms of [{ policy: 'deny' }, { backorder_limit: 1 }]) {
      expect(refusal(await setTerms(api, sku, terms))).toEqual([409, 'out_of_stock', undefined])
    }
    expect((await setTerms(api, sku, { backorder_limit: 2 })).status).toBe(200)
    await pay(api, order.body.payment.id)
    expect(refusal(await setTerms(api, sku, { policy: 'deny' }))[1]).toBe('out_of_stock')
    await adjust(api, sku, { delta: 2 })
    expect((await setTerms(api, sku, { policy: 'deny' })).status).toBe(200)
    expect(await violations(api)).toEqual([])
  })

  it('names what it does not know', async () => {
    const { sku } = await makeProduct(api)
    const depot = await makeLocation(api)
    expect(refusal(await setTerms(api, unique('NONE'), { policy: 'deny' }))[2]).toBe('/sku')
    expect(refusal(await setTerms(api, sku, { location_id: depot, policy: 'deny' }))[2]).toBe('/location_id')
    expect(refusal(await setTerms(api, sku, {}))).toEqual([422, 'invalid_request', '/policy'])
  })

  /** Each way to look at a product, where it stands like this. */
  it.each<[string, { policy: string; limit?: number; main: number; depot: number }, number | null, string]>([
    ['deny, at two locations', { policy: 'deny', main: 1, depot: 2 }, 3, 'in_stock'],
    ['deny, at the second alone', { policy: 'deny', main: 0, depot: 2 }, 2, 'in_stock'],
    ['deny, nowhere', { policy: 'deny', main: 0, depot: 0 }, 0, 'out_of_stock'],
    ['backorder with a limit, some on a shelf', { policy: 'backorder', limit: 2, main: 0, depot: 1 }, 3, 'in_stock'],
    ['backorder with a limit, empty shelves', { policy: 'backorder', limit: 2, main: 0, depot: 0 }, 2, 'backorder'],
    [
      'backorder with nothing left of its limit',
      { policy: 'backorder', limit: 0, main: 0, depot: 0 },
      0,
      'out_of_stock',
    ],
    ['backorder without a limit', { policy: 'backorder', main: 0, depot: 0 }, null, 'backorder'],
    ['untracked', { policy: 'untracked', main: 0, depot: 0 }, null, 'in_stock'],
  ])('is the same on product pages, in lists, feeds and carts: %s', async (_, stock, available, inFeed) => {
    const depot = await makeLocation(api)
    const vendor = unique('Vendor')
    const { sku, handle, id } = await makeProduct(api, { onHand: stock.main, vendor })
    await adjust(api, sku, { location_id: depot, delta: stock.depot + 1 })
    await adjust(api, sku, { location_id: depot, delta: -1 })
    const { limit: backorder_limit = null, policy } = stock
    await setTerms(api, sku, { policy, backorder_limit })
    const canBeHad = available === null || available > 0
    const page = (await api.get(`/v1/products/${handle}`)).body
    expect([page.available, page.variants[0].available]).toEqual([canBeHad, canBeHad])
    const listed = (await api.get(`/v1/products?vendor=${vendor}&in_stock=true`)).body.data
    expect(listed.map(({ available: shown }: { available: boolean }) => shown)).toEqual(canBeHad ? [true] : [])
    const seen = (await api.get(`/v1/admin/products/${id}`, { token })).body.variants[0].inventory
    expect(seen).toMatchObject({ policy, on_hand: stock.main + stock.depot, available })
    const feed = (await createApi().get('/feeds/products.xml?currency=USD&country=US')).body as string
    const item = feed.split('<item>').find((text) => text.includes(handle)) ?? ''
    expect(item).toContain(`<g:availability>${inFeed}</g:availability>`)
    if (!canBeHad) {
      expect((await api.post('/v1/carts', { lines: [{ sku, quantity: 1 }] })).body.code).toBe('out_of_stock')
      return
    }
    const wished = available ?? 40
    const cart = await api.post('/v1/carts', { lines: [{ sku, quantity: wished + 1 }] })
    expect(cart.body.lines[0].quantity).toBe(available === null ? wished + 1 : wished)
    const owes = policy === 'backorder' && wished > stock.main + stock.depot
    expect(cart.body.warnings.some(({ code }: { code: string }) => code === 'BACKORDERED')).toBe(owes)
    const order = await complete(api, await makeShopper(api, [{ sku, quantity: wished }]), {
      test_outcome: 'succeeded',
    })
    expect(order.status, JSON.stringify(order.body)).toBe(200)
    const levels = Object.values(await levelsOf(api, sku))
    const left = levels.reduce((sum, level) => sum + level.on_hand, 0)
    expect(left).toBe(stock.main + stock.depot - (policy === 'untracked' ? 0 : wished))
    expect(await violations(api)).toEqual([])
  })
})

describe('the stock ledger', () => {
  it('tells of one variant, newest first, page by page, at one location or all of them', async () => {
    const depot = await makeLocation(api)
    const { sku, variantId } = await makeProduct(api, { onHand: 5 })
    let asked = 0
    const clock = () => {
      asked += 1
      return new Date(Date.now() + asked * 1000)
    }
    const ticking = createApi({ deps: { clock } })
    await adjust(ticking, sku, { delta: 2, reason: 'found' })
    await adjust(ticking, sku, { location_id: depot, incoming_delta: 7, reason: 'ordered' })
    const order = await complete(ticking, await makeShopper(ticking, [{ sku, quantity: 1 }]), {
      test_outcome: 'succeeded',
    })
    const all = await movements(`variant_id=${variantId}`)
    expect(
      all.map(({ location_id, reason, delta, incoming_delta }) => [location_id, reason, delta, incoming_delta]),
    ).toEqual([
      [main, 'sale', -1, 0],
      [depot, 'ordered', 0, 7],
      [main, 'found', 2, 0],
      [main, 'initial', 5, 0],
    ])
    expect(all[0]?.reference).toBe(order.body.order.id)
    expect(await movements(`sku=${sku}&location_id=${depot}`)).toHaveLength(1)
    const paged = []
    for (let cursor = ''; ; ) {
      const { body } = await api.get(`/v1/admin/inventory/movements?sku=${sku}&limit=1${cursor}`, { token })
      paged.push(...body.data)
      if (!body.next_cursor) break
      cursor = `&cursor=${body.next_cursor}`
    }
    expect(paged).toEqual(all)
    const neither = await api.get('/v1/admin/inventory/movements', { token })
    expect(refusal(neither)).toEqual([422, 'invalid_request', '/query/sku'])
  })
})

describe('goods of an order', () => {
  it('come from one location where one has all of them, the destination’s own country first', async () => {
    const [home, abroad] = [
      await makeLocation(api, { country: 'US' }),
      await makeLocation(api, { country: 'JP', priority: 0 }),
    ]
    const [mug, hat] = [await makeProduct(api, { onHand: 5 }), await makeProduct(api, { onHand: 0 })]
    for (const location_id of [home, abroad]) {
      await adjust(api, mug.sku, { location_id, delta: 5 })
      await adjust(api, hat.sku, { location_id, delta: 5 })
    }
    const cart = [
      { sku: mug.sku, quantity: 2 },
      { sku: hat.sku, quantity: 1 },
    ]
    await complete(api, await makeShopper(api, cart), { test_outcome: 'succeeded' })
    expect((await levelAt(api, mug.sku, home)).on_hand).toBe(3)
    expect((await levelAt(api, hat.sku, home)).on_hand).toBe(4)
    expect((await levelAt(api, mug.sku, main)).on_hand).toBe(5)
  })

  it('are taken again at another location when a late payment finds its own sold out', async () => {
    const depot = await makeLocation(api, { country: 'US' })
    const { sku } = await makeProduct(api, { onHand: 2 })
    const late = await complete(api, await makeShopper(api, [{ sku, quantity: 2 }]))
    const later = createApi({ deps: { clock: () => new Date(Date.now() + 30 * 3600 * 1000) } })
    expect((await complete(later, await makeShopper(later, [{ sku, quantity: 2 }]))).status).toBe(200)
    await adjust(api, sku, { location_id: depot, delta: 3 })
    await pay(api, late.body.payment.id)
    const [here, there] = [await levelAt(api, sku, main), await levelAt(api, sku, depot)]
    expect([here.on_hand, there.on_hand]).toEqual([2, 1])
    await recoverAfter(api, 48 * 60)
    expect(await violations(api)).toEqual([])
  })

  it('go back to the default location where their own has closed since', async () => {
    const depot = await makeLocation(api, { country: 'US' })
    const { sku } = await makeProduct(api, { onHand: 0 })
    await adjust(api, sku, { location_id: depot, delta: 2 })
    const order = await complete(api, await makeShopper(api, [{ sku, quantity: 2 }]), { test_outcome: 'succeeded' })
    expect((await api.patch(`/v1/admin/locations/${depot}`, { active: false }, { token })).status).toBe(200)
    const path = `/v1/admin/orders/${order.body.order.id}/cancel`
    const cancelled = await api.post(path, { reason: 'changed_mind' }, { token, key: crypto.randomUUID() })
    expect(cancelled.status, JSON.stringify(cancelled.body)).toBeLessThan(300)
    expect([(await levelAt(api, sku, main)).on_hand, (await levelAt(api, sku, depot)).on_hand]).toEqual([2, 0])
    expect(await violations(api)).toEqual([])
  })
})

async function outbox(topic: string, subjectId: string) {
  const statement = 'SELECT payload FROM outbox WHERE topic = ? AND subject_id = ?'
  return (await api.bindings.DB.prepare(statement).bind(topic, subjectId).all()).results
}
