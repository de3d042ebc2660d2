/** What a cache keeps of a value: when it was read from D1, and at which generation of the catalog. */
export interface Cached<Value = unknown> {
  generation: number
  /** Unix milliseconds of the D1 read. */
  storedAt: number
  value: Value
}

/** What an answer was made from, as far as it came through the cache. */
export interface Basis {
  entries: readonly (readonly [id: string, entry: Cached])[]
  /** The isolate's floor when the request began. */
  floor: number
  /** Unix milliseconds up to which memory alone gives the same values again; 0 when it does not. */
  until: number
  /** Unix milliseconds of the first scheduled change of a value; null when none is known. */
  changesAt: number | null
  /** Unix milliseconds of the oldest value's D1 read; null when nothing came through the cache. */
  oldestAt: number | null
}

/** Whether `entry` is of a later generation, or of the same one and read later. */
function isNewer(entry: Cached, other: Cached): boolean {
  if (entry.generation !== other.generation) return entry.generation > other.generation
  return entry.storedAt > other.storedAt
}

/** The newer of two, where there are two. */
export function newest(one: Cached | null | undefined, other: Cached | null | undefined): Cached | null {
  if (!one || !other) return one ?? other ?? null
  return isNewer(other, one) ? other : one
}
