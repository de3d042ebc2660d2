import type { Bindings } from '../env.ts'
import { Problem } from './problem.ts'

/** The platform's limiter a route is counted by. Numbers equal those of wrangler.toml: a test compares them. */
export const RATE_LIMITS = {
  browse: { binding: 'RL_BROWSE', quota: 600, seconds: 60 },
  cart: { binding: 'RL_CART', quota: 120, seconds: 60 },
  checkout: { binding: 'RL_CHECKOUT', quota: 20, seconds: 60 },
  // Whoever guesses is slowed down; each order and each e-mail has a limit of its own besides.
  lookup: { binding: 'RL_LOOKUP', quota: 20, seconds: 60 },
  staff: { binding: 'RL_STAFF', quota: 600, seconds: 60 },
  webhook: { binding: 'RL_WEBHOOK', quota: 3000, seconds: 60 },
  // Whoever asks for one reads the whole catalog.
  feed: { binding: 'RL_FEED', quota: 20, seconds: 60 },
} as const

export type LimitName = keyof typeof RATE_LIMITS

/** `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export function policyHeader(name: LimitName): string {
  const { quota, seconds } = RATE_LIMITS[name]
  return `"${name}";q=${quota};w=${seconds}`
}

/**
 * Counts one request of `key`. The platform's limiter counts per location and tells only yes or no: it keeps floods
 * out and is no lock. Without the binding nothing is counted.
 * @throws {Problem} rate_limited.
 */
export async function countRequest(bindings: Bindings, name: LimitName, key: string): Promise<void> {
  const { binding, seconds } = RATE_LIMITS[name]
  const limiter = bindings[binding]
  if (!limiter) return
  const { success } = await limiter.limit({ key })
  if (success) return
  const headers = { RateLimit: `"${name}";r=0;t=${seconds}`, 'Retry-After': String(seconds) }
  throw new Problem('rate_limited', { headers: { ...headers, 'RateLimit-Policy': policyHeader(name) } })
}
