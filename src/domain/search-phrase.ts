import { LONGEST_SPAN, readQuery } from './search-query.ts'
import { readWords } from './search-words.ts'

/** The words of a text as they are searched for. One that can be written in several ways counts as it is written. */
export function stemsOf(text: string): string[] {
  return readWords(text).flatMap(({ stem, extra }) => (extra ? [] : [stem]))
}

/** Stems as the tables of synonyms and pins have them: `phrase` of a query, or of a span of it. */
export function toPhrase(stems: readonly string[]): string {
  return stems.join(' ')
}

const NO_WORD = 'has no word that can be searched for'

/** What is wrong with a phrase of a synonym; null where a search looks it up. */
export function checkPhrase(stems: readonly string[]): string | null {
  if (stems.length === 0) return NO_WORD
  return stems.length > LONGEST_SPAN ? `must have at most ${LONGEST_SPAN} words` : null
}

/** What is wrong with a search that products are pinned to; null where somebody can make it. */
export function checkPinned(query: string): string | null {
  const { words } = readQuery(query)
  if (words.length === 0) return NO_WORD
  return words.length < stemsOf(query).length ? 'has more words than a search looks at' : null
}
