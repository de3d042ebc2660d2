import type * as z from 'zod'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange } from '../../platform/http/staff-change.ts'
import { MAX_LOCATIONS } from './adjust.ts'
import type { InventoryTermsInput } from './contract.ts'
import { findPlaces, type InventoryRow, type LevelTerms, listInventory, setTerms } from './level-queries.ts'

/**
 * Changes how a variant is sold: its policy everywhere, its limits at one location. One that changes nothing writes nothing.
 * @returns the variant's levels.
 * @throws {Problem} invalid_request (no such variant, no level of it there), out_of_stock (what is held or owed forbids it).
 */
export async function editTerms(
  context: Context,
  input: z.output<ReturnType<typeof InventoryTermsInput>>,
): Promise<InventoryRow[]> {
  const { db, now } = context
  const { location_id: place, policy, backorder_limit, low_stock_at, ...target } = input
  const [levels, places] = await db.read(listInventory(target, null, MAX_LOCATIONS, now), findPlaces([]))
  if (levels.length === 0)
    throw invalid(target.sku === undefined ? '/variant_id' : '/sku', 'is no variant with a level')
  const locationId = place ?? places.find(({ isDefault }) => isDefault)?.id
  const level = levels.find((each) => each.locationId === locationId)
  if (!level) throw invalid('/location_id', 'has no level of this variant: an adjustment opens one')
  const old: LevelTerms = { policy: level.policy, backorderLimit: level.backorderLimit, lowStockAt: level.lowStockAt }
  const wanted: LevelTerms = {
    policy: policy ?? old.policy,
    backorderLimit: backorder_limit === undefined ? old.backorderLimit : backorder_limit,
    lowStockAt: low_stock_at === undefined ? old.lowStockAt : low_stock_at,
  }
  const fields = changedFields(old, wanted)
  if (fields.length === 0 && levels.every((each) => each.policy === wanted.policy)) return levels
  const { variantId } = level
  const isShown = fields.some((field) => field !== 'lowStockAt')
  const [saved] = await commitStaffChange(context, {
    writes: setTerms(
      variantId,
      level.locationId,
      { policy, backorderLimit: backorder_limit, lowStockAt: low_stock_at },
      now,
    ),
    reads: [listInventory(target, null, MAX_LOCATIONS, now)],
    action: 'stock.terms_changed',
    subjectId: variantId,
    change: { location_id: level.locationId, fields },
    status: null,
    tags: isShown ? [CATALOG_TAG] : null,
    faults: { level_missing: { pointer: '/location_id', detail: 'has no level of this variant any more' } },
  })
  return saved
}
