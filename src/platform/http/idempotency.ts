import { sql } from 'drizzle-orm'
import { sha256Hex } from '../crypto/hash.ts'
import { type Query, q, type Write } from '../db/client.ts'
import { ConstraintError } from '../db/errors.ts'
import { idempotencyKeys } from '../db/schema/platform.ts'
import { query, statement, wholeRows } from '../db/statement.ts'
import { Problem } from './problem.ts'

/** The key of one request: its place in the store, and what it was asked with. */
export interface Idempotency {
  id: string
  fingerprint: string
}

export type IdempotencyRow = typeof idempotencyKeys.$inferSelect

const wholeKeys = wholeRows(idempotencyKeys)

export const IDEMPOTENCY_KEPT_MS = 48 * 3600 * 1000
const MAX_KEY_LENGTH = 255
// A key without a session is guessable by anybody, and a replay of it mints a token: it must be a secret itself.
const MIN_ANONYMOUS_KEY_LENGTH = 22

/**
 * Reads the `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header: a quoted string; bare is taken too).
 * Scope is caller, method and path; the fingerprint is SHA-256 of the raw body. Only the hash of the key is stored.
 * @param callerId null for an anonymous caller.
 * @throws {Problem} on a key that is too long, too short or empty.
 */
export async function readIdempotencyKey(
  header: string | undefined,
  request: { callerId: string | null; method: string; path: string; body: Uint8Array },
): Promise<Idempotency | null> {
  if (header === undefined) return null
  const key = header.trim().replace(/^"(.*)"$/, '$1')
  const bad = (detail: string) =>
    new Problem('invalid_request', { errors: [{ pointer: '/header/Idempotency-Key', detail }] })
  if (key === '' || key.length > MAX_KEY_LENGTH) throw bad(`must have 1 to ${MAX_KEY_LENGTH} characters`)
  if (request.callerId === null && key.length < MIN_ANONYMOUS_KEY_LENGTH) {
    throw bad(`must have at least ${MIN_ANONYMOUS_KEY_LENGTH} random characters when there is no session`)
  }
  const scope = JSON.stringify([request.callerId, request.method, request.path, key])
  const [id, fingerprint] = await Promise.all([sha256Hex(scope), sha256Hex(request.body)])
  return { id, fingerprint }
}

/**
 * Stores the key with the effect: first in the batch, so that a second request fails on it before anything else.
 * @param status the answer's status, or null while an outside call is under way.
 * @param resourceId what a replay renders again.
 */
export function claimKey(key: Idempotency | null, now: Date, resourceId: string, status: number | null): Write[] {
  if (!key) return []
  const at = now.getTime()
  return [
    statement`INSERT INTO ${idempotencyKeys} (id, fingerprint, status, resource_id, created_at, expires_at)
      VALUES (${key.id}, ${key.fingerprint}, ${status}, ${resourceId}, ${at}, ${at + IDEMPOTENCY_KEPT_MS})`,
  ]
}

/** The outcome of keys that were in flight for `resourceId`, whoever finishes it: the request itself or recover. */
export function settleKeys(keyId: string | null, status: number): Write[] {
  if (!keyId) return []
  return [statement`UPDATE ${idempotencyKeys} SET status = ${status} WHERE id = ${keyId}`]
}

export function findKey(id: string): Query<IdempotencyRow[]> {
  return query(wholeKeys.toRow)`SELECT ${wholeKeys.columns} FROM ${idempotencyKeys} WHERE id = ${id}`
}

export function removeExpiredKeys(now: Date): Write {
  return q.delete(idempotencyKeys).where(sql`${idempotencyKeys.expiresAt} < ${now.getTime()}`)
}

/** Whether `error` means that a request with this key has been here before. */
export function isKeyTaken(error: unknown): boolean {
  return error instanceof ConstraintError && error.constraint === 'idempotency_keys.id'
}

/** @throws {Problem} when the stored request had another body. */
export function checkFingerprint(row: IdempotencyRow, key: Idempotency): void {
  if (row.fingerprint !== key.fingerprint) throw new Problem('idempotency_conflict')
}
