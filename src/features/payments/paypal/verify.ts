import type { RefusedWebhook } from '../../../domain/provider.ts'
import { refuseTime } from '../freshness.ts'
import { decodeUtf8, readObject } from '../json.ts'
import type { CallPayPal, PayPalSettings } from './call.ts'

// PayPal sends again for three days, with the time of the first transmission.
const TOLERANCE_SECONDS = 3 * 24 * 3600 + 3600

const HEADERS = {
  transmission_id: 'paypal-transmission-id',
  transmission_time: 'paypal-transmission-time',
  transmission_sig: 'paypal-transmission-sig',
  cert_url: 'paypal-cert-url',
  auth_algo: 'paypal-auth-algo',
} as const

const FORMS: Readonly<Record<keyof typeof HEADERS, RegExp>> = {
  transmission_id: /^[\w-]{1,50}$/,
  transmission_time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  transmission_sig: /^[A-Za-z0-9+/]{40,500}={0,2}$/,
  cert_url: /^[\x21-\x7e]{1,500}$/,
  // The only one it has ever had: a sender chooses none.
  auth_algo: /^SHA256withRSA$/,
}

/**
 * Has PayPal say whether it has sent these bytes to our webhook. What is plainly none of its doing is refused without a call.
 * @throws where PayPal cannot be asked: it sends again.
 */
export async function verifyPayPalWebhook(
  call: CallPayPal,
  { webhookId, environment }: Pick<PayPalSettings, 'webhookId' | 'environment'>,
  { raw, headers, now }: { raw: Uint8Array; headers: Headers; now: Date },
): Promise<{ ok: true; text: string } | RefusedWebhook> {
  const read = readHeaders(headers)
  if ('why' in read) return read
  const late = refuseTime(Date.parse(read.transmission_time) / 1000, now, TOLERANCE_SECONDS)
  if (late) return late
  const stranger = refuseCertificate(read.cert_url, environment)
  if (stranger) return stranger
  const text = readJson(raw)
  if (text === null) return { ok: false, why: 'wrong_signature', detail: 'PayPal signs JSON objects, and this is none' }
  const answer = await call({
    method: 'POST',
    path: '/v1/notifications/verify-webhook-signature',
    body: withEvent({ ...read, webhook_id: webhookId }, text),
  })
  if (answer.status === 403) throw new Error('PayPal lets the app verify no webhooks')
  if (answer.status < 300 && answer.body.verification_status === 'SUCCESS') return { ok: true, text }
  return { ok: false, why: 'wrong_signature', detail: 'PayPal says that it has not signed this for our webhook' }
}

function readHeaders(headers: Headers): Record<keyof typeof HEADERS, string> | RefusedWebhook {
  const names = Object.keys(HEADERS) as (keyof typeof HEADERS)[]
  const values = names.map((name) => [name, headers.get(HEADERS[name]) ?? ''] as const)
  const missing = values.find(([, value]) => value === '')
  if (missing) return { ok: false, why: 'missing_signature', detail: `${HEADERS[missing[0]]} is not there` }
  const broken = values.find(([name, value]) => !FORMS[name].test(value))
  if (broken) return { ok: false, why: 'malformed_signature', detail: `${HEADERS[broken[0]]} is not of its form` }
  return Object.fromEntries(values) as Record<keyof typeof HEADERS, string>
}

/** PayPal is told where the certificate lies, and a sender could let it be anywhere. */
function refuseCertificate(url: string, environment: PayPalSettings['environment']): RefusedWebhook | null {
  const detail = 'the certificate is not at an address of PayPal'
  if (!URL.canParse(url)) return { ok: false, why: 'malformed_signature', detail }
  const { hostname } = new URL(url)
  const isPayPals = /^(?:[a-z0-9-]+\.)*paypal\.com$/.test(hostname)
  // No user, port, query or backslash, nor whatever else two parsers could read otherwise.
  if (!isPayPals || !/^https:\/\/[a-z0-9.-]+\/[\w./-]*$/i.test(url))
    return { ok: false, why: 'malformed_signature', detail }
  const isSandbox = hostname.split('.').includes('sandbox')
  if (environment === 'live' && isSandbox) return { ok: false, why: 'other_account', detail: 'it is of the sandbox' }
  return null
}

/** The text of a JSON object in UTF-8; null when the bytes are none. */
function readJson(raw: Uint8Array): string | null {
  const text = decodeUtf8(raw)
  return text !== null && readObject(text) ? text : null
}

/**
 * The question, with the event as it came: parsed and written anew its CRC32 would be another. That it is JSON by itself was
 * checked before, or a body could end its own field and bring a `webhook_id` of the sender's along.
 */
function withEvent(fields: Readonly<Record<string, string>>, text: string): string {
  return `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${text}}`
}
