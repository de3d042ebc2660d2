import * as z from 'zod'
import { shape } from '../../../platform/http/schema.ts'
import { listed } from '../adapter.ts'

const HMAC_KEY = /^[0-9a-f]{64}$/i

/** What switches Adyen on. A setting's message never repeats its value. */
export const adyenSettings = shape(() =>
  z.object({
    ADYEN_API_KEY: z.string().min(20, 'is too short for an API key'),
    ADYEN_CLIENT_KEY: z.string().regex(/^(?:test|live)_[A-Za-z0-9]+$/, 'must be test_... or live_...'),
    ADYEN_MERCHANT_ACCOUNT: z.string().regex(/^[^\s:]{1,80}$/, 'must be the name of a merchant account'),
    ADYEN_HMAC_KEYS: z
      .string()
      .transform(listed)
      .refine((keys) => keys.length > 0 && keys.every((key) => HMAC_KEY.test(key)), 'must be keys of 64 hex digits'),
    ADYEN_ENVIRONMENT: z.enum(['test', 'live'], 'must be test or live'),
    ADYEN_LIVE_PREFIX: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the prefix alone, without the address behind it')
      .optional(),
    ADYEN_SEVERAL_CAPTURES: z.enum(['on', 'off'], 'must be on or off').default('off'),
    ADYEN_WEBHOOK_USER: z.string().optional(),
    ADYEN_WEBHOOK_PASSWORD: z.string().optional(),
  }),
)

export type AdyenSettings = z.output<ReturnType<typeof adyenSettings>>

/** What is wrong with settings that are well-formed one by one. */
export function adyenFaults(settings: AdyenSettings): string[] {
  const { ADYEN_ENVIRONMENT: environment } = settings
  const faults: string[] = []
  if (environment === 'live' && !settings.ADYEN_LIVE_PREFIX) faults.push('ADYEN_LIVE_PREFIX: is missing')
  if (!settings.ADYEN_CLIENT_KEY.startsWith(`${environment}_`)) {
    faults.push(`ADYEN_CLIENT_KEY: is not of the ${environment} environment`)
  }
  if ((settings.ADYEN_WEBHOOK_USER === undefined) !== (settings.ADYEN_WEBHOOK_PASSWORD === undefined)) {
    faults.push('ADYEN_WEBHOOK_USER: and ADYEN_WEBHOOK_PASSWORD belong together')
  }
  return faults
}
