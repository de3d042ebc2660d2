import type { Handler } from 'hono'
import { createMint } from '../crypto/mint.ts'
import { type Bindings, parseConfig } from '../env.ts'
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
    return new Response(null, { status: 204, headers: { ...cors, ...preflightHeaders(methodsOf(here)) } })
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

function requestId(deps: Deps): string {
  return createMint(deps.clock(), deps.random)('request')
}
