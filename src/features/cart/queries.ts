import { and, asc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { MAX_LINES, MAX_QUANTITY } from '../../domain/cart.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { cartLines, carts } from '../../platform/db/schema/cart.ts'
import { groupsJson } from '../customers/queries.ts'

/** A cart, and the groups that its owner has proved to be in by the session. */
export type CartRow = typeof carts.$inferSelect & { groupIds: string[] }
export type CartLineRow = typeof cartLines.$inferSelect

/** The cart, if it is `ownerId`'s: somebody else's is not there at all. */
export function findCart(id: string, ownerId: string): Query<CartRow[]> {
  return selectCarts().where(and(eq(carts.id, id), eq(carts.ownerId, ownerId)))
}

/** The cart whoever owns it: for replays of an anonymous request, and for recover. */
export function findAnyCart(id: string): Query<CartRow[]> {
  return selectCarts().where(eq(carts.id, id))
}

function selectCarts() {
  const groupIds = groupsJson(sql`carts.owner_id`).mapWith((text: string) => JSON.parse(text) as string[])
  return q.select({ ...getTableColumns(carts), groupIds: groupIds.as('group_ids') }).from(carts)
}

/** Lines in the order they were added. */
export function listLines(cartId: string): Query<CartLineRow[]> {
  return q
    .select()
    .from(cartLines)
    .where(eq(cartLines.cartId, cartId))
    .orderBy(asc(cartLines.createdAt), asc(cartLines.id))
}

/** The variants a cart holds, for IN: complete reads by it, and a cold cache takes them along. */
export function variantsIn(cartId: string): SQL {
  return sql`(SELECT variant_id FROM ${cartLines} WHERE cart_id = ${cartId})`
}

/** The discount codes of a cart, for IN. */
export function codesIn(cartId: string): SQL {
  return sql`(SELECT c.value FROM ${carts}, json_each(${carts}.discount_codes) AS c WHERE ${carts}.id = ${cartId})`
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
    | 'note'
    | 'metadata'
  >
>

/**
 * Begins every change of a cart: raises its version, or refuses the whole batch with the reason. Codes: `cart_not_found`
 * (also somebody else's), `cart_closed` (completed, merged or expired), `cart_ordered` (a pending order stands on it),
 * `version_mismatch` (of If-Match).
 */
export function changeCart(
  id: string,
  ownerId: string,
  changes: CartChanges & { expiresAt: number },
  { version, now }: { version: number | null; now: Date },
): Write[] {
  const own = sql`${carts} WHERE id = ${id} AND owner_id = ${ownerId}`
  const open = sql`status = 'open' AND expires_at > ${now.getTime()}`
  return [
    refuseWhen('cart_not_found', sql`NOT EXISTS (SELECT 1 FROM ${own})`),
    refuseWhen('cart_closed', sql`NOT EXISTS (SELECT 1 FROM ${own} AND ${open})`),
    refuseWhen('cart_ordered', sql`EXISTS (SELECT 1 FROM ${own} AND order_id IS NOT NULL)`),
    ...(version === null
      ? []
      : [refuseWhen('version_mismatch', sql`NOT EXISTS (SELECT 1 FROM ${own} AND version = ${version})`)]),
    q
      .update(carts)
      .set({ ...changes, version: sql`${carts.version} + 1`, updatedAt: now.getTime() })
      .where(eq(carts.id, id)),
  ]
}

/** A line to add. Prices by currency, because the cart's currency is only known inside the batch. */
export interface AddedLine {
  id: string
  variantId: string
  attributesKey: string
  attributes: Readonly<Record<string, string>>
  quantity: number
  prices: Readonly<Record<string, number>>
  /** Null without limit. */
  available: number | null
}

/**
 * Adds lines; a variant with the same attributes adds to its line. Parallel adds lose nothing, because the sum is made
 * by the database. Refusals: `too_many_lines`, `no_price` (in the cart's currency), `stock_uncertain` (more than the
 * shopper was last told there is: look again before deciding).
 */
export function addLines(cartId: string, lines: readonly AddedLine[], now: Date): Write[] {
  const keys = sql`(SELECT value ->> '$.variantId', value ->> '$.attributesKey' FROM json_each(${JSON.stringify(lines)}))`
  const touched = sql`${cartLines} WHERE cart_id = ${cartId} AND (variant_id, attributes_key) IN ${keys}`
  return [
    q.run(sql`INSERT INTO ${cartLines} (cart_id, variant_id, attributes_key, id, quantity, attributes,
        seen_unit_amount, seen_currency, seen_available, created_at)
      SELECT c.id, j.value ->> '$.variantId', j.value ->> '$.attributesKey', j.value ->> '$.id', j.value ->> '$.quantity',
        j.value -> '$.attributes', j.value -> '$.prices' ->> c.currency, c.currency, j.value ->> '$.available', ${now.getTime()}
      FROM ${carts} AS c, json_each(${JSON.stringify(lines)}) AS j WHERE c.id = ${cartId}
      ON CONFLICT (cart_id, variant_id, attributes_key) DO UPDATE SET
        quantity = min(quantity + excluded.quantity, ${MAX_QUANTITY}), seen_unit_amount = excluded.seen_unit_amount,
        seen_currency = excluded.seen_currency, seen_available = excluded.seen_available`),
    refuseWhen('too_many_lines', sql`(SELECT count(*) FROM ${cartLines} WHERE cart_id = ${cartId}) > ${MAX_LINES}`),
    refuseWhen('no_price', sql`EXISTS (SELECT 1 FROM ${touched} AND seen_unit_amount IS NULL)`),
    refuseWhen('stock_uncertain', sql`EXISTS (SELECT 1 FROM ${touched} AND quantity > seen_available)`),
  ]
}

/** Sets quantities by line id; 0 removes. Refusals: `line_not_found`, `stock_uncertain`. */
export function setQuantities(cartId: string, lines: readonly { id: string; quantity: number }[]): Write[] {
  const ids = listOf(lines.map(({ id }) => id))
  const kept = lines.filter(({ quantity }) => quantity > 0)
  const gone = lines.filter(({ quantity }) => quantity === 0)
  return [
    refuseWhen(
      'line_not_found',
      sql`(SELECT count(*) FROM ${cartLines} WHERE cart_id = ${cartId} AND id IN ${ids}) <> ${lines.length}`,
    ),
    ...(kept.length > 0
      ? [
          q.run(sql`UPDATE ${cartLines} SET quantity = j.value ->> '$.quantity' FROM json_each(${JSON.stringify(kept)}) AS j
            WHERE ${cartLines.cartId} = ${cartId} AND ${cartLines.id} = j.value ->> '$.id'`),
          refuseWhen(
            'stock_uncertain',
            sql`EXISTS (SELECT 1 FROM ${cartLines} WHERE cart_id = ${cartId} AND id IN ${ids} AND quantity > seen_available)`,
          ),
        ]
      : []),
    ...(gone.length > 0 ? [removeLines(cartId, listOf(gone.map(({ id }) => id)))] : []),
  ]
}

function removeLines(cartId: string, ids: SQL): Write {
  return q.delete(cartLines).where(and(eq(cartLines.cartId, cartId), inArray(cartLines.id, ids)))
}

/** What the shopper has now been told of these lines: what the next look compares with. */
export function noteSeen(
  cartId: string,
  lines: readonly { id: string; unitAmount: number; currency: string; available: number | null }[],
): Write[] {
  if (lines.length === 0) return []
  return [
    q.run(sql`UPDATE ${cartLines} SET seen_unit_amount = j.value ->> '$.unitAmount', seen_currency = j.value ->> '$.currency',
        seen_available = j.value ->> '$.available'
      FROM json_each(${JSON.stringify(lines)}) AS j
      WHERE ${cartLines.cartId} = ${cartId} AND ${cartLines.id} = j.value ->> '$.id'`),
  ]
}

/**
 * Refuses a shipping option that is not offered where the cart goes and in its currency: `option_not_offered`.
 * @param countries where the option ships to. @param currencies those it has a price in.
 */
export function refuseOptionElsewhere(
  cartId: string,
  option: { countries: readonly string[]; currencies: readonly string[] },
): Write {
  return refuseWhen(
    'option_not_offered',
    sql`NOT EXISTS (SELECT 1 FROM ${carts} WHERE id = ${cartId} AND currency IN ${listOf(option.currencies)}
      AND coalesce(shipping_address ->> '$.country', country) IN ${listOf(option.countries)})`,
  )
}

/** Ties the cart to its order, in commit 1, with what the order was refused. Refuses with `cart_conflict` unless it is as it was read. */
export function orderCart(
  cart: Pick<CartRow, 'id' | 'version' | 'orderId' | 'refusals'>,
  orderId: string,
  now: Date,
): Write[] {
  return [
    q
      .update(carts)
      .set({ orderId, refusals: cart.refusals, updatedAt: now.getTime() })
      .where(
        and(
          eq(carts.id, cart.id),
          eq(carts.version, cart.version),
          eq(carts.status, 'open'),
          sql`${carts.orderId} IS ${cart.orderId}`,
        ),
      ),
    refuseWhen('cart_conflict', sql`changes() <> 1`),
  ]
}

/** The cart has become an order and is over. */
export function completeCart(cartId: string, orderId: string, now: Date): Write {
  return q.update(carts).set({ status: 'completed', orderId, updatedAt: now.getTime() }).where(eq(carts.id, cartId))
}

/** The order was given up: the cart may be edited and ordered again. */
export function releaseCart(cartId: string, orderId: string, now: Date): Write {
  return q
    .update(carts)
    .set({ orderId: null, refusals: {}, updatedAt: now.getTime() })
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
