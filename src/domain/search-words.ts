import { foldWord, stemOf } from './search-fold.ts'

/** A word of a text, as search compares it. It never holds a quote, a space, a colon or a control character. */
export interface SearchWord {
  /** Folded: foldWord of domain/search-fold.ts. At most 40 letters. */
  raw: string
  /** `raw` without a plural s. */
  stem: string
  /** Where it stands in the text as given, in UTF-16 units. */
  start: number
  end: number
  /** A gram is two neighbouring characters of a script that is written without spaces, or one where there is only one. */
  kind: 'word' | 'gram'
  /**
   * Not a further word, but another way to say what stands there. The extras within a word say the same together:
   * `iphone15` is iphone and 15. An extra over several words says the same as those: `t-shirt` is tshirt.
   */
  extra: boolean
}

const GRAMS =
  '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Bopo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}ーｰﾞﾟ\\u3099\\u309a'
const HANGUL = '\\p{sc=Hang}'
const HYPHENS = '\\-‐‑－&＆'
const APOSTROPHES = "'’ʼ‘`´＇"
// Soft hyphens and joiners, which are not seen.
const UNSEEN = '\\u00ad\\u200c\\u200d\\u2060\\ufeff'

// Letters and digits with what may stand between them without ending the word.
const RUN = new RegExp(
  `[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}${UNSEEN}]*(?:[${HYPHENS}${APOSTROPHES}][\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}${UNSEEN}]*)*`,
  'gu',
)
const PLAIN = /^[A-Za-z]+$/
const BETWEEN_HYPHENS = new RegExp(`[^${HYPHENS}]+`, 'gu')
const BETWEEN_APOSTROPHES = new RegExp(`[^${APOSTROPHES}]+`, 'gu')
const SCRIPTS = new RegExp(`(?<grams>[${GRAMS}]+)|(?<hangul>[${HANGUL}]+)|[^${GRAMS}${HANGUL}]+`, 'gu')
// A Kana and its voicing mark are one character, and so is a Korean syllable that is written as its parts.
const CHARACTERS = /[\u1100-\u115f][\u1160-\u11a7]+[\u11a8-\u11ff]*|.[\u3099\u309aﾞﾟ]*/gsu
// What is left of the script before: a word starts with a letter or digit.
const LEADING_MARKS = /^\p{M}+/u
const LETTERS_OR_DIGITS = /\p{N}+|\P{N}+/gu

const LONGEST = 40
// Beyond that it is a number of an article rather than words and amounts.
const MOST_PARTS = 4

/** The words of any text, in order, extras behind what they stand for. */
export function readWords(text: string): SearchWord[] {
  return [...text.matchAll(RUN)].flatMap((run) => {
    const [source] = run
    return PLAIN.test(source) ? [wordAt(foldWord(source), run.index, source.length)] : wordsOfRun(source, run.index)
  })
}

function wordsOfRun(run: string, start: number): SearchWord[] {
  const parts = [...run.matchAll(BETWEEN_HYPHENS)]
  const words = parts.flatMap((part) => wordsOfPart(part[0], start + part.index))
  if (parts.length === 1) return words
  const main = words.filter(({ extra }) => !extra)
  const join = main.map(({ raw }) => raw).join('')
  const isCompound = main.length > 1 && main.every(({ kind }) => kind === 'word') && /\P{N}/u.test(join)
  if (!isCompound || join.length > LONGEST) return words
  return [...words, { ...wordAt(join, start, run.length), extra: true }]
}

function wordsOfPart(part: string, start: number): SearchWord[] {
  return [...part.matchAll(SCRIPTS)].flatMap((found) => {
    const [source] = found
    const at = start + found.index
    if (found.groups?.grams) return gramsOf(source, at)
    if (!found.groups?.hangul) return wordsBetweenApostrophes(source, at)
    // Korean parts its words by spaces, but what belongs to a noun is written together with it.
    const words = wordsBetweenApostrophes(source, at)
    const grams = gramsOf(source, at).filter(({ raw }) => raw !== words[0]?.raw)
    return [...words, ...grams.map((gram) => ({ ...gram, extra: true }))]
  })
}

function wordsBetweenApostrophes(source: string, start: number): SearchWord[] {
  const pieces = [...source.matchAll(BETWEEN_APOSTROPHES)].map((piece) =>
    wordAt(foldWord(piece[0]).replace(LEADING_MARKS, ''), start + piece.index, piece[0].length),
  )
  const raw = pieces.map((piece) => piece.raw).join('')
  if (raw === '') return []
  const word = wordAt(raw, start, source.length)
  // The s of men's is no word, and men is what mens is already.
  const extras = pieces.length > 1 ? pieces.filter((piece) => piece.raw.length > 1 && piece.stem !== word.stem) : []
  return [word, ...[...extras, ...lettersAndDigits(word)].map((extra) => ({ ...extra, extra: true }))]
}

function lettersAndDigits({ raw, start, end }: SearchWord): SearchWord[] {
  const parts = [...raw.matchAll(LETTERS_OR_DIGITS)]
  if (parts.length === 1 || parts.length > MOST_PARTS) return []
  // Folding may have changed how long it is: then each part stands for the whole.
  const isSame = raw.length === end - start
  return parts.map((part) =>
    isSame ? wordAt(part[0], start + part.index, part[0].length) : wordAt(part[0], start, end - start),
  )
}

function gramsOf(source: string, start: number): SearchWord[] {
  const characters = [...source.matchAll(CHARACTERS)]
    .map((found) => ({
      text: foldWord(found[0]),
      start: start + found.index,
      end: start + found.index + found[0].length,
    }))
    .filter(({ text }) => text !== '')
  return characters.flatMap((first, index) => {
    const second = characters[index + 1]
    if (!second && index > 0) return []
    const raw = first.text + (second?.text ?? '')
    return [{ raw, stem: raw, start: first.start, end: (second ?? first).end, kind: 'gram' as const, extra: false }]
  })
}

function wordAt(folded: string, start: number, length: number): SearchWord {
  const raw = firstLetters(folded, LONGEST)
  return { raw, stem: stemOf(raw), start, end: start + length, kind: 'word', extra: false }
}

/** The first `count` code points: no pair of surrogates is torn. */
function firstLetters(text: string, count: number): string {
  return text.length <= count ? text : [...text.slice(0, 2 * count)].slice(0, count).join('')
}

const LONGEST_SKU = 100

/** A SKU or barcode as it is looked up: folded, letters and digits alone. `ABC-12/3` is `abc123`. Empty if it has none. */
export function skuKey(text: string): string {
  return firstLetters(foldWord(text), LONGEST_SKU)
}

const LONGEST_PREFIX = 10

/** What somebody has typed of a folded word: its first 1 to 10 letters. */
export function prefixesOf(raw: string): string[] {
  const letters = [...firstLetters(raw, LONGEST_PREFIX)]
  return letters.map((_, index) => letters.slice(0, index + 1).join(''))
}

// How long a word is with one and with two letters left out. A query may have two letters too many.
const LENGTHS = { term: { one: 3, two: 8, last: 14 }, query: { one: 4, two: 8, last: 16 } }
const LONGEST_SPELT = 24

/**
 * The term, and what it looks like with one letter left out, long ones with two. Two words that share a spelling are at
 * most two slips apart each: they are candidates for one another, whose distance is still to be counted.
 * @param role a term of the vocabulary, or a word of a query, of which only longer ones are taken for misspelt.
 */
export function spellingsOf(term: string, role: 'term' | 'query'): string[] {
  const { one, two, last } = LENGTHS[role]
  const letters = [...term]
  // A number of a model with another digit is another model.
  if (letters.length < one || letters.length > LONGEST_SPELT || /\p{N}/u.test(term)) return [term]
  const once = withOneLess([letters])
  const twice = letters.length >= two && letters.length <= last ? withOneLess(once) : []
  return [...new Set([letters, ...once, ...twice].map((each) => each.join('')))]
}

function withOneLess(words: readonly (readonly string[])[]): string[][] {
  const shorter = words.flatMap((word) => word.map((_, index) => word.toSpliced(index, 1)))
  return [...new Map(shorter.map((word) => [word.join(''), word])).values()]
}
