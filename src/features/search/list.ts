import { type SQL, sql } from 'drizzle-orm'
import { readQuery, type SearchQuery } from '../../domain/search-query.ts'
import { type Query, q } from '../../platform/db/client.ts'
import type { Position } from '../../platform/db/page.ts'
import { listedProducts } from '../../platform/db/schema/listings.ts'
import { nextChange } from '../listings/queries.ts'
import type { MarketWish } from '../markets/queries.ts'
import { translatedText } from '../translations/queries.ts'
import { type CardRow, cardColumns, cardJoins } from './cards.ts'
import { isWhole, latecomers, matches, sorted } from './few.ts'
import { type ListFilter, type Part, partsOf } from './filter.ts'
import { knownOptions, unknownOptions } from './option-names.ts'
import type { BuyerRow } from './queries.ts'
import { candidatesFor, pinned } from './rank.ts'
import { heldCte, rankedProducts, searchExpression, searchedCtes } from './text.ts'
import { asJson, BOUNDS, type Bounds, entries, type Reading, walked } from './walk.ts'
import { baseColumn, literal, partColumns, placesOf, requestCtes, shelfExpression } from './wanted.ts'

/** A card of a list, with whom the list was read for in every row. Without products there is one row without a card. */
export interface ListedRow extends Omit<CardRow, 'id'>, BuyerRow {
  id: string | null
  /** What the list sorts by. */
  value: number | string
  /** JSON: the position up to which a page looked without finding all that it may show; null where it found that. */
  further: string | null
  /** JSON: options that the filter names and no product has; and some names of those that there are, or null. */
  unknownOptions: string
  knownOptions: string | null
  /** JSON, of a search: `others` and `fixes` of `matchCtes`; null where it finds nothing. */
  others: string | null
  fixes: string | null
  /** Of a search that asks for it: the beginning of the description in the buyer's locale, HTML. */
  description: string | null
}

// As much of a description as snippets are cut from: a page of 100 would be megabytes else.
const LONGEST_DESCRIPTION = 4000

/**
 * Published products as list cards, `limit` of them after `position`, in one statement that reads no more of a large catalog
 * than of a small one.
 *
 * One shelf by itself is walked in the order of an index. With further filters a few entries of the narrowest shelf are
 * looked at. If that does not fill the page, the search index is asked which products stand on all shelves: where they are
 * few, they are checked and put in order; else the shelf is walked further, up to a bound, and the page may be short.
 * @param limit one more than the page shows.
 * @param described whether a search has the descriptions that snippets are cut from.
 */
export function listCards(
  wish: MarketWish,
  filter: ListFilter,
  position: Position | null,
  { limit, now, bounds = BOUNDS, described = true }: { limit: number; now: Date; bounds?: Bounds; described?: boolean },
): Query<ListedRow[]> {
  const parts = partsOf(filter)
  const reading = { filter, parts, places: placesOf(parts), position, now, bounds }
  const translated = translatedText(sql`n.product_id`, 'descriptionHtml', sql`s.locale`)
  const description =
    described && filter.text !== null
      ? sql`substr(coalesce(${translated}, p.description_html), 1, ${LONGEST_DESCRIPTION})`
      : sql`NULL`
  const options = filter.options.map(([name]) => name)
  return q.all<ListedRow>(sql`WITH ${requestCtes(wish, parts)}, ${pageCtes(reading, limit)}
    SELECT s.currency, s.market_id AS marketId, s.locale, ${nextChange(sql`s.base`, now)} AS nextChange,
      s.further, s.others, s.fixes,
      ${unknownOptions(options)} AS unknownOptions, ${knownOptions(options)} AS knownOptions,
      ${cardColumns}, k.value ->> 1 AS value, ${description} AS description
    -- In the order of the page, which is that of the list.
    FROM page AS s LEFT JOIN json_each(s.products) AS k ON true
      LEFT JOIN ${listedProducts} AS n ON n.number = k.value ->> 0 ${cardJoins(now)}`)
}

/** CTEs up to `page`: `products`, a JSON array of `[product, value]`, and how far it looked; of a search what was found. */
function pageCtes(reading: Reading, limit: number): SQL {
  const { filter, parts } = reading
  if (filter.text === null) return isOneShelf(parts) ? alongShelf(reading, limit) : fewOrWalk(reading, limit)
  const query = readQuery(filter.text)
  return filter.sort === 'relevance' ? byRelevance(reading, query, limit) : amongMatches(reading, query, limit)
}

function isOneShelf(parts: readonly Part[]): boolean {
  return parts.length <= 1 && parts.every(({ walked: isWalked, shelves }) => isWalked && shelves.length === 1)
}

// The columns that go on from one CTE of the chain to the next.
const KEPT = sql.raw('s.currency, s.market_id, s.locale, s.everything, s.base')

function alongShelf(reading: Reading, limit: number): SQL {
  const { parts, bounds } = reading
  // A shelf that does not exist has nothing; the base would be that of all products.
  const base = parts.length === 0 ? sql`s.everything` : sql`(SELECT w.value ->> 1 FROM json_each(s.wanted) AS w)`
  // Who is listed on the shelf stands on it.
  const found = walked({ ...reading, places: [] }, bounds.walked, limit)
  return sql`one AS MATERIALIZED (SELECT s.currency, s.market_id, s.locale, s.everything, ${base} AS base FROM request AS s),
    looked AS MATERIALIZED (SELECT ${KEPT}, ${found} AS products FROM one AS s),
    page AS MATERIALIZED (SELECT ${KEPT}, s.products,
      CASE WHEN json_array_length(s.products) < ${limit} THEN ${lastLookedAt(reading)} END AS further,
      NULL AS others, NULL AS fixes FROM looked AS s)`
}

function fewOrWalk(reading: Reading, limit: number): SQL {
  const { parts, places, filter, bounds } = reading
  const few = sql`s.few`
  const more = entries(reading, sql`LIMIT 1 OFFSET ${bounds.probed}`)
  return sql`${namedCte(filter, parts)},
    probed AS MATERIALIZED (SELECT s.*, ${walked(reading, bounds.probed, limit)} AS probe FROM named AS s),
    told AS MATERIALIZED (SELECT s.*, json_array_length(s.probe) < ${limit} AND EXISTS (${more}) AS undecided FROM probed AS s),
    indexed AS MATERIALIZED (SELECT s.*, CASE WHEN s.undecided THEN ${matches(shelfExpression(places), bounds)} END AS few,
      CASE WHEN s.undecided THEN ${latecomers(bounds)} END AS late FROM told AS s),
    decided AS MATERIALIZED (SELECT s.*, s.undecided AND NOT ${isWhole(few, bounds)} AS many FROM indexed AS s),
    page AS MATERIALIZED (SELECT ${KEPT}, CASE WHEN NOT s.undecided THEN s.probe
        WHEN s.many THEN ${walked(reading, bounds.walked, limit)} ELSE ${sorted(reading, few, limit)} END AS products,
      CASE WHEN s.many THEN ${lastLookedAt(reading)} END AS further, NULL AS others, NULL AS fixes FROM decided AS s)`
}

/** The CTE `named`: the request with the shelf that is walked, and what `standsOn` and `shelfExpression` know of its parts. */
function namedCte(filter: ListFilter, parts: readonly Part[]): SQL {
  const columns = [baseColumn(filter, parts), ...partColumns(parts)]
  return sql`named AS MATERIALIZED (SELECT s.currency, s.market_id, s.locale, s.everything, ${sql.join(columns, sql`, `)}
    FROM request AS s)`
}

/** What a search finds, the best first: some hundreds of products. */
function byRelevance(reading: Reading, query: SearchQuery, limit: number): SQL {
  const { filter, parts, places, position } = reading
  const after = position ? sql`WHERE (score, product) < (${position[0]}, ${position[1]})` : sql``
  const candidates = candidatesFor(query, limit, position && Number(position[2]))
  const best = asJson(
    sql`SELECT product, score AS value FROM (${rankedProducts(query, reading, candidates)}) ${after}
      ORDER BY score DESC, product DESC LIMIT ${limit}`,
  )
  return sql`${namedCte(filter, parts)}, ${searchedCtes(query, places)}, ${heldCte(places, candidates)},
    page AS MATERIALIZED (SELECT ${KEPT}, ${best} AS products, NULL AS further, s.others, s.fixes FROM held AS s)`
}

/** What a search finds, put in another order: of more than are few, those that sell best. What is not indexed is not found. */
function amongMatches(reading: Reading, query: SearchQuery, limit: number): SQL {
  const { filter, parts, places, bounds } = reading
  const looked = { ...reading, bounds: { ...bounds, few: bounds.sorted } }
  return sql`${namedCte(filter, parts)}, ${searchedCtes(query, places)},
    indexed AS MATERIALIZED (SELECT s.*, ${matches(searchExpression(query, places), looked.bounds)} AS few,
      ${pinned(query)} AS late FROM searched AS s),
    page AS MATERIALIZED (SELECT ${KEPT}, ${sorted(looked, sql`s.few`, limit)} AS products, NULL AS further, s.others, s.fixes
      FROM indexed AS s)`
}

function lastLookedAt(reading: Reading): SQL {
  const last = entries(reading, sql`LIMIT 1 OFFSET ${literal(reading.bounds.walked - 1)}`)
  return sql`(SELECT json_array(value, product) FROM (${last}))`
}
