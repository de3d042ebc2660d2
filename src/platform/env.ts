import * as z from 'zod'
import type { CaptureMethod } from '../domain/provider.ts'
import { type Limits, limitsTimes, networkOf } from '../domain/velocity.ts'

/** What the platform hands to the Worker: bindings of wrangler.toml, variables and secrets, not yet looked at. */
export interface Bindings {
  DB: D1Database
  CACHE: KVNamespace
  EVENTS: Queue
  PURGES: Queue
  ASSETS?: Fetcher
  RL_BROWSE?: RateLimit
  RL_CART?: RateLimit
  RL_CHECKOUT?: RateLimit
  RL_LOOKUP?: RateLimit
  RL_STAFF?: RateLimit
  RL_WEBHOOK?: RateLimit
  RL_FEED?: RateLimit
  STAGE: string
  SESSION_KEYS: string
  TEST_PAYMENT_WEBHOOK_SECRET?: string
  PAYMENT_CAPTURE?: string
  PAYMENT_LIMITS?: string
  SHARED_ADDRESSES?: string
  CARRIER_URL?: string
  CARRIER_SECRET?: string
  TAX_URL?: string
  TAX_SECRET?: string
  /** Where this API is reached, for links made by jobs. */
  PUBLIC_ORIGIN?: string
  STOREFRONT_URL?: string
  SESSION_ISSUER?: string
  CORS_ORIGINS?: string
  RETURN_ORIGINS?: string
  RATE_LIMITS?: string
  SERVER_TIMING?: string
  D1_LATENCY_MS?: string
  LOG_LEVEL?: string
  /** Settings of payment providers, looked at by their adapters in `features/payments`. */
  [setting: `${PaymentSetting}_${string}`]: string | undefined
}

type PaymentSetting = 'MANUAL' | 'STRIPE' | 'PAYPAL' | 'ADYEN' | 'MOLLIE' | 'STANDARD_WEBHOOKS'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'off'

export interface Config {
  stage: 'dev' | 'staging' | 'production'
  /** JSON Web Key Set of Ed25519 private keys: the first signs, all of them verify. */
  sessionKeys: string
  sessionIssuer: string
  testPaymentWebhookSecret: string | null
  /** Whether what is paid is captured at once, or authorized until staff capture it. */
  paymentCapture: CaptureMethod
  /** How many attempts to pay, and declines, there may be in a while; null is any number. */
  paymentLimits: Limits | null
  /** Networks that stand for many shoppers, a storefront's own server or a call centre: not counted by. */
  sharedNetworks: readonly string[]
  /** The operator's own services that price shipping and work out taxes, and what questions to them are signed with. */
  carrier: Callback | null
  tax: Callback | null
  /** Where shoppers find the shop, without a slash at its end; `{locale}` in it stands for a BCP 47 tag. Null: at the API. */
  storefrontUrl: string | null
  corsOrigins: readonly string[]
  /** Where a payment service's page may send a shopper back to. `http://localhost:*` stands for every port. */
  returnOrigins: readonly string[]
  rateLimits: boolean
  serverTiming: boolean
  /** What every D1 call waits first: the same each time, or by chance from one to the other. */
  d1LatencyMs: { min: number; max: number }
  logLevel: LogLevel
}

export interface Callback {
  url: string
  secret: string
}

const known = new WeakMap<object, Config>()

/**
 * The configuration, checked once an isolate.
 * @throws {ConfigError} naming every variable that is missing or malformed, never its value.
 */
export function parseConfig(bindings: Bindings): Config {
  const seen = known.get(bindings)
  if (seen) return seen
  const config = parse(bindings)
  known.set(bindings, config)
  return config
}

export class ConfigError extends Error {
  /** What is wrong, each naming its variable and never its value. */
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`configuration: ${faults.join('; ')}`)
    this.faults = faults
  }
}

function parse(bindings: Bindings): Config {
  const onOff = z.enum(['on', 'off'])
  const webhookSecret = z.string().startsWith('whsec_')
  const callbackUrl = z.url({ protocol: /^https?$/ })
  const schema = z.object({
    STAGE: z.enum(['dev', 'staging', 'production']),
    SESSION_KEYS: z.string().startsWith('{"keys":['),
    SESSION_ISSUER: z.string().default('edge-commerce'),
    TEST_PAYMENT_WEBHOOK_SECRET: webhookSecret.optional(),
    PAYMENT_CAPTURE: z.enum(['automatic', 'manual']).default('automatic'),
    PAYMENT_LIMITS: z.string().regex(FACTOR, FACTOR_FORM).default('1'),
    SHARED_ADDRESSES: z.string().refine(isAddresses, ADDRESSES_FORM).default(''),
    CARRIER_URL: callbackUrl.optional(),
    CARRIER_SECRET: webhookSecret.optional(),
    TAX_URL: callbackUrl.optional(),
    TAX_SECRET: webhookSecret.optional(),
    STOREFRONT_URL: z.string().refine(isStorefrontUrl, STOREFRONT_FORM).optional(),
    CORS_ORIGINS: z.string().default(''),
    RETURN_ORIGINS: z.string().refine(isOrigins, ORIGINS_FORM).default(''),
    PUBLIC_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
    RATE_LIMITS: onOff.default('on'),
    SERVER_TIMING: onOff.optional(),
    D1_LATENCY_MS: z.string().regex(LATENCY, LATENCY_FORM).default('0'),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'off']).default('info'),
  })
  const parsed = schema.safeParse(bindings)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(faults)
  }
  const vars = parsed.data
  const dev = vars.STAGE === 'dev'
  return {
    stage: vars.STAGE,
    sessionKeys: vars.SESSION_KEYS,
    sessionIssuer: vars.SESSION_ISSUER,
    testPaymentWebhookSecret: vars.TEST_PAYMENT_WEBHOOK_SECRET ?? null,
    paymentCapture: vars.PAYMENT_CAPTURE,
    paymentLimits: vars.PAYMENT_LIMITS === 'off' ? null : limitsTimes(Number(vars.PAYMENT_LIMITS)),
    sharedNetworks: listOf(vars.SHARED_ADDRESSES).flatMap((address) => networkOf(address) ?? []),
    carrier: toCallback('CARRIER', vars.CARRIER_URL, vars.CARRIER_SECRET),
    tax: toCallback('TAX', vars.TAX_URL, vars.TAX_SECRET),
    storefrontUrl: vars.STOREFRONT_URL?.replace(/\/+$/, '') ?? null,
    corsOrigins: listOf(vars.CORS_ORIGINS),
    returnOrigins: [
      ...listOf(vars.RETURN_ORIGINS),
      ...listOf(vars.CORS_ORIGINS),
      ...[vars.STOREFRONT_URL, vars.PUBLIC_ORIGIN].flatMap((url) => (url ? [originOf(url)] : [])),
      ...(dev ? ['http://localhost:*', 'http://127.0.0.1:*'] : []),
    ],
    // Switches that make life easier on a laptop have no effect anywhere else.
    rateLimits: dev ? vars.RATE_LIMITS === 'on' : true,
    serverTiming: vars.SERVER_TIMING ? vars.SERVER_TIMING === 'on' : dev,
    d1LatencyMs: toLatency(dev ? vars.D1_LATENCY_MS : '0'),
    logLevel: vars.LOG_LEVEL,
  }
}

/** @throws {ConfigError} where one of the two is missing: unsigned questions would tell nobody who asks. */
function toCallback(name: string, url: string | undefined, secret: string | undefined): Callback | null {
  if (url === undefined && secret === undefined) return null
  if (url === undefined || secret === undefined) {
    throw new ConfigError([`${name}_URL and ${name}_SECRET belong together`])
  }
  return { url, secret }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function originOf(url: string): string {
  return new URL(url.replaceAll('{locale}', 'en-US')).origin
}

const ORIGINS_FORM = 'must be origins apart by commas, such as https://shop.example,https://www.shop.example'

function isOrigins(text: string): boolean {
  return listOf(text).every((origin) => URL.canParse(origin) && new URL(origin).origin === origin)
}

const FACTOR = /^(?:off|10|[1-9](?:\.\d{1,2})?|0\.(?:[1-9]\d?|0[1-9]))$/
const FACTOR_FORM = 'must be off, or a number from 0.01 to 10 that the usual limits are multiplied by'

const ADDRESSES_FORM = 'must be IP addresses apart by commas, such as 192.0.2.7,2001:db8::7'

function isAddresses(text: string): boolean {
  return listOf(text).every((address) => networkOf(address) !== null)
}

const LATENCY = /^(\d{1,3})(?:-(\d{1,3}))?$/
const LATENCY_FORM = 'must be milliseconds below 1000, such as 5, or a range of them, such as 0-20'

function toLatency(text: string): Config['d1LatencyMs'] {
  const [, min = '0', max = min] = LATENCY.exec(text) ?? []
  return { min: Math.min(Number(min), Number(max)), max: Math.max(Number(min), Number(max)) }
}

const STOREFRONT_FORM =
  'must be an http(s) URL without query or fragment, such as https://shop.example or with {locale}'

function isStorefrontUrl(text: string): boolean {
  const example = text.replaceAll('{locale}', 'en-US')
  if (!/^https?:\/\/[^\s{}?#@]+$/.test(example)) return false
  return URL.canParse(example)
}
