import path from 'node:path'
import { defaultDeps } from '../../src/app.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Bindings } from '../../src/platform/env.ts'
import type { Context } from '../../src/platform/http/context.ts'
import { QUIET, ROOT } from './wrangler.ts'

/** What `wrangler dev` would serve from the same state, in this process. */
export interface LocalShop {
  /** The context of a script's work, as jobs have it. */
  context(name: string): Context
  close(): Promise<void>
}

/** Opens the state in `stateDir`, a folder as `--persist-to` takes it. Needs .dev.vars. */
export async function openLocalShop(stateDir: string): Promise<LocalShop> {
  const { WRANGLER_LOG } = process.env
  Object.assign(process.env, QUIET, { WRANGLER_LOG: 'warn' })
  const { getPlatformProxy } = await import('wrangler')
  const { env, dispose } = await getPlatformProxy<Bindings>({
    configPath: path.join(ROOT, 'wrangler.toml'),
    // The command line keeps each layout of the state in a folder of its own; here that has to be said.
    persist: { path: path.join(stateDir, 'v3') },
    remoteBindings: false,
  })
  // The server that is started next tells more than its warnings.
  if (WRANGLER_LOG === undefined) delete process.env.WRANGLER_LOG
  else process.env.WRANGLER_LOG = WRANGLER_LOG
  const bindings: Bindings = { ...env, LOG_LEVEL: 'error' }
  return { context: (name) => systemContext(name, bindings, defaultDeps(), () => {}), close: dispose }
}
