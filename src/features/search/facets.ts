import { type SQL, sql } from 'drizzle-orm'
import { readQuery } from '../../domain/search-query.ts'
import { type Query, q } from '../../platform/db/client.ts'
import type { MarketWish } from '../markets/queries.ts'
import { type FACET_KINDS, OPTION_PREFIX } from './contract.ts'
import { AVAILABLE, type CountedSet, countsOfFew, keptCounts, keptShelf, keptTotal } from './counted-sets.ts'
import { isWhole, latecomers, matches } from './few.ts'
import { type ListFilter, type Part, partsOf } from './filter.ts'
import { pinned } from './rank.ts'
import { searchExpression, searchedCtes } from './text.ts'
import { BOUNDS } from './walk.ts'
import { partColumns, placesOf, requestCtes, shelfExpression } from './wanted.ts'

export type FacetKind = (typeof FACET_KINDS)[number]

/** What of a list is counted. */
export interface CountedFacet {
  kind: FacetKind
  /** The parameter that asks for one of its values; null of options that the list does not ask for. */
  parameter: string | null
  /** Whether a product may have any of its values, and the list names some: they are counted as if none was named. */
  apart: boolean
}

/**
 * One value of a facet: kind and name of its shelf, how many products it has, how the request spells it where it names it,
 * and what a collection or category is called.
 */
export type CountedValue = readonly [
  kind: string,
  shelf: string,
  products: number,
  given: string | number | null,
  handle: string | null,
  title: string | null,
]

/**
 * Counts of a list as D1 answers them. By the place of a facet: `values0`, a JSON array of `CountedValue`, and `atLeast0`,
 * 1 where they are those of the first products alone. Facets without are in `values`, all of them together.
 */
export type FacetsRow = Record<string, number | string | null> & {
  values: string | null
  atLeast: number
  /** Null where it is the count of the shelf of all, in `values`. */
  total: number | null
}

/** A facet whose values are named is counted over products of its own. So many are; others share those of the list. */
const MOST_SETS = 6

/**
 * What a list can be narrowed down by. Of tags a product must have all: one more is counted among those that have the
 * others. Everything else it may have any of.
 */
export function countedFacets(filter: ListFilter, parts: readonly Part[]): CountedFacet[] {
  const named = new Set(parts.map(({ parameter }) => parameter))
  const facet = (kind: FacetKind, parameter: string): CountedFacet => ({ kind, parameter, apart: named.has(parameter) })
  const facets: CountedFacet[] = [
    facet('collection', 'collection'),
    facet('category', 'category'),
    facet('vendor', 'vendor'),
    { kind: 'tag', parameter: 'tag', apart: false },
    ...filter.options.map(([name]) => facet('option', OPTION_PREFIX + name)),
    { kind: 'option', parameter: null, apart: false },
    facet('availability', 'in_stock'),
    facet('price', 'price'),
  ]
  const apart = facets.filter((each) => each.apart)
  return facets.map((each) => ({ ...each, apart: each.apart && apart.indexOf(each) < MOST_SETS }))
}

/** The kinds of shelves that a facet counts. */
function kindsOf({ kind }: CountedFacet, { descendants }: ListFilter): SQL[] {
  switch (kind) {
    case 'category':
      return [descendants ? sql`'category'` : sql`'own'`]
    case 'availability':
      return [sql`'available'`, AVAILABLE]
    case 'price':
      return [sql`'price:' || s.currency || ':' || s.market_id`]
    default:
      return [sql.raw(`'${kind}'`)]
  }
}

/** How many products a list has, and how many of them have what, in one row. */
export function countFacets(wish: MarketWish, filter: ListFilter, now: Date, limits = BOUNDS): Query<FacetsRow[]> {
  const bounds = { ...limits, few: limits.counted }
  const parts = partsOf(filter)
  const whole: CountedSet = { filter, parts, places: placesOf(parts), now, bounds }
  const facets = countedFacets(filter, parts).map((facet, index) => {
    const places = placesOf(parts, ({ parameter }) => !facet.apart || parameter !== facet.parameter)
    const set = { ...whole, places }
    // Of categories without those below them nothing is kept.
    const kept = facet.kind === 'category' && !filter.descendants ? null : keptShelf(set)
    return { facet, set, kept, index: sql.raw(String(index)), kinds: kindsOf(facet, filter) }
  })
  const apart = facets.filter(({ facet, kept }) => facet.apart && !kept)
  const together = facets.filter(({ facet, kept }) => !facet.apart && !kept)
  const { text } = filter
  const query = text === null ? null : readQuery(text)
  const expressionOf = (places: readonly number[]) =>
    query ? searchExpression(query, places) : shelfExpression(places)
  const matched = [
    ...apart.map(({ set, index }) => sql`${matches(expressionOf(set.places), bounds)} AS few${index}`),
    ...(together.length > 0 ? [sql`${matches(expressionOf(whole.places), bounds)} AS few`] : []),
  ]
  const columns = [
    ...facets.flatMap(({ facet, kept, kinds, index }) =>
      kept ? [sql`${keptCounts(kept, kinds, facet.kind === 'option')} AS values${index}, 0 AS atLeast${index}`] : [],
    ),
    ...apart.map(({ set, kinds, index }) => {
      const few = sql`s.few${index}`
      return sql`${countsOfFew(set, few, kinds)} AS values${index}, NOT ${isWhole(few, bounds)} AS atLeast${index}`
    }),
    ...(together.length > 0
      ? [
          sql`${countsOfFew(whole, sql`s.few`, [sql`'all'`, ...together.flatMap(({ kinds }) => kinds)])} AS "values",
            NOT ${isWhole(sql`s.few`, bounds)} AS atLeast`,
        ]
      : [sql`NULL AS "values", 0 AS atLeast`]),
  ]
  return q.all<FacetsRow>(sql`WITH ${requestCtes(wish, parts)},
    named AS MATERIALIZED (SELECT ${sql.join([sql`s.*`, ...partColumns(parts)], sql`, `)},
      ${query ? pinned(query) : latecomers(bounds)} AS late FROM request AS s),
    ${query ? sql`${searchedCtes(query, whole.places)},` : sql``}
    matched AS MATERIALIZED (SELECT ${sql.join([sql`s.*`, ...matched], sql`, `)}
      FROM ${query ? sql`searched` : sql`named`} AS s)
    SELECT ${keptTotal(whole) ?? sql`NULL`} AS total, ${sql.join(columns, sql`, `)} FROM matched AS s`)
}
