import { describe, expect, it } from 'vitest'
import type { Promotion, PromotionCandidate, PromotionEffect } from '../../src/domain/promotion.ts'
import { quote } from '../../src/domain/quote.ts'
import {
  appliedOf,
  automatic,
  cart,
  discountsOf,
  line,
  NOW,
  percent,
  promotion,
  quoteWith,
  rate,
  reasonsOf,
  shipBy,
  shippingRate,
  zone,
} from '../support/quoting.ts'

const HUNDRED = [line('a', 10_000)]
const POST = { shipping: shipBy(shippingRate('post', 490)) }
const onItems = (rate_ppm: number): PromotionEffect => ({ type: 'percent', target: 'items', rate_ppm })
const lane = { exclusive: 'lane' as const }
const alone = { exclusive: 'cart' as const }
const firstComes = { choice: 'priority' as const }
const without = (...promotion_ids: readonly string[]) => ({ kind: 'remove_promotion', promotion_ids })

describe('by hand: promotions of three lanes', () => {
  it('each on what the lanes before have left, and VAT on what is left of all', () => {
    // 20 % off tea of 50.00 leaves 40.00. 10.00 off 90.00, by 4000 : 5000: 444.44 and 555.56. Half of 4.90 of shipping.
    // 35.56 holds 19/119 = 567.76 -> 568; 44.44 holds 709.55 -> 710; 2.45 holds 39.12 -> 39.
    const tea = promotion('1', { type: 'percent', target: 'items', items: { tags: ['tea'] }, rate_ppm: 200_000 })
    const ten = promotion('2', { type: 'fixed_amount', target: 'order', per: 'order', amounts: { USD: 1000 } })
    const half = promotion('3', { type: 'shipping', rate_ppm: 500_000 })
    const tax = zone(true, [rate(190_000)], { shipping: { rule: 'category', category: 'standard' } })
    const lines = [line('a', 2500, 2, { tags: ['tea'] }), line('b', 5000)]
    const result = quoteWith(lines, [half, ten, tea], { ...POST, tax })
    expect(result.applied.map(({ promotionId, lane: of, amount }) => [promotionId, of, amount])).toEqual([
      ['1', 'product', 1000],
      ['2', 'order', 1000],
      ['3', 'shipping', 245],
    ])
    expect(discountsOf(result)).toEqual({ a: 1444, b: 556 })
    expect(result.lines.map(({ tax: of }) => of)).toEqual([568, 710])
    expect(result.totals).toMatchObject({ discount: 2245, shipping: 490, tax: 568 + 710 + 39, total: 8245 })
  })

  it('whatever their priorities', () => {
    // 10 % off the order waits for half off the goods.
    const order = promotion('1', percent(100_000), { priority: 0 })
    const product = promotion('2', onItems(500_000), { priority: 9 })
    expect(appliedOf(quoteWith(HUNDRED, [order, product]))).toEqual([
      ['2', 5000],
      ['1', 500],
    ])
  })
})

describe('by hand: alone in its lane', () => {
  const tens = [promotion('1', onItems(100_000)), promotion('2', onItems(100_000))]

  it('where it gives more than those that combine; other lanes go on', () => {
    // 30.00 against 10.00 + 9.00. Then 5 % of 70.00.
    const result = quoteWith(HUNDRED, [
      ...tens,
      promotion('3', onItems(300_000), lane),
      promotion('4', percent(50_000)),
    ])
    expect(appliedOf(result)).toEqual([
      ['3', 3000],
      ['4', 350],
    ])
    expect(result.refused).toMatchObject([
      { promotionId: '1', reason: 'not_combinable', unlock: without('3') },
      { promotionId: '2', reason: 'not_combinable', unlock: without('3') },
    ])
  })

  it('not where it gives less', () => {
    // 15.00 against 19.00.
    const result = quoteWith(HUNDRED, [...tens, promotion('3', onItems(150_000), lane)])
    expect(appliedOf(result)).toEqual([
      ['1', 1000],
      ['2', 900],
    ])
    expect(result.refused).toMatchObject([{ promotionId: '3', reason: 'not_combinable', unlock: without('1', '2') }])
  })

  it('not where it gives as much as those that combine', () => {
    const result = quoteWith(HUNDRED, [promotion('1', onItems(100_000), lane), promotion('2', onItems(100_000))])
    expect(appliedOf(result)).toEqual([['2', 1000]])
  })
})

describe('by hand: alone in the cart', () => {
  const others = [
    promotion('1', onItems(100_000)),
    promotion('2', percent(100_000)),
    promotion('3', { type: 'shipping', rate_ppm: 1_000_000 }),
  ]

  it.each([
    // Together: 100.00 - 10.00 - 9.00 + 4.90 - 4.90 = 81.00. Alone at 25 %: 75.00 + 4.90 = 79.90.
    [250_000, [['4', 2500]]],
    // At 20 %: 84.90.
    [
      200_000,
      [
        ['1', 1000],
        ['2', 900],
        ['3', 490],
      ],
    ],
  ])('at %d ppm: where the shopper pays the least, shipping and all', (rate_ppm, applied) => {
    const result = quoteWith(HUNDRED, [...others, promotion('4', percent(rate_ppm), alone)], POST)
    expect(appliedOf(result)).toEqual(applied)
    expect(Object.values(reasonsOf(result))).toEqual(Array(4 - applied.length).fill('not_combinable'))
  })

  it('of two that give the same the one that comes first', () => {
    const both = [promotion('1', percent(100_000), { ...alone, priority: 2 }), promotion('2', percent(100_000), alone)]
    const result = quoteWith(HUNDRED, both)
    expect(appliedOf(result)).toEqual([['2', 1000]])
    expect(result.refused).toMatchObject([{ promotionId: '1', reason: 'not_combinable', unlock: without('2') }])
  })

  it('by priority: before one that gives more', () => {
    const five = promotion('5', percent(50_000), { ...alone, ...firstComes })
    const half = promotion('6', percent(500_000), { priority: 1 })
    expect(appliedOf(quoteWith(HUNDRED, [half, five]))).toEqual([['5', 500]])
    // And the other way round, though it gives more.
    const late = { ...five, effect: percent(900_000), priority: 2 }
    expect(appliedOf(quoteWith(HUNDRED, [half, late]))).toEqual([['6', 5000]])
  })

  it('by priority: what does not apply itself stands in nobody’s way', () => {
    const five = promotion('5', percent(50_000), { ...alone, ...firstComes })
    const never = promotion('1', { type: 'fixed_price', amounts: { USD: 10_000 } })
    const result = quoteWith(HUNDRED, [never, five])
    expect(appliedOf(result)).toEqual([['5', 500]])
    expect(reasonsOf(result)).toEqual({ 1: 'no_entitled_items' })
  })

  it('by priority: what comes after it does not take part, even where it loses itself', () => {
    // `2` keeps `3` out, and `1`, which comes before it, keeps `2` out.
    const deal = promotion('1', percent(100_000), alone)
    const first = promotion('2', percent(50_000), { ...alone, ...firstComes })
    const best = promotion('3', percent(900_000), alone)
    expect(appliedOf(quoteWith(HUNDRED, [best, first, deal]))).toEqual([['1', 1000]])
  })
})

describe('by hand: what stands in the way', () => {
  it('is what took all there was, in whatever lane', () => {
    const result = quoteWith(HUNDRED, [promotion('1', onItems(1_000_000)), promotion('2', percent(100_000))])
    expect(result.refused).toMatchObject([{ promotionId: '2', reason: 'not_combinable', unlock: without('1') }])
  })

  it('is what applies in the end, not what itself was kept out', () => {
    // `1` would have taken all before `2`; `3`, alone in the cart by priority, keeps both out.
    const all = promotion('1', onItems(1_000_000), { priority: 1 })
    const none = promotion('2', onItems(100_000), { priority: 2 })
    const first = promotion('3', percent(100_000), { ...alone, ...firstComes })
    const { refused } = quoteWith(HUNDRED, [all, none, first])
    expect(refused).toMatchObject([
      { promotionId: '1', reason: 'not_combinable', unlock: without('3') },
      { promotionId: '2', reason: 'not_combinable', unlock: without('3') },
    ])
  })

  it('is nothing where truly nothing is entitled', () => {
    const mugs: PromotionEffect = { type: 'percent', target: 'items', items: { tags: ['mug'] }, rate_ppm: 100_000 }
    const result = quoteWith(HUNDRED, [promotion('1', onItems(1_000_000)), promotion('2', mugs)])
    const unlock = { kind: 'add', quantity: 1, items: { tags: ['mug'] } }
    expect(result.refused).toMatchObject([{ promotionId: '2', reason: 'no_entitled_items', unlock }])
  })
})

describe('by hand: limits', () => {
  const budget = (spent: number) => promotion('1', percent(100_000), { budgets: { USD: { amount: 5000, spent } } })

  it('a budget that suffices to the cent, and one that does not', () => {
    // 10 % of 100.00 is 10.00; 40.00 and 40.01 of 50.00 are spent.
    expect(appliedOf(quoteWith(HUNDRED, [budget(4000)]))).toEqual([['1', 1000]])
    const result = quoteWith(HUNDRED, [budget(4001), promotion('2', percent(50_000))])
    expect(result.refused).toMatchObject([{ promotionId: '1', reason: 'usage_limit', unlock: null }])
    // The next one takes from all of it.
    expect(appliedOf(result)).toEqual([['2', 500]])
  })

  it('a budget that the cart’s own order has claimed', () => {
    expect(appliedOf(quoteWith(HUNDRED, [budget(5000)], { limitsClaimed: true }))).toEqual([['1', 1000]])
  })

  const codes = (...uses: readonly PromotionCandidate['codeUses'][]): PromotionCandidate[] =>
    uses.map((codeUses, index) => ({ promotion: promotion('1', percent(100_000)), code: `CODE${index}`, codeUses }))

  it('a code that is used up beside a good one of the same campaign', () => {
    const result = quote(cart(HUNDRED, { promotions: codes({ limit: 1, used: 1 }, { limit: 1, used: 0 }) }))
    expect(result.applied).toMatchObject([{ code: 'CODE1', amount: 1000 }])
    expect(result.refused).toMatchObject([{ code: 'CODE0', reason: 'usage_limit' }])
  })

  it('two good codes of one campaign are one discount', () => {
    const result = quote(cart(HUNDRED, { promotions: codes(null, { limit: 1, used: 0 }) }))
    expect(result.applied).toMatchObject([{ code: 'CODE0', amount: 1000 }])
    expect(result.refused).toMatchObject([{ code: 'CODE1', reason: 'not_combinable', unlock: null }])
  })

  it('two codes of a campaign that gives nothing here say so, both', () => {
    const nothing = codes(null, null).map((each) => ({ ...each, promotion: promotion('1', percent(1)) }))
    const { refused } = quote(cart(HUNDRED, { promotions: nothing }))
    expect(refused.map(({ reason }) => reason)).toEqual(['no_entitled_items', 'no_entitled_items'])
  })

  it('a code that an earlier complete found used up', () => {
    const refusals = { 'code:CODE0': 'usage_limit' as const }
    const result = quote(cart(HUNDRED, { promotions: codes(null, null), refusals }))
    expect(result.applied).toMatchObject([{ code: 'CODE1' }])
    expect(result.refused).toMatchObject([{ code: 'CODE0', reason: 'usage_limit' }])
  })
})

describe('every reason a quote refuses for, and what would unlock it', () => {
  const at = NOW.getTime()
  it.each<[string, Partial<Promotion>, unknown]>([
    ['expired', { endsAt: at }, null],
    ['not_started', { startsAt: at + 1 }, { kind: 'wait', until: at + 1 }],
    // 120.00 - 100.00; five pieces less one.
    ['minimum_not_met', { conditions: { minimum_subtotal: { USD: 12_000 } } }, { kind: 'spend', amount: 2000 }],
    ['minimum_not_met', { conditions: { minimum_quantity: 5 } }, { kind: 'add', quantity: 4 }],
    ['usage_limit', { usageLimit: 1, used: 1 }, null],
    ['not_eligible', { conditions: { countries: ['DE'] } }, null],
    [
      'no_entitled_items',
      { effect: { type: 'percent', target: 'items', items: { tags: ['x'] }, rate_ppm: 1 } },
      { kind: 'add', quantity: 1, items: { tags: ['x'] } },
    ],
    [
      'not_combinable',
      { priority: 1, effect: percent(1_000_000), exclusive: 'lane', choice: 'priority' },
      without('0'),
    ],
  ])('%s', (reason, changes, unlock) => {
    const own = promotion('1', percent(100_000), changes)
    const { refused } = quoteWith(HUNDRED, [promotion('0', percent(10_000)), own])
    expect(refused).toEqual([{ promotionId: '1', code: null, title: '1', reason, unlock }])
  })

  it('customer_limit, which complete has found out', () => {
    const promotions = automatic(promotion('1', percent(100_000)))
    const { refused } = quote(cart(HUNDRED, { promotions, refusals: { 1: 'customer_limit' } }))
    expect(refused).toEqual([{ promotionId: '1', code: null, title: '1', reason: 'customer_limit', unlock: null }])
  })
})
