import type { Memory } from '../cache/memory.ts'
import { type Meter, newMeter } from '../db/client.ts'
import { corsHeaders } from './cors.ts'
import type { Exchange } from './exchange.ts'
import { keepAnswer } from './hot-answer.ts'
import { policyHeader } from './rate-limit.ts'
import type { Route } from './route.ts'

/** Every answer of a route passes here: it leaves with Cache-Control, CORS and what tells of this one request. */
export function finish(response: Response, route: Route, exchange: Exchange, memory: Memory): Response {
  const { config, request, context, page, now } = exchange
  const { finished, headers } = openHeaders(response)
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-store')
  const open = route.access === 'public'
  const cors = corsHeaders(request.headers.get('Origin') ?? undefined, { open, allowed: config.corsOrigins ?? [] })
  for (const [name, value] of Object.entries(cors)) headers.set(name, value)
  headers.set('X-Content-Type-Options', 'nosniff')
  if (config.stage !== 'dev') headers.set('Strict-Transport-Security', 'max-age=31536000')
  // An answer shared by a cache carries nothing of the one request that filled it.
  const shared = headers.get('Cache-Control')?.startsWith('public') && config.stage !== 'dev'
  if (!shared && route.limit) headers.set('RateLimit-Policy', policyHeader(route.limit))
  const timed = !shared && config.serverTiming && context !== null
  if (page && context) {
    // What it costs to send it again.
    if (timed) headers.set('Server-Timing', timing(newMeter()))
    keepAnswer(memory, request.url, page, headers, context.cache.basis, now.getTime())
  }
  if (timed) headers.set('Server-Timing', timing(context.meter))
  if (!shared) headers.set('X-Request-Id', exchange.requestId)
  const bookmark = open || !context ? null : context.db.bookmark()
  if (bookmark) headers.set('X-D1-Bookmark', bookmark)
  return finished
}

/** An answer whose headers can be written. One that came from elsewhere (an asset, a cache) is closed, and copied. */
function openHeaders(response: Response): { finished: Response; headers: Headers } {
  try {
    response.headers.set('X-Content-Type-Options', 'nosniff')
    return { finished: response, headers: response.headers }
  } catch {
    const copy = new Response(response.body, response)
    return { finished: copy, headers: copy.headers }
  }
}

function timing(meter: Meter): string {
  const d1 = `d1;desc="trips=${meter.trips} read=${meter.rowsRead} written=${meter.rowsWritten}"`
  return `${d1}, kv;desc="reads=${meter.kvReads} writes=${meter.kvWrites}"`
}
