import { jwtVerify, SignJWT } from 'jose'
import type { Mint } from '../../domain/id.ts'
import { isId } from '../../domain/id.ts'
import type { Config } from '../../platform/env.ts'
import { ALGORITHM, findKey, loadKeys } from './keys.ts'

// Another type and another audience than a session's: neither is ever taken for the other.
const TYPE = 'cart-recovery+jwt'
const AUDIENCE = 'cart-recovery'
const CLOCK_TOLERANCE_SECONDS = 5
const MAX_TOKEN_LENGTH = 2048

/** Signs what the link to an abandoned cart carries: the right to a copy of its goods until `expiresAt`, no more. */
export async function signRecoveryToken(
  config: Config,
  { cartId, expiresAt }: { cartId: string; expiresAt: Date },
  now: Date,
  mint: Mint,
): Promise<string> {
  const { signing } = await loadKeys(config)
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: signing.kid })
    .setIssuer(config.sessionIssuer)
    .setAudience(AUDIENCE)
    .setSubject(cartId)
    .setJti(mint('event'))
    .setIssuedAt(now)
    .setExpirationTime(expiresAt)
    .sign(signing.key)
}

/** The cart that a recovery token is for, or null unless its signature, type, issuer, audience and times hold. */
export async function verifyRecoveryToken(config: Config, token: string, now: Date): Promise<string | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null
  const keys = await loadKeys(config)
  try {
    const { payload } = await jwtVerify(token, (header) => findKey(keys, header.kid), {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: config.sessionIssuer,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'sub', 'jti'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
    })
    return payload.sub !== undefined && isId('cart', payload.sub) ? payload.sub : null
  } catch {
    return null
  }
}
