import type { Mint } from '../../domain/id.ts'
import { ID_PREFIX, isId } from '../../domain/id.ts'
import { sha256Hex, toBase64Url } from '../../platform/crypto/hash.ts'
import type { Random } from '../../platform/crypto/mint.ts'
import type { Write } from '../../platform/db/client.ts'
import { insertStaffKey } from './queries.ts'

/** `sk_<suffix of the key's id>_<32 random bytes>`: the id finds the row, the secret proves the holder. */
const PATTERN = /^sk_([0-9a-z]{26})_([A-Za-z0-9_-]{43})$/

/** The claimed id and the secret's hash, or null when `text` cannot be a staff key. */
export async function readStaffKey(text: string): Promise<{ keyId: string; secretHash: string } | null> {
  const match = PATTERN.exec(text)
  if (!match?.[1] || !match[2]) return null
  const keyId = `${ID_PREFIX.key}_${match[1]}`
  return isId('key', keyId) ? { keyId, secretHash: await sha256Hex(match[2]) } : null
}

/** Makes a key. The returned text is shown once; what is stored cannot bring it back. */
export async function createStaffKey(
  init: { name: string; scopes: readonly string[]; expiresAt: Date | null },
  { now, mint, random }: { now: Date; mint: Mint; random: Random },
): Promise<{ text: string; writes: Write[] }> {
  const id = mint('key')
  const secret = toBase64Url(random(32))
  const row = {
    id,
    secretHash: await sha256Hex(secret),
    name: init.name,
    scopes: [...init.scopes],
    createdAt: now.getTime(),
    expiresAt: init.expiresAt?.getTime() ?? null,
    revokedAt: null,
  }
  return { text: `sk_${id.slice(ID_PREFIX.key.length + 1)}_${secret}`, writes: [insertStaffKey(row)] }
}
