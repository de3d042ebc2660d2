import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cached } from '../../../src/platform/cache/cached.ts'
import { Memory } from '../../../src/platform/cache/memory.ts'

const entry = (generation: number, value: unknown = generation): Cached => ({ generation, storedAt: 0, value })

describe('an isolate memory', () => {
  it('keeps no more than its capacity, the least recently used out first', () => {
    const memory = new Memory(2)
    memory.set('a', entry(1), 0)
    memory.set('b', entry(1), 0)
    memory.get('a')
    memory.set('c', entry(1), 0)
    expect(['a', 'b', 'c'].map((key) => memory.get(key) !== undefined)).toEqual([true, false, true])
  })

  it('counts a write as use', () => {
    const memory = new Memory(2)
    memory.set('a', entry(1), 0)
    memory.set('b', entry(1), 0)
    memory.set('a', entry(1), 1)
    memory.set('c', entry(1), 0)
    expect(memory.get('b')).toBeUndefined()
    expect(memory.get('a')).toEqual({ entry: entry(1), keptAt: 1 })
  })

  it('never takes an older generation for a newer one, in whatever order they come', () => {
    const law = fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 1 }), (generations) => {
      const memory = new Memory()
      generations.forEach((generation, at) => {
        memory.set('a', entry(generation), at)
      })
      expect(memory.get('a')?.entry.generation).toBe(Math.max(...generations))
    })
    fc.assert(law)
  })

  it('takes the later of two values of one generation: stock moves without one', () => {
    const memory = new Memory()
    memory.set('a', entry(1, 'earlier'), 0)
    memory.set('a', entry(1, 'later'), 1)
    expect(memory.get('a')).toMatchObject({ entry: { value: 'later' }, keptAt: 1 })
  })

  it('forgets what it is told to forget', () => {
    const memory = new Memory()
    memory.set('a', entry(5), 0)
    memory.delete('a')
    expect(memory.get('a')).toBeUndefined()
    memory.set('a', entry(1), 0)
    expect(memory.get('a')?.entry.generation).toBe(1)
  })

  it('has a floor that only rises', () => {
    const memory = new Memory()
    memory.raiseFloor(5)
    memory.raiseFloor(3)
    expect(memory.floor).toBe(5)
  })

  it('lets a key be written to KV once a second', () => {
    const memory = new Memory()
    const at = 1_000_000
    const asked = [0, 999, 1000, 1500, 2000].map((later) => memory.mayWriteKv('a', at + later))
    expect(asked).toEqual([true, false, true, false, true])
    expect(memory.mayWriteKv('b', at)).toBe(true)
  })
})
