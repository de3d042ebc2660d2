import type { Db, Meter, Query } from '../db/client.ts'
import { DatabaseUnavailable } from '../db/errors.ts'
import { findGeneration } from '../generations.ts'
import type { Log } from '../log.ts'
import type { Cached, Memory } from './memory.ts'

/** A kind of cached value: how long it may be old, and how D1 answers for any number of its keys at once. */
export interface Family<Value> {
  /** The prefix of its KV keys; stands in docs/storage.md. */
  name: string
  /** Served from the isolate's memory for this long without a look at anything else. */
  memoryMs: number
  /** Served from KV for this long; older, D1 is asked first. The bound on how stale another isolate may be. */
  freshMs: number
  /** One statement or more that load what stands behind `keys`. */
  queries(keys: readonly string[]): Query[]
  /** The values by key. A key that is absent does not exist, and what does not exist is not cached. */
  collect(results: readonly unknown[], keys: readonly string[]): Map<string, Value>
}

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

export interface CacheOptions {
  memory: Memory
  kv: KVNamespace
  /** Opened only when something is missing: a hot read has no database at all. */
  openDb: (consistency: 'first-unconstrained' | 'first-primary') => Db
  meter: Meter
  now: Date
  log: Log
  waitUntil: (work: Promise<unknown>) => void
}

export interface LoadOptions {
  floor?: number
  fresh?: boolean
  alongside?: readonly Alongside[]
}

/** Read-through: the isolate's memory, then KV in one bulk read, then D1 in one trip for everything that is missing. */
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
  /** Whether the last `load` had to serve values past their time because D1 is down. */
  readonly stale: boolean
}

// KV keeps a value long past its freshness: it is what storefronts live on while D1 is down.
const KV_KEEP_SECONDS = 7 * 24 * 3600
const MAX_KV_KEY_BYTES = 512
const encoder = new TextEncoder()

export function createCache(options: CacheOptions): Cache {
  const { memory, kv, meter, log } = options
  const nowMs = options.now.getTime()
  let stale = false

  function put<Value>(family: Family<Value>, values: ReadonlyMap<string, Value>, generation: number): void {
    // A refill that was held up while this isolate made a change brings nothing that anybody should keep.
    if (generation < memory.floor) return
    for (const [key, value] of values) {
      const id = `${family.name}:${key}`
      const entry: Cached<Value> = { generation, storedAt: nowMs, value }
      memory.set(id, entry, nowMs)
      if (!fitsKv(id) || !memory.mayWriteKv(id, nowMs)) continue
      meter.kvWrites += 1
      const write = kv.put(id, JSON.stringify(entry), { expirationTtl: KV_KEEP_SECONDS })
      options.waitUntil(write.catch((error) => log.error('cache_write_failed', error, { key: id })))
    }
  }

  async function readKv(ids: readonly string[]): Promise<Map<string, Cached>> {
    const found = new Map<string, Cached>()
    try {
      for (let start = 0; start < ids.length; start += 100) {
        meter.kvReads += 1
        const batch = await kv.get<Cached>(ids.slice(start, start + 100), 'json')
        for (const [id, entry] of batch) if (entry) found.set(id, entry)
      }
    } catch (error) {
      // KV is an accelerator: without it the answer is slower, not wrong.
      log.error('cache_read_failed', error)
    }
    return found
  }

  async function load(wants: readonly Want<unknown>[], { floor = 0, fresh = false, alongside = [] }: LoadOptions = {}) {
    const lowest = Math.max(floor, memory.floor)
    const loaded = wants.map(() => new Map<string, Cached>())
    const old = wants.map(() => new Map<string, Cached>())
    const missing = wants.map(({ keys }) => new Set(keys))
    const settle = (index: number, key: string, entry: Cached, freshMs: number, kept = true) => {
      const usable = kept && !fresh && entry.generation >= lowest && nowMs - entry.storedAt < freshMs
      if (usable) {
        loaded[index]?.set(key, entry)
        missing[index]?.delete(key)
      } else if ((old[index]?.get(key)?.storedAt ?? 0) < entry.storedAt) old[index]?.set(key, entry)
      return usable
    }

    const atKv: { index: number; key: string; id: string }[] = []
    wants.forEach(({ family, keys }, index) => {
      for (const key of new Set(keys)) {
        const id = `${family.name}:${key}`
        const kept = memory.get(id)
        const recent = kept !== undefined && nowMs - kept.keptAt < family.memoryMs
        if (!kept || !settle(index, key, kept.entry, family.freshMs, recent)) atKv.push({ index, key, id })
      }
    })
    if (atKv.length > 0 && !fresh) {
      const found = await readKv(atKv.map(({ id }) => id).filter(fitsKv))
      for (const { index, key, id } of atKv) {
        const entry = found.get(id)
        const family = wants[index]?.family
        // KV may lag behind what this isolate has already read from D1.
        const older = entry !== undefined && entry.generation < (memory.get(id)?.entry.generation ?? 0)
        if (entry && !older && family && settle(index, key, entry, family.freshMs)) memory.set(id, entry, nowMs)
      }
    }
    if (missing.some((keys) => keys.size > 0)) {
      await readD1(wants, missing, loaded, alongside, fresh ? null : { old, lowest })
    }
    return loaded
  }

  async function readD1(
    wants: readonly Want<unknown>[],
    missing: readonly Set<string>[],
    loaded: readonly Map<string, Cached>[],
    extras: readonly Alongside[],
    known: { old: readonly Map<string, Cached>[]; lowest: number } | null,
  ): Promise<void> {
    const plans = wants.map(({ family }, index) => {
      const keys = [...(missing[index] ?? [])]
      return { family, keys, queries: keys.length > 0 ? family.queries(keys) : [] }
    })
    const queries = [...plans.flatMap((plan) => plan.queries), ...extras.map(({ query }) => query)]
    try {
      let results = await options
        .openDb(known ? 'first-unconstrained' : 'first-primary')
        .read(findGeneration(), ...queries)
      if (known && generationIn(results) < known.lowest) {
        // The replica has not heard of a change that this isolate, or this cart, has already shown.
        results = await options.openDb('first-primary').read(findGeneration(), ...queries)
      }
      const generation = generationIn(results)
      let offset = 1
      plans.forEach(({ family, keys, queries }, index) => {
        if (keys.length === 0) return
        const values = family.collect(results.slice(offset, offset + queries.length), keys)
        offset += queries.length
        put(family, values, generation)
        for (const [key, value] of values) loaded[index]?.set(key, { generation, storedAt: nowMs, value })
        for (const key of keys) if (!values.has(key)) memory.delete(`${family.name}:${key}`)
      })
      extras.forEach(({ family }, index) => {
        put(family, family.collect([results[offset + index]], []), generation)
      })
    } catch (error) {
      const covered =
        known !== null && missing.every((keys, index) => [...keys].every((key) => known.old[index]?.has(key)))
      if (!(error instanceof DatabaseUnavailable) || !covered) throw error
      stale = true
      log.warn('cache_stale_served', { keys: missing.reduce((sum, keys) => sum + keys.size, 0) })
      missing.forEach((keys, index) => {
        for (const key of keys) {
          const entry = known.old[index]?.get(key)
          if (entry) loaded[index]?.set(key, entry)
        }
      })
    }
  }

  return {
    load: load as Cache['load'],
    put,
    raiseFloor: (generation) => memory.raiseFloor(generation),
    get stale() {
      return stale
    },
  }
}

function generationIn(results: readonly unknown[]): number {
  return (results[0] as { value: number }[])[0]?.value ?? 0
}

function fitsKv(id: string): boolean {
  return encoder.encode(id).byteLength <= MAX_KV_KEY_BYTES
}
