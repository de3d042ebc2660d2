import type { SearchCase } from './cases.ts'
import { timeRounds } from './rounds.ts'

/** The most that a search may take, in times of a cold page of a list. */
export const barAt = (products: number) => (products > 100_000 ? 3 : 2)

/** Prints how long each case takes. @returns whether all searches are within their bar. */
export async function tellTimes(
  base: URL,
  measure: string,
  cases: readonly SearchCase[],
  { products, ...rounds }: { products: number; rounds: number; random: () => number },
): Promise<boolean> {
  const bar = barAt(products)
  const ratios = await timeRounds(base, measure, cases, rounds)
  console.log(`${'milliseconds, and the list’s in the same rounds'.padEnd(60)} ratio (bar of searches ${bar})`)
  let isMet = true
  for (const [{ name, kind }, { own, measure: list, ratio, low, high, cpu }] of ratios) {
    const isMissed = kind === 'search' && ratio > bar
    if (isMissed) isMet = false
    const times = `${own.toFixed(2).padStart(8)} ${list.toFixed(2).padStart(8)}`
    const spread = `rounds ${low.toFixed(2)} to ${high.toFixed(2)}${cpu === null ? '' : `, CPU ${cpu.toFixed(2)}`}`
    console.log(`  ${name.padEnd(40)} ${times}   ${ratio.toFixed(2)}  ${spread}${isMissed ? '  ABOVE ITS BAR' : ''}`)
  }
  return isMet
}
