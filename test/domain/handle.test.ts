import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isHandle, toHandle } from '../../src/domain/handle.ts'

describe('isHandle', () => {
  it.each(['mug', 'red-rain-jacket', '2-pack', 'größe', 'носки', '雨衣', 'เสื้อกันฝน', 'हिन्दी-किताब', 'a'.repeat(255)])(
    'accepts %j',
    (text) => expect(isHandle(text)).toBe(true),
  )

  it.each([
    ['nothing', ''],
    ['upper case', 'Mug'],
    ['a space', 'red mug'],
    ['an underscore', 'red_mug'],
    ['a slash', 'red/mug'],
    ['a dot', 'mug.json'],
    ['a leading hyphen', '-mug'],
    ['a trailing hyphen', 'mug-'],
    ['two hyphens in a row', 'red--mug'],
    ['a line end', 'mug\n'],
    ['a letter and a mark that are one letter in NFC', 'cafe\u0301'],
    ['a mark without a letter', '\u0301mug'],
    ['256 characters', 'a'.repeat(256)],
  ])('refuses %s', (_why, text) => expect(isHandle(text)).toBe(false))
})

describe('toHandle', () => {
  it.each([
    ['Red Rain Jacket', 'red-rain-jacket'],
    ["Women's Café-Jacket & Söckchen", 'womens-cafe-jacket-sockchen'],
    ['  50% off!  ', '50-off'],
    ['Ærø Straße Łódź', 'aero-strasse-lodz'],
    ['İstanbul ıslak', 'istanbul-islak'],
    ['ﬁne ①', 'fine-1'],
    ['Тёплые НОСКИ', 'тёплые-носки'],
    ['雨衣 №1', '雨衣-no1'],
    ['เสื้อกันฝน', 'เสื้อกันฝน'],
    ['한국 도자기', '한국-도자기'],
    ['!!!', ''],
  ])('turns %j into %j', (title, handle) => expect(toHandle(title)).toBe(handle))

  it('gives a handle or nothing, whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (title) => {
        const handle = toHandle(title)
        expect(handle === '' || isHandle(handle)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('leaves a handle that it gave as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (title) => {
        expect(toHandle(toHandle(title))).toBe(toHandle(title))
      }),
      { numRuns: 2000 },
    )
  })

  it('cuts a long title without cutting a letter in two', () => {
    expect(isHandle(toHandle(`a${'𠮷'.repeat(200)}`))).toBe(true)
    expect(toHandle('ab '.repeat(200))).toHaveLength(254)
  })
})
