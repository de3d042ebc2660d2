import { jwtVerify, SignJWT } from 'jose'
import type { Mint } from '../../domain/id.ts'
import { isId } from '../../domain/id.ts'
import type { Session } from '../../domain/session.ts'
import type { Config } from '../../platform/env.ts'
import { ALGORITHM, findKey, loadKeys } from './keys.ts'

const TYPE = 'at+jwt'
const AUDIENCE = 'storefront'
const CLOCK_TOLERANCE_SECONDS = 5
const MAX_TOKEN_LENGTH = 2048

// A verified token need not be verified again in this isolate: Ed25519 costs more than the rest of a hot request.
const verified = new Map<string, Session>()
const MAX_VERIFIED = 1000

/** Signs an access token for `session`, valid from `now` to its `expiresAt`. */
export async function signToken(config: Config, session: Session, now: Date, mint: Mint): Promise<string> {
  const { signing } = await loadKeys(config)
  return new SignJWT({ sid: session.sessionId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: signing.kid })
    .setIssuer(config.sessionIssuer)
    .setAudience(AUDIENCE)
    .setSubject(session.ownerId)
    .setJti(mint('event'))
    .setIssuedAt(now)
    .setExpirationTime(session.expiresAt)
    .sign(signing.key)
}

/**
 * The session of a token whose signature, type, issuer, audience and times hold, or null. The algorithm is ours, never
 * the token's; keys are only those configured, never one the token brings or points to. Whether the session has been
 * revoked has NOT been checked: that is a statement of the route's own batch.
 */
export async function verifyToken(config: Config, token: string, now: Date): Promise<Session | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null
  const seen = verified.get(token)
  if (seen) return seen.expiresAt > now ? seen : null
  const keys = await loadKeys(config)
  try {
    const { payload } = await jwtVerify(token, (header) => findKey(keys, header.kid), {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: config.sessionIssuer,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'sid'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
    })
    const { sub, sid, exp } = payload
    const plausible = typeof sub === 'string' && (isId('guest', sub) || isId('customer', sub))
    if (!plausible || typeof sid !== 'string' || !isId('session', sid) || exp === undefined) return null
    const session = { sessionId: sid, ownerId: sub, expiresAt: new Date(exp * 1000) }
    remember(token, session)
    return session
  } catch {
    return null
  }
}

function remember(token: string, session: Session): void {
  verified.set(token, session)
  const oldest = verified.size > MAX_VERIFIED ? verified.keys().next().value : undefined
  if (oldest !== undefined) verified.delete(oldest)
}
