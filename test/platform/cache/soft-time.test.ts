import { beforeEach, describe, expect, it } from 'vitest'
import { type Cache, want } from '../../../src/platform/cache/cache.ts'
import { newMeter } from '../../../src/platform/db/client.ts'
import { DatabaseUnavailable } from '../../../src/platform/db/errors.ts'
import { FRESH_MS, Isolate, MEMORY_MS, OUTAGE_MS, SOFT_MS, START } from '../../support/isolate.ts'

let isolate: Isolate

beforeEach(async () => {
  isolate = new Isolate()
  isolate.d1.names.set('mug', 'mug 1')
  await load(isolate.request())
  isolate.d1.names.set('mug', 'mug 2')
})

async function load(cache: Cache, family = isolate.d1.family('name')) {
  const [found] = await cache.load([want(family, ['mug'])])
  return found.get('mug')?.value
}

const inKv = () => JSON.parse(isolate.kv.stored.get('name:mug') ?? 'null')

describe('a value past its soft time', () => {
  it('is served as it is, and the next one sees what was read behind the answer', async () => {
    await isolate.settled()
    expect(await load(isolate.request(SOFT_MS - 1))).toBe('mug 1')
    await isolate.settled()
    expect(isolate.d1.trips).toHaveLength(1)
    expect(await load(isolate.request(SOFT_MS))).toBe('mug 1')
    await isolate.settled()
    expect(isolate.d1.trips).toHaveLength(2)
    expect(await load(isolate.request(SOFT_MS + 1))).toBe('mug 2')
    expect(inKv()).toMatchObject({ storedAt: START + SOFT_MS, value: 'mug 2' })
  })

  it('does not wait for the read behind the answer, and does not pay for it', async () => {
    isolate.d1.gate = () => new Promise(() => {})
    const meter = newMeter()
    const cache = isolate.request(SOFT_MS, { meter })
    expect(await load(cache)).toBe('mug 1')
    expect([meter.trips, cache.stale, isolate.d1.trips.length]).toEqual([0, false, 2])
  })

  it('is served however often reading it anew fails, up to its hard bound', async () => {
    isolate.d1.failure = new DatabaseUnavailable('test')
    await isolate.settled()
    const cache = isolate.request(SOFT_MS)
    expect([await load(cache), cache.stale]).toEqual(['mug 1', false])
    await isolate.settled()
    expect(isolate.logged).toEqual(['cache_refresh_failed'])
    // D1 is known to be down: it is not asked again for what nobody waits for.
    await load(isolate.request(SOFT_MS + 1))
    expect(isolate.d1.trips).toHaveLength(2)
    await load(isolate.request(SOFT_MS + OUTAGE_MS))
    expect(isolate.d1.trips).toHaveLength(3)
  })

  it('past its hard bound is read before the answer', async () => {
    expect(await load(isolate.request(FRESH_MS))).toBe('mug 2')
  })
})

describe('a read behind an answer that was held up', () => {
  it('brings nothing back over a change made here, in memory or in KV', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    isolate.d1.meanwhile = () => promise
    await load(isolate.request(SOFT_MS))
    await new Promise((next) => setTimeout(next, 1))
    isolate.d1.meanwhile = () => {}
    isolate.d1.generation = 2
    isolate.d1.names.set('mug', 'mug 3')
    isolate.request().raiseFloor(2)
    expect(await load(isolate.request(SOFT_MS + 2000))).toBe('mug 3')
    resolve()
    await isolate.settled()
    expect(isolate.memory.peek('name:mug')?.entry.value).toBe('mug 3')
    expect(inKv()).toMatchObject({ generation: 2, value: 'mug 3' })
  })

  it('brings nothing back over what KV has told of another isolate’s change', async () => {
    isolate.kv.stored.set('name:mug', JSON.stringify({ generation: 5, storedAt: START + 100, value: 'mug 5' }))
    // The replica that is asked does not know of it yet.
    expect(await load(isolate.request(SOFT_MS + 100))).toBe('mug 5')
    await isolate.settled()
    expect(isolate.d1.trips).toHaveLength(2)
    expect(isolate.memory.peek('name:mug')?.entry.value).toBe('mug 5')
    expect(inKv().value).toBe('mug 5')
  })
})

describe('a change that is known in advance', () => {
  const sale = () => isolate.d1.family('name', { currentUntil: () => START + 20_000 })

  it('ends a value on time, in memory and in KV', async () => {
    await isolate.settled()
    expect(await load(isolate.request(19_999), sale())).toBe('mug 1')
    expect(await load(isolate.request(20_000), sale())).toBe('mug 2')
    const elsewhere = new Isolate(isolate.kv, isolate.d1)
    isolate.d1.names.set('mug', 'mug 3')
    expect(await load(elsewhere.request(20_001), sale())).toBe('mug 3')
  })

  it('leaves nothing to fall back on while D1 is down', async () => {
    isolate.d1.failure = new DatabaseUnavailable('test')
    await expect(load(isolate.request(20_000), sale())).rejects.toThrow(DatabaseUnavailable)
    await expect(load(new Isolate(isolate.kv, isolate.d1).request(20_000), sale())).rejects.toThrow(DatabaseUnavailable)
  })

  it('is told with the moment up to which memory would give the same again', async () => {
    await isolate.settled()
    const cache = isolate.request(1000)
    await load(cache, sale())
    expect(cache.basis).toMatchObject({ changesAt: START + 20_000, until: START + MEMORY_MS, oldestAt: START })
    const late = isolate.request(18_000)
    await load(late, sale())
    expect(late.basis.until).toBe(START + 20_000)
    const aging = isolate.request(SOFT_MS - 1000)
    await load(aging)
    expect(aging.basis).toMatchObject({ changesAt: null, until: START + SOFT_MS })
  })
})

describe('what an answer was made from', () => {
  it('is held by memory until one of its values is another, or a change is made here', async () => {
    const cache = isolate.request(1)
    await load(cache)
    const holds = (after = 1) => isolate.memory.holds(cache.basis, START + after)
    expect([holds(), holds(MEMORY_MS - 1), holds(MEMORY_MS)]).toEqual([true, true, false])
    isolate.request(1).put(isolate.d1.family('name'), new Map([['mug', 'mug 9']]), 1)
    expect(holds()).toBe(false)
    const again = isolate.request(2)
    await load(again)
    expect(isolate.memory.holds(again.basis, START + 2)).toBe(true)
    isolate.request(2).raiseFloor(7)
    expect(isolate.memory.holds(again.basis, START + 2)).toBe(false)
  })

  it('is never held when something was asked for that does not exist', async () => {
    const cache = isolate.request(1)
    await cache.load([want(isolate.d1.family('name'), ['mug', 'scarf'])])
    expect(isolate.memory.holds(cache.basis, START + 1)).toBe(false)
  })
})

describe('while D1 hangs', () => {
  const later = 24 * 3600_000
  const soon = { patienceMs: 5, followMs: 50 }

  it('what was seen before is served once patience is over, and at once for a while after', async () => {
    isolate.d1.gate = () => new Promise(() => {})
    const cache = isolate.request(later, soon)
    expect([await load(cache), cache.stale, cache.basis.oldestAt]).toEqual(['mug 1', true, START])
    const next = isolate.request(later + 1, { patienceMs: 10_000 })
    expect([await load(next), next.stale]).toEqual(['mug 1', true])
    expect(isolate.d1.trips).toHaveLength(2)
  })

  it('a slow answer still comes to be known', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    isolate.d1.gate = () => promise
    const cache = isolate.request(later, soon)
    expect([await load(cache), cache.stale]).toEqual(['mug 1', true])
    resolve()
    await isolate.settled()
    const next = isolate.request(later + 1)
    expect([await load(next), next.stale]).toEqual(['mug 2', false])
  })

  it('what was seen before by another isolate is served as well', async () => {
    await isolate.settled()
    const elsewhere = new Isolate(isolate.kv, isolate.d1)
    isolate.d1.gate = () => new Promise(() => {})
    const crowd = Array.from({ length: 20 }, () => elsewhere.request(later, soon))
    expect(await Promise.all(crowd.map((cache) => load(cache)))).toEqual(Array(20).fill('mug 1'))
    expect(isolate.d1.trips).toHaveLength(2)
  })
})
