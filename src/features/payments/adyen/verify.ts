import type { RefusedWebhook, WebhookRefusal } from '../../../domain/provider.ts'
import { fromBase64, fromHex, hmacKeys, isHmac } from '../../../platform/crypto/hmac.ts'
import { isObject } from '../json.ts'
import type { AdyenSettings } from './settings.ts'

/**
 * What Adyen signs of one notification, in the order it does. All else in it (reason, paymentMethod, eventDate, additionalData)
 * may have been altered by whoever stands between, and is not even kept.
 */
export interface SignedItem {
  pspReference: string
  /** Of the payment, where the event is of something done to it; else empty. */
  originalReference: string
  merchantAccountCode: string
  merchantReference: string
  value: string
  currency: string
  eventCode: string
  success: string
}

type Verified = { ok: true; items: readonly SignedItem[] } | RefusedWebhook

const encoder = new TextEncoder()

/**
 * Verifies a delivery of Adyen's standard webhooks: one signature an item, `additionalData.hmacSignature`, over its signed
 * fields. All items must be genuine and ours, or the delivery is refused whole; Adyen then sends all of it again. The scheme has
 * no time: that an old delivery is sent again by somebody else does nothing, because its events are known.
 */
export async function verifyNotifications(
  raw: Uint8Array,
  headers: Headers,
  settings: AdyenSettings,
): Promise<Verified> {
  const stranger = await refuseUser(headers.get('authorization'), settings)
  if (stranger) return stranger
  // The signatures stand inside of the body, so that it has to be parsed first; nothing of it is used before they held.
  const body = parse(raw)
  if (!body || !Array.isArray(body.notificationItems) || body.notificationItems.length === 0) {
    return refuse('missing_signature', 'the body holds no notificationItems, which would hold the signatures')
  }
  const items: SignedItem[] = []
  for (const wrapped of body.notificationItems as unknown[]) {
    const item = isObject(wrapped) ? wrapped.NotificationRequestItem : null
    if (!isObject(item)) return refuse('missing_signature', 'an item is no NotificationRequestItem')
    const signed = toSigned(item)
    const refused = await refuseItem(item, signed, settings)
    if (refused) return refused
    items.push(signed)
  }
  // Not signed, so that it can only refuse: test and live have keys of their own.
  if (String(body.live) !== String(settings.ADYEN_ENVIRONMENT === 'live')) {
    return refuse('other_account', `it is not of the ${settings.ADYEN_ENVIRONMENT} environment`)
  }
  return { ok: true, items }
}

async function refuseItem(
  item: Record<string, unknown>,
  signed: SignedItem,
  { ADYEN_HMAC_KEYS: keys, ADYEN_MERCHANT_ACCOUNT: account }: AdyenSettings,
): Promise<RefusedWebhook | null> {
  const { hmacSignature } = isObject(item.additionalData) ? item.additionalData : {}
  if (typeof hmacSignature !== 'string' || hmacSignature === '') {
    return refuse(
      'missing_signature',
      'an item has no additionalData.hmacSignature: is HMAC switched on for this webhook?',
    )
  }
  const signature = fromBase64(hmacSignature)
  if (!signature) return refuse('malformed_signature', 'hmacSignature is no base64')
  if (!(await isSigned(signed, signature, keys))) {
    return refuse('wrong_signature', 'hmacSignature is that of the signed fields by none of our keys')
  }
  if (signed.merchantAccountCode !== account) return refuse('other_account', 'it is of another merchant account')
  return null
}

/** The colon that stands between fields is not escaped within one: Adyen's own libraries have stopped doing that. */
function signedText(item: SignedItem): string {
  return [
    ...[item.pspReference, item.originalReference, item.merchantAccountCode, item.merchantReference],
    ...[item.value, item.currency, item.eventCode, item.success],
  ].join(':')
}

/** Whether it is clear which field a character belongs to: with a colon inside of one, the same text has other readings. */
export function isUnambiguous(item: SignedItem): boolean {
  return signedText(item).split(':').length === Object.keys(item).length
}

const keyOf = hmacKeys((hex) => {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error('an HMAC key of Adyen is hex digits')
  return bytes
})

async function isSigned(item: SignedItem, signature: Uint8Array, hexes: readonly string[]): Promise<boolean> {
  const data = encoder.encode(signedText(item))
  for (const hex of hexes) if (await isHmac(await keyOf(hex), data, signature)) return true
  return false
}

/** As text, which is how they are signed: `1000` and `"1000"` are the same to Adyen, and to us. */
function toSigned(item: Record<string, unknown>): SignedItem {
  const amount = isObject(item.amount) ? item.amount : {}
  return {
    pspReference: asSigned(item.pspReference),
    originalReference: asSigned(item.originalReference),
    merchantAccountCode: asSigned(item.merchantAccountCode),
    merchantReference: asSigned(item.merchantReference),
    value: asSigned(amount.value),
    currency: asSigned(amount.currency),
    eventCode: asSigned(item.eventCode),
    success: asSigned(item.success),
  }
}

function asSigned(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''
}

async function refuseUser(
  authorization: string | null,
  { ADYEN_WEBHOOK_USER: user, ADYEN_WEBHOOK_PASSWORD: password }: AdyenSettings,
): Promise<RefusedWebhook | null> {
  if (user === undefined || password === undefined) return null
  if (authorization === null) return refuse('missing_signature', 'the webhook was to send a user and password')
  const given = /^Basic +(\S+)$/i.exec(authorization)?.[1]
  const bytes = given === undefined ? null : fromBase64(given)
  if (!bytes) return refuse('malformed_signature', 'Authorization is not of the form Basic <base64>')
  return (await isSame(bytes, encoder.encode(`${user}:${password}`)))
    ? null
    : refuse('wrong_signature', 'the user or password is not that of this webhook')
}

/** Compares by hashes, so that the time it takes tells nothing of where they differ. */
async function isSame(left: Uint8Array, right: Uint8Array): Promise<boolean> {
  const [one, other] = await Promise.all(
    [left, right].map((bytes) => crypto.subtle.digest('SHA-256', bytes as BufferSource)),
  )
  const right32 = new Uint8Array(other ?? [])
  return new Uint8Array(one ?? []).reduce((differ, byte, at) => differ | (byte ^ (right32[at] ?? 1)), 0) === 0
}

function parse(raw: Uint8Array): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(raw))
    return isObject(body) ? body : null
  } catch {
    return null
  }
}

function refuse(why: WebhookRefusal, detail: string): RefusedWebhook {
  return { ok: false, why, detail }
}
