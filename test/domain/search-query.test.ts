import { describe, expect, it } from 'vitest'
import { correctQuery, readQuery } from '../../src/domain/search-query.ts'

describe('a query is read', () => {
  it('word by word, the last one maybe unfinished', () => {
    const { words, phrase } = readQuery('Red  Hoodies')
    expect(words.map(({ stem, prefix, edits, start, end }) => [stem, prefix, edits, start, end])).toEqual([
      ['red', null, 0, 0, 3],
      ['hoodie', 'hoodies', 1, 5, 12],
    ])
    expect(phrase).toBe('red hoodie')
  })

  it('with more letters wrong the longer a word is, and none in numbers', () => {
    const edits = (text: string) => readQuery(text).words[0]?.edits
    expect([edits('mug'), edits('lamp'), edits('sweaters'), edits('sweatshirt'), edits('9780306406157')]).toEqual([
      0, 1, 1, 2, 0,
    ])
    expect(readQuery('mug').words[0]?.spellings).toEqual([])
    expect(
      readQuery('lamp')
        .words[0]?.spellings.map(([spelling]) => spelling)
        .sort(),
    ).toEqual(['amp', 'lam', 'lamp', 'lap', 'lmp'])
  })

  it('with the words that a missing or further space would make', () => {
    const { words, spans } = readQuery('hand bags')
    expect(spans.find(({ first, last }) => first === 0 && last === 1)).toMatchObject({
      phrase: 'hand bag',
      joined: 'handbag',
    })
    expect(words[0]?.splits).toEqual([])
    expect(readQuery('redhoodies').words[0]?.splits).toContainEqual(['red', 'hoodie'])
  })

  it('with the parts of a word, which say the same together', () => {
    expect(readQuery('iphone15 case').words.map(({ stem, parts }) => [stem, parts])).toEqual([
      ['iphone15', ['iphone', '15']],
      ['case', []],
    ])
    expect(readQuery('t-shirt').words.map(({ stem }) => stem)).toEqual(['t', 'shirt'])
    expect(readQuery('t-shirt').spans).toContainEqual({ first: 0, last: 1, phrase: 't shirt', joined: 'tshirt' })
  })

  it('in grams where words are not spaced', () => {
    expect(readQuery('東京タワー').words.map(({ stem }) => stem)).toEqual(['東京', '京た', 'たわ', 'わー'])
    expect(readQuery('茶').words).toMatchObject([{ stem: '茶', prefix: '茶' }])
  })

  it('with words that say little left to the others, unless they are the last or all there is', () => {
    const optional = (text: string) => readQuery(text).words.flatMap((word) => (word.optional ? [word.stem] : []))
    expect(optional('shoes for the kids')).toEqual(['for', 'the'])
    expect(optional('Kerze mit Glas und Deckel')).toEqual(['mit', 'und'])
    expect(optional('the')).toEqual([])
    expect(optional('fur coat')).toEqual([])
    expect(readQuery('shoes for kids').phrase).toBe('shoe for kid')
  })

  it('as a SKU too', () => {
    expect(readQuery(' TEE-001/xl ').whole).toBe('tee001xl')
  })
})

describe('any text is a query', () => {
  it.each([
    '',
    '   ',
    '"*NEAR(a b)" OR ^ {}',
    '😀🎉',
    '\ud800',
    'x'.repeat(10_000),
    'a '.repeat(5000),
    '-- ; DROP TABLE',
    '\0\u0001',
  ])('of a bounded size, without quotes or spaces in its words: %j', (text) => {
    const { words, spans } = readQuery(text)
    expect(words.length).toBeLessThanOrEqual(24)
    expect(spans.length).toBeLessThanOrEqual(96)
    for (const { stem, prefix, spellings, splits, parts } of words)
      for (const each of [stem, prefix ?? 'x', ...spellings.map(([spelling]) => spelling), ...splits.flat(), ...parts])
        expect(each).toMatch(/^[^\s":]+$/u)
    expect(JSON.stringify(words).length).toBeLessThan(30_000)
  })
})

describe('a corrected query', () => {
  it('has the words as products have them in place of those that were misspelt', () => {
    const query = readQuery('Rde hodies, large')
    const fixes = [
      [0, 'red'],
      [1, 'hoodie'],
    ] as const
    expect(correctQuery(query, fixes, ['Red Hoodies for all'])).toBe('red hoodies, large')
    expect(correctQuery(query, fixes, ['Crème', 'Blue mug'])).toBe('red hoodie, large')
    expect(correctQuery(query, [], ['Red'])).toBeNull()
  })
})
