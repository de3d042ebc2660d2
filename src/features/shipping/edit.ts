import type * as z from 'zod'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { toAmounts } from '../../platform/http/amounts.ts'
import { commitAreas, sortAreas } from '../../platform/http/areas.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { type CreateShippingZone, toRule, type UpdateShippingZone } from './contract.ts'
import { listKnownPickups, refuseUnknownPickups } from './pickup-queries.ts'
import {
  findZoneById,
  insertZone,
  listAreas,
  type RateDraft,
  removeZone,
  type StoredZone,
  toZones,
  updateZone,
  type ZoneDraft,
} from './queries.ts'
import { toPriceColumns } from './rate-prices.ts'

type Create = z.output<ReturnType<typeof CreateShippingZone>>
type Update = z.output<ReturnType<typeof UpdateShippingZone>>
type RateWish = NonNullable<Update['rates']>[number]

/** @throws {Problem} area_taken, invalid_request for a pickup location that there is not. */
export async function createZone(context: Context, input: Create): Promise<StoredZone> {
  const { now, mint } = context
  const at = now.getTime()
  const zone: ZoneDraft = {
    id: mint('zone'),
    name: input.name,
    position: input.position,
    areas: input.areas,
    rates: input.rates.map((rate) => toDraft(rate, mint('rate'))),
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  const change = { name: zone.name, areas: zone.areas.length, rates: zone.rates.length }
  return commitZone(context, zone, { writes: insertZone(zone), action: 'shipping_zone.created', change, status: 201 })
}

/** A zone. @throws {Problem} shipping_zone_not_found, version_mismatch */
export async function mustFindZone({ db }: Context, id: string, ifMatch: number | null = null): Promise<StoredZone> {
  const [zone] = toZones(await db.read(...findZoneById(id)))
  return mustBe(zone, 'shipping_zone_not_found', ifMatch)
}

/**
 * Changes what `input` names; one that changes nothing keeps the version. Rates keep the ids that `input` names them by.
 * @throws {Problem} shipping_zone_not_found, version_mismatch, area_taken, invalid_request for a rate that is not this zone's.
 */
export async function editZone(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<StoredZone> {
  const { now, mint } = context
  const old = await mustFindZone(context, id, ifMatch)
  if (input.rates) refuseForeignRates(old, input.rates)
  const before = { name: old.name, position: old.position, areas: old.areas, rates: old.rates.map(toStoredDraft) }
  const wanted = {
    name: input.name ?? old.name,
    position: input.position ?? old.position,
    areas: input.areas ?? old.areas,
    rates: input.rates?.map((rate) => toDraft(rate, rate.id ?? mint('rate'))) ?? before.rates,
  }
  const fields = changedFields(before, { ...wanted, areas: sortAreas(wanted.areas) })
  if (fields.length === 0) return old
  const zone: ZoneDraft = { ...old, ...wanted, updatedAt: now.getTime() }
  return commitZone(context, zone, {
    writes: updateZone(zone, old.version, fields),
    action: 'shipping_zone.updated',
    change: { fields, version: old.version + 1 },
    status: null,
  })
}

/** Ends a zone with its rates. @throws {Problem} shipping_zone_not_found, version_mismatch */
export async function deleteZone(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { name, version } = await mustFindZone(context, id, ifMatch)
  await commitStaffChange(context, {
    writes: removeZone(id, version),
    reads: [],
    action: 'shipping_zone.deleted',
    subjectId: id,
    change: { name },
    status: null,
    tags: [],
  })
}

interface ZoneChange {
  writes: readonly Write[]
  action: string
  change: Record<string, unknown>
  status: number | null
}

// Without tags: no public answer shows a rate, carts do, and they ask for the catalog's generation.
async function commitZone(context: Context, zone: ZoneDraft, { writes, ...change }: ZoneChange): Promise<StoredZone> {
  const pickups = [...new Set(zone.rates.flatMap(({ pickupLocationId }) => pickupLocationId ?? []))]
  const areas = { constraint: 'shipping_areas.country', listAreas }
  try {
    const results = await commitAreas(context, zone, areas, () =>
      commitStaffChange(context, {
        ...change,
        writes: [...refuseUnknownPickups(pickups), ...writes],
        reads: findZoneById(zone.id),
        subjectId: zone.id,
        tags: [],
      }),
    )
    const [saved] = toZones(results)
    if (!saved) throw new Error('the shipping zone just saved is gone')
    return saved
  } catch (error) {
    const unknown = error instanceof ConstraintError && error.constraint === 'pickup_location_unknown'
    throw unknown ? await unknownPickups(context, zone.rates, pickups) : error
  }
}

async function unknownPickups(
  { db }: Context,
  rates: readonly RateDraft[],
  named: readonly string[],
): Promise<Problem> {
  const [rows] = await db.read(listKnownPickups(named))
  const known = new Set(rows.map(({ id }) => id))
  const errors = rates.flatMap(({ pickupLocationId }, index) =>
    pickupLocationId === null || known.has(pickupLocationId)
      ? []
      : [{ pointer: `/rates/${index}/pickup_location_id`, detail: 'is not a pickup location of this shop' }],
  )
  return new Problem('invalid_request', { errors })
}

/** A rate of another zone stays there: carts have chosen it with what it costs and where it goes. */
function refuseForeignRates(zone: StoredZone, rates: readonly RateWish[]): void {
  const own = new Set(zone.rates.map(({ id }) => id))
  const errors = rates.flatMap(({ id }, index) =>
    id === undefined || own.has(id)
      ? []
      : [{ pointer: `/rates/${index}/id`, detail: 'is not a rate of this zone; leave it out for a new one' }],
  )
  if (errors.length > 0) throw new Problem('invalid_request', { errors })
}

function toDraft(wish: RateWish, id: string): RateDraft {
  return {
    id,
    name: wish.name,
    description: wish.description,
    freeOver: toAmounts(wish.free_over),
    rule: toRule(wish.rule),
    ...toPriceColumns(wish),
  }
}

/** A rate as it is stored, in the order of `toDraft`. */
function toStoredDraft({
  id,
  name,
  description,
  freeOver,
  rule,
  kind,
  steps,
  service,
  pickup,
}: StoredZone['rates'][number]): RateDraft {
  return { id, name, description, freeOver, rule, kind, steps, service, pickupLocationId: pickup?.id ?? null }
}
