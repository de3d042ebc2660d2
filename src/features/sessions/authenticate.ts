import { Problem } from '../../platform/http/problem.ts'
import type { Authenticate } from '../../platform/http/route.ts'
import { verifyOrderToken } from './order-token.ts'
import { sessionGate, staffGate } from './queries.ts'
import { readStaffKey } from './staff-key.ts'
import { verifyToken } from './tokens.ts'

/**
 * Who asks, as far as it can be told without the database, and the gate that the first batch of the route checks.
 * @throws {Problem} unauthenticated.
 */
export const authenticate: Authenticate = async ({ authorization, access, config, now }) => {
  if (access === 'public' || access === 'provider' || access === 'dev')
    return { caller: { kind: 'nobody' }, gate: null }
  if (access === 'optional-session' && authorization === undefined) return { caller: { kind: 'nobody' }, gate: null }
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1]
  if (!token) throw new Problem('unauthenticated')
  if (typeof access === 'object') {
    const key = await readStaffKey(token)
    if (!key) throw new Problem('unauthenticated', { detail: 'Send a staff key: Authorization: Bearer sk_...' })
    return {
      caller: { kind: 'staff', keyId: key.keyId },
      gate: staffGate(key.keyId, key.secretHash, access.staff, now),
    }
  }
  const session = await verifyToken(config, token, now)
  if (!session && access === 'order') {
    const orderId = await verifyOrderToken(config, token, now)
    if (orderId) return { caller: { kind: 'order', orderId }, gate: null }
  }
  if (!session) throw new Problem('unauthenticated')
  return { caller: { kind: 'shopper', session }, gate: sessionGate(session.sessionId) }
}
