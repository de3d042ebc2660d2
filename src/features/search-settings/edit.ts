import type * as z from 'zod'
import { checkSynonym, listAlternatives, MAX_ALTERNATIVES, MAX_SYNONYMS } from '../../domain/synonym.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem, type ProblemError } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import type { CreateSynonym, UpdateSynonym } from './contract.ts'
import { findSynonym, insertSynonym, removeSynonym, type SynonymRow, updateSynonym } from './queries.ts'

type Create = z.output<ReturnType<typeof CreateSynonym>>
type Update = z.output<ReturnType<typeof UpdateSynonym>>

const FAULTS: Readonly<Record<string, ProblemError>> = {
  too_many_synonyms: { pointer: '/', detail: `a shop has at most ${MAX_SYNONYMS} synonyms` },
  too_many_alternatives: {
    pointer: '/words',
    detail: `a phrase stands for at most ${MAX_ALTERNATIVES} others by all synonyms together`,
  },
}

/** A synonym. @throws {Problem} synonym_not_found, version_mismatch */
export async function mustFindSynonym({ db }: Context, id: string, ifMatch: number | null = null): Promise<SynonymRow> {
  const [[synonym]] = await db.read(findSynonym(id))
  return mustBe(synonym, 'synonym_not_found', ifMatch)
}

/** @throws {Problem} invalid_request: nothing to search for, one phrase twice, more than a shop may have. */
export async function createSynonym(context: Context, input: Create): Promise<SynonymRow> {
  const at = context.now.getTime()
  const row: SynonymRow = { id: context.mint('synonym'), ...input, version: 1, createdAt: at, updatedAt: at }
  refuseFaults(row)
  const change = { kind: row.kind, words: row.words.length }
  const told = { action: 'synonym.created', change, status: 201 }
  return mustHave(await commit(context, row.id, insertSynonym(row, listAlternatives(row)), told))
}

/** Changes what `input` names; what searches read of it follows in the same commit.
 *  @throws {Problem} synonym_not_found, version_mismatch, invalid_request */
export async function editSynonym(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<SynonymRow> {
  const old = await mustFindSynonym(context, id, ifMatch)
  const kind = input.kind ?? old.kind
  const kept = kind === 'equivalent' ? null : old.input
  const wanted: SynonymRow = {
    ...old,
    kind,
    input: input.input === undefined ? kept : input.input,
    words: input.words ?? old.words,
  }
  refuseFaults(wanted)
  const fields = changedFields(old, wanted)
  if (fields.length === 0) return old
  const row = { ...wanted, updatedAt: context.now.getTime() }
  const change = { fields, version: old.version + 1 }
  const told = { action: 'synonym.updated', change, status: null }
  return mustHave(await commit(context, id, updateSynonym(row, old.version, listAlternatives(row)), told))
}

/** @throws {Problem} synonym_not_found, version_mismatch */
export async function deleteSynonym(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { version, kind, words } = await mustFindSynonym(context, id, ifMatch)
  const change = { kind, words: words.length }
  await commit(context, id, removeSynonym(id, version), { action: 'synonym.deleted', change, status: null })
}

// Which answers a synonym changes is not known before somebody searches: all of the catalog's are out of date.
async function commit(
  context: Context,
  id: string,
  writes: readonly Write[],
  told: { action: string; change: Record<string, unknown>; status: number | null },
): Promise<SynonymRow[]> {
  const [rows] = await commitStaffChange(context, {
    ...told,
    writes,
    reads: [findSynonym(id)],
    subjectId: id,
    tags: [CATALOG_TAG],
    faults: FAULTS,
  })
  return rows
}

function mustHave([row]: readonly SynonymRow[]): SynonymRow {
  if (!row) throw new Error('the synonym just saved is gone')
  return row
}

function refuseFaults(synonym: SynonymRow): void {
  const faults = checkSynonym(synonym)
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
}
