import { type SQL, sql } from 'drizzle-orm'
import type { SearchQuery } from '../../domain/search-query.ts'
import { matchCtes, within } from './match.ts'
import { anywhere, type Candidates, exactly, ranked, titled } from './rank.ts'
import { meets, priceJoin, type Reading } from './walk.ts'
import { shelfExpression } from './wanted.ts'

/** What matches must meet besides what is searched for, over `s`: an expression of the index, or null. */
const filterOf = (places: readonly number[]) => (places.length === 0 ? null : shelfExpression(places))

/**
 * The CTEs up to `searched`, over `named` (the request with the parts of its filter): one row of it with `expression`, `others`
 * and `fixes` of `matchCtes`, which are null where nothing can be found.
 */
export function searchedCtes(query: SearchQuery, places: readonly number[]): SQL {
  const filter = places.length === 0 ? null : sql`(SELECT ${shelfExpression(places)} FROM named AS s)`
  return sql`${matchCtes(query, filter)},
    searched AS MATERIALIZED (SELECT s.*, c.expression, c.others, c.fixes FROM named AS s LEFT JOIN chosen AS c ON true)`
}

/** The CTE `held`: `searched` with what `rankedProducts` needs. */
export function heldCte(places: readonly number[], of: Candidates): SQL {
  const filter = filterOf(places)
  return sql`with_titles AS MATERIALIZED (SELECT s.*, ${titled(filter, of)} FROM searched AS s),
    held AS MATERIALIZED (SELECT s.*, ${anywhere(filter, of)} FROM with_titles AS s)`
}

/** `(product, score)` of what a search finds, over `held` as `s`. */
export function rankedProducts(query: SearchQuery, reading: Reading, candidates: Candidates): SQL {
  return ranked(query, {
    filter: filterOf(reading.places),
    joins: priceJoin(reading),
    condition: meets(reading),
    ...candidates,
  })
}

/**
 * An expression of the search index for what is searched for, over `searched` as `s`, on the shelves of these parts: the words
 * anywhere, or the whole query as a SKU, barcode or title, which stands first where best is first.
 */
export function searchExpression({ whole }: SearchQuery, places: readonly number[]): SQL {
  const words = within('w', sql`s.expression`, null)
  const found = whole === '' ? words : sql`'(' || ${words} || ${`) OR ${exactly(whole)}`}`
  const filter = filterOf(places)
  return filter ? sql`'(' || ${found} || ') AND ' || ${filter}` : found
}
