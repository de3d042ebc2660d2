import type { Family } from './cache.ts'
import type { Cached } from './cached.ts'

/** Unix milliseconds of the first scheduled change of this value, or null. */
export function changesAt(family: Family<unknown>, { value, storedAt }: Cached): number | null {
  return family.currentUntil?.(value, storedAt) ?? null
}

/** Whether no scheduled change has made the value wrong; one that is wrong is good for nothing, also while D1 is down. */
export function isCurrent(family: Family<unknown>, entry: Cached, nowMs: number): boolean {
  return nowMs < (changesAt(family, entry) ?? Number.POSITIVE_INFINITY)
}

/** Whether a value may be served without asking D1. @param lowest the generation below which nothing is good enough. */
export function isUsable(family: Family<unknown>, entry: Cached, nowMs: number, lowest: number): boolean {
  return entry.generation >= lowest && nowMs - entry.storedAt < family.freshMs && isCurrent(family, entry, nowMs)
}
