import { describe, expect, it } from 'vitest'
import type { Promotion, PromotionCandidate, PromotionRefusal, Unlock } from '../../src/domain/promotion.ts'
import { quote } from '../../src/domain/quote.ts'
import {
  automatic,
  cart,
  line,
  NOW,
  percent,
  promotion,
  rate,
  rounding,
  shipBy,
  shippingRate,
  zone,
} from '../support/quoting.ts'

const full = (included: boolean, ratePpm: number, shippingCategory: string | null = null) =>
  zone(included, [rate(ratePpm, { name: 'Full' }), rate(70_000, { category: 'reduced', name: 'Reduced' })], {
    shipping: shippingCategory === null ? { rule: 'untaxed' } : { rule: 'category', category: shippingCategory },
  })
const sale = (rate_ppm: number, changes: Partial<Promotion> = {}) =>
  promotion('promo_1', percent(rate_ppm), { title: 'Sale', ...changes })
const withCode = (code: string, ...of: readonly Promotion[]): PromotionCandidate[] =>
  of.map((each) => ({ promotion: each, code, codeUses: null }))
const ship = (amount: number) => shipBy(shippingRate('rate_1', amount))

describe('tax', () => {
  it('inclusive VAT is the part inside the price', () => {
    // 119.00 at 19 %: 11900 * 19 / 119 = 1900 exactly.
    const { totals } = quote(cart([line('a', 11_900)], { tax: full(true, 190_000) }))
    expect(totals).toMatchObject({ subtotal: 11_900, tax: 1900, tax_included: true, total: 11_900 })
  })

  it('inclusive VAT is rounded once a line', () => {
    // 3 * 0.99 = 297; 297 * 190000 / 1190000 = 47.42...; a unit alone would be 15.8 -> 16, three of them 48.
    const { lines, totals } = quote(cart([line('a', 99, 3)], { tax: full(true, 190_000) }))
    expect(lines[0]).toMatchObject({ subtotal: 297, tax: 47, total: 297 })
    expect(totals.total).toBe(297)
  })

  it('an exclusive tax comes on top', () => {
    // 20.00 at 8 %: 160. 20.00 + 1.60 = 21.60.
    const { lines, totals } = quote(cart([line('a', 2000)], { tax: full(false, 80_000) }))
    expect(lines[0]?.taxes).toEqual([
      {
        ...{ zone_id: 'zone_tax', category: 'standard', name: 'Full', rate_ppm: 80_000 },
        ...{ compound: false, base: 2000, amount: 160 },
      },
    ])
    expect(totals).toMatchObject({ subtotal: 2000, tax: 160, tax_included: false, total: 2160 })
  })

  it.each([
    // 0.50 at 5 %: 2.5 cents. 0.30 at 5 %: 1.5 cents. 1.10 at 5 %: 5.5 cents.
    ['half_up' as const, [3, 2, 6]],
    ['half_even' as const, [2, 2, 6]],
  ])('half a cent of exclusive tax, %s', (mode, taxes) => {
    const lines = [line('a', 50), line('b', 30), line('c', 110)]
    const result = quote(cart(lines, { tax: full(false, 50_000), rounding: rounding(mode) }))
    expect(result.lines.map(({ tax }) => tax)).toEqual(taxes)
    expect(result.totals.total).toBe(190 + taxes.reduce((sum, tax) => sum + tax, 0))
  })

  it('a rate with decimals of a percent: New York City', () => {
    // 99.99 at 8.875 %: 887.41... cents.
    const { totals } = quote(cart([line('a', 9999)], { tax: full(false, 88_750) }))
    expect(totals).toMatchObject({ tax: 887, total: 10_886 })
  })

  it('two categories in one cart, and goods that are not taxed', () => {
    // Exclusive: 1000 * 19 % = 190; 1000 * 7 % = 70; nothing on exempt goods and those of no category; one that the zone has no rate for is taxed as standard.
    const lines = [
      line('a', 1000),
      line('b', 1000, 1, { taxCategory: 'reduced' }),
      line('c', 1000, 1, { taxCategory: null }),
      line('d', 1000, 1, { taxCategory: 'exempt' }),
      line('e', 1000, 1, { taxCategory: 'books' }),
    ]
    const result = quote(cart(lines, { tax: full(false, 190_000) }))
    expect(result.lines.map(({ tax }) => tax)).toEqual([190, 70, 0, 0, 190])
    expect(result.totals.total).toBe(5450)
  })

  it('tax is on what is left after the discount', () => {
    // 2000 - 10 % = 1800; 8 % of it is 144; 1800 + 144 = 1944.
    const promotions = withCode('TEN', sale(100_000))
    const { totals } = quote(cart([line('a', 2000)], { tax: full(false, 80_000), promotions }))
    expect(totals).toMatchObject({ subtotal: 2000, discount: 200, tax: 144, total: 1944 })
  })

  it('yen have no decimals', () => {
    // 3 * 333 = 999 yen, 10 % inside: 999 * 10 / 110 = 90.8 -> 91.
    const { totals } = quote(cart([line('a', 333, 3)], { currency: 'JPY', tax: full(true, 100_000) }))
    expect(totals).toMatchObject({ subtotal: 999, tax: 91, total: 999 })
  })

  it('dinars have three', () => {
    // 1.255 KWD at 5 %: 62.75 fils -> 63. 1.255 + 0.063 = 1.318.
    const { totals } = quote(cart([line('a', 1255)], { currency: 'KWD', tax: full(false, 50_000) }))
    expect(totals).toMatchObject({ subtotal: 1255, tax: 63, total: 1318 })
  })
})

describe('shipping', () => {
  it('is taxed by its own category', () => {
    // Inclusive 19 %: of 490 it is 490 * 19 / 119 = 78.2 -> 78; of 1190 it is 190.
    const { shipping, totals } = quote(
      cart([line('a', 1190)], { tax: full(true, 190_000, 'standard'), shipping: ship(490) }),
    )
    expect(shipping).toMatchObject({ option_id: 'rate_1', amount: 490, tax: 78 })
    expect(totals).toMatchObject({ shipping: 490, shipping_tax: 78, tax: 268, total: 1680 })
  })

  it('on top: goods, shipping, and tax on both', () => {
    // 2000 + 500 + 8 % of each: 160 + 40.
    const { totals } = quote(cart([line('a', 2000)], { tax: full(false, 80_000, 'standard'), shipping: ship(500) }))
    expect(totals).toMatchObject({ tax: 200, shipping_tax: 40, total: 2700 })
  })

  it('is not taxed where the zone says so', () => {
    const { totals } = quote(cart([line('a', 2000)], { tax: full(false, 80_000, null), shipping: ship(500) }))
    expect(totals).toMatchObject({ shipping: 500, shipping_tax: 0, tax: 160, total: 2660 })
  })

  it('costs nothing where no goods need it, and once where any do', () => {
    const download = line('a', 900, 1, { requiresShipping: false })
    const alone = quote(cart([download], { shipping: ship(500) }))
    expect(alone).toMatchObject({ shipping: null, totals: { shipping: 0, total: 900 } })
    const beside = quote(cart([download, line('b', 100)], { shipping: ship(500) }))
    expect(beside.totals).toMatchObject({ shipping: 500, total: 1500 })
  })

  it('is not what an order discount is taken from', () => {
    const promotions = automatic(sale(1_000_000))
    const { totals } = quote(cart([line('a', 900)], { promotions, shipping: ship(500) }))
    expect(totals).toMatchObject({ discount: 900, shipping: 500, total: 500 })
  })
})

describe('promotions', () => {
  it('spread a percentage by largest remainder', () => {
    // 10 % of 1000 is 100, over 333, 333, 334: 33.3, 33.3, 33.4. The left unit goes to the largest remainder.
    const lines = [line('a', 333), line('b', 333), line('c', 334)]
    const result = quote(cart(lines, { promotions: withCode('TEN', sale(100_000)) }))
    expect(result.lines.map(({ discount }) => discount)).toEqual([33, 33, 34])
    expect(result.applied).toEqual([{ promotionId: 'promo_1', code: 'TEN', title: 'Sale', lane: 'order', amount: 100 }])
  })

  it('give a tied unit to the lower id, wherever its line stands', () => {
    // 50 % of 2 * 1 is 1, over two equal lines: it goes to `a`.
    const promotions = automatic(sale(500_000))
    const discounts = (ids: string[]) =>
      quote(
        cart(
          ids.map((id) => line(id, 1)),
          { promotions },
        ),
      ).lines.map(({ id, discount }) => [id, discount])
    expect(discounts(['a', 'b'])).toEqual([
      ['a', 1],
      ['b', 0],
    ])
    expect(discounts(['b', 'a'])).toEqual([
      ['b', 0],
      ['a', 1],
    ])
  })

  it('stack by priority, each on what the ones before left', () => {
    // 1000 - 50 % = 500; 10 % of 500 = 50. The other way round: 100, then 450.
    const half = sale(500_000, { id: 'promo_half', priority: 1 })
    const tenth = sale(100_000, { id: 'promo_tenth', priority: 2 })
    const amounts = (first: Promotion, second: Promotion) => {
      const promotions = automatic(first, second)
      return quote(cart([line('a', 1000)], { promotions })).applied.map(({ promotionId, amount }) => [
        promotionId,
        amount,
      ])
    }
    const expected = [
      ['promo_half', 500],
      ['promo_tenth', 50],
    ]
    expect(amounts(half, tenth)).toEqual(expected)
    expect(amounts(tenth, half)).toEqual(expected)
    expect(amounts({ ...half, priority: 3 }, tenth)).toEqual([
      ['promo_tenth', 100],
      ['promo_half', 450],
    ])
  })

  it('stack at equal priority by id', () => {
    const promotions = automatic(sale(100_000, { id: 'promo_b' }), sale(100_000, { id: 'promo_a' }))
    // 100, then 10 % of 900.
    expect(quote(cart([line('a', 1000)], { promotions })).applied).toMatchObject([
      { promotionId: 'promo_a', amount: 100 },
      { promotionId: 'promo_b', amount: 90 },
    ])
  })

  it('apply once, however many of their codes are there', () => {
    const promotions = ['TWO', 'ONE'].flatMap((code) => withCode(code, sale(100_000)))
    const { applied, refused } = quote(cart([line('a', 1000)], { promotions }))
    expect(applied).toMatchObject([{ code: 'ONE', amount: 100 }])
    expect(refused).toEqual([
      { promotionId: 'promo_1', code: 'TWO', title: 'Sale', reason: 'not_combinable', unlock: null },
    ])
  })

  const at = NOW.getTime()
  it.each<[PromotionRefusal, Partial<Promotion>, Unlock | null]>([
    ['minimum_not_met', { conditions: { minimum_subtotal: { USD: 1001 } } }, { kind: 'spend', amount: 1 }],
    ['not_eligible', { conditions: { minimum_subtotal: { EUR: 1 } } }, null],
    ['not_started', { startsAt: at + 1 }, { kind: 'wait', until: at + 1 }],
    ['expired', { endsAt: at }, null],
    ['usage_limit', { usageLimit: 5, used: 5 }, null],
    ['no_entitled_items', { effect: percent(499) }, null], // 0.499 of a cent
  ])('are refused: %s', (reason, changes, unlock) => {
    const promotions = withCode('TEN', sale(100_000, changes))
    const { applied, refused, totals } = quote(cart([line('a', 1000)], { promotions }))
    expect(applied).toEqual([])
    expect(refused).toEqual([{ promotionId: 'promo_1', code: 'TEN', title: 'Sale', reason, unlock }])
    expect(totals).toMatchObject({ discount: 0, total: 1000 })
  })

  it('count a minimum before any discount', () => {
    const first = sale(900_000, { id: 'promo_a' })
    const second = sale(100_000, { id: 'promo_b', conditions: { minimum_subtotal: { USD: 1000 } } })
    const promotions = automatic(first, second)
    // 1000 meets the minimum although 100 is left: 900, then 10.
    expect(quote(cart([line('a', 1000)], { promotions })).applied.map(({ amount }) => amount)).toEqual([900, 10])
  })

  it('are refused for what an earlier complete found out', () => {
    const promotions = withCode('TEN', sale(100_000))
    const { refused } = quote(cart([line('a', 1000)], { promotions, refusals: { promo_1: 'customer_limit' } }))
    expect(refused).toMatchObject([{ reason: 'customer_limit' }])
  })

  it('whose limit the cart itself has claimed still apply', () => {
    const promotions = automatic(sale(100_000, { usageLimit: 1, used: 1 }))
    expect(quote(cart([line('a', 1000)], { promotions, limitsClaimed: true })).totals.discount).toBe(100)
  })
})

describe('tender', () => {
  it('uses gift cards in their order and leaves the rest on them', () => {
    const giftCards = [
      { id: 'gift_1', balance: 300 },
      { id: 'gift_2', balance: 0 },
      { id: 'gift_3', balance: 900 },
      { id: 'gift_4', balance: 50 },
    ]
    const result = quote(cart([line('a', 1000)], { giftCards }))
    // 300, then 700 of 900; nothing is left for the fourth.
    expect(result.giftCards).toEqual([
      { id: 'gift_1', amount: 300 },
      { id: 'gift_3', amount: 700 },
    ])
    expect(result.totals).toMatchObject({ total: 1000, amount_due: 0 })
  })

  it('is nothing for an empty cart', () => {
    const { totals } = quote(cart([], { giftCards: [{ id: 'gift_1', balance: 300 }], shipping: ship(500) }))
    expect(totals).toMatchObject({ subtotal: 0, shipping: 0, total: 0, amount_due: 0 })
  })
})

it('refuses two lines with one id: one of them would be lost', () => {
  expect(() => quote(cart([line('a', 1), line('a', 2)]))).toThrow(RangeError)
})
