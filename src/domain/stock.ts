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
  return quantity > levels.reduce((sum, level) => sum + shelfOf(level), 0)
}

/** What may still be held there; null without limit. Below zero where more is owed than may be. */
export function roomAt(level: Omit<StockLevel, 'variantId' | 'locationId'>): number | null {
  const free = level.onHand - level.held + level.freeable
  if (level.policy === 'untracked') return null
  if (level.policy === 'deny') return free
  return level.backorderLimit === null ? null : free + level.backorderLimit
}

/** What stands there and is nobody's. */
export function shelfOf({ onHand, held, freeable }: Pick<StockLevel, 'onHand' | 'held' | 'freeable'>): number {
  return Math.max(0, onHand - held + freeable)
}

/** What staff and waiting shoppers are told of a variant. */
export type StockState = 'ok' | 'low' | 'out'

/**
 * How a variant stands over all its locations: `out` where nothing can be sold anywhere, `low` where at some location no
 * more is free on the shelf than its `lowStockAt`. Null where stock is not counted.
 */
export function stockState(
  levels: readonly (Omit<StockLevel, 'variantId' | 'locationId'> & { lowStockAt: number | null })[],
): StockState | null {
  if (levels.some(({ policy }) => policy === 'untracked')) return null
  const available = availableQuantity(levels)
  if (available !== null && available <= 0) return 'out'
  const isLow = levels.some(
    ({ lowStockAt, onHand, held, freeable }) => lowStockAt !== null && onHand - held + freeable <= lowStockAt,
  )
  return isLow ? 'low' : 'ok'
}

/** What there is to tell when a variant that was last told to be `told` now is `now`: of more that comes, nothing. */
export function stockNews(told: StockState, now: StockState): 'low' | 'out' | 'back_in_stock' | null {
  if (told === now) return null
  if (now === 'out') return 'out'
  if (told === 'out') return 'back_in_stock'
  return now === 'low' ? 'low' : null
}
