import type { Handler } from 'hono'
import * as z from 'zod'
import { createMint } from '../crypto/mint.ts'
import { type Bindings, type Config, parseConfig } from '../env.ts'
import { decodeText, parseJson, readBody } from './body.ts'
import { type Caller, type Context, createContext, type Deps } from './context.ts'
import { expectedVersion } from './etag.ts'
import type { Exchange } from './exchange.ts'
import { finish } from './finish.ts'
import { checkFingerprint, findKey, isKeyTaken, readIdempotencyKey } from './idempotency.ts'
import { invalid, Problem } from './problem.ts'
import { countRequest } from './rate-limit.ts'
import { refusal } from './refusal.ts'
import { dress, render } from './render.ts'
import type { Authenticate, Reply, Route, RouteInput } from './route.ts'
import { check, shape } from './schema.ts'

const MAX_JSON_BYTES = 64 * 1024
const MAX_URL_LENGTH = 4096
const NO_BYTES = new Uint8Array(0)
// Bookmarks are opaque, but have a shape: four groups of hex. Anything else is not passed on to D1.
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/

const noQuery = shape(() => z.strictObject({}))

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
      page: null,
    }
    let response: Response
    try {
      exchange.config = parseConfig(c.env)
      response = await answer(route, exchange, c.req.param() as Record<string, string>, deps, authenticate)
    } catch (error) {
      response = refusal(error, route, exchange)
    }
    const finished = finish(response, route, exchange, deps.memory)
    // Not before, because what it costs is not this answer's.
    if (exchange.context?.shown.changed) exchange.waitUntil(deps.follow(exchange.context))
    return finished
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
  if (request.url.length > MAX_URL_LENGTH)
    throw new Problem('invalid_request', { detail: `The URL is longer than ${MAX_URL_LENGTH} characters.` })
  const url = new URL(request.url)
  const authorization = request.headers.get('Authorization') ?? undefined
  const { caller, gate } = await authenticate({ authorization, access: route.access, config, now })
  if (route.limit && config.rateLimits) await countRequest(bindings, route.limit, limitKey(route, caller, request))

  // A cached answer depends on its URL alone, and so does whether there is one.
  const raw = route.cache
    ? NO_BYTES
    : await readBody(request, route.bodyType ?? 'json', route.maxBytes ?? MAX_JSON_BYTES)
  const input: RouteInput = {
    params: route.params ? check(route.params(), params, '/path') : undefined,
    query: check((route.query ?? noQuery)(), readQuery(url), '/query'),
    body: route.body ? check(route.body(), readPayload(route, raw), '') : undefined,
    ifMatch: route.cache ? null : expectedVersion(request.headers.get('If-Match') ?? undefined),
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
  return respond(route, exchange, context, input)
}

async function respond(route: Route, exchange: Exchange, context: Context, input: RouteInput): Promise<Response> {
  let reply: Reply | Response
  try {
    reply = await route.handle(context, input)
  } catch (error) {
    const replayed = await replayIfSeen(route, context, input, error)
    if (!replayed) throw error
    reply = replayed
  }
  await context.db.passGate()
  if (reply instanceof Response) return dress(route, context, reply)
  const { response, page } = await render(route, context, reply, input.request)
  exchange.page = page
  return response
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

function consistencyOf(route: Route, request: Request): string {
  if (route.access === 'public') return 'first-unconstrained'
  // A staff key is checked where its revocation is known.
  if (typeof route.access === 'object') return 'first-primary'
  const bookmark = request.headers.get('X-D1-Bookmark')
  return bookmark && route.method === 'get' && BOOKMARK.test(bookmark) ? bookmark : 'first-primary'
}

function readPayload(route: Route, raw: Uint8Array): unknown {
  return route.bodyType === 'file' ? decodeText(raw) : parseJson(raw)
}

/** Repeated parameters become a list; the shape says whether that is allowed.
 *  @throws {Problem} invalid_request for the one name that no shape of free names would see. */
function readQuery(url: URL): Record<string, string | string[]> {
  if (url.search === '') return {}
  const query: Record<string, string | string[]> = Object.create(null)
  for (const key of new Set(url.searchParams.keys())) {
    if (key === '__proto__') throw invalid('/query/__proto__', 'is not part of the contract')
    const values = url.searchParams.getAll(key)
    query[key] = values.length === 1 ? (values[0] ?? '') : values
  }
  return { ...query }
}

function callerId(caller: Caller): string | null {
  if (caller.kind === 'shopper') return caller.session.ownerId
  return caller.kind === 'staff' ? caller.keyId : null
}

function limitKey({ countedBy }: Route, caller: Caller, request: Request): string {
  // A staff key is not proved yet: by its claimed id everybody could have a count of their own.
  const proved = countedBy === 'address' ? null : provedId(caller)
  return proved ?? request.headers.get('CF-Connecting-IP') ?? 'unknown'
}

function provedId(caller: Caller): string | null {
  if (caller.kind === 'order') return caller.orderId
  return caller.kind === 'shopper' ? caller.session.ownerId : null
}
