import { importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import type { Mint } from '../../domain/id.ts'
import { isId } from '../../domain/id.ts'
import type { Session } from '../../domain/session.ts'
import type { Config } from '../../platform/env.ts'

const ALGORITHM = 'EdDSA'
const TYPE = 'at+jwt'
const AUDIENCE = 'storefront'
const CLOCK_TOLERANCE_SECONDS = 5
const MAX_TOKEN_LENGTH = 2048

type SigningKey = Awaited<ReturnType<typeof importJWK>>
interface KeySet {
  /** The first key signs; every key verifies, so that a key is rotated by putting the next one first. */
  signing: { kid: string; key: SigningKey }
  verifying: ReadonlyMap<string, SigningKey>
  published: { keys: JWK[] }
}

const keySets = new Map<string, Promise<KeySet>>()

// A verified token need not be verified again in this isolate: Ed25519 costs more than the rest of a hot request.
const verified = new Map<string, Session>()
const MAX_VERIFIED = 1000

/** The public half of the keys, as /.well-known/jwks.json serves it. */
export async function publishedKeys(config: Config): Promise<{ keys: JWK[] }> {
  return (await loadKeys(config)).published
}

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

function findKey(keys: KeySet, kid: string | undefined): SigningKey {
  const key = keys.verifying.get(kid ?? '')
  if (!key) throw new Error('unknown key')
  return key
}

function remember(token: string, session: Session): void {
  verified.set(token, session)
  const oldest = verified.size > MAX_VERIFIED ? verified.keys().next().value : undefined
  if (oldest !== undefined) verified.delete(oldest)
}

function loadKeys(config: Config): Promise<KeySet> {
  const known = keySets.get(config.sessionKeys)
  if (known) return known
  const loading = importKeys(config.sessionKeys)
  keySets.set(config.sessionKeys, loading)
  return loading
}

async function importKeys(json: string): Promise<KeySet> {
  const { keys } = JSON.parse(json) as { keys: (JWK & { kid: string })[] }
  const [first] = keys
  if (!first) throw new Error('SESSION_KEYS holds no key')
  const verifying = new Map<string, SigningKey>()
  const published: JWK[] = []
  for (const { kty, crv, x, kid } of keys) {
    const open: JWK = { kty: kty as string, crv: crv as string, x: x as string, kid, alg: ALGORITHM, use: 'sig' }
    verifying.set(kid, await importJWK(open, ALGORITHM))
    published.push(open)
  }
  return {
    signing: { kid: first.kid, key: await importJWK(first, ALGORITHM) },
    verifying,
    published: { keys: published },
  }
}
