import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Cache, type LoadOptions, want } from '../../../src/platform/cache/cache.ts'
import { DatabaseUnavailable } from '../../../src/platform/db/errors.ts'
import { Isolate, SOFT_MS } from '../../support/isolate.ts'

const N = 200
let isolate: Isolate

beforeEach(() => {
  isolate = new Isolate()
  for (const key of ['mug', 'hat', 'sock']) isolate.d1.names.set(key, `${key} 1`)
})

async function load(cache: Cache, keys: readonly string[], options: LoadOptions = {}) {
  const [found] = await cache.load([want(isolate.d1.family('name'), keys)], options)
  return Object.fromEntries([...found].map(([key, { value }]) => [key, value]))
}

const many = <Result>(make: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: N }, (_, index) => make(index)))

/** A door that `gate` waits at until it is opened. */
function door() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { gate: () => promise, open: resolve }
}

const never = () => new Promise<never>(() => {})
const soon = () => new Promise((resolve) => setTimeout(resolve, 1))

describe('many readers of one missing key', () => {
  it('make one KV read and one D1 trip in all', async () => {
    const answers = await many(() => load(isolate.request(), ['mug']))
    expect(answers).toEqual(Array(N).fill({ mug: 'mug 1' }))
    expect([isolate.kv.reads.length, isolate.d1.trips.length, isolate.memory.flights.size]).toEqual([1, 1, 0])
  })

  it('make one KV read and no trip when KV has it', async () => {
    const elsewhere = new Isolate(isolate.kv, isolate.d1)
    await load(elsewhere.request(), ['mug'])
    await elsewhere.settled()
    await many(() => load(isolate.request(1), ['mug']))
    expect([isolate.kv.reads.length, isolate.d1.trips.length]).toEqual([2, 1])
  })

  it('learn together that it does not exist, and the next one asks again', async () => {
    expect(await many(() => load(isolate.request(), ['scarf']))).toEqual(Array(N).fill({}))
    expect(isolate.d1.trips).toHaveLength(1)
    await load(isolate.request(), ['scarf'])
    expect(isolate.d1.trips).toHaveLength(2)
  })

  it('all hear that D1 is down, which was asked once', async () => {
    isolate.d1.failure = new DatabaseUnavailable('test')
    const answers = await many(() => load(isolate.request(), ['mug']).catch((error) => error))
    expect(answers.every((answer) => answer instanceof DatabaseUnavailable)).toBe(true)
    expect(isolate.d1.trips).toHaveLength(1)
  })

  it('come when the trip is under way and join it still', async () => {
    const { gate, open } = door()
    isolate.d1.gate = gate
    const first = load(isolate.request(), ['mug'])
    await soon()
    const second = load(isolate.request(), ['mug', 'hat'])
    await soon()
    expect([isolate.kv.reads, isolate.d1.trips.length]).toEqual([[['name:mug'], ['name:hat']], 2])
    open()
    expect(await Promise.all([first, second])).toEqual([{ mug: 'mug 1' }, { mug: 'mug 1', hat: 'hat 1' }])
    expect(isolate.d1.trips).toHaveLength(2)
  })
})

describe('a follower', () => {
  it('reads for itself when the leader has failed', async () => {
    isolate.d1.failure = new Error('no such table: names')
    isolate.d1.gate = async () => {
      await soon()
      if (isolate.d1.trips.length > 1) isolate.d1.failure = null
    }
    const leader = load(isolate.request(), ['mug']).catch((error: Error) => error.message)
    const followers = many(() => load(isolate.request(), ['mug']))
    expect(await leader).toBe('no such table: names')
    expect(await followers).toEqual(Array(N).fill({ mug: 'mug 1' }))
    expect(isolate.d1.trips).toHaveLength(2)
  })

  it('reads for itself when the leader has lost its request and will never be heard of again', async () => {
    isolate.kv.gate = never
    isolate.d1.gate = never
    void load(isolate.request(), ['mug'])
    await soon()
    isolate.kv.gate = isolate.d1.gate = () => Promise.resolve()
    const patience = { patienceMs: 5, followMs: 20 }
    expect(await many(() => load(isolate.request(0, patience), ['mug']))).toEqual(Array(N).fill({ mug: 'mug 1' }))
    expect(isolate.d1.trips).toHaveLength(1)
  })

  it('does not even wait for a leader that began too long ago', async () => {
    isolate.kv.gate = never
    void load(isolate.request(), ['mug'])
    await soon()
    isolate.kv.gate = () => Promise.resolve()
    expect(await load(isolate.request(6_000), ['mug'])).toEqual({ mug: 'mug 1' })
  })

  it('whose floor is above what was found reads for itself', async () => {
    const { gate, open } = door()
    isolate.d1.gate = gate
    isolate.d1.replica = { generation: 1, names: new Map([['mug', 'mug 1']]) }
    isolate.d1.names.set('mug', 'mug 2')
    isolate.d1.generation = 2
    const leader = load(isolate.request(), ['mug'])
    const follower = load(isolate.request(), ['mug'], { floor: 2 })
    open()
    expect(await Promise.all([leader, follower])).toEqual([{ mug: 'mug 1' }, { mug: 'mug 2' }])
  })

  it('that came after a change made here does not take what was read before it', async () => {
    const { gate, open } = door()
    isolate.d1.meanwhile = gate
    const leader = load(isolate.request(), ['mug'])
    await soon()
    isolate.d1.names.set('mug', 'mug 2')
    isolate.d1.generation = 2
    isolate.request().raiseFloor(2)
    const follower = load(isolate.request(), ['mug'])
    await soon()
    open()
    expect(await Promise.all([leader, follower])).toEqual([{ mug: 'mug 1' }, { mug: 'mug 2' }])
    await isolate.settled()
    expect(isolate.memory.peek('name:mug')?.entry).toMatchObject({ generation: 2, value: 'mug 2' })
    expect(JSON.parse(isolate.kv.stored.get('name:mug') ?? '')).toMatchObject({ generation: 2 })
  })
})

describe('a fresh read', () => {
  it('joins nobody and is joined by nobody', async () => {
    const { gate, open } = door()
    isolate.d1.gate = gate
    const reads = [
      load(isolate.request(), ['mug'], { fresh: true }),
      load(isolate.request(), ['mug']),
      load(isolate.request(), ['mug'], { fresh: true }),
    ]
    await soon()
    expect(isolate.d1.trips.map(({ consistency }) => consistency)).toEqual([
      'first-primary',
      'first-primary',
      'first-unconstrained',
    ])
    open()
    expect(await Promise.all(reads)).toEqual(Array(3).fill({ mug: 'mug 1' }))
  })
})

it('loads that lead for one another never wait for one another, whatever comes first', async () => {
  const keys = fc.subarray(['mug', 'hat', 'sock', 'scarf'], { minLength: 1 })
  const law = fc.asyncProperty(fc.scheduler(), fc.array(keys, { minLength: 2, maxLength: 5 }), async (s, wishes) => {
    const own = new Isolate()
    isolate = own
    for (const key of ['mug', 'hat', 'sock']) own.d1.names.set(key, `${key} 1`)
    own.kv.gate = () => s.schedule(Promise.resolve(), 'kv')
    own.d1.gate = () => s.schedule(Promise.resolve(), 'd1')
    const loads = wishes.map((wish) => s.schedule(Promise.resolve()).then(() => load(own.request(), wish)))
    const answers = await s.waitFor(Promise.all(loads))
    wishes.forEach((wish, index) => {
      const there = wish.filter((key) => own.d1.names.has(key)).map((key) => [key, `${key} 1`])
      expect(answers[index]).toEqual(Object.fromEntries(there))
    })
    expect(own.memory.flights.size).toBe(0)
  })
  await fc.assert(law, { numRuns: 200 })
})

it('a value past its soft time is not asked for twice at once', async () => {
  await load(isolate.request(), ['mug'])
  await isolate.settled()
  isolate.d1.names.set('mug', 'mug 2')
  const answers = await many(() => load(isolate.request(SOFT_MS), ['mug']))
  expect(answers).toEqual(Array(N).fill({ mug: 'mug 1' }))
  await isolate.settled()
  expect(isolate.d1.trips).toHaveLength(2)
})
