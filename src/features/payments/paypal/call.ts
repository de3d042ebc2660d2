import type { Context } from '../../../platform/http/context.ts'
import { askService, type ServiceAnswer } from '../ask.ts'
import { isObject, textOf } from '../json.ts'

export interface PayPalSettings {
  clientId: string
  clientSecret: string
  webhookId: string
  environment: 'sandbox' | 'live'
}

/** One request to PayPal's REST API. */
export interface PayPalCall {
  method: 'GET' | 'POST' | 'PATCH'
  /** From the first slash: `/v2/checkout/orders/5O190127TN364715T`. */
  path: string
  /** JSON, as it is to be sent. */
  body?: string
  /** PayPal-Request-Id: what was done under it is not done again, for 6 hours with orders and 45 days with payments. */
  requestId?: string
}

export type CallPayPal = (call: PayPalCall) => Promise<ServiceAnswer>

const ORIGINS = { sandbox: 'https://api-m.sandbox.paypal.com', live: 'https://api-m.paypal.com' } as const
// What is under way when a token ends must not end with it.
const TOKEN_MARGIN_MS = 60_000

/** Tokens of this isolate, by account. They hold for hours: one is asked for when there is none, never with each request. */
const tokens = new Map<string, { token: string; until: number }>()

/** Asks PayPal in the name of the shop's app. @throws where `askService` does, and when PayPal does not know the app. */
export function createCall(
  context: Pick<Context, 'fetch' | 'providerTimeLimitMs' | 'now'>,
  settings: PayPalSettings,
): CallPayPal {
  const { clientId, clientSecret, environment } = settings
  const origin = ORIGINS[environment]
  const account = `${environment} ${clientId} ${clientSecret}`

  async function token(): Promise<string> {
    const now = context.now.getTime()
    const known = tokens.get(account)
    if (known && known.until > now) return known.token
    const { status, body } = await askService(context, {
      url: `${origin}/v1/oauth2/token`,
      method: 'POST',
      headers: {
        Authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
      },
      body: 'grant_type=client_credentials',
    })
    const fresh = textOf(body.access_token)
    if (status >= 300 || fresh === null) throw new Error(`PayPal gives no token for PAYPAL_CLIENT_ID: ${status}`)
    const seconds = typeof body.expires_in === 'number' ? body.expires_in : 0
    tokens.set(account, { token: fresh, until: now + seconds * 1000 - TOKEN_MARGIN_MS })
    return fresh
  }

  return async ({ method, path, body, requestId }) => {
    const ask = async () =>
      askService(context, {
        url: `${origin}${path}`,
        method,
        headers: {
          Authorization: `Bearer ${await token()}`,
          'Content-Type': 'application/json',
          Accept: 'application/json',
          // Of what it has done it tells all there is, not only the id.
          Prefer: 'return=representation',
          ...(requestId === undefined ? {} : { 'PayPal-Request-Id': requestId }),
        },
        ...(body === undefined ? {} : { body }),
      })
    const first = await ask()
    if (first.status !== 401) return first
    // A token may be taken back before its time.
    tokens.delete(account)
    const second = await ask()
    if (second.status === 401) throw new Error('PayPal refuses the token that it has just given')
    return second
  }
}

/** What PayPal says it has refused a request for: `INSTRUMENT_DECLINED`. */
export function issueOf({ body }: ServiceAnswer): string {
  const [detail] = Array.isArray(body.details) ? body.details : []
  return (isObject(detail) && textOf(detail.issue)) || textOf(body.name) || 'no reason given'
}

/** Whether text has the form of an id of PayPal's: only such go into an address. */
export function isPayPalId(text: string | null): text is string {
  return text !== null && /^[A-Z0-9-]{1,64}$/i.test(text)
}
