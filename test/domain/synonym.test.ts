import { describe, expect, it } from 'vitest'
import { checkPhrase, checkPinned, stemsOf, toPhrase } from '../../src/domain/search-phrase.ts'
import { LONGEST_SPAN, readQuery } from '../../src/domain/search-query.ts'
import { checkSynonym, listAlternatives, type Synonym } from '../../src/domain/synonym.ts'

const equivalent = (...words: string[]): Synonym => ({ kind: 'equivalent', input: null, words })
const oneWay = (input: string | null, ...words: string[]): Synonym => ({ kind: 'one_way', input, words })
/** A phrase of so many words. */
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index).join(' ')
const pairsOf = (synonym: Synonym) =>
  listAlternatives(synonym).map(({ phrase, alternative }) => `${phrase} > ${alternative.join(' ')}`)

describe('a phrase', () => {
  it.each([
    ['Red  Dresses!', 'red dress'],
    ['CRÈME brûlée', 'creme brulee'],
    ['t-shirt', 't shirt'],
    ['iPhone15', 'iphone15'],
    ['"); DROP TABLE', 'drop table'],
    ['連衣裙', '連衣 衣裙'],
    ['👗', ''],
    ['', ''],
  ])('%j is searched for as %j', (text, phrase) => expect(toPhrase(stemsOf(text))).toBe(phrase))

  it.each([numbers(LONGEST_SPAN), '笔记本电脑', 'jeans', 'T-Shirts in XXL'])(
    '%j is looked up by a search that has it',
    (text) => {
      const phrase = toPhrase(stemsOf(text))
      expect(checkPhrase(stemsOf(text))).toBeNull()
      expect(readQuery(`big ${text}, new`).spans.map((span) => span.phrase)).toContain(phrase)
      expect(readQuery(text).phrase, 'as what is pinned to it').toBe(phrase)
    },
  )

  it('that a search does not look up as a whole is none', () => {
    expect(checkPhrase(stemsOf(numbers(LONGEST_SPAN + 1)))).toContain('at most')
    expect(checkPinned('1 2 3 4 5 6 7 8')).toBeNull()
    expect(checkPinned('1 2 3 4 5 6 7 8 9')).toContain('more words')
    expect(checkPinned('連'.repeat(25))).toBeNull()
    expect(checkPinned('連'.repeat(26))).toContain('more words')
    expect(checkPinned('🎉')).toContain('no word')
  })
})

describe('a synonym', () => {
  it('that is equivalent leads from each phrase to every other one', () => {
    const all = ['sneaker > trainer', 'sneaker > running shoe', 'trainer > sneaker', 'trainer > running shoe']
    const rest = ['running shoe > sneaker', 'running shoe > trainer']
    expect(pairsOf(equivalent('Sneakers', 'trainers', 'running shoes'))).toEqual([...all, ...rest])
  })

  it('that is one-way leads from its input to each word, and never back', () => {
    expect(pairsOf(oneWay('laptop', 'MacBook', 'Chrome books'))).toEqual(['laptop > macbook', 'laptop > chrome book'])
  })

  it.each<[string, Synonym, string[]]>([
    ['two equal words', equivalent('sofa', 'couch'), []],
    ['one word alone', equivalent('sofa'), ['/words']],
    ['an input that means nothing', { ...equivalent('sofa', 'couch'), input: 'seat' }, ['/input']],
    ['no input', oneWay(null, 'sofa'), ['/input']],
    ['one way to one word', oneWay('sofa', 'couch'), []],
    ['the input among the words', oneWay('sofa', 'couch', 'Sofas'), ['/words/1']],
    ['singular and plural', equivalent('sofa', 'SOFAS', 'couch'), ['/words/1']],
    ['accents alone', equivalent('café', 'cafe'), ['/words/1']],
    ['as many words as are looked up', equivalent(numbers(LONGEST_SPAN), 'many'), []],
    ['a word more', equivalent('many', numbers(LONGEST_SPAN + 1)), ['/words/1']],
    ['nothing to search for', equivalent('many', '🎉', '--', '!'), ['/words/1', '/words/2', '/words/3']],
    ['nothing at all', oneWay('?!', '🎉'), ['/input', '/words/0']],
  ])('of %s has its faults named', (_what, synonym, pointers) =>
    expect(checkSynonym(synonym).map(({ pointer }) => pointer)).toEqual(pointers),
  )
})
