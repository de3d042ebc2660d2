const encoder = new TextEncoder()

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' }

/**
 * Makes the keys of `signHmac` and `isHmac` (HMAC-SHA256) out of secrets. There are few, and none of them changes: each is
 * imported once an isolate. @param bytesOf what a secret stands for; by itself, its text in UTF-8.
 */
export function hmacKeys(
  bytesOf: (secret: string) => Uint8Array = (secret) => encoder.encode(secret),
): (secret: string) => Promise<CryptoKey> {
  const keys = new Map<string, Promise<CryptoKey>>()
  return (secret) => {
    const known = keys.get(secret)
    if (known) return known
    const bytes = bytesOf(secret) as BufferSource
    const key = crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['sign', 'verify'])
    keys.set(secret, key)
    return key
  }
}

export async function signHmac(key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, data as BufferSource))
}

/** Whether `signature` is that of `data`, in a time that tells nothing of where they differ. Of another length it is not. */
export function isHmac(key: CryptoKey, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, signature as BufferSource, data as BufferSource)
}

/** `text`, then the bytes as they came: what most schemes sign. */
export function prefixed(text: string, bytes: Uint8Array): Uint8Array {
  const head = encoder.encode(text)
  const all = new Uint8Array(head.byteLength + bytes.byteLength)
  all.set(head)
  all.set(bytes, head.byteLength)
  return all
}

const HEX = /^(?:[0-9a-f]{2})+$/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The bytes that hex digits, of either case, stand for; null when they are none. */
export function fromHex(text: string): Uint8Array | null {
  if (!HEX.test(text)) return null
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16))
}

/** The bytes that base64, padded, stands for; null when it is none, or empty. */
export function fromBase64(text: string): Uint8Array | null {
  if (text === '' || !BASE64.test(text)) return null
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
