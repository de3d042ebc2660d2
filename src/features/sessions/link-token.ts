import { jwtVerify, SignJWT } from 'jose'
import { type IdKind, isId, type Mint } from '../../domain/id.ts'
import type { Config } from '../../platform/env.ts'
import { ALGORITHM, findKey, loadKeys } from './keys.ts'

const CLOCK_TOLERANCE_SECONDS = 5
const MAX_TOKEN_LENGTH = 2048

/** Tokens that a link carries: the right to do one thing with one subject until they end. They cannot be taken back. */
export interface LinkTokens {
  sign(config: Config, link: { subject: string; expiresAt: Date }, now: Date, mint: Mint): Promise<string>
  /** The subject of a token, or null unless its signature, type, issuer, audience and times hold. */
  verify(config: Config, token: string, now: Date): Promise<string | null>
}

/**
 * The tokens of one use. Each has a type and an audience of its own, other than a session's: none is ever taken for another.
 * @param subject the kind of id that they are about.
 */
export function linkTokens(type: string, audience: string, subject: IdKind): LinkTokens {
  return {
    async sign(config, link, now, mint) {
      const { signing } = await loadKeys(config)
      return new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, typ: type, kid: signing.kid })
        .setIssuer(config.sessionIssuer)
        .setAudience(audience)
        .setSubject(link.subject)
        .setJti(mint('event'))
        .setIssuedAt(now)
        .setExpirationTime(link.expiresAt)
        .sign(signing.key)
    },
    async verify(config, token, now) {
      if (token.length > MAX_TOKEN_LENGTH) return null
      const keys = await loadKeys(config)
      try {
        const { payload } = await jwtVerify(token, (header) => findKey(keys, header.kid), {
          algorithms: [ALGORITHM],
          typ: type,
          issuer: config.sessionIssuer,
          audience,
          requiredClaims: ['exp', 'iat', 'sub', 'jti'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: now,
        })
        return payload.sub !== undefined && isId(subject, payload.sub) ? payload.sub : null
      } catch {
        return null
      }
    },
  }
}
