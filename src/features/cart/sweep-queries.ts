import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf, refuseWhen, upsertRows } from '../../platform/db/rows.ts'
import { cartLines, cartSweeps, carts } from '../../platform/db/schema/cart.ts'

// Written out, because a partial index is found by its condition alone: a parameter would hide it.
const isOpen = sql`${carts.status} = 'open'`
const ABANDONED = 'abandoned'

/** Carts whose time is over and that nothing has marked so; one with a live order waits for what becomes of that. */
export function listEndedCarts(now: Date, limit: number): Query<{ id: string }[]> {
  return q
    .select({ id: carts.id })
    .from(carts)
    .where(and(isOpen, hasEnded(now)))
    .orderBy(asc(carts.expiresAt))
    .limit(limit)
}

/** Their version stays: a cart past its time has been shown as expired before. */
export function expireCarts(ids: readonly string[], now: Date): Write {
  return q
    .update(carts)
    .set({ status: 'expired', updatedAt: now.getTime() })
    .where(and(sql`${carts.id} IN ${listOf(ids)}`, isOpen, hasEnded(now)))
}

function hasEnded(now: Date): SQL {
  return sql`${carts.expiresAt} <= ${now.getTime()} AND ${carts.orderId} IS NULL`
}

/** How far the last run has come: carts that end at `until` or before have been looked at. */
export function findWatermark(): Query<{ until: number }[]> {
  return q.select({ until: cartSweeps.until }).from(cartSweeps).where(eq(cartSweeps.name, ABANDONED))
}

// Without a watermark there has been no run: what lay there before the first one is not news.
const watermark = (otherwise: number) =>
  sql`coalesce((SELECT until FROM ${cartSweeps} WHERE name = ${ABANDONED}), ${otherwise})`

/** Where this run's batch ends: at the end of the `limit`-th cart behind the watermark, or at `upTo`. */
export function findBatchEnd(upTo: number, limit: number): Query<{ until: number }[]> {
  return q.all<{ until: number }>(sql`SELECT ${batchEnd(upTo, limit)} AS until`)
}

function batchEnd(upTo: number, limit: number): SQL {
  return sql`coalesce((SELECT expires_at FROM ${carts} WHERE status = 'open' AND expires_at > ${watermark(upTo)}
    AND expires_at <= ${upTo} ORDER BY expires_at LIMIT 1 OFFSET ${limit - 1}), ${upTo})`
}

/** Carts of that batch that somebody may be reminded of: with an e-mail and lines, and without an order. */
export function listAbandoned(upTo: number, limit: number): Query<{ id: string; locale: string; expiresAt: number }[]> {
  const inBatch = sql`${carts.expiresAt} > ${watermark(upTo)} AND ${carts.expiresAt} <= ${batchEnd(upTo, limit)}`
  const hasLines = sql`EXISTS (SELECT 1 FROM ${cartLines} WHERE cart_id = ${carts.id})`
  return q
    .select({ id: carts.id, locale: carts.locale, expiresAt: carts.expiresAt })
    .from(carts)
    .where(and(isOpen, inBatch, sql`${carts.email} IS NOT NULL AND ${carts.orderId} IS NULL`, hasLines))
    .orderBy(asc(carts.expiresAt))
}

/** Moves the watermark from where it was read. Refuses with `sweep_raced` when another run has moved it since. */
export function moveWatermark(from: number | null, until: number): Write[] {
  return [
    refuseWhen('sweep_raced', sql`${watermark(-1)} <> ${from ?? -1}`),
    ...upsertRows(cartSweeps, [{ name: ABANDONED, until }], [cartSweeps.name]),
  ]
}
