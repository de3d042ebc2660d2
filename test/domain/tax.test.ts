import { describe, expect, it } from 'vitest'
import { ratesFor, type TaxRate, taxesOn, withoutTax } from '../../src/domain/tax.ts'
import { rate, rounding, zone } from '../support/quoting.ts'

const FULL = rate(200_000)
const HALF_UP = rounding('half_up')
const HALF_EVEN = rounding('half_even')
/** Quebec until 2012: the province taxed the federal tax as well. */
const QUEBEC = [rate(50_000, { name: 'GST' }), rate(95_000, { name: 'QST', compound: true })]

describe('ratesFor', () => {
  const books = rate(0, { category: 'books' })
  const here = zone(true, [FULL, books])

  it('are those of the category, else those of standard', () => {
    expect(ratesFor(here, 'standard')).toEqual([FULL])
    expect(ratesFor(here, 'books')).toEqual([books])
    expect(ratesFor(here, 'toys')).toEqual([FULL])
    expect(ratesFor(zone(true, QUEBEC), 'toys')).toEqual(QUEBEC)
  })

  it('are none without a zone, a category, or where goods are exempt', () => {
    expect(ratesFor(null, 'standard')).toEqual([])
    expect(ratesFor(here, null)).toEqual([])
    expect(ratesFor(zone(true, [FULL, rate(1, { category: 'exempt' })]), 'exempt')).toEqual([])
    expect(ratesFor(zone(true, [books]), 'toys')).toEqual([])
    expect(ratesFor(zone(true, []), 'standard')).toEqual([])
  })
})

describe('taxesOn', () => {
  it.each<[string, number, number, boolean, typeof HALF_UP, TaxRate[], number[]]>([
    // 1000 * 20 %
    ['on top', 1000, 1, false, HALF_UP, [FULL], [200]],
    // 1200 * 20 / 120
    ['inside', 1200, 1, true, HALF_UP, [FULL], [200]],
    // 1000 * 20 / 120 = 166.67
    ['inside, rounded', 1000, 1, true, HALF_UP, [FULL], [167]],
    ['of nothing', 0, 3, false, HALF_UP, [FULL], [0]],
    ['without rates', 1000, 1, true, HALF_UP, [], []],
    ['at nothing', 1000, 1, true, HALF_UP, [rate(0)], [0]],
    ['at nothing twice', 1000, 1, true, HALF_UP, [rate(0), rate(0)], [0, 0]],
    // All of it again; half of it is inside.
    ['at 100 % on top', 7, 1, false, HALF_UP, [rate(1_000_000)], [7]],
    ['at 100 % inside', 7, 1, true, HALF_UP, [rate(1_000_000)], [4]], // 3.5
    ['at 100 % inside, to even', 5, 1, true, HALF_EVEN, [rate(1_000_000)], [2]], // 2.5
    ['at 100 % inside of one unit', 1, 1, true, HALF_UP, [rate(1_000_000)], [1]], // 0.5
    // 50 * 5 % = 2.5
    ['half up', 50, 1, false, HALF_UP, [rate(50_000)], [3]],
    ['half to even', 50, 1, false, HALF_EVEN, [rate(50_000)], [2]],
    // 70 * 5 % = 3.5
    ['half to even, upwards', 70, 1, false, HALF_EVEN, [rate(50_000)], [4]],
    // Two rates side by side: 1000 * 6 % and 1000 * 2.5 %.
    ['two side by side', 1000, 1, false, HALF_UP, [rate(60_000), rate(25_000)], [60, 25]],
    // 10000 * 5 % = 500; 10500 * 9.5 % = 997.5 -> 998
    ['compound on top', 10_000, 1, false, HALF_UP, QUEBEC, [500, 998]],
    ['compound on top, to even', 10_000, 1, false, HALF_EVEN, QUEBEC, [500, 998]], // 997.5 -> 998, the even one
    // 1.05 * 1.095 = 1.14975; 11498 * 0.14975 / 1.14975 = 1497.57 -> 1498; split 5 : 9.975 = 500.17 : 997.83
    ['compound inside', 11_498, 1, true, HALF_UP, QUEBEC, [500, 998]],
    // The first rate has nothing before it to be compound on.
    ['a compound one alone', 1000, 1, false, HALF_UP, [rate(95_000, { compound: true })], [95]],
  ])('%s', (_what, net, quantity, included, mode, rates, expected) => {
    expect(taxesOn(net, quantity, { included, rounding: mode }, rates)).toEqual(expected)
  })

  it('is rounded once a line, or once a piece', () => {
    const ten = [rate(100_000)]
    // 3 * 0.05 = 0.15: 1.5 -> 2 a line; 0.5 -> 1 a piece, 3 in all.
    expect(taxesOn(15, 3, { included: false, rounding: rounding('half_up', 'line') }, ten)).toEqual([2])
    expect(taxesOn(15, 3, { included: false, rounding: rounding('half_up', 'unit') }, ten)).toEqual([3])
    // To even: 0.5 -> 0 a piece.
    expect(taxesOn(15, 3, { included: false, rounding: rounding('half_even', 'unit') }, ten)).toEqual([0])
    // 0.16 of three pieces: two of 5, one of 6. 0.5 -> 1 twice, 0.6 -> 1.
    expect(taxesOn(16, 3, { included: false, rounding: rounding('half_up', 'unit') }, ten)).toEqual([3])
    // 2 units over three pieces: one of them costs nothing, two cost 1. 0.1 -> 0.
    expect(taxesOn(2, 3, { included: false, rounding: rounding('half_up', 'unit') }, ten)).toEqual([0])
  })

  it('stays exact where a double would not be', () => {
    // 200 lines' worth of the dearest goods in one: 19,998,000,000,000 * 8.875 % = 1,774,822,500,000.
    expect(taxesOn(19_998_000_000_000, 9999, { included: false, rounding: HALF_UP }, [rate(88_750)])).toEqual([
      1_774_822_500_000,
    ])
  })
})

describe('withoutTax', () => {
  it.each<[number, TaxRate[], number]>([
    [11_900, [rate(190_000)], 10_000],
    [999, [rate(190_000)], 839], // 999 * 19 / 119 = 159.5 -> 160
    [11_498, QUEBEC, 10_000],
    [1, [rate(1_000_000)], 0],
    [999, [], 999],
    [999, [rate(0)], 999],
  ])('%d with %j inside', (amount, rates, expected) => {
    expect(withoutTax(amount, { rounding: HALF_UP }, rates)).toBe(expected)
  })
})
