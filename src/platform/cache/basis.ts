import type { Family } from './cache.ts'
import type { Basis, Cached } from './cached.ts'
import { changesAt } from './freshness.ts'
import type { Memory } from './memory.ts'

/** Collects what the loads of one request give out. */
export class BasisRecord implements Basis {
  readonly entries: (readonly [id: string, entry: Cached])[] = []
  readonly floor: number
  until = Number.POSITIVE_INFINITY
  changesAt: number | null = null
  oldestAt: number | null = null
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
    this.floor = memory.floor
  }

  /** Notes that `entry` was given out for `id`. */
  note(id: string, family: Family<unknown>, entry: Cached): void {
    this.entries.push([id, entry])
    this.oldestAt = Math.min(this.oldestAt ?? entry.storedAt, entry.storedAt)
    const change = changesAt(family, entry)
    if (change !== null) this.changesAt = Math.min(this.changesAt ?? change, change)
    const kept = this.#memory.peek(id)
    const fromMemory = kept?.entry === entry ? kept.keptAt + family.memoryMs : 0
    this.until = Math.min(this.until, fromMemory, entry.storedAt + family.softMs, change ?? Number.POSITIVE_INFINITY)
  }

  /** Notes that something was asked for that does not exist: that is cached nowhere, so the next request asks again. */
  noteAbsent(): void {
    this.until = 0
  }
}
