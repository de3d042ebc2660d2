import type { Query } from '../db/client.ts'
import type { Basis, Cached } from './cached.ts'

/** A kind of cached value: how long it may be old, and how D1 answers for any number of its keys at once. */
export interface Family<Value> {
  /** The prefix of its KV keys; stands in docs/storage.md. */
  name: string
  /** Served from the isolate's memory for this long without a look at anything else. */
  memoryMs: number
  /** Older than this, a value is still served, and read anew from D1 behind the answer. */
  softMs: number
  /** Older than this, D1 is asked first. The bound on how stale another isolate may be. */
  freshMs: number
  /** One statement or more that load what stands behind `keys`. */
  queries(keys: readonly string[]): Query[]
  /** The values by key. A key that is absent does not exist, and what does not exist is not cached. */
  collect(results: readonly unknown[], keys: readonly string[]): Map<string, Value>
  /**
   * When a change is known in advance (a sale begins, a publishing window ends): the first moment after `readAt` from
   * which `value` is wrong, or null. From then on D1 is asked, and the value is served to nobody, not even while D1 is
   * down. @param readAt Unix milliseconds of the D1 read. @returns Unix milliseconds.
   */
  currentUntil?(value: Value, readAt: number): number | null
}

/** How old a value may be where its family has no reason for other times; they stand in docs/storage.md. */
export const USUAL_TIMES = { memoryMs: 5_000, softMs: 30_000, freshMs: 60_000 } as const

export interface Want<Value> {
  family: Family<Value>
  keys: readonly string[]
}

export function want<Value>(family: Family<Value>, keys: readonly string[]): Want<Value> {
  return { family, keys }
}

/** What is read in the same trip if D1 has to be asked anyway: values that the caller is likely to want next. */
export interface Alongside {
  family: Family<unknown>
  query: Query
}

export function alongside<Value>(family: Family<Value>, query: Query): Alongside {
  return { family: family as Family<unknown>, query }
}

type Loaded<Wants extends readonly Want<unknown>[]> = {
  [Index in keyof Wants]: Wants[Index] extends Want<infer Value> ? Map<string, Cached<Value>> : never
}

export interface LoadOptions {
  floor?: number
  fresh?: boolean
  alongside?: readonly Alongside[]
}

/**
 * Read-through: the isolate's memory, then KV in one bulk read, then D1 in one trip for everything that is missing.
 * Whoever asks for what is being read already waits for that read instead of doing it again.
 */
export interface Cache {
  /**
   * @param options.floor nothing read at a lower generation of the catalog is good enough for this caller.
   * @param options.fresh asks D1 whatever the caches hold: before a refusal, which a cached value must never cause.
   * @throws {DatabaseUnavailable} when D1 is down and something was never seen before.
   */
  load<const Wants extends readonly Want<unknown>[]>(wants: Wants, options?: LoadOptions): Promise<Loaded<Wants>>
  /** Takes values that were just read elsewhere, with the generation of that read. */
  put<Value>(family: Family<Value>, values: ReadonlyMap<string, Value>, generation: number): void
  /** After a change made here: this isolate serves nothing older any more. */
  raiseFloor(generation: number): void
  /** Whether a `load` had to serve values past their time because D1 is down. */
  readonly stale: boolean
  /** What all loads of this request have given out so far. */
  readonly basis: Basis
}
