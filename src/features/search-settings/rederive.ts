import { readQuery } from '../../domain/search-query.ts'
import { type Alternative, listAlternatives } from '../../domain/synonym.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Query, Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import type { PinRow } from './pin-queries.ts'
import {
  type DerivedSynonym,
  listDerivedPins,
  listDerivedSynonyms,
  replaceAlternatives,
  replacePhrases,
} from './rederive-queries.ts'

// A synonym has up to 380 rows.
const AT_ONCE = 50

/**
 * Makes anew what searches read of synonyms and pins where it is not what the words of staff come to now: after an update
 * that reads words otherwise, which asks for a new index too. What is right is not written; a crash leaves the rest for the
 * next time. Searches and staff go on meanwhile.
 * @returns how many synonyms and pins were made anew.
 */
export async function rederiveSettings(context: Context): Promise<number> {
  const synonyms = await walk(context, listDerivedSynonyms, wrongSynonym, replaceAlternatives)
  const pins = await walk(context, listDerivedPins, wrongPin, replacePhrases)
  return synonyms + pins
}

/** @param toWrong what a row should be, null where it is that. @returns how many were not. */
async function walk<Row extends { id: string }, Wrong>(
  context: Context,
  list: (after: string, limit: number) => Query<Row[]>,
  toWrong: (row: Row) => Wrong | null,
  replace: (wrong: readonly Wrong[]) => Write[],
): Promise<number> {
  let made = 0
  let after = ''
  for (;;) {
    const [rows] = await context.db.read(list(after, AT_ONCE))
    const last = rows.at(-1)
    if (!last) return made
    const wrong = rows.flatMap((row) => toWrong(row) ?? [])
    if (wrong.length > 0) {
      await commitShown(context, { writes: replace(wrong), reads: [], tags: [CATALOG_TAG] }, { repeatable: true })
    }
    made += wrong.length
    after = last.id
  }
}

function wrongSynonym({ id, version, derived, ...synonym }: DerivedSynonym) {
  const alternatives = listAlternatives(synonym)
  return isDerived(derived, alternatives) ? null : { id, version, alternatives }
}

function wrongPin({ id, version, phrase, query }: PinRow) {
  const wanted = readQuery(query).phrase
  return wanted === phrase ? null : { id, version, phrase: wanted }
}

function isDerived(derived: string, alternatives: readonly Alternative[]): boolean {
  const found = (JSON.parse(derived) as unknown[]).map((row) => JSON.stringify(row)).sort()
  const wanted = alternatives.map(({ phrase, alternative }) => JSON.stringify([phrase, alternative])).sort()
  return JSON.stringify(found) === JSON.stringify(wanted)
}
