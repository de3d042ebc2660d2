import type { RefusedWebhook } from '../../../domain/provider.ts'
import { fromHex, hmacKeys, isHmac } from '../../../platform/crypto/hmac.ts'

export const SIGNATURE_HEADER = 'x-mollie-signature'

// While a secret is exchanged for another one, Mollie signs by both, and two headers of a name are read as one.
const MAX_SIGNATURES = 4

const keyOf = hmacKeys()

/**
 * Why an event of Mollie's newer webhooks is refused: `X-Mollie-Signature: sha256=<hex>`, an HMAC-SHA256 of the raw body by the
 * secret of the webhook. It has no time in it: an event that comes again is known by its id. Null when it holds.
 */
export async function refuseSignature(
  raw: Uint8Array,
  header: string,
  secrets: readonly string[],
): Promise<RefusedWebhook | null> {
  const signatures = header.split(',').map((part) => /^\s*sha256=([0-9a-f]{64})\s*$/i.exec(part)?.[1])
  if (signatures.length > MAX_SIGNATURES || signatures.some((signature) => signature === undefined)) {
    return { ok: false, why: 'malformed_signature', detail: `${SIGNATURE_HEADER} is not sha256= and 64 hex digits` }
  }
  for (const secret of secrets) {
    const key = await keyOf(secret)
    for (const signature of signatures) {
      const bytes = fromHex(signature ?? '')
      if (bytes && (await isHmac(key, raw, bytes))) return null
    }
  }
  const detail =
    secrets.length === 0
      ? 'MOLLIE_WEBHOOK_SECRETS is not set'
      : 'no signature is that of these bytes by a secret of ours'
  return { ok: false, why: 'wrong_signature', detail }
}
