import { inArray, sql } from 'drizzle-orm'
import type { Mint } from '../../domain/id.ts'
import type { Write } from '../../platform/db/client.ts'
import { q } from '../../platform/db/client.ts'
import { insertRowsOnce, listOf } from '../../platform/db/rows.ts'
import { orders } from '../../platform/db/schema/orders.ts'
import { paymentFlags, paymentOperations, payments, refunds } from '../../platform/db/schema/payments.ts'
import { fragment, statement } from '../../platform/db/statement.ts'
import { announceWhere } from '../../platform/outbox.ts'

interface FlagContext {
  mint: Mint
  now: Date
}

/** Another amount than ours is for a person to look at: staff are told once of each, however often it is learned. */
export function flagMismatch(paymentId: string, detail: string, { mint, now }: FlagContext): Write[] {
  const unknown = fragment`NOT EXISTS (SELECT 1 FROM ${paymentFlags}
    WHERE subject_id = ${paymentId} AND kind = 'mismatch' AND detail = ${detail})`
  const at = now.getTime()
  return [
    announceWhere(unknown, mint, now, { topic: 'payment.amount_mismatch', subjectId: paymentId, payload: { detail } }),
    ...insertRowsOnce(paymentFlags, [
      { subjectId: paymentId, kind: 'mismatch', detail, paymentId, since: at, toldAt: at },
    ]),
  ]
}

/** What waits for its provider: a payment, or a refund, capture or void of it. */
export interface Waiting {
  subjectId: string
  paymentId: string
  /** It says nothing, or that it is still at it. */
  kind: 'unanswered' | 'under_way'
  /** How long that may go on before staff are told, once; milliseconds. */
  patienceMs: number
}

export function flagWaiting({ subjectId, paymentId, kind, patienceMs }: Waiting, { mint, now }: FlagContext): Write[] {
  const at = now.getTime()
  const payload = { subject_id: subjectId, reason: kind }
  const overdue = fragment`subject_id = ${subjectId} AND kind = ${kind} AND told_at IS NULL AND since <= ${at - patienceMs}`
  return [
    ...insertRowsOnce(paymentFlags, [{ subjectId, kind, detail: '', paymentId, since: at, toldAt: null }]),
    announceWhere(fragment`EXISTS (SELECT 1 FROM ${paymentFlags} WHERE ${overdue})`, mint, now, {
      ...{ topic: 'payment.unsettled', subjectId: paymentId, payload },
    }),
    statement`UPDATE ${paymentFlags} SET told_at = ${at} WHERE ${overdue}`,
  ]
}

/** These have been answered, and stay as they are: whoever waited for a word of these kinds has it. */
export function unflag(subjectIds: readonly string[], kinds: readonly Waiting['kind'][]): Write[] {
  if (subjectIds.length === 0) return []
  const waiting = sql`${paymentFlags.subjectId} IN ${listOf(subjectIds)}`
  return [q.delete(paymentFlags).where(sql`${waiting} AND ${inArray(paymentFlags.kind, [...kinds])}`)]
}

/** What is in doubt no longer, whoever has settled it, waits for nothing. */
export function dropSettledFlags(): Write {
  return q.run(sql`DELETE FROM ${paymentFlags} WHERE kind <> 'mismatch'
    AND NOT EXISTS (SELECT 1 FROM ${payments} AS p JOIN ${orders} AS o ON o.id = p.order_id WHERE p.id = subject_id
      AND (p.status IN ('created', 'requires_action', 'processing', 'authorized') OR (p.status = 'failed' AND o.status = 'pending')))
    AND NOT EXISTS (SELECT 1 FROM ${refunds} AS r WHERE r.id = subject_id AND r.status = 'pending')
    AND NOT EXISTS (SELECT 1 FROM ${paymentOperations} AS c WHERE c.id = subject_id AND c.status = 'pending')`)
}
