import { describe, expect, it } from 'vitest'
import { quote } from '../../src/domain/quote.ts'
import {
  cart,
  line,
  percent,
  promotion,
  quoteWith,
  rate,
  rounding,
  shipBy,
  shippingRate,
  zone,
} from '../support/quoting.ts'

const GERMANY = [rate(190_000), rate(70_000, { category: 'reduced', name: 'VAT reduced' })]
const reduced = { taxCategory: 'reduced' }
const taxesOf = ({ lines }: ReturnType<typeof quote>) => lines.map(({ tax }) => tax)

describe('by hand: prices that contain the tax', () => {
  it('yen of two rates', () => {
    // 2 * 1980 = 3960, of which 10/110 = 360; 3 * 540 = 1620, of which 8/108 = 120.
    const japan = zone(true, [rate(100_000), rate(80_000, { category: 'reduced', name: 'CT 8 %' })])
    const result = quote(cart([line('a', 1980, 2), line('b', 540, 3, reduced)], { currency: 'JPY', tax: japan }))
    expect(taxesOf(result)).toEqual([360, 120])
    expect(result.totals).toMatchObject({ subtotal: 5580, tax: 480, total: 5580 })
  })

  it('yen that do not divide', () => {
    // 105 * 10 / 110 = 9.55 -> 10; 104 * 10 / 110 = 9.45 -> 9.
    const tax = zone(true, [rate(100_000)])
    expect(taxesOf(quote(cart([line('a', 105), line('b', 104)], { currency: 'JPY', tax })))).toEqual([10, 9])
  })

  it('dinars', () => {
    // 3 * 1.255 = 3.765, of which 5/105 = 179.29 fils -> 179.
    const { totals } = quote(cart([line('a', 1255, 3)], { currency: 'KWD', tax: zone(true, [rate(50_000)]) }))
    expect(totals).toMatchObject({ subtotal: 3765, tax: 179, total: 3765 })
  })

  it('a basket of two rates, its shipping taxed like its goods', () => {
    // A book of 21.40 holds 7/107 = 1.40, two mugs of 11.90 hold 19/119 of 23.80 = 3.80.
    // 4.90 of shipping by 2140 : 2380: 231.99 and 258.01, so 232 and 258.
    // 232 * 7 / 107 = 15.18 -> 15; 258 * 19 / 119 = 41.19 -> 41.
    const lines = [line('book', 2140, 1, reduced), line('mug', 1190, 2)]
    const tax = zone(true, GERMANY, { shipping: { rule: 'like_goods' } })
    const result = quote(cart(lines, { tax, shipping: shipBy(shippingRate('post', 490)) }))
    expect(taxesOf(result)).toEqual([140, 380])
    expect(result.shipping?.taxes).toMatchObject([
      { category: 'reduced', base: 232, amount: 15 },
      { category: 'standard', base: 258, amount: 41 },
    ])
    // 45.20 + 4.90; 140 + 380 + 56.
    expect(result.totals).toMatchObject({ total: 5010, shipping_tax: 56, tax: 576 })
    expect(result.taxes.map(({ rate_ppm, amount }) => [rate_ppm, amount])).toEqual([
      [190_000, 421],
      [70_000, 155],
    ])
  })

  it('the same basket with 10 % off', () => {
    // 452 off 4520, by 2140 : 2380: 214 and 238. 1926 * 7 / 107 = 126; 2142 * 19 / 119 = 342.
    // The goods are worth 1926 : 2142, in the same proportion: shipping as before.
    const lines = [line('book', 2140, 1, reduced), line('mug', 1190, 2)]
    const tax = zone(true, GERMANY, { shipping: { rule: 'like_goods' } })
    const shipping = shipBy(shippingRate('post', 490))
    const result = quoteWith(lines, [promotion('ten', percent(100_000))], { tax, shipping })
    expect(taxesOf(result)).toEqual([126, 342])
    expect(result.totals).toMatchObject({ discount: 452, total: 4558, tax: 126 + 342 + 56 })
  })

  it.each([
    // At 20 % a sixth is inside: 0.5, 1.5 and 2.5 cents.
    ['half_up' as const, [1, 2, 3]],
    ['half_even' as const, [0, 2, 2]],
  ])('half a cent, %s', (mode, taxes) => {
    const tax = zone(true, [rate(200_000)], { rounding: rounding(mode) })
    expect(taxesOf(quote(cart([line('a', 3), line('b', 9), line('c', 15)], { tax })))).toEqual(taxes)
  })

  it.each([
    // 3 * 0.99: 297 * 19 / 119 = 47.42 -> 47. A piece: 99 * 19 / 119 = 15.81 -> 16, and 48 for three.
    ['line' as const, 47],
    ['unit' as const, 48],
  ])('rounded by %s', (level, amount) => {
    const tax = zone(true, [rate(190_000)], { rounding: rounding('half_up', level) })
    const { totals } = quote(cart([line('a', 99, 3)], { tax }))
    expect(totals).toMatchObject({ tax: amount, total: 297 })
  })

  it('two taxes, the second on the first', () => {
    // 1.05 * 1.095 = 1.14975. 114.98 - 114.98 / 1.14975 = 14.9757 -> 14.98 in all, by 5 : 9.975: 500.17 and 997.83.
    const rates = [rate(50_000, { name: 'GST' }), rate(95_000, { name: 'QST', compound: true })]
    const { lines, totals } = quote(cart([line('a', 11_498)], { tax: zone(true, rates) }))
    expect(lines[0]?.taxes.map(({ name, amount }) => [name, amount])).toEqual([
      ['GST', 500],
      ['QST', 998],
    ])
    expect(totals).toMatchObject({ tax: 1498, total: 11_498 })
  })

  it('a business that accounts for the tax pays the price without it', () => {
    // 119.00 - 19.00 = 100.00. A piece of 0.99 holds 15.81 -> 16, so three cost 3 * 83 = 249. 5.95 holds 0.95.
    const tax = zone(true, GERMANY, { shipping: { rule: 'category', category: 'standard' } })
    const shipping = shipBy(shippingRate('post', 595))
    const result = quote(cart([line('a', 11_900), line('b', 99, 3)], { tax, taxExempt: true, shipping }))
    expect(result.lines.map(({ unitAmount, subtotal }) => [unitAmount, subtotal])).toEqual([
      [10_000, 10_000],
      [83, 249],
    ])
    expect(result.totals).toMatchObject({ shipping: 500, tax: 0, shipping_tax: 0, total: 10_749 })
    expect(result.shippingOptions).toMatchObject([{ amount: 500 }])
  })

  it('such a business gets discounts on that price', () => {
    // 10 % of 100.00.
    const options = { tax: zone(true, GERMANY), taxExempt: true }
    const { totals } = quoteWith([line('a', 11_900)], [promotion('ten', percent(100_000))], options)
    expect(totals).toMatchObject({ subtotal: 10_000, discount: 1000, total: 9000 })
  })

  it('gift cards pay tax and all', () => {
    // 119.00 holds 19.00 whoever pays it: 100.00 from the first card, 19.00 from the second, which keeps 31.00.
    const giftCards = [
      { id: 'one', balance: 10_000 },
      { id: 'two', balance: 5000 },
    ]
    const result = quote(cart([line('a', 11_900)], { tax: zone(true, GERMANY), giftCards }))
    expect(result.giftCards.map(({ amount }) => amount)).toEqual([10_000, 1900])
    expect(result.totals).toMatchObject({ tax: 1900, total: 11_900, amount_due: 0 })
  })
})

describe('by hand: taxes on top of the price', () => {
  it('dinars', () => {
    // 3.765 * 5 % = 188.25 fils -> 188.
    const { totals } = quote(cart([line('a', 1255, 3)], { currency: 'KWD', tax: zone(false, [rate(50_000)]) }))
    expect(totals).toMatchObject({ subtotal: 3765, tax: 188, total: 3953 })
  })

  it.each([
    // 8 * 1.07 = 8.56 at 8.25 %: 70.62 -> 71. A piece: 8.83 -> 9, and 72 for eight.
    ['line' as const, 71],
    ['unit' as const, 72],
  ])('rounded by %s', (level, amount) => {
    const tax = zone(false, [rate(82_500)], { rounding: rounding('half_up', level) })
    expect(quote(cart([line('a', 107, 8)], { tax })).totals).toMatchObject({ tax: amount, total: 856 + amount })
  })

  it('by unit after a discount that does not divide', () => {
    // 3.00 - 1.00 = 2.00 over three pieces: 67, 67, 66. At 19 %: 12.73 -> 13 twice, 12.54 -> 13. A line: 38.
    const off = promotion('off', { type: 'fixed_amount', target: 'order', per: 'order', amounts: { USD: 100 } })
    const by = (level: 'line' | 'unit') =>
      quoteWith([line('a', 100, 3)], [off], {
        tax: zone(false, [rate(190_000)], { rounding: rounding('half_up', level) }),
      })
    expect(by('unit').totals).toMatchObject({ tax: 39, total: 239 })
    expect(by('line').totals).toMatchObject({ tax: 38, total: 238 })
  })

  it('two side by side', () => {
    // 19.99 at 6 %: 119.94 -> 120; at 2.25 %: 44.98 -> 45.
    const rates = [rate(60_000, { name: 'State' }), rate(22_500, { name: 'County' })]
    const { lines, totals } = quote(cart([line('a', 1999)], { tax: zone(false, rates) }))
    expect(lines[0]?.taxes.map(({ amount }) => amount)).toEqual([120, 45])
    expect(totals.total).toBe(2164)
  })

  it.each([
    // 100.00 at 5 %: 5.00. 105.00 at 9.5 %: 9.975, so 9.98; to even as well. 30.00: 1.50, then 31.50: 2.9925 -> 2.99.
    ['half_up' as const, 10_000, [500, 998]],
    ['half_even' as const, 10_000, [500, 998]],
    ['half_up' as const, 3000, [150, 299]],
  ])('the second on the first, %s of %d', (mode, amount, taxes) => {
    const rates = [rate(50_000), rate(95_000, { compound: true })]
    const tax = zone(false, rates, { rounding: rounding(mode) })
    const [quoted] = quote(cart([line('a', amount)], { tax })).lines
    expect(quoted?.taxes.map((each) => each.amount)).toEqual(taxes)
  })

  it('as much again at 100 %', () => {
    expect(quote(cart([line('a', 7)], { tax: zone(false, [rate(1_000_000)]) })).totals).toMatchObject({
      tax: 7,
      total: 14,
    })
  })

  it('none that the price would contain is left for a business: it pays the price', () => {
    const options = { tax: zone(false, GERMANY), taxExempt: true }
    expect(quote(cart([line('a', 10_000)], options)).totals).toMatchObject({ tax: 0, total: 10_000 })
  })

  it('a rate of nothing is shown, goods that are exempt show none', () => {
    const tax = zone(false, [rate(200_000), rate(0, { category: 'zero', name: 'Zero' })])
    const lines = ['zero', 'exempt', null].map((taxCategory, index) => line(`l${index}`, 100, 1, { taxCategory }))
    const result = quote(cart(lines, { tax }))
    expect(result.lines.map(({ taxes }) => taxes.map(({ name, amount }) => [name, amount]))).toEqual([
      [['Zero', 0]],
      [],
      [],
    ])
    expect(result.taxes).toEqual([{ name: 'Zero', rate_ppm: 0, amount: 0 }])
  })

  it('what a provider says holds, whatever the zone would have said', () => {
    // 10.00 + 3.00 + 0.83 + 0.25 instead of 20 %.
    const told = { zone_id: null, category: 'standard', name: 'Sales tax', rate_ppm: 83_000, compound: false }
    const providedTaxes = {
      lines: new Map([['a', [{ ...told, base: 1000, amount: 83 }]]]),
      shipping: [{ ...told, base: 300, amount: 25 }],
    }
    const tax = zone(false, [rate(200_000)], { shipping: { rule: 'like_goods' } })
    const shipping = shipBy(shippingRate('post', 300))
    const { totals, taxes } = quote(cart([line('a', 1000)], { tax, providedTaxes, shipping }))
    expect(totals).toMatchObject({ tax: 108, shipping_tax: 25, total: 1408 })
    expect(taxes).toEqual([{ name: 'Sales tax', rate_ppm: 83_000, amount: 108 }])
  })
})
