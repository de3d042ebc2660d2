import { describe, expect, it } from 'vitest'
import { bodyTag, expectedVersion, matchesNone, versionTag } from '../../../src/platform/http/etag.ts'

describe('If-Match', () => {
  it('reads back the tag of a version', () => {
    for (const version of [0, 1, 42, 999_999_999_999_999]) expect(expectedVersion(versionTag(version))).toBe(version)
    expect(expectedVersion('  "7" ')).toBe(7)
  })

  it('asks for nothing when it is absent or a star', () => {
    expect(expectedVersion(undefined)).toBeNull()
    expect(expectedVersion(' * ')).toBeNull()
  })

  it.each(['W/"7"', '7', '"7', "'7'", '"7", "8"', '"-7"', '"7.0"', '"1e3"', '"abc"', '""', '', '"1234567890123456"'])(
    'matches nothing: %j',
    (header) => {
      expect(() => expectedVersion(header)).toThrow(expect.objectContaining({ code: 'version_mismatch' }))
    },
  )
})

describe('If-None-Match', () => {
  it.each([
    [true, '"abc"'],
    [true, 'W/"abc"'],
    [true, '"x", "abc"'],
    [true, '"x",W/"abc" , "y"'],
    [true, '*'],
    [false, undefined],
    [false, ''],
    [false, '"ABC"'],
    [false, 'abc'],
    [false, '"abcd"'],
    [false, 'w/"abc"'],
  ])('is %j for %j', (matches, header) => {
    expect(matchesNone(header, '"abc"')).toBe(matches)
  })
})

describe('the tag of a body', () => {
  it('is equal for equal bytes and quoted', async () => {
    expect(await bodyTag('{}')).toBe(await bodyTag('{}'))
    expect(await bodyTag('{}')).not.toBe(await bodyTag('{ }'))
    expect(await bodyTag('雨衣')).toMatch(/^"[0-9a-f]{24}"$/)
  })
})
