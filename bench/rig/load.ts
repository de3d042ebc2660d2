import { connect, type Socket } from 'node:net'

const CONNECTIONS = 32
const HEAD_END = '\r\n\r\n'

export interface Load {
  requests: number
  seconds: number
  /** The part of one core that the client itself was busy. */
  clientBusy: number
}

/**
 * A request, asked again and again, the length of the body that every answer must have, null where it varies, and its
 * status: 200 if nothing is said.
 */
export interface Target {
  url: URL
  bytes: number | null
  status?: number
  method?: 'GET' | 'PATCH' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: string
  /** Where every request is one of its own: what the next one has other than this. Null when there is none left. */
  next?: () => Pick<Target, 'url' | 'headers' | 'body'> | null
}

/**
 * Asks for one thing over keep-alive connections, each with the next request as soon as its answer is there, until the time
 * or the count is up. Sockets alone, because a client in the way would be what is measured.
 * @throws {Error} on an answer that is not the expected one.
 */
export async function load(target: Target, { seconds, most }: { seconds: number; most: number }): Promise<Load> {
  const { url, bytes, status = 200, next } = target
  const same = toBytes(target)
  const nextRequest = () => {
    if (!next) return same
    const own = next()
    return own && toBytes({ ...target, ...own, headers: { ...target.headers, ...own.headers } })
  }
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(url)))
  let requests = 0
  const started = performance.now()
  const cpu = process.cpuUsage()
  const until = started + seconds * 1000
  try {
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve, reject) => {
            let missing = 0
            socket.on('error', reject)
            socket.on('close', () => reject(new Error('the server closed a connection')))
            socket.on('data', (chunk) => {
              missing = missing > 0 ? missing - chunk.length : rest(chunk, { status, bytes })
              if (missing > 0) return
              if (missing < 0)
                return reject(new Error(`an answer is not the expected one: ${chunk.toString('latin1', 0, 500)}`))
              requests += 1
              const request = requests >= most || performance.now() >= until ? null : nextRequest()
              if (request === null) resolve()
              else socket.write(request)
            })
            socket.write(nextRequest() ?? same)
          }),
      ),
    )
    const elapsed = (performance.now() - started) / 1000
    const { user, system } = process.cpuUsage(cpu)
    return { requests, seconds: elapsed, clientBusy: (user + system) / 1e6 / elapsed }
  } finally {
    for (const socket of sockets) socket.removeAllListeners('close').destroy()
  }
}

function toBytes({ url, method = 'GET', headers = {}, body = '' }: Target): string {
  const lines = Object.entries({ Host: url.host, Accept: 'application/json', ...headers })
  const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${head}${length}\r\n${body}`
}

/** How many bytes of the answer are still to come after its first chunk; -1 where it has another status or length. */
function rest(chunk: Buffer, { status, bytes }: { status: number; bytes: number | null }): number {
  const head = chunk.indexOf(HEAD_END, 0, 'latin1')
  if (head < 0) return -1
  const text = chunk.toString('latin1', 0, head)
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  if (!text.startsWith(`HTTP/1.1 ${status}`) || length === undefined) return -1
  if (bytes !== null && Number(length) !== bytes) return -1
  return head + HEAD_END.length + Number(length) - chunk.length
}

function open(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket.off('error', reject)))
  })
}
