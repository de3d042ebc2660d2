import { GateClosed } from '../db/client.ts'
import { CONSTRAINT_PROBLEM } from '../db/constraints.ts'
import { ConstraintError, DatabaseUnavailable } from '../db/errors.ts'
import { ConfigError } from '../env.ts'
import { createLog } from '../log.ts'
import type { Exchange } from './exchange.ts'
import { Problem, type ProblemInit, problemResponse } from './problem.ts'
import type { Route } from './route.ts'

/** The one place where what was thrown becomes an answer. Expected refusals are problems; the rest says nothing inside. */
export function refusal(error: unknown, route: Route, { requestId, config, request }: Exchange): Response {
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
    // Which variable it is, only who looks after the shop asks.
    const members = route.id === 'getReadiness' ? { faults: error.faults } : {}
    return problemResponse('misconfigured', requestId, { headers: { 'Retry-After': '60' }, members })
  }
  log.error('fault', error, where)
  return problemResponse('internal_error', requestId)
}

function withChallenge(code: string, init: ProblemInit): ProblemInit {
  if (code !== 'unauthenticated') return init
  return { ...init, headers: { 'WWW-Authenticate': 'Bearer realm="edge-commerce"', ...init.headers } }
}
