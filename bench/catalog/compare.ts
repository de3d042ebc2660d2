import { median } from '../../scripts/local/startup.ts'
import { load } from './load.ts'
import { workerdSeconds } from './processor.ts'

/** Two servers of one answer. */
export interface Contest {
  name: string
  own: URL
  bare: URL
  /** Of the body. */
  bytes: number
}

export interface Verdict {
  name: string
  bytes: number
  /** Requests a second, medians. */
  own: number
  bare: number
  /** Microseconds of workerd's processor time a request, medians; null where they cannot be read. */
  ownCpu: number | null
  bareCpu: number | null
  /** own / bare of each round, in ascending order, and the one in the middle. */
  ratios: number[]
  ratio: number
  /** The most that the client was busy, as a part of one core: at 1 it would have been measured itself. */
  clientBusy: number
}

/** What one server did in one round. */
interface Sample {
  requests: number
  seconds: number
  /** Seconds of processor time; NaN where they cannot be read. */
  cpu: number
}

// A round is made of slices, because other work on the machine comes and goes: it then meets both sides alike.
const SLICES = 6
const SLICE_SECONDS = 0.25
const WARM_SECONDS = 2
const MOST = 200_000

/** Rounds in which every contest has each of its servers loaded for as long, in an order that is never the same. */
export async function compare(contests: readonly Contest[], rounds: number, seed: number): Promise<Verdict[]> {
  const runs = contests.flatMap((contest) => [
    { contest, side: 'own' as const, samples: [] as Sample[] },
    { contest, side: 'bare' as const, samples: [] as Sample[] },
  ])
  const random = generator(seed)
  const busiest = new Map<string, number>()
  for (const { contest, side } of runs) {
    await load(contest[side], { seconds: WARM_SECONDS, most: MOST, bytes: contest.bytes })
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { samples } of runs) samples.push({ requests: 0, seconds: 0, cpu: 0 })
    for (let slice = 0; slice < SLICES; slice += 1) {
      for (const { contest, side, samples } of shuffled(runs, random)) {
        const before = workerdSeconds()
        const done = await load(contest[side], { seconds: SLICE_SECONDS, most: MOST, bytes: contest.bytes })
        const after = workerdSeconds()
        const sample = samples[round]
        if (!sample) throw new Error('a round has a sample of every run')
        sample.requests += done.requests
        sample.seconds += done.seconds
        sample.cpu += before === null || after === null ? Number.NaN : after - before
        busiest.set(contest.name, Math.max(busiest.get(contest.name) ?? 0, done.clientBusy))
      }
    }
  }
  return contests.map((contest) => {
    const of = (side: 'own' | 'bare') => runs.find((run) => run.contest === contest && run.side === side)?.samples ?? []
    const own = of('own')
    const bare = of('bare')
    const other = bare.map(rateOf)
    const ratios = own.map((sample, round) => rateOf(sample) / (other[round] ?? Number.NaN)).sort((a, b) => a - b)
    const { name, bytes } = contest
    return {
      name,
      bytes,
      own: median(own.map(rateOf)),
      bare: median(other),
      ownCpu: cpuOf(own),
      bareCpu: cpuOf(bare),
      ratios,
      ratio: median(ratios),
      clientBusy: busiest.get(name) ?? 0,
    }
  })
}

function rateOf({ requests, seconds }: Sample): number {
  return requests / seconds
}

/** Microseconds a request. */
function cpuOf(samples: readonly Sample[]): number | null {
  const all = median(samples.map(({ cpu, requests }) => (cpu / requests) * 1e6))
  return Number.isNaN(all) ? null : all
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const rest = [...items]
  const order: Item[] = []
  while (rest.length > 0) order.push(...rest.splice(Math.floor(random() * rest.length), 1))
  return order
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
