import type { RefusedWebhook } from '../../../domain/provider.ts'
import { refuseTime } from '../freshness.ts'
import { decodeUtf8 } from '../json.ts'
import { stripeSdk } from './client.ts'

// Stripe sends one signature a secret; more than two secrets are never active at once.
const MAX_SIGNATURES = 10

/**
 * Verifies a delivery by the SDK: `Stripe-Signature: t=<seconds>,v1=<hex>`, an HMAC of `t.body`, by any of `secrets`. What the SDK
 * leaves to its user is done here: a time in the future, several secrets, a header that could be read in two ways, and bytes that are
 * no UTF-8, which it would replace before it looks. Schemes other than v1 are not looked at: v0 is for Stripe's own tests.
 */
export async function verifyStripeWebhook(
  raw: Uint8Array,
  headers: Headers,
  { secrets, now }: { secrets: readonly string[]; now: Date },
): Promise<{ ok: true; text: string } | RefusedWebhook> {
  const header = headers.get('stripe-signature')
  if (!header) return refused('missing_signature', 'Stripe-Signature is required')
  const items = header.split(',').map((item) => item.trim())
  const times = items.filter((item) => item.startsWith('t=')).map((item) => item.slice(2))
  const signatures = items.filter((item) => item.startsWith('v1=')).map((item) => item.slice(3))
  const [time] = times
  if (time === undefined || times.length > 1 || !/^\d{1,12}$/.test(time)) {
    return refused('malformed_signature', 'Stripe-Signature holds no one time in seconds')
  }
  const isWhole = signatures.length > 0 && signatures.length <= MAX_SIGNATURES
  if (!isWhole || !signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature))) {
    return refused('malformed_signature', 'Stripe-Signature holds no v1=<64 hex digits>')
  }
  const late = refuseTime(Number(time), now)
  if (late) return late
  const text = decodeUtf8(raw)
  const clean = `t=${time},${signatures.map((signature) => `v1=${signature}`).join(',')}`
  if (text === null || text === '' || !(await isSigned(text, clean, secrets))) {
    return refused('wrong_signature', 'no signature is that of these bytes by a secret of ours')
  }
  return { ok: true, text }
}

/** @param header read already, so that there is one way to read it. */
async function isSigned(text: string, header: string, secrets: readonly string[]): Promise<boolean> {
  const Sdk = await stripeSdk()
  const { signature } = Sdk.webhooks
  if (!signature) throw new Error('the SDK has no platform to verify on')
  const cryptoProvider = Sdk.createSubtleCryptoProvider()
  for (const secret of secrets) {
    try {
      // Of time it would only refuse what is too old, which is done.
      await signature.verifyHeaderAsync(text, header, secret, 0, cryptoProvider)
      return true
    } catch (error) {
      if (!(error instanceof Sdk.errors.StripeSignatureVerificationError)) throw error
    }
  }
  return false
}

function refused(why: RefusedWebhook['why'], detail: string): RefusedWebhook {
  return { ok: false, why, detail }
}
