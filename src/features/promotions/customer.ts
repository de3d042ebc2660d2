import { normaliseEmail } from '../../domain/address.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'

/** The key a customer's uses are counted by: guests too, because it is the hash of their normalised e-mail. */
export async function customerKey(email: string | null): Promise<string | null> {
  return email === null ? null : sha256Hex(normaliseEmail(email))
}
