const ALLOWED_HEADERS = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-D1-Bookmark'
const EXPOSED_HEADERS =
  'ETag, Location, Retry-After, RateLimit, RateLimit-Policy, Idempotent-Replayed, X-Request-Id, X-D1-Bookmark, Server-Timing'

/**
 * What a browser at `origin` may read of an answer. Public answers are the same for everybody and open to all;
 * the rest is for origins on the exact allow-list, with credentials. `null` and look-alikes are never on it.
 */
export function corsHeaders(
  origin: string | undefined,
  policy: { open: boolean; allowed: readonly string[] },
): Record<string, string> {
  if (policy.open) return { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ETag' }
  if (!origin || origin === 'null' || !policy.allowed.includes(origin)) return { Vary: 'Origin' }
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': EXPOSED_HEADERS,
    Vary: 'Origin',
  }
}

export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': ALLOWED_HEADERS,
    'Access-Control-Max-Age': '7200',
  }
}
