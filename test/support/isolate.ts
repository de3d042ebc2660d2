import { sql } from 'drizzle-orm'
import type { Cache, Family } from '../../src/platform/cache/cache.ts'
import { Memory } from '../../src/platform/cache/memory.ts'
import { type CacheOptions, createCache } from '../../src/platform/cache/read-through.ts'
import { kvKey } from '../../src/platform/cache/reader.ts'
import { type Db, type Meter, newMeter, type Query, q } from '../../src/platform/db/client.ts'

export const MEMORY_MS = 5_000
export const SOFT_MS = 30_000
export const FRESH_MS = 60_000
export const OUTAGE_MS = 5_000
export const START = Date.UTC(2026, 0, 1)

/** What stands behind the format that every key begins with. */
const idOf = (key: string) => key.slice(kvKey('').length)

/** KV as a Worker sees it: bulk reads of at most 100 keys, JSON. Tests see its keys without the format. */
export class FakeKv {
  readonly stored = new Map<string, string>()
  readonly reads: (readonly string[])[] = []
  down = false
  /** What a read waits for. */
  gate: () => Promise<unknown> = () => Promise.resolve()

  async get(keys: readonly string[]): Promise<Map<string, unknown>> {
    this.reads.push(keys.map(idOf))
    if (this.down) throw new Error('KV is down')
    if (keys.length > 100) throw new Error('KV takes 100 keys a read')
    await this.gate()
    return new Map(keys.map((key) => [key, JSON.parse(this.stored.get(idOf(key)) ?? 'null')]))
  }

  async delete(key: string): Promise<void> {
    if (this.down) throw new Error('KV is down')
    this.stored.delete(idOf(key))
  }

  async put(key: string, value: string): Promise<void> {
    if (this.down) throw new Error('KV is down')
    this.stored.set(idOf(key), value)
  }
}

/** A shelf of names in D1, at a generation. */
export class FakeD1 {
  readonly names = new Map<string, string>()
  readonly trips: { consistency: string; statements: number }[] = []
  readonly asked = new WeakMap<Query, readonly string[]>()
  generation = 1
  /** What a replica knows, where it is behind. */
  replica: { generation: number; names: ReadonlyMap<string, string> } | null = null
  failure: Error | null = null
  /** What happens while a read is under way, once the snapshot is taken. */
  meanwhile: () => unknown = () => {}
  /** What a read waits for before it begins. */
  gate: () => Promise<unknown> = () => Promise.resolve()

  open(consistency: string, meter: Meter): Db {
    const read = async (first: Query, ...queries: readonly Query[]) => {
      meter.trips += 1
      this.trips.push({ consistency, statements: queries.length })
      await this.gate()
      if (this.failure) throw this.failure
      const source = consistency === 'first-primary' ? this : (this.replica ?? this)
      const rows = queries.map((query) => (this.asked.get(query) ?? []).flatMap((key) => source.names.get(key) ?? []))
      const results = [first && [{ value: source.generation }], ...rows]
      await this.meanwhile()
      return results
    }
    const unused = () => Promise.reject(new Error('the cache only reads'))
    return { read: read as unknown as Db['read'], commit: unused, passGate: unused, bookmark: () => null }
  }

  /** Names by their first letters: one query for any number of keys. */
  family(name: string, changes: Partial<Family<string>> = {}): Family<string> {
    return {
      name,
      memoryMs: MEMORY_MS,
      softMs: SOFT_MS,
      freshMs: FRESH_MS,
      queries: (keys) => {
        const query = q.all(sql`SELECT ${JSON.stringify(keys)}`)
        this.asked.set(query, keys)
        return [query]
      },
      collect: ([rows], keys) => {
        const found = rows as string[]
        return new Map(
          keys.flatMap((key) => found.flatMap((row) => (row.startsWith(key) ? [[key, row] as const] : []))),
        )
      },
      ...changes,
    }
  }
}

/** One isolate: its memory, and the stores it shares with all others. */
export class Isolate {
  readonly memory = new Memory()
  readonly kv: FakeKv
  readonly d1: FakeD1
  readonly work: Promise<unknown>[] = []
  readonly logged: string[] = []

  constructor(kv = new FakeKv(), d1 = new FakeD1()) {
    this.kv = kv
    this.d1 = d1
  }

  /** The cache of one request, `after` milliseconds into the test. */
  request(after = 0, options: Partial<CacheOptions> = {}): Cache {
    const note = (event: string) => this.logged.push(event)
    const moment = () => new Date(START + after)
    return createCache({
      memory: this.memory,
      kv: this.kv as unknown as KVNamespace,
      openDb: (consistency, meter) => this.d1.open(consistency, meter),
      meter: newMeter(),
      now: moment(),
      clock: moment,
      log: { debug: note, info: note, warn: note, error: note },
      waitUntil: (promise) => this.work.push(promise),
      ...options,
    })
  }

  /** Until nothing is left to do behind the answers. */
  async settled(): Promise<void> {
    while (this.work.length > 0) await Promise.all(this.work.splice(0))
  }
}
