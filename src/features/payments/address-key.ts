import { networkOf } from '../../domain/velocity.ts'
import { hmacKeys, signHmac } from '../../platform/crypto/hmac.ts'
import type { Config } from '../../platform/env.ts'

const DAY_MS = 24 * 3600 * 1000
// 64 bits: enough to tell the networks of two days apart.
const BYTES = 8

const keyOf = hmacKeys()

/** What attempts from one network are stored and found by: a day's window reaches into two days. */
export interface AddressKeys {
  today: string
  yesterday: string
}

/**
 * The keys of the address that a request came from; null where it is not counted. The hash is keyed by SESSION_KEYS: when they
 * are rotated it is another one, and counting begins anew.
 * @param address what Cloudflare says, in CF-Connecting-IP; null where it does not.
 */
export async function addressKeys(config: Config, address: string | null, now: Date): Promise<AddressKeys | null> {
  const network = address === null ? null : networkOf(address)
  if (network === null || config.sharedNetworks.includes(network)) return null
  const hash = await signHmac(await keyOf(config.sessionKeys), new TextEncoder().encode(`payment address ${network}`))
  const hex = Array.from(hash.slice(0, BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const day = dayOf(now)
  return { today: `${day}.${hex}`, yesterday: `${day - 1}.${hex}` }
}

/** Keys that come before this one in the alphabet are of days that no window reaches into. */
export function firstKeyInUse(now: Date): string {
  return `${dayOf(now) - 1}`
}

function dayOf(now: Date): number {
  return Math.floor(now.getTime() / DAY_MS)
}
