import { isId } from '../../domain/id.ts'
import { GUEST_LIFETIME_MS } from '../../domain/session.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { JwksView, SessionView, toSessionView } from './contract.ts'
import { issueGuestToken, sessionOf } from './guest.ts'
import { publishedKeys } from './keys.ts'
import { revokeSession } from './queries.ts'

// Tokens are good for a few seconds past their end, and one may be signed while the session is being ended.
const REVOCATION_MARGIN_MS = 24 * 3600 * 1000

export const sessionRoutes = [
  route(
    {
      id: 'getJwks',
      method: 'get',
      path: '/.well-known/jwks.json',
      summary: 'The public keys that session tokens are signed with',
      access: 'public',
      limit: 'browse',
      cache: 'static',
      returns: JwksView,
      problems: [],
    },
    async ({ config }) => ({ body: await publishedKeys(config) }),
  ),
  route(
    {
      id: 'renewGuestSession',
      method: 'post',
      path: '/v1/sessions/guest/renew',
      summary: 'Renew a guest token by presenting it',
      access: 'session',
      limit: 'cart',
      returns: SessionView,
      problems: [],
      // It issues a credential, so that nothing of it is stored.
      replay: 'none',
    },
    async (context) => {
      const { ownerId, sessionId } = sessionOf(context)
      if (!isId('guest', ownerId))
        throw new Problem('unauthenticated', { detail: 'Only guest tokens are renewed here.' })
      return { body: toSessionView(await issueGuestToken(context, { ownerId, sessionId })) }
    },
  ),
  route(
    {
      id: 'endSession',
      method: 'delete',
      path: '/v1/sessions/current',
      summary: 'Log out: no token of this session is good any more',
      access: 'session',
      limit: 'cart',
      returns: null,
      statuses: [204],
      problems: [],
    },
    async (context) => {
      const until = new Date(context.now.getTime() + GUEST_LIFETIME_MS + REVOCATION_MARGIN_MS)
      await context.db.commit([revokeSession(sessionOf(context).sessionId, context.now, until)])
      return { body: null }
    },
  ),
]
