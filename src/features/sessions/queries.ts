import { eq, type SQL, sql } from 'drizzle-orm'
import { type Scope, scopesFor } from '../../domain/session.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf, refuseWhen } from '../../platform/db/rows.ts'
import { revokedSessions, staffKeys } from '../../platform/db/schema/sessions.ts'

/** Null unless the session has been revoked: rides in the first batch of every route that takes a token. */
export function sessionGate(sessionId: string): SQL {
  return sql`CASE WHEN EXISTS (SELECT 1 FROM ${revokedSessions} WHERE session_id = ${sessionId}) THEN 'unauthenticated' END`
}

/** The revocation of a session that proves something beside the caller's own; none is there while it is good. */
export function findRevocation(sessionId: string): Query<{ sessionId: string }[]> {
  const { sessionId: column } = revokedSessions
  return q.select({ sessionId: column }).from(revokedSessions).where(eq(column, sessionId))
}

/** Refuses the batch with `session_revoked` once that session has been revoked. */
export function refuseRevoked(sessionId: string): Write {
  return refuseWhen('session_revoked', sql`${sessionGate(sessionId)} IS NOT NULL`)
}

/** Null when the key exists, is neither revoked nor expired, and has a scope that satisfies `needed`. */
export function staffGate(keyId: string, secretHash: string, needed: Scope, now: Date): SQL {
  return sql`CASE
    WHEN NOT EXISTS (
      SELECT 1 FROM ${staffKeys} WHERE id = ${keyId} AND secret_hash = ${secretHash} AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > ${now.getTime()})
    ) THEN 'unauthenticated'
    WHEN NOT EXISTS (
      SELECT 1 FROM ${staffKeys} AS k, json_each(k.scopes) AS s WHERE k.id = ${keyId} AND s.value IN ${listOf(scopesFor(needed))}
    ) THEN 'forbidden' END`
}

/** Ends a session: none of its tokens is good any more. The row may go when the last of them would have expired. */
export function revokeSession(sessionId: string, now: Date, until: Date): Write {
  const row = { sessionId, revokedAt: now.getTime(), expiresAt: until.getTime() }
  return q.insert(revokedSessions).values(row).onConflictDoNothing()
}

export function removeExpiredRevocations(now: Date): Write {
  return q.delete(revokedSessions).where(sql`${revokedSessions.expiresAt} < ${now.getTime()}`)
}

/** A staff key as a row: only the hash of its secret. Keys are made by a script, never by an endpoint. */
export function insertStaffKey(row: typeof staffKeys.$inferInsert): Write {
  return q.insert(staffKeys).values(row)
}
