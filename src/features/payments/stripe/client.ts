import type { Context } from '../../../platform/http/context.ts'
import { isObject, textOf } from '../json.ts'
import type { StripeClient } from './products.ts'
import type { StripeSettings } from './settings.ts'

/** What the answers of Stripe and our code are written for; a newer one of the account's changes nothing here. */
const API_VERSION = '2026-10-28.endive'

/** Something of Stripe's: of a signed event or an answer. Nothing of its shape is taken for granted. */
export type StripeObject = Readonly<Record<string, unknown>>

/** What Stripe refuses, in its words; `code` is stable, such as `amount_too_small` or `resource_missing`. */
export interface StripeRefusal {
  status: number
  code: string | null
  message: string
}

export type StripeAnswer = { ok: true; object: StripeObject } | { ok: false; refusal: StripeRefusal }

/** What one request needs to talk to Stripe. */
export interface StripeDesk {
  readonly settings: StripeSettings
  readonly now: Date
  readonly log: Context['log']
  /**
   * Asks by the SDK. Whatever is refused for what was asked (400, 402, 404) is an answer.
   * @throws {Error} when it cannot be known what happened: no answer in time, a cut connection, 409, 429, 5xx, an answer that
   *   is no JSON; and when the key is no good (401, 403), or an idempotency key came with other parameters than before.
   */
  ask(call: (stripe: StripeClient, options: StripeOptions) => Promise<unknown>): Promise<StripeAnswer>
}

export interface StripeOptions {
  timeout: number
  maxNetworkRetries: number
}

type Sdk = typeof import('stripe')

let loaded: Sdk | undefined

/** The SDK, evaluated when the first request needs it: a shop that is not paid by Stripe never does. */
export async function stripeSdk(): Promise<Sdk['Stripe']> {
  // The module and not its promise is kept: a promise belongs to the request that has made it.
  loaded ??= await import('stripe')
  return loaded.Stripe
}

interface KnownClient {
  key: string
  account: string | null
  stripe: StripeClient
}

/** By what they send with: making one sets up a hundred resources, which is more work than most requests have. */
const clients = new WeakMap<Context['fetch'], KnownClient>()

async function clientOf(fetchOut: Context['fetch'], settings: StripeSettings): Promise<StripeClient> {
  const known = clients.get(fetchOut)
  if (known?.key === settings.secretKey && known.account === settings.account) return known.stripe
  const Sdk = await stripeSdk()
  const stripe = new Sdk(settings.secretKey, {
    apiVersion: API_VERSION,
    // A redirect would take the key in the headers to somebody else.
    httpClient: Sdk.createFetchHttpClient(((url: string, init: RequestInit) =>
      fetchOut(new Request(url, { ...init, redirect: 'manual' }))) as typeof fetch),
    maxNetworkRetries: 0,
    telemetry: false,
    ...(settings.account === null ? {} : { stripeAccount: settings.account }),
  })
  clients.set(fetchOut, { key: settings.secretKey, account: settings.account, stripe })
  return stripe
}

export function createDesk(context: Context, settings: StripeSettings): StripeDesk {
  const options = { timeout: context.providerTimeLimitMs, maxNetworkRetries: 0 }
  return {
    settings,
    now: context.now,
    log: context.log,
    async ask(call) {
      try {
        const object: unknown = await call(await clientOf(context.fetch, settings), options)
        if (!isObject(object)) throw new Error('Stripe answered something that is no object')
        return { ok: true, object }
      } catch (error) {
        const refusal = refusalOf(error)
        if (!refusal) throw error
        return { ok: false, refusal }
      }
    },
  }
}

/** A refusal that should not be: it says nothing of what it was asked about. */
export function unreadable({ status, code, message }: StripeRefusal): Error {
  return new Error(`Stripe refuses to say: ${status} ${code ?? ''} ${message}`)
}

/** What is refused for good, for what was asked. A fault, or a refusal to look at it now, is not. */
function refusalOf(error: unknown): StripeRefusal | null {
  if (!isObject(error) || typeof error.type !== 'string') return null
  // A card is refused with 402; a request that is wrong, or about what does not exist, with 400 or 404.
  if (!['StripeCardError', 'StripeInvalidRequestError'].includes(error.type)) return null
  const { statusCode: status, message } = error
  if (typeof status !== 'number') return null
  return { status, code: textOf(error.code), message: typeof message === 'string' ? message : 'refused' }
}
