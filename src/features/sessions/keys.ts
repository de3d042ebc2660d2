import { importJWK, type JWK } from 'jose'
import type { Config } from '../../platform/env.ts'

/** The one algorithm, ours and never a token's: Ed25519 (RFC 8037). */
export const ALGORITHM = 'EdDSA'

type SigningKey = Awaited<ReturnType<typeof importJWK>>
export interface KeySet {
  /** The first key signs; every key verifies, so that a key is rotated by putting the next one first. */
  signing: { kid: string; key: SigningKey }
  verifying: ReadonlyMap<string, SigningKey>
  published: { keys: JWK[] }
}

const keySets = new Map<string, Promise<KeySet>>()

/** The public half of the keys, as /.well-known/jwks.json serves it. */
export async function publishedKeys(config: Config): Promise<{ keys: JWK[] }> {
  return (await loadKeys(config)).published
}

/** The key a token's header names, among those configured. @throws {Error} for any other. */
export function findKey(keys: KeySet, kid: string | undefined): SigningKey {
  const key = keys.verifying.get(kid ?? '')
  if (!key) throw new Error('unknown key')
  return key
}

export function loadKeys(config: Config): Promise<KeySet> {
  const known = keySets.get(config.sessionKeys)
  if (known) return known
  const loading = importKeys(config.sessionKeys)
  keySets.set(config.sessionKeys, loading)
  return loading
}

async function importKeys(json: string): Promise<KeySet> {
  const { keys } = JSON.parse(json) as { keys: (JWK & { kid: string })[] }
  const [first] = keys
  if (!first) throw new Error('SESSION_KEYS holds no key')
  const verifying = new Map<string, SigningKey>()
  const published: JWK[] = []
  for (const { kty, crv, x, kid } of keys) {
    const open: JWK = { kty: kty as string, crv: crv as string, x: x as string, kid, alg: ALGORITHM, use: 'sig' }
    verifying.set(kid, await importJWK(open, ALGORITHM))
    published.push(open)
  }
  return {
    signing: { kid: first.kid, key: await importJWK(first, ALGORITHM) },
    verifying,
    published: { keys: published },
  }
}
