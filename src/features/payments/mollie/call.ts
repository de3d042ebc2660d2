import type { Context } from '../../../platform/http/context.ts'
import { askService, type ServiceAnswer } from '../ask.ts'
import { isObject, textOf } from '../json.ts'

/** One request to Mollie's API v2. */
export interface MollieCall {
  method: 'GET' | 'POST' | 'DELETE'
  /** Below /v2: `/payments/tr_5B8cwPMGnU`. */
  path: string
  body?: Readonly<Record<string, unknown>>
  /** What was done under it is not done again for an hour. */
  idempotencyKey?: string
}

export type CallMollie = (call: MollieCall) => Promise<ServiceAnswer>

/** @throws where `askService` does, and when Mollie does not know the key: that is for the operator to mend. */
export function createCall(context: Pick<Context, 'fetch' | 'providerTimeLimitMs'>, apiKey: string): CallMollie {
  return async ({ method, path, body, idempotencyKey }) => {
    const answer = await askService(context, {
      url: `https://api.mollie.com/v2${path}`,
      method,
      headers: {
        Authorization: `Bearer ${apiKey}`,
        Accept: 'application/hal+json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.status === 401 || answer.status === 403)
      throw new Error(`Mollie refuses MOLLIE_API_KEY: ${answer.status}`)
    return answer
  }
}

/** In Mollie's words why it has refused something. They name fields, and no shopper. */
export function detailOf({ status, body }: ServiceAnswer): string {
  return textOf(body.detail) ?? `Mollie answered ${status}`
}

/** The list that an answer embeds: of payments, refunds, captures or chargebacks. */
export function embeddedOf(body: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const embedded = isObject(body._embedded) ? body._embedded[name] : undefined
  return Array.isArray(embedded) ? embedded.filter(isObject) : []
}

const IDS = { payment: /^tr_[A-Za-z0-9]{4,60}$/, refund: /^re_[A-Za-z0-9]{4,60}$/ } as const

/** Whether text has the form of an id of Mollie's: only such go into an address. */
export function isMollieId(kind: keyof typeof IDS, text: string | null): text is string {
  return text !== null && IDS[kind].test(text)
}
