import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { GiftCard, GiftCardPart } from '../../domain/gift-card.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { giftCardEntries, giftCards } from '../../platform/db/schema/giftcards.ts'

export type GiftCardRow = typeof giftCards.$inferSelect
export type GiftCardEntryRow = typeof giftCardEntries.$inferSelect

/** What a card has done, in the newest entries that are shown of it. */
const SHOWN_ENTRIES = 100

export function findGiftCard(id: string): Query<GiftCardRow[]> {
  return q.select().from(giftCards).where(eq(giftCards.id, id))
}

/** The last entries of a card's ledger, newest first. */
export function listEntries(giftCardId: string): Query<GiftCardEntryRow[]> {
  return q
    .select()
    .from(giftCardEntries)
    .where(eq(giftCardEntries.giftCardId, giftCardId))
    .orderBy(desc(giftCardEntries.at), desc(giftCardEntries.kind), desc(giftCardEntries.reference))
    .limit(SHOWN_ENTRIES)
}

/** Cards, the newest first. @param before the last id shown. */
export function listGiftCards(
  filter: { last4: string | undefined },
  before: string | null,
  limit: number,
): Query<GiftCardRow[]> {
  return q
    .select()
    .from(giftCards)
    .where(
      and(
        filter.last4 === undefined ? undefined : eq(giftCards.last4, filter.last4),
        before === null ? undefined : lt(giftCards.id, before),
      ),
    )
    .orderBy(desc(giftCards.id))
    .limit(limit)
}

/** The cards behind codes. @param hashes of normalised codes. */
export function listByCode(hashes: readonly string[]): Query<(GiftCard & { codeHash: string })[]> {
  const { id, last4, currency, balance, status, expiresAt, customerKey, codeHash } = giftCards
  return q
    .select({ id, last4, currency, balance, status, expiresAt, customerKey, codeHash })
    .from(giftCards)
    .where(sql`${giftCards.codeHash} IN ${listOf(hashes)}`)
}

/**
 * The cards of a cart as a JSON array of `GiftCard`, in no order. What the cart's own order has claimed counts as
 * still there: it is claimed for this cart, and paid again from nothing else.
 * @param ids the outer query's column with their JSON array. @param orderId its column with that order.
 */
export function giftCardsJson(ids: SQL, orderId: SQL): SQL {
  return sql`(SELECT json_group_array(json_object('id', g.id, 'last4', g.last4, 'currency', g.currency, 'status', g.status,
      'expiresAt', g.expires_at, 'customerKey', g.customer_key, 'balance', g.balance - coalesce((SELECT e.amount
        FROM ${giftCardEntries} AS e WHERE e.gift_card_id = g.id AND e.kind = 'claimed' AND e.reference = ${orderId}), 0)))
    FROM json_each(${ids}) AS i CROSS JOIN ${giftCards} AS g ON g.id = i.value)`
}

/** A new card, and the first entry of its ledger. Breaks `gift_cards.code_hash` where another card has the code. */
export function issueGiftCard(row: GiftCardRow, actor: string): Write[] {
  return [
    ...insertRows(giftCards, [row]),
    ...insertRows(giftCardEntries, [
      {
        ...{ giftCardId: row.id, kind: 'issued', reference: row.id, amount: row.initialAmount },
        ...{ orderId: null, reason: null, actor, at: row.createdAt },
      },
    ]),
  ]
}

/** Changes a card from what it was at `version`. Breaks `version_mismatch`. Balances move by the ledger alone. */
export function updateGiftCard(
  known: { id: string; version: number },
  changes: Partial<Pick<GiftCardRow, 'status' | 'expiresAt' | 'note'>> & { updatedAt: number },
): Write[] {
  return updateVersion(giftCards, known, changes)
}

export interface Adjustment {
  id: string
  giftCardId: string
  /** Minor units of the card's currency, signed. */
  amount: number
  reason: string
  actor: string
}

/** Adds to a card or takes from it. Breaks `gift_card_balance` below 0, and `gift_card_too_full` above `max`. */
export function adjustGiftCard({ giftCardId, id, ...entry }: Adjustment, max: number, now: Date): Write[] {
  return [
    ...raiseBalances([{ id: giftCardId, amount: entry.amount }]),
    refuseWhen('gift_card_too_full', sql`(SELECT balance FROM ${giftCards} WHERE id = ${giftCardId}) > ${max}`),
    ...insertRows(giftCardEntries, [
      { ...entry, giftCardId, kind: 'adjusted', reference: id, orderId: null, at: now.getTime() },
    ]),
  ]
}

/**
 * Takes from cards what an order spends of them, in the commit that places it. Committing breaks `gift_card_balance`
 * when somebody else has spent it meanwhile, and `gift_card_unusable` when a card was disabled or has expired.
 */
export function claimGiftCards(
  orderId: string,
  parts: readonly GiftCardPart[],
  { actor, now }: { actor: string; now: Date },
): Write[] {
  if (parts.length === 0) return []
  const at = now.getTime()
  return [
    q.run(sql`UPDATE ${giftCards} SET balance = balance - (j.value ->> '$.amount')
      FROM json_each(${JSON.stringify(parts)}) AS j
      WHERE ${giftCards.id} = j.value ->> '$.id' AND status = 'active' AND coalesce(expires_at > ${at}, 1)`),
    refuseWhen('gift_card_unusable', sql`changes() <> ${parts.length}`),
    ...insertRows(
      giftCardEntries,
      parts.map(({ id, amount }) => ({
        ...{ giftCardId: id, kind: 'claimed' as const, reference: orderId, amount: -amount },
        ...{ orderId, reason: null, actor, at },
      })),
    ),
  ]
}

/** Gives back what an order that is given up has claimed; to cards that are disabled or over too. Once: the ledger's key
 *  refuses a second time (`gift_card_entries.gift_card_id`). */
export function releaseGiftCards(
  orderId: string,
  parts: readonly GiftCardPart[],
  { actor, now }: { actor: string; now: Date },
): Write[] {
  if (parts.length === 0) return []
  return [
    ...raiseBalances(parts),
    ...insertRows(
      giftCardEntries,
      parts.map(({ id, amount }) => ({
        ...{ giftCardId: id, kind: 'released' as const, reference: orderId, amount },
        ...{ orderId, reason: null, actor, at: now.getTime() },
      })),
    ),
  ]
}

export interface GiftCardRefund {
  giftCardId: string
  orderId: string
  /** What makes the refund once: the ledger's key refuses a second entry of it. */
  refundId: string
  /** Minor units. */
  amount: number
  actor: string
}

/**
 * Puts money of an order back on the card it came from, in the commit that refunds it. A card that is disabled or over
 * takes it too: money owed is owed, and staff can issue another card for it. Committing breaks `refund_exceeds_captured`
 * when the card would have more of this order than the order took from it.
 */
export function refundToGiftCard({ giftCardId, orderId, refundId, amount, actor }: GiftCardRefund, now: Date): Write[] {
  return [
    ...raiseBalances([{ id: giftCardId, amount }]),
    ...insertRows(giftCardEntries, [
      {
        ...{ giftCardId, kind: 'refunded', reference: refundId, amount },
        ...{ orderId, reason: null, actor, at: now.getTime() },
      },
    ]),
    refuseWhen(
      'refund_exceeds_captured',
      sql`(SELECT sum(amount) FROM ${giftCardEntries} WHERE gift_card_id = ${giftCardId} AND order_id = ${orderId}) > 0`,
    ),
  ]
}

function raiseBalances(parts: readonly { id: string; amount: number }[]): Write[] {
  return [
    q.run(sql`UPDATE ${giftCards} SET balance = balance + (j.value ->> '$.amount')
      FROM json_each(${JSON.stringify(parts)}) AS j WHERE ${giftCards.id} = j.value ->> '$.id'`),
  ]
}
