import type { Context } from '../../../platform/http/context.ts'
import { askService, type ServiceAnswer } from '../ask.ts'
import { textOf } from '../json.ts'
import type { AdyenSettings } from './settings.ts'

/** Pinned: what a version answers does not change. */
const VERSION = 'v71'
/** A request of the same key that is still under way, which is no answer to it. */
const IN_PROGRESS = '704'

/**
 * One request to the Checkout API. @param key of idempotency, at most 64 characters; Adyen keeps it for at least 7 days.
 * @throws {Error} when it cannot be known what happened, and when Adyen does not know our key (401, 403): that is for the
 *   operator to put right, and then it is asked again.
 */
export async function askCheckout(
  context: Pick<Context, 'fetch' | 'providerTimeLimitMs'>,
  settings: AdyenSettings,
  { path, key, body }: { path: string; key: string; body: Record<string, unknown> },
): Promise<ServiceAnswer> {
  const headers = {
    'Content-Type': 'application/json',
    'X-API-Key': settings.ADYEN_API_KEY,
    'Idempotency-Key': key,
  }
  const url = `${addressOf(settings)}${path}`
  const answer = await askService(context, { url, method: 'POST', headers, body: JSON.stringify(body) })
  if (answer.status === 401 || answer.status === 403) throw new Error(`Adyen refuses our API key: ${answer.status}`)
  if (textOf(answer.body.errorCode) === IN_PROGRESS) throw new Error('Adyen is still at the same request')
  return answer
}

/** What Adyen gives as the reason of a refusal; null when it has taken the request. */
export function refusalOf({ status, body }: ServiceAnswer): string | null {
  if (status < 300) return null
  const { errorCode, message } = body
  return [`Adyen answered ${status}`, textOf(errorCode), textOf(message)].filter((part) => part !== null).join(': ')
}

function addressOf({ ADYEN_ENVIRONMENT: environment, ADYEN_LIVE_PREFIX: prefix }: AdyenSettings): string {
  return environment === 'live'
    ? `https://${prefix}-checkout-live.adyenpayments.com/checkout/${VERSION}`
    : `https://checkout-test.adyen.com/${VERSION}`
}
