import type * as z from 'zod'
import { checkPinned } from '../../domain/search-phrase.ts'
import { readQuery } from '../../domain/search-query.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import type { CreatePin, UpdatePin } from './pin-contract.ts'
import { findPin, insertPin, listKnownProducts, type PinRow, removePin, updatePin } from './pin-queries.ts'

type Create = z.output<ReturnType<typeof CreatePin>>
type Update = z.output<ReturnType<typeof UpdatePin>>

/** A pin. @throws {Problem} pin_not_found, version_mismatch */
export async function mustFindPin({ db }: Context, id: string, ifMatch: number | null = null): Promise<PinRow> {
  const [[pin]] = await db.read(findPin(id))
  return mustBe(pin, 'pin_not_found', ifMatch)
}

/** @throws {Problem} invalid_request (nothing to search for, unknown products), query_taken */
export async function createPin(context: Context, input: Create): Promise<PinRow> {
  const at = context.now.getTime()
  const phrase = mustBePhrase(input.query)
  const [known] = await context.db.read(listKnownProducts(input.product_ids))
  refuseUnknown(input.product_ids, known)
  const row: PinRow = {
    id: context.mint('pin'),
    query: input.query,
    phrase,
    productIds: input.product_ids,
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  const change = { phrase, products: row.productIds.length }
  return mustHave(await commit(context, row.id, insertPin(row), { action: 'pin.created', change, status: 201 }))
}

/** Changes what `input` names. @throws {Problem} pin_not_found, version_mismatch, invalid_request, query_taken */
export async function editPin(context: Context, id: string, input: Update, ifMatch: number | null): Promise<PinRow> {
  const named = input.product_ids ?? []
  const [[read], known] = await context.db.read(findPin(id), listKnownProducts(named))
  const old = mustBe(read, 'pin_not_found', ifMatch)
  refuseUnknown(named, known)
  const wanted: PinRow = {
    ...old,
    query: input.query ?? old.query,
    phrase: input.query === undefined ? old.phrase : mustBePhrase(input.query),
    productIds: input.product_ids ?? old.productIds,
  }
  const fields = changedFields(old, wanted)
  if (fields.length === 0) return old
  const writes = updatePin({ ...wanted, updatedAt: context.now.getTime() }, old)
  const change = { fields, version: old.version + 1 }
  return mustHave(await commit(context, id, writes, { action: 'pin.updated', change, status: null }))
}

/** @throws {Problem} pin_not_found, version_mismatch */
export async function deletePin(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const old = await mustFindPin(context, id, ifMatch)
  const change = { phrase: old.phrase, products: old.productIds.length }
  await commit(context, id, removePin(old), { action: 'pin.deleted', change, status: null })
}

async function commit(
  context: Context,
  id: string,
  writes: readonly Write[],
  told: { action: string; change: Record<string, unknown>; status: number | null },
): Promise<PinRow[]> {
  const reads = [findPin(id)]
  const [rows] = await commitStaffChange(context, { ...told, writes, reads, subjectId: id, tags: [CATALOG_TAG] })
  return rows ?? []
}

function mustHave([row]: readonly PinRow[]): PinRow {
  if (!row) throw new Error('the pin just saved is gone')
  return row
}

function mustBePhrase(query: string): string {
  const fault = checkPinned(query)
  if (fault !== null) throw invalid('/query', fault)
  return readQuery(query).phrase
}

// Products are never removed: what is one now is one when the pin is committed.
function refuseUnknown(ids: readonly string[], known: readonly { id: string }[]): void {
  const all = new Set(known.map(({ id }) => id))
  const errors = ids.flatMap((id, index) =>
    all.has(id) ? [] : [{ pointer: `/product_ids/${index}`, detail: 'is not a product' }],
  )
  if (errors.length > 0) throw new Problem('invalid_request', { errors })
}
