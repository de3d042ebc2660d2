import { describe, expect, it } from 'vitest'
import type { ItemFilter } from '../../src/domain/item-filter.ts'
import type { PromotionEffect } from '../../src/domain/promotion.ts'
import type { QuoteLine } from '../../src/domain/quote-input.ts'
import { appliedOf, discountsOf, line, promotion, quoteWith } from '../support/quoting.ts'

const X = { tags: ['x'] }
const Y = { tags: ['y'] }
const x = { tags: ['x'] }
const y = { tags: ['y'] }
const xy = { tags: ['x', 'y'] }

function buyGet(
  [buy, get]: [number, number],
  {
    bought,
    got,
    rate_ppm = 1_000_000,
    max_sets,
  }: { bought?: ItemFilter; got?: ItemFilter; rate_ppm?: number; max_sets?: number } = {},
): PromotionEffect {
  return {
    type: 'buy_get',
    buy: { quantity: buy, ...(bought && { items: bought }) },
    get: { quantity: get, ...(got && { items: got }), rate_ppm },
    ...(max_sets && { max_sets }),
  }
}

function bundle(
  price: number,
  components: { quantity: number; items?: ItemFilter }[],
  max_sets?: number,
): PromotionEffect {
  return { type: 'bundle', components, amounts: { USD: price }, ...(max_sets && { max_sets }) }
}

const given = (effect: PromotionEffect, ...lines: readonly QuoteLine[]) =>
  discountsOf(quoteWith(lines, [promotion('promo', effect)]))

/** Why it gives nothing, and what would change that. */
const missing = (effect: PromotionEffect, ...lines: readonly QuoteLine[]) =>
  quoteWith(lines, [promotion('promo', effect)]).refused.map(({ reason, unlock }) => [reason, unlock])

describe('by hand: buy some, get some', () => {
  it('buy 2, get 1: the cheapest of three is free', () => {
    expect(given(buyGet([2, 1]), line('a', 3000), line('b', 2000), line('c', 1000))).toEqual({ a: 0, b: 0, c: 1000 })
  })

  it('buy 2, get 1, of seven: twice', () => {
    // 7 / 3 is 2 sets: the two cheapest, 2 * 6.00.
    expect(given(buyGet([2, 1]), line('a', 1000, 4), line('b', 600, 3))).toEqual({ a: 0, b: 1200 })
  })

  it('buy 1, get 2, of seven: four are free', () => {
    // 7 / 3 is 2 sets: four pieces, 3 * 6.00 and one of 10.00.
    expect(given(buyGet([1, 2]), line('a', 1000, 4), line('b', 600, 3))).toEqual({ a: 1000, b: 1800 })
  })

  it('every third at half its price', () => {
    // Of seven pieces two: 2 * 2.50.
    expect(given(buyGet([2, 1], { rate_ppm: 500_000 }), line('a', 500, 7))).toEqual({ a: 500 })
  })

  it('a third off every second, rounded once a line', () => {
    // Of four pieces of 0.99 two: 2 * 0.33 = 0.66. Of five of 1.00 two: 66.67 -> 67.
    const third = buyGet([1, 1], { rate_ppm: 333_333 })
    expect(given(third, line('a', 99, 4))).toEqual({ a: 66 })
    expect(given(third, line('a', 100, 5))).toEqual({ a: 67 })
  })

  it('of equal prices the lower id is free', () => {
    expect(given(buyGet([2, 1]), line('b', 500), line('a', 500), line('c', 500))).toEqual({ a: 500, b: 0, c: 0 })
  })

  it('two of one collection give one of another', () => {
    // Four coffees suffice for two mugs: 12.00 and 9.00.
    const effect = buyGet([2, 1], { bought: { collection_ids: ['coffee'] }, got: { collection_ids: ['mugs'] } })
    const coffee = line('c', 800, 4, { collectionIds: ['coffee'] })
    const mugs = [line('m', 1200, 1, { collectionIds: ['mugs'] }), line('n', 900, 1, { collectionIds: ['mugs'] })]
    expect(given(effect, coffee, ...mugs)).toEqual({ c: 0, m: 1200, n: 900 })
    // Three suffice for one, the cheaper.
    expect(given(effect, { ...coffee, quantity: 3 }, ...mugs)).toEqual({ c: 0, m: 0, n: 900 })
  })

  it('a piece that is needed to be bought is not given away, however cheap', () => {
    // Both of 3.00 must be bought, so the one of 10.00 is free.
    const effect = buyGet([2, 1], { bought: X, got: Y })
    expect(given(effect, line('a', 300, 2, xy), line('b', 1000, 1, y))).toEqual({ a: 0, b: 1000 })
  })

  it('a piece that may be both is free where enough are left', () => {
    const effect = buyGet([2, 1], { bought: X, got: Y })
    expect(given(effect, line('a', 300, 3, xy))).toEqual({ a: 300 })
    // One of 3.00 is to spare: it is cheaper than the one of 10.00.
    expect(given(effect, line('a', 300, 3, xy), line('b', 1000, 1, y))).toEqual({ a: 300, b: 0 })
  })

  it('no more sets than allowed', () => {
    // Nine pieces suffice for three.
    expect(given(buyGet([2, 1], { max_sets: 1 }), line('a', 500, 9))).toEqual({ a: 500 })
    expect(given(buyGet([2, 1], { max_sets: 5 }), line('a', 500, 9))).toEqual({ a: 1500 })
  })

  it('after another discount the free piece is its share of what is left', () => {
    // 10 % off 30.00 leaves 27.00; a third of it is 9.00.
    const ten = promotion('1', { type: 'percent', target: 'items', rate_ppm: 100_000 })
    const result = quoteWith([line('a', 1000, 3)], [ten, promotion('2', buyGet([2, 1]))])
    expect(appliedOf(result)).toEqual([
      ['1', 300],
      ['2', 900],
    ])
  })

  it('says what is missing', () => {
    // Of the same goods the whole set; else what must be bought, then what is got.
    expect(missing(buyGet([2, 1]), line('a', 500))).toEqual([['no_entitled_items', { kind: 'add', quantity: 2 }]])
    const effect = buyGet([2, 1], { bought: X, got: Y })
    expect(missing(effect, line('a', 500, 1, x), line('b', 1, 1, y))).toEqual([
      ['no_entitled_items', { kind: 'add', quantity: 1, items: X }],
    ])
    expect(missing(effect, line('a', 500, 2, x))).toEqual([
      ['no_entitled_items', { kind: 'add', quantity: 1, items: Y }],
    ])
    expect(missing(effect, line('a', 500, 2, xy))).toEqual([
      ['no_entitled_items', { kind: 'add', quantity: 1, items: Y }],
    ])
  })
})

describe('by hand: a set for one price', () => {
  it('three for 10.00', () => {
    // Of seven pieces of 4.00 two sets: 2 * (12.00 - 10.00).
    expect(given(bundle(1000, [{ quantity: 3 }]), line('a', 400, 7))).toEqual({ a: 400 })
  })

  it('of the dearest pieces, and only while it is cheaper', () => {
    // 8.00 + 6.00 - 10.00 = 4.00, by 800 : 600: 228.57 and 171.43. The next, 6.00 + 4.00, saves nothing.
    const effect = bundle(1000, [{ quantity: 2 }])
    expect(given(effect, line('a', 800), line('b', 600, 2), line('c', 400))).toEqual({ a: 229, b: 171, c: 0 })
  })

  const menu = bundle(1200, [
    { quantity: 1, items: { tags: ['burger'] } },
    { quantity: 1, items: { tags: ['fries'] } },
    { quantity: 1, items: { tags: ['drink'] } },
  ])
  const burgers = line('a', 800, 2, { tags: ['burger'] })
  const fries = line('b', 350, 2, { tags: ['fries'] })
  const drink = line('c', 250, 1, { tags: ['drink'] })

  it('of several goods, as often as all are there', () => {
    // 8.00 + 3.50 + 2.50 - 12.00 = 2.00, by 800 : 350 : 250: 114.29, 50, 35.71.
    expect(given(menu, burgers, fries, drink)).toEqual({ a: 114, b: 50, c: 36 })
    // Twice: 4.00, by 1600 : 700 : 500: 228.57, 100, 71.43.
    expect(given(menu, burgers, fries, { ...drink, quantity: 2 })).toEqual({ a: 229, b: 100, c: 71 })
  })

  it('of several goods, one of which is missing', () => {
    const unlock = { kind: 'add', quantity: 1, items: { tags: ['drink'] } }
    expect(missing(menu, burgers, fries)).toEqual([['no_entitled_items', unlock]])
  })

  it('that would cost more than its goods is none', () => {
    // 2 * 4.00 for 8.00.
    expect(missing(bundle(800, [{ quantity: 2 }]), line('a', 400, 2))).toEqual([['no_entitled_items', null]])
  })

  it('no more sets than allowed', () => {
    expect(given(bundle(1000, [{ quantity: 3 }], 1), line('a', 400, 7))).toEqual({ a: 200 })
  })

  it('for nothing takes all of it', () => {
    expect(given(bundle(0, [{ quantity: 2 }]), line('a', 333, 3))).toEqual({ a: 666 })
  })

  it('counts a piece that could be two things where it is needed', () => {
    const both = bundle(600, [
      { quantity: 1, items: X },
      { quantity: 1, items: Y },
    ])
    // One of the two is the x, the other the y: 2 * 5.00 - 6.00.
    expect(given(both, line('a', 500, 2, xy))).toEqual({ a: 400 })
    // There are two that are x and three that are y. 5.00 + 4.00 - 6.00, by 500 : 400: 166.67 and 133.33.
    expect(given(both, line('a', 500, 1, xy), line('b', 400, 2, y))).toEqual({ a: 167, b: 133 })
    expect(missing(both, line('a', 500, 1, xy))).toEqual([
      ['no_entitled_items', { kind: 'add', quantity: 1, items: Y }],
    ])
  })

  it('of pieces that move over for others, each of them once', () => {
    // The 10.00 is an x, because the y may be the 9.00: 10.00 + 0 + 9.00 - 15.00. The 8.00 finds no room.
    const effect = bundle(1500, [
      { quantity: 1, items: Y },
      { quantity: 2, items: X },
    ])
    const given1 = given(effect, line('a', 1000, 1, xy), line('b', 900, 1, y), line('c', 800, 1, y), line('d', 0, 2, x))
    expect(Object.values(given1).reduce((left, right) => left + right)).toBe(400)
    // Three y: 2 * 9.00 + 8.00; two x: 10.00 + 0. Less 30.00. The other 8.00 finds no room.
    const larger = bundle(3000, [
      { quantity: 3, items: Y },
      { quantity: 2, items: X },
    ])
    const given2 = given(larger, line('a', 1000, 1, xy), line('b', 900, 2, y), line('c', 800, 2, y), line('d', 0, 4, x))
    expect(Object.values(given2).reduce((left, right) => left + right)).toBe(600)
  })

  it('says of what it is short first', () => {
    // Fries and a drink: one after the other, because they are not the same goods.
    const unlock = (quantity: number, items?: ItemFilter) => [['no_entitled_items', { kind: 'add', quantity, items }]]
    expect(missing(menu, burgers)).toEqual(unlock(1, { tags: ['fries'] }))
    // The x that is there is the x: one more of anything is missing.
    const anyTwo = bundle(100, [{ quantity: 2 }, { quantity: 1, items: X }])
    expect(missing(anyTwo, line('a', 500, 1, x), line('b', 100))).toEqual(unlock(1))
    // The same goods twice: all of them.
    expect(missing(bundle(100, [{ quantity: 2 }, { quantity: 1 }]), line('a', 500))).toEqual(unlock(2))
  })

  it('anything with one of some goods, in whatever order they are named', () => {
    const components = [{ quantity: 2 }, { quantity: 1, items: X }]
    // The x of 3.00, and of the rest the dearest two: 3.00 + 8.00 + 7.00 - 12.00 = 6.00, by 800 : 700 : 300.
    const goods = [line('a', 800), line('b', 700), line('c', 300, 1, x), line('d', 200)]
    const expected = { a: 267, b: 233, c: 100, d: 0 }
    expect(given(bundle(1200, components), ...goods)).toEqual(expected)
    expect(given(bundle(1200, [...components].reverse()), ...goods)).toEqual(expected)
  })

  it('after another discount is made of what still costs most', () => {
    // All three x are free already: the one of 0.50 is 0.40 dearer than the set.
    const free = promotion('1', { type: 'percent', target: 'items', items: X, rate_ppm: 1_000_000 })
    const result = quoteWith(
      [line('a', 100, 3, x), line('b', 50)],
      [free, promotion('2', bundle(10, [{ quantity: 1 }]))],
    )
    expect(appliedOf(result)).toEqual([
      ['1', 300],
      ['2', 40],
    ])
    expect(discountsOf(result)).toEqual({ a: 300, b: 40 })
  })
})
