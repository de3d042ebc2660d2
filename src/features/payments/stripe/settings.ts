import * as z from 'zod'
import { shape } from '../../../platform/http/schema.ts'
import { listed } from '../adapter.ts'

export interface StripeSettings {
  secretKey: string
  publishableKey: string
  /** Of our webhook endpoints, in any order: an event is good by any of them. */
  webhookSecrets: readonly string[]
  /** Whether the keys move real money. */
  isLive: boolean
  /** The connected account that a platform sells for; null is the key's own. */
  account: string | null
  /** Whether the account may capture an authorization in several parts. */
  multicapture: boolean
}

export const StripeVariables = shape(() =>
  z.object({
    STRIPE_SECRET_KEY: z
      .string()
      .regex(
        /^[sr]k_(?:test|live)_\w+$/,
        'must be a secret key (sk_test_..., sk_live_...) or a restricted one (rk_...)',
      ),
    STRIPE_PUBLISHABLE_KEY: z
      .string()
      .regex(/^pk_(?:test|live)_\w+$/, 'must be a publishable key (pk_test_..., pk_live_...)'),
    STRIPE_WEBHOOK_SECRETS: z
      .string()
      .transform(listed)
      .refine(
        (secrets) => secrets.length > 0 && secrets.every((secret) => /^whsec_[\w+/=-]+$/.test(secret)),
        'must be signing secrets of webhook endpoints (whsec_...), apart by spaces or commas',
      ),
    STRIPE_ACCOUNT: z
      .string()
      .regex(/^acct_\w+$/, 'must be the id of a connected account (acct_...)')
      .optional(),
    STRIPE_MULTICAPTURE: z.enum(['on', 'off'], 'must be on or off').optional(),
  }),
)

type Variables = z.output<ReturnType<typeof StripeVariables>>

/** What no variable by itself can be wrong about. */
export function checkStripe({ STRIPE_SECRET_KEY: secret, STRIPE_PUBLISHABLE_KEY: publishable }: Variables): string[] {
  if (isLive(secret) === isLive(publishable)) return []
  const [own, other] = isLive(secret) ? ['live', 'test'] : ['test', 'live']
  return [`STRIPE_PUBLISHABLE_KEY: is of ${other} mode, and STRIPE_SECRET_KEY of ${own} mode`]
}

export function toStripeSettings(variables: Variables): StripeSettings {
  return {
    secretKey: variables.STRIPE_SECRET_KEY,
    publishableKey: variables.STRIPE_PUBLISHABLE_KEY,
    webhookSecrets: variables.STRIPE_WEBHOOK_SECRETS,
    isLive: isLive(variables.STRIPE_SECRET_KEY),
    account: variables.STRIPE_ACCOUNT ?? null,
    multicapture: variables.STRIPE_MULTICAPTURE === 'on',
  }
}

function isLive(key: string): boolean {
  return /^.k_live_/.test(key)
}
