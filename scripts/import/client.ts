/** Ends the script with a sentence instead of a stack. */
export class Stop extends Error {}

export interface Server {
  url: string
  key: string
  /** Whether to try again what has failed by chance, and how many milliseconds to wait at most. */
  longestWait: number
}

/** What is asked of the server. */
export interface Ask {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  body?: string
  type?: string
}

interface Refusal {
  code?: string
  title?: string
  detail?: string
  request_id?: string
  errors?: { pointer: string; detail: string }[]
  missing_parts?: number[]
}

const TRIES = 8

/**
 * Asks until there is an answer: what has failed by chance (no connection, overload, a fault) is asked again, by the same
 * Idempotency-Key, after a pause that doubles.
 * @throws {Stop} on a refusal, and when it has failed too often.
 */
export async function ask(server: Server, request: Ask): Promise<{ status: number; body: unknown }> {
  const key = crypto.randomUUID()
  let last = ''
  for (let tries = 0; tries < TRIES; tries += 1) {
    let response: Response
    try {
      response = await send(server, request, key)
    } catch (error) {
      last = whyUnreachable(server, error)
      await pause(server, tries, null)
      continue
    }
    const text = await response.text()
    if (response.ok) return { status: response.status, body: JSON.parse(text) }
    last = describe(response, text)
    if (response.status !== 429 && response.status < 500) throw new Stop(last)
    await pause(server, tries, response.headers.get('Retry-After'))
  }
  throw new Stop(last)
}

function send({ url, key }: Server, { method, path, body, type }: Ask, idempotencyKey: string): Promise<Response> {
  const headers = new Headers({ Authorization: `Bearer ${key}` })
  if (type) headers.set('Content-Type', type)
  if (method === 'POST') headers.set('Idempotency-Key', idempotencyKey)
  return fetch(new URL(path, url), { method, headers, body: body ?? null })
}

/** @param seconds what the server asks for, if it does. */
async function pause({ longestWait }: Server, tries: number, seconds: string | null): Promise<void> {
  const wait = seconds && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 500 * 2 ** tries
  await new Promise((resolve) => setTimeout(resolve, Math.min(longestWait, wait)))
}

function whyUnreachable({ url }: Server, error: unknown): string {
  const { code } = (error as { cause?: { code?: string } }).cause ?? {}
  const { origin } = new URL(url)
  return code === 'ECONNREFUSED'
    ? `No server answers at ${origin}. Start it with \`npm run dev\`, or name another one with --url.`
    : `The connection to ${origin} failed${code ? ` (${code})` : ''}.`
}

function describe({ status }: Response, text: string): string {
  const { title = text.slice(0, 200), detail = '', errors = [], request_id, missing_parts = [] } = parse(text)
  const lines = errors.map(({ pointer, detail: what }) => (pointer === '/' ? `  ${what}` : `  ${pointer} ${what}`))
  if (missing_parts.length > 0) lines.push(`  missing: ${missing_parts.join(', ')}`)
  return [`Refused: ${status} ${title}. ${detail}${request_id ? ` [${request_id}]` : ''}`, ...lines].join('\n')
}

function parse(text: string): Refusal {
  try {
    return JSON.parse(text) as Refusal
  } catch {
    return {}
  }
}
