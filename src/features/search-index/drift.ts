import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../platform/db/client.ts'
import { type Query, q } from '../../platform/db/client.ts'
import { listedProducts, staleDocuments } from '../../platform/db/schema/listings.ts'
import { searchDocuments, searchIndex, searchSpellings, searchTerms } from '../../platform/db/schema/search-index.ts'
import { toEntry, toTitles } from './entry.ts'
import { listCategoryTitlesNow, listSourcesNow } from './queries.ts'

// What the index has beside what it should have, as `subject` and `detail` of each that differs. Products that wait to be
// indexed again are left out.

/** Products on sale without an entry, and entries of others. */
export function documentDrift(): SQL {
  return sql`SELECT product_id AS subject, detail FROM (
      SELECT n.product_id, 'is not in the search index' AS detail FROM ${listedProducts} AS n WHERE n.on_sale = 1
        AND NOT EXISTS (SELECT 1 FROM ${searchDocuments} AS d WHERE d.product = n.number AND d.product_id = n.product_id)
      UNION ALL SELECT d.product_id, 'is in the search index and not on sale' FROM ${searchDocuments} AS d
        WHERE NOT EXISTS (SELECT 1 FROM ${listedProducts} AS n
          WHERE n.number = d.product AND n.product_id = d.product_id AND n.on_sale = 1))
    WHERE product_id NOT IN (SELECT product_id FROM ${staleDocuments})`
}

/** Rows of the index without a document, and documents without a row. */
export function entryDrift(): SQL {
  return sql`SELECT entry AS subject, detail FROM (
      SELECT entry, 'has no row in the index' AS detail FROM ${searchDocuments}
        WHERE entry NOT IN (SELECT rowid FROM ${searchIndex})
      UNION ALL SELECT rowid, 'has no document' FROM ${searchIndex} WHERE rowid NOT IN (SELECT entry FROM ${searchDocuments}))`
}

/** Words whose count is not that of the documents that have them. */
export function termDrift(): SQL {
  return sql`WITH counted AS MATERIALIZED (SELECT w.value AS term, count(*) AS documents
      FROM ${searchDocuments} AS d, json_each(d.words) AS w GROUP BY w.value)
    SELECT t.term AS subject, 'counts ' || t.documents || ', documents ' || coalesce(c.documents, 0) AS detail
      FROM ${searchTerms} AS t LEFT JOIN counted AS c ON c.term = t.term WHERE t.documents IS NOT c.documents
    UNION ALL SELECT c.term, 'is not in the vocabulary' FROM counted AS c WHERE c.term NOT IN (SELECT term FROM ${searchTerms})`
}

/** Words that cannot be found by a spelling, and spellings of no word. */
export function spellingDrift(): SQL {
  return sql`SELECT term AS subject, 'has no spelling' AS detail FROM ${searchTerms} AS t
      WHERE NOT EXISTS (SELECT 1 FROM ${searchSpellings} AS s WHERE s.spelling = t.term AND s.term = t.term)
    UNION ALL SELECT DISTINCT term, 'is spelt and is no word' FROM ${searchSpellings}
      WHERE term NOT IN (SELECT term FROM ${searchTerms})`
}

/**
 * Products whose entry is not what deriving it again would make, with what differs: what SQL alone cannot say. For tests.
 * Each of their terms is looked up too, because nothing else tells what a row of the index holds.
 */
export async function indexDrift({ db }: { db: Db }, productIds: readonly string[]): Promise<string[]> {
  const [rows, titles] = await db.read(listSourcesNow(productIds), listCategoryTitlesNow(productIds))
  const categories = toTitles(titles)
  const work = rows.map((row) => ({ row, entry: toEntry(row, categories) }))
  const [lacking = []] = await db.read(listLacking(work.flatMap(({ entry }) => entry ?? [])))
  return work.flatMap(({ row, entry }) => {
    const differs = [
      ...(row.digest === (entry?.digest ?? null) ? [] : ['digest']),
      ...(row.entry === (entry?.entry ?? null) ? [] : ['entry']),
      ...((row.words ?? '[]') === JSON.stringify(entry?.words ?? []) ? [] : ['words']),
      ...lacking.flatMap(({ entry: of, term }) => (of === entry?.entry ? [term] : [])),
    ]
    return differs.length === 0 ? [] : [`${row.productId}: ${differs.join(', ')}`]
  })
}

/** Terms that an entry should have, and has not in the index. */
function listLacking(entries: readonly { entry: number; terms: string }[]): Query<{ entry: number; term: string }[]> {
  const wanted = JSON.stringify(entries.map(({ entry, terms }) => [entry, terms.split(' ')]))
  return q.all<{ entry: number; term: string }>(sql`SELECT j.value ->> 0 AS entry, t.value AS term
    FROM json_each(${wanted}) AS j CROSS JOIN json_each(j.value, '$[1]') AS t
    WHERE NOT EXISTS (SELECT 1 FROM ${searchIndex} WHERE search_index MATCH '"' || t.value || '"' AND rowid = j.value ->> 0)`)
}
