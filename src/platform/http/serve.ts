import type { Handler } from 'hono'
import * as z from 'zod'
import { createMint } from '../crypto/mint.ts'
import { GateClosed } from '../db/client.ts'
import { CONSTRAINT_PROBLEM } from '../db/constraints.ts'
import { ConstraintError, DatabaseUnavailable } from '../db/errors.ts'
import { type Bindings, type Config, ConfigError, parseConfig } from '../env.ts'
import { createLog } from '../log.ts'
import { decodeText, parseJson, readBody } from './body.ts'
import { type Caller, type Context, createContext, type Deps } from './context.ts'
import { corsHeaders } from './cors.ts'
import { bodyTag, expectedVersion, matchesNone, versionTag } from './etag.ts'
import { checkFingerprint, findKey, isKeyTaken, readIdempotencyKey } from './idempotency.ts'
import { Problem, type ProblemInit, problemResponse } from './problem.ts'
import { countRequest, policyHeader } from './rate-limit.ts'
import type { Authenticate, Reply, Route, RouteInput } from './route.ts'
import { check, shape } from './schema.ts'

const MAX_JSON_BYTES = 64 * 1024
const MAX_URL_LENGTH = 4096
// Bookmarks are opaque, but have a shape: four groups of hex. Anything else is not passed on to D1.
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/
// No s-maxage: it would switch stale-while-revalidate off in the cache in front of the Worker.
const CACHE_CONTROL = {
  catalog: 'public, max-age=60, stale-while-revalidate=600, stale-if-error=86400',
  static: 'public, max-age=3600',
}

const noQuery = shape(() => z.strictObject({}))

/** What serving one request knows from its first moment on. */
interface Exchange {
  request: Request
  bindings: Bindings
  config: Config
  now: Date
  requestId: string
  waitUntil: (work: Promise<unknown>) => void
  /** Present once the caller is known. */
  context: Context | null
}

/** Turns a declaration into a handler: limits, authorises, validates, repeats, strips, caches and reports, in this order. */
export function serve(route: Route, deps: Deps, authenticate: Authenticate): Handler<{ Bindings: Bindings }> {
  return async (c) => {
    const now = deps.clock()
    const requestId = createMint(now, deps.random)('request')
    const exchange: Exchange = {
      request: c.req.raw,
      bindings: c.env,
      config: { logLevel: 'info', stage: 'production' } as Config,
      now,
      requestId,
      waitUntil: (work) => c.executionCtx.waitUntil(work),
      context: null,
    }
    let response: Response
    try {
      exchange.config = parseConfig(c.env)
      response = await answer(route, exchange, c.req.param() as Record<string, string>, deps, authenticate)
    } catch (error) {
      response = refusal(error, route, exchange)
    }
    return finish(response, route, exchange)
  }
}

async function answer(
  route: Route,
  exchange: Exchange,
  params: Record<string, string>,
  deps: Deps,
  authenticate: Authenticate,
): Promise<Response> {
  const { request, bindings, config, now } = exchange
  if (route.access === 'dev' && config.stage !== 'dev') throw new Problem('not_found')
  if (request.url.length > MAX_URL_LENGTH) throw new Problem('invalid_request', { detail: 'The URL is too long.' })
  const url = new URL(request.url)
  const authorization = request.headers.get('Authorization') ?? undefined
  const { caller, gate } = await authenticate({ authorization, access: route.access, config, now })
  if (route.limit && config.rateLimits) await countRequest(bindings, route.limit, limitKey(caller, request))

  const raw = await readBody(request, route.bodyType ?? 'json', route.maxBytes ?? MAX_JSON_BYTES)
  const input: RouteInput = {
    params: route.params ? check(route.params(), params, '/path') : undefined,
    query: check((route.query ?? noQuery)(), readQuery(url), '/query'),
    body: route.body ? check(route.body(), readPayload(route, raw), '') : undefined,
    ifMatch: expectedVersion(request.headers.get('If-Match') ?? undefined),
    request,
    raw,
  }
  const takesKey = route.method === 'post' && route.replay !== 'none' && route.replay !== null
  const header = takesKey ? (request.headers.get('Idempotency-Key') ?? undefined) : undefined
  if (route.keyRequired && header === undefined) throw new Problem('idempotency_key_required')
  const idempotency = await readIdempotencyKey(header, {
    callerId: callerId(caller),
    method: request.method,
    path: url.pathname + url.search,
    body: raw,
  })
  const consistency = consistencyOf(route, request)
  const { requestId, waitUntil } = exchange
  const context = createContext({
    bindings,
    config,
    deps,
    caller,
    gate,
    idempotency,
    consistency,
    origin: url.origin,
    requestId,
    now,
    waitUntil,
  })
  exchange.context = context
  return respond(route, context, input)
}

async function respond(route: Route, context: Context, input: RouteInput): Promise<Response> {
  let reply: Reply | Response
  try {
    reply = await route.handle(context, input)
  } catch (error) {
    const replayed = await replayIfSeen(route, context, input, error)
    if (!replayed) throw error
    reply = replayed
  }
  await context.db.passGate()
  if (reply instanceof Response) return reply
  return render(route, context, reply, input.request)
}

/**
 * A refusal may only mean that the first request with this key has already had its effect (the cart is completed, the
 * code is taken): then the answer is that effect again.
 */
async function replayIfSeen(
  route: Route,
  context: Context,
  input: RouteInput,
  error: unknown,
): Promise<Reply | Response | null> {
  const key = context.idempotency
  if (!key || typeof route.replay !== 'function') return null
  if (!isKeyTaken(error) && !(error instanceof Problem)) return null
  const [[row]] = await context.db.read(findKey(key.id))
  if (!row) return null
  checkFingerprint(row, key)
  const reply = await route.replay(context, row.resourceId, input)
  if (reply instanceof Response) return reply
  return { ...reply, headers: { ...reply.headers, 'Idempotent-Replayed': 'true' } }
}

async function render(route: Route, context: Context, reply: Reply, request: Request): Promise<Response> {
  const status = reply.status ?? route.statuses?.[0] ?? 200
  const headers = new Headers(reply.headers)
  if (reply.version !== undefined) headers.set('ETag', versionTag(reply.version))
  if (!route.returns) return new Response(null, { status, headers })
  const body = JSON.stringify(route.returns().parse(reply.body))
  headers.set('Content-Type', 'application/json; charset=utf-8')
  if (route.cache) {
    const tag = await bodyTag(body)
    headers.set('ETag', tag)
    headers.set('Cache-Control', CACHE_CONTROL[route.cache])
    if (context.cache.stale) headers.set('X-Cache', 'stale')
    if (matchesNone(request.headers.get('If-None-Match') ?? undefined, tag)) {
      return new Response(null, { status: 304, headers })
    }
  }
  return new Response(body, { status, headers })
}

/** The one place where what was thrown becomes an answer. Expected refusals are problems; the rest says nothing inside. */
function refusal(error: unknown, route: Route, { requestId, config, request }: Exchange): Response {
  const log = createLog(config.logLevel, { request_id: requestId })
  const where = { route: route.id, method: request.method }
  if (error instanceof Problem) return problemResponse(error.code, requestId, withChallenge(error.code, error.init))
  if (error instanceof GateClosed) {
    const code = error.code === 'forbidden' ? 'forbidden' : 'unauthenticated'
    return problemResponse(code, requestId, withChallenge(code, {}))
  }
  if (error instanceof ConstraintError) {
    const code = CONSTRAINT_PROBLEM[error.constraint]
    if (code) return problemResponse(code, requestId, withChallenge(code, {}))
  }
  if (error instanceof DatabaseUnavailable) {
    log.error('database_unavailable', error, where)
    return problemResponse('temporarily_unavailable', requestId, { headers: { 'Retry-After': '2' } })
  }
  if (error instanceof ConfigError) {
    log.error('misconfigured', error, where)
    return problemResponse('misconfigured', requestId, { headers: { 'Retry-After': '60' } })
  }
  log.error('fault', error, where)
  return problemResponse('internal_error', requestId)
}

function withChallenge(code: string, init: ProblemInit): ProblemInit {
  if (code !== 'unauthenticated') return init
  return { ...init, headers: { 'WWW-Authenticate': 'Bearer realm="edge-commerce"', ...init.headers } }
}

function finish(response: Response, route: Route, exchange: Exchange): Response {
  const { config, request, context } = exchange
  const headers = new Headers(response.headers)
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-store')
  const open = route.access === 'public'
  const cors = corsHeaders(request.headers.get('Origin') ?? undefined, { open, allowed: config.corsOrigins ?? [] })
  for (const [name, value] of Object.entries(cors)) headers.set(name, value)
  headers.set('X-Content-Type-Options', 'nosniff')
  if (config.stage !== 'dev') headers.set('Strict-Transport-Security', 'max-age=31536000')
  // An answer shared by a cache carries nothing of the one request that filled it.
  const shared = headers.get('Cache-Control')?.startsWith('public') && config.stage !== 'dev'
  if (!shared) {
    headers.set('X-Request-Id', exchange.requestId)
    if (route.limit) headers.set('RateLimit-Policy', policyHeader(route.limit))
    if (config.serverTiming && context) headers.set('Server-Timing', timing(context))
    const bookmark = open || !context ? null : context.db.bookmark()
    if (bookmark) headers.set('X-D1-Bookmark', bookmark)
  }
  return new Response(response.body, { status: response.status, headers })
}

function timing({ meter }: Context): string {
  const d1 = `d1;desc="trips=${meter.trips} read=${meter.rowsRead} written=${meter.rowsWritten}"`
  return `${d1}, kv;desc="reads=${meter.kvReads} writes=${meter.kvWrites}"`
}

function consistencyOf(route: Route, request: Request): string {
  if (route.access === 'public') return 'first-unconstrained'
  // A staff key is checked where its revocation is known.
  if (typeof route.access === 'object') return 'first-primary'
  const bookmark = request.headers.get('X-D1-Bookmark')
  return bookmark && route.method === 'get' && BOOKMARK.test(bookmark) ? bookmark : 'first-primary'
}

function readPayload(route: Route, raw: Uint8Array): unknown {
  return route.bodyType === 'csv' ? decodeText(raw) : parseJson(raw)
}

/** Repeated parameters become a list; the shape says whether that is allowed. */
function readQuery(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null)
  for (const key of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(key)
    query[key] = values.length === 1 ? (values[0] ?? '') : values
  }
  return { ...query }
}

function callerId(caller: Caller): string | null {
  if (caller.kind === 'shopper') return caller.session.ownerId
  return caller.kind === 'staff' ? caller.keyId : null
}

function limitKey(caller: Caller, request: Request): string {
  // A staff key is not proved yet: by its claimed id everybody could have a count of their own.
  const proved = caller.kind === 'shopper' ? caller.session.ownerId : null
  return proved ?? request.headers.get('CF-Connecting-IP') ?? 'unknown'
}
