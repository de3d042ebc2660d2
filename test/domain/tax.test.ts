import { describe, expect, it } from 'vitest'
import { rateFor, type TaxZone, taxOn } from '../../src/domain/tax.ts'

describe('tax', () => {
  const full = { category: 'standard', name: 'Full', ratePpm: 200_000 }
  const zone: TaxZone = {
    id: 'tax_1',
    country: 'GB',
    name: 'UK',
    included: true,
    shippingCategory: null,
    rates: [full],
  }

  it('is on top of an exclusive price and inside an inclusive one', () => {
    expect(taxOn(1000, full, false, 'half_up')).toBe(200)
    expect(taxOn(1200, full, true, 'half_up')).toBe(200)
    expect(taxOn(1000, full, true, 'half_up')).toBe(167) // 166.67
    expect(taxOn(0, full, false, 'half_up')).toBe(0)
  })

  it('has no rate without a zone, without a category, or for one the zone does not name', () => {
    expect(rateFor(zone, 'standard')).toBe(full)
    expect([rateFor(null, 'standard'), rateFor(zone, null), rateFor(zone, 'books')]).toEqual([null, null, null])
  })
})
