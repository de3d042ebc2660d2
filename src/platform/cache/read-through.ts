import { type Meter, newMeter } from '../db/client.ts'
import { BasisRecord } from './basis.ts'
import type { Alongside, Cache, LoadOptions, Want } from './cache.ts'
import { type Cached, newest } from './cached.ts'
import type { Flight } from './flights.ts'
import { isCurrent, isUsable } from './freshness.ts'
import { createReader, type ReaderOptions, type Wanted } from './reader.ts'
import { within } from './within.ts'

export interface CacheOptions extends ReaderOptions {
  meter: Meter
  /** How long a load waits for D1 when it has an old value of everything it still lacks. */
  patienceMs?: number
  /** How long a load waits for another request's read: longer than D1 is ever waited for (5 s), so that an outage is
   *  found out once for all who wait. What has not landed by then has lost its request. */
  followMs?: number
}

// A load follows others at most so often; then it reads for itself, whatever else is under way.
const MAX_FOLLOWS = 2

/** One key of one load, on its way to a value. */
interface Item extends Wanted {
  /** The place of its want among those of the load. */
  index: number
  entry: Cached | null
  settled: boolean
  /** A value past its time, if memory has one. */
  old: Cached | null
  /** KV was looked at for it within `memoryMs`. */
  lookedUp: boolean
}

interface Boarded {
  item: Item
  flight: Flight
  /** Whether this load does the reading. */
  mine: boolean
}

export function createCache(options: CacheOptions): Cache {
  const { memory, meter, log, patienceMs = 1000, followMs = 6000 } = options
  const nowMs = options.now.getTime()
  const reader = createReader(options)
  const basis = new BasisRecord(memory)
  let stale = false

  async function load(wants: readonly Want<unknown>[], { floor = 0, fresh = false, alongside = [] }: LoadOptions = {}) {
    const lowest = Math.max(floor, memory.floor)
    const items = itemsOf(wants)
    if (fresh) await askAgain(items, alongside)
    else await readThrough(items, lowest, alongside)
    const loaded = wants.map(() => new Map<string, Cached>())
    for (const { index, key, id, family, entry } of items) {
      if (entry) {
        loaded[index]?.set(key, entry)
        basis.note(id, family, entry)
      } else basis.noteAbsent()
    }
    return loaded
  }

  /** Asks the primary about everything. Nobody joins it, and it joins nobody. */
  async function askAgain(items: readonly Item[], extras: readonly Alongside[]): Promise<void> {
    if (items.length === 0) return
    const landings = await reader.askD1(items, { lowest: 0, extras, meter, fresh: true })
    for (const item of items) {
      const landing = landings.get(item.id)
      settle(item, landing?.kind === 'found' ? landing.entry : null)
    }
  }

  async function readThrough(items: readonly Item[], lowest: number, extras: readonly Alongside[]): Promise<void> {
    for (const item of items) lookIntoMemory(item, lowest)
    const open = () => items.filter(({ settled }) => !settled)
    if (memory.isOut(nowMs) && open().every(({ old, lookedUp }) => old && lookedUp)) serveOld(open())
    for (let round = 1; open().length > 0; round += 1) await readRound(open(), lowest, extras, round <= MAX_FOLLOWS)
    if (!stale) refresh(items, lowest)
  }

  function lookIntoMemory(item: Item, lowest: number): void {
    const kept = memory.get(item.id)
    if (!kept) return
    item.lookedUp = nowMs - kept.keptAt < item.family.memoryMs
    if (item.lookedUp && isUsable(item.family, kept.entry, nowMs, lowest)) settle(item, kept.entry)
    else if (isCurrent(item.family, kept.entry, nowMs)) item.old = kept.entry
  }

  /** Joins the reads that are under way and does the others itself; neither waits for the other, so no two loads can
   *  wait for one another. What has not landed well is left for the next round. */
  async function readRound(
    open: readonly Item[],
    lowest: number,
    extras: readonly Alongside[],
    mayFollow: boolean,
  ): Promise<void> {
    const boarded = open.map((item) => board(item, lowest, mayFollow))
    const own = boarded.filter(({ mine }) => mine)
    if (own.length > 0) {
      const reads = own.map(({ item, flight }) => ({ ...item, flight }))
      // It goes on for its followers when the client of this request has left.
      options.waitUntil(reader.lead(reads, { lowest, extras, meter }))
    }
    const gaveUp = await landed(boarded)
    const old = boarded.flatMap((each) => {
      const { landed } = each.flight
      if (landed && landed.kind !== 'unavailable') return []
      if (!landed && !gaveUp) return []
      each.item.old = oldOf(each)
      if (!each.item.old && landed) throw landed.error
      return each.item.old ? [each.item] : []
    })
    if (old.length > 0) serveOld(old)
    for (const entry of boarded) takeLanding(entry, lowest)
  }

  function board(item: Item, lowest: number, mayFollow: boolean): Boarded {
    const underWay = mayFollow ? memory.flights.find(item.id, { lowest, nowMs, maxMs: followMs }) : undefined
    if (underWay) return { item, flight: underWay, mine: false }
    const flight = memory.flights.begin(item.id, { lowest, nowMs })
    flight.old = item.old
    return { item, flight, mine: true }
  }

  /** Waits for all flights, or as long as it is worth. @returns whether it gave up because old values will do. */
  async function landed(boarded: readonly Boarded[]): Promise<boolean> {
    const all = Promise.all(boarded.map(({ flight }) => flight.landing))
    const own = Promise.all(boarded.flatMap(({ flight, mine }) => (mine ? [flight.landing] : [])))
    const covered = () => boarded.every((each) => each.flight.landed || oldOf(each))
    if (memory.isOut(nowMs)) {
      // Somebody's question to a D1 that does not answer is nothing to wait for; what is asked in KV is.
      await own
      if (covered()) return true
    }
    if (await within(all, patienceMs)) return false
    if (covered()) {
      memory.noteOutage(options.clock().getTime())
      return true
    }
    if (await within(all, followMs - patienceMs)) return false
    // Its own read has limits of its own; another's has lost its request, and nobody else should join it.
    await own
    for (const { item, flight } of boarded) if (!flight.landed) memory.flights.abandon(item.id, flight)
    return false
  }

  /** The newest value past its time that memory or the flight's leader has come across, if its date has not passed. */
  function oldOf({ item, flight }: Boarded): Cached | null {
    const old = newest(item.old, flight.old)
    return old && isCurrent(item.family, old, nowMs) ? old : null
  }

  function takeLanding({ item, flight: { landed }, mine }: Boarded, lowest: number): void {
    if (item.settled || !landed) return
    if (landed.kind === 'found') {
      if (mine || isUsable(item.family, landed.entry, nowMs, lowest)) settle(item, landed.entry)
    } else if (landed.kind === 'absent') {
      if (mine || landed.generation >= lowest) settle(item, null)
    } else if (landed.kind === 'failed' && mine) throw landed.error
  }

  /** Reads behind the answer what was served past its soft time: one read a key, whoever asks meanwhile. */
  function refresh(items: readonly Item[], lowest: number): void {
    if (memory.isOut(nowMs)) return
    const aging = items.filter(
      ({ id, family, entry }) =>
        entry &&
        nowMs - entry.storedAt >= family.softMs &&
        !memory.flights.find(id, { lowest, nowMs, maxMs: followMs }),
    )
    if (aging.length === 0) return
    const reads = aging.map((item) => ({ ...item, flight: memory.flights.begin(item.id, { lowest, nowMs }) }))
    for (const { flight, entry } of reads) flight.old = entry
    // A meter of its own: the answer is on its way, and what it cost is already told.
    const done = reader.lead(reads, { lowest, extras: [], meter: newMeter(), skipKv: true })
    options.waitUntil(done.then(() => noteFailure(reads[0]?.flight)))
  }

  function noteFailure(flight: Flight | undefined): void {
    const landing = flight?.landed
    if (landing?.kind === 'failed' || landing?.kind === 'unavailable') log.error('cache_refresh_failed', landing.error)
  }

  function serveOld(items: readonly Item[]): void {
    if (items.length === 0) return
    stale = true
    log.warn('cache_stale_served', { keys: items.length })
    for (const item of items) settle(item, item.old)
  }

  return {
    load: load as Cache['load'],
    put: (family, values, generation) => {
      reader.keep(family as Parameters<typeof reader.keep>[0], values, generation, meter)
    },
    raiseFloor: (generation) => memory.raiseFloor(generation),
    get stale() {
      return stale
    },
    basis,
  }
}

function itemsOf(wants: readonly Want<unknown>[]): Item[] {
  return wants.flatMap(({ family, keys }, index) =>
    [...new Set(keys)].map((key) => ({
      id: `${family.name}:${key}`,
      key,
      family,
      index,
      entry: null,
      settled: false,
      old: null,
      lookedUp: false,
    })),
  )
}

function settle(item: Item, entry: Cached | null): void {
  item.entry = entry
  item.settled = true
}
