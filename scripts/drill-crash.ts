// npm run drill:crash [-- --rounds 20 --seed 1]: the server is killed in mid-load, started again, and nothing is lost.

import { parseArgs, styleText } from 'node:util'
import { runDrill } from './drill/drill.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, seed: { type: 'string' } },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
// Ended from outside, it takes the server along.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))

console.log(`${values.rounds} rounds, seed ${seed}`)
const faults = await runDrill({ rounds: Number(values.rounds), seed, say: (line) => console.log(line) })
console.log(
  faults.length === 0
    ? styleText(
        'green',
        `Killed ${values.rounds} times: nobody has paid without an order, nor twice, and no ledger is violated.`,
      )
    : styleText('red', `${faults.length} faults:\n${faults.join('\n')}`),
)
process.exit(faults.length === 0 ? 0 : 1)
