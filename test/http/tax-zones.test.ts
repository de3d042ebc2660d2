import { describe, expect, it } from 'vitest'
import { createApi, unique } from '../support/api.ts'
import { pointersOf } from '../support/refusals.ts'
import { asStaff, trailOf } from '../support/staff.ts'
import { addressIn, browse, change, flat, ownCountry, sell, shipTo, taxIn, usd, warningsOf } from '../support/terms.ts'

const api = createApi()
const staff = asStaff(api)
/** How long another isolate may show what staff have changed: `freshMs`, and a moment. */
const BOUND = 60_001
const ZONES = '/v1/admin/tax-zones'

const standard = (percent: number, name = `VAT ${percent} %`) => ({ category: 'standard', name, percent })
const reduced = (percent: number) => ({ category: 'reduced', name: `VAT ${percent} %`, percent })
/** Taxes as carts show them. */
const taxes = (...list: [name: string, percent: number, amount: number][]) =>
  list.map(([name, percent, amount]) => ({ name, rate_ppm: Math.round(percent * 10_000), amount: usd(amount) }))

describe('a tax zone', () => {
  it('reads back as one document, which can be sent as it came', async () => {
    const country = await ownCountry()
    const sent = {
      name: unique('Taxes'),
      position: 5,
      areas: [{ country, region: 'QC', postal_pattern: null }],
      included: true,
      shipping: { rule: 'category', category: 'books' },
      rounding: { mode: 'half_even', level: 'unit' },
      reverse_charge: true,
      rates: [
        { ...standard(9.975, 'TVQ'), compound: true },
        { category: 'books', name: 'Livres', percent: 0.0001, compound: false },
        { ...standard(5, 'TPS'), compound: false },
        { category: 'zero', name: 'Zero', percent: 0, compound: false },
      ],
    }
    const zone = await staff.post(ZONES, sent)
    expect(zone).toMatchObject({ ...sent, version: 1 })
    expect(await staff.get(`${ZONES}/${zone.id}`)).toEqual(zone)
    expect(await staff.patch(`${ZONES}/${zone.id}`, sent)).toEqual(zone)
    const changed = await staff.patch(`${ZONES}/${zone.id}`, { shipping: { rule: 'like_goods' }, included: false })
    expect(changed).toMatchObject({ ...sent, shipping: { rule: 'like_goods' }, included: false, version: 2 })
    expect(await trailOf(zone.id)).toEqual(['tax_zone.created', 'tax_zone.updated'])
  })

  it('taxes as most do where staff say nothing', async () => {
    const zone = await staff.post(ZONES, { name: unique('Taxes'), areas: [], included: false })
    expect(zone).toMatchObject({
      ...{ position: 1000, shipping: { rule: 'untaxed' }, reverse_charge: false, rates: [] },
      rounding: { mode: 'half_up', level: 'line' },
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ['/rates', { rates: [reduced(7)] }],
    ['/rates', { rates: [standard(60), { ...standard(40.0001), name: 'On top' }] }],
    ['/rates', { rates: [standard(50), { ...standard(34), name: 'On top', compound: true }] }],
    ['/rates/1/category', { rates: [standard(20), { category: 'exempt', name: 'E', percent: 0 }] }],
    ['/rates/1/percent', { rates: [standard(20), { category: 'zero', name: 'Z', percent: 1 }] }],
    ['/rates/0/percent', { rates: [standard(0.00001)] }],
    ['/rates/0/percent', { rates: [standard(100.0001)] }],
    ['/rates/0/percent', { rates: [standard(-1)] }],
    ['/rates/0/category', { rates: [{ ...standard(1), category: 'Standard' }] }],
    ['/rates/0/name', { rates: [standard(1, ' ')] }],
    ['/shipping/category', { rates: [standard(20)], shipping: { rule: 'category', category: 'shipping' } }],
    ['/shipping/category', { shipping: { rule: 'untaxed', category: 'standard' } }],
    ['/shipping/category', { shipping: { rule: 'category' } }],
    ['/shipping/rule', { shipping: { rule: 'never' } }],
    ['/rounding/mode', { rounding: { mode: 'down', level: 'line' } }],
    ['/rounding/level', { rounding: { mode: 'half_up' } }],
  ])('is refused at %s: %j', async (pointer, wish) => {
    const answer = await staff.try('post', ZONES, { name: 'Refused', areas: [], included: false, ...wish })
    expect(answer.status).toBe(422)
    expect(pointersOf(answer)).toEqual([pointer])
  })

  it('cannot lose by a change what the rest of it needs', async () => {
    const shipping = { rule: 'category', category: 'reduced' }
    const { id } = await taxIn(api, [], { rates: [standard(20), reduced(7)], shipping })
    const answer = await staff.try('patch', `${ZONES}/${id}`, { rates: [standard(20)] })
    expect(pointersOf(answer)).toEqual(['/shipping/category'])
    expect(await staff.get(`${ZONES}/${id}`)).toMatchObject({ version: 1 })
    await staff.patch(`${ZONES}/${id}`, { rates: [standard(20)], shipping: { rule: 'category', category: 'exempt' } })
  })

  it('never shares an area with another: the refusal names the place and the zone', async () => {
    const country = await ownCountry()
    const { id } = await taxIn(api, [{ country, region: 'CA' }])
    const wish = { name: 'Second', included: false, areas: [{ country }, { country, region: 'CA' }] }
    const answer = await staff.try('post', ZONES, wish)
    expect(answer).toMatchObject({ status: 409, body: { code: 'area_taken' } })
    expect(answer.body.errors).toEqual([{ pointer: '/areas/1', detail: `is in the zone ${id}` }])
  })

  it('is changed and ended by whoever has read it as it is', async () => {
    const { id } = await taxIn(api, [])
    const path = `${ZONES}/${id}`
    const stale = { status: 412, body: { code: 'version_mismatch' } }
    expect(await staff.try('patch', path, { name: 'N' }, { ifMatch: '"2"' })).toMatchObject(stale)
    expect(await staff.tryDelete(path, { ifMatch: '"2"' })).toMatchObject(stale)
    const listed = await staff.get(`${ZONES}?limit=100`)
    expect(listed.data).toContainEqual(await staff.get(path))
    await staff.delete(path, { ifMatch: '"1"' })
    expect(await staff.tryDelete(path)).toMatchObject({ status: 404, body: { code: 'tax_zone_not_found' } })
    expect(await trailOf(id)).toEqual(['tax_zone.created', 'tax_zone.deleted'])
  })
})

describe('the taxes of a cart', () => {
  it('are those of the narrowest area around the address, and an estimate until it is known', async () => {
    const country = await ownCountry()
    await shipTo(api, [{ country }], [flat('Post', 0)])
    await taxIn(api, [{ country }], { rates: [standard(5)] })
    await taxIn(api, [{ country, region: 'CA' }], { rates: [standard(7.25)] })
    await taxIn(api, [{ country, postal_pattern: '90*' }], { rates: [standard(9.5)] })
    const { sku } = await sell(api)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    expect(owned.cart.taxes).toEqual(taxes(['VAT 5 %', 5, 100]))
    expect(warningsOf(owned.cart)).toContain('TAX_ESTIMATED')
    const places: [Record<string, string>, string, number, number][] = [
      [{ region: 'NY', postal_code: '10001' }, 'VAT 5 %', 5, 100],
      // 20.00 * 7.25 % = 1.45
      [{ region: 'CA', postal_code: '80000' }, 'VAT 7.25 %', 7.25, 145],
      [{ region: 'CA', postal_code: '90210-1234' }, 'VAT 9.5 %', 9.5, 190],
      [{ region: 'NV', postal_code: '90 210' }, 'VAT 9.5 %', 9.5, 190],
    ]
    for (const [place, name, percent, amount] of places) {
      const cart = await change(api, owned, { shipping_address: addressIn(country, place) })
      expect(cart.taxes).toEqual(taxes([name, percent, amount]))
      expect(cart.lines[0].taxes).toEqual(cart.taxes)
      expect(cart.totals.total).toEqual(usd(2000 + amount))
      expect(warningsOf(cart)).not.toContain('TAX_ESTIMATED')
    }
  })

  it('split a basket by category, and shipping like the goods it brings', async () => {
    const country = await ownCountry()
    await shipTo(api, [{ country }], [flat('Post', 600)])
    await taxIn(api, [{ country }], {
      ...{ included: true, shipping: { rule: 'like_goods' }, rates: [standard(19), reduced(7)] },
    })
    const [mug, book] = [await sell(api, {}, 2000), await sell(api, { tax_category: 'reduced' }, 1000)]
    const free = await sell(api, { taxable: false }, 500)
    const owned = await browse(api, country, [
      { sku: mug.sku, quantity: 1 },
      { sku: book.sku, quantity: 1 },
    ])
    const [option] = (await api.get(`${owned.path}/shipping-options`, owned)).body.data
    const cart = await change(api, owned, { shipping_option_id: option.id })
    // 20.00 * 19/119 = 3.193...; 10.00 * 7/107 = 0.654...
    expect(cart.lines.map((line: { taxes: unknown }) => line.taxes)).toEqual([
      taxes(['VAT 19 %', 19, 319]),
      taxes(['VAT 7 %', 7, 65]),
    ])
    // Shipping of 6.00 is split 2 : 1, 4.00 and 2.00: 4.00 * 19/119 = 0.638...; 2.00 * 7/107 = 0.130...
    expect(cart.totals).toMatchObject({ total: usd(3600), shipping_tax: usd(64 + 13), tax: usd(319 + 65 + 64 + 13) })
    expect(cart.taxes).toEqual(taxes(['VAT 19 %', 19, 319 + 64], ['VAT 7 %', 7, 65 + 13]))
    // What is not taxed takes its share of the shipping out of the tax: 5 of 35.
    const more = await api.post(`${owned.path}/lines`, { lines: [{ sku: free.sku, quantity: 1 }] }, owned)
    expect(more.body.lines[2]).toMatchObject({ tax: usd(0), taxes: [] })
    expect(more.body.totals.shipping_tax.amount).toBeLessThan(77)
  })

  it('tax goods of an unknown category as standard, those of zero visibly, exempt ones not at all', async () => {
    const country = await ownCountry()
    const zero = { category: 'zero', name: 'Zero rate', percent: 0 }
    await taxIn(api, [{ country }], { rates: [standard(20), zero] })
    const goods = await Promise.all(['wine', 'zero', 'exempt'].map((tax_category) => sell(api, { tax_category })))
    const { cart } = await browse(
      api,
      country,
      goods.map(({ sku }) => ({ sku, quantity: 1 })),
    )
    expect(cart.lines.map((line: { taxes: unknown }) => line.taxes)).toEqual([
      taxes(['VAT 20 %', 20, 400]),
      taxes(['Zero rate', 0, 0]),
      [],
    ])
  })

  it('compound on each other in their order, as they did in Quebec', async () => {
    const country = await ownCountry()
    const gst = standard(5, 'GST')
    await taxIn(api, [{ country, region: 'QC' }], { rates: [gst, { ...standard(8.5, 'QST'), compound: true }] })
    await taxIn(api, [{ country }], { rates: [gst, standard(8.5, 'PST')] })
    const { sku } = await sell(api, { requires_shipping: false }, 10_000)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    // On the price alone: 5.00 + 8.50.
    expect(owned.cart.taxes).toEqual(taxes(['PST', 8.5, 850], ['GST', 5, 500]))
    const billing_address = addressIn(country, { region: 'QC', postal_code: 'H2X 1Y4' })
    const cart = await change(api, owned, { billing_address })
    // (100.00 + 5.00) * 8.5 % = 8.925, half up.
    expect(cart.taxes).toEqual(taxes(['QST', 8.5, 893], ['GST', 5, 500]))
    expect(cart.totals.total).toEqual(usd(10_000 + 893 + 500))
  })

  it.each([
    // 3 pieces of 0.99 at 7.5 %: 2.97 -> 0.22275; a piece 0.07425.
    ['half_up', 'line', 99, 7.5, 22],
    ['half_up', 'unit', 99, 7.5, 21],
    // 3 pieces of 0.10 at 5 %: 0.015 and 0.005, halves both.
    ['half_up', 'line', 10, 5, 2],
    ['half_even', 'line', 10, 5, 2],
    ['half_up', 'unit', 10, 5, 3],
    ['half_even', 'unit', 10, 5, 0],
  ] as const)('round %s once a %s: 3 pieces of %i at %d %% make %i', async (mode, level, amount, percent, tax) => {
    const country = await ownCountry()
    await taxIn(api, [{ country }], { rounding: { mode, level }, rates: [standard(percent)] })
    const { sku } = await sell(api, {}, amount)
    const { cart } = await browse(api, country, [{ sku, quantity: 3 }])
    expect(cart.totals).toMatchObject({ subtotal: usd(3 * amount), tax: usd(tax), total: usd(3 * amount + tax) })
  })

  it('of what is not shipped are those of the billing address, of what is shipped those of where it goes', async () => {
    const [home, away] = [await ownCountry(), await ownCountry()]
    await shipTo(api, [{ country: away }], [flat('Post', 0)])
    await taxIn(api, [{ country: home }], { rates: [standard(20)] })
    await taxIn(api, [{ country: away }], { rates: [standard(10)] })
    const [song, mug] = [await sell(api, { requires_shipping: false }), await sell(api)]
    const owned = await browse(api, away, [{ sku: song.sku, quantity: 1 }])
    expect(owned.cart.taxes).toEqual(taxes(['VAT 10 %', 10, 200]))
    const cart = await change(api, owned, { billing_address: addressIn(home) })
    expect(cart.taxes).toEqual(taxes(['VAT 20 %', 20, 400]))
    expect(cart.missing).toEqual(['email'])
    const { body } = await api.post(`${owned.path}/lines`, { lines: [{ sku: mug.sku, quantity: 1 }] }, owned)
    expect(body.taxes).toEqual(taxes(['VAT 10 %', 10, 400]))
  })

  it('follow what staff change at once here, and elsewhere within the time of the cache', async () => {
    const country = await ownCountry()
    const zone = await taxIn(api, [{ country }], { rates: [standard(20)] })
    const { sku } = await sell(api)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    // KV holds what other tests have left there: past its time D1 is asked.
    let later = BOUND
    const elsewhere = createApi({ deps: { clock: () => new Date(Date.now() + later) } })
    const taxOf = async (isolate: typeof api) => (await isolate.get(owned.path, owned)).body.totals.tax.amount
    expect([await taxOf(api), await taxOf(elsewhere)]).toEqual([400, 400])
    await staff.patch(`${ZONES}/${zone.id}`, { rates: [standard(25)] })
    expect(await taxOf(api)).toBe(500)
    later += BOUND
    expect(await taxOf(elsewhere)).toBe(500)
    await staff.delete(`${ZONES}/${zone.id}`)
    expect(await taxOf(api)).toBe(0)
    later += BOUND
    expect(await taxOf(elsewhere)).toBe(0)
  })
})
