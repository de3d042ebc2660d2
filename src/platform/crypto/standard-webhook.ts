import { fromBase64, hmacKeys, isHmac, prefixed, signHmac, toBase64 } from './hmac.ts'

/**
 * The signature of the Standard Webhooks scheme (standardwebhooks.com, specification 1.0.0): `v1,` and the base64 of an
 * HMAC-SHA256 over `id.timestamp.body`, by the bytes that stand behind `whsec_` in base64. It is done by the platform's own
 * HMAC, over the bytes as they came and by the clock we are given; tests hold it against the scheme's own library.
 */
const PREFIX = 'whsec_'

/** What a secret must look like: `whsec_` and 24 to 64 bytes in base64. */
export const STANDARD_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/

/** @throws {Error} on anything but base64. */
const keyOf = hmacKeys((secret) => {
  const bytes = fromBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret)
  if (!bytes) throw new Error('a webhook secret is whsec_ and base64')
  return bytes
})

const encoder = new TextEncoder()

/** The headers that a signed POST of `body` carries. */
export async function signStandardWebhook(
  secret: string,
  { id, at, body }: { id: string; at: Date; body: string },
): Promise<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = await signHmac(await keyOf(secret), prefixed(`${id}.${timestamp}.`, encoder.encode(body)))
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${toBase64(signature)}` }
}

/** Two while a secret is exchanged for another one. Each costs a look at the whole body: thousands would cost seconds. */
export const MAX_SIGNATURES = 10

/** The signatures in `header` (`v1,... v1,...`); null when there are more than anybody sends. */
function signaturesIn(header: string): Uint8Array[] | null {
  // v1a is a scheme of public keys, anything else none that we know: a sender cannot choose a weaker one.
  const texts = header.split(' ').filter((versioned) => versioned.startsWith('v1,'))
  if (texts.length > MAX_SIGNATURES) return null
  return texts.flatMap((versioned) => fromBase64(versioned.slice(3)) ?? [])
}

/**
 * Whether one of the signatures in `header` (`v1,... v1,...`, at most 10) is that of these bytes by one of `secrets`.
 */
export async function isStandardSignature(
  secrets: readonly string[],
  { id, timestamp, header, raw }: { id: string; timestamp: string; header: string; raw: Uint8Array },
): Promise<boolean> {
  const data = prefixed(`${id}.${timestamp}.`, raw)
  const signatures = signaturesIn(header) ?? []
  for (const secret of secrets) {
    const key = await keyOf(secret)
    for (const signature of signatures) if (await isHmac(key, data, signature)) return true
  }
  return false
}
