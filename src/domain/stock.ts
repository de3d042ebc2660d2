import type { InventoryPolicy } from './product.ts'

/** One variant at one location. `freeable` is the part of `held` whose holds have expired. */
export interface StockLevel {
  variantId: string
  locationId: string
  policy: InventoryPolicy
  backorderLimit: number | null
  onHand: number
  held: number
  freeable: number
}

/** How many can be sold now; null means without limit. Several locations add up. */
export function availableQuantity(levels: readonly Omit<StockLevel, 'variantId' | 'locationId'>[]): number | null {
  let available = 0
  for (const level of levels) {
    const room = roomAt(level)
    if (room === null) return null
    available += Math.max(0, room)
  }
  return available
}

/** Whether selling `quantity` would reach below what stands on the shelves, where that is allowed at all. */
export function isBackordered(
  levels: readonly Omit<StockLevel, 'variantId' | 'locationId'>[],
  quantity: number,
): boolean {
  if (levels.some((level) => level.policy === 'untracked')) return false
  if (!levels.some((level) => level.policy === 'backorder')) return false
  const shelf = levels.reduce((sum, level) => sum + Math.max(0, level.onHand - level.held + level.freeable), 0)
  return quantity > shelf
}

export interface PlannedHold {
  variantId: string
  locationId: string
  quantity: number
}

export type HoldPlan =
  | { ok: true; holds: PlannedHold[] }
  | { ok: false; short: { variantId: string; requested: number; available: number }[] }

/**
 * Spreads what is asked of each variant over its locations, in their order, taking what stands on the shelves before
 * anything is backordered. Untracked variants need no hold. The plan is a proposal: committing it breaks
 * `stock_not_oversold` if somebody was faster.
 */
export function planHolds(demand: ReadonlyMap<string, number>, levels: readonly StockLevel[]): HoldPlan {
  const holds: PlannedHold[] = []
  const short: { variantId: string; requested: number; available: number }[] = []
  for (const [variantId, requested] of demand) {
    const places = levels.filter((level) => level.variantId === variantId)
    if (places.some(({ policy }) => policy === 'untracked')) continue
    const available = availableQuantity(places)
    if (available !== null && available < requested) {
      short.push({ variantId, requested, available })
      continue
    }
    holds.push(...spread(variantId, requested, places))
  }
  return short.length > 0 ? { ok: false, short } : { ok: true, holds }
}

function spread(variantId: string, requested: number, places: readonly StockLevel[]): PlannedHold[] {
  const taken = new Map<string, number>()
  let rest = requested
  const take = (place: StockLevel, limit: number) => {
    const already = taken.get(place.locationId) ?? 0
    const quantity = Math.min(rest, Math.max(0, limit - already))
    if (quantity > 0) taken.set(place.locationId, already + quantity)
    rest -= quantity
  }
  for (const place of places) take(place, place.onHand - place.held + place.freeable)
  for (const place of places) take(place, roomAt(place) ?? requested)
  return [...taken].map(([locationId, quantity]) => ({ variantId, locationId, quantity }))
}

function roomAt(level: Omit<StockLevel, 'variantId' | 'locationId'>): number | null {
  const free = level.onHand - level.held + level.freeable
  if (level.policy === 'untracked') return null
  if (level.policy === 'deny') return free
  return level.backorderLimit === null ? null : free + level.backorderLimit
}
