import { styleText } from 'node:util'

// The tour reads answers as a storefront would: without types of ours between it and the wire.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Json = any

export interface Ask {
  body?: unknown
  token?: string
  /** Idempotency-Key. */
  key?: string
  /** If-None-Match: what of it is still current answers 304. */
  known?: string
}

export interface Answer {
  status: number
  headers: Headers
  milliseconds: number
  /** Null where nothing came with it. */
  json: Json
}

export interface Walk {
  /** Ends the process with a hint when nothing answers. */
  mustBeUp(): Promise<void>
  /** Asks and prints what was asked. @throws {Error} with the problem on anything but 2xx. */
  step(title: string, method: string, path: string, ask?: Ask): Promise<Json>
  /** The same, with status and headers beside the body. */
  stepWhole(title: string, method: string, path: string, ask?: Ask): Promise<Answer>
  /** Asks without a word. */
  request(method: string, path: string, ask?: Ask): Promise<Json>
  show(name: string, value: string): void
}

// Ids are long, and their ends tell them apart.
const ID = /([a-z_]+_)[0-9a-z]{22}([0-9a-z]{4})/g

export function createWalk(origin: string): Walk {
  let steps = 0

  async function send(method: string, path: string, { body, token, key, known }: Ask = {}): Promise<Answer> {
    const headers = new Headers()
    if (token) headers.set('Authorization', `Bearer ${token}`)
    if (key) headers.set('Idempotency-Key', key)
    if (known) headers.set('If-None-Match', known)
    if (body !== undefined) headers.set('Content-Type', 'application/json')
    const started = performance.now()
    const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) }
    const response = await fetch(origin + path, init)
    const text = await response.text()
    const milliseconds = Math.round(performance.now() - started)
    if (!response.ok && response.status !== 304) stop(`${method} ${path} answered ${response.status}:\n${text}`)
    return {
      status: response.status,
      headers: response.headers,
      milliseconds,
      json: text === '' ? null : JSON.parse(text),
    }
  }

  async function stepWhole(title: string, method: string, path: string, ask?: Ask): Promise<Answer> {
    const answer = await send(method, path, ask)
    steps += 1
    const address = path.replace(ID, '$1…$2')
    const cost = styleText('dim', `${answer.status}, ${answer.milliseconds} ms`)
    console.log(
      `\n${styleText('bold', `${steps}. ${title}`)}\n   ${styleText('cyan', `${method} ${address}`)}  ${cost}`,
    )
    return answer
  }

  return {
    async mustBeUp() {
      const up = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(10_000) }).catch(() => null)
      if (!up) stop(`Nothing answers at ${origin}. Start the shop in another terminal: npm run dev`)
      if (!up.ok) stop(`The server at ${origin} is not ready: ${await up.text()}`)
    },
    step: async (title, method, path, ask) => (await stepWhole(title, method, path, ask)).json,
    stepWhole,
    request: async (method, path, ask) => (await send(method, path, ask)).json,
    show: (name, value) => console.log(`   ${name.padEnd(24)} ${value}`),
  }
}

function stop(message: string): never {
  console.error(`\n${message}`)
  process.exit(1)
}

/** `{amount: 1999, currency: 'USD'}` as $19.99: amounts are minor units, and currencies differ in their digits. */
export function price({ amount, currency }: { amount: number; currency: string }): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits)
}
