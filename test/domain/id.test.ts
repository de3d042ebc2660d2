import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstIdAt, ID_PREFIX, type IdKind, isId, mintedAt } from '../../src/domain/id.ts'
import { createMint } from '../../src/platform/crypto/mint.ts'

const KINDS = Object.keys(ID_PREFIX) as IdKind[]
const SUFFIX = '01h455vb4pex5vsknk084sn02q'
const random = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('isId', () => {
  it('knows every id that is minted, and by its kind only', () => {
    const law = fc.property(fc.date({ min: new Date(0), noInvalidDate: true }), random, (now, bytes) => {
      fc.pre(now.getTime() < 2 ** 48)
      const mint = createMint(now, () => bytes)
      for (const kind of KINDS) expect(KINDS.filter((other) => isId(other, mint(kind)))).toEqual([kind])
    })
    fc.assert(law, { numRuns: 50 })
  })

  it('gives each kind a prefix of its own', () => {
    expect(new Set(Object.values(ID_PREFIX)).size).toBe(KINDS.length)
  })

  it('takes a cart of any shard slot', () => {
    expect(isId('cart', `cart_aa_${SUFFIX}`)).toBe(true)
    expect(isId('cart', `cart_zq_${SUFFIX}`)).toBe(true)
  })

  it.each<[IdKind, string, string]>([
    ['product', 'another prefix', `var_${SUFFIX}`],
    ['product', 'no prefix', SUFFIX],
    ['product', 'upper case', `prod_${SUFFIX.toUpperCase()}`],
    ['product', 'a letter outside the alphabet', `prod_${SUFFIX.slice(0, -1)}u`],
    ['product', 'a number past 128 bits', `prod_8${SUFFIX.slice(1)}`],
    ['product', 'one letter less', `prod_${SUFFIX.slice(1)}`],
    ['product', 'one letter more', `prod_${SUFFIX}0`],
    ['product', 'a line end behind it', `prod_${SUFFIX}\n`],
    ['product', 'something before it', `x prod_${SUFFIX}`],
    ['cart', 'no shard slot', `cart_${SUFFIX}`],
    ['cart', 'a shard slot of three letters', `cart_aaa_${SUFFIX}`],
    ['product', 'nothing', ''],
  ])('refuses as %s: %s', (kind, _why, text) => {
    expect(isId(kind, text)).toBe(false)
  })
})

describe('minted ids', () => {
  it('sort by time', () => {
    const law = fc.property(
      fc.nat({ max: 2 ** 31 - 1 }),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      random,
      random,
      (at, more, a, b) => {
        const earlier = createMint(new Date(at), () => a)('order')
        const later = createMint(new Date(at + more), () => b)('order')
        expect(earlier < later).toBe(true)
      },
    )
    fc.assert(law)
  })
})

describe('mintedAt', () => {
  it('tells when an id was minted, of any kind', () => {
    const law = fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), random, (at, bytes) => {
      const mint = createMint(new Date(at), () => bytes)
      expect([mintedAt(mint('order')), mintedAt(mint('cart')), mintedAt(firstIdAt('refund', at))]).toEqual([at, at, at])
    })
    fc.assert(law)
  })

  it.each(['', 'ref_1', 'order', 'ref_8zzzzzzzzzzzzzzzzzzzzzzzzz'])('knows none of what is no id: %j', (text) => {
    expect(mintedAt(text)).toBeNull()
  })
})

describe('firstIdAt', () => {
  it('parts what was minted before a moment from what was minted since', () => {
    const moment = fc.integer({ min: 1, max: 2 ** 48 - 2 })
    const law = fc.property(moment, random, (at, bytes) => {
      const mintAt = (now: number) => createMint(new Date(now), () => bytes)('order')
      const first = firstIdAt('order', at)
      expect(isId('order', first)).toBe(true)
      expect(mintAt(at - 1) < first).toBe(true)
      expect(mintAt(at) >= first && mintAt(at + 1) > first).toBe(true)
    })
    fc.assert(law)
  })

  it.each([-1, -62_135_596_800_000, 2 ** 60])('takes any time: %d', (at) => {
    expect(isId('order', firstIdAt('order', at))).toBe(true)
  })
})

describe('mintedAt', () => {
  it('is when an id was minted', () => {
    const law = fc.property(fc.nat({ max: 2 ** 48 - 1 }), random, (at, bytes) => {
      const mint = createMint(new Date(at), () => bytes)
      expect([mintedAt(mint('payment')), mintedAt(mint('cart'))]).toEqual([at, at])
    })
    fc.assert(law)
  })
})
