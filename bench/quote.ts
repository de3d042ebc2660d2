// npm run bench:quote: what a quote costs, and how its cost grows with the cart.
// --rounds 15 --seed 1 as they are.

import { parseArgs } from 'node:util'
import { median } from '../scripts/local/startup.ts'
import { quote } from '../src/domain/quote.ts'
import { cartOf, PROMOTIONS } from './quote/carts.ts'
import { generator, shuffled } from './rig/shuffle.ts'

const BAR = 12
const SLICES = 4
const SLICE_MS = 60

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, seed: { type: 'string', default: '1' } },
})

const random = generator(Number(values.seed))
const CARTS = { small: cartOf(10), large: cartOf(100) }
type Size = keyof typeof CARTS

for (const size of ['small', 'large'] as const) costOf(size, 500)
const rounds = Array.from({ length: Number(values.rounds) }, measureRound)
const ratio = median(rounds.map(({ small, large }) => large / small))

const { applied, refused, totals } = quote(CARTS.large)
console.log(`${PROMOTIONS} active promotions; of 100 lines ${applied.length} apply and ${refused.length} are refused`)
console.log(`10 lines:  ${median(rounds.map(({ small }) => small)).toFixed(0)} µs of CPU a quote`)
console.log(
  `100 lines: ${median(rounds.map(({ large }) => large)).toFixed(0)} µs of CPU a quote, total ${totals.total}`,
)
const single = rounds.map(({ small, large }) => large / small).sort((left, right) => left - right)
console.log(
  `ratio: ${ratio.toFixed(1)} (single rounds ${single[0]?.toFixed(1)} to ${single.at(-1)?.toFixed(1)}), bar ${BAR}`,
)
if (ratio > BAR) {
  console.error('The quote of a large cart costs too much.')
  process.exitCode = 1
}

/** A round measures both carts in slices, in an order of its own: what else the machine does meets both. */
function measureRound(): Record<Size, number> {
  const slices = shuffled(Array.from({ length: SLICES }, () => ['small', 'large'] as const).flat(), random)
  const costs: Record<Size, number[]> = { small: [], large: [] }
  for (const size of slices) costs[size].push(costOf(size, SLICE_MS))
  return { small: median(costs.small), large: median(costs.large) }
}

/** Microseconds of CPU that a quote takes, over at least `ms` of them. */
function costOf(size: Size, ms: number): number {
  const cart = CARTS[size]
  const before = process.cpuUsage()
  let quotes = 0
  for (;;) {
    for (let batch = 0; batch < 10; batch += 1) quote(cart)
    quotes += 10
    const { user, system } = process.cpuUsage(before)
    if (user + system >= ms * 1000) return (user + system) / quotes
  }
}
