import { type SQL, sql } from 'drizzle-orm'
import { categories } from '../../platform/db/schema/categories.ts'
import { collections } from '../../platform/db/schema/collections.ts'
import { facetCounts, listedProducts, shelves } from '../../platform/db/schema/listings.ts'
import { translatedTitle } from '../translations/queries.ts'
import { candidates } from './few.ts'
import type { ListFilter, Part } from './filter.ts'
import { type Bounds, meets, priceJoin, type Reading } from './walk.ts'
import { literal } from './wanted.ts'

/** Products that are counted: those that meet some parts of a filter. */
export interface CountedSet {
  filter: ListFilter
  parts: readonly Part[]
  /** The parts that all of them meet, by their places. */
  places: readonly number[]
  now: Date
  bounds: Bounds
}

/** Values of a facet that are told, the commonest. Those of all options come together. */
const MOST = { value: 50, option: 500 } as const
// Drafts are among collections, and left out afterwards; prices have some buckets more.
const MOST_TOLD = sql.raw(`CASE kind WHEN 'option' THEN ${MOST.option} ELSE ${2 * MOST.value} END`)

/** The shelf, and its kind, of what can be bought now by the buyer. */
export const AVAILABLE = sql`'available:' || s.currency || ':' || s.market_id`

const WANTED = sql`(SELECT w.value ->> 1 FROM json_each(s.wanted) AS w)`

// Parameters that name shelves on which counts are kept.
const OPENED = ['collection', 'category', 'vendor']

/** The shelf that a set stands on by itself: its part's place, and the parameter that names it. */
function onlyShelf({ parts, places: [place, ...more] }: CountedSet) {
  const part = place === undefined || more.length > 0 ? undefined : parts[place]
  const [name, ...others] = part?.shelves ?? []
  return part && name && place !== undefined && others.length === 0
    ? { place, how: name[0], parameter: part.parameter }
    : null
}

/** The number of the shelf that a set stands on by itself, of all products; null where it stands on several, or on none. */
function numberOf(set: CountedSet): SQL | null {
  if (set.places.length === 0) return sql`s.everything`
  const only = onlyShelf(set)
  return only && sql`(SELECT w.value ->> 1 FROM json_each(s.wanted) AS w WHERE w.value ->> 0 = ${literal(only.place)})`
}

/** The number of the shelf on which the counts of a set are kept; null where they have to be counted. */
export function keptShelf(set: CountedSet): SQL | null {
  // What a search finds is counted as it is found.
  if (set.filter.text !== null) return null
  const only = onlyShelf(set)
  const isKept = only ? only.how !== 'own' && OPENED.includes(only.parameter) : set.places.length === 0
  return isKept ? numberOf(set) : null
}

/** How many products a set has, where that is kept although nothing else of it may be; null where it is counted. */
export function keptTotal(set: CountedSet): SQL | null {
  if (set.filter.text !== null) return null
  const how = onlyShelf(set)?.how
  const number = how === 'own' || how === 'price' ? null : numberOf(set)
  return (
    number && sql`coalesce((SELECT products FROM ${facetCounts} WHERE shelf = s.everything AND value = ${number}), 0)`
  )
}

/**
 * The counts of a shelf by kinds, as far as they are told: a JSON array of `CountedValue`.
 * @param shelf its number. @param kinds of shelves: of one the commonest values and those that the list asks for, of several
 *   whether something can be bought.
 */
export function keptCounts(shelf: SQL, kinds: readonly SQL[], ofOptions: boolean): SQL {
  const [kind] = kinds
  const counts = sql`SELECT value, products, kind FROM ${facetCounts} WHERE shelf = ${shelf}`
  const some =
    kind && kinds.length === 1
      ? sql`SELECT * FROM (${counts} AND kind = ${kind} ORDER BY products DESC, value
          LIMIT ${literal(ofOptions ? MOST.option : 2 * MOST.value)})
        UNION ${counts} AND value IN ${WANTED} AND kind = ${kind}`
      : sql`${counts} AND value IN (SELECT number FROM ${shelves} WHERE name IN ('sold_out', ${AVAILABLE}))`
  return told(sql`SELECT c.*, h.name FROM (${some}) AS c CROSS JOIN ${shelves} AS h ON h.number = c.value`)
}

/**
 * The counts of a set over its candidates, by kinds: a JSON array of `CountedValue`.
 * @param few of `matches`.
 */
export function countsOfFew(set: CountedSet, few: SQL, kinds: readonly SQL[]): SQL {
  const reading = readingOf(set)
  return told(sql`SELECT * FROM (SELECT c.value, c.products, h.kind, h.name, row_number() OVER
        (PARTITION BY h.kind ORDER BY c.value IN ${WANTED} DESC, c.products DESC, c.value) AS place
      FROM (SELECT v.value, count(*) AS products FROM (${candidates(few, set.bounds)}) AS c
          CROSS JOIN ${listedProducts} AS n ON n.number = c.product ${priceJoin(reading)}
          CROSS JOIN json_each(n.shelves) AS v WHERE ${meets(reading)} GROUP BY v.value) AS c
        CROSS JOIN ${shelves} AS h ON h.number = c.value WHERE h.kind IN (${sql.join([...kinds], sql`, `)}))
    WHERE place <= ${MOST_TOLD}`)
}

/** A set as a list is read, without what it leaves out. */
function readingOf({ filter, parts, places, now, bounds }: CountedSet): Reading {
  const has = (parameter: string) => places.some((place) => parts[place]?.parameter === parameter)
  const prices = has('price') ? {} : { priceMin: null, priceMax: null }
  const stock = has('in_stock') ? {} : { inStock: null }
  return { filter: { ...filter, ...prices, ...stock }, parts, places, position: null, now, bounds }
}

/** `(value, products, kind, name)` of shelves as a JSON array of `CountedValue`; drafts are left out. */
function told(values: SQL): SQL {
  const given = sql`(SELECT w.value ->> 2 FROM json_each(s.wanted) AS w WHERE w.value ->> 1 = x.value LIMIT 1)`
  const title = (of: string) =>
    sql`coalesce(${translatedTitle(sql.raw(`${of}.id`), sql`s.locale`)}, ${sql.raw(of)}.title)`
  return sql`(SELECT json_group_array(json_array(x.kind, x.name, x.products, ${given}, coalesce(o.handle, g.handle),
      CASE WHEN o.id IS NOT NULL THEN ${title('o')} WHEN g.id IS NOT NULL THEN ${title('g')} END))
    FROM (${values}) AS x
    LEFT JOIN ${collections} AS o ON o.id = CASE x.kind WHEN 'collection' THEN x.name END AND o.status = 'active'
    LEFT JOIN ${categories} AS g ON g.id = CASE x.kind WHEN 'category' THEN x.name WHEN 'own' THEN substr(x.name, 5) END
    WHERE x.kind <> 'collection' OR o.id IS NOT NULL)`
}
