import { describe, expect, it } from 'vitest'
import { type Api, complete, createApi, makeProduct, makeShopper, unique } from '../support/api.ts'
import { closeMarket, makeOwnMarket, makePriceList } from '../support/pricing.ts'
import { asStaff } from '../support/staff.ts'

const HOUR = 3600 * 1000
const DAY = 24 * HOUR
const time = (at: number) => new Date(at).toISOString()

/** An isolate whose clock stands where the test puts it. */
function isolateAt(start: number) {
  const clock = { now: start }
  return { clock, api: createApi({ deps: { clock: () => new Date(clock.now) } }) }
}

async function usdOf(api: Api, handle: string) {
  const { body } = await api.get(`/v1/products/${handle}`)
  const [variant] = body.variants
  return {
    price: variant.price?.amount ?? null,
    compared: variant.compare_at_price?.amount ?? null,
    prior: variant.lowest_price_30_days?.amount ?? null,
    range: body.price_range?.min.amount ?? null,
  }
}

async function cardsOf(api: Api, vendor: string, sort: string) {
  const { body } = await api.get(`/v1/products?vendor=${vendor}&sort=${sort}`)
  return body.data.map((card: { id: string; price_range: { min: { amount: number } } }) => [
    card.id,
    card.price_range.min.amount,
  ])
}

describe('a scheduled sale', () => {
  it('switches on and off at its very moment, wherever the price is shown or charged, hot cache or not', async () => {
    const start = Date.now() + HOUR
    const end = start + DAY
    const here = isolateAt(Date.now())
    const there = isolateAt(Date.now())
    const vendor = unique('Vendor')
    const sold = await makeProduct(here.api, { vendor, usd: 2000 })
    const other = await makeProduct(here.api, { vendor, usd: 1500 })
    await makePriceList(here.api, {
      list: { starts_at: time(start), ends_at: time(end) },
      set: [{ sku: sold.sku, currency: 'USD', amount: 1200 }],
    })
    const regular = { price: 2000, compared: null, prior: null, range: 2000 }
    const reduced = { price: 1200, compared: 2000, prior: 2000, range: 1200 }
    const cheapFirst = { before: [other.id, sold.id], during: [sold.id, other.id] }
    const shopper = await makeShopper(here.api, [{ sku: sold.sku, quantity: 1 }])

    const look = async (at: number, expected: typeof regular | typeof reduced, order: string[]) => {
      for (const isolate of [here, there]) {
        isolate.clock.now = at
        // Twice, so that the second answer is a hot one; the next moment comes while it is.
        for (let times = 0; times < 2; times += 1) {
          expect(await usdOf(isolate.api, sold.handle), time(at)).toEqual(expected)
          const cards = await cardsOf(isolate.api, vendor, 'price_asc')
          expect(cards.map(([id]: [string]) => id)).toEqual(order)
          expect(Object.fromEntries(cards)[sold.id]).toBe(expected.price)
          const newest = await cardsOf(isolate.api, vendor, 'newest')
          expect(Object.fromEntries(newest)[sold.id]).toBe(expected.price)
        }
        const { body } = await isolate.api.get(`/v1/carts/${shopper.cartId}`, shopper)
        expect(body.lines[0].unit_price.amount, time(at)).toBe(expected.price)
      }
    }
    await look(start - 1000, regular, cheapFirst.before)
    await look(start - 1, regular, cheapFirst.before)
    await look(start, reduced, cheapFirst.during)
    await look(end - 1, reduced, cheapFirst.during)
    await look(end, regular, cheapFirst.before)
  })

  it('brings a product onto pages that it was not on, at the moment it begins', async () => {
    const start = Date.now() + HOUR
    const { clock, api } = isolateAt(Date.now())
    const vendor = unique('Vendor')
    const cheap = await makeProduct(api, { vendor, usd: 1500 })
    const sold = await makeProduct(api, { vendor, usd: 2000 })
    await makePriceList(api, {
      list: { starts_at: time(start) },
      set: [{ sku: sold.sku, currency: 'USD', amount: 1200 }],
    })
    const pages = ['sort=price_asc&limit=1', 'price_max=1300', 'sort=price_desc&price_min=1600']
    const ids = async () =>
      Promise.all(
        pages.map(async (page) => {
          const { body } = await api.get(`/v1/products?vendor=${vendor}&${page}`)
          return body.data.map(({ id }: { id: string }) => id)
        }),
      )
    clock.now = start - 1
    for (let times = 0; times < 2; times += 1) expect(await ids()).toEqual([[cheap.id], [], [sold.id]])
    clock.now = start
    expect(await ids()).toEqual([[sold.id], [sold.id], []])
    // The caches between here and the shopper are not told to keep a page beyond that moment either.
    clock.now = start - 2000
    const { headers } = await createApi({ deps: api.deps }).get(`/v1/products?vendor=${vendor}&price_max=1301`)
    expect(headers.get('Cache-Control')).toBe('public, max-age=2, stale-while-revalidate=0, stale-if-error=0')
  })

  it('is charged as it is shown, and a cart that was shown the price before it is told', async () => {
    const start = Date.now() + HOUR
    const { clock, api } = isolateAt(Date.now())
    const { sku } = await makeProduct(api, { usd: 2000 })
    await makePriceList(api, {
      list: { starts_at: time(start), ends_at: time(start + HOUR) },
      set: [{ sku, currency: 'USD', amount: 1200 }],
    })
    const early = await makeShopper(api, [{ sku, quantity: 2 }])
    const late = await makeShopper(api, [{ sku, quantity: 2 }])
    // 2 x 20.00 + 5.00 shipping + 8 % of 40.00 = 48.20.
    expect(early.cart.totals.total.amount).toBe(4820)

    clock.now = start
    const refused = await complete(api, early)
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'cart_changed',
        cart: { lines: [{ unit_price: { amount: 1200 }, previous_unit_price: { amount: 2000 } }] },
      },
    })
    // 2 x 12.00 + 5.00 + 8 % of 24.00 = 30.92.
    const placed = await complete(api, { ...early, cart: refused.body.cart })
    expect(placed).toMatchObject({ status: 200, body: { order: { totals: { total: { amount: 3092 } } } } })
    const seen = (await api.get(`/v1/carts/${late.cartId}`, late)).body
    expect(seen.warnings).toMatchObject([{ code: 'PRICE_CHANGED' }])

    // Nobody pays the price of a sale that is over, nor is charged more than was last shown.
    clock.now = start + HOUR
    const after = await complete(api, { ...late, cart: seen })
    expect(after).toMatchObject({ status: 409, body: { code: 'cart_changed' } })
    expect(after.body.cart.lines[0].unit_price.amount).toBe(2000)
  })
})

describe('a change of a price list', () => {
  it('is seen by the next read of the same isolate, and stops at once when it is paused', async () => {
    const api = createApi()
    const { handle, sku } = await makeProduct(api, { usd: 2000 })
    expect((await usdOf(api, handle)).price).toBe(2000)
    const id = await makePriceList(api, { set: [{ sku, currency: 'USD', amount: 1200 }] })
    expect((await usdOf(api, handle)).price).toBe(1200)
    await asStaff(api).patch(`/v1/admin/price-lists/${id}/prices`, { set: [{ sku, currency: 'USD', amount: 1100 }] })
    expect((await usdOf(api, handle)).price).toBe(1100)
    await asStaff(api).patch(`/v1/admin/price-lists/${id}`, { status: 'paused' })
    expect((await usdOf(api, handle)).price).toBe(2000)
    await asStaff(api).patch(`/v1/admin/price-lists/${id}`, { status: 'active' })
    await asStaff(api).patch(`/v1/admin/price-lists/${id}/prices`, { remove: [{ sku, currency: 'USD' }] })
    expect((await usdOf(api, handle)).price).toBe(2000)
  })
})

describe('quantity breaks', () => {
  it('show on the product, are charged by the cart, and are no change of price', async () => {
    const api = createApi()
    const sku = unique('BREAK')
    const price = (amount: number, min_quantity: number) => ({ currency: 'USD', amount, min_quantity })
    const { handle } = await makeProduct(api, {
      variants: [{ sku, prices: [price(2000, 1), price(1800, 5), price(1500, 10)], inventory: { on_hand: 100 } }],
    })
    const list = await makePriceList(api, { set: [{ sku, currency: 'USD', amount: 1700 }] })
    const steps = async () => (await api.get(`/v1/products/${handle}`)).body.variants[0].quantity_prices
    // The sale is below the break of 5: it is no step any more.
    expect(await steps()).toEqual([{ min_quantity: 10, price: { amount: 1500, currency: 'USD' } }])
    await asStaff(api).patch(`/v1/admin/price-lists/${list}`, { status: 'archived' })
    expect(await steps()).toMatchObject([
      { min_quantity: 5, price: { amount: 1800 } },
      { min_quantity: 10, price: { amount: 1500 } },
    ])
    const shopper = await makeShopper(api, [{ sku, quantity: 4 }])
    const { id, unit_price } = shopper.cart.lines[0]
    expect(unit_price.amount).toBe(2000)
    const more = await api.patch(
      `/v1/carts/${shopper.cartId}/lines`,
      { lines: [{ id, quantity: 10 }] },
      { token: shopper.token },
    )
    expect(more.body.lines[0]).toMatchObject({ unit_price: { amount: 1500 }, subtotal: { amount: 15_000 } })
    expect(more.body.warnings).toEqual([])
    const placed = await complete(api, { ...shopper, cart: more.body })
    expect(placed.body.order.lines[0].unit_price.amount).toBe(1500)
  })
})

describe('a market with prices of its own', () => {
  it('shows them on the product, in lists, their order and filters, and charges them', async () => {
    const api = createApi()
    const vendor = unique('Vendor')
    const own = (market_id: string | null, amount: number) => ({ currency: 'EUR', amount, market_id })
    const variants = (prices: unknown[]) => [{ sku: unique('OWN'), prices, inventory: { on_hand: 9 } }]
    const dear = await makeProduct(api, { vendor, variants: variants([own(null, 1000)]) })
    const market = await makeOwnMarket(api, { currency: 'EUR', countries: ['AT'] })
    const cheap = await makeProduct(api, { vendor, variants: variants([own(null, 2000), own(market, 500)]) })
    try {
      const prices = async (query: string) => {
        const { body } = await api.get(`/v1/products?vendor=${vendor}&sort=price_asc&${query}`)
        return body.data.map((card: { price_range: { min: { amount: number } } }) => card.price_range.min.amount)
      }
      const priceOf = async (query: string) =>
        (await api.get(`/v1/products/${cheap.handle}?${query}`)).body.variants[0].price.amount
      expect(await prices('country=AT')).toEqual([500, 1000])
      expect(await prices('currency=EUR')).toEqual([1000, 2000])
      expect(await prices('country=AT&price_max=600')).toEqual([500])
      expect([await priceOf('country=AT'), await priceOf('currency=EUR'), await priceOf('country=DE')]).toEqual([
        500, 2000, 2000,
      ])
      const sku = (await productOf(api, cheap.id)).variants[0].sku
      const cart = (country: string) =>
        api.post('/v1/carts', { currency: 'EUR', country, lines: [{ sku, quantity: 1 }] })
      expect((await cart('AT')).body.lines[0].unit_price.amount).toBe(500)
      expect((await cart('DE')).body.lines[0].unit_price.amount).toBe(2000)
      // Off again: everybody's prices, everywhere; the market's own stay with the product.
      await asStaff(api).patch(`/v1/admin/markets/${market}`, { own_prices: false })
      expect(await prices('country=AT')).toEqual([1000, 2000])
      expect(await priceOf('country=AT')).toBe(2000)
      expect((await cart('AT')).body.lines[0].unit_price.amount).toBe(2000)
      expect((await productOf(api, cheap.id)).variants[0].prices).toHaveLength(2)
      expect(dear.id).not.toBe(cheap.id)
    } finally {
      await closeMarket(api, market)
    }
  })
})

async function productOf(api: Api, id: string) {
  return asStaff(api).get(`/v1/admin/products/${id}`)
}

describe('the unit price', () => {
  it('is of what a piece costs now, sales included', async () => {
    const api = createApi()
    const sku = unique('UNIT')
    const unit_measure = { quantity: 330, unit: 'ml', reference_unit: 'l' }
    const prices = [{ currency: 'USD', amount: 199 }]
    const { handle } = await makeProduct(api, { variants: [{ sku, prices, unit_measure }] })
    const unitPrice = async () => (await api.get(`/v1/products/${handle}`)).body.variants[0].unit_price
    // 1.99 for 330 ml: 6.0303 a litre.
    expect(await unitPrice()).toEqual({
      price: { amount: 603, currency: 'USD' },
      measure: { quantity: 330, unit: 'ml', reference_quantity: 1, reference_unit: 'l' },
    })
    await makePriceList(api, { set: [{ sku, currency: 'USD', amount: 99 }] })
    expect((await unitPrice()).price.amount).toBe(300)
  })
})

describe('the lowest price of 30 days', () => {
  const usd = (sku: string, amount: number) => [{ sku, currency: 'USD', amount }]

  it('follows what staff do to prices and lists', async () => {
    const { clock, api } = isolateAt(Date.now())
    const { id, handle, sku } = await makeProduct(api, { usd: 2000 })
    const reprice = (amount: number, compare_at_amount: number | null = null) =>
      asStaff(api).patch(`/v1/admin/products/${id}`, {
        variants: [{ sku, prices: [{ currency: 'USD', amount, compare_at_amount }], inventory: { on_hand: 9 } }],
      })
    const pass = (days: number) => {
      clock.now += days * DAY
    }
    const prior = async () => (await usdOf(api, handle)).prior
    // Ten days at 20.00, a day at 30.00, then a sale at 20.00: no reduction of what was asked before.
    pass(10)
    await reprice(3000)
    pass(1)
    const sale = await makePriceList(api, { set: usd(sku, 2000) })
    expect(await usdOf(api, handle)).toEqual({ price: 2000, compared: 3000, prior: 2000, range: 2000 })
    // Stepped down on the third day, stopped on the fifth: another sale ten days later is told from the 18.00.
    pass(2)
    await asStaff(api).patch(`/v1/admin/price-lists/${sale}/prices`, { set: usd(sku, 1800) })
    expect(await prior()).toBe(2000)
    pass(2)
    await asStaff(api).patch(`/v1/admin/price-lists/${sale}`, { status: 'paused' })
    expect(await prior()).toBeNull()
    pass(10)
    const next = await makePriceList(api, { set: usd(sku, 1900) })
    expect(await prior()).toBe(1800)
    // 31 days after the 18.00 a new sale begins: it is told from the 19.00 that was asked until then.
    pass(21)
    await asStaff(api).patch(`/v1/admin/price-lists/${next}/prices`, { set: usd(sku, 1500) })
    expect(await prior()).toBe(1900)
    // Its end is moved while it runs: it is still the same reduction. So it is when the regular price changes behind it.
    pass(3)
    await asStaff(api).patch(`/v1/admin/price-lists/${next}`, { ends_at: time(clock.now + 200 * DAY) })
    await reprice(4000)
    expect(await usdOf(api, handle)).toEqual({ price: 1500, compared: 4000, prior: 1900, range: 1500 })
    // A sale that lasts half a year is told from the days before it, not from none.
    pass(150)
    expect(await prior()).toBe(1900)
  })

  it('does not count what a list asks after it was resumed as if it had never been paused', async () => {
    const { clock, api } = isolateAt(Date.now())
    const { handle, sku } = await makeProduct(api, { usd: 2000 })
    clock.now += 10 * DAY
    const first = await makePriceList(api, { set: usd(sku, 1000) })
    clock.now += DAY
    await asStaff(api).patch(`/v1/admin/price-lists/${first}`, { status: 'paused' })
    // 40 days later: a sale, while the first list is still paused, and then resumed above it.
    clock.now += 40 * DAY
    await makePriceList(api, { set: usd(sku, 900) })
    expect((await usdOf(api, handle)).prior).toBe(2000)
    await asStaff(api).patch(`/v1/admin/price-lists/${first}`, { status: 'active' })
    expect((await usdOf(api, handle)).prior).toBe(2000)
  })

  it('unmasks a comparison that is written beside a price which stays', async () => {
    const { clock, api } = isolateAt(Date.now())
    const { id, handle, sku } = await makeProduct(api, { usd: 2000 })
    clock.now += 40 * DAY
    const prices = [{ currency: 'USD', amount: 2000, compare_at_amount: 2500 }]
    await asStaff(api).patch(`/v1/admin/products/${id}`, { variants: [{ sku, prices, inventory: { on_hand: 9 } }] })
    clock.now += DAY
    expect(await usdOf(api, handle)).toEqual({ price: 2000, compared: 2500, prior: 2000, range: 2000 })
  })

  it('remembers what was asked before a product is published anew, at another price and a later date', async () => {
    const { clock, api } = isolateAt(Date.now())
    const { id, handle, sku } = await makeProduct(api, { usd: 1000 })
    clock.now += 10 * DAY
    const prices = [{ currency: 'USD', amount: 1500 }]
    const variants = [{ sku, prices, inventory: { on_hand: 9 } }]
    await asStaff(api).patch(`/v1/admin/products/${id}`, { variants, published_at: time(clock.now + DAY) })
    clock.now += 2 * DAY
    await makePriceList(api, { set: usd(sku, 1000) })
    expect(await usdOf(api, handle)).toEqual({ price: 1000, compared: 1500, prior: 1000, range: 1000 })
  })

  it('knows nothing of prices that a draft had', async () => {
    const { clock, api } = isolateAt(Date.now())
    const { id, handle, sku } = await makeProduct(api, { usd: 1, status: 'draft' })
    clock.now += DAY
    const prices = [{ currency: 'USD', amount: 2000 }]
    const variants = [{ sku, prices, inventory: { on_hand: 9 } }]
    await asStaff(api).patch(`/v1/admin/products/${id}`, { variants, status: 'active' })
    clock.now += 5 * DAY
    await makePriceList(api, { set: usd(sku, 1500) })
    expect((await usdOf(api, handle)).prior).toBe(2000)
  })
})
