import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allocate,
  formatMoney,
  isCurrency,
  minorDigits,
  multiplyRatio,
  parseAmount,
  type Rounding,
  sumMoney,
} from '../../src/domain/money.ts'

const amount = fc.integer({ min: 0, max: 1_000_000_000_000 })
const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.maxSafeNat()), { minLength: 1, maxLength: 12 })

/** Rounding by its definition, in whole numbers: floor(n/d), and one more where the rest says so. */
function exactly(product: bigint, denominator: bigint, rounding: Rounding): bigint {
  const sign = product < 0n ? -1n : 1n
  const magnitude = product * sign
  const floor = magnitude / denominator
  const twice = 2n * (magnitude - floor * denominator)
  const half = rounding === 'half_up' || floor % 2n === 1n
  return sign * (twice > denominator || (twice === denominator && half) ? floor + 1n : floor)
}

describe('multiplyRatio', () => {
  it.each<[number, number, number, Rounding, number]>([
    [1999, 80_000, 1_000_000, 'half_up', 160], // 159.92
    [25, 1, 10, 'half_up', 3], // 2.5
    [25, 1, 10, 'half_even', 2],
    [35, 1, 10, 'half_even', 4], // 3.5
    [-25, 1, 10, 'half_up', -3], // away from zero
    [-25, 1, 10, 'half_even', -2],
    [24, 1, 10, 'half_up', 2],
    [26, 1, 10, 'half_even', 3],
    [0, 5, 7, 'half_up', 0],
    [1_000_000_000_000, 88_750, 1_000_000, 'half_up', 88_750_000_000], // the product is past 2^53
  ])('%d * %d / %d, %s, is %d', (value, numerator, denominator, rounding, expected) => {
    expect(multiplyRatio(value, numerator, denominator, rounding)).toBe(expected)
  })

  it('is the exact fraction, rounded once, in both modes', () => {
    const law = fc.property(
      fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
      fc.oneof(fc.nat({ max: 2_000_000 }), fc.constantFrom(1, 5, 500_000)),
      fc.oneof(fc.integer({ min: 1, max: 2_000_000 }), fc.constantFrom(2, 10, 1_000_000)),
      fc.constantFrom<Rounding>('half_up', 'half_even'),
      (value, numerator, denominator, rounding) => {
        const expected = exactly(BigInt(value) * BigInt(numerator), BigInt(denominator), rounding)
        fc.pre(Number.isSafeInteger(Number(expected)))
        expect(BigInt(multiplyRatio(value, numerator, denominator, rounding))).toBe(expected)
      },
    )
    fc.assert(law, { numRuns: 3000 })
  })

  it('never answers minus zero', () => {
    expect(Object.is(multiplyRatio(-1, 1, 10, 'half_up'), 0)).toBe(true)
  })

  it.each([0, -1])('refuses the denominator %d', (denominator) => {
    expect(() => multiplyRatio(1, 1, denominator, 'half_up')).toThrow(RangeError)
  })

  it('refuses a result no number can hold exactly, and a fraction of a minor unit', () => {
    expect(() => multiplyRatio(Number.MAX_SAFE_INTEGER, 2, 1, 'half_up')).toThrow(RangeError)
    expect(() => multiplyRatio(19.99, 1, 1, 'half_up')).toThrow(RangeError)
  })
})

describe('allocate', () => {
  it.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [5, [3, 7], [2, 3]], // 1.5 and 3.5: the same remainder, the earlier one takes the unit
    [10, [0, 0, 0], [4, 3, 3]],
    [10, [0, 5, 0], [0, 10, 0]],
    [0, [2, 3], [0, 0]],
    [0, [], []],
    [1, [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], [1, 0]],
  ])('splits %d by %j into %j', (total, by, parts) => {
    expect(allocate(total, by)).toEqual(parts)
  })

  it('loses nothing, and gives each part less than one unit beside its exact share', () => {
    const law = fc.property(amount, weights, (total, by) => {
      const parts = allocate(total, by)
      expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(total))
      const shares = by.every((weight) => weight === 0) ? by.map(() => 1n) : by.map(BigInt)
      const whole = shares.reduce((sum, share) => sum + share, 0n)
      parts.forEach((part, index) => {
        // |part - total * share / whole| < 1, multiplied by `whole` so that nothing is rounded.
        const distance = BigInt(part) * whole - BigInt(total) * (shares[index] ?? 0n)
        expect(distance > -whole && distance < whole).toBe(true)
      })
    })
    fc.assert(law, { numRuns: 2000 })
  })

  it('is the same in whole numbers of any size', () => {
    const small = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 12 })
    const law = fc.property(fc.nat({ max: 100_000 }), small, (total, by) => {
      expect(allocate(total, by)).toEqual(allocate(total, by.map(BigInt)))
    })
    fc.assert(law, { numRuns: 2000 })
  })

  it('gives nothing to a weight of nothing beside others', () => {
    const law = fc.property(amount, weights, (total, by) => {
      fc.pre(by.some((weight) => weight > 0))
      allocate(total, by).forEach((part, index) => {
        if (by[index] === 0) expect(part).toBe(0)
      })
    })
    fc.assert(law)
  })

  it('gives a part the same wherever it stands, unless another part has the same remainder', () => {
    const law = fc.property(amount, weights, fc.infiniteStream(fc.nat()), (total, by, keys) => {
      const order = by.map((_, index) => ({ index, key: keys.next().value ?? 0 }))
      order.sort((left, right) => left.key - right.key)
      const whole = by.reduce((sum, weight) => sum + BigInt(weight), 0n)
      fc.pre(whole > 0n)
      const rest = by.map((weight) => (BigInt(total) * BigInt(weight)) % whole)
      const parts = allocate(total, by)
      const moved = allocate(
        total,
        order.map(({ index }) => by[index] ?? 0),
      )
      order.forEach(({ index }, position) => {
        if (rest.filter((other) => other === rest[index]).length === 1) expect(moved[position]).toBe(parts[index])
      })
    })
    fc.assert(law)
  })

  it.each([
    [-1, [1]],
    [1.5, [1]],
    [2 ** 53, [1]],
    [1, [-1, 2]],
    [1, [0.5]],
    [1, []],
  ])('refuses %d by %j', (total, by) => {
    expect(() => allocate(total, by)).toThrow(RangeError)
  })
})

describe('currencies', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['CLP', 0],
    ['KWD', 3],
    ['TND', 3],
  ])('%s has %d decimals', (currency, digits) => {
    expect(isCurrency(currency)).toBe(true)
    expect(minorDigits(currency)).toBe(digits)
  })

  it.each(['usd', 'XXX', 'BTC', 'DEM', '', 'US', 'constructor'])('%j is no currency', (code) => {
    expect(isCurrency(code)).toBe(false)
  })

  it('adds amounts of one currency and refuses two', () => {
    const usd = (value: number) => ({ amount: value, currency: 'USD' })
    expect(sumMoney('USD', [usd(1), usd(2)])).toEqual(usd(3))
    expect(sumMoney('USD', [])).toEqual(usd(0))
    expect(() => sumMoney('USD', [usd(1), { amount: 1, currency: 'EUR' }])).toThrow(RangeError)
  })
})

describe('parseAmount', () => {
  it.each([
    ['19.99', 'USD', 1999],
    ['50', 'USD', 5000],
    ['0.5', 'USD', 50],
    [' 7.00 ', 'USD', 700],
    ['1,299.00', 'USD', 129_900],
    ['1,234,567', 'JPY', 1_234_567],
    ['100.00', 'JPY', 100], // zeros are no decimals
    ['1.234', 'KWD', 1234],
    ['1.2', 'KWD', 1200],
    ['1.2340', 'KWD', 1234],
    ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
  ])('reads %j %s as %d', (text, currency, expected) => {
    expect(parseAmount(text, currency)).toBe(expected)
  })

  it.each([
    ['19.999', 'USD'],
    ['0.5', 'JPY'],
    ['1.2345', 'KWD'],
    ['-1', 'USD'],
    ['+1', 'USD'],
    ['1e3', 'USD'],
    ['.5', 'USD'],
    ['5.', 'USD'],
    ['1,29', 'USD'],
    ['12,3456', 'USD'],
    ['1.299,00', 'USD'],
    ['1 299', 'USD'],
    ['$5', 'USD'],
    ['٣', 'USD'],
    ['', 'USD'],
    ['NaN', 'USD'],
    ['90071992547409.92', 'USD'],
  ])('refuses %j %s', (text, currency) => {
    expect(parseAmount(text, currency)).toBeNull()
  })
})

describe('formatMoney', () => {
  it.each([
    [1999, 'USD', '19.99 USD'],
    [5, 'USD', '0.05 USD'],
    [0, 'USD', '0.00 USD'],
    [-5, 'USD', '-0.05 USD'],
    [1999, 'JPY', '1999 JPY'],
    [1999, 'KWD', '1.999 KWD'],
  ])('writes %d %s as %s', (value, currency, text) => {
    expect(formatMoney({ amount: value, currency })).toBe(text)
  })

  it('is what parseAmount reads back, in every kind of currency', () => {
    const law = fc.property(fc.maxSafeNat(), fc.constantFrom('USD', 'JPY', 'KWD'), (value, currency) => {
      const text = formatMoney({ amount: value, currency })
      expect(parseAmount(text.replace(` ${currency}`, ''), currency)).toBe(value)
    })
    fc.assert(law)
  })
})
