import { sql } from 'drizzle-orm'
import { spellingsOf } from '../../domain/search-words.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { refuseWhen } from '../../platform/db/rows.ts'
import { listedProducts } from '../../platform/db/schema/listings.ts'
import {
  type RebuildPhase,
  searchDocuments,
  searchIndex,
  searchRebuilds,
  searchSpellings,
  searchTerms,
} from '../../platform/db/schema/search-index.ts'
import { INDEX_MOVED } from './writes.ts'

export type Rebuild = typeof searchRebuilds.$inferSelect

export function findRebuild(): Query<Rebuild[]> {
  return q.select().from(searchRebuilds)
}

/** Begins at the first product, whatever there was before. `total` is how many are listed now. */
export function startRebuild(now: Date): Write[] {
  return [
    q.delete(searchRebuilds),
    q.run(sql`INSERT INTO ${searchRebuilds} (id, phase, position, done, total, started_at)
      SELECT 1, 'documents', '', 0, count(*), ${now.getTime()} FROM ${listedProducts}`),
  ]
}

/** Goes on from where it stands. Breaks `search_index_moved` when somebody else has gone on meanwhile. */
export function moveRebuild(
  from: Rebuild,
  to: { phase: RebuildPhase; position: string; done: number; finishedAt?: number | null },
): Write[] {
  const isThere = sql`${searchRebuilds.phase} = ${from.phase} AND ${searchRebuilds.position} = ${from.position}
    AND ${searchRebuilds.startedAt} = ${from.startedAt}`
  return [q.update(searchRebuilds).set(to).where(isThere), refuseWhen(INDEX_MOVED, sql`changes() <> 1`)]
}

/** Products behind `after`, in order of their ids: those that are listed, and those that the index has. */
export function listRebuilt(after: string, limit: number): Query<{ productId: string }[]> {
  return q.all<{ productId: string }>(sql`SELECT product_id AS productId FROM (
      SELECT * FROM (SELECT product_id FROM ${listedProducts} WHERE product_id > ${after} ORDER BY product_id LIMIT ${limit})
      UNION SELECT * FROM (SELECT product_id FROM ${searchDocuments}
        WHERE product_id > ${after} ORDER BY product_id LIMIT ${limit}))
    ORDER BY product_id LIMIT ${limit}`)
}

/** Rows of the index behind `after`, in order. */
export function listEntries(after: string, limit: number): Query<{ entry: number }[]> {
  return q.all<{ entry: number }>(
    sql`SELECT rowid AS entry FROM ${searchIndex} WHERE rowid > CAST(${after} AS INTEGER) ORDER BY rowid LIMIT ${limit}`,
  )
}

/** Takes those of `entries` out of the index that belong to no document. */
export function removeStrayEntries(entries: readonly number[]): Write {
  return q.run(sql`DELETE FROM ${searchIndex} WHERE rowid IN (SELECT value FROM json_each(${JSON.stringify(entries)})
    WHERE value NOT IN (SELECT entry FROM ${searchDocuments}))`)
}

/** Words of the vocabulary behind `after`, in order. */
export function listTerms(after: string, limit: number): Query<{ term: string }[]> {
  return q.all<{ term: string }>(
    sql`SELECT term FROM ${searchTerms} WHERE term > ${after} ORDER BY term LIMIT ${limit}`,
  )
}

/** Every spelling of those of `terms` that are still words. */
export function addMissingSpellings(terms: readonly string[]): Write {
  const rows = terms.map((term) => [term, spellingsOf(term, 'term')])
  return q.run(sql`INSERT INTO ${searchSpellings} (spelling, term)
    SELECT s.value, j.value ->> 0 FROM json_each(${JSON.stringify(rows)}) AS j CROSS JOIN json_each(j.value, '$[1]') AS s
    WHERE j.value ->> 0 IN (SELECT term FROM ${searchTerms}) ON CONFLICT DO NOTHING`)
}

export interface SpellingRow {
  spelling: string
  term: string
}

/** Spellings behind `after`, in order. */
export function listSpellings(after: SpellingRow, limit: number): Query<SpellingRow[]> {
  return q.all<SpellingRow>(sql`SELECT spelling, term FROM ${searchSpellings}
    WHERE (spelling, term) > (${after.spelling}, ${after.term}) ORDER BY spelling, term LIMIT ${limit}`)
}

/** Takes out of `rows` those whose term is no word any more, and all of `wrong`. */
export function removeStraySpellings(rows: readonly SpellingRow[], wrong: readonly SpellingRow[]): Write[] {
  const keys = (of: readonly SpellingRow[]) => JSON.stringify(of.map(({ spelling, term }) => [spelling, term]))
  const removal = (of: readonly SpellingRow[], condition = sql`true`) =>
    q.run(sql`DELETE FROM ${searchSpellings} WHERE (spelling, term) IN
      (SELECT value ->> 0, value ->> 1 FROM json_each(${keys(of)})) AND ${condition}`)
  return [
    removal(rows, sql`term NOT IN (SELECT term FROM ${searchTerms})`),
    ...(wrong.length === 0 ? [] : [removal(wrong)]),
  ]
}
