import type { RefusedWebhook } from '../../../domain/provider.ts'
import { isStandardSignature, MAX_SIGNATURES } from '../../../platform/crypto/standard-webhook.ts'
import { refuseTime } from '../freshness.ts'

/** Svix, whose scheme it was, still sends it by these names. One delivery has one of the two, never some of each. */
const FAMILIES = ['webhook', 'svix'] as const

/**
 * Verifies a delivery by the Standard Webhooks scheme (standardwebhooks.com): `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`, or the same named `svix-`, over `id.timestamp.body` by any of `secrets`, not signed more than 5 minutes
 * before or after `now`. Of several signatures one is enough.
 */
export async function verifyStandardWebhook(
  raw: Uint8Array,
  headers: Headers,
  { secrets, now }: { secrets: readonly string[]; now: Date },
): Promise<{ ok: true; id: string; text: string } | RefusedWebhook> {
  const family = FAMILIES.find((name) => headers.has(`${name}-signature`)) ?? 'webhook'
  const id = headers.get(`${family}-id`)
  const timestamp = headers.get(`${family}-timestamp`)
  const header = headers.get(`${family}-signature`)
  if (!id || !timestamp || !header) {
    const detail = 'webhook-id, webhook-timestamp and webhook-signature are required'
    return { ok: false, why: 'missing_signature', detail }
  }
  const late = refuseTime(/^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN, now)
  if (late) return late
  if (!/(?:^| )v1,[A-Za-z0-9+/]+=*(?: |$)/.test(header)) {
    return { ok: false, why: 'malformed_signature', detail: 'webhook-signature holds no v1,<base64>' }
  }
  if (header.split('v1,').length > MAX_SIGNATURES + 1) {
    return { ok: false, why: 'malformed_signature', detail: `webhook-signature holds more than ${MAX_SIGNATURES}` }
  }
  if (!(await isStandardSignature(secrets, { id, timestamp, header, raw }))) {
    return { ok: false, why: 'wrong_signature', detail: 'no signature is that of these bytes by a secret of ours' }
  }
  return { ok: true, id, text: new TextDecoder().decode(raw) }
}
