import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from '../../scripts/local/miniflare.ts'
import { ROOT } from '../../scripts/local/wrangler.ts'

/** One Worker to be served: its code, and the variables and stores it has. */
export interface Served {
  name: string
  code: string
  vars?: Record<string, string>
  /** The KV namespace: Workers with the same one share it. */
  kv?: string
}

const RATE_LIMIT = { namespace_id: '1001', simple: { limit: 600, period: 60 as const } }

/**
 * Serves Workers from one workerd, each on a port of its own that leads to it directly: miniflare's ordinary port costs
 * three to four times the request. All have one D1.
 * @param stateDir where it is kept; on tmpfs, because local D1 waits for the disk at every query.
 */
export async function serveWorkers(workers: readonly Served[], compatibilityDate: string, stateDir: string) {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      resourcePersistencePath: stateDir,
      cf: false,
      workers: workers.map(({ name, code, vars = {}, kv = name }) => ({
        name,
        compatibilityDate,
        modulesRoot: '/',
        modules: [{ type: 'ESModule' as const, path: '/worker.js', contents: code }],
        bindings: vars,
        d1Databases: { DB: 'shop' },
        kvNamespaces: { CACHE: kv },
        queueProducers: { EVENTS: 'events', PURGES: 'purges' },
        ratelimits: { RL_BROWSE: RATE_LIMIT },
        unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      })),
    }),
  )
  await miniflare.ready
  const urls = new Map<string, URL>()
  for (const { name } of workers) urls.set(name, await miniflare.unsafeGetDirectURL(name))
  return {
    miniflare,
    url(name: string): URL {
      const url = urls.get(name)
      if (!url) throw new Error(`no Worker is called ${name}`)
      return url
    },
  }
}

/** Applies the migrations to an empty database. */
export async function migrate(database: D1Database): Promise<void> {
  const folder = path.join(ROOT, 'migrations')
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    const statements = splitStatements(await readFile(path.join(folder, name), 'utf8'))
    await database.batch(statements.map((statement) => database.prepare(statement)))
  }
}

/** The statements of a migration: each ends with a semicolon at the end of a line; triggers have some inside. */
function splitStatements(text: string): string[] {
  const plain = text.replace(/^\s*--.*$/gm, '')
  const parts = plain.split(/(?<=;)[ \t]*\n/)
  const statements: string[] = []
  let open = ''
  for (const part of parts) {
    open += `${part}\n`
    const inTrigger = /CREATE TRIGGER/i.test(open) && !/\bEND;\s*$/i.test(open)
    if (inTrigger) continue
    if (open.trim() !== '') statements.push(open)
    open = ''
  }
  return statements
}
