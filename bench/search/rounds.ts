import { median } from '../../scripts/local/startup.ts'
import { workerdSeconds } from '../rig/processor.ts'
import { shuffled } from '../rig/shuffle.ts'
import type { SearchCase } from './cases.ts'

/** How long a request takes beside another. */
export interface Ratio {
  /** Milliseconds a request, medians over the rounds. */
  own: number
  measure: number
  /** own / measure, the median over the rounds, the lowest and the highest of a round. */
  ratio: number
  low: number
  high: number
  /** The same of workerd's processor time in all rounds; null where it cannot be read. */
  cpu: number | null
}

/** What some requests, one after the other, took together. */
interface Taken {
  milliseconds: number
  /** Seconds of processor time; NaN where they cannot be read. */
  cpu: number
}

// Of each in a round, those of a case and those of the measure in turns, so that other work on the machine meets both.
const TURNS = 3
const ASKED_A_TURN = 6

/**
 * Rounds in which every case is asked in turns with the measure.
 * @param measure the path that times are ratios to.
 * @param random gives the order of a round.
 */
export async function timeRounds(
  base: URL,
  measure: string,
  cases: readonly SearchCase[],
  { rounds, random }: { rounds: number; random: () => number },
): Promise<Map<SearchCase, Ratio>> {
  const samples = new Map(cases.map((each) => [each, [] as { own: Taken; measure: Taken }[]]))
  for (const paths of [[measure], ...cases.map(({ paths }) => paths)]) await ask(base, paths)
  for (let round = 0; round < rounds; round += 1) {
    for (const [{ paths }, taken] of shuffled([...samples], random)) {
      const own: Taken[] = []
      const other: Taken[] = []
      for (let turn = 0; turn < TURNS; turn += 1) {
        other.push(await ask(base, [measure]))
        own.push(await ask(base, paths))
      }
      taken.push({ own: sum(own), measure: sum(other) })
    }
  }
  return new Map([...samples].map(([each, taken]) => [each, toRatio(taken)]))
}

function toRatio(taken: readonly { own: Taken; measure: Taken }[]): Ratio {
  const ratios = taken.map(({ own, measure }) => own.milliseconds / measure.milliseconds)
  const time = (of: 'own' | 'measure') => median(taken.map((each) => each[of].milliseconds / TURNS / ASKED_A_TURN))
  const cpu = sum(taken.map(({ own }) => own)).cpu / sum(taken.map(({ measure }) => measure)).cpu
  return {
    ...{ own: time('own'), measure: time('measure') },
    ...{ ratio: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) },
    cpu: Number.isNaN(cpu) ? null : cpu,
  }
}

function sum(parts: readonly Taken[]): Taken {
  return parts.reduce(
    (all, part) => ({ milliseconds: all.milliseconds + part.milliseconds, cpu: all.cpu + part.cpu }),
    {
      milliseconds: 0,
      cpu: 0,
    },
  )
}

/** Asks for `paths` in turns. @throws {Error} on an answer that is none. */
async function ask(base: URL, paths: readonly string[]): Promise<Taken> {
  const before = workerdSeconds()
  const from = performance.now()
  for (let count = 0; count < ASKED_A_TURN; count += 1) {
    const path = paths[count % paths.length] ?? ''
    const response = await fetch(new URL(path, base))
    const body = await response.text()
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${body}`)
  }
  const milliseconds = performance.now() - from
  const after = workerdSeconds()
  return { milliseconds, cpu: before === null || after === null ? Number.NaN : after - before }
}
