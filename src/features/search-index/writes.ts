import { type SQL, sql } from 'drizzle-orm'
import { spellingsOf } from '../../domain/search-words.ts'
import { q, type Write } from '../../platform/db/client.ts'
import { insertRowsOnce, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { staleDocuments } from '../../platform/db/schema/listings.ts'
import { searchDocuments, searchIndex, searchSpellings, searchTerms } from '../../platform/db/schema/search-index.ts'
import type { Entry } from './entry.ts'

/** What a refused commit of the indexer breaks: somebody else has been faster, and it reads again. */
export const INDEX_MOVED = 'search_index_moved'

/** Guards: nobody has marked or indexed these products since they were read. */
export function refuseUnlessMarked(marks: readonly { productId: string; revision: number }[]): Write {
  const known = JSON.stringify(marks.map(({ productId, revision }) => [productId, revision]))
  return refuseWhen(
    INDEX_MOVED,
    sql`(SELECT count(*) FROM json_each(${known}) AS j CROSS JOIN ${staleDocuments} AS m
      ON m.product_id = j.value ->> 0 AND m.revision = j.value ->> 1) <> ${marks.length}`,
  )
}

/** Guards: these words are still in the vocabulary, with their spellings. */
export function refuseUnlessKnown(words: readonly string[]): Write[] {
  if (words.length === 0) return []
  const gone = sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(words)}) AS j
    WHERE j.value NOT IN (SELECT term FROM ${searchTerms}))`
  return [refuseWhen(INDEX_MOVED, gone)]
}

/** Guards: the vocabulary has no word without documents. */
export const refuseUnused = refuseWhen(INDEX_MOVED, sql`EXISTS (SELECT 1 FROM ${searchTerms} WHERE documents = 0)`)

/** Takes products out of the index and puts `entries` in, of the same products. The vocabulary follows. */
export function replaceEntries(productIds: readonly string[], entries: readonly Entry[]): Write[] {
  const ids = listOf(productIds)
  const old = sql`SELECT entry FROM ${searchDocuments} WHERE product_id IN ${ids}`
  const rows = JSON.stringify(
    entries.map(({ product, productId, entry, title, titleWords, words, digest, terms }) => [
      product,
      productId,
      entry,
      title,
      titleWords,
      words,
      digest,
      terms,
    ]),
  )
  return [
    ...countWords(ids, JSON.stringify(entries.map(({ words }) => words))),
    // Whatever stands where one of them belongs goes too: of a table that was put back from a copy, for one.
    q.run(sql`DELETE FROM ${searchIndex} WHERE rowid IN (${old} UNION SELECT value ->> 2 FROM json_each(${rows}))`),
    q.run(sql`DELETE FROM ${searchDocuments} WHERE product_id IN ${ids}
      AND product NOT IN (SELECT value ->> 0 FROM json_each(${rows}))`),
    q.run(sql`INSERT INTO ${searchDocuments} (product, product_id, entry, title, title_words, words, digest)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value -> 5, value ->> 6 FROM json_each(${rows})
      WHERE true
      ON CONFLICT (product) DO UPDATE SET entry = excluded.entry, title = excluded.title,
        title_words = excluded.title_words, words = excluded.words, digest = excluded.digest`),
    q.run(sql`INSERT INTO ${searchIndex} (rowid, terms) SELECT value ->> 2, value ->> 7 FROM json_each(${rows})`),
  ]
}

/** From the words that documents have until now to those that they get. A CHECK is asked before a conflict is: rows that
 *  lose are updated, and only those that gain are inserted. */
function countWords(productIds: SQL, wordLists: string): Write[] {
  const change = sql`SELECT term, sum(by) AS by FROM (
      SELECT w.value AS term, -1 AS by FROM ${searchDocuments} AS d CROSS JOIN json_each(d.words) AS w
        WHERE d.product_id IN ${productIds}
      UNION ALL SELECT w.value, 1 FROM json_each(${wordLists}) AS l CROSS JOIN json_each(l.value) AS w)
    GROUP BY term`
  return [
    q.run(sql`UPDATE ${searchTerms} SET documents = documents + c.by FROM (${change} HAVING sum(by) < 0) AS c
      WHERE ${searchTerms}.term = c.term`),
    q.run(sql`INSERT INTO ${searchTerms} (term, documents) SELECT term, by FROM (${change} HAVING sum(by) > 0) WHERE true
      ON CONFLICT (term) DO UPDATE SET documents = documents + excluded.documents`),
  ]
}

interface Spelling {
  spelling: string
  term: string
}

// A parameter holds 2 MB in D1, though not locally, and a letter may be 3 bytes: UTF-16 units of spellings in one.
const SPELLINGS_ROOM = 600_000

/** What new words look like with letters left out. */
export function addSpellings(words: readonly string[]): Write[] {
  return partsOf(words).flatMap((rows) => insertRowsOnce(searchSpellings, rows))
}

/** Takes those of `words` out of the vocabulary that no document has any more. */
export function removeUnused(words: readonly string[]): Write[] {
  if (words.length === 0) return []
  const unused = sql`(SELECT term FROM ${searchTerms} WHERE documents = 0)`
  const keys = (rows: readonly Spelling[]) => JSON.stringify(rows.map(({ spelling, term }) => [spelling, term]))
  return [
    ...partsOf(words).map((rows) =>
      q.run(sql`DELETE FROM ${searchSpellings} WHERE (spelling, term) IN
        (SELECT value ->> 0, value ->> 1 FROM json_each(${keys(rows)}) WHERE value ->> 1 IN ${unused})`),
    ),
    q.run(sql`DELETE FROM ${searchTerms} WHERE documents = 0 AND term IN ${listOf(words)}`),
  ]
}

/** All spellings of these words, in parts that fit a parameter each. */
function partsOf(words: readonly string[]): Spelling[][] {
  const parts: Spelling[][] = []
  let room = 0
  for (const term of words) {
    for (const spelling of spellingsOf(term, 'term')) {
      const size = spelling.length + term.length + '["",""],'.length
      if (size > room) {
        parts.push([])
        room = SPELLINGS_ROOM
      }
      room -= size
      parts.at(-1)?.push({ spelling, term })
    }
  }
  return parts
}
