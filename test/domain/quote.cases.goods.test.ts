import { describe, expect, it } from 'vitest'
import type { PromotionEffect, Tier } from '../../src/domain/promotion.ts'
import { appliedOf, discountsOf, line, percent, promotion, quoteWith, reasonsOf, rounding } from '../support/quoting.ts'

const TEA = { tags: ['tea'] }
const tea = { tags: ['tea'] }

/** What the one promotion takes off each line. */
function given(effect: PromotionEffect, lines: Parameters<typeof quoteWith>[0], changes = {}) {
  return discountsOf(quoteWith(lines, [promotion('promo', effect)], changes))
}

describe('by hand: a rate off', () => {
  it('no more than its cap, which is spread like the discount', () => {
    // 20 % of 150.00 is 30.00: 20.00 and 10.00. Capped at 20.00: 1333.33 and 666.67.
    const effect: PromotionEffect = { type: 'percent', target: 'order', rate_ppm: 200_000, max_amounts: { USD: 2000 } }
    expect(given(effect, [line('a', 10_000), line('b', 5000)])).toEqual({ a: 1333, b: 667 })
    // A cent below the cap: 20 % of 99.95 is 19.99.
    expect(given(effect, [line('a', 9995)])).toEqual({ a: 1999 })
  })

  it('of the whole or of each line: half a cent each, or a cent in all', () => {
    // 5 % of 0.10 is 0.5 cents -> 1 a line. 5 % of 0.20 is 1 cent, and it goes to the lower id.
    const lines = [line('a', 10), line('b', 10)]
    expect(given({ type: 'percent', target: 'items', rate_ppm: 50_000 }, lines)).toEqual({ a: 1, b: 1 })
    expect(given(percent(50_000), lines)).toEqual({ a: 1, b: 0 })
  })

  it.each([
    // Half of 5 cents and of 7.
    ['half_up' as const, { a: 3, b: 4 }],
    ['half_even' as const, { a: 2, b: 4 }],
  ])('half a cent, %s', (mode, expected) => {
    const effect: PromotionEffect = { type: 'percent', target: 'items', rate_ppm: 500_000 }
    expect(given(effect, [line('a', 5), line('b', 7)], { rounding: rounding(mode) })).toEqual(expected)
  })

  it('of some goods, and not of those that are reduced', () => {
    // 10 % of 20.00.
    const items = { ...TEA, exclude: { reduced: true } }
    const lines = [line('a', 1000, 2, tea), line('b', 1000, 1, { ...tea, reduced: true }), line('c', 1000)]
    expect(given({ type: 'percent', target: 'items', rate_ppm: 100_000, items }, lines)).toEqual({ a: 200, b: 0, c: 0 })
  })

  it('all of it at 100 %', () => {
    expect(given(percent(1_000_000), [line('a', 333, 3), line('b', 1), line('c', 0)])).toEqual({ a: 999, b: 1, c: 0 })
  })
})

describe('by hand: an amount off', () => {
  const off = (per: 'order' | 'line' | 'unit', amount: number): PromotionEffect => ({
    ...{ type: 'fixed_amount', target: 'order', per, amounts: { USD: amount } },
  })

  it('once, spread over the goods', () => {
    // 10.00 off 50.00, by 1999 : 501 : 2500: 399.8, 100.2, 500.
    const lines = [line('a', 1999), line('b', 501), line('c', 2500)]
    expect(given(off('order', 1000), lines)).toEqual({ a: 400, b: 100, c: 500 })
  })

  it('never more than the goods cost', () => {
    expect(given(off('order', 1000), [line('a', 300), line('b', 100)])).toEqual({ a: 300, b: 100 })
  })

  it('each line', () => {
    // 2.00 off 15.00, and all of 1.50.
    expect(given(off('line', 200), [line('a', 500, 3), line('b', 150)])).toEqual({ a: 200, b: 150 })
  })

  it('each piece', () => {
    // 3 * 2.00 off 15.00; 2 * 2.00 off 3.00 is 3.00.
    expect(given(off('unit', 200), [line('a', 500, 3), line('b', 150, 2)])).toEqual({ a: 600, b: 300 })
  })

  it('each piece of some goods, after another discount has left less', () => {
    // Half off 10.00 leaves 5.00; 2 * 3.00 is more than that.
    const half: PromotionEffect = { type: 'percent', target: 'items', rate_ppm: 500_000 }
    const three: PromotionEffect = {
      type: 'fixed_amount',
      target: 'items',
      items: TEA,
      per: 'unit',
      amounts: { USD: 300 },
    }
    const result = quoteWith([line('a', 500, 2, tea), line('b', 500)], [promotion('1', half), promotion('2', three)])
    expect(appliedOf(result)).toEqual([
      ['1', 750],
      ['2', 500],
    ])
    expect(discountsOf(result)).toEqual({ a: 1000, b: 250 })
  })
})

describe('by hand: one price', () => {
  const eight: PromotionEffect = { type: 'fixed_price', amounts: { USD: 800 } }

  it('for each piece, where it costs more', () => {
    // 3 * (9.99 - 8.00) = 5.97; 7.50 stays.
    expect(given(eight, [line('a', 999, 3), line('b', 750, 2)])).toEqual({ a: 597, b: 0 })
  })

  it('after another discount it takes the rest', () => {
    // 10 % off 9.99 * 3 = 2997 is 299.7 -> 300; 2697 - 2400 = 297.
    const ten: PromotionEffect = { type: 'percent', target: 'items', rate_ppm: 100_000 }
    const result = quoteWith([line('a', 999, 3)], [promotion('1', ten), promotion('2', eight)])
    expect(appliedOf(result)).toEqual([
      ['1', 300],
      ['2', 297],
    ])
  })

  it('is no discount where all costs less', () => {
    const result = quoteWith([line('a', 799)], [promotion('promo', eight)])
    expect(result.refused).toMatchObject([{ reason: 'no_entitled_items', unlock: null }])
  })
})

describe('by hand: tiers', () => {
  const bySpend: Tier[] = [
    { from_subtotal: { USD: 10_000 }, rate_ppm: 100_000 },
    { from_subtotal: { USD: 5000 }, rate_ppm: 50_000 },
  ]
  const byNumber: Tier[] = [
    { from_quantity: 3, rate_ppm: 100_000 },
    { from_quantity: 10, rate_ppm: 200_000 },
  ]

  it.each([
    // 10 % of 100.00; 5 % of 99.99 is 499.95; 5 % of 50.00.
    [10_000, 1000],
    [9999, 500],
    [5000, 250],
  ])('by spend: %d gives %d', (amount, expected) => {
    expect(given({ type: 'tiered', target: 'order', tiers: bySpend }, [line('a', amount)])).toEqual({ a: expected })
  })

  it('by spend, a cent short of the lowest', () => {
    const effect: PromotionEffect = { type: 'tiered', target: 'order', tiers: bySpend }
    const { refused } = quoteWith([line('a', 4999)], [promotion('promo', effect)])
    expect(refused).toMatchObject([{ reason: 'no_entitled_items', unlock: { kind: 'spend', amount: 1 } }])
  })

  it.each([
    // 20 % of 10.00; 10 % of 9.00.
    [10, 200],
    [9, 90],
    [3, 30],
  ])('by number: %d give %d', (quantity, expected) => {
    const effect: PromotionEffect = { type: 'tiered', target: 'items', items: TEA, tiers: byNumber }
    expect(given(effect, [line('a', 100, quantity, tea), line('b', 900, 20)])).toEqual({ a: expected, b: 0 })
  })

  it('by number, one short of the lowest: of those goods', () => {
    const effect: PromotionEffect = { type: 'tiered', target: 'items', items: TEA, tiers: byNumber }
    const { refused } = quoteWith([line('a', 100, 2, tea), line('b', 100, 9)], [promotion('promo', effect)])
    expect(refused).toMatchObject([{ reason: 'no_entitled_items', unlock: { kind: 'add', quantity: 1, items: TEA } }])
  })

  it('of amounts', () => {
    const tiers: Tier[] = [
      { from_subtotal: { USD: 5000 }, amounts: { USD: 500 } },
      { from_subtotal: { USD: 10_000 }, amounts: { USD: 1500 } },
    ]
    // 15.00 off 120.00, by 9000 : 3000.
    const lines = [line('a', 9000), line('b', 3000)]
    expect(given({ type: 'tiered', target: 'order', tiers }, lines)).toEqual({ a: 1125, b: 375 })
  })

  it('are reached by what the goods cost before discounts', () => {
    // Half of 100.00, then 10 % of the 50.00 that are left.
    const half: PromotionEffect = { type: 'percent', target: 'items', rate_ppm: 500_000 }
    const tiers: PromotionEffect = { type: 'tiered', target: 'order', tiers: bySpend }
    const result = quoteWith([line('a', 10_000)], [promotion('1', half), promotion('2', tiers)])
    expect(appliedOf(result)).toEqual([
      ['1', 5000],
      ['2', 500],
    ])
  })
})

describe('by hand: a gift', () => {
  const one: PromotionEffect = { type: 'gift', variant_ids: ['var_g', 'var_h'], quantity: 1 }

  it('in the cart costs nothing, one piece of it', () => {
    // One of two pieces of 3.00.
    const result = quoteWith([line('a', 5000), line('g', 300, 2)], [promotion('promo', one)])
    expect(discountsOf(result)).toEqual({ a: 0, g: 300 })
    expect(result.gifts).toEqual([])
  })

  it('is the cheapest of those it may be', () => {
    expect(given(one, [line('g', 300), line('h', 250)])).toEqual({ g: 0, h: 250 })
  })

  it('that does not lie in the cart is told, and what it would take', () => {
    const result = quoteWith([line('a', 5000)], [promotion('promo', one)])
    expect(result.gifts).toEqual([
      { promotionId: 'promo', title: 'promo', variantIds: ['var_g', 'var_h'], quantity: 1 },
    ])
    const unlock = { kind: 'add', quantity: 1, items: { variant_ids: ['var_g', 'var_h'] } }
    expect(result.refused).toMatchObject([{ reason: 'no_entitled_items', unlock }])
  })

  it('of two, one of which lies in the cart: one more is earned', () => {
    const result = quoteWith([line('g', 300)], [promotion('promo', { ...one, quantity: 2 })])
    expect(discountsOf(result)).toEqual({ g: 300 })
    expect(result.gifts).toMatchObject([{ promotionId: 'promo', quantity: 1 }])
  })

  it('does not help to reach its own minimum', () => {
    // 48.00 of goods and a gift of 3.00: 2.00 are missing to 50.00.
    const condition = { conditions: { minimum_subtotal: { USD: 5000 } } }
    const result = quoteWith([line('a', 4800), line('g', 300)], [promotion('promo', one, condition)])
    expect(result.refused).toMatchObject([{ reason: 'minimum_not_met', unlock: { kind: 'spend', amount: 200 } }])
    expect(result.gifts).toEqual([])
  })

  it('is not promised where an exclusive promotion would keep it out', () => {
    const alone = promotion('alone', percent(100_000), { exclusive: 'cart' })
    const result = quoteWith([line('a', 5000)], [alone, promotion('gift', one)])
    expect(appliedOf(result)).toEqual([['alone', 500]])
    expect(reasonsOf(result)).toEqual({ gift: 'no_entitled_items' })
    expect(result.gifts).toEqual([])
    // Nor where it is the gift that would have to be alone.
    const ten = promotion('ten', percent(100_000))
    const gifts = (exclusive: 'none' | 'lane' | 'cart') =>
      quoteWith([line('a', 5000)], [ten, promotion('gift', one, { exclusive })]).gifts.length
    expect([gifts('none'), gifts('lane'), gifts('cart')]).toEqual([1, 1, 0])
  })
})
