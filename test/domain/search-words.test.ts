import { describe, expect, it } from 'vitest'
import { prefixesOf, readWords, skuKey, spellingsOf } from '../../src/domain/search-words.ts'
import { strangeTexts } from '../support/strange-texts.ts'

const shown = (text: string) => readWords(text).map(({ raw, extra }) => (extra ? `+${raw}` : raw))
const stems = (text: string) => readWords(text).map(({ stem }) => stem)

describe('readWords', () => {
  it.each([
    ['German', 'Größe, WEISS & straße', ['grosse', 'weiss', 'strasse']],
    ['French', 'Été à Noël: cœur', ['ete', 'a', 'noel', 'coeur']],
    ['Danish', 'Smørrebrød på Ærø', ['smorrebrod', 'pa', 'aero']],
    ['Polish', 'Łódź żółta', ['lodz', 'zolta']],
    ['Turkish, with either i', 'İstanbul ılık', ['istanbul', 'ilik']],
    ['Icelandic', 'Þór Guð', ['thor', 'gud']],
    ['Vietnamese', 'Đồng hồ', ['dong', 'ho']],
    ['Greek, with its last sigma', 'Ελλάς', ['ελλασ']],
    ['Russian', 'Ёлка', ['елка']],
    ['Ukrainian', "об'єкт", ['обєкт']],
    ['Hebrew with points', 'שָׁלוֹם', ['שלום']],
    ['Arabic with vowels and other digits', 'كِتاب ١٢', ['كتاب', '12']],
    ['Persian letters', 'کتاب', ['كتاب']],
    ['Hindi, whose vowel signs spell', 'किताब', ['किताब']],
    ['full width', 'ＡＢＣ', ['abc']],
    ['ligatures', 'ﬁne', ['fine']],
  ])('folds %s', (_, text, words) => {
    expect(shown(text).filter((word) => !word.startsWith('+'))).toEqual(words)
  })

  it('reads the same word composed and taken apart', () => {
    for (const text of ['Größe', 'Été', 'が', '한국어', 'Ёлка']) {
      expect(shown(text.normalize('NFD'))).toEqual(shown(text.normalize('NFC')))
    }
  })

  it.each([
    ['Japanese', '黒猫バッグ', ['黒猫', '猫ば', 'ばっ', 'っぐ']],
    ['half width Kana', 'ﾊﾞｯｸﾞ', ['ばっ', 'っぐ']],
    ['a long vowel', 'セーター', ['せー', 'ーた', 'たー']],
    ['Chinese', '手机壳', ['手机', '机壳']],
    ['one character', '猫', ['猫']],
    ['Latin beside it', 'Tシャツ', ['t', 'しゃ', 'ゃつ']],
    ['Thai', 'หนัง', ['หน', 'นั', 'ัง']],
    ['Khmer', 'កាបូប', ['កា', 'ាប', 'បូ', 'ូប']],
    ['Korean, whose words it keeps', '머그컵을', ['머그컵을', '+머그', '+그컵', '+컵을']],
    ['a short Korean word', '가방', ['가방']],
  ])('reads pairs of characters where words are not parted by spaces: %s', (_, text, words) => {
    expect(shown(text)).toEqual(words)
  })

  it('finds men in men, mens and men’s', () => {
    expect(stems("men mens men’s men's MENS")).toEqual(['men', 'men', 'men', 'men', 'men'])
  })

  it('reads what stands behind an apostrophe', () => {
    expect(shown("l’été dell'arte boys'")).toEqual(['lete', '+ete', 'dellarte', '+dell', '+arte', 'boys'])
  })

  it.each([
    ['t-shirt', ['t', 'shirt', '+tshirt']],
    ['Baby-T-Shirt', ['baby', 't', 'shirt', '+babytshirt']],
    ['H&M', ['h', 'm', '+hm']],
    ['iphone15', ['iphone15', '+iphone', '+15']],
    ['500ml', ['500ml', '+500', '+ml']],
    ['500-ml', ['500', 'ml', '+500ml']],
    ['10-20', ['10', '20']],
    ['a1b2c3d4', ['a1b2c3d4']],
    ['-a- b--c &', ['a', 'b', 'c']],
  ])('reads %s in parts and as a whole', (text, words) => {
    expect(shown(text)).toEqual(words)
  })

  it.each([
    ['hoodies', 'hoodie'],
    ['bougies', 'bougie'],
    ['babies', 'baby'],
    ['ties', 'tie'],
    ['accessories', 'accessory'],
    ['dresses', 'dress'],
    ['watches', 'watch'],
    ['boxes', 'box'],
    ['shoes', 'shoe'],
    ['trees', 'tree'],
    ['shirts', 'shirt'],
    ['tasses', 'tasse'],
    ['axes', 'axe'],
    ['caches', 'cache'],
  ])('finds %s and %s by one another', (plural, singular) => {
    expect(stems(plural)).toEqual(stems(singular))
  })

  it.each(['bus', 'glass', 'cactus', 'gas', 'tvs', 'ελλασ', 'mp3s', 'hoodie', 'shoe', 'jersey'])(
    'leaves %s as it is',
    (word) => {
      expect(stems(word)[0]).toBe(word)
    },
  )

  it('says where a word stands', () => {
    const text = 'Ein rötlicher Ho\u00adodie: 黒猫ﾊﾞ, T-Shirt'
    const places = readWords(text).map(({ raw, start, end }) => [raw, text.slice(start, end)])
    expect(places).toEqual([
      ['ein', 'Ein'],
      ['rotlicher', 'rötlicher'],
      ['hoodie', 'Ho\u00adodie'],
      ['黒猫', '黒猫'],
      ['猫ば', '猫ﾊﾞ'],
      ['t', 'T'],
      ['shirt', 'Shirt'],
      ['tshirt', 'T-Shirt'],
    ])
  })

  it('reads no word in what has none', () => {
    for (const text of ['', ' ', '👍🏽 🎉', '"*():^', '\u200b\u200e\u202e', '\ud800 \udfff', '— … ·']) {
      expect(readWords(text)).toEqual([])
    }
  })

  it('cuts words of more than 40 letters and tears none apart', () => {
    expect(shown('x'.repeat(10_000))).toEqual(['x'.repeat(40)])
    expect(shown('𝔘'.repeat(60))).toEqual(['u'.repeat(40)])
    expect([...(shown('𐐨'.repeat(60))[0] ?? '')]).toHaveLength(40)
  })
})

describe('any text', () => {
  const texts = strangeTexts(2_000)

  it('gives words that can stand in a query: letters, digits and their marks, in order, within the text', () => {
    for (const text of texts) {
      let before = 0
      for (const { raw, stem, start, end, extra } of readWords(text)) {
        expect(raw).toMatch(/^[\p{L}\p{N}\p{M}]+$/u)
        expect(stem).toMatch(/^[\p{L}\p{N}\p{M}]+$/u)
        expect([...raw].length).toBeLessThanOrEqual(40)
        expect(raw.isWellFormed()).toBe(true)
        expect(start).toBeLessThan(end)
        expect(end).toBeLessThanOrEqual(text.length)
        if (!extra) expect(start).toBeGreaterThanOrEqual(before)
        if (!extra) before = start
      }
    }
  })

  it('gives the same word again when it is read again', () => {
    for (const text of texts) {
      for (const { raw, kind, extra } of readWords(text)) {
        const [again] = readWords(raw)
        if (kind === 'word' && !extra && again?.kind === 'word') expect(again.raw).toBe(raw)
      }
    }
  })

  it('takes 10 kB of anything in its stride', () => {
    for (const unit of ['a-', "a'", 'é', '猫', 'a1', '가', '\u0301', '-', 'กำ', '👍', '\ud800', 'a\u00ad']) {
      const started = performance.now()
      readWords(unit.repeat(10_000 / unit.length))
      expect(performance.now() - started).toBeLessThan(1_000)
    }
  })
})

describe('skuKey', () => {
  it.each([
    ['ABC-12/3', 'abc123'],
    [' ä.B_c ', 'abc'],
    ['"; DROP', 'drop'],
    ['—', ''],
  ])('takes %j for %j', (sku, key) => {
    expect(skuKey(sku)).toBe(key)
  })
})

describe('prefixesOf', () => {
  it('gives the first 1 to 10 letters', () => {
    expect(prefixesOf('red')).toEqual(['r', 're', 'red'])
    expect(prefixesOf('kapuzenpulli').at(-1)).toBe('kapuzenpul')
    expect(prefixesOf('𐐨𐐩')).toEqual(['𐐨', '𐐨𐐩'])
    expect(prefixesOf('')).toEqual([])
  })
})

describe('spellingsOf', () => {
  it('leaves out one letter of three and more, two of eight to fourteen', () => {
    expect(spellingsOf('ab', 'term')).toEqual(['ab'])
    expect(spellingsOf('red', 'term')).toEqual(['red', 'ed', 'rd', 're'])
    expect(spellingsOf('abcdefg', 'term')).toHaveLength(1 + 7)
    expect(spellingsOf('abcdefgh', 'term')).toHaveLength(1 + 8 + 28)
    expect(spellingsOf('abcdefghijklmno', 'term')).toHaveLength(1 + 15)
    expect(spellingsOf('x'.repeat(25), 'term')).toHaveLength(1)
  })

  it('takes words of a query for misspelt from four letters on', () => {
    expect(spellingsOf('red', 'query')).toEqual(['red'])
    expect(spellingsOf('rede', 'query')).toContain('red')
  })

  it('takes nothing with a digit in it for misspelt', () => {
    expect(spellingsOf('iphone15', 'term')).toEqual(['iphone15'])
    expect(spellingsOf('iphone15', 'query')).toEqual(['iphone15'])
  })

  it('has no spelling twice', () => {
    expect(spellingsOf('aaaa', 'term')).toEqual(['aaaa', 'aaa'])
    expect(spellingsOf('hoodie', 'term')).toContain('hodie')
  })

  it.each([
    ['hodie', 'hoodie'],
    ['hooodie', 'hoodie'],
    ['hoofie', 'hoodie'],
    ['hodoie', 'hoodie'],
    ['kapuzenpuli', 'kapuzenpulli'],
    ['capuzenpuli', 'kapuzenpulli'],
    ['acessory', 'accessory'],
  ])('lets %s meet %s', (typed, term) => {
    const spellings = new Set(spellingsOf(term, 'term'))
    expect(spellingsOf(typed, 'query').some((spelling) => spellings.has(spelling))).toBe(true)
  })
})
