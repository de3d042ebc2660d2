import type * as z from 'zod'
import { checkTaxZone } from '../../domain/tax.ts'
import type { Write } from '../../platform/db/client.ts'
import { toPpm } from '../../platform/http/amounts.ts'
import { commitAreas, sortAreas } from '../../platform/http/areas.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import type { CreateTaxZone, UpdateTaxZone } from './contract.ts'
import {
  findTaxZoneById,
  insertTaxZone,
  listTaxAreas,
  removeTaxZone,
  type StoredTaxZone,
  toTaxZones,
  updateTaxZone,
} from './queries.ts'

type Create = z.output<ReturnType<typeof CreateTaxZone>>
type Update = z.output<ReturnType<typeof UpdateTaxZone>>

/** @throws {Problem} area_taken, invalid_request for rates that do not fit each other. */
export async function createTaxZone(context: Context, input: Create): Promise<StoredTaxZone> {
  const at = context.now.getTime()
  const { reverse_charge, rates, ...fields } = input
  const zone: StoredTaxZone = {
    id: context.mint('tax'),
    ...fields,
    reverseCharge: reverse_charge,
    rates: toRates(rates),
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  const change = { name: zone.name, areas: zone.areas.length, rates: zone.rates.length }
  return commitZone(context, zone, { writes: insertTaxZone(zone), action: 'tax_zone.created', change, status: 201 })
}

/** A tax zone. @throws {Problem} tax_zone_not_found, version_mismatch */
export async function mustFindTaxZone(
  { db }: Context,
  id: string,
  ifMatch: number | null = null,
): Promise<StoredTaxZone> {
  const [zone] = toTaxZones(await db.read(...findTaxZoneById(id)))
  return mustBe(zone, 'tax_zone_not_found', ifMatch)
}

/**
 * Changes what `input` names; one that changes nothing keeps the version. Orders keep the taxes they were placed with.
 * @throws {Problem} tax_zone_not_found, version_mismatch, area_taken, invalid_request.
 */
export async function editTaxZone(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<StoredTaxZone> {
  const old = await mustFindTaxZone(context, id, ifMatch)
  const wanted: StoredTaxZone = {
    ...old,
    name: input.name ?? old.name,
    position: input.position ?? old.position,
    areas: input.areas ?? old.areas,
    included: input.included ?? old.included,
    shipping: input.shipping ?? old.shipping,
    rounding: input.rounding ?? old.rounding,
    reverseCharge: input.reverse_charge ?? old.reverseCharge,
    rates: input.rates ? toRates(input.rates) : old.rates,
  }
  const fields = changedFields(old, { ...wanted, areas: sortAreas(wanted.areas) })
  if (fields.length === 0) return old
  const zone = { ...wanted, updatedAt: context.now.getTime() }
  return commitZone(context, zone, {
    writes: updateTaxZone(zone, old.version, fields),
    action: 'tax_zone.updated',
    change: { fields, version: old.version + 1 },
    status: null,
  })
}

/** Ends a zone with its rates: nothing is taxed by it from then on. @throws {Problem} tax_zone_not_found, version_mismatch */
export async function deleteTaxZone(context: Context, id: string, ifMatch: number | null): Promise<void> {
  const { name, version } = await mustFindTaxZone(context, id, ifMatch)
  await commitStaffChange(context, {
    writes: removeTaxZone(id, version),
    reads: [],
    action: 'tax_zone.deleted',
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

// Without tags: no public answer shows a tax, carts do, and they ask for the catalog's generation.
async function commitZone(context: Context, zone: StoredTaxZone, change: ZoneChange): Promise<StoredTaxZone> {
  const faults = checkTaxZone(zone)
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
  const areas = { constraint: 'tax_areas.country', listAreas: listTaxAreas }
  const results = await commitAreas(context, zone, areas, () =>
    commitStaffChange(context, { ...change, reads: findTaxZoneById(zone.id), subjectId: zone.id, tags: [] }),
  )
  const [saved] = toTaxZones(results)
  if (!saved) throw new Error('the tax zone just saved is gone')
  return saved
}

function toRates(rates: Create['rates']): StoredTaxZone['rates'] {
  return rates.map(({ category, name, percent, compound }) => ({ category, name, ratePpm: toPpm(percent), compound }))
}
