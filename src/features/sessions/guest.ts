import { GUEST_LIFETIME_MS, type Session } from '../../domain/session.ts'
import type { Context } from '../../platform/http/context.ts'
import { signToken } from './tokens.ts'

export interface IssuedToken {
  accessToken: string
  expiresAt: Date
}

/** A token for a shopper without an account; `ownerId` owns the carts and orders made with it. */
export async function issueGuestToken(
  { config, now, mint }: Context,
  guest: { ownerId: string; sessionId?: string },
): Promise<IssuedToken> {
  const expiresAt = new Date(now.getTime() + GUEST_LIFETIME_MS)
  const session: Session = { ownerId: guest.ownerId, sessionId: guest.sessionId ?? mint('session'), expiresAt }
  return { accessToken: await signToken(config, session, now, mint), expiresAt }
}

/** The shopper who asks. The route's access has made sure that there is one. */
export function sessionOf({ caller }: Context): Session {
  if (caller.kind !== 'shopper') throw new Error('this route needs access: session')
  return caller.session
}
