import { spawn } from 'node:child_process'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ROOT } from '../local/wrangler.ts'

const VARS = ['RATE_LIMITS:off', 'LOG_LEVEL:error']
// Where wrangler bundles to, and tidies up by itself unless it is killed. Which of them is whose cannot be told: only what
// is old goes.
const BUNDLES = path.join(ROOT, '.wrangler/tmp')
const OLD_MS = 24 * 3600 * 1000
const READY_MS = 300_000
const CRON_MS = 120_000

/** `npm run dev` on a port and with a database of its own, in a process group of its own. */
export interface Server {
  readonly origin: string
  /** Ends every process of the server at once, wherever each of them is. */
  kill(): Promise<void>
  /** Runs the cron's work as if `minutes` had passed. @throws {Error} when it fails. */
  runCron(minutes: number): Promise<void>
}

/** A port that nobody listens on. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}

/**
 * Starts the server and waits until it answers; the first start on a new `stateDir` makes the demo shop.
 * @throws {Error} with all it has said when it ends before it is ready, or takes minutes.
 */
export async function startServer(stateDir: string, port: number): Promise<Server> {
  const origin = `http://127.0.0.1:${port}`
  const temporary = path.join(stateDir, 'tmp')
  await mkdir(temporary, { recursive: true })
  await removeOldBundles()
  const vars = VARS.flatMap((given) => ['--var', given])
  const args = [path.join(ROOT, 'scripts/dev.ts'), '--port', String(port), '--persist-to', stateDir, ...vars]
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Named as npm would: then it ends by itself if whoever started it is gone.
    env: { ...process.env, npm_lifecycle_event: 'dev', TMPDIR: temporary },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said = (said + chunk).slice(-20_000)
    })
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const killGroup = () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    } catch {
      // All of it is gone already.
    }
  }
  process.on('exit', killGroup)
  const kill = async () => {
    killGroup()
    await ended
    process.off('exit', killGroup)
  }
  const until = Date.now() + READY_MS
  while (!(await isReady(origin))) {
    if (child.exitCode === null && Date.now() < until) await wait(100)
    else {
      await kill()
      throw new Error(`the server did not start:\n${said}`)
    }
  }
  return { origin, kill, runCron: (minutes) => runCron(origin, minutes) }
}

async function removeOldBundles(): Promise<void> {
  for (const name of await readdir(BUNDLES).catch(() => [])) {
    const folder = path.join(BUNDLES, name)
    const found = await stat(folder).catch(() => null)
    if (found && found.mtimeMs < Date.now() - OLD_MS) await rm(folder, { recursive: true, force: true })
  }
}

async function isReady(origin: string): Promise<boolean> {
  const response = await fetch(`${origin}/readyz`).catch(() => null)
  await response?.body?.cancel()
  return response?.ok ?? false
}

async function runCron(origin: string, minutes: number): Promise<void> {
  const time = Date.now() + minutes * 60_000
  const url = `${origin}/cdn-cgi/local/scheduled?time=${time}`
  const response = await fetch(url, { signal: AbortSignal.timeout(CRON_MS) })
  if (!response.ok) throw new Error(`the cron answered ${response.status}: ${await response.text()}`)
  await response.body?.cancel()
}
