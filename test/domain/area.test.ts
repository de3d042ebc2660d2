import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Area,
  type Destination,
  findZone,
  isEstimate,
  isWithin,
  normalisePostalCode,
  postalRange,
} from '../../src/domain/area.ts'

const area = (country: string, region: string | null = null, postalPattern: string | null = null): Area => ({
  country,
  region,
  postalPattern,
})
const to = (country: string, region: string | null = null, postalCode: string | null = null): Destination => ({
  country,
  region,
  postalCode,
})

describe('a postal pattern', () => {
  it.each([
    // One code, however it is written.
    ['SW1A 1AA', 'GB', 'SW1A 1AA', true],
    ['SW1A 1AA', 'GB', 'sw1a1aa', true],
    ['SW1A 1AA', 'GB', 'SW1A 2AA', false],
    // Its beginning.
    ['SW1A*', 'GB', 'SW1A 1AA', true],
    ['SW1A*', 'GB', 'SW1 1AA', false],
    ['SW1A*', 'GB', 'SW1', false],
    ['IM*', 'GB', 'IM1 1AA', true],
    ['IM*', 'GB', 'I1 1AA', false],
    // Dutch codes: four digits and two letters.
    ['1011 AB', 'NL', '1011ab', true],
    ['1011 AB', 'NL', '1011 AC', false],
    ['1011*', 'NL', '1011 ZZ', true],
    ['1000..1099', 'NL', '1011 AB', true],
    ['1000..1099', 'NL', '1099 ZZ', true],
    ['1000..1099', 'NL', '1100 AA', false],
    ['1011 AA .. 1011 AC', 'NL', '1011 AB', true],
    ['1011 AA .. 1011 AC', 'NL', '1011 AD', false],
    // Polish ones have a hyphen.
    ['00-950', 'PL', '00-950', true],
    ['00-950', 'PL', '00950', true],
    ['00-9*', 'PL', '00-950', true],
    ['00-9*', 'PL', '00-850', false],
    ['00-001..00-999', 'PL', '00-950', true],
    ['00-001..00-999', 'PL', '01-001', false],
    // ZIP+4 lies within its ZIP code.
    ['90210', 'US', '90210-1234', true],
    ['90210', 'US', '90211-0001', false],
    ['90210-1234', 'US', '90210', false],
    ['90210-1234', 'US', '902101234', true],
    ['10000..10999', 'US', '10999-9999', true],
    ['10000..10999', 'US', '10000', true],
    ['10000..10999', 'US', '11000', false],
    ['10000..10999', 'US', '09999', false],
    ['10115..10115', 'US', '10115', true],
    // Leading zeros count: these are no numbers.
    ['01*', 'DE', '01067', true],
    ['1*', 'DE', '01067', false],
  ])('%j in %s: %j is %j', (pattern, country, code, within) => {
    expect(isWithin(to(country, null, code), area(country, null, pattern))).toBe(within)
  })

  it.each(['', ' ', '*', '-', '**', '9*0', '10..', '..10', '10..9', '1..10', '10...20', '10..20..30', '1%', 'ß', "1'"])(
    '%j is none: it covers nothing',
    (pattern) => {
      expect(postalRange(pattern)).toBeNull()
      expect(isWithin(to('US', null, '10'), area('US', null, pattern))).toBe(false)
    },
  )

  it('covers nothing as long as no code is known', () => {
    expect(isWithin(to('US'), area('US', null, '9*'))).toBe(false)
  })

  it('covers what begins with it, and nothing else', () => {
    const letters = fc.stringMatching(/^[0-9A-Z]{1,6}$/)
    const law = fc.property(letters, letters, (pattern, code) => {
      expect(isWithin(to('GB', null, code), area('GB', null, `${pattern}*`))).toBe(code.startsWith(pattern))
    })
    fc.assert(law)
  })
})

describe('an area', () => {
  it.each([
    ['its country', area('DE'), to('DE'), true],
    ['another country', area('DE'), to('FR'), false],
    ['everywhere', area('*'), to('FR', 'IDF', '75001'), true],
    ['its region', area('US', 'CA'), to('US', 'CA'), true],
    ['another region', area('US', 'CA'), to('US', 'NY'), false],
    ['a region of the same name elsewhere', area('US', 'CA'), to('AR', 'CA'), false],
    ['a region that is not known', area('US', 'CA'), to('US'), false],
    ['its region and code', area('US', 'CA', '90*'), to('US', 'CA', '90210'), true],
    ['its code in another region', area('US', 'CA', '90*'), to('US', 'NY', '90210'), false],
  ])('%s', (_what, where, destination, within) => {
    expect(isWithin(destination, where)).toBe(within)
  })
})

describe('the zone of a destination', () => {
  const zones = [
    { name: 'world', areas: [area('*')] },
    { name: 'us', areas: [area('CA'), area('US')] },
    { name: 'california', areas: [area('US', 'CA')] },
    { name: 'beverly hills', areas: [area('US', null, '90210')] },
    { name: '90', areas: [area('US', null, '90*')] },
    { name: 'ten thousands', areas: [area('US', null, '10000..19999')] },
    { name: 'manhattan', areas: [area('US', null, '10000..10299')] },
    { name: '101', areas: [area('US', null, '101*')] },
    { name: '10115', areas: [area('US', null, '10115')] },
    { name: 'us again', areas: [area('US')] },
  ]

  it.each([
    ['world', to('JP')],
    ['us', to('US')],
    ['us', to('US', 'NY', '60601')],
    ['us', to('CA')],
    ['california', to('US', 'CA', '94110')],
    // A code is narrower than a region, a longer one than a shorter one.
    ['90', to('US', 'CA', '90001')],
    ['beverly hills', to('US', 'CA', '90210')],
    // 10000..10299 begins with 10, and is narrower than 10000..19999, which begins with 1.
    ['manhattan', to('US', 'NY', '10200')],
    ['ten thousands', to('US', 'NY', '19000')],
    // 101* and 10115 are narrower than a range that shares two digits.
    ['101', to('US', 'NY', '10199')],
    ['10115', to('US', 'NY', '10115')],
  ])('%s: %j', (name, destination) => {
    expect(findZone(zones, destination)?.name).toBe(name)
    // But for equally narrow ones the order of the list does not matter.
    if (name !== 'us') expect(findZone([...zones].reverse(), destination)?.name).toBe(name)
  })

  it('is none where no area is around it', () => {
    expect(findZone(zones.slice(1), to('JP'))).toBeNull()
    expect(findZone([], to('US'))).toBeNull()
    expect(findZone([{ areas: [] }], to('US'))).toBeNull()
  })

  it('is a range rather than all that begins like it', () => {
    const both = [{ areas: [area('US', null, '10*')] }, { areas: [area('US', null, '10000..10999')] }]
    expect(findZone(both, to('US', null, '10115'))).toBe(both[1])
  })
})

describe('an estimate', () => {
  const zones = [
    { areas: [area('US'), area('US', 'CA')] },
    { areas: [area('DE', null, '27498')] },
    { areas: [area('ES', 'CN', '35*')] },
    { areas: [area('FR'), area('*')] },
  ]

  it.each([
    ['a country whose regions differ', to('US'), true],
    ['a region that is known', to('US', 'CA'), false],
    ['a country with a code of its own rules', to('DE'), true],
    ['a region, where the code decides', to('DE', 'SH'), true],
    ['a code that is known', to('DE', null, '10115'), false],
    ['the region whose codes differ', to('ES', 'CN'), true],
    ['another region of that country', to('ES', 'MD'), false],
    ['a country without parts', to('FR'), false],
    ['everywhere else', to('JP'), false],
  ])('%s', (_what, destination, estimated) => {
    expect(isEstimate(zones, destination)).toBe(estimated)
  })
})

it.each([
  ['sw1a 1aa', 'SW1A1AA'],
  ['00-950', '00950'],
  ['90210–1234', '902101234'],
  ['  ', ''],
])('the code %j is compared as %j', (code, normal) => {
  expect(normalisePostalCode(code)).toBe(normal)
})
