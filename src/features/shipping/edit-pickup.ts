import type * as z from 'zod'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import type { CreatePickupLocation, UpdatePickupLocation } from './pickup-contract.ts'
import { findPickup, insertPickup, removePickup, updatePickup } from './pickup-queries.ts'
import type { PickupRow } from './queries.ts'

type Create = z.output<ReturnType<typeof CreatePickupLocation>>
type Update = z.output<ReturnType<typeof UpdatePickupLocation>>

export async function createPickup(context: Context, { postal_code, ...input }: Create): Promise<PickupRow> {
  const at = context.now.getTime()
  const id = context.mint('pickup')
  const row: PickupRow = { id, ...input, postalCode: postal_code, version: 1, createdAt: at, updatedAt: at }
  return commitPickup(context, row.id, {
    writes: [insertPickup(row)],
    action: 'pickup_location.created',
    change: { name: row.name },
    status: 201,
  })
}

/** A pickup location. @throws {Problem} pickup_location_not_found, version_mismatch */
export async function mustFindPickup({ db }: Context, id: string, ifMatch: number | null = null): Promise<PickupRow> {
  const [[row]] = await db.read(findPickup(id))
  return mustBe(row, 'pickup_location_not_found', ifMatch)
}

/** Changes what `input` names; one that changes nothing keeps the version.
 *  @throws {Problem} pickup_location_not_found, version_mismatch */
export async function editPickup(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<PickupRow> {
  const old = await mustFindPickup(context, id, ifMatch)
  const wanted: PickupRow = {
    ...old,
    name: input.name ?? old.name,
    line1: input.line1 ?? old.line1,
    line2: input.line2 === undefined ? old.line2 : input.line2,
    city: input.city ?? old.city,
    region: input.region === undefined ? old.region : input.region,
    postalCode: input.postal_code ?? old.postalCode,
    country: input.country ?? old.country,
  }
  const fields = changedFields(old, wanted)
  if (fields.length === 0) return old
  return commitPickup(context, id, {
    writes: updatePickup({ ...wanted, updatedAt: context.now.getTime() }, old.version),
    action: 'pickup_location.updated',
    change: { fields, version: old.version + 1 },
    status: null,
  })
}

/** @throws {Problem} pickup_location_not_found, version_mismatch, pickup_location_in_use */
export async function deletePickup(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { name, version } = await mustFindPickup(context, id, ifMatch)
  await commitStaffChange(context, {
    writes: removePickup(id, version),
    reads: [],
    action: 'pickup_location.deleted',
    subjectId: id,
    change: { name },
    status: null,
    tags: [],
  })
}

interface PickupChange {
  writes: readonly Write[]
  action: string
  change: Record<string, unknown>
  status: number | null
}

async function commitPickup(context: Context, id: string, change: PickupChange): Promise<PickupRow> {
  const [[saved]] = await commitStaffChange(context, { ...change, reads: [findPickup(id)], subjectId: id, tags: [] })
  if (!saved) throw new Error('the pickup location just saved is gone')
  return saved
}
