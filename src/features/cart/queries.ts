import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type Area, EVERYWHERE, postalRange } from '../../domain/area.ts'
import { CART_LIFETIME_MS } from '../../domain/cart.ts'
import type { GiftCard } from '../../domain/gift-card.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { cartLines, carts } from '../../platform/db/schema/cart.ts'
import { type Fragment, fragment, query, statement, wholeRows } from '../../platform/db/statement.ts'
import { groupsJson } from '../customers/queries.ts'
import { giftCardsJson } from '../giftcards/queries.ts'

/** A cart, the groups that its owner has proved to be in by the session, and its gift cards as they stand now. */
export type CartRow = typeof carts.$inferSelect & { groupIds: string[]; giftCards: GiftCard[] }
export type CartLineRow = typeof cartLines.$inferSelect

const wholeCarts = wholeRows(carts)
const wholeLines = wholeRows(cartLines)
/** The columns of a cart, for a statement that reads more beside it, and what turns a row of them into one. */
export const cartColumns = sql`${wholeCarts.columns}, ${groupsJson(sql`carts.owner_id`)} AS group_ids,
  ${giftCardsJson(sql`carts.gift_card_ids`, sql`carts.order_id`)} AS gift_cards`

export function toCartRow(row: Record<string, unknown>): CartRow {
  const cart = wholeCarts.toRow(row)
  const cards = new Map((JSON.parse(row.gift_cards as string) as GiftCard[]).map((card) => [card.id, card]))
  return {
    ...cart,
    groupIds: JSON.parse(row.group_ids as string) as string[],
    giftCards: cart.giftCardIds.flatMap((id) => cards.get(id) ?? []),
  }
}

/** The cart, if it is `ownerId`'s: somebody else's is not there at all. */
export function findCart(id: string, ownerId: string): Query<CartRow[]> {
  return query(toCartRow)`SELECT ${cartColumns} FROM ${carts} WHERE id = ${id} AND owner_id = ${ownerId}`
}

/** The cart whoever owns it: for replays of an anonymous request, and for recover. */
export function findAnyCart(id: string): Query<CartRow[]> {
  return query(toCartRow)`SELECT ${cartColumns} FROM ${carts} WHERE id = ${id}`
}

/** Lines in the order they were added. */
export function listLines(cartId: string): Query<CartLineRow[]> {
  return query(wholeLines.toRow)`SELECT ${wholeLines.columns} FROM ${cartLines} WHERE cart_id = ${cartId}
    ORDER BY created_at, id`
}

/** The variants a cart holds, for IN: complete reads by it, and a cold cache takes them along. */
export function variantsIn(cartId: string): Fragment {
  return fragment`(SELECT variant_id FROM ${cartLines} WHERE cart_id = ${cartId})`
}

/** The discount codes of a cart, for IN. */
export function codesIn(cartId: string): Fragment {
  return fragment`(SELECT c.value FROM ${carts}, json_each(${carts}.discount_codes) AS c WHERE ${carts}.id = ${cartId})`
}

export function insertCart(cart: CartRow, lines: readonly CartLineRow[]): Write[] {
  return [...insertRows(carts, [cart]), ...insertRows(cartLines, lines)]
}

export type CartChanges = Partial<
  Pick<
    CartRow,
    | 'email'
    | 'customerKey'
    | 'shippingAddress'
    | 'billingAddress'
    | 'shippingOptionId'
    | 'discountCodes'
    | 'refusals'
    | 'currency'
    | 'country'
    | 'locale'
    | 'vatId'
    | 'note'
    | 'metadata'
  >
> & {
  /** The list itself, or what makes it of the cart's own: parallel changes then lose no card. */
  giftCardIds?: string[] | SQL
}

/**
 * Begins every change of a cart: raises its version, or refuses the whole batch with the reason. Codes: `cart_not_found`
 * (also somebody else's), `cart_closed` (completed, merged or expired), `version_mismatch` (of If-Match), `cart_ordered` (a
 * pending order stands on it). In this order: an edit that is late anyway must not cost the cart its order.
 */
export function changeCart(
  id: string,
  ownerId: string,
  changes: CartChanges & { expiresAt: number },
  { version, now }: { version: number | null; now: Date },
): Write[] {
  const at = now.getTime()
  const { expiresAt, ...others } = changes
  return [
    statement`INSERT INTO guard SELECT code FROM (
      SELECT CASE WHEN c.id IS NULL THEN 'cart_not_found'
        WHEN c.status <> 'open' OR c.expires_at <= ${at} THEN 'cart_closed'
        WHEN c.version <> coalesce(${version}, c.version) THEN 'version_mismatch'
        WHEN c.order_id IS NOT NULL THEN 'cart_ordered' END AS code
      FROM (SELECT 1) LEFT JOIN ${carts} AS c ON c.id = ${id} AND c.owner_id = ${ownerId}) WHERE code IS NOT NULL`,
    // The cart is one written row either way.
    Object.keys(others).length === 0
      ? statement`UPDATE ${carts} SET version = version + 1, updated_at = ${at}, expires_at = ${expiresAt} WHERE id = ${id}`
      : q
          .update(carts)
          .set({ ...changes, version: sql`${carts.version} + 1`, updatedAt: at })
          .where(eq(carts.id, id)),
  ]
}

/** A cart's gift cards with `ids` behind them, each once. */
export function withGiftCards(ids: readonly string[]): SQL {
  const own = sql`json_each(${carts.giftCardIds})`
  return sql`(SELECT json_group_array(value) FROM (SELECT value FROM ${own} UNION ALL
    SELECT value FROM json_each(${JSON.stringify(ids)}) WHERE value NOT IN (SELECT value FROM ${own})))`
}

/** A cart's gift cards without one of them. */
export function withoutGiftCard(id: string): SQL {
  return sql`(SELECT json_group_array(value) FROM json_each(${carts.giftCardIds}) WHERE value <> ${id})`
}

/** Refuses with `gift_card_missing` where the cart does not have the card, or is not there. */
export function refuseMissingGiftCard(cartId: string, id: string): Write {
  return refuseWhen(
    'gift_card_missing',
    sql`NOT EXISTS (SELECT 1 FROM ${carts}, json_each(gift_card_ids) AS i WHERE ${carts.id} = ${cartId} AND i.value = ${id})`,
  )
}

/** Refuses with `too_many_gift_cards`, after the change that adds some. */
export function refuseManyGiftCards(cartId: string, max: number): Write {
  return refuseWhen(
    'too_many_gift_cards',
    sql`(SELECT json_array_length(gift_card_ids) FROM ${carts} WHERE id = ${cartId}) > ${max}`,
  )
}

/**
 * Ends a cart whose content moves into another, as it was read. Refuses with `source_changed` when it has been changed,
 * ended or ordered since.
 */
export function mergeAway(source: Pick<CartRow, 'id' | 'ownerId' | 'version'>, into: string, now: Date): Write[] {
  return [
    q
      .update(carts)
      .set({ status: 'merged', mergedInto: into, version: source.version + 1, updatedAt: now.getTime() })
      .where(
        and(
          eq(carts.id, source.id),
          eq(carts.ownerId, source.ownerId),
          eq(carts.version, source.version),
          eq(carts.status, 'open'),
          sql`${carts.expiresAt} > ${now.getTime()}`,
          sql`${carts.orderId} IS NULL`,
        ),
      ),
    refuseWhen('source_changed', sql`changes() <> 1`),
  ]
}

// SQL has no pattern to take letters out by: a postal code of an address is looked through place by place.
const PLACES = JSON.stringify(Array.from({ length: 20 }, (_, index) => index + 1))

/**
 * Refuses a shipping option that is not offered where the cart goes and in its currency: `option_not_offered`. What the
 * rate makes of the cart's goods only pricing tells.
 * @param areas where the option ships to. @param currencies those it has a price in; null is any.
 */
export function refuseOptionElsewhere(
  cartId: string,
  option: { areas: readonly Area[]; currencies: readonly string[] | null },
): Write {
  const areas = option.areas.map(({ country, region, postalPattern }) => ({
    ...{ country, region },
    ...(postalPattern === null ? null : postalRange(postalPattern)),
  }))
  // As `isWithin` says; of a cart without an address any part of its country will do, because what it is shown is an estimate.
  return refuseWhen(
    'option_not_offered',
    sql`NOT EXISTS (SELECT 1 FROM (SELECT currency, shipping_address IS NULL AS estimated,
          coalesce(shipping_address ->> '$.country', country) AS country, upper(shipping_address ->> '$.region') AS region,
          (SELECT coalesce(group_concat(letter, ''), '') FROM (SELECT substr(upper(shipping_address ->> '$.postal_code'), value, 1)
            AS letter FROM json_each(${PLACES}) ORDER BY value) WHERE letter GLOB '[0-9A-Z]') AS code
        FROM ${carts} WHERE id = ${cartId}) AS c, json_each(${JSON.stringify(areas)}) AS a
      WHERE ${option.currencies ? sql`c.currency IN ${listOf(option.currencies)}` : sql`1`}
        AND a.value ->> '$.country' IN (c.country, ${EVERYWHERE})
        AND (c.estimated OR (coalesce(a.value ->> '$.region', c.region, '') = coalesce(c.region, '')
          AND (a.value ->> '$.from' IS NULL OR c.code BETWEEN a.value ->> '$.from' AND a.value ->> '$.to'))))`,
  )
}

/**
 * Ties the cart to its order, in commit 1, with what the order was refused. Refuses with `cart_conflict` unless it is as it
 * was read, and free: an order that stood on it was given up in the same commit.
 */
export function orderCart(cart: Pick<CartRow, 'id' | 'version' | 'refusals'>, orderId: string, now: Date): Write[] {
  return [
    statement`UPDATE ${carts} SET order_id = ${orderId}, refusals = ${JSON.stringify(cart.refusals)}, updated_at = ${now.getTime()}
      WHERE id = ${cart.id} AND version = ${cart.version} AND status = 'open' AND order_id IS NULL`,
    statement`INSERT INTO guard SELECT 'cart_conflict' WHERE changes() <> 1`,
  ]
}

/** The cart has become an order and is over. */
export function completeCart(cartId: string, orderId: string, now: Date): Write {
  return statement`UPDATE ${carts} SET status = 'completed', order_id = ${orderId}, updated_at = ${now.getTime()} WHERE id = ${cartId}`
}

/**
 * The order was given up: the cart may be edited and ordered again. Its time begins anew, so that whoever turned back
 * from paying counts as gone quiet from now on; a cart past its time stays so.
 */
export function releaseCart(cartId: string, orderId: string, now: Date): Write {
  const at = now.getTime()
  const expiresAt = sql`CASE WHEN ${carts.expiresAt} > ${at} THEN ${at + CART_LIFETIME_MS} ELSE ${carts.expiresAt} END`
  return q
    .update(carts)
    .set({ orderId: null, refusals: {}, updatedAt: at, expiresAt })
    .where(and(eq(carts.id, cartId), eq(carts.orderId, orderId), eq(carts.status, 'open')))
}

/**
 * After `cart_changed`: the cart shows nothing older than what complete has just read, and does not offer again what
 * complete has refused.
 */
export function noteCheckoutFindings(
  cartId: string,
  findings: { catalogGeneration: number; refusals: CartRow['refusals'] },
): Write {
  return q
    .update(carts)
    .set({
      catalogGeneration: sql`max(${carts.catalogGeneration}, ${findings.catalogGeneration})`,
      refusals: findings.refusals,
    })
    .where(eq(carts.id, cartId))
}
