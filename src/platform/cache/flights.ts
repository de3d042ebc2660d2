import type { DatabaseUnavailable } from '../db/errors.ts'
import type { Cached } from './cached.ts'

/** How the read of one key ended. Plain data: no I/O object of the request that read may be touched by another. */
export type Landing =
  | { kind: 'found'; entry: Cached }
  | { kind: 'absent'; generation: number }
  /** D1 is down: that is so for everybody who waits, and the same question again would only be more load. */
  | { kind: 'unavailable'; error: DatabaseUnavailable }
  /** Something of the leader's own; others ask for themselves. */
  | { kind: 'failed'; error: unknown }

/** The read of one key that is under way in this isolate: its leader reads, everybody else waits. */
export class Flight {
  readonly landing: Promise<Landing>
  /** The same, without waiting: null while it is under way. */
  landed: Landing | null = null
  /** The newest value past its time that its leader has come across: for when D1 does not answer. */
  old: Cached | null = null
  /** Unix milliseconds. */
  readonly startedAt: number
  /** Its leader takes nothing of a lower generation. */
  readonly lowest: number
  readonly #settle: (landing: Landing) => void
  readonly #onLanding: (flight: Flight) => void

  constructor(startedAt: number, lowest: number, onLanding: (flight: Flight) => void) {
    const { promise, resolve } = Promise.withResolvers<Landing>()
    this.startedAt = startedAt
    this.lowest = lowest
    this.landing = promise
    this.#settle = resolve
    this.#onLanding = onLanding
  }

  /** Ends the flight; only the first landing counts. */
  land(landing: Landing): void {
    if (this.landed) return
    this.landed = landing
    this.#onLanding(this)
    this.#settle(landing)
  }
}

/** All reads under way in an isolate, by the key of their value. */
export class Flights {
  readonly #open = new Map<string, Flight>()

  /**
   * The read of `id` to join, if there is one.
   * @param lowest the generation the caller needs; a read that began before it was known may bring something older.
   * @param maxMs one that began longer ago has lost its request (workerd cancels it when its client leaves) and will
   * never land.
   */
  find(id: string, { lowest, nowMs, maxMs }: { lowest: number; nowMs: number; maxMs: number }): Flight | undefined {
    const flight = this.#open.get(id)
    return flight && flight.lowest >= lowest && nowMs - flight.startedAt < maxMs ? flight : undefined
  }

  /** Registers a read that the caller is going to do, instead of any other that is under way. */
  begin(id: string, { lowest, nowMs }: { lowest: number; nowMs: number }): Flight {
    const flight = new Flight(nowMs, lowest, (landed) => this.abandon(id, landed))
    this.#open.set(id, flight)
    return flight
  }

  /** Nobody joins it any more. */
  abandon(id: string, flight: Flight): void {
    if (this.#open.get(id) === flight) this.#open.delete(id)
  }

  get size(): number {
    return this.#open.size
  }
}
