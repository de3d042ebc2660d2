import { asc, gt, sql } from 'drizzle-orm'
import type { Alternative } from '../../domain/synonym.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import {
  searchPinnedProducts,
  searchPins,
  searchSynonymPhrases,
  searchSynonyms,
} from '../../platform/db/schema/search-settings.ts'
import type { PinRow } from './pin-queries.ts'
import type { SynonymRow } from './queries.ts'

/** A synonym with what searches read of it now. */
export interface DerivedSynonym extends Pick<SynonymRow, 'id' | 'version' | 'kind' | 'input' | 'words'> {
  /** JSON: phrase and alternative of each row, in no order. */
  derived: string
}

/** Synonyms behind `after`, in order of their ids. */
export function listDerivedSynonyms(after: string, limit: number): Query<DerivedSynonym[]> {
  const derived = sql<string>`(SELECT json_group_array(json_array(p.phrase, json(p.alternative)))
    FROM ${searchSynonymPhrases} AS p WHERE p.synonym_id = search_synonyms.id)`
  return q
    .select({
      id: searchSynonyms.id,
      version: searchSynonyms.version,
      kind: searchSynonyms.kind,
      input: searchSynonyms.input,
      words: searchSynonyms.words,
      derived: derived.as('derived'),
    })
    .from(searchSynonyms)
    .where(gt(searchSynonyms.id, after))
    .orderBy(asc(searchSynonyms.id))
    .limit(limit)
}

/** Pins behind `after`, in order of their ids. */
export function listDerivedPins(after: string, limit: number): Query<PinRow[]> {
  return q.select().from(searchPins).where(gt(searchPins.id, after)).orderBy(asc(searchPins.id)).limit(limit)
}

/** Replaces what searches read of synonyms, but for those that staff have changed since they were read. */
export function replaceAlternatives(
  synonyms: readonly { id: string; version: number; alternatives: readonly Alternative[] }[],
): Write[] {
  const known = sql`SELECT s.id FROM json_each(${JSON.stringify(synonyms.map(({ id, version }) => [id, version]))}) AS j
    JOIN ${searchSynonyms} AS s ON s.id = j.value ->> 0 AND s.version = j.value ->> 1`
  const rows = synonyms.flatMap(({ id, version, alternatives }) =>
    alternatives.map(({ phrase, alternative }) => [id, version, phrase, JSON.stringify(alternative)]),
  )
  return [
    q.run(sql`DELETE FROM ${searchSynonymPhrases} WHERE synonym_id IN (${known})`),
    q.run(sql`INSERT INTO ${searchSynonymPhrases} (phrase, alternative, synonym_id)
      SELECT j.value ->> 2, j.value ->> 3, s.id FROM json_each(${JSON.stringify(rows)}) AS j
      JOIN ${searchSynonyms} AS s ON s.id = j.value ->> 0 AND s.version = j.value ->> 1 WHERE true ON CONFLICT DO NOTHING`),
  ]
}

/**
 * Gives pins their phrases, but for those that staff have changed since they were read. One whose phrase another pin has by
 * now keeps the old one, which nobody searches for any more.
 */
export function replacePhrases(pins: readonly Pick<PinRow, 'id' | 'version' | 'phrase'>[]): Write[] {
  const ids = listOf(pins.map(({ id }) => id))
  return [
    q.run(
      sql`DELETE FROM ${searchPinnedProducts} WHERE phrase IN (SELECT phrase FROM ${searchPins} WHERE id IN ${ids})`,
    ),
    q.run(sql`UPDATE OR IGNORE ${searchPins} SET phrase = j.value ->> 2
      FROM json_each(${JSON.stringify(pins.map(({ id, version, phrase }) => [id, version, phrase]))}) AS j
      WHERE search_pins.id = j.value ->> 0 AND search_pins.version = j.value ->> 1`),
    q.run(sql`INSERT INTO ${searchPinnedProducts} (phrase, product_id, position)
      SELECT s.phrase, j.value, j.key FROM ${searchPins} AS s, json_each(s.product_ids) AS j WHERE s.id IN ${ids}`),
  ]
}
