import type { SQL } from 'drizzle-orm'
import type { CarrierProvider } from '../../domain/carrier.ts'
import type { Mint } from '../../domain/id.ts'
import type { PaymentProvider } from '../../domain/provider.ts'
import type { Session } from '../../domain/session.ts'
import type { TaxProvider } from '../../domain/tax-provider.ts'
import type { Cache } from '../cache/cache.ts'
import type { Memory } from '../cache/memory.ts'
import { type PurgeFront, requestPurge } from '../cache/purge.ts'
import { createCache } from '../cache/read-through.ts'
import { createMint, type Random } from '../crypto/mint.ts'
import { type Db, type Meter, newMeter, openDb } from '../db/client.ts'
import type { Bindings, Config } from '../env.ts'
import { createLog, type Log } from '../log.ts'
import type { Outside } from '../outside.ts'
import type { Idempotency } from './idempotency.ts'

/** Who asks. A shopper is whoever holds a verified session token; `order` holds an access token of that one order; staff
 *  hold a key with scopes. */
export type Caller =
  | { kind: 'nobody' }
  | { kind: 'shopper'; session: Session }
  | { kind: 'order'; orderId: string }
  | { kind: 'staff'; keyId: string }
  | { kind: 'system'; name: string }

/** Everything a use case may touch. Time and randomness are in it as values, so that none of them reads a clock. */
export interface Context {
  readonly bindings: Bindings
  readonly config: Config
  readonly now: Date
  readonly mint: Mint
  readonly random: Random
  readonly log: Log
  readonly requestId: string
  readonly caller: Caller
  /** The idempotency key of this request, if it brought one. */
  readonly idempotency: Idempotency | null
  readonly db: Db
  readonly cache: Cache
  readonly meter: Meter
  /** The origin this API is reached at: `https://shop.example`. */
  readonly origin: string
  /** The configured carrier and tax provider, or null. */
  carrier(): CarrierProvider | null
  taxProvider(): TaxProvider | null
  /** What they have answered lately. */
  readonly outside: Outside
  /** A configured payment provider, or null. */
  provider(name: string): PaymentProvider | null
  /** How long a payment service may take to answer: then it is left alone, and asked again by the same key. */
  readonly providerTimeLimitMs: number
  /** Outgoing HTTP, injected, so that tests bring their own outside world. */
  fetch(request: Request): Promise<Response>
  waitUntil(work: Promise<unknown>): void
  /** What this request has changed of what storefronts show: whether it has, and of what by name. */
  readonly shown: { changed: boolean; subjects: Set<string> }
  /** Drops the answers that carry one of `tags` from the cache in front, soon and behind this answer. Best effort. */
  purge(tags: readonly string[]): void
}

/** What the app is made with; jobs and tests bring their own. */
export interface Deps {
  clock: () => Date
  random: Random
  memory: Memory
  outside: Outside
  fetch: (request: Request) => Promise<Response>
  providerTimeLimitMs: number
  /** Builds a request's payment providers, by name. */
  providers: (context: Context) => (name: string) => PaymentProvider | null
  carrier: (context: Context) => CarrierProvider | null
  taxProvider: (context: Context) => TaxProvider | null
  /** Brings what is derived of a change up to date, behind the answer to it. It never fails; the cron does what it leaves. */
  follow: (context: Context) => Promise<void>
  /** Empties the cache in front of the Worker, as the consumer of the queue of purges has it done. */
  purgeFront: PurgeFront
}

export interface ContextInit {
  bindings: Bindings
  config: Config
  deps: Deps
  caller: Caller
  gate: SQL | null
  idempotency: Idempotency | null
  /** `first-primary`, `first-unconstrained` or a bookmark. */
  consistency: string
  origin: string
  requestId: string
  now: Date
  waitUntil: (work: Promise<unknown>) => void
}

// A D1 call that hangs longer is given up: stalls of a minute are known, and a shopper will not wait for them.
const D1_TIME_LIMIT_MS = 5000

export function createContext(init: ContextInit): Context {
  const { bindings, config, deps, now } = init
  const meter = newMeter()
  const log = createLog(config.logLevel, { request_id: init.requestId })
  const open = (consistency: string, gate: SQL | null, payer: Meter) =>
    openDb(bindings.DB, {
      consistency,
      meter: payer,
      timeLimitMs: D1_TIME_LIMIT_MS,
      latencyMs: drawLatency(config.d1LatencyMs, deps.random),
      gate,
    })
  const { waitUntil } = init
  const cache = createCache({
    memory: deps.memory,
    kv: bindings.CACHE,
    // Cached values are the same for everybody: they are read from any replica and never behind a caller's gate.
    openDb: (consistency, payer) => open(consistency, null, payer),
    meter,
    now,
    clock: deps.clock,
    log,
    waitUntil,
  })
  const context: Context = {
    bindings,
    config,
    now,
    mint: createMint(now, deps.random),
    random: deps.random,
    log,
    requestId: init.requestId,
    caller: init.caller,
    idempotency: init.idempotency,
    db: open(init.consistency, init.gate, meter),
    cache,
    meter,
    origin: init.origin,
    carrier: () => deps.carrier(context),
    taxProvider: () => deps.taxProvider(context),
    outside: deps.outside,
    provider: (name) => deps.providers(context)(name),
    providerTimeLimitMs: deps.providerTimeLimitMs,
    fetch: deps.fetch,
    waitUntil,
    shown: { changed: false, subjects: new Set() },
    purge: (tags) => waitUntil(requestPurge(bindings.PURGES, tags, log)),
  }
  return context
}

/** Draws the delay of each call, both ends included; undefined where there is none. */
function drawLatency({ min, max }: Config['d1LatencyMs'], random: Random): (() => number) | undefined {
  if (max === 0) return undefined
  if (min === max) return () => min
  return () => min + Math.floor(((random(1)[0] ?? 0) / 256) * (max - min + 1))
}

/** The actor named in audit trails and moves. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case 'staff':
      return caller.keyId
    case 'shopper':
      return caller.session.ownerId
    case 'order':
      return caller.orderId
    case 'system':
      return `system:${caller.name}`
    case 'nobody':
      return 'nobody'
  }
}
