import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributesKey, type MissingPart, missingParts } from '../../src/domain/cart.ts'

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
