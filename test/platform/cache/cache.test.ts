import { beforeEach, describe, expect, it } from 'vitest'
import { type Cache, want } from '../../../src/platform/cache/cache.ts'
import type { Cached } from '../../../src/platform/cache/cached.ts'
import { Memory } from '../../../src/platform/cache/memory.ts'
import { DatabaseUnavailable } from '../../../src/platform/db/errors.ts'
import { type FakeD1, type FakeKv, FRESH_MS, Isolate, MEMORY_MS, OUTAGE_MS, START } from '../../support/isolate.ts'

let isolate: Isolate
let kv: FakeKv
let d1: FakeD1
let memory: Memory
let logged: string[]

beforeEach(() => {
  isolate = new Isolate()
  ;({ kv, d1, memory, logged } = isolate)
  for (const key of ['mug', 'hat', 'sock']) d1.names.set(key, `${key} 1`)
})

/** The cache of one request, `after` milliseconds into the test; `from` is the isolate's memory. */
function request(after = 0, from = memory): Cache {
  return isolate.request(after, { memory: from })
}

const names = () => d1.family('name')

async function load(cache: Cache, keys: readonly string[], options: { floor?: number; fresh?: boolean } = {}) {
  const [found] = await cache.load([want(names(), keys)], options)
  await isolate.settled()
  return Object.fromEntries([...found].map(([key, { value }]) => [key, value]))
}

function putIntoKv(key: string, entry: Partial<Cached>): void {
  kv.stored.set(`name:${key}`, JSON.stringify({ generation: 1, storedAt: START, value: `${key} in KV`, ...entry }))
}

describe('a read', () => {
  it('asks KV once and D1 once for everything that is missing, and neither again', async () => {
    expect(await load(request(), ['mug', 'hat', 'mug'])).toEqual({ mug: 'mug 1', hat: 'hat 1' })
    expect(kv.reads).toEqual([['name:mug', 'name:hat']])
    expect(d1.trips).toEqual([{ consistency: 'first-unconstrained', statements: 1 }])
    expect([...kv.stored.keys()]).toEqual(['name:mug', 'name:hat'])
    await load(request(MEMORY_MS - 1), ['mug', 'hat'])
    expect([kv.reads.length, d1.trips.length]).toEqual([1, 1])
  })

  it('of what is gone takes it out of KV, unless a replica is behind that knows less than KV', async () => {
    await load(request(), ['mug'])
    d1.names.delete('mug')
    d1.generation = 2
    expect(await load(request(FRESH_MS), ['mug'])).toEqual({})
    expect(kv.stored.size).toBe(0)
    putIntoKv('mug', { generation: 3, storedAt: START })
    expect(await load(request(2 * FRESH_MS), ['mug'])).toEqual({})
    expect([...kv.stored.keys()]).toEqual(['name:mug'])
  })

  it('of several families is still one read of each', async () => {
    const cache = request()
    await cache.load([want(names(), ['mug']), want(d1.family('other'), ['hat', 'sock'])])
    expect(kv.reads).toEqual([['name:mug', 'other:hat', 'other:sock']])
    expect(d1.trips).toEqual([{ consistency: 'first-unconstrained', statements: 2 }])
  })

  it('of more than a hundred keys reads KV in pieces it takes', async () => {
    const keys = Array.from({ length: 250 }, (_, index) => `key${index}`)
    await load(request(), keys)
    expect(kv.reads.map(({ length }) => length)).toEqual([100, 100, 50])
    expect(logged).toEqual([])
  })

  it('asks only for what is missing', async () => {
    await load(request(), ['mug'])
    await load(request(1), ['mug', 'hat'])
    expect(kv.reads[1]).toEqual(['name:hat'])
  })

  it('after its time in memory looks into KV, which another isolate may have renewed', async () => {
    await load(request(), ['mug'])
    putIntoKv('mug', { storedAt: START + 4_000, value: 'mug renewed' })
    expect(await load(request(MEMORY_MS), ['mug'])).toEqual({ mug: 'mug renewed' })
    expect(d1.trips).toHaveLength(1)
  })

  it('after its freshness asks D1', async () => {
    await load(request(), ['mug'])
    d1.names.set('mug', 'mug 2')
    expect(await load(request(FRESH_MS - 1), ['mug'])).toEqual({ mug: 'mug 1' })
    expect(await load(request(FRESH_MS + 1), ['mug'])).toEqual({ mug: 'mug 2' })
  })

  it('does without KV while it is down', async () => {
    kv.down = true
    expect(await load(request(), ['mug'])).toEqual({ mug: 'mug 1' })
    expect(logged).toEqual(['cache_read_failed', 'cache_write_failed'])
  })

  it('of a key that KV would refuse goes to D1 alone', async () => {
    const long = 'x'.repeat(600)
    d1.names.set(long, `${long}!`)
    expect(await load(request(), [long])).toEqual({ [long]: `${long}!` })
    expect([kv.reads.flat(), kv.stored.size, logged]).toEqual([[], 0, []])
  })
})

describe('what does not exist', () => {
  it('is not cached anywhere: the next look sees what was made meanwhile', async () => {
    expect(await load(request(), ['scarf'])).toEqual({})
    expect([kv.stored.size, memory.get('name:scarf')]).toEqual([0, undefined])
    d1.names.set('scarf', 'scarf 1')
    expect(await load(request(1), ['scarf'])).toEqual({ scarf: 'scarf 1' })
  })

  it('is forgotten once D1 says that it is gone', async () => {
    await load(request(), ['mug'])
    d1.names.delete('mug')
    expect(await load(request(FRESH_MS + 1), ['mug'])).toEqual({})
    expect(memory.get('name:mug')).toBeUndefined()
  })
})

describe('a generation', () => {
  it('below the floor of the caller is not good enough, in memory or in KV', async () => {
    await load(request(), ['mug'])
    d1.names.set('mug', 'mug 2')
    d1.generation = 2
    expect(await load(request(1), ['mug'])).toEqual({ mug: 'mug 1' })
    expect(await load(request(1), ['mug'], { floor: 2 })).toEqual({ mug: 'mug 2' })
    expect(d1.trips).toHaveLength(2)
  })

  it('below the floor of the isolate is not good enough for anybody there', async () => {
    await load(request(), ['mug'])
    d1.names.set('mug', 'mug 2')
    d1.generation = 2
    request(1).raiseFloor(2)
    expect(await load(request(2), ['mug'])).toEqual({ mug: 'mug 2' })
    putIntoKv('hat', { generation: 1 })
    expect(await load(request(3), ['hat'])).toEqual({ hat: 'hat 1' })
  })

  it('that a replica has not heard of is asked of the primary', async () => {
    d1.replica = { generation: 1, names: new Map([['mug', 'mug 1']]) }
    d1.names.set('mug', 'mug 2')
    d1.generation = 2
    expect(await load(request(), ['mug'], { floor: 2 })).toEqual({ mug: 'mug 2' })
    expect(d1.trips.map(({ consistency }) => consistency)).toEqual(['first-unconstrained', 'first-primary'])
  })

  it('is told with the value', async () => {
    d1.generation = 7
    const [found] = await request().load([want(names(), ['mug'])])
    expect(found.get('mug')).toEqual({ generation: 7, storedAt: START, value: 'mug 1' })
  })
})

describe('a refill that was held up', () => {
  it('overwrites nothing newer in memory', async () => {
    d1.meanwhile = () => memory.set('name:mug', { generation: 5, storedAt: START + 10, value: 'mug 5' }, START + 10)
    await load(request(), ['mug'])
    expect(memory.get('name:mug')?.entry).toMatchObject({ generation: 5, value: 'mug 5' })
  })

  it('is not kept at all once this isolate has made a change', async () => {
    d1.meanwhile = () => memory.raiseFloor(2)
    await load(request(), ['mug'])
    expect([memory.get('name:mug'), kv.stored.size]).toEqual([undefined, 0])
  })

  it('does not come back through KV over what this isolate knows', async () => {
    memory.set('name:mug', { generation: 5, storedAt: START, value: 'mug 5' }, START)
    putIntoKv('mug', { generation: 1, storedAt: START + 4_000 })
    await load(request(MEMORY_MS + 1), ['mug'])
    expect(memory.get('name:mug')?.entry.generation).toBe(5)
  })
})

describe('a fresh read', () => {
  it('asks the primary whatever the caches hold, and leaves what it found', async () => {
    await load(request(), ['mug'])
    d1.names.set('mug', 'mug 2')
    d1.generation = 2
    expect(await load(request(1), ['mug'], { fresh: true })).toEqual({ mug: 'mug 2' })
    expect(d1.trips[1]?.consistency).toBe('first-primary')
    expect(kv.reads).toHaveLength(1)
    expect(await load(request(2), ['mug'])).toEqual({ mug: 'mug 2' })
  })

  it('of nothing asks nobody', async () => {
    expect(await load(request(), [], { fresh: true })).toEqual({})
    expect([d1.trips, kv.reads]).toEqual([[], []])
  })

  it('fails while D1 is down: a cached value must not cause a refusal', async () => {
    await load(request(), ['mug'])
    d1.failure = new DatabaseUnavailable('test')
    const cache = request(1)
    await expect(load(cache, ['mug'], { fresh: true })).rejects.toThrow(DatabaseUnavailable)
    expect(cache.stale).toBe(false)
  })
})

describe('while D1 is down', () => {
  const later = 24 * 3600_000

  it('serves the newest it ever had, and says so', async () => {
    await load(request(), ['mug'])
    d1.failure = new DatabaseUnavailable('test')
    const cache = request(later)
    expect(await load(cache, ['mug'])).toEqual({ mug: 'mug 1' })
    expect([cache.stale, logged]).toEqual([true, ['cache_stale_served']])
  })

  it('serves what another isolate left in KV', async () => {
    await load(request(), ['mug', 'hat'])
    d1.failure = new DatabaseUnavailable('test')
    expect(await load(request(later, new Memory()), ['mug', 'hat'])).toEqual({ mug: 'mug 1', hat: 'hat 1' })
  })

  it('chooses the later of memory and KV', async () => {
    await load(request(), ['mug'])
    putIntoKv('mug', { storedAt: START + 1000, value: 'mug later' })
    d1.failure = new DatabaseUnavailable('test')
    expect(await load(request(later), ['mug'])).toEqual({ mug: 'mug later' })
  })

  it('does not make up what it never had', async () => {
    await load(request(), ['mug'])
    d1.failure = new DatabaseUnavailable('test')
    await expect(load(request(later), ['mug', 'hat'])).rejects.toThrow(DatabaseUnavailable)
  })

  it('does not take a fault of ours for an outage', async () => {
    await load(request(), ['mug'])
    d1.failure = new Error('no such table: names')
    await expect(load(request(later), ['mug'])).rejects.toThrow('no such table')
  })

  it('asks again once it has left it alone for five seconds', async () => {
    await load(request(), ['mug'])
    d1.failure = new DatabaseUnavailable('test')
    await load(request(later), ['mug'])
    d1.failure = null
    d1.names.set('mug', 'mug 2')
    const reads = kv.reads.length
    expect(await load(request(later + OUTAGE_MS - 1), ['mug'])).toEqual({ mug: 'mug 1' })
    expect([d1.trips.length, kv.reads.length]).toEqual([2, reads])
    const cache = request(later + OUTAGE_MS)
    expect(await load(cache, ['mug'])).toEqual({ mug: 'mug 2' })
    expect(cache.stale).toBe(false)
  })

  it('asks at once for what it has no old value of, and trusts D1 again when that is answered', async () => {
    await load(request(), ['mug'])
    d1.failure = new DatabaseUnavailable('test')
    await load(request(later), ['mug'])
    await expect(load(request(later + 1), ['mug', 'hat'])).rejects.toThrow(DatabaseUnavailable)
    expect(d1.trips).toHaveLength(3)
    d1.failure = null
    d1.names.set('mug', 'mug 2')
    expect(await load(request(later + 2), ['mug'])).toEqual({ mug: 'mug 1' })
    expect(await load(request(later + 2), ['hat'])).toEqual({ hat: 'hat 1' })
    expect(await load(request(later + 2), ['mug'])).toEqual({ mug: 'mug 2' })
  })
})

describe('put', () => {
  it('keeps what was read elsewhere, in memory and in KV', async () => {
    request().put(names(), new Map([['mug', 'mug 9']]), 9)
    expect(await load(request(1), ['mug'])).toEqual({ mug: 'mug 9' })
    expect(await load(request(1, new Memory()), ['mug'])).toEqual({ mug: 'mug 9' })
    expect(d1.trips).toEqual([])
  })

  it('writes a key to KV once a second', () => {
    for (const after of [0, 500, 999]) request(after).put(names(), new Map([['mug', `mug ${after}`]]), 1)
    expect(JSON.parse(kv.stored.get('name:mug') ?? '')).toMatchObject({ value: 'mug 0' })
    request(1000).put(names(), new Map([['mug', 'mug 1000']]), 1)
    expect(JSON.parse(kv.stored.get('name:mug') ?? '')).toMatchObject({ value: 'mug 1000' })
  })
})
