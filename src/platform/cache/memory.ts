/** What a cache keeps of a value: when it was read from D1, and at which generation of the catalog. */
export interface Cached<Value = unknown> {
  generation: number
  /** Unix milliseconds of the D1 read. */
  storedAt: number
  value: Value
}

/** A cached value and when this isolate took it in, which may be long after it was read from D1. */
export interface Kept {
  entry: Cached
  keptAt: number
}

/**
 * An isolate's own memory: bounded, least recently used out first. Plain data only, because an I/O object of one
 * request must not be touched by another.
 */
export class Memory {
  /** After a change made in this isolate, nothing older is good enough here. */
  floor = 0
  readonly #entries = new Map<string, Kept>()
  readonly #lastKvWrite = new Map<string, number>()
  readonly #capacity: number

  constructor(capacity = 2000) {
    this.#capacity = capacity
  }

  get(key: string): Kept | undefined {
    const kept = this.#entries.get(key)
    if (kept) {
      this.#entries.delete(key)
      this.#entries.set(key, kept)
    }
    return kept
  }

  /** Keeps `entry` unless a newer one is there: a slow refill never brings an old value back. */
  set(key: string, entry: Cached, nowMs: number): void {
    const current = this.#entries.get(key)
    if (current && current.entry.generation > entry.generation) return
    this.#entries.delete(key)
    this.#entries.set(key, { entry, keptAt: nowMs })
    trim(this.#entries, this.#capacity)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  raiseFloor(generation: number): void {
    this.floor = Math.max(this.floor, generation)
  }

  /** KV takes one write a second a key; more would be refused there. */
  mayWriteKv(key: string, nowMs: number): boolean {
    if (nowMs - (this.#lastKvWrite.get(key) ?? 0) < 1000) return false
    this.#lastKvWrite.delete(key)
    this.#lastKvWrite.set(key, nowMs)
    trim(this.#lastKvWrite, this.#capacity)
    return true
  }
}

function trim(map: Map<string, unknown>, capacity: number): void {
  while (map.size > capacity) {
    const oldest = map.keys().next().value
    if (oldest === undefined) return
    map.delete(oldest)
  }
}
