import { type SQL, sql } from 'drizzle-orm'
import { facetCounts, shelves, staleListings } from '../../platform/db/schema/listings.ts'
import { categoryShelf } from '../categories/queries.ts'
import { collectionShelf } from '../collections/queries.ts'
import { shelfNumber } from '../listings/queries.ts'
import { buyerRow, type MarketWish } from '../markets/queries.ts'
import type { ListFilter, Part, ShelfName } from './filter.ts'

// A statement of a list is a chain of CTEs of one row each, and each is read once, by the next, as `s`. SQLite compiles a CTE
// anew wherever it is named, with all that it names itself: a few that name each other take longer to compile than to run.

/**
 * Expressions with an operator between them, halved and halved again: one after the other, each is a level deeper than the
 * one before it, and an expression has at most a hundred levels.
 */
export function inHalves(expressions: readonly SQL[], operator: SQL): SQL {
  const [first, ...others] = expressions
  if (!first) throw new Error('nothing to put together')
  if (others.length === 0) return first
  const half = Math.ceil(expressions.length / 2)
  const [one, other] = [expressions.slice(0, half), expressions.slice(half)]
  return sql`(${inHalves(one, operator)} ${operator} ${inHalves(other, operator)})`
}

/** A number as a piece of text: a statement takes a hundred values. */
export function literal(value: number): SQL {
  return sql.raw(String(value))
}

/** How the name of a shelf is made, `[part, how, first, second]` as `j`; only of the ways that are needed. */
const NAMES: Readonly<Record<ShelfName[0], (first: SQL, second: SQL) => SQL>> = {
  collection: (handle) => collectionShelf(handle),
  category: (handle) => categoryShelf(handle, false),
  own: (handle) => categoryShelf(handle, true),
  vendor: (vendor) => sql`'vendor:' || ${vendor}`,
  tag: (tag) => sql`'tag:' || ${tag}`,
  option: (name, value) => sql`'option:' || json_array(${name}, ${value})`,
  available: () => sql`'available:' || b.currency || ':' || b.market_id`,
  sold_out: () => sql`'sold_out'`,
  price: (bucket) => sql`'price:' || b.currency || ':' || b.market_id || ':' || ${bucket}`,
}

/** `(part, number, given)`: the shelves that parts name, by the part's place; a name of nothing has no row. Over the buyer `b`. */
function namedShelves(parts: readonly Part[]): SQL {
  const names = parts.flatMap(({ shelves: own }, part) => own.map((name) => [part, ...name] as const))
  if (names.length === 0) return sql`SELECT 0 AS part, 0 AS number, '' AS given WHERE false`
  const [first, second] = [sql`(j.value ->> 2)`, sql`(j.value ->> 3)`]
  const ways = [...new Set(names.map(([, how]) => how))]
  const cases = ways.map((how) => sql`WHEN ${sql.raw(`'${how}'`)} THEN ${NAMES[how](first, second)}`)
  return sql`SELECT j.value ->> 0 AS part, n.number, coalesce(${second}, ${first}) AS given
    FROM json_each(${JSON.stringify(names)}) AS j
    CROSS JOIN ${shelves} AS n ON n.name = CASE j.value ->> 1 ${sql.join(cases, sql` `)} END`
}

/**
 * The CTEs `buyer`, which cards read, and `request`: whom a list is for (`currency`, `market_id`, `locale`), the number of the
 * shelf of all (`everything`), and the shelves that its parts name as JSON, `[part, number, given]` each (`wanted`).
 */
export function requestCtes(wish: MarketWish, parts: readonly Part[]): SQL {
  return sql`buyer AS MATERIALIZED (${buyerRow(wish)}),
    request AS MATERIALIZED (SELECT b.currency, b.market_id, b.locale, ${shelfNumber(sql`'all'`)} AS everything,
      (SELECT json_group_array(json_array(part, number, given)) FROM (${namedShelves(parts)})) AS wanted FROM buyer AS b)`
}

/** Places of parts, those that `which` takes. */
export function placesOf(parts: readonly Part[], which: (part: Part) => boolean = () => true): number[] {
  return parts.flatMap((part, place) => (which(part) ? [place] : []))
}

const numbersOf = (place: number) => sql`FROM json_each(s.wanted) AS w WHERE w.value ->> 0 = ${literal(place)}`
const mark = (place: number) => sql.raw(`mark${place}`)
const terms = (place: number) => sql.raw(`terms${place}`)

/** Columns over `request`: of each part, how `standsOn` and `shelfExpression` know its shelves. */
export function partColumns(parts: readonly Part[]): SQL[] {
  return parts.flatMap(({ shelves: own }, place) => [
    own.length === 1
      ? sql`(SELECT ',' || (w.value ->> 1) || ',' ${numbersOf(place)}) AS ${mark(place)}`
      : sql`(SELECT json_group_array(',' || (w.value ->> 1) || ',') ${numbersOf(place)}) AS ${mark(place)}`,
    // A part whose shelves are all unknown is met by nobody.
    sql`coalesce((SELECT '(' || group_concat('"s:' || (w.value ->> 1) || '"', ' OR ') || ')' ${numbersOf(place)}), '"s:0"')
      AS ${terms(place)}`,
  ])
}

/** An expression of the search index: products on the shelves of these parts, as the index knows them. */
export function shelfExpression(places: readonly number[]): SQL {
  if (places.length === 0) return sql`'"s:' || s.everything || '"'`
  return inHalves(
    places.map((place) => sql`s.${terms(place)}`),
    sql`|| ' AND ' ||`,
  )
}

// The numbers of a JSON array, each between commas.
const VECTOR = sql`(',' || substr(n.shelves, 2, length(n.shelves) - 2) || ',')`

/** True where the listed product `n` stands on the shelves of these parts, by what it says of itself. */
export function standsOn(parts: readonly Part[], places: readonly number[]): SQL[] {
  return places.map((place) =>
    parts[place]?.parameter === 'in_stock'
      ? // What was sold or delivered a moment ago is looked at itself, whatever is derived of it so far.
        sql`(instr(${VECTOR}, s.${mark(place)}) > 0
          OR EXISTS (SELECT 1 FROM ${staleListings} AS w WHERE w.product_id = n.product_id))`
      : parts[place]?.shelves.length === 1
        ? sql`instr(${VECTOR}, s.${mark(place)}) > 0`
        : sql`EXISTS (SELECT 1 FROM json_each(s.${mark(place)}) AS w WHERE instr(${VECTOR}, w.value) > 0)`,
  )
}

const BIGGEST = literal(Number.MAX_SAFE_INTEGER)

/**
 * A column over `request`: the number of the shelf that a list walks, the one with the fewest products among those that the
 * filter names alone; that of all products where there is none.
 */
export function baseColumn({ sort }: ListFilter, parts: readonly Part[]): SQL {
  const alone = placesOf(
    parts,
    ({ walked, shelves: own, parameter }) =>
      walked && own.length === 1 && (sort !== 'manual' || parameter === 'collection'),
  )
  if (alone.length === 0) return sql`s.everything AS base`
  // With min() the other columns are those of its row: nothing is sorted.
  return sql`coalesce((SELECT number FROM (SELECT w.value ->> 1 AS number, min(coalesce(f.products, ${BIGGEST}))
    FROM json_each(s.wanted) AS w LEFT JOIN ${facetCounts} AS f ON f.shelf = s.everything AND f.value = w.value ->> 1
    WHERE w.value ->> 0 IN (${literals(alone)}))), s.everything) AS base`
}

/** Numbers for IN. */
function literals(values: readonly number[]): SQL {
  return sql.raw(values.join(', ') || 'NULL')
}
