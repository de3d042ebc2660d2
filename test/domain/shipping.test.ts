import { describe, expect, it } from 'vitest'
import { listShippingOptions, type ShippingZone, shipsTo } from '../../src/domain/shipping.ts'

const rate = (id: string, prices: Record<string, number>) => ({ id, name: id, description: '', prices })
const ZONES: readonly ShippingZone[] = [
  {
    id: 'zone_1',
    name: 'Home',
    countries: ['US'],
    rates: [rate('post', { USD: 500, EUR: 450 }), rate('free', { USD: 0 })],
  },
  { id: 'zone_2', name: 'Europe', countries: ['DE', 'FR'], rates: [] },
]

describe('shipping', () => {
  it('offers the rates of the country in their order, a free one among them', () => {
    expect(listShippingOptions(ZONES, 'US', 'USD').map(({ id, amount }) => [id, amount])).toEqual([
      ['post', 500],
      ['free', 0],
    ])
  })

  it('offers no rate without a price in the currency', () => {
    expect(listShippingOptions(ZONES, 'US', 'EUR').map(({ id }) => id)).toEqual(['post'])
    expect(listShippingOptions(ZONES, 'US', 'JPY')).toEqual([])
  })

  it('knows where nothing is shipped to', () => {
    expect(['US', 'FR', 'JP'].map((country) => shipsTo(ZONES, country))).toEqual([true, true, false])
    expect(listShippingOptions(ZONES, 'JP', 'USD')).toEqual([])
  })
})
