import { highlight, type SoughtWords, snippet } from '../../domain/highlight.ts'
import { toPlainText } from '../../domain/plain-text.ts'
import { correctQuery, type SearchQuery } from '../../domain/search-query.ts'
import type { ListedCardRow, ListPage } from './pages.ts'

/** What misspelt words of the query were taken for; null where none was. */
export function correctedQuery(query: SearchQuery, { rows, fixes }: ListPage): string | null {
  return correctQuery(
    query,
    JSON.parse(fixes ?? '[]'),
    rows.flatMap(({ title, vendor, tags }) => [title, vendor, ...(JSON.parse(tags) as string[])]),
  )
}

/** The words by which a page was found: those of the query, what they were taken for, and their synonyms. */
export function soughtWords({ words }: SearchQuery, page: ListPage): SoughtWords {
  const others = JSON.parse(page.others ?? '[]') as [number, string][]
  return {
    stems: new Set([...words.flatMap(({ stem, parts }) => [stem, ...parts]), ...others.map(([, stem]) => stem)]),
    prefixes: words.flatMap(({ prefix }) => prefix ?? []),
  }
}

/** Where the sought words stand in what a card's product says, as HTML. */
export function toHighlights({ title, description }: ListedCardRow, sought: SoughtWords) {
  return {
    title: highlight(title, sought),
    snippet: description === null ? null : snippet(toPlainText(description).replace(/\s+/g, ' '), sought),
  }
}
