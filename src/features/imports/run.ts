import { listErrors, NO_COUNTS } from '../../domain/import.ts'
import { want } from '../../platform/cache/cache.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { FileType } from '../../platform/http/body.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { commitStaffChange } from '../../platform/http/staff-change.ts'
import { listCustomFields } from '../custom-fields/queries.ts'
import { marketsFamily } from '../markets/queries.ts'
import type { PartFile } from './incoming.ts'
import {
  findImport,
  findPart,
  finishImport,
  type ImportRow,
  insertImport,
  insertPart,
  type ListedError,
  listDoneParts,
  listImportErrors,
  type PartRow,
} from './queries.ts'
import { type Reading, readPart } from './read-part.ts'
import { savePart } from './save-part.ts'

/** What is uploaded as a part. */
export interface Upload {
  type: FileType
  text: string
  /** The same as they came, for the hash. */
  bytes: Uint8Array
}

/** How an import stands, with its first errors. */
export interface ImportState {
  row: ImportRow
  errors: ListedError[]
}

type Settings = Pick<ImportRow, 'dryRun' | 'stock'>

// How many of the parts that are missing are named.
const NAMED_PARTS = 100
// Its place in the part would be that of other products.
const READS_OTHERWISE =
  'The custom fields or the currency of the shop have changed since the part was received, and it reads otherwise now. Start another import: what is there already is found unchanged.'

/** Opens an import whose parts come one by one. */
export async function openImport(context: Context, settings: Settings): Promise<ImportState> {
  return commitNew(context, context.mint('import'), settings, [])
}

/**
 * A whole import in one request: it is opened with `upload` as its only part, and finished where one request is enough for it.
 * Where it is not, or the request dies, whoever repeats it by its Idempotency-Key goes on: see `continueImport`.
 * @throws {Problem} invalid_request when nothing can be read; no import is opened then.
 */
export async function importFile(context: Context, settings: Settings, upload: Upload): Promise<ImportState> {
  const [definitions] = await context.db.read(listCustomFields('product'))
  const file = await readPart(upload.type, upload.text, { currency: await defaultCurrency(context), definitions })
  const id = context.mint('import')
  const hash = await sha256Hex(upload.bytes)
  const part = toPart(context, { importId: id, number: 1, hash, type: upload.type }, file)
  await commitNew(context, id, settings, insertPart(part, context.now))
  return finishIfDone(context, await savePart(context, part, file, { id, ...settings }))
}

/** Goes on with an import of one request: what is done of it stays as it is. */
export async function continueImport(context: Context, id: string, upload: Upload | null): Promise<ImportState> {
  const state = await mustFindImport(context, id)
  if (state.row.status !== 'open' || !upload) return state
  return finishIfDone(context, await putPart(context, id, 1, upload))
}

/**
 * Receives a part and saves what one request can of it. The same part again goes on where it stands, and is harmless when it
 * is done.
 * @throws {Problem} import_not_found, import_part_conflict, import_closed, invalid_request when nothing of it can be read.
 */
export async function putPart(context: Context, importId: string, number: number, upload: Upload): Promise<PartRow> {
  const hash = await sha256Hex(upload.bytes)
  const [[row], [known], definitions] = await context.db.read(
    findImport(importId),
    findPart(importId, number),
    listCustomFields('product'),
  )
  if (!row) throw new Problem('import_not_found')
  if (known && (known.hash !== hash || known.type !== upload.type)) throw new Problem('import_part_conflict')
  if (known && known.done === known.products) return known
  if (row.status !== 'open') throw new Problem('import_closed')
  const reading: Reading = { currency: await defaultCurrency(context), definitions }
  const file = await readPart(upload.type, upload.text, reading)
  if (known && known.products !== file.products.length)
    throw new Problem('import_part_conflict', { detail: READS_OTHERWISE })
  const part = known ?? (await register(context, toPart(context, { importId, number, hash, type: upload.type }, file)))
  if (part.hash !== hash) throw new Problem('import_part_conflict')
  return savePart(context, part, file, row)
}

/** @throws {Problem} import_not_found */
export async function mustFindImport({ db }: Context, id: string): Promise<ImportState> {
  const [[row], errors] = await db.read(findImport(id), listImportErrors(id))
  if (!row) throw new Problem('import_not_found')
  return { row, errors }
}

/**
 * Ends an import whose parts are all done. Ending it again is harmless.
 * @param parts how many it has: one that never arrived is noticed by it.
 * @throws {Problem} import_not_found, import_closed, import_incomplete.
 */
export async function finishParts(context: Context, id: string, parts: number): Promise<ImportState> {
  return end(context, id, parts, 200)
}

async function finishIfDone(context: Context, { importId, done, products }: PartRow): Promise<ImportState> {
  return done === products ? end(context, importId, 1, null) : mustFindImport(context, importId)
}

async function end(context: Context, id: string, parts: number, status: number | null): Promise<ImportState> {
  try {
    return await commitEnd(context, id, parts, status)
  } catch (error) {
    if (!(error instanceof ConstraintError) || error.constraint !== 'import_incomplete') throw error
    const state = await mustFindImport(context, id)
    if (state.row.status === 'finished' && state.row.parts === parts) return state
    if (state.row.status !== 'open') throw new Problem('import_closed')
    throw new Problem('import_incomplete', { members: { missing_parts: await missingParts(context, id, parts) } })
  }
}

async function commitNew(
  context: Context,
  id: string,
  settings: Settings,
  parts: readonly Write[],
): Promise<ImportState> {
  const { now } = context
  const [[row]] = await commitStaffChange(context, {
    writes: [...insertImport(id, settings, now), ...parts],
    reads: [findImport(id)],
    action: 'import.created',
    subjectId: id,
    change: { dry_run: settings.dryRun, stock: settings.stock },
    status: 201,
    tags: null,
  })
  if (!row) throw new Error('the import just opened is gone')
  return { row, errors: [] }
}

async function commitEnd(context: Context, id: string, parts: number, status: number | null): Promise<ImportState> {
  const [[row], errors] = await commitStaffChange(context, {
    writes: finishImport(id, parts, context.now),
    reads: [findImport(id), listImportErrors(id)],
    action: 'import.finished',
    subjectId: id,
    change: { parts },
    status,
    tags: null,
  })
  if (!row) throw new Error('the import just finished is gone')
  return { row, errors }
}

/** The first numbers of 1 to `parts` that are not done. */
async function missingParts({ db }: Context, id: string, parts: number): Promise<number[]> {
  const [rows] = await db.read(listDoneParts(id))
  const done = new Set(rows.map(({ number }) => number))
  const missing: number[] = []
  for (let number = 1; number <= parts && missing.length < NAMED_PARTS; number += 1) {
    if (!done.has(number)) missing.push(number)
  }
  return missing
}

/** A part as it is received. */
function toPart(
  { now }: Context,
  received: Pick<PartRow, 'importId' | 'number' | 'hash' | 'type'>,
  { rows, refused, errors, products }: PartFile,
): PartRow {
  const at = now.getTime()
  const counts = { ...NO_COUNTS, refused, rows, products: products.length, done: 0, problems: errors.length }
  return { ...received, ...counts, errors: listErrors(errors), createdAt: at, updatedAt: at }
}

/** @returns the part, by whoever was first. */
async function register(context: Context, part: PartRow): Promise<PartRow> {
  const { db, now } = context
  const reads = [findPart(part.importId, part.number)] as const
  try {
    const [[row]] = await db.commit(insertPart(part, now), reads)
    return row ?? part
  } catch (error) {
    if (!(error instanceof ConstraintError) || error.constraint !== 'import_parts.import_id') throw error
    const [[row]] = await db.read(...reads)
    return row ?? part
  }
}

async function defaultCurrency({ cache }: Context): Promise<string> {
  const [markets] = await cache.load([want(marketsFamily, ['all'])])
  const [market] = markets.get('all')?.value ?? []
  if (!market) throw new Error('the shop has no market')
  return market.currency
}
