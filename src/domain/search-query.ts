import { stemOf } from './search-fold.ts'
import { prefixesOf, readWords, type SearchWord, skuKey, spellingsOf } from './search-words.ts'

/** A word of what somebody has typed. */
export interface QueryWord {
  /** As it was typed, but folded. */
  raw: string
  /** As the index has it. */
  stem: string
  /** What the words begin with that it may become: of the last word, which may not be finished, and of a single character. */
  prefix: string | null
  /** How many letters may be wrong. */
  edits: 0 | 1 | 2
  /** What it looks like with as many letters left out, and how long it is with them; empty where none may be wrong. */
  spellings: readonly (readonly [spelling: string, length: number])[]
  /** Two words that it would be with a space in it. */
  splits: readonly (readonly [string, string])[]
  /** Stems that say the same together: iphone and 15. */
  parts: readonly string[]
  /** Whether it says little beside the others (for, mit, avec): it is found by them. */
  optional: boolean
  /** Where it stands in the query, in UTF-16 units. */
  start: number
  end: number
}

/** Neighbouring words, for what is known of them together. */
export interface QuerySpan {
  /** Places in `words`. */
  first: number
  last: number
  /** Their stems, parted by spaces. */
  phrase: string
  /** The stem of the word that two of them would be without the space; null where they are not two, or no letters. */
  joined: string | null
}

/** What somebody has typed, ready to be looked up. */
export interface SearchQuery {
  text: string
  words: readonly QueryWord[]
  spans: readonly QuerySpan[]
  /** All stems, parted by spaces. */
  phrase: string
  /** The whole as a SKU or barcode, and as a title that is spaced otherwise. */
  whole: string
}

/** The longest query that is taken, in UTF-16 units. */
export const MAX_QUERY = 200

// What is beyond it narrows a search no further.
const MOST_WORDS = 8
const MOST_GRAMS = 24
/** The most neighbouring words that are looked up together: a synonym has no longer phrase. */
export const LONGEST_SPAN = 4
const SHORTEST_PART = 3

// Folded. No word of these is also the name of goods: für is left out, because it is fur.
const LITTLE_WORDS = new Set(
  [
    'for with and the of in',
    'mit und der die das',
    'pour avec et le la les de du des',
    'para con y el los las',
    'per il di',
    'voor met het',
  ]
    .join(' ')
    .split(' '),
)

/** Reads any text. No words (signs, emoji) are no query: it finds nothing. */
export function readQuery(text: string): SearchQuery {
  const all = readWords(text)
  const words = cut(all.filter(({ extra }) => !extra))
  const little = words.map(({ raw }, index) => index < words.length - 1 && LITTLE_WORDS.has(raw))
  const queried = words.map((word, index) =>
    toQueryWord(word, all, { isLast: index === words.length - 1, optional: little[index] === true }),
  )
  return {
    text,
    words: queried,
    spans: spansOf(words),
    phrase: words.map(({ stem }) => stem).join(' '),
    whole: skuKey(text),
  }
}

function cut(words: readonly SearchWord[]): SearchWord[] {
  let spaced = 0
  return words.slice(0, MOST_GRAMS).filter(({ kind }) => {
    if (kind === 'word') spaced += 1
    return kind === 'gram' || spaced <= MOST_WORDS
  })
}

function toQueryWord(
  word: SearchWord,
  all: readonly SearchWord[],
  { isLast, optional }: { isLast: boolean; optional: boolean },
): QueryWord {
  const { raw, stem, kind, start, end } = word
  const isWord = kind === 'word' && !optional && !/\p{N}/u.test(raw)
  const length = [...stem].length
  const edits = !isWord || length < 4 ? 0 : length < 8 ? 1 : 2
  return {
    raw,
    stem,
    prefix: (kind === 'word' ? isLast : [...raw].length === 1) ? (prefixesOf(raw).at(-1) ?? null) : null,
    edits,
    spellings: edits === 0 ? [] : misspellingsOf(raw, stem),
    splits: isWord ? splitsOf(raw) : [],
    parts: all.filter((other) => isPart(other, word)).map((part) => part.stem),
    optional,
    start,
    end,
  }
}

/** A misspelt word may not be the plural that it looks like: what is left of it is looked up in each way. */
function misspellingsOf(raw: string, stem: string): [string, number][] {
  const words = new Set([stem, raw, raw.replace(/s$/, '')])
  return [...words].flatMap((word) =>
    spellingsOf(word, 'query').map((spelling): [string, number] => [spelling, [...word].length]),
  )
}

/** Another word for a part of this one. One that spans several words is a joined span. */
function isPart(other: SearchWord, word: SearchWord): boolean {
  const isWithin = other.start >= word.start && other.end <= word.end
  return other.extra && isWithin && other.kind === 'word' && other.raw !== word.raw
}

function splitsOf(raw: string): [string, string][] {
  const most = Math.max(0, raw.length - 2 * SHORTEST_PART + 1)
  return Array.from({ length: most }, (_, index): [string, string] => {
    const at = index + SHORTEST_PART
    return [stemOf(raw.slice(0, at)), stemOf(raw.slice(at))]
  })
}

function spansOf(words: readonly SearchWord[]): QuerySpan[] {
  return words.flatMap((_, first) =>
    Array.from({ length: Math.min(LONGEST_SPAN, words.length - first) }, (_, more): QuerySpan => {
      const spanned = words.slice(first, first + more + 1)
      const isPair = more === 1 && spanned.every(({ kind }) => kind === 'word')
      return {
        first,
        last: first + more,
        phrase: spanned.map(({ stem }) => stem).join(' '),
        joined: isPair ? `${spanned[0]?.raw}${spanned[1]?.stem}` : null,
      }
    }),
  )
}

/**
 * The query as it was meant, where words of it were taken for others; null where none was.
 * @param fixes `[place in words, stem]`. @param texts of what was found: the index has stems, and people read words.
 */
export function correctQuery(
  { text, words }: SearchQuery,
  fixes: readonly (readonly [number, string])[],
  texts: readonly string[],
): string | null {
  if (fixes.length === 0) return null
  const shown = new Map<string, string>()
  for (const found of texts)
    for (const { stem, start, end } of readWords(found))
      if (!shown.has(stem)) shown.set(stem, found.slice(start, end).toLowerCase())
  const fixed = [...fixes].sort(([left], [right]) => right - left)
  return fixed.reduce((meant, [place, stem]) => {
    const word = words[place]
    return word ? `${meant.slice(0, word.start)}${shown.get(stem) ?? stem}${meant.slice(word.end)}` : meant
  }, text)
}
