import type { Db, Meter } from '../db/client.ts'
import { DatabaseUnavailable } from '../db/errors.ts'
import { findGeneration } from '../generations.ts'
import type { Log } from '../log.ts'
import type { Alongside, Family } from './cache.ts'
import { type Cached, newest } from './cached.ts'
import type { Flight, Landing } from './flights.ts'
import { isCurrent, isUsable } from './freshness.ts'
import type { Memory } from './memory.ts'
import { within } from './within.ts'

export interface ReaderOptions {
  memory: Memory
  kv: KVNamespace
  /** Opened only when something is missing: a hot read has no database at all. */
  openDb: (consistency: 'first-unconstrained' | 'first-primary', meter: Meter) => Db
  now: Date
  /** The time after a wait; `now` is when the request began. */
  clock: () => Date
  log: Log
  waitUntil: (work: Promise<unknown>) => void
}

/** One key to be read, of a family. */
export interface Wanted {
  id: string
  key: string
  family: Family<unknown>
}

interface ReadOptions {
  /** Nothing of a lower generation is good enough. */
  lowest: number
  extras: readonly Alongside[]
  /** Who pays: the request, or nobody for what is read behind its back. */
  meter: Meter
}

interface Reader {
  /** Reads for everybody who asks meanwhile: KV unless `skipKv`, then one D1 trip for what is missing. Never throws. */
  lead(reads: readonly (Wanted & { flight: Flight })[], options: ReadOptions & { skipKv?: boolean }): Promise<void>
  /** One trip for all of `reads`, and what became of each. @throws {DatabaseUnavailable} */
  askD1(reads: readonly Wanted[], options: ReadOptions & { fresh?: boolean }): Promise<Map<string, Landing>>
  /** Keeps values in memory and in KV. @returns them by the ids they have there. */
  keep(
    family: Family<unknown>,
    values: ReadonlyMap<string, unknown>,
    generation: number,
    meter: Meter,
  ): Map<string, Cached>
}

// KV keeps a value long past its freshness: it is what storefronts live on while D1 is down.
const KV_KEEP_SECONDS = 7 * 24 * 3600
const KV_TIME_LIMIT_MS = 1000
const MAX_KV_KEY_BYTES = 512
// Stands before every key in KV. Raised when what a family keeps changes its shape: values outlive a deployment, and two
// versions of the Worker may run at once.
const KV_FORMAT = '4'
const encoder = new TextEncoder()

export function createReader({ memory, kv, openDb, now, clock, log, waitUntil }: ReaderOptions): Reader {
  const nowMs = now.getTime()

  function keep(
    family: Family<unknown>,
    values: ReadonlyMap<string, unknown>,
    generation: number,
    meter: Meter,
  ): Map<string, Cached> {
    const kept = new Map<string, Cached>()
    for (const [key, value] of values) {
      const id = `${family.name}:${key}`
      const entry: Cached = { generation, storedAt: nowMs, value }
      kept.set(id, entry)
      // A refill that was held up while a change was made brings nothing that anybody should keep.
      if (generation < memory.floor || !memory.set(id, entry, nowMs)) continue
      if (!fitsKv(id) || !memory.mayWriteKv(id, nowMs)) continue
      meter.kvWrites += 1
      const write = kv.put(kvKey(id), JSON.stringify(entry), { expirationTtl: KV_KEEP_SECONDS })
      waitUntil(write.catch((error) => log.error('cache_write_failed', error, { key: id })))
    }
    return kept
  }

  /** What is gone (a draft again, it may be) is not to come back from KV when D1 is down. @param old what was there. */
  function forget(id: string, old: Cached, generation: number, meter: Meter): void {
    // A replica that is behind has not heard of it yet.
    if (old.generation > generation || !fitsKv(id) || !memory.mayWriteKv(id, nowMs)) return
    meter.kvWrites += 1
    waitUntil(kv.delete(kvKey(id)).catch((error) => log.error('cache_write_failed', error, { key: id })))
  }

  async function readKv(ids: readonly string[], meter: Meter): Promise<Map<string, Cached>> {
    const found = new Map<string, Cached>()
    try {
      for (let start = 0; start < ids.length; start += 100) {
        meter.kvReads += 1
        const asked = ids.slice(start, start + 100)
        const batch = await within(kv.get<Cached>(asked.map(kvKey), 'json'), KV_TIME_LIMIT_MS)
        if (!batch) throw new Error('KV time limit exceeded')
        for (const id of asked) {
          const entry = batch.get(kvKey(id))
          if (entry) found.set(id, entry)
        }
      }
    } catch (error) {
      // KV is an accelerator: without it the answer is slower, not wrong.
      log.error('cache_read_failed', error)
    }
    return found
  }

  /** Lands what KV has, or what memory has and KV knows nothing newer of. @returns what is left for D1. */
  async function landFromKv<Read extends Wanted & { flight: Flight }>(
    reads: readonly Read[],
    { lowest, meter }: ReadOptions,
  ): Promise<Read[]> {
    const ids = reads.map(({ id }) => id).filter(fitsKv)
    const found = ids.length > 0 ? await readKv(ids, meter) : new Map<string, Cached>()
    return reads.filter(({ id, family, flight }) => {
      // KV may lag behind what this isolate has already read from D1.
      const best = newest(memory.peek(id)?.entry, found.get(id))
      if (!best || !isCurrent(family, best, nowMs)) return true
      memory.set(id, best, nowMs)
      flight.old = best
      if (!isUsable(family, best, nowMs, lowest)) return true
      flight.land({ kind: 'found', entry: best })
      return false
    })
  }

  async function askD1(
    reads: readonly Wanted[],
    { lowest, extras, meter, fresh = false }: ReadOptions & { fresh?: boolean },
  ): Promise<Map<string, Landing>> {
    const plans = [...Map.groupBy(reads, ({ family }) => family)].map(([family, asked]) => {
      const keys = [...new Set(asked.map(({ key }) => key))]
      return { family, keys, queries: family.queries(keys) }
    })
    const queries = [...plans.flatMap((plan) => plan.queries), ...extras.map(({ query }) => query)]
    const ask = (consistency: 'first-unconstrained' | 'first-primary') =>
      openDb(consistency, meter).read(findGeneration(), ...queries)
    let results: unknown[]
    try {
      results = await ask(fresh ? 'first-primary' : 'first-unconstrained')
      // The replica has not heard of a change that this isolate, or this cart, has already shown.
      if (!fresh && generationIn(results) < lowest) results = await ask('first-primary')
    } catch (error) {
      if (error instanceof DatabaseUnavailable) memory.noteOutage(clock().getTime())
      throw error
    }
    memory.noteAnswer()
    const generation = generationIn(results)
    const landings = new Map<string, Landing>()
    let offset = 1
    for (const { family, keys, queries: own } of plans) {
      const values = family.collect(results.slice(offset, offset + own.length), keys)
      offset += own.length
      const kept = keep(family, values, generation, meter)
      for (const key of keys) {
        const id = `${family.name}:${key}`
        const entry = kept.get(id)
        if (!entry && (memory.peek(id)?.entry.generation ?? 0) <= generation) memory.delete(id)
        landings.set(id, entry ? { kind: 'found', entry } : { kind: 'absent', generation })
      }
    }
    extras.forEach(({ family }, index) => {
      keep(family, family.collect([results[offset + index]], []), generation, meter)
    })
    return landings
  }

  async function lead(
    reads: readonly (Wanted & { flight: Flight })[],
    options: ReadOptions & { skipKv?: boolean },
  ): Promise<void> {
    let rest = reads
    try {
      if (!options.skipKv) rest = await landFromKv(reads, options)
      if (rest.length === 0) return
      if (memory.isOut(nowMs) && rest.every(({ flight }) => flight.old)) {
        throw new DatabaseUnavailable('it did not answer a moment ago')
      }
      const landings = await askD1(rest, options)
      for (const { id, flight } of rest) {
        const landing = landings.get(id) ?? { kind: 'absent', generation: 0 }
        flight.land(landing)
        if (landing.kind === 'absent' && flight.old) forget(id, flight.old, landing.generation, options.meter)
      }
    } catch (error) {
      const down = error instanceof DatabaseUnavailable
      for (const { flight } of rest) flight.land(down ? { kind: 'unavailable', error } : { kind: 'failed', error })
    }
  }

  return { lead, askD1, keep }
}

function generationIn(results: readonly unknown[]): number {
  return (results[0] as { value: number }[])[0]?.value ?? 0
}

/** Where KV has the value of `id`. */
export function kvKey(id: string): string {
  return `${KV_FORMAT}:${id}`
}

function fitsKv(id: string): boolean {
  return encoder.encode(kvKey(id)).byteLength <= MAX_KV_KEY_BYTES
}
