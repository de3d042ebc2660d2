// npm run drill:quote: the laws of quotes over 100,000 carts instead of the few thousand of npm test.
// --runs 1000000 for more, --seed 1 for the same carts again.

import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './local/wrangler.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string' } },
})
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31))
console.log(`${values.runs} carts, seed ${seed}`)
const { status } = spawnSync(
  path.join(ROOT, 'node_modules/.bin/vitest'),
  ['run', '--project', 'node', 'test/domain/quote.laws.test.ts', 'test/domain/sets.laws.test.ts'],
  {
    cwd: ROOT,
    env: { ...process.env, RUNS: values.runs, SEED: seed },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  },
)
process.exit(status ?? 1)
