// npm test: everything that must hold, the quick things first, up to the first failure. Arguments go to vitest.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { styleText } from 'node:util'
import { QUIET, ROOT } from './local/wrangler.ts'

const STEPS: readonly { name: string; command: readonly string[]; shown?: boolean }[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'openapi.json is current', command: ['node', 'scripts/openapi.ts', '--check'] },
  { name: 'tests', command: ['vitest', 'run', ...process.argv.slice(2)], shown: true },
]

for (const [index, { name, command, shown = false }] of STEPS.entries()) {
  const label = `${index + 1}/${STEPS.length} ${name}`
  process.stdout.write(shown ? `${label}\n` : `${label} ... `)
  const from = performance.now()
  const { code, said } = await run(command, shown)
  const seconds = `${((performance.now() - from) / 1000).toFixed(1)} s`
  if (code !== 0) {
    console.error(`${styleText('red', 'failed')}\n${said}\n${command.join(' ')} ended with ${code}.`)
    process.exit(1)
  }
  console.log(shown ? `${label} ${styleText('green', 'ok')} ${seconds}` : `${styleText('green', 'ok')} ${seconds}`)
}

function run(command: readonly string[], shown: boolean): Promise<{ code: number | null; said: string }> {
  const [program = '', ...args] = command
  const node = program === 'node' ? process.execPath : path.join(ROOT, 'node_modules/.bin', program)
  const child = spawn(node, args, {
    cwd: ROOT,
    env: { ...process.env, ...QUIET },
    stdio: shown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += chunk
    })
  }
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, said })))
}
