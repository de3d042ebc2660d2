import { describe, expect, it } from 'vitest'
import { complete, createApi, pay, unique, violations } from '../support/api.ts'
import { pointersOf } from '../support/refusals.ts'
import { asStaff } from '../support/staff.ts'
import {
  addressIn,
  browse,
  change,
  flat,
  type OwnedCart,
  optionsOf,
  ownCountry,
  pricesOf,
  sell,
  shipTo,
  stepped,
  taxIn,
  usd,
  warningsOf,
} from '../support/terms.ts'

const api = createApi()
const staff = asStaff(api)
const PLACE = { line1: '2 Dock Road', city: 'Harbour', region: null, postal_code: '55555' }

async function add(owned: OwnedCart, sku: string, quantity: number) {
  const { status, body } = await api.post(`${owned.path}/lines`, { lines: [{ sku, quantity }] }, owned)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** Sets how many there are of the cart's only line. */
async function set(owned: OwnedCart, quantity: number): Promise<void> {
  const { status } = await api.patch(
    `${owned.path}/lines`,
    { lines: [{ id: owned.cart.lines[0].id, quantity }] },
    owned,
  )
  expect(status).toBe(200)
}

describe('where it goes', () => {
  it('decides the zone: the narrowest area around the address', async () => {
    const country = await ownCountry()
    await shipTo(api, [{ country }], [flat('Country', 100)])
    await shipTo(api, [{ country, region: 'CA' }], [flat('Region', 200)])
    await shipTo(api, [{ country, postal_pattern: '9*' }], [flat('Prefix', 300)])
    await shipTo(api, [{ country, postal_pattern: '90000..90999' }], [flat('Range', 400)])
    await shipTo(api, [{ country, postal_pattern: '90210' }], [flat('Code', 500)])
    const { sku } = await sell(api)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    const places: [Record<string, string | null>, Record<string, number>][] = [
      [{ region: null, postal_code: '10001' }, { Country: 100 }],
      [{ region: 'NY', postal_code: '10001' }, { Country: 100 }],
      [{ region: 'CA', postal_code: '10001' }, { Region: 200 }],
      [{ region: 'ca', postal_code: '10001' }, { Region: 200 }],
      [{ region: 'CA', postal_code: '91000' }, { Prefix: 300 }],
      [{ region: 'NY', postal_code: '90-500' }, { Range: 400 }],
      [{ region: 'CA', postal_code: '90210-1234' }, { Code: 500 }],
    ]
    for (const [place, prices] of places) {
      await change(api, owned, { shipping_address: addressIn(country, place) })
      expect(await pricesOf(api, owned), JSON.stringify(place)).toEqual(prices)
    }
  })

  it('offers what can be chosen, however a postal code is written', async () => {
    const country = await ownCountry()
    const zone = await shipTo(api, [{ country, postal_pattern: 'SW1A1AA' }], [flat('Post', 500)])
    const { sku } = await sell(api)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    // A no-break space, a full stop, a dash, and as many letters as the field takes.
    for (const postal_code of ['sw1a 1aa', 'SW1A\u00a01AA', 'SW1A.1AA', 'SW1A\u20131AA', '  S-W-1-A- -1-A-A---- ']) {
      await change(api, owned, { shipping_address: addressIn(country, { postal_code }), shipping_option_id: null })
      expect(await pricesOf(api, owned), postal_code).toEqual({ Post: 500 })
      const chosen = await change(api, owned, { shipping_option_id: zone.rates[0].id })
      expect(chosen.totals.shipping, postal_code).toEqual(usd(500))
    }
  })

  it('is an estimate with the country alone, and the option goes when the address says otherwise', async () => {
    const country = await ownCountry()
    const { rates } = await shipTo(api, [{ country }], [flat('Mainland', 500)])
    await shipTo(api, [{ country, postal_pattern: '98*' }], [flat('Ferry', 1500)])
    const { sku } = await sell(api)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    expect(await optionsOf(api, owned)).toMatchObject([
      { name: 'Mainland', price: usd(500), pickup: null, estimated: true },
    ])
    const chosen = await change(api, owned, { shipping_option_id: rates[0].id })
    expect(chosen).toMatchObject({ shipping_option: { estimated: true }, totals: { shipping: usd(500) } })
    expect(warningsOf(chosen)).not.toContain('SHIPPING_OPTION_REMOVED')

    const mainland = await change(api, owned, { shipping_address: addressIn(country) })
    expect(mainland).toMatchObject({ shipping_option: { name: 'Mainland', estimated: false }, missing: ['email'] })
    const island = await change(api, owned, { shipping_address: addressIn(country, { postal_code: '98765' }) })
    expect(island).toMatchObject({ shipping_option: null, missing: ['email', 'shipping_option'] })
    expect(island.warnings).toContainEqual(
      expect.objectContaining({ code: 'SHIPPING_OPTION_REMOVED', target: rates[0].id }),
    )
    expect(island.totals).toMatchObject({ shipping: usd(0), total: island.totals.subtotal })
    expect(await optionsOf(api, owned)).toMatchObject([{ name: 'Ferry', price: usd(1500), estimated: false }])
  })

  it('is no estimate where one zone has all of the country', async () => {
    const country = await ownCountry()
    await shipTo(api, [{ country }], [flat('Post', 500)])
    const owned = await browse(api, country, [{ sku: (await sell(api)).sku, quantity: 1 }])
    expect(await optionsOf(api, owned)).toMatchObject([{ estimated: false }])
  })

  it('is refused where nothing is shipped to, and the cart stays as it was', async () => {
    const [country, nowhere] = [await ownCountry(), await ownCountry()]
    const { rates } = await shipTo(api, [{ country, region: 'CA' }], [flat('Post', 500)])
    const postal = await ownCountry()
    await shipTo(api, [{ country: postal, postal_pattern: '10000..10999' }], [flat('Courier', 500)])
    const owned = await browse(api, country, [{ sku: (await sell(api)).sku, quantity: 1 }])
    await change(api, owned, {
      shipping_address: addressIn(country, { region: 'CA' }),
      shipping_option_id: rates[0].id,
    })
    const before = (await api.get(owned.path, owned)).body
    const refused: [string, Record<string, unknown>][] = [
      ['/shipping_address/country', addressIn(nowhere)],
      ['/shipping_address/postal_code', addressIn(country, { region: 'NY' })],
      ['/shipping_address/region', addressIn(country)],
      ['/shipping_address/postal_code', addressIn(postal, { postal_code: '11000' })],
    ]
    for (const [pointer, shipping_address] of refused) {
      const answer = await api.patch(owned.path, { shipping_address, note: 'changed' }, owned)
      expect(answer.status, pointer).toBe(422)
      expect(pointersOf(answer)).toEqual([pointer])
    }
    expect((await api.get(owned.path, owned)).body).toEqual(before)
    await change(api, owned, { shipping_address: addressIn(postal, { postal_code: '10999' }) })
  })

  it('can be chosen as soon as staff ship there, whatever the cache still says', async () => {
    const country = await ownCountry()
    const elsewhere = createApi()
    const { sku } = await sell(api)
    const owned = await browse(elsewhere, country, [{ sku, quantity: 1 }])
    const { rates } = await shipTo(api, [{ country }], [flat('New', 500)])
    const cart = await change(elsewhere, owned, {
      shipping_address: addressIn(country),
      shipping_option_id: rates[0].id,
    })
    expect(cart.shipping_option).toMatchObject({ name: 'New' })
  })
})

describe('what it costs', () => {
  it('steps with weight, value and number of what is shipped', async () => {
    const country = await ownCountry()
    const rates = [
      stepped('weight', 'weight', [
        [0, 100],
        [500, 200],
        [2000, 300],
      ]),
      stepped('price', 'price', [
        [0, 900],
        [5000, 500],
      ]),
      stepped('quantity', 'quantity', [
        [2, 10],
        [4, 20],
      ]),
    ]
    await shipTo(api, [{ country }], rates)
    const { sku } = await sell(api, { weight_grams: 499 }, 2000)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    const expected: [number, Record<string, number>][] = [
      [1, { weight: 100, price: 900 }],
      [2, { weight: 200, price: 900, quantity: 10 }],
      [3, { weight: 200, price: 500, quantity: 10 }],
      [4, { weight: 200, price: 500, quantity: 20 }],
      [5, { weight: 300, price: 500, quantity: 20 }],
    ]
    for (const [quantity, prices] of expected) {
      await set(owned, quantity)
      expect(await pricesOf(api, owned), `${quantity} pieces`).toEqual(prices)
    }
    // What is not shipped weighs nothing and is no piece of the parcel, but is worth its price.
    await set(owned, 1)
    const song = await sell(api, { requires_shipping: false, weight_grams: 9000 }, 3000)
    await add(owned, song.sku, 1)
    expect(await pricesOf(api, owned)).toEqual({ weight: 100, price: 500 })
  })

  it('is nothing from a value of the goods on, which discounts lower', async () => {
    const country = await ownCountry()
    const { rates } = await shipTo(api, [{ country }], [flat('Post', 500, { free_over: [usd(4000)] })])
    const { sku } = await sell(api, {}, 2000)
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    await change(api, owned, { shipping_option_id: rates[0].id })
    expect(await pricesOf(api, owned)).toEqual({ Post: 500 })
    await set(owned, 2)
    expect(await pricesOf(api, owned)).toEqual({ Post: 0 })
    expect((await api.get(owned.path, owned)).body.totals).toMatchObject({ shipping: usd(0), total: usd(4000) })
    const code = unique('TEN').toUpperCase()
    const effect = { type: 'percent', percent: 10 }
    await staff.post('/v1/admin/promotions', { title: 'Ten', method: 'code', codes: [code], effect })
    const cart = await change(api, owned, { discount_codes: [code] })
    expect(cart.totals).toMatchObject({ discount: usd(400), shipping: usd(500), total: usd(4100) })
  })

  it('is offered in the currencies it has a price in', async () => {
    const country = await ownCountry()
    await shipTo(
      api,
      [{ country }],
      [
        { kind: 'flat', name: 'Euros', prices: [{ amount: 400, currency: 'EUR' }] },
        { kind: 'flat', name: 'Both', prices: [usd(500), { amount: 450, currency: 'EUR' }] },
      ],
    )
    const prices = [usd(2000), { amount: 1900, currency: 'EUR' }]
    const { sku } = await sell(api, { prices })
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    expect(await pricesOf(api, owned)).toEqual({ Both: 500 })
    await change(api, owned, { currency: 'EUR' })
    expect(await pricesOf(api, owned)).toEqual({ Euros: 400, Both: 450 })
  })
})

describe('what is offered', () => {
  it('is hidden by the rules of a rate', async () => {
    const country = await ownCountry()
    const [glass, plain, fresh] = [await sell(api, { weight_grams: 900 }), await sell(api), await sell(api)]
    await staff.patch(`/v1/admin/products/${glass.id}`, { tags: ['fragile'] })
    await shipTo(
      api,
      [{ country }],
      [
        flat('any', 1),
        flat('light', 2, { rule: { maximum_grams: 1000 } }),
        flat('heavy', 3, { rule: { minimum_grams: 1001 } }),
        flat('sturdy', 4, { rule: { without_items: { tags: ['fragile'] } } }),
        flat('cooled', 5, { rule: { only_items: { product_ids: [fresh.id] } } }),
        flat('cheap', 6, { rule: { maximum_subtotal: [usd(2000)] } }),
        flat('dear', 7, { rule: { minimum_subtotal: [usd(4000)] } }),
      ],
    )
    const names = async (owned: OwnedCart) => Object.keys(await pricesOf(api, owned))
    const owned = await browse(api, country, [{ sku: fresh.sku, quantity: 1 }])
    expect(await names(owned)).toEqual(['any', 'light', 'sturdy', 'cooled', 'cheap'])
    await add(owned, plain.sku, 1)
    expect(await names(owned)).toEqual(['any', 'light', 'sturdy', 'dear'])
    await add(owned, glass.sku, 2)
    expect(await names(owned)).toEqual(['any', 'heavy', 'dear'])
  })

  it('is taken away by what is added to the cart, and the cart says so', async () => {
    const country = await ownCountry()
    const { rates } = await shipTo(api, [{ country }], [flat('light', 2, { rule: { maximum_grams: 1000 } })])
    const { sku } = await sell(api, { weight_grams: 600 })
    const owned = await browse(api, country, [{ sku, quantity: 1 }])
    await change(api, owned, { shipping_option_id: rates[0].id })
    const body = await add(owned, sku, 1)
    expect(warningsOf(body)).toContain('SHIPPING_OPTION_REMOVED')
    expect(body).toMatchObject({ shipping_option: null, totals: { shipping: usd(0) } })
  })

  it('is for members of a group where the rule says so', async () => {
    const country = await ownCountry()
    const group = await staff.post('/v1/admin/customer-groups', { title: unique('Wholesale') })
    await shipTo(api, [{ country }], [flat('Pallet', 9, { rule: { customer_group_ids: [group.id] } })])
    const owned = await browse(api, country, [{ sku: (await sell(api)).sku, quantity: 1 }])
    expect(await pricesOf(api, owned)).toEqual({})
    const claims = JSON.parse(atob(owned.token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''))
    await staff.patch(`/v1/admin/customer-groups/${group.id}/members`, { add: [claims.sub] })
    expect(await pricesOf(api, owned)).toEqual({ Pallet: 9 })
  })

  it('is nothing for goods that need no shipping, which need no address either', async () => {
    const country = await ownCountry()
    const { rates } = await shipTo(api, [{ country }], [flat('Post', 500)])
    const [song, mug] = [await sell(api, { requires_shipping: false }), await sell(api)]
    const owned = await browse(api, country, [{ sku: song.sku, quantity: 1 }])
    expect(await optionsOf(api, owned)).toEqual([])
    expect(owned.cart.missing).toEqual(['email'])
    // An option that was chosen for what has left the cart is neither charged nor missed.
    const both = await add(owned, mug.sku, 1)
    await change(api, owned, { shipping_option_id: rates[0].id, email: `${unique('ada')}@shop.example` })
    const line = both.lines.find(({ sku }: { sku: string }) => sku === mug.sku)
    const { body } = await api.delete(`${owned.path}/lines/${line.id}`, owned)
    expect(body).toMatchObject({ missing: [], shipping_option: null, totals: { shipping: usd(0), total: usd(2000) } })
    expect(warningsOf(body)).toEqual([])
    const done = await complete(api, { cartId: body.id, token: owned.token, cart: body })
    expect(done).toMatchObject({ status: 200, body: { order: { shipping: null, shipping_address: null } } })
  })

  it('stands in the order of the zone', async () => {
    const country = await ownCountry()
    const zone = await shipTo(api, [{ country }], [flat('C', 3), flat('A', 1), flat('B', 2)])
    const owned = await browse(api, country, [{ sku: (await sell(api)).sku, quantity: 1 }])
    expect(Object.keys(await pricesOf(api, owned))).toEqual(['C', 'A', 'B'])
    await staff.patch(`/v1/admin/shipping-zones/${zone.id}`, { rates: zone.rates.toReversed() })
    expect(Object.keys(await pricesOf(api, owned))).toEqual(['B', 'A', 'C'])
  })
})

describe('goods that are picked up', () => {
  it('need no shipping address and are taxed where they are handed over, and the order says where', async () => {
    const [home, harbour] = [await ownCountry(), await ownCountry()]
    const place = await staff.post('/v1/admin/pickup-locations', { name: 'Harbour shop', ...PLACE, country: harbour })
    const { rates } = await shipTo(
      api,
      [{ country: home }],
      [flat('Post', 500), flat('Pick up', 0, { pickup_location_id: place.id })],
    )
    const standard = (percent: number) => [{ category: 'standard', name: `Tax ${percent} %`, percent }]
    await taxIn(api, [{ country: home }], { rates: standard(20) })
    await taxIn(api, [{ country: harbour, postal_pattern: '55555' }], { rates: standard(10) })
    const { sku } = await sell(api)
    const owned = await browse(api, home, [{ sku, quantity: 1 }])
    const { id, name, line1, city, postal_code } = place
    const pickup = { id, name, line1, line2: null, city, region: null, postal_code, country: harbour }
    expect(await optionsOf(api, owned)).toMatchObject([
      { name: 'Post', pickup: null },
      { name: 'Pick up', pickup },
    ])
    const posted = await change(api, owned, { email: `${unique('ada')}@shop.example`, shipping_option_id: rates[0].id })
    expect(posted).toMatchObject({ missing: ['shipping_address'], totals: { tax: usd(400) } })
    const cart = await change(api, owned, { shipping_option_id: rates[1].id })
    expect(cart).toMatchObject({ missing: [], shipping_option: { pickup }, shipping_address: null })
    expect(cart.totals).toMatchObject({ shipping: usd(0), tax: usd(200), total: usd(2200) })

    const done = await complete(api, { cartId: cart.id, token: owned.token, cart })
    expect(done.status, JSON.stringify(done.body)).toBe(200)
    const { order, payment } = done.body
    expect(order).toMatchObject({ shipping_address: null, shipping: { name: 'Pick up', pickup }, totals: cart.totals })
    expect((await pay(api, payment.id)).status).toBeLessThan(300)
    // The shop moves; where this order was to be picked up stays.
    await staff.patch(`/v1/admin/pickup-locations/${id}`, { line1: '9 New Street' })
    const paid = (await api.get(`/v1/orders/${order.id}`, owned)).body
    expect(paid).toMatchObject({ payment_status: 'paid', shipping: { pickup } })
    expect(await violations(api)).toEqual([])
  })
})

describe('a rate of a carrier', () => {
  it('costs what staff say where no carrier is asked', async () => {
    const country = await ownCountry()
    const carrier = { kind: 'carrier', service: 'next_day' }
    await shipTo(
      api,
      [{ country }],
      [
        { ...carrier, name: 'Express', prices: [usd(2500)] },
        { ...carrier, name: 'Only by answer', prices: [] },
      ],
    )
    const owned = await browse(api, country, [{ sku: (await sell(api)).sku, quantity: 1 }])
    expect(await pricesOf(api, owned)).toEqual({ Express: 2500 })
  })
})
