import { describe, expect, it } from 'vitest'
import type { Promotion, ShippingEffect } from '../../src/domain/promotion.ts'
import type { QuoteInput } from '../../src/domain/quote-input.ts'
import {
  appliedOf,
  line,
  percent,
  promotion,
  quoteWith,
  rate,
  reasonsOf,
  shipBy,
  shippingRate,
  zone,
} from '../support/quoting.ts'

const POST = shipBy(shippingRate('post', 490), shippingRate('express', 1490))
const GOODS = [line('a', 5000)]

function shipped(effects: readonly ShippingEffect[], shipping: QuoteInput['shipping'] = POST) {
  const promotions = effects.map((effect, index) => promotion(`${index + 1}`, effect))
  const result = quoteWith(GOODS, promotions, { shipping })
  return { result, shipping: [result.totals.shipping, result.totals.shipping_discount, result.totals.total] }
}

describe('by hand: a discount on shipping', () => {
  it.each<[string, ShippingEffect[], number]>([
    ['free', [{ type: 'shipping', rate_ppm: 1_000_000 }], 490],
    // 33.3333 % of 490 is 163.33.
    ['a third off', [{ type: 'shipping', rate_ppm: 333_333 }], 163],
    ['3.00 off', [{ type: 'shipping', amounts: { USD: 300 } }], 300],
    ['never more than it costs', [{ type: 'shipping', amounts: { USD: 900 } }], 490],
    // Half is 2.45.
    ['half off, 2.00 at most', [{ type: 'shipping', rate_ppm: 500_000, max_amounts: { USD: 200 } }], 200],
    // 2.45, then 1.00 of the other 2.45.
    [
      'two of them',
      [
        { type: 'shipping', rate_ppm: 500_000 },
        { type: 'shipping', amounts: { USD: 100 } },
      ],
      345,
    ],
    ['for the chosen rate', [{ type: 'shipping', rate_ppm: 1_000_000, rate_ids: ['express', 'post'] }], 490],
  ])('%s', (_what, effects, off) => {
    expect(shipped(effects).shipping).toEqual([490, off, 5490 - off])
  })

  it('for another rate than the chosen one, which it names', () => {
    const { result, shipping } = shipped([{ type: 'shipping', rate_ppm: 1_000_000, rate_ids: ['express'] }])
    expect(shipping).toEqual([490, 0, 5490])
    const unlock = { kind: 'choose_shipping', rate_ids: ['express'] }
    expect(result.refused).toMatchObject([{ reason: 'no_entitled_items', unlock }])
  })

  it('waits for something to be chosen', () => {
    const { result, shipping } = shipped([{ type: 'shipping', rate_ppm: 1_000_000 }], { ...POST, chosenId: null })
    expect(shipping).toEqual([0, 0, 5000])
    expect(appliedOf(result)).toEqual([['1', 0]])
    expect(result.shippingOptions.map(({ id, amount }) => [id, amount])).toEqual([
      ['post', 490],
      ['express', 1490],
    ])
  })

  it('waits though it is alone in the cart: there is nothing it would have to beat', () => {
    const free = promotion('1', { type: 'shipping', rate_ppm: 1_000_000 }, { exclusive: 'cart' })
    const result = quoteWith(GOODS, [free], { shipping: { ...POST, chosenId: null } })
    expect(appliedOf(result)).toEqual([['1', 0]])
  })

  it('does not wait where its budget is spent', () => {
    const budgets = (spent: number) => ({ budgets: { USD: { amount: 500, spent } } })
    const reasons = (spent: number) => {
      const free = promotion('1', { type: 'shipping', rate_ppm: 1_000_000 }, budgets(spent))
      return reasonsOf(quoteWith(GOODS, [free], { shipping: { ...POST, chosenId: null } }))
    }
    expect(reasons(499)).toEqual({})
    expect(reasons(500)).toEqual({ 1: 'usage_limit' })
  })

  it('has nothing to take from where nothing is shipped, or where it is free', () => {
    const free = promotion('1', { type: 'shipping', rate_ppm: 1_000_000 })
    const download = quoteWith([line('a', 5000, 1, { requiresShipping: false })], [free], { shipping: POST })
    expect(download).toMatchObject({ shipping: null, shippingOptions: [], totals: { total: 5000 } })
    const nothing = [{ reason: 'no_entitled_items', unlock: null }]
    expect(download.refused).toMatchObject(nothing)
    expect(
      shipped([{ type: 'shipping', rate_ppm: 1_000_000 }], shipBy(shippingRate('post', 0))).result.refused,
    ).toMatchObject(nothing)
  })

  it('that nothing is left for is kept out by the one before', () => {
    const { result } = shipped([
      { type: 'shipping', rate_ppm: 1_000_000 },
      { type: 'shipping', amounts: { USD: 100 } },
    ])
    expect(result.refused).toMatchObject([
      { promotionId: '2', reason: 'not_combinable', unlock: { kind: 'remove_promotion', promotion_ids: ['1'] } },
    ])
  })
})

describe('by hand: the price of shipping', () => {
  const ten = promotion('ten', percent(100_000))

  it('counts what the goods cost after discounts', () => {
    // 50.00 would be free; 45.00 is not.
    const shipping = shipBy(shippingRate('post', 490, { freeOver: { USD: 5000 } }))
    expect(quoteWith(GOODS, [], { shipping }).totals).toMatchObject({ shipping: 0, total: 5000 })
    const result = quoteWith(GOODS, [ten], { shipping })
    expect(result.totals).toMatchObject({ discount: 500, shipping: 490, total: 4990 })
    expect(result.shipping?.source).toBe('rate')
  })

  it('is what a discount on it takes from, as the goods are after theirs', () => {
    const shipping = shipBy(shippingRate('post', 490, { freeOver: { USD: 5000 } }))
    const free = promotion('ship', { type: 'shipping', rate_ppm: 1_000_000 })
    expect(appliedOf(quoteWith(GOODS, [ten, free], { shipping }))).toEqual([
      ['ten', 500],
      ['ship', 490],
    ])
  })

  it('is part of what competing discounts are compared by', () => {
    // 20 % leave 40.00, which ship for nothing; 26 %, alone, leave 37.00, and 4.90 for shipping make 41.90.
    const shipping = shipBy(shippingRate('post', 490, { freeOver: { USD: 4000 } }))
    const rivals = (rate_ppm: number) => [
      promotion('together', percent(200_000)),
      promotion('alone', percent(rate_ppm), { exclusive: 'cart' }),
    ]
    expect(appliedOf(quoteWith(GOODS, rivals(260_000), { shipping }))).toEqual([['together', 1000]])
    // 30 % leave 35.00: with shipping 39.90.
    expect(appliedOf(quoteWith(GOODS, rivals(300_000), { shipping }))).toEqual([['alone', 1500]])
  })

  it('an exclusive discount applies though it makes shipping dearer than no discount would', () => {
    // 45.00 + 10.00 is more than 50.00: a discount that combines would apply just as well.
    const shipping = shipBy(shippingRate('post', 1000, { freeOver: { USD: 5000 } }))
    const result = quoteWith(GOODS, [{ ...ten, exclusive: 'cart' }], { shipping })
    expect(result.totals).toMatchObject({ discount: 500, shipping: 1000, total: 5500 })
  })

  it('by weight, of all pieces that are shipped', () => {
    // 3 * 400 g reach the step of 1 kg; the download weighs nothing, whatever it says.
    const steps = [
      { currency: 'USD', from: 0, amount: 490 },
      { currency: 'USD', from: 1000, amount: 790 },
      { currency: 'USD', from: 2000, amount: 1190 },
    ]
    const lines = [
      line('a', 100, 3, { weightGrams: 400 }),
      line('b', 100, 1, { weightGrams: 5000, requiresShipping: false }),
    ]
    const result = quoteWith(lines, [], { shipping: shipBy(shippingRate('post', 0, { kind: 'weight', steps })) })
    expect(result.totals).toMatchObject({ shipping: 790, total: 1190 })
  })

  it('is the carrier’s, with where it comes from', () => {
    const shipping = {
      ...shipBy(shippingRate('ups', 900, { kind: 'carrier', service: 'ground' })),
      carrierAmounts: new Map([['ups', 812]]),
    }
    expect(quoteWith(GOODS, [], { shipping }).shipping).toMatchObject({ amount: 812, source: 'carrier' })
  })

  it('is not there where the chosen rate is not offered any more', () => {
    // Below 50.00 after 10 % off.
    const shipping = shipBy(shippingRate('post', 490, { rule: { minimum_subtotal: { USD: 5000 } } }))
    const result = quoteWith(GOODS, [ten], { shipping })
    expect(result).toMatchObject({ shipping: null, shippingOptions: [], totals: { shipping: 0, total: 4500 } })
  })
})

describe('by hand: the tax of shipping', () => {
  const GERMANY = [rate(190_000), rate(70_000, { category: 'reduced' })]
  const shipping = shipBy(shippingRate('post', 400))
  const like = (included: boolean) => zone(included, GERMANY, { shipping: { rule: 'like_goods' } })
  const free = (id: string): Promotion => promotion(id, percent(1_000_000))

  it('like goods, part of which is not taxed', () => {
    // A mug of 30.00 and a voucher of 10.00: 3.00 and 1.00 of 4.00. 19 % of 3.00 is 0.57.
    const lines = [line('a', 3000), line('b', 1000, 1, { taxCategory: 'exempt' })]
    const { totals } = quoteWith(lines, [], { tax: like(false), shipping })
    expect(totals).toMatchObject({ shipping_tax: 57, tax: 570 + 57, total: 4000 + 400 + 627 })
  })

  it('like goods that cost nothing: by their number', () => {
    // One and three pieces: 1.00 holds 19/119 = 15.97 -> 16; 3.00 hold 7/107 = 19.63 -> 20.
    const lines = [line('a', 1000), line('b', 100, 3, { taxCategory: 'reduced' })]
    const { totals } = quoteWith(lines, [free('free')], { tax: like(true), shipping })
    expect(totals).toMatchObject({ shipping_tax: 36, tax: 36, total: 400 })
  })

  it('like the goods that are shipped, not those that are not', () => {
    // 7 % of 4.00.
    const lines = [line('a', 9000, 1, { requiresShipping: false }), line('b', 100, 1, { taxCategory: 'reduced' })]
    expect(quoteWith(lines, [], { tax: like(false), shipping }).totals.shipping_tax).toBe(28)
  })

  it('on what a discount leaves of it', () => {
    // Half of 4.00; 19 % of 2.00.
    const half = promotion('half', { type: 'shipping', rate_ppm: 500_000 })
    const tax = zone(false, GERMANY, { shipping: { rule: 'category', category: 'standard' } })
    const result = quoteWith(GOODS, [half], { tax, shipping })
    expect(result.totals).toMatchObject({ shipping: 400, shipping_discount: 200, shipping_tax: 38, tax: 950 + 38 })
    expect(reasonsOf(result)).toEqual({})
  })
})
