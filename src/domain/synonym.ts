import { checkPhrase, stemsOf, toPhrase } from './search-phrase.ts'

/** `equivalent`: every phrase stands for all others. `one_way`: a search for `input` finds the words too, not the reverse. */
export const SYNONYM_KINDS = ['equivalent', 'one_way'] as const
export type SynonymKind = (typeof SYNONYM_KINDS)[number]

/** The most phrases of one synonym. */
export const MAX_SYNONYM_WORDS = 20
/** The most alternatives that a phrase has by all synonyms together: a search asks for each. */
export const MAX_ALTERNATIVES = 50
/** The most synonyms a shop has. */
export const MAX_SYNONYMS = 2000

/** A synonym as staff wrote it. `input` is null where it is equivalent. */
export interface Synonym {
  kind: SynonymKind
  input: string | null
  words: readonly string[]
}

/** That a search with `phrase` among its words also finds what has all stems of `alternative`. */
export interface Alternative {
  phrase: string
  alternative: string[]
}

/** What is wrong with a synonym, each with a pointer into its JSON. Phrases differ if the search can tell them apart. */
export function checkSynonym({ kind, input, words }: Synonym): { pointer: string; detail: string }[] {
  const faults: { pointer: string; detail: string }[] = []
  if (kind === 'one_way' && input === null) faults.push({ pointer: '/input', detail: 'is what one_way starts from' })
  if (kind === 'equivalent' && input !== null) faults.push({ pointer: '/input', detail: 'goes with one_way alone' })
  if (kind === 'equivalent' && words.length < 2) faults.push({ pointer: '/words', detail: 'must be at least two' })
  const seen = new Map<string, string>()
  const phrases = words.map((text, index) => ({ pointer: `/words/${index}`, text }))
  for (const { pointer, text } of [...(input === null ? [] : [{ pointer: '/input', text: input }]), ...phrases]) {
    const stems = stemsOf(text)
    const phrase = toPhrase(stems)
    const same = seen.get(phrase)
    const fault = checkPhrase(stems) ?? (same ? `is the same as ${same} to the search` : null)
    if (fault !== null) faults.push({ pointer, detail: fault })
    else seen.set(phrase, pointer)
  }
  return faults
}

/** What searches read of a synonym that `checkSynonym` finds nothing wrong with. */
export function listAlternatives({ kind, input, words }: Synonym): Alternative[] {
  const all = words.map(stemsOf)
  if (kind === 'one_way') {
    const phrase = toPhrase(stemsOf(input ?? ''))
    return all.map((alternative) => ({ phrase, alternative }))
  }
  return all.flatMap((stems) =>
    all.filter((other) => other !== stems).map((alternative) => ({ phrase: toPhrase(stems), alternative })),
  )
}
