import { describe, expect, it } from 'vitest'
import { canonicalPattern, postalRange } from '../../src/domain/area.ts'

describe('a postal pattern', () => {
  it.each([
    ['SW1A 1AA', 'SW1A1AA'],
    ['sw1a-1aa', 'SW1A1AA'],
    ['90*', '90'],
    ['90', '90'],
    ['10000..10999', '10000..10999'],
    [' 10000 .. 10999 ', '10000..10999'],
    ['10115..10115', '10115'],
    ['*', null],
    ['', null],
    ['..', null],
    ['1..99', null],
    ['200..100', null],
    ['1*2', null],
    ['ä', null],
    ['--', null],
  ])('%j is stored as %j', (pattern, stored) => {
    expect(canonicalPattern(pattern)).toBe(stored)
  })

  it('stays what it is when it is stored again', () => {
    for (const pattern of ['SW1A 1AA', '90*', '10000..10999', '10115..10115']) {
      const stored = canonicalPattern(pattern) ?? ''
      expect(canonicalPattern(stored)).toBe(stored)
      expect(postalRange(stored)).toEqual(postalRange(pattern))
    }
  })
})
