// Answers are read as a storefront reads them: without types of ours between them and the wire.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Json = any

export interface Answer {
  status: number
  body: Json
}

export interface Ask {
  body?: unknown
  token?: string
  /** Idempotency-Key. */
  key?: string
}

export type Send = (method: string, path: string, ask?: Ask) => Promise<Answer>

/** Nobody knows what became of the request: the server was killed meanwhile. */
export class Interrupted extends Error {}

// Longer than any answer takes on a machine that is busy with other things.
const TIME_LIMIT_MS = 120_000

/**
 * Sends requests to `origin`. @param isKilled whether the server has been killed: then what goes wrong is not its fault.
 * @throws {Interrupted} @throws {Error} on a 5xx of a server that lives.
 */
export function createSend(origin: string, isKilled: () => boolean): Send {
  return async (method, path, { body, token, key } = {}) => {
    const headers = new Headers()
    if (token) headers.set('Authorization', `Bearer ${token}`)
    if (key) headers.set('Idempotency-Key', key)
    if (body !== undefined) headers.set('Content-Type', 'application/json')
    const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) }
    try {
      const response = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(TIME_LIMIT_MS) })
      const text = await response.text()
      if (response.status >= 500) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    } catch (error) {
      if (isKilled()) throw new Interrupted(`${method} ${path}`)
      throw new Error(`${method} ${path} failed: ${error} ${(error as Error).cause ?? ''}`)
    }
  }
}
