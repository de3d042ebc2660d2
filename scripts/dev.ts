// npm run dev [-- arguments of wrangler dev]: the whole shop on this machine with demo data. Needs no account.

import { styleText } from 'node:util'
import { copyReference } from './docs.ts'
import { ensureDevVars } from './local/dev-vars.ts'
import { holdBack } from './local/hold-back.ts'
import { isPortInUse, readLocalOptions } from './local/options.ts'
import { prepareState } from './local/prepare.ts'
import { spawnWrangler } from './local/wrangler.ts'

const CRON_MS = 60_000
// Payments that need nobody: what .dev.vars says of them comes after it and wins.
const DEMO_PAYMENTS = {
  MANUAL_PAYMENT_METHODS: 'bank_transfer,cash_on_delivery',
  MANUAL_PAYMENT_INSTRUCTIONS: 'Transfer the total to NO93 8601 1117 947 and name your order.',
}

const args = process.argv.slice(2)
const options = readLocalOptions(args)
const origin = `http://${options.host}:${options.port}`

if (await isPortInUse(options)) {
  const other = `npm run dev -- --port ${options.port + 1}`
  console.error(`Port ${options.port} is in use. End the server that has it, or take another port: ${other}`)
  process.exit(1)
}
const { DEV_ADMIN_KEY, SESSION_KEYS: _, ...vars } = await ensureDevVars()
await Promise.all([
  copyReference(),
  prepareState(options.stateDir, DEV_ADMIN_KEY, (done) => console.log(styleText('dim', `  ${done}`))),
])
serve()

/** Runs wrangler until it ends or somebody ends us. Nothing is detached: ending the process group ends all of it. */
function serve(): void {
  // By --var, because of .dev.vars wrangler takes only what wrangler.toml names. The caller's own come last and win.
  const given = Object.entries({ STAGE: 'dev', ...DEMO_PAYMENTS, ...vars, PUBLIC_ORIGIN: origin }).flatMap(
    ([name, value]) => ['--var', `${name}:${value}`],
  )
  const child = spawnWrangler(['dev', ...given, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: process.stdout.isTTY ? { FORCE_COLOR: '1' } : {},
  })
  const release = holdBack(child)
  let stopping = false
  const stop = () => {
    stopping = true
    child.kill('SIGTERM')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  stopWithParent(stop)
  child.on('message', async (message) => {
    if (!String(message).includes('DEV_SERVER_READY')) return
    // The port is open by now; the first answer says that the Worker and its database are there too.
    const ready = await fetch(`${origin}/readyz`)
    release('ready')
    if (ready.ok) welcome()
    else console.error(`The server runs but is not ready: ${await ready.text()}`)
    setInterval(runCron, CRON_MS)
  })
  child.on('exit', (code) => {
    if (!stopping) release('failed')
    process.exit(stopping ? 0 : (code ?? 1))
  })
}

function welcome(): void {
  const rows = [
    ['API', `${origin}/v1/products`],
    ['Reference', `${origin}/docs`],
    ['Staff key', DEV_ADMIN_KEY],
    ['Next', options.port === 8787 ? 'npm run tour' : `npm run tour -- --url ${origin}`],
  ]
  const lines = rows.map(([name = '', value = '']) => `  ${styleText('dim', name.padEnd(11))}${value}`)
  console.log(`\n${styleText('bold', 'edge-commerce')} is ready.\n\n${lines.join('\n')}\n`)
}

/** In production the platform fires the cron of wrangler.toml; in development nobody does. */
async function runCron(): Promise<void> {
  try {
    const response = await fetch(`${origin}/cdn-cgi/local/scheduled`, { signal: AbortSignal.timeout(CRON_MS / 2) })
    await response.body?.cancel()
    if (!response.ok) console.error(`cron: ${response.status}`)
  } catch (error) {
    console.error(`cron: ${error instanceof Error ? error.message : error}`)
  }
}

/** A signal sent to npm alone never gets here: the server ends when npm is gone. */
function stopWithParent(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) stop()
  }, 1000)
}
