import type * as z from 'zod'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import type { CreateLocation, UpdateLocation } from './location-contract.ts'
import {
  findDefaultLocation,
  findLocation,
  insertLocation,
  type LocationRow,
  listInUse,
  refuseInUse,
  resignDefault,
  updateLocation,
} from './location-queries.ts'

type Create = z.output<ReturnType<typeof CreateLocation>>
type Update = z.output<ReturnType<typeof UpdateLocation>>

/** A further location; the first one of all is the default. @throws {Problem} invalid_request (a closed default). */
export async function createLocation(context: Context, input: Create): Promise<LocationRow> {
  const { db, mint, now } = context
  const [[known]] = await db.read(findDefaultLocation())
  const at = now.getTime()
  const row: LocationRow = {
    id: mint('location'),
    name: input.name,
    country: input.country,
    isDefault: input.is_default || !known,
    priority: input.priority,
    active: input.active,
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  if (row.isDefault && !row.active) throw invalid('/active', 'must be true of the default location')
  return commitLocation(context, row.id, {
    writes: [...(row.isDefault ? [resignDefault(now)] : []), insertLocation(row)],
    ...{ action: 'location.created', change: { name: row.name }, status: 201, isShown: false },
  })
}

/** A location. @throws {Problem} location_not_found, version_mismatch */
export async function mustFindLocation({ db }: Context, id: string, ifMatch: number | null = null) {
  const [[row]] = await db.read(findLocation(id))
  return mustBe(row, 'location_not_found', ifMatch)
}

/**
 * Changes what `input` names; one that changes nothing keeps the version. A location closes only when nothing stands, is
 * held or is expected there: its levels close with it, and open with it again.
 * @throws {Problem} location_not_found, version_mismatch, location_in_use (the default one always is), invalid_request (only
 *   another one ends being the default, and a closed one cannot begin it).
 */
export async function editLocation(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<LocationRow> {
  const { now } = context
  const old = await mustFindLocation(context, id, ifMatch)
  const wanted: LocationRow = {
    ...old,
    name: input.name ?? old.name,
    country: input.country === undefined ? old.country : input.country,
    priority: input.priority ?? old.priority,
    isDefault: input.is_default ?? old.isDefault,
    active: input.active ?? old.active,
  }
  const fields = changedFields(old, wanted)
  if (fields.length === 0) return old
  if (old.isDefault && !wanted.isDefault) throw invalid('/is_default', 'make another location the default instead')
  if (!old.isDefault && wanted.isDefault && !wanted.active) {
    throw invalid('/is_default', 'the default location must be active')
  }
  if (old.isDefault && !wanted.active) {
    const errors = [{ pointer: '/active', detail: 'it is the default location: make another one that first' }]
    throw new Problem('location_in_use', { errors })
  }
  const closes = old.active && !wanted.active
  const change: LocationChange = {
    writes: [
      ...(closes ? refuseInUse(id, now) : []),
      ...(wanted.isDefault && !old.isDefault ? [resignDefault(now)] : []),
      ...updateLocation({ ...wanted, updatedAt: now.getTime() }, old.version),
    ],
    action: 'location.updated',
    change: { fields, version: old.version + 1 },
    status: null,
    // Goods that are backordered or not counted are sold from open locations only.
    isShown: old.active !== wanted.active,
  }
  try {
    return await commitLocation(context, id, change)
  } catch (error) {
    throw error instanceof ConstraintError && error.constraint === 'location_in_use' ? await inUse(context, id) : error
  }
}

// Enough to begin with; whoever has cleared these asks again.
const SHOWN = 10

async function inUse({ db }: Context, id: string): Promise<Problem> {
  const [levels] = await db.read(listInUse(id, SHOWN))
  const errors = levels.map(({ variantId, onHand, held, incoming }) => ({
    pointer: '/active',
    detail: `${variantId}: ${onHand} on hand, ${held} held, ${incoming} incoming`,
  }))
  return new Problem('location_in_use', { errors })
}

interface LocationChange {
  writes: readonly Write[]
  action: string
  change: Record<string, unknown>
  status: number | null
  isShown: boolean
}

async function commitLocation(context: Context, id: string, { isShown, ...change }: LocationChange) {
  const tags = isShown ? [CATALOG_TAG] : null
  const [[saved]] = await commitStaffChange(context, { ...change, reads: [findLocation(id)], subjectId: id, tags })
  if (!saved) throw new Error('the location just saved is gone')
  return saved
}
