import { desc, eq, lt, sql } from 'drizzle-orm'
import { type Alternative, MAX_ALTERNATIVES, MAX_SYNONYMS } from '../../domain/synonym.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, insertRows, listOf, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { searchSynonymPhrases, searchSynonyms } from '../../platform/db/schema/search-settings.ts'

export type SynonymRow = typeof searchSynonyms.$inferSelect

export function findSynonym(id: string): Query<SynonymRow[]> {
  return q.select().from(searchSynonyms).where(eq(searchSynonyms.id, id))
}

/** Synonyms, the newest first. @param before the last id shown. */
export function listSynonyms(before: string | null, limit: number): Query<SynonymRow[]> {
  return q
    .select()
    .from(searchSynonyms)
    .where(before === null ? undefined : lt(searchSynonyms.id, before))
    .orderBy(desc(searchSynonyms.id))
    .limit(limit)
}

/** Breaks `too_many_synonyms`, `too_many_alternatives`. */
export function insertSynonym(row: SynonymRow, alternatives: readonly Alternative[]): Write[] {
  return [
    ...insertRows(searchSynonyms, [row]),
    refuseWhen('too_many_synonyms', sql`(SELECT count(*) FROM ${searchSynonyms}) > ${MAX_SYNONYMS}`),
    ...insertAlternatives(row.id, alternatives),
  ]
}

/** Breaks `version_mismatch` when the synonym was changed since `version`, and `too_many_alternatives`. */
export function updateSynonym(row: SynonymRow, version: number, alternatives: readonly Alternative[]): Write[] {
  return [
    ...updateVersion(searchSynonyms, { id: row.id, version }, row),
    removeAlternatives(row.id),
    ...insertAlternatives(row.id, alternatives),
  ]
}

/** Breaks `version_mismatch` when the synonym was changed since `version`. */
export function removeSynonym(id: string, version: number): Write[] {
  return [removeAlternatives(id), ...deleteVersion(searchSynonyms, { id, version })]
}

function removeAlternatives(synonymId: string): Write {
  return q.delete(searchSynonymPhrases).where(eq(searchSynonymPhrases.synonymId, synonymId))
}

function insertAlternatives(synonymId: string, alternatives: readonly Alternative[]): Write[] {
  const phrases = [...new Set(alternatives.map(({ phrase }) => phrase))]
  const rows = alternatives.map(({ phrase, alternative }) => ({ phrase, alternative, synonymId }))
  return [
    ...insertRows(searchSynonymPhrases, rows),
    refuseWhen(
      'too_many_alternatives',
      sql`EXISTS (SELECT 1 FROM ${searchSynonymPhrases} WHERE phrase IN ${listOf(phrases)}
        GROUP BY phrase HAVING count(*) > ${MAX_ALTERNATIVES})`,
    ),
  ]
}
