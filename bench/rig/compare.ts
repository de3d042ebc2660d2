import { median } from '../../scripts/local/startup.ts'
import { load, type Target } from './load.ts'
import { workerdSeconds } from './processor.ts'
import { generator, shuffled } from './shuffle.ts'

/** Two servers of one answer. */
export interface Contest {
  name: string
  own: Target
  bare: Target
  /** Done before each slice of either side, and not measured. */
  prepare?: () => Promise<void>
}

export interface Verdict {
  name: string
  /** Requests a second, medians. */
  own: number
  bare: number
  /** Microseconds of workerd's processor time a request, medians; null where they cannot be read. */
  ownCpu: number | null
  bareCpu: number | null
  /** own / bare of each round, in ascending order, and the one in the middle. */
  ratios: number[]
  ratio: number
  /** The same of processor time; null where it cannot be read. */
  cpuRatios: number[] | null
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
    await contest.prepare?.()
    await load(contest[side], { seconds: WARM_SECONDS, most: MOST })
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { samples } of runs) samples.push({ requests: 0, seconds: 0, cpu: 0 })
    for (let slice = 0; slice < SLICES; slice += 1) {
      for (const { contest, side, samples } of shuffled(runs, random)) {
        await contest.prepare?.()
        const before = workerdSeconds()
        const done = await load(contest[side], { seconds: SLICE_SECONDS, most: MOST })
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
    const cpuRatios = own
      .map((sample, round) => cpuPerRequest(sample) / cpuPerRequest(bare[round]))
      .sort((a, b) => a - b)
    const { name } = contest
    return {
      name,
      own: median(own.map(rateOf)),
      bare: median(other),
      ownCpu: cpuOf(own),
      bareCpu: cpuOf(bare),
      ratios,
      ratio: median(ratios),
      cpuRatios: cpuRatios.some(Number.isNaN) ? null : cpuRatios,
      clientBusy: busiest.get(name) ?? 0,
    }
  })
}

/** Prints what a contest has come to. @returns whether it reaches `bar`. */
export function report(verdict: Verdict, bar: number): boolean {
  const { name, own, bare, ownCpu, bareCpu, ratios, ratio, clientBusy } = verdict
  const cpu =
    ownCpu === null || bareCpu === null ? '' : `, CPU ${ownCpu.toFixed(0)} and ${bareCpu.toFixed(0)} µs a request`
  console.log(`  ${name}: ${own.toFixed(0)} and ${bare.toFixed(0)} req/s${cpu}`)
  console.log(`    ratio ${ratio.toFixed(2)} (bar ${bar}), rounds ${ratios.map((each) => each.toFixed(2)).join(' ')}`)
  console.log(`    the client was busy for ${(clientBusy * 100).toFixed(0)} % of one core at most`)
  return ratio >= bar
}

/**
 * The same where processor time is what the bar is about.
 * @param bar null where there is none.
 * @returns whether it is no more than `bar`; true where it cannot be read.
 */
export function reportCpu(verdict: Verdict, bar: number | null): boolean {
  const { name, own, bare, ownCpu, bareCpu, cpuRatios, clientBusy } = verdict
  console.log(`  ${name}: ${own.toFixed(0)} and ${bare.toFixed(0)} req/s`)
  console.log(`    the client was busy for ${(clientBusy * 100).toFixed(0)} % of one core at most`)
  if (ownCpu === null || bareCpu === null || cpuRatios === null) {
    console.log('    processor time cannot be read on this system')
    return true
  }
  const ratio = median(cpuRatios)
  console.log(`    CPU ${ownCpu.toFixed(0)} and ${bareCpu.toFixed(0)} µs a request`)
  const spread = cpuRatios.map((each) => each.toFixed(2)).join(' ')
  console.log(`    ratio ${ratio.toFixed(2)} (${bar === null ? 'no bar' : `bar ${bar}`}), rounds ${spread}`)
  return bar === null || ratio <= bar
}

function rateOf({ requests, seconds }: Sample): number {
  return requests / seconds
}

/** Microseconds a request. */
function cpuOf(samples: readonly Sample[]): number | null {
  const all = samples.map(cpuPerRequest)
  return all.some(Number.isNaN) ? null : median(all)
}

/** Microseconds a request; NaN where they cannot be read. */
function cpuPerRequest(sample: Sample | undefined): number {
  return sample ? (sample.cpu / sample.requests) * 1e6 : Number.NaN
}
