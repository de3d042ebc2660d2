import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromStripeAmount, toStripeAmount } from '../../src/features/payments/stripe/amounts.ts'

describe('an amount in ISO 4217 minor units, as Stripe counts it', () => {
  const cases: [string, number, number | null, string][] = [
    ['USD', 1999, 1999, '19.99 dollars are 1999 cents'],
    ['JPY', 500, 500, '500 yen have no decimals on either side'],
    ['KRW', 500, 500, 'nor have 500 won'],
    ['KWD', 5120, 5120, '5.120 dinars are 5120 fils'],
    ['KWD', 5124, null, 'of three decimals the last one must be 0'],
    ['BHD', 1, null, 'however little it is'],
    ['ISK', 5, 500, 'krónur have no decimals by ISO, and hundredths at Stripe'],
    ['UGX', 5, 500, 'as have Ugandan shillings'],
    ['HUF', 12_345, 12_345, 'forints have hundredths on both sides; only payouts are whole'],
    ['TWD', 12_345, 12_345, 'as have Taiwan dollars'],
    ['MGA', 1200, 12, 'ariary have hundredths by ISO, and none at Stripe'],
    ['MGA', 1250, null, 'so that half of one cannot be charged'],
  ]
  it.each(cases)('%s %i -> %s: %s', (currency, amount, expected) => {
    expect(toStripeAmount({ amount, currency })).toBe(expected)
    if (expected !== null) expect(fromStripeAmount(expected, currency.toLowerCase())).toEqual({ amount, currency })
  })

  it('comes back as it went, whatever it is', () => {
    const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'TND', 'ISK', 'UGX', 'HUF', 'TWD', 'MGA', 'XAF', 'CLP')
    fc.assert(
      fc.property(currency, fc.integer({ min: 0, max: 2_000_000_000 }), (code, amount) => {
        const charged = toStripeAmount({ amount, currency: code })
        if (charged === null) return
        expect(fromStripeAmount(charged, code.toLowerCase())).toEqual({ amount, currency: code })
      }),
    )
  })

  it.each([
    ['half a króna', 50, 'isk'],
    ['a fraction', 10.5, 'usd'],
    ['text', '1000', 'usd'],
    ['a negative one', -1, 'usd'],
    ['one that no double holds', 2 ** 60, 'usd'],
    ['nothing', null, 'usd'],
    ['no currency', 1000, null],
    ['a currency as we write it', 1000, 'USD'],
    ['a currency that is none', 1000, 'dollars'],
  ])('is not read from %s', (_, amount, currency) => {
    expect(fromStripeAmount(amount, currency)).toBeNull()
  })
})
