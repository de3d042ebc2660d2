import type { ErrorHandler, Handler } from 'hono'
import { createMint } from '../crypto/mint.ts'
import { type Bindings, ConfigError, parseConfig } from '../env.ts'
import { createLog } from '../log.ts'
import type { Deps } from './context.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'
import { problemResponse } from './problem.ts'
import type { Route } from './route.ts'

type Fallback = Handler<{ Bindings: Bindings }>

function methodsOf(here: readonly Route[]): string[] {
  const methods = here.map(({ method }) => method.toUpperCase())
  return [...(methods.includes('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS']
}

/** The answer to a browser that asks before it sends: the same origins as the answers themselves. */
export function preflight(here: readonly Route[]): Fallback {
  const open = here.every(({ access }) => access === 'public')
  return (c) => {
    const cors = corsHeaders(c.req.header('Origin'), { open, allowed: parseConfig(c.env).corsOrigins })
    // Without Cache-Control the cache in front would keep it for hours, for every origin alike.
    const headers = { ...cors, ...preflightHeaders(methodsOf(here)), 'Cache-Control': 'private, no-store' }
    return new Response(null, { status: 204, headers })
  }
}

/** A known path with another method: 405 with what is allowed (RFC 9110, 15.5.6). */
export function refuseMethod(here: readonly Route[], deps: Deps): Fallback {
  const headers = { Allow: methodsOf(here).join(', ') }
  return () => problemResponse('method_not_allowed', requestId(deps), { headers })
}

export function refusePath(deps: Deps): () => Response {
  return () => problemResponse('not_found', requestId(deps), { detail: 'No endpoint has this path; see /docs.' })
}

/** What no route has caught: nothing of it is told, and nobody keeps the answer. */
export function refuseFault(deps: Deps): ErrorHandler<{ Bindings: Bindings }> {
  return (error) => {
    const id = requestId(deps)
    createLog('error', { request_id: id }).error('fault', error)
    return problemResponse(error instanceof ConfigError ? 'misconfigured' : 'internal_error', id)
  }
}

function requestId(deps: Deps): string {
  return createMint(deps.clock(), deps.random)('request')
}
