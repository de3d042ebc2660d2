import { costOf } from '../catalog/costs.ts'
import type { SearchCase } from './cases.ts'

/** D1 trips and rows read by the first path of each case, where nothing is in memory and nothing in KV. */
export type Counts = Map<SearchCase, { trips: number; read: number; hotTrips: number | null }>

/** How much more a request may read in a shop than in the smaller ones. */
const FLAT = 1.1

/**
 * Asks for each case once.
 * @param servers one that forgets everything, and one that remembers, which is asked a second time for what is suggested.
 */
export async function countAll({ cold, hot }: { cold: URL; hot: URL }, cases: readonly SearchCase[]): Promise<Counts> {
  const counts: Counts = new Map()
  for (const each of cases) {
    const [path = ''] = each.paths
    const { trips, read } = await costOf(cold, path)
    const isSuggest = each.kind === 'suggest'
    if (isSuggest) await costOf(hot, path)
    counts.set(each, { trips, read, hotTrips: isSuggest ? (await costOf(hot, path)).trips : null })
  }
  return counts
}

/** Prints what each case has cost at each size. @returns whether all bars are met. */
export function tellCounts(sizes: ReadonlyMap<number, Counts>, cases: readonly SearchCase[]): boolean {
  const heads = [...sizes.keys()].map((size) => String(size).padStart(8)).join('')
  console.log(`${'rows read in one D1 trip, cold'.padEnd(40)} ${heads}`)
  const missed = cases.filter((each) => {
    const costs = [...sizes].flatMap(([size, counts]) => {
      const cost = counts.get(each)
      return cost ? [{ size, ...cost }] : []
    })
    const faults = faultsOf(each, costs)
    const rows = costs.map(({ read }) => String(read).padStart(8)).join('')
    console.log(`  ${each.name.padEnd(38)} ${rows}${faults.map((fault) => `  BELOW ITS BAR: ${fault}`).join('')}`)
    return faults.length > 0
  })
  return missed.length === 0
}

function faultsOf(
  { flatFrom }: SearchCase,
  costs: readonly { size: number; trips: number; read: number; hotTrips: number | null }[],
): string[] {
  const flat = costs.filter(({ size }) => size >= flatFrom).map(({ read }) => read)
  const grows = flat.some((read, index) => index > 0 && read > Math.max(...flat.slice(0, index)) * FLAT)
  const most = Math.max(...costs.map(({ trips }) => trips))
  return [
    ...(most === 1 ? [] : [`${most} trips`]),
    ...(grows ? ['rows grow with the shop'] : []),
    ...(costs.some(({ hotTrips }) => (hotTrips ?? 0) > 0) ? ['a trip when asked again'] : []),
  ]
}
