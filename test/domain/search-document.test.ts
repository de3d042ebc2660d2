import { describe, expect, it } from 'vitest'
import { type DocumentSources, digestOf, makeDocument } from '../../src/domain/search-document.ts'
import { strangeTexts } from '../support/strange-texts.ts'

const HOODIE: DocumentSources = {
  titles: ['Red Hoodies', 'Roter Kapuzenpulli'],
  vendor: 'Nord & Süd',
  productType: 'Hoodie',
  tags: ['new', 'sale 2026'],
  options: ['XL', 'Rot'],
  categories: ['Men’s clothing', '衣料品'],
  descriptions: ['Soft red cotton, 100% organic', 'Weiche Baumwolle'],
  codes: ['HD-RED/XL', '4006381333931', '—'],
  shelves: [1, 17],
}
const made = makeDocument(HOODIE)
const tokens = (kind: string, { terms } = made) =>
  terms.split(' ').flatMap((token) => (token.startsWith(`${kind}:`) ? token.slice(2) : []))

describe('makeDocument', () => {
  it('tells words of titles, of names and of texts apart', () => {
    expect(tokens('t')).toEqual(['red', 'hoodie', 'roter', 'kapuzenpulli'])
    expect(tokens('n')).toEqual([
      ...['red', 'hoodie', 'roter', 'kapuzenpulli', 'nord', 'sud', 'new', 'sale', '2026', 'xl', 'rot'],
      ...['men', 'clothing', '衣料', '料品'],
    ])
    expect(tokens('w')).toEqual([...tokens('n'), 'soft', 'cotton', '100', 'organic', 'weich', 'baumwolle'])
  })

  it('knows what begins a word as it is written, and any character of a script without spaces', () => {
    expect(tokens('p')).toEqual(
      expect.arrayContaining(['h', 'hoodi', 'hoodies', 'kapuzenpul', 'mens', '衣', '衣料', '料', '品']),
    )
    expect(tokens('p')).not.toContain('kapuzenpull')
    expect(tokens('p')).not.toContain('soft')
  })

  it('knows codes as a whole, and shelves by their numbers', () => {
    expect(tokens('k')).toEqual(['hdredxl', '4006381333931'])
    expect(tokens('s')).toEqual(['1', '17'])
  })

  it('keeps titles in the order of their words', () => {
    expect(made).toMatchObject({ title: '| red hoodie | roter kapuzenpulli |', titleWords: 2 })
  })

  it('has words in the vocabulary, and no numbers, pairs of characters or words of texts', () => {
    expect(made.words).toEqual([
      'clothing',
      'hoodie',
      'kapuzenpulli',
      'men',
      'new',
      'nord',
      'red',
      'rot',
      'roter',
      'sale',
      'sud',
      'xl',
    ])
    expect(makeDocument({ ...HOODIE, titles: ['x'.repeat(25)] }).words).not.toContain('x'.repeat(25))
  })

  it('is the same for the same sources, and differs in its digest where anything that is found does', () => {
    expect(makeDocument({ ...HOODIE })).toEqual(made)
    const others: Partial<DocumentSources>[] = [
      { titles: ['Hoodies Red', 'Roter Kapuzenpulli'] },
      { descriptions: [] },
      { codes: [] },
      { shelves: [1, 18] },
      { tags: ['new'] },
    ]
    for (const other of others) expect(makeDocument({ ...HOODIE, ...other }).digest).not.toBe(made.digest)
    expect(makeDocument({ ...HOODIE, tags: ['NEW', 'sales 2026'] }).words).toEqual(made.words)
  })

  it('says each thing once', () => {
    const all = made.terms.split(' ')
    expect(new Set(all).size).toBe(all.length)
  })

  it('never passes 20 kB beside its shelves, however long its texts are', () => {
    const words = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}xyz`)
    const long = (prefix: string) => words(5_000, prefix).join(' ')
    const huge = makeDocument({
      titles: words(100, 'title').map((title) => `${title} ${long('t')}`),
      vendor: long('v'),
      productType: long('y'),
      tags: words(5_000, 'tag'),
      options: words(5_000, 'option'),
      categories: words(500, 'category'),
      descriptions: [long('d'), '猫犬鳥'.repeat(5_000)],
      codes: words(5_000, 'code'),
      shelves: [],
    })
    expect(new TextEncoder().encode(huge.terms).length).toBeLessThan(40_000)
    expect(huge.terms.length).toBeLessThan(30_000)
  })

  it('is made of any text there is', () => {
    for (const text of strangeTexts(300)) {
      const { terms, title, words } = makeDocument({
        ...HOODIE,
        titles: [text],
        vendor: text,
        descriptions: [text],
        codes: [text],
      })
      expect(terms).toMatch(/^[tnwpkxs]:[\p{L}\p{N}\p{M}]+(?: [tnwpkxs]:[\p{L}\p{N}\p{M}]+)*$/u)
      expect(title).toMatch(/^\|[\p{L}\p{N}\p{M}| ]+\|$/u)
      expect(words).toEqual([...new Set(words)].sort())
    }
  })
})

describe('digestOf', () => {
  it('is 64 bits in hex and tells near texts apart', () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => `n:word${index} s:${index % 7}`)
    const digests = new Set(texts.map(digestOf))
    expect(digests.size).toBe(texts.length)
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{16}$/)
    // Either half alone is as good as 32 bits can be.
    expect(new Set([...digests].map((digest) => digest.slice(8))).size).toBeGreaterThan(texts.length - 5)
  })
})
