import { type SQL, sql } from 'drizzle-orm'
import type { QueryWord, SearchQuery } from '../../domain/search-query.ts'
import { searchIndex, searchSpellings, searchTerms } from '../../platform/db/schema/search-index.ts'
import { searchSynonymPhrases } from '../../platform/db/schema/search-settings.ts'

/** At most so many words are taken for the one that was meant. */
const FIXES = 3

/**
 * Stands in an expression for the kind of its terms: t, a word of a title; n, of a name (title, vendor, tags, ...); w, of
 * anything.
 */
const ANY_KIND = '~:'
export type TermKind = 't' | 'n' | 'w'

/** What an index that has no such term answers nothing to; MATCH takes no null. */
const NOTHING = `'"none"'`

const term = (word: SQL) => sql`'"~:' || ${word} || '"'`
/** All of `words`, a JSON array. */
const allOf = (words: SQL) =>
  sql`(SELECT '(' || group_concat(${term(sql`o.value`)}, ' AND ') || ')' FROM json_each(${words}) AS o)`

/** What the index is asked for a word, without what only the vocabulary and the staff know. */
function expressionOf({ stem, prefix, parts }: QueryWord): string {
  const quoted = (word: string) => `"${ANY_KIND}${word}"`
  const alternatives = [quoted(stem), ...(prefix === null ? [] : [`"p:${prefix}"`])]
  return [...alternatives, ...(parts.length > 0 ? [`(${parts.map(quoted).join(' AND ')})`] : [])].join(' OR ')
}

// With more words than these every combination of all but one would be too much to try.
const MOST_LEFT_OUT_OF = 4

// Of `gathered` as g. Words that no product has are left out: they would find nothing.
const FOUND_WORDS = sql`json_each(g.words) AS w WHERE w.value ->> 1`
const EACH_WORD = (by: string) => sql`(SELECT group_concat(w.value ->> 0, ${sql.raw(`'${by}'`)}) FROM ${FOUND_WORDS})`

/** All words, or what some of them together may be read as, with all others. */
const WHOLE = sql`coalesce(${EACH_WORD(' AND ')}, '"none"') || coalesce((SELECT group_concat(' OR (' || (r.value ->> 2) ||
      coalesce((SELECT ' AND ' || group_concat(w.value ->> 0, ' AND ') FROM ${FOUND_WORDS}
        AND (w.key < r.value ->> 0 OR w.key > r.value ->> 1)), '') || ')', '') FROM json_each(g.readings) AS r), '')`

const ALL_BUT_ONE = sql`(SELECT group_concat('(' || (SELECT group_concat(w.value ->> 0, ' AND ') FROM ${FOUND_WORDS}
      AND w.key <> o.key) || ')', ' OR ') FROM json_each(g.words) AS o WHERE o.value ->> 1)`

/**
 * CTEs that turn what was typed into an expression for the index, whatever it takes. `chosen` has one row, or none where
 * nothing can be found: `expression`; `fixes`, a JSON array of `[place, stems]` of misspelt words and what they were taken
 * for; `others`, one of `[place, stem]` of those, their synonyms and the like, or null.
 *
 * A word that no name has, and that nothing begins with where it is the last, is taken for the nearest words of the
 * vocabulary, and for two words without a space; two words are taken for one with a space in it, if there is one; what staff
 * have called a synonym is searched for too. Words that nothing has are passed over. What no product has all words of is
 * searched for with one word less, and then with any of them.
 *
 * Each is referred to once where that can be: SQLite reads a CTE anew for every reference, with all that stands before it.
 * @param filter an expression that all matches must meet too, or null.
 */
export function matchCtes(query: SearchQuery, filter: SQL | null): SQL {
  const { words, spans } = query
  const asked = words.map((word) => ({
    ...{ stem: word.stem, begins: word.prefix && word.raw, expression: expressionOf(word) },
    ...{ optional: word.optional, edits: word.edits, spellings: word.spellings, splits: word.splits },
  }))
  const isSeveral = words.length > 1
  return sql.join(
    [
      sql`asked AS MATERIALIZED (SELECT key AS i, value ->> '$.stem' AS stem, value ->> '$.begins' AS begins,
        value ->> '$.expression' AS expression, value ->> '$.optional' AS optional, value ->> '$.edits' AS edits,
        value -> '$.spellings' AS spellings, value -> '$.splits' AS splits FROM json_each(${JSON.stringify(asked)}))`,
      ...(isSeveral ? [spansCte(spans)] : []),
      ...othersCtes(query),
      sql`altogether AS (SELECT a.i, '(' || a.expression || coalesce(' OR ' || o.expression, '') || ')' AS whole, a.optional,
          o.fix, o.terms
        FROM asked AS a LEFT JOIN (SELECT i, group_concat(expression, ' OR ') AS expression,
          coalesce(max(fix), max(split)) AS fix, group_concat(CASE WHEN term IS NOT NULL THEN json_array(i, term) END) AS terms
          FROM others GROUP BY i) AS o ON o.i = a.i)`,
      ...(isSeveral ? chosenOfSeveral(words.length, filter) : [chosenOfOne(filter)]),
    ],
    sql`, `,
  )
}

function spansCte(spans: SearchQuery['spans']): SQL {
  return sql`spans AS MATERIALIZED (SELECT value ->> '$.first' AS first, value ->> '$.last' AS last,
    value ->> '$.phrase' AS phrase, value ->> '$.joined' AS joined FROM json_each(${JSON.stringify(spans)}))`
}

/** CTEs up to `others`: what else is searched for in place of a word, and what it was taken for if it is misspelt. */
function othersCtes({ words }: SearchQuery): SQL[] {
  const mayBeMisspelt = words.some(({ edits }) => edits > 0)
  const mayLackSpace = words.some(({ splits }) => splits.length > 0)
  const unknown = sql`unknown AS MATERIALIZED (SELECT a.* FROM asked AS a
    WHERE NOT EXISTS (SELECT 1 FROM ${searchTerms} AS v WHERE v.term = a.stem)
      AND (a.begins IS NULL OR NOT EXISTS (SELECT 1 FROM ${searchTerms} AS v
        WHERE v.term >= a.begins AND v.term < a.begins || char(1114111))))`
  const near = sql`near AS (SELECT u.i, s.term, u.edits, v.documents,
      min(max(k.value ->> 1, length(s.term)) - length(s.spelling)) AS distance,
      substr(s.term, 1, 1) = substr(u.stem, 1, 1) AS begins
    FROM unknown AS u CROSS JOIN json_each(u.spellings) AS k CROSS JOIN ${searchSpellings} AS s ON s.spelling = k.value ->> 0
    CROSS JOIN ${searchTerms} AS v ON v.term = s.term GROUP BY u.i, s.term)`
  const fixes = sql`fixes AS (SELECT i, term,
    row_number() OVER (PARTITION BY i ORDER BY distance, begins DESC, documents DESC, term) AS place,
    distance = min(distance) OVER (PARTITION BY i) AS is_nearest FROM near WHERE distance <= edits)`
  const synonyms = sql`SELECT a.i, CASE json_array_length(y.alternative) WHEN 1 THEN y.alternative ->> 0 END AS term,
      ${allOf(sql`y.alternative`)} AS expression, NULL AS fix, NULL AS split
    FROM asked AS a CROSS JOIN ${searchSynonymPhrases} AS y ON y.phrase = a.stem`
  const meant = sql`SELECT i, term, ${term(sql`term`)}, CASE place WHEN 1 THEN term END, NULL
    FROM fixes WHERE place <= ${FIXES} AND is_nearest`
  const parted = sql`SELECT u.i, e.value, CASE e.key WHEN 0 THEN ${allOf(sql`p.value`)} END, NULL, x.term || ' ' || y.term
    FROM unknown AS u CROSS JOIN json_each(u.splits) AS p
    CROSS JOIN ${searchTerms} AS x ON x.term = p.value ->> 0 CROSS JOIN ${searchTerms} AS y ON y.term = p.value ->> 1
    CROSS JOIN json_each(p.value) AS e`
  const joined = sql`SELECT e.value, s.joined, ${term(sql`s.joined`)}, NULL, NULL FROM spans AS s
    CROSS JOIN ${searchTerms} AS v ON v.term = s.joined CROSS JOIN json_each(json_array(s.first, s.last)) AS e`
  const all = [
    synonyms,
    ...(mayBeMisspelt ? [meant] : []),
    ...(mayLackSpace ? [parted] : []),
    ...(words.length > 1 ? [joined] : []),
  ]
  return [
    ...(mayBeMisspelt || mayLackSpace ? [unknown] : []),
    ...(mayBeMisspelt ? [near, fixes] : []),
    sql`others AS (${sql.join(all, sql` UNION ALL `)})`,
  ]
}

function chosenOfOne(filter: SQL | null): SQL {
  return sql`chosen AS MATERIALIZED (SELECT whole AS expression, '[' || terms || ']' AS others,
      CASE WHEN fix IS NULL THEN '[]' ELSE json_array(json_array(i, fix)) END AS fixes
    FROM altogether WHERE ${isFound(within('w', sql`whole`, filter))})`
}

function chosenOfSeveral(words: number, filter: SQL | null): SQL[] {
  const levels = [0, ...(words > 2 && words <= MOST_LEFT_OUT_OF ? [1] : []), 2]
  return [
    sql`readings AS (SELECT s.first, s.last, ${allOf(sql`y.alternative`)} AS expression
      FROM spans AS s CROSS JOIN ${searchSynonymPhrases} AS y ON y.phrase = s.phrase WHERE s.first < s.last)`,
    sql`gathered AS MATERIALIZED (SELECT json_group_array(json_array(whole,
          NOT optional AND ${isFound(within('w', sql`whole`, null))})) AS words,
        json_group_array(json_array(i, fix)) FILTER (WHERE fix IS NOT NULL) AS fixes,
        '[' || group_concat(terms) || ']' AS others,
        (SELECT json_group_array(json_array(first, last, expression)) FROM readings) AS readings FROM altogether)`,
    sql`levels AS (SELECT g.fixes, g.others, CASE l.value WHEN 0 THEN ${WHOLE}
        ${levels.includes(1) ? sql`WHEN 1 THEN ${ALL_BUT_ONE}` : sql``}
        ELSE ${EACH_WORD(' OR ')} END AS expression FROM gathered AS g CROSS JOIN json_each(${JSON.stringify(levels)}) AS l)`,
    sql`chosen AS MATERIALIZED (SELECT * FROM levels WHERE ${isFound(within('w', sql`expression`, filter))} LIMIT 1)`,
  ]
}

/** 1 where anything matches. EXISTS would be turned into a join, which does not stop at the first. */
function isFound(expression: SQL): SQL {
  return sql`coalesce((SELECT 1 FROM ${searchIndex} WHERE search_index MATCH ${expression} LIMIT 1), 0)`
}

/** An expression of `chosen` for one kind of terms. */
export function within(kind: TermKind, expression: SQL, filter: SQL | null): SQL {
  const ofKind = sql`replace(${expression}, ${sql.raw(`'"${ANY_KIND}', '"${kind}:'`)})`
  return sql`coalesce(${filter ? sql`'(' || ${ofKind} || ') AND ' || ${filter}` : ofKind}, ${sql.raw(NOTHING)})`
}
