import * as z from 'zod'
import { shape } from '../../platform/http/schema.ts'
import type { IssuedToken } from './guest.ts'

export const SessionView = shape(() =>
  z.object({ access_token: z.string(), expires_at: z.string() }).meta({ id: 'Session' }),
)

export const JwksView = shape(() =>
  z.object({
    keys: z.array(
      z.object({ kty: z.string(), crv: z.string(), x: z.string(), kid: z.string(), alg: z.string(), use: z.string() }),
    ),
  }),
)

export function toSessionView({ accessToken, expiresAt }: IssuedToken) {
  return { access_token: accessToken, expires_at: expiresAt.toISOString() }
}
