import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'

/**
 * A value for SESSION_KEYS: one line of JSON, a new Ed25519 private key first.
 * @param older the value until now. Its keys go on verifying, so that nobody is logged out by a rotation.
 */
export async function makeSessionKeys(older = '{"keys":[]}'): Promise<string> {
  const { keys } = JSON.parse(older) as { keys: unknown[] }
  const { privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x, d } = privateKey.export({ format: 'jwk' })
  const kid = (await calculateJwkThumbprint({ kty, crv, x })).slice(0, 16)
  return JSON.stringify({ keys: [{ kty, crv, x, d, kid }, ...keys] })
}
