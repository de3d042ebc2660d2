import { describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { createApi, unique } from '../support/api.ts'
import { pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff, trailOf } from '../support/staff.ts'
import { browse, change, flat, ownCountry, pricesOf, sell, shipTo, stepped, usd, warningsOf } from '../support/terms.ts'

const api = createApi()
const staff = asStaff(api)
const mint = createMint(new Date(), cryptoRandom)
/** How long another isolate may show what staff have changed: `freshMs`, and a moment. */
const BOUND = 60_001
const ZONES = '/v1/admin/shipping-zones'
const PICKUPS = '/v1/admin/pickup-locations'
const PLACE = { line1: '1 Main Street', city: 'Springfield', region: 'IL', postal_code: '62701', country: 'US' }

describe('a shipping zone', () => {
  it('reads back as one document, which can be sent as it came', async () => {
    const country = await ownCountry()
    const { id: pickup } = await staff.post(PICKUPS, { name: 'Shop', ...PLACE })
    const rule = {
      minimum_subtotal: [usd(100)],
      maximum_subtotal: [usd(100_000), { amount: 90_000, currency: 'EUR' }],
      minimum_grams: 1,
      maximum_grams: 30_000,
      only_items: { tags: ['small'], exclude: { reduced: true } },
      without_items: { product_ids: [mint('product')] },
      customer_group_ids: [mint('customerGroup')],
    }
    const rates = [
      flat('Post', 500, { description: 'In 3 days', free_over: [usd(5000)], rule }),
      {
        ...stepped('weight', 'Parcel', [
          [0, 400],
          [1000, 900],
        ]),
        pickup_location_id: null,
      },
      stepped('price', 'Insured', [[0, 1000]]),
      stepped('quantity', 'Boxes', [[2, 100]]),
      flat('Pick up', 0, { pickup_location_id: pickup }),
      { kind: 'carrier', name: 'Express', prices: [usd(2000)], service: 'next_day' },
    ]
    const areas = [
      { country, region: 'CA', postal_pattern: null },
      { country, postal_pattern: 'sw1a 1aa' },
      { country, region: null, postal_pattern: '90*' },
      { country, postal_pattern: '10000..10999' },
    ]
    const sent = { name: unique('Zone'), position: 7, areas, rates }
    const zone = await staff.post(ZONES, sent)
    expect(zone).toMatchObject({ name: sent.name, position: 7, version: 1 })
    expect(zone.areas).toEqual([
      { country, region: null, postal_pattern: '10000..10999' },
      { country, region: null, postal_pattern: '90' },
      { country, region: null, postal_pattern: 'SW1A1AA' },
      { country, region: 'CA', postal_pattern: null },
    ])
    const usual = { description: '', free_over: [], rule: {} }
    const sentBack = rates.map((rate) => ({
      ...usual,
      ...(rate.kind === 'carrier' ? {} : { pickup_location_id: null }),
      ...rate,
    }))
    expect(zone.rates).toEqual(sentBack.map((rate) => ({ id: expect.stringMatching(/^rate_/), ...rate })))

    const path = `${ZONES}/${zone.id}`
    expect(await staff.get(path)).toEqual(zone)
    const { name, position, areas: shownAreas, rates: shownRates } = zone
    expect(await staff.patch(path, { name, position, areas: shownAreas.toReversed(), rates: shownRates })).toEqual(zone)
    expect(await trailOf(zone.id)).toEqual(['shipping_zone.created'])
  })

  it('keeps the ids of its rates, in whatever order they are sent', async () => {
    const country = await ownCountry()
    const { id, rates } = await shipTo(api, [{ country }], [flat('A', 1), flat('B', 2), flat('C', 3)])
    const [a, b, c] = rates
    const changed = await staff.patch(`${ZONES}/${id}`, { rates: [c, flat('D', 4), { ...a, name: 'A2' }] })
    expect(changed).toMatchObject({ version: 2, rates: [{ id: c.id }, { name: 'D' }, { id: a.id, name: 'A2' }] })
    const d = changed.rates[1].id
    expect([a.id, b.id, c.id]).not.toContain(d)
    // B has left the zone: its id is nobody's any more.
    const again = await staff.try('patch', `${ZONES}/${id}`, { rates: [c, b] })
    expect(again.status).toBe(422)
    expect(pointersOf(again)).toEqual(['/rates/1/id'])
    expect(await trailOf(id)).toEqual(['shipping_zone.created', 'shipping_zone.updated'])
  })

  it('takes no rate of another zone, nor one that there is not', async () => {
    const [one, other] = [await ownCountry(), await ownCountry()]
    const { id } = await shipTo(api, [{ country: one }], [flat('Mine', 1)])
    const { id: otherId, rates } = await shipTo(api, [{ country: other }], [flat('Theirs', 1)])
    const wish = [flat('New', 1), rates[0], flat('Made up', 1, { id: mint('rate') })]
    const answer = await staff.try('patch', `${ZONES}/${id}`, { rates: wish })
    expect(answer.status).toBe(422)
    expect(pointersOf(answer)).toEqual(['/rates/1/id', '/rates/2/id'])
    expect((await staff.get(`${ZONES}/${otherId}`)).rates).toEqual(rates)
    const twice = await staff.try('patch', `${ZONES}/${otherId}`, { rates: [rates[0], rates[0]] })
    expect(pointersOf(twice)).toEqual(['/rates'])
  })

  it('never shares an area with another: the refusal names the place and the zone', async () => {
    const country = await ownCountry()
    const { id } = await shipTo(api, [{ country }, { country, postal_pattern: 'SW1A 1AA' }], [])
    const areas = [{ country, region: 'CA' }, { country, postal_pattern: 'sw1a1aa' }, { country }]
    const refused = { status: 409, body: { code: 'area_taken' } }
    const created = await staff.try('post', ZONES, { name: 'Second', areas })
    expect(created).toMatchObject(refused)
    const detail = `is in the zone ${id}`
    expect(created.body.errors).toEqual([
      { pointer: '/areas/1', detail },
      { pointer: '/areas/2', detail },
    ])
    const second = await shipTo(api, [{ country, region: 'CA' }], [])
    const moved = await staff.try('patch', `${ZONES}/${second.id}`, { areas: [{ country, region: 'CA' }, { country }] })
    expect(moved).toMatchObject(refused)
    expect(moved.body.errors).toEqual([{ pointer: '/areas/1', detail }])
    expect(await staff.get(`${ZONES}/${second.id}`)).toEqual(second)
    // Once the first has let go of it, it is free.
    await staff.patch(`${ZONES}/${id}`, { areas: [] })
    expect((await staff.patch(`${ZONES}/${second.id}`, { areas })).areas).toHaveLength(3)
  })

  it('has an area alone, however many ask for it at the same moment', async () => {
    const country = await ownCountry()
    const wishes = Array.from({ length: 5 }, () => ({ name: unique('Zone'), areas: [{ country }] }))
    const answers = await Promise.all(wishes.map((wish) => staff.try('post', ZONES, wish)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409])
    const id = answers.find(({ status }) => status === 201)?.body.id
    for (const { status, body } of answers) {
      if (status === 409) expect(body.errors).toEqual([{ pointer: '/areas/0', detail: `is in the zone ${id}` }])
    }
  })

  it('may have a thousand areas and fifty rates, of which a change writes what it changes', async () => {
    const country = await ownCountry()
    const areas = Array.from({ length: 1000 }, (_, index) => ({ country, postal_pattern: `${10_000 + index}` }))
    const rates = Array.from({ length: 50 }, (_, index) => flat(`Rate ${index}`, index))
    const zone = await shipTo(api, areas, rates)
    expect(zone.areas).toHaveLength(1000)
    expect(zone.rates.map(({ name }: { name: string }) => name)).toEqual(rates.map(({ name }) => name))
    const { staffKey } = await seedShop()
    const path = `${ZONES}/${zone.id}`
    const renamed = await api.patch(path, { name: 'Renamed' }, { token: staffKey })
    expect(renamed.body).toMatchObject({ name: 'Renamed', areas: zone.areas, rates: zone.rates })
    // The zone, the catalog's generation, the trail with its index, the event.
    const written = Number(/written=(\d+)/.exec(renamed.headers.get('Server-Timing') ?? '')?.[1])
    expect(written).toBeGreaterThan(0)
    expect(written).toBeLessThan(10)
    const owned = await browse(api, country, [{ sku: (await sell(api)).sku, quantity: 1 }])
    expect(Object.keys(await pricesOf(api, owned))).toHaveLength(50)
    await staff.delete(path)
  })

  it.each<[string, Record<string, unknown>]>([
    ['/areas/0/country', { areas: [{ country: 'xx' }] }],
    ['/areas/0/country', { areas: [{ country: '*', region: 'CA' }] }],
    ['/areas/0/region', { areas: [{ country: 'XX', region: 'california' }] }],
    ['/areas/0/postal_pattern', { areas: [{ country: 'XX', postal_pattern: '9*0' }] }],
    ['/areas/0/postal_pattern', { areas: [{ country: 'XX', postal_pattern: '200..100' }] }],
    [
      '/areas/1',
      {
        areas: [
          { country: 'XX', postal_pattern: '90*' },
          { country: 'XX', postal_pattern: '90' },
        ],
      },
    ],
    ['/rates/0/kind', { rates: [{ ...flat('A', 1), kind: 'free' }] }],
    ['/rates/0/prices', { rates: [{ kind: 'flat', name: 'A', prices: [] }] }],
    ['/rates/0/prices', { rates: [{ kind: 'flat', name: 'A', prices: [usd(1), usd(2)] }] }],
    ['/rates/0/prices/0/amount', { rates: [flat('A', -1)] }],
    ['/rates/0/steps', { rates: [stepped('weight', 'A', [])] }],
    [
      '/rates/0/steps',
      {
        rates: [
          stepped('weight', 'A', [
            [5, 1],
            [5, 2],
          ]),
        ],
      },
    ],
    ['/rates/0/steps/0/from', { rates: [stepped('weight', 'A', [[0.5, 1]])] }],
    ['/rates/0/service', { rates: [{ kind: 'carrier', name: 'A', prices: [] }] }],
    ['/rates/0/rule/only_items/tags', { rates: [flat('A', 1, { rule: { only_items: { tags: [] } } })] }],
    ['/rates/0/rule/minimum_grams', { rates: [flat('A', 1, { rule: { minimum_grams: -1 } })] }],
  ])('is refused at %s: %j', async (pointer, wish) => {
    const answer = await staff.try('post', ZONES, { name: 'Refused', areas: [], ...wish })
    expect(answer.status).toBe(422)
    expect(pointersOf(answer)).toEqual([pointer])
  })

  it('is changed by whoever has read it as it is, and made once by a retried request', async () => {
    const key = crypto.randomUUID()
    const wish = { name: unique('Zone'), areas: [{ country: await ownCountry() }] }
    const [first, second] = [await staff.post(ZONES, wish, { key }), await staff.post(ZONES, wish, { key })]
    expect(second).toEqual(first)
    const path = `${ZONES}/${first.id}`
    const stale = { status: 412, body: { code: 'version_mismatch' } }
    expect(await staff.try('patch', path, { name: 'N' }, { ifMatch: '"2"' })).toMatchObject(stale)
    expect(await staff.patch(path, { name: 'N' }, { ifMatch: '"1"' })).toMatchObject({ name: 'N', version: 2 })
    expect(await staff.tryDelete(path, { ifMatch: '"1"' })).toMatchObject(stale)
    await staff.delete(path, { ifMatch: '"2"' })
    const gone = { status: 404, body: { code: 'shipping_zone_not_found' } }
    expect(await staff.tryDelete(path)).toMatchObject(gone)
    expect(await staff.try('patch', path, { name: 'N' })).toMatchObject(gone)
    const actions = ['created', 'updated', 'deleted'].map((verb) => `shipping_zone.${verb}`)
    expect(await trailOf(first.id)).toEqual(actions)
  })

  it('stands in a list in the order of positions, page by page', async () => {
    const made: string[] = []
    for (const position of [999_000, 998_000, 999_000]) {
      made.push((await staff.post(ZONES, { name: unique('Zone'), areas: [], position })).id)
    }
    const seen: { id: string; position: number }[] = []
    let cursor = ''
    do {
      const page = await staff.get(`${ZONES}?limit=2${cursor}`)
      seen.push(...page.data)
      cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
    } while (cursor !== '')
    const keys = seen.map(({ position, id }) => `${String(position).padStart(7, '0')} ${id}`)
    expect(keys).toEqual(keys.toSorted())
    expect(new Set(keys).size).toBe(keys.length)
    expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining(made))
  })
})

describe('what staff change of a zone', () => {
  it('shows in carts at once here, and elsewhere within the time of the cache', async () => {
    const country = await ownCountry()
    const { sku } = await sell(api)
    const zone = await shipTo(api, [{ country }], [flat('Post', 500)])
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    await change(api, owned, { shipping_option_id: zone.rates[0].id })
    // KV holds what other tests have left there: past its time D1 is asked.
    let later = BOUND
    const elsewhere = createApi({ deps: { clock: () => new Date(Date.now() + later) } })
    expect(await pricesOf(elsewhere, owned)).toEqual({ Post: 500 })
    const path = `${ZONES}/${zone.id}`
    await staff.patch(path, { rates: [{ ...zone.rates[0], prices: [usd(700)] }] })
    expect(await pricesOf(api, owned)).toEqual({ Post: 700 })
    expect((await api.get(owned.path, owned)).body.totals.shipping).toEqual(usd(700))
    later += BOUND
    expect(await pricesOf(elsewhere, owned)).toEqual({ Post: 700 })
    await staff.delete(path)
    const { body } = await api.get(owned.path, owned)
    expect(warningsOf(body)).toContain('SHIPPING_OPTION_REMOVED')
    expect(body).toMatchObject({ shipping_option: null, missing: ['email', 'shipping_address', 'shipping_option'] })
    expect(body.totals.shipping).toEqual(usd(0))
    later += BOUND
    expect(await pricesOf(elsewhere, owned)).toEqual({})
  })
})

describe('a pickup location', () => {
  it('is made, read, changed and listed', async () => {
    const made = await staff.post(PICKUPS, { name: 'Shop', ...PLACE })
    expect(made).toMatchObject({ name: 'Shop', ...PLACE, line2: null, version: 1 })
    const path = `${PICKUPS}/${made.id}`
    expect(await staff.get(path)).toEqual(made)
    expect(await staff.patch(path, { name: 'Shop' })).toEqual(made)
    const changed = await staff.patch(path, { line2: 'Floor 2', region: null }, { ifMatch: '"1"' })
    expect(changed).toMatchObject({ line2: 'Floor 2', region: null, version: 2 })
    expect(await staff.try('patch', path, { name: 'N' }, { ifMatch: '"1"' })).toMatchObject({ status: 412 })
    const listed = await staff.get(`${PICKUPS}?limit=100`)
    expect(listed.data).toContainEqual(changed)
    expect(await trailOf(made.id)).toEqual(['pickup_location.created', 'pickup_location.updated'])
  })

  it('is named by rates, where it must be one, and stays while one leads there', async () => {
    const country = await ownCountry()
    const { id } = await staff.post(PICKUPS, { name: 'Shop', ...PLACE })
    const unknown = mint('pickup')
    const rates = [
      flat('Post', 1),
      flat('There', 0, { pickup_location_id: id }),
      flat('Nowhere', 0, { pickup_location_id: unknown }),
    ]
    const refused = await staff.try('post', ZONES, { name: 'Z', areas: [{ country }], rates })
    expect(refused.status).toBe(422)
    expect(pointersOf(refused)).toEqual(['/rates/2/pickup_location_id'])
    const zone = await shipTo(api, [{ country }], rates.slice(0, 2))
    const inUse = { status: 409, body: { code: 'pickup_location_in_use' } }
    expect(await staff.tryDelete(`${PICKUPS}/${id}`)).toMatchObject(inUse)
    expect(await staff.get(`${PICKUPS}/${id}`)).toMatchObject({ version: 1 })
    await staff.patch(`${ZONES}/${zone.id}`, { rates: [] })
    await staff.delete(`${PICKUPS}/${id}`)
    const gone = { status: 404, body: { code: 'pickup_location_not_found' } }
    expect(await staff.tryDelete(`${PICKUPS}/${id}`)).toMatchObject(gone)
  })
})
