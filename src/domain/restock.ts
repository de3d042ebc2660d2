import type { PlannedHold } from './allocation.ts'

/**
 * Which shelves goods go back to: those they were sold from, the last one first, as far as they are not back there already.
 * What was never taken from a shelf goes back to none.
 * @param wanted pieces by variant. @param sold what the order took from each shelf, less what has come back.
 */
export function planRestock(wanted: ReadonlyMap<string, number>, sold: readonly PlannedHold[]): PlannedHold[] {
  const rest = new Map(wanted)
  return [...sold].reverse().flatMap(({ variantId, locationId, quantity: taken }) => {
    const quantity = Math.min(rest.get(variantId) ?? 0, taken)
    if (quantity <= 0) return []
    rest.set(variantId, (rest.get(variantId) ?? 0) - quantity)
    return [{ variantId, locationId, quantity }]
  })
}
