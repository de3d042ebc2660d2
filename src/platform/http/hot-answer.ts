import type { Basis } from '../cache/cached.ts'
import type { Memory } from '../cache/memory.ts'
import { createMint } from '../crypto/mint.ts'
import { type Bindings, parseConfig } from '../env.ts'
import { cacheControl } from './cache-control.ts'
import type { Deps } from './context.ts'
import { matchesNone } from './etag.ts'

/** A rendered page: its bytes are the same for everybody. */
export interface Page {
  body: string
  tag: string
}

type Fetch = (request: Request, bindings: Bindings, execution: ExecutionContext) => Response | Promise<Response>

/**
 * Sends hot answers before anything else is looked at, the router and the rate limit too: one costs as little as a hit
 * in the cache in front, which no limit sees either. Everything else goes on to `fetch`.
 */
export function sendHotFirst(fetch: Fetch, deps: Deps): Fetch {
  return (request, bindings, execution) => hotAnswer(request, bindings, deps) ?? fetch(request, bindings, execution)
}

/**
 * The answer this isolate has rendered for exactly this URL, as long as rendering it again would give the same bytes:
 * every value it was made from is still in memory and within its time there, and nothing was changed here since.
 */
function hotAnswer(request: Request, bindings: Bindings, { memory, clock, random }: Deps): Response | null {
  const { method, url } = request
  const answer = method === 'GET' || method === 'HEAD' ? memory.answers.get(url) : undefined
  if (!answer) return null
  const now = clock()
  if (!memory.holds(answer.basis, now.getTime())) {
    memory.answers.delete(url)
    return null
  }
  const { changesAt } = answer.basis
  const dev = parseConfig(bindings).stage === 'dev'
  if (changesAt === null && !dev) return pageResponse(answer, answer.headers, request)
  const headers = { ...answer.headers }
  if (changesAt !== null) {
    headers['cache-control'] = cacheControl('catalog', { nowMs: now.getTime(), changesAt, stale: false })
  }
  if (dev) headers['x-request-id'] = createMint(now, random)('request')
  return pageResponse(answer, headers, request)
}

/** Keeps a page for the next who asks for this URL, if memory alone would give it again. */
export function keepAnswer(
  memory: Memory,
  url: string,
  page: Page,
  headers: Headers,
  basis: Basis,
  nowMs: number,
): void {
  // What came through no cache has nothing that ends its time here.
  if (basis.entries.length === 0 || !memory.holds(basis, nowMs)) return
  memory.answers.set(url, { ...page, headers: Object.fromEntries(headers), basis })
}

/** The page itself, or 304 for whoever has it already. */
export function pageResponse({ body, tag }: Page, headers: HeadersInit, request: Request): Response {
  if (matchesNone(request.headers.get('If-None-Match') ?? undefined, tag)) {
    return new Response(null, { status: 304, headers })
  }
  return new Response(request.method === 'HEAD' ? null : body, { status: 200, headers })
}
