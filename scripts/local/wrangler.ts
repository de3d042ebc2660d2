import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import path from 'node:path'

/** The folder of package.json; scripts work from here, wherever they were started. */
export const ROOT = path.resolve(import.meta.dirname, '../..')

/** Keeps wrangler to itself: no metrics, no banner, no log files, no look-up of where this machine is. */
export const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_WRITE_LOGS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

const ENTRY = path.join(ROOT, 'node_modules/wrangler/bin/wrangler.js')

/** Starts wrangler on this very Node, in this process group. */
export function spawnWrangler(args: readonly string[], options: SpawnOptions): ChildProcess {
  const env = { ...process.env, ...QUIET, ...options.env }
  return spawn(process.execPath, [ENTRY, ...args], { cwd: ROOT, ...options, env })
}

/** Runs wrangler to its end and returns what it said. @throws {Error} with all of it when it fails. */
export async function runWrangler(args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const child = spawnWrangler(args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code !== 0) throw new Error(`wrangler ${args.slice(0, 3).join(' ')} failed:\n${said}`)
  return said
}
