import { type SQL, sql } from 'drizzle-orm'
import type { QueryWord, SearchQuery } from '../../domain/search-query.ts'
import { listedProducts, shelves } from '../../platform/db/schema/listings.ts'
import { searchDocuments, searchIndex } from '../../platform/db/schema/search-index.ts'
import { searchPinnedProducts } from '../../platform/db/schema/search-settings.ts'
import { productAt } from './few.ts'
import { type TermKind, within } from './match.ts'

// How many candidates are ranked of those that have the words in their title, in their name, anywhere: what has them in
// its title comes before what has them elsewhere, however well that sells. The more words there are, the better is what has
// all of them, and the longer it takes to find.
const FEWEST = 30
const MOST = 80
const LESS_A_WORD = 20
const EXACT = 20

// Whoever turns pages may see more: of these few pages each is worth its time.
const BEHIND_THE_FIRST = 300

/** How many candidates of each kind are ranked. */
export interface Candidates {
  /** For the first page: they stand before all others on every page, so that none is repeated and none left out. */
  first: number
  /** For the page that is asked for. */
  most: number
}

// More than any page has: a made-up cursor asks for no more.
const MOST_OF_A_FIRST_PAGE = 101

/**
 * @param limit products of the page. @param before how many `first` there were for the page that this one goes on from,
 * whatever its limit was; null for the first page.
 */
export function candidatesFor({ words }: SearchQuery, limit: number, before: number | null): Candidates {
  if (before === null) {
    const first = Math.max(FEWEST, MOST - LESS_A_WORD * words.length, limit)
    return { first, most: first }
  }
  return { first: Math.min(Math.max(before, FEWEST), MOST_OF_A_FIRST_PAGE), most: BEHIND_THE_FIRST }
}

/** Rowids of the first candidates of a kind: a JSON array. */
function candidates(kind: TermKind, filter: SQL | null, most: number): SQL {
  return sql`(SELECT json_group_array(rowid) FROM (SELECT rowid FROM ${searchIndex}
    WHERE search_index MATCH ${within(kind, sql`s.expression`, filter)} LIMIT ${most}))`
}

/** A column over `s`, which has `expression` of `matchCtes`: those that have the words in their title. */
export function titled(filter: SQL | null, { most }: Candidates): SQL {
  return sql`${candidates('t', filter, most)} AS titled`
}

const isEnough = (first: number) => sql`json_array_length(s.titled) >= ${first}`

/** A column over `s`, which has `titled`: those that have the words anywhere; null where the page has enough without them. */
export function anywhere(filter: SQL | null, { first, most }: Candidates): SQL {
  const all = candidates('w', filter, most)
  return most > first ? sql`${all} AS anywhere` : sql`CASE WHEN NOT ${isEnough(first)} THEN ${all} END AS anywhere`
}

/** An expression of the index: what has this SKU or barcode, or this title but for spaces. */
export const exactly = (whole: string) => `("k:${whole}" OR "x:${whole}")`

/**
 * Listed products that staff have pinned to a search, whose words they need not have: a JSON array of numbers. They are
 * candidates of every order, and are counted.
 */
export function pinned({ phrase }: SearchQuery): SQL {
  return sql`(SELECT json_group_array(n.number) FROM ${searchPinnedProducts} AS i
    CROSS JOIN ${listedProducts} AS n ON n.product_id = i.product_id WHERE i.phrase = ${phrase})`
}

/** What a candidate is worth, from its words, what it is and how it sells. */
const WORTH = {
  /** The query is a SKU or barcode of it, or its title but for spaces. */
  exact: 200,
  /** Each word, by where it stands. `other` is a word that was taken for the one that was typed, or a synonym of it. */
  title: 100,
  titleBegins: 80,
  titleOther: 85,
  name: 50,
  nameBegins: 40,
  nameOther: 42,
  text: 0,
  /** All words in their order: they are a title, begin one, stand in one. */
  isTitle: 60,
  beginsTitle: 25,
  inTitle: 20,
  /** Each further word of the title, of so many: a mug is more of a mug than a shelf for a mug. */
  titleWord: -2,
  mostTitleWords: 15,
  /** Each doubling of the pieces sold. */
  sold: 3,
  soldOut: -30,
} as const

const PINNED = 1_000_000
// More than anything else is worth together.
const NOT_OF_THE_FIRST = -10_000

/**
 * `(product, score)` of at most some hundreds of products that a search finds, numbers of `listed_products`; those that staff
 * have pinned to it stand first. However many match, so many are looked at and no more: the best selling, then the newest
 * of each kind. Over `s`, which has `expression` and `others` of `matchCtes`, `titled` and `anywhere`.
 * @param filter an expression of the index over `s` that all must meet, or null. @param joins with `n`, the listed product.
 * @param condition on both. @param first and `most`: the same as for those two.
 */
export function ranked(
  query: SearchQuery,
  { filter, joins, condition, first, most }: { filter: SQL | null; joins: SQL; condition: SQL } & Candidates,
): SQL {
  const { whole, phrase, words } = query
  const exact = whole === '' ? sql`'"none"'` : sql`${exactly(whole)}${filter ? sql` || ' AND ' || ${filter}` : sql``}`
  // Fewer anywhere than were asked for are all there are: those with the words in their names are among them.
  const named = sql`CASE WHEN coalesce(json_array_length(s.anywhere), 0) < ${first} THEN '[]' ELSE ${candidates('n', filter, most)} END`
  // Where there are enough titles for the first page, it has nothing else.
  const later = sql`${isEnough(first)} OR x.key >= ${first}`
  const meets = filter
    ? sql`AND EXISTS (SELECT 1 FROM ${searchIndex} WHERE search_index MATCH ${filter} AND rowid = d.entry)`
    : sql``
  return sql`SELECT n.number AS product, CAST(coalesce(${PINNED} - f.pin, ${WORTH.exact} * f.is_exact
      + ${worthOfWords(words)}
      + CASE WHEN instr(d.title, ${`| ${phrase} |`}) THEN ${WORTH.isTitle}
        WHEN instr(d.title, ${`| ${phrase} `}) THEN ${WORTH.beginsTitle}
        WHEN instr(d.title, ${` ${phrase} `}) THEN ${WORTH.inTitle} ELSE 0 END
      + ${WORTH.titleWord} * min(d.title_words, ${WORTH.mostTitleWords})
      + ${WORTH.sold} * (31 - (d.entry >> 32))
      + CASE WHEN instr(',' || substr(n.shelves, 2, length(n.shelves) - 2) || ',',
          ',' || (SELECT number FROM ${shelves} WHERE name = 'sold_out') || ',') THEN ${WORTH.soldOut} ELSE 0 END
      + ${NOT_OF_THE_FIRST} * f.is_later) AS INTEGER) AS score
    FROM (SELECT entry, max(is_exact) AS is_exact, min(pin) AS pin, min(is_later) AS is_later FROM (
        SELECT x.value AS entry, 0 AS is_exact, NULL AS pin, x.key >= ${first} AS is_later FROM json_each(s.titled) AS x
        UNION ALL SELECT x.value, 0, NULL, ${later} FROM json_each(coalesce(s.anywhere, '[]')) AS x
        UNION ALL SELECT x.value, 0, NULL, ${later} FROM json_each(${named}) AS x
        UNION ALL SELECT * FROM (SELECT rowid, 1, NULL, 0 FROM ${searchIndex} WHERE search_index MATCH ${exact} LIMIT ${EXACT})
        UNION ALL SELECT d.entry, 0, i.position, 0 FROM ${searchPinnedProducts} AS i
          CROSS JOIN ${searchDocuments} AS d ON d.product_id = i.product_id WHERE i.phrase = ${phrase} ${meets})
      GROUP BY entry) AS f
    CROSS JOIN ${searchDocuments} AS d ON d.product = ${productAt(sql`f.entry`)} AND d.entry = f.entry
    CROSS JOIN ${listedProducts} AS n ON n.number = d.product
    ${joins} WHERE ${condition}`
}

/** Words of more are not ranked by: of scripts without spaces each pair of characters is one. */
const RANKED_WORDS = 8

/**
 * What the words of the query are worth in a document `d`, each by where it stands, together. `s.others` is a JSON array of
 * `[place, word]` of words that may stand for them, or null. Written out word by word, because a document is ranked in
 * microseconds and reading JSON takes some for every one.
 */
function worthOfWords(words: readonly QueryWord[]): SQL {
  const ranked = words.slice(0, RANKED_WORDS)
  if (ranked.length === 0) return sql`0`
  const all = ranked.map((word, place) => sql.raw(worthOfWord(word, place)))
  return sql`(${sql.join(all, sql` + `)}) / ${sql.raw(String(ranked.length))}`
}

function worthOfWord(word: QueryWord, place: number): string {
  const stem = asText(word.stem)
  const begins = shownPrefix(word)
  const other = (worth: number, test: string) => `WHEN EXISTS (SELECT 1 FROM json_each(s.others) AS o
    WHERE o.value ->> 0 = ${place} AND ${test}) THEN ${worth}`
  const ofOthers = `CASE ${other(WORTH.titleOther, "instr(d.title, ' ' || (o.value ->> 1) || ' ')")}
    ${other(WORTH.nameOther, `instr(d.words, '"' || (o.value ->> 1) || '"')`)} ELSE ${WORTH.text} END`
  return `CASE WHEN instr(d.title, ' ${stem} ') THEN ${WORTH.title}
    ${begins === null ? '' : `WHEN instr(d.title, ' ${asText(begins)}') THEN ${WORTH.titleBegins}`}
    ELSE max(CASE WHEN instr(d.words, '"${stem}"') THEN ${WORTH.name}
      ${begins === null ? '' : `WHEN instr(d.words, '"${asText(begins)}') THEN ${WORTH.nameBegins}`} ELSE ${WORTH.text} END,
      CASE WHEN s.others IS NULL THEN ${WORTH.text} ELSE ${ofOthers} END) END`
}

/** What words begin with, cut where a plural or its stem may go on otherwise: by letters, which may be two UTF-16 units. */
function shownPrefix({ prefix }: QueryWord): string | null {
  const letters = [...(prefix ?? '')]
  return letters.length > 4 ? letters.slice(0, -2).join('') : prefix
}

/** A word as part of a statement, which takes a hundred values and a query may have more. It has letters and digits alone. */
function asText(word: string): string {
  if (!/^[\p{L}\p{N}\p{M}]+$/u.test(word))
    throw new Error('a word of a query has something else than letters and digits')
  return word
}
