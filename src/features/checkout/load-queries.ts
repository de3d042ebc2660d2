import { sql } from 'drizzle-orm'
import type { Attempt, Limits, Subject } from '../../domain/velocity.ts'
import type { Query } from '../../platform/db/client.ts'
import { cartLines, carts } from '../../platform/db/schema/cart.ts'
import { generations, idempotencyKeys } from '../../platform/db/schema/platform.ts'
import { type Fragment, fragment, jsonRows, query } from '../../platform/db/statement.ts'
import type { IdempotencyRow } from '../../platform/http/idempotency.ts'
import type { ShopData } from '../cart/priced.ts'
import { type CartLineRow, type CartRow, cartColumns, toCartRow } from '../cart/queries.ts'
import { marketsJson, parseMarkets } from '../markets/queries.ts'
import { earlierOrders } from '../orders/queries.ts'
import type { AddressKeys } from '../payments/address-key.ts'
import { attemptsFrom, attemptsOfOthersOrders, toAttempts } from '../payments/velocity-queries.ts'
import { parseZones, zonesJson } from '../shipping/queries.ts'
import { parseTaxZones, taxZonesJson } from '../tax/queries.ts'

/** A cart with its lines, and what else is one row or none of what completing it needs. */
export interface CheckoutCart {
  cart: CartRow
  /** In the order they were added. */
  lines: CartLineRow[]
  /** The request's own key, if it has been here before. */
  key: IdempotencyRow | null
  /** The customer has an order from another cart, which was not cancelled. */
  hasOrdered: boolean
  /** Of the catalog, on this snapshot. */
  generation: number
  /** On other orders than the cart's own. */
  attempts: Record<Subject, Attempt[]>
}

const lineRows = jsonRows(cartLines)
const keyRows = jsonRows(idempotencyKeys)

/**
 * The cart, if it is `ownerId`'s. @param keyId of the request's key, '' where it has none. @param attempts `attemptColumns`.
 */
export function findCheckoutCart(
  cartId: string,
  ownerId: string,
  keyId: string,
  attempts: Fragment,
): Query<CheckoutCart[]> {
  return query(toCheckoutCart)`SELECT ${cartColumns},
      ${lineRows.json(sql`WHERE cart_id = carts.id ORDER BY created_at, id`)} AS lines,
      ${keyRows.json(fragment`WHERE id = ${keyId}`)} AS keys,
      EXISTS (${earlierOrders(sql`carts.customer_key`, sql`carts.id`)}) AS has_ordered,
      (SELECT value FROM ${generations} WHERE name = 'catalog') AS generation, ${attempts}
    FROM ${carts} WHERE id = ${cartId} AND owner_id = ${ownerId}`
}

function toCheckoutCart(row: Record<string, unknown>): CheckoutCart {
  return {
    cart: toCartRow(row),
    lines: lineRows.toRows(JSON.parse(row.lines as string)),
    key: keyRows.toRows(JSON.parse(row.keys as string))[0] ?? null,
    hasOrdered: row.has_ordered === 1,
    generation: row.generation as number,
    attempts: {
      guest: toAttempts(row.guest_attempts),
      email: toAttempts(row.email_attempts),
      address: toAttempts(row.address_attempts),
    },
  }
}

const ofGuest = sql`o.owner_id = carts.owner_id`
const ofCustomer = sql`o.customer_key = carts.customer_key`
const ownOrder = sql`carts.order_id`

/** How often it was tried to pay lately, by each whom it is counted by. @param limits null counts nothing. */
export function attemptColumns(limits: Limits | null, keys: AddressKeys | null, now: Date): Fragment {
  if (!limits) return fragment`'[]' AS guest_attempts, '[]' AS email_attempts, '[]' AS address_attempts`
  return fragment`${attemptsOfOthersOrders(ofGuest, ownOrder, now)} AS guest_attempts,
    ${attemptsOfOthersOrders(ofCustomer, ownOrder, now)} AS email_attempts,
    ${attemptsFrom(keys, now)} AS address_attempts`
}

/** Where the shop sells, ships and pays taxes: nine small tables in one statement. */
export function listSettings(): Query<Settings[]> {
  return query(toSettings)`SELECT ${marketsJson} AS markets, ${zonesJson} AS zones, ${taxZonesJson} AS tax_zones`
}

type Settings = Pick<ShopData, 'markets' | 'zones' | 'taxZones'>

// Read from the primary every time, and only parsed again where it says something else.
let parsed: { texts: readonly string[]; settings: Settings } | null = null

function toSettings(row: Record<string, unknown>): Settings {
  const texts = [row.markets, row.zones, row.tax_zones] as [string, string, string]
  if (parsed?.texts.every((text, index) => text === texts[index])) return parsed.settings
  const [markets, zones, taxZones] = texts
  const settings = { markets: parseMarkets(markets), zones: parseZones(zones), taxZones: parseTaxZones(taxZones) }
  parsed = { texts, settings }
  return settings
}
