import { Answers } from './answers.ts'
import type { Basis, Cached } from './cached.ts'
import { Flights } from './flights.ts'

/** A cached value and when this isolate took it in, which may be long after it was read from D1. */
export interface Kept {
  entry: Cached
  keptAt: number
}

// For this long after D1 has not answered, what has a value to fall back on does not ask it again.
const OUTAGE_MS = 5000

/**
 * An isolate's own memory: bounded, least recently used out first. Plain data only, because an I/O object of one
 * request must not be touched by another.
 */
export class Memory {
  /** After a change made in this isolate, nothing older is good enough here. */
  floor = 0
  /** Reads that are under way. */
  readonly flights = new Flights()
  /** Rendered answers. */
  readonly answers = new Answers()
  readonly #entries = new Map<string, Kept>()
  readonly #lastKvWrite = new Map<string, number>()
  readonly #capacity: number
  #outageUntil = 0

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

  /** The same without counting as use. */
  peek(key: string): Kept | undefined {
    return this.#entries.get(key)
  }

  /**
   * Keeps `entry` unless one of a later generation is there: a slow refill never brings an old value back.
   * @returns whether it is kept.
   */
  set(key: string, entry: Cached, nowMs: number): boolean {
    const current = this.#entries.get(key)
    if (current && current.entry.generation > entry.generation) return false
    this.#entries.delete(key)
    this.#entries.set(key, { entry, keptAt: nowMs })
    trim(this.#entries, this.#capacity)
    return true
  }

  /** Whether what `basis` says is still exactly what would be served from here, without a look at anything else. */
  holds({ until, floor, entries }: Basis, nowMs: number): boolean {
    if (nowMs >= until || floor !== this.floor) return false
    return entries.every(([key, entry]) => this.#entries.get(key)?.entry === entry)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  raiseFloor(generation: number): void {
    this.floor = Math.max(this.floor, generation)
  }

  /** D1 has just not answered, or not in time. */
  noteOutage(nowMs: number): void {
    this.#outageUntil = nowMs + OUTAGE_MS
  }

  /** D1 has answered. */
  noteAnswer(): void {
    this.#outageUntil = 0
  }

  isOut(nowMs: number): boolean {
    return nowMs < this.#outageUntil
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
