import { connect } from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './wrangler.ts'

export interface LocalOptions {
  host: string
  port: number
  /** Where local D1, KV and queues live, as `--persist-to` takes it. */
  stateDir: string
}

/** The arguments of wrangler that scripts have to know too; all others are wrangler's alone. */
export function readLocalOptions(args: readonly string[]): LocalOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { ip: { type: 'string' }, port: { type: 'string' }, 'persist-to': { type: 'string' } },
    strict: false,
  })
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  return {
    host: text(values.ip) ?? '127.0.0.1',
    port: Number(text(values.port) ?? 8787),
    stateDir: path.resolve(ROOT, text(values['persist-to']) ?? '.wrangler/state'),
  }
}

/** Whether something answers at this address. */
export function isPortInUse({ host, port }: LocalOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port, timeout: 1000 })
    const answer = (inUse: boolean) => {
      socket.destroy()
      resolve(inUse)
    }
    socket.on('connect', () => answer(true))
    socket.on('timeout', () => answer(false))
    socket.on('error', () => answer(false))
  })
}
