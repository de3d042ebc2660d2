import { describe, expect, it } from 'vitest'
import type { Area } from '../../src/domain/area.ts'
import {
  listRates,
  listShippingOptions,
  type Parcel,
  priceRate,
  type ShippingRate,
  type ShippingZone,
  unshippedPart,
} from '../../src/domain/shipping.ts'
import { line, shippingRate } from '../support/quoting.ts'

const ITEMS = [line('a', 1000, 2, { tags: ['book'] }), line('b', 500, 1, { tags: ['book', 'heavy'] })]

function parcel(changes: Partial<Parcel> = {}): Parcel {
  return {
    ...{ currency: 'USD', subtotal: 2500, grams: 1000, pieces: 3, items: ITEMS, groupIds: ['group_vip'] },
    carrierAmounts: new Map(),
    ...changes,
  }
}

const steps = (...pairs: readonly [number, number][]) =>
  pairs.map(([from, amount]) => ({ currency: 'USD', from, amount }))

function priced(changes: Partial<ShippingRate>, of: Partial<Parcel> = {}) {
  const found = priceRate(shippingRate('rate_1', 500, changes), parcel(of))
  return found && `${found.amount} ${found.source}`
}

describe('the price of a rate', () => {
  const byWeight = { kind: 'weight' as const, steps: steps([0, 400], [1000, 700], [5000, 1500]) }

  it.each<[string, Partial<ShippingRate>, Partial<Parcel>, string | null]>([
    ['is flat', {}, {}, '500 rate'],
    ['is nothing', { steps: steps([0, 0]) }, {}, '0 rate'],
    ['is none without a step in the currency', {}, { currency: 'CHF' }, null],
    ['by weight, a gram below a step', byWeight, { grams: 999 }, '400 rate'],
    ['by weight, at a step', byWeight, { grams: 1000 }, '700 rate'],
    ['by weight, beyond the last step', byWeight, { grams: 1_000_000 }, '1500 rate'],
    ['by weight, of nothing', byWeight, { grams: 0 }, '400 rate'],
    ['by weight, below the first step', { ...byWeight, steps: steps([1, 400]) }, { grams: 0 }, null],
    ['whatever the order of its steps', { ...byWeight, steps: [...byWeight.steps].reverse() }, {}, '700 rate'],
    ['by value after discounts', { kind: 'price', steps: steps([0, 900], [2500, 300]) }, {}, '300 rate'],
    ['by value, a cent below', { kind: 'price', steps: steps([0, 900], [2500, 300]) }, { subtotal: 2499 }, '900 rate'],
    ['by number', { kind: 'quantity', steps: steps([1, 100], [3, 250], [4, 300]) }, {}, '250 rate'],
    ['is free from a value on', { freeOver: { USD: 2500 } }, {}, '0 free_over'],
    ['is not free a cent below', { freeOver: { USD: 2500 } }, { subtotal: 2499 }, '500 rate'],
    ['is not free by another currency', { freeOver: { EUR: 1 } }, {}, '500 rate'],
    ['is never free where it is not offered', { freeOver: { CHF: 1 } }, { currency: 'CHF' }, null],
    ['is what the carrier says', { kind: 'carrier' }, { carrierAmounts: new Map([['rate_1', 812]]) }, '812 carrier'],
    [
      'is nothing if the carrier says so',
      { kind: 'carrier' },
      { carrierAmounts: new Map([['rate_1', 0]]) },
      '0 carrier',
    ],
    ['is the fallback of a silent carrier', { kind: 'carrier' }, {}, '500 fallback'],
    [
      'is the fallback of a carrier that told others',
      { kind: 'carrier' },
      { carrierAmounts: new Map([['r', 1]]) },
      '500 fallback',
    ],
    ['is none of a silent carrier without fallback', { kind: 'carrier', steps: [] }, {}, null],
    [
      'is the carrier’s without a fallback',
      { kind: 'carrier', steps: [] },
      { carrierAmounts: new Map([['rate_1', 812]]) },
      '812 carrier',
    ],
    [
      'is free over a value whatever the carrier says',
      { kind: 'carrier', freeOver: { USD: 2500 } },
      { carrierAmounts: new Map([['rate_1', 812]]) },
      '0 free_over',
    ],
    ['is nobody’s answer for a rate without a carrier', {}, { carrierAmounts: new Map([['rate_1', 812]]) }, '500 rate'],
  ])('%s', (_what, rate, of, expected) => {
    expect(priced(rate, of)).toBe(expected)
  })
})

describe('the rule of a rate', () => {
  it.each<[string, ShippingRate['rule'], boolean, Partial<Parcel>?]>([
    ['none', {}, true],
    ['at its least value', { minimum_subtotal: { USD: 2500 } }, true],
    ['below its least value', { minimum_subtotal: { USD: 2501 } }, false],
    ['a least value in another currency', { minimum_subtotal: { EUR: 9999 } }, true],
    ['at its highest value', { maximum_subtotal: { USD: 2500 } }, true],
    ['beyond its highest value', { maximum_subtotal: { USD: 2499 } }, false],
    ['at its least weight', { minimum_grams: 1000 }, true],
    ['below its least weight', { minimum_grams: 1001 }, false],
    ['at its highest weight', { maximum_grams: 1000 }, true],
    ['beyond its highest weight', { maximum_grams: 999 }, false],
    ['for no weight at all', { maximum_grams: 0 }, true, { grams: 0 }],
    ['all goods among those', { only_items: { tags: ['book'] } }, true],
    ['not all goods among those', { only_items: { tags: ['heavy'] } }, false],
    ['none of the goods among those', { without_items: { tags: ['gas'] } }, true],
    ['one of the goods among those', { without_items: { tags: ['heavy'] } }, false],
    ['for the group', { customer_group_ids: ['group_vip'] }, true],
    ['for another group', { customer_group_ids: ['group_trade'] }, false],
    ['for a group, of a guest', { customer_group_ids: ['group_vip'] }, false, { groupIds: [] }],
    ['for no group in particular', { customer_group_ids: [] }, true],
    ['two of which one does not hold', { minimum_grams: 1, maximum_subtotal: { USD: 1 } }, false],
  ])('%s', (_what, rule, offered, of = {}) => {
    expect(listShippingOptions([shippingRate('rate_1', 500, { rule })], parcel(of))).toHaveLength(offered ? 1 : 0)
  })
})

describe('options', () => {
  it('come in the shop’s order, a free one among them, with where their price comes from', () => {
    const pickup = {
      ...{ id: 'loc_1', name: 'Shop', line1: '1 Main St', line2: null, city: 'Reno', region: 'NV' },
      ...{ postal_code: '89501', country: 'US' },
    }
    const rates = [shippingRate('post', 500), shippingRate('shop', 0, { pickup }), shippingRate('a', 1, { steps: [] })]
    expect(listShippingOptions(rates, parcel())).toEqual([
      { id: 'post', name: 'post', description: '', amount: 500, source: 'rate', pickup: null },
      { id: 'shop', name: 'shop', description: '', amount: 0, source: 'rate', pickup },
    ])
  })
})

describe('zones', () => {
  const area = (country: string, region: string | null = null, postalPattern: string | null = null): Area => ({
    ...{ country, region, postalPattern },
  })
  const zone = (id: string, ...areas: readonly Area[]): ShippingZone => ({
    ...{ id, name: id, areas, rates: [shippingRate(`rate_${id}`, 500)] },
  })
  const ZONES = [
    zone('alaska', area('US', 'AK')),
    zone('us', area('US')),
    zone('canary', area('ES', 'CN'), area('ES', 'TF')),
  ]
  const to = (country: string, region: string | null = null) => ({ country, region, postalCode: null })

  it.each([
    ['the country alone', to('US'), ['rate_us'], true],
    ['the region', to('US', 'AK'), ['rate_alaska'], false],
    ['another region', to('US', 'NV'), ['rate_us'], false],
    ['a country shipped to in part only: likely these', to('ES'), ['rate_canary'], true],
    ['a part that is not shipped to', to('ES', 'MD'), [], false],
    ['nowhere', to('JP'), [], false],
  ])('by %s', (_what, destination, rates, estimated) => {
    expect(listRates(ZONES, destination)).toMatchObject({ rates: rates.map((id) => ({ id })), estimated })
    expect(listRates(ZONES, destination).rates).toHaveLength(rates.length)
  })

  it.each([
    ['US', 'NV', null],
    ['ES', 'TF', null],
    ['JP', null, 'country'],
    ['ES', 'MD', 'postal_code'],
    ['ES', null, 'region'],
  ])('say what of %s %s is not shipped to: %s', (country, region, part) => {
    expect(unshippedPart(ZONES, to(country, region))).toBe(part)
  })

  it('leave nothing out where a zone is everywhere else', () => {
    expect(unshippedPart([...ZONES, zone('rest', area('*'))], to('JP'))).toBeNull()
  })
})
