import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attributesKey,
  decideQuantity,
  describeRule,
  isAllowedQuantity,
  largestAllowed,
  MAX_QUANTITY,
  type MissingPart,
  missingParts,
} from '../../src/domain/cart.ts'

const attributes = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true })

describe('attributesKey', () => {
  it('is the same in every order of the same attributes', () => {
    const law = fc.property(attributes, (given) => {
      const turned = Object.fromEntries(Object.entries(given).reverse())
      expect(attributesKey(turned)).toBe(attributesKey(given))
    })
    fc.assert(law)
  })

  it('is different for different attributes', () => {
    const law = fc.property(attributes, attributes, (left, right) => {
      const equal = JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort())
      expect(attributesKey(left) === attributesKey(right)).toBe(equal)
    })
    fc.assert(law)
  })

  it('is nothing for none', () => {
    expect(attributesKey({})).toBe('')
  })

  it('cannot be forged by the text of a value', () => {
    expect(attributesKey({ a: '1","b":"2' })).not.toBe(attributesKey({ a: '1', b: '2' }))
    expect(attributesKey({ a: '', b: '' })).not.toBe(attributesKey({ a: 'b' }))
  })
})

describe('missingParts', () => {
  type Parts = Parameters<typeof missingParts>[0]
  const complete: Parts = {
    email: 'a@shop.example',
    hasShippingAddress: true,
    hasShippingOption: true,
    requiresShipping: true,
  }
  it.each<[string, Partial<Parts>, MissingPart[]]>([
    ['a cart with everything', {}, []],
    ['no e-mail', { email: null }, ['email']],
    ['an empty e-mail', { email: '' }, ['email']],
    ['no address', { hasShippingAddress: false }, ['shipping_address']],
    ['no option', { hasShippingOption: false }, ['shipping_option']],
    [
      'nothing at all',
      { email: null, hasShippingAddress: false, hasShippingOption: false },
      ['email', 'shipping_address', 'shipping_option'],
    ],
    ['a download', { hasShippingAddress: false, hasShippingOption: false, requiresShipping: false }, []],
    ['a download without e-mail', { email: null, hasShippingAddress: false, requiresShipping: false }, ['email']],
  ])('%s', (_what, changes, missing) => {
    expect(missingParts({ ...complete, ...changes })).toEqual(missing)
  })
})

const rule = fc
  .record({
    min: fc.integer({ min: 1, max: 30 }),
    max: fc.option(fc.nat({ max: 60 })),
    step: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ min, max, step }) => ({ min, max: max === null ? null : min + max, step }))

describe('decideQuantity', () => {
  const wished = fc.integer({ min: 1, max: 2 * MAX_QUANTITY })
  const available = fc.option(fc.nat({ max: 100 }))

  it('gives an allowed quantity that is there, never more than was wished, and all of it where it can', () => {
    const law = fc.property(wished, rule, available, (wish, given, left) => {
      const decision = decideQuantity(wish, given, left)
      if (!decision.ok) return
      expect(isAllowedQuantity(decision.quantity, given)).toBe(true)
      expect(decision.quantity).toBeLessThanOrEqual(Math.min(wish, left ?? MAX_QUANTITY, MAX_QUANTITY))
      const more = decision.quantity + given.step
      const could =
        more <= wish && more <= (left ?? MAX_QUANTITY) && more <= MAX_QUANTITY && isAllowedQuantity(more, given)
      expect(could).toBe(false)
    })
    fc.assert(law)
  })

  it('refuses only what the rule refuses, or where nothing allowed is left', () => {
    const law = fc.property(wished, rule, available, (wish, given, left) => {
      const decision = decideQuantity(wish, given, left)
      if (decision.ok) return
      if (decision.why === 'not_allowed') expect(isAllowedQuantity(wish, given)).toBe(false)
      else expect(largestAllowed(Math.min(wish, left ?? MAX_QUANTITY, MAX_QUANTITY), given)).toBe(0)
    })
    fc.assert(law)
  })

  it.each([
    [12, { min: 6, max: 24, step: 6 }, null, { ok: true, quantity: 12 }],
    [25, { min: 6, max: 24, step: 6 }, null, { ok: true, quantity: 24 }],
    [24, { min: 6, max: 24, step: 6 }, 17, { ok: true, quantity: 12 }],
    [7, { min: 6, max: 24, step: 6 }, null, { ok: false, why: 'not_allowed' }],
    [5, { min: 6, max: null, step: 1 }, 100, { ok: false, why: 'not_allowed' }],
    [6, { min: 6, max: null, step: 6 }, 5, { ok: false, why: 'sold_out' }],
    [1, { min: 1, max: null, step: 1 }, 0, { ok: false, why: 'sold_out' }],
    [10_000, { min: 1, max: null, step: 1 }, null, { ok: true, quantity: 9999 }],
    [10_000, { min: 1, max: null, step: 12 }, null, { ok: true, quantity: 9996 }],
    // A rule that allows nothing at all: the most is below the first step.
    [6, { min: 1, max: 5, step: 6 }, null, { ok: false, why: 'sold_out' }],
  ] as const)('of %i by %o with %o left: %o', (wish, given, left, expected) => {
    expect(decideQuantity(wish, given, left)).toEqual(expected)
  })
})

describe('describeRule', () => {
  it.each([
    [{ min: 6, max: null, step: 6 }, 'must be at least 6, in steps of 6'],
    [{ min: 10, max: 40, step: 6 }, 'must be at least 12, at most 36, in steps of 6'],
    [{ min: 1, max: 3, step: 1 }, 'must be at least 1, at most 3'],
  ])('says of %o: %s', (given, text) => {
    expect(describeRule(given)).toBe(text)
  })
})
