import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { MAX_ATTRIBUTE_BYTES, MAX_LINES } from '../../domain/cart.ts'
import { q, type Write } from '../../platform/db/client.ts'
import { listOf, refuseWhen, upsertRows } from '../../platform/db/rows.ts'
import { cartLines, carts } from '../../platform/db/schema/cart.ts'
import { statement } from '../../platform/db/statement.ts'
import type { CartLineRow } from './queries.ts'

/** Makes or changes lines as they are, without a look at stock: a merge loses none. */
export function putMergedLines(rows: readonly CartLineRow[]): Write[] {
  return upsertRows(cartLines, rows, [cartLines.cartId, cartLines.variantId, cartLines.attributesKey])
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
  minQuantity: number
  maxQuantity: number | null
  quantityStep: number
}

/**
 * Adds lines; a variant with the same attributes adds to its line. Parallel adds lose nothing, because the sum is made
 * by the database. Refusals: `too_many_lines`, `attributes_too_large`, `no_price` (in the cart's currency), and where to look again before
 * deciding: `stock_uncertain` (more than there was when the variant was last looked at), `quantity_uncertain` (against
 * the rule it had then), `cart_line_quantity` (more than any line may hold).
 */
export function addLines(cartId: string, lines: readonly AddedLine[], now: Date): Write[] {
  const json = JSON.stringify(lines)
  return [
    statement`INSERT INTO ${cartLines} (cart_id, variant_id, attributes_key, id, quantity, attributes,
        seen_unit_amount, seen_currency, seen_available, min_quantity, max_quantity, quantity_step, created_at)
      SELECT c.id, j.value ->> '$.variantId', j.value ->> '$.attributesKey', j.value ->> '$.id', j.value ->> '$.quantity',
        j.value -> '$.attributes', j.value -> '$.prices' ->> c.currency, c.currency, j.value ->> '$.available',
        j.value ->> '$.minQuantity', j.value ->> '$.maxQuantity', j.value ->> '$.quantityStep', ${now.getTime()}
      FROM ${carts} AS c, json_each(${json}) AS j WHERE c.id = ${cartId}
      ON CONFLICT (cart_id, variant_id, attributes_key) DO UPDATE SET
        quantity = quantity + excluded.quantity, seen_unit_amount = excluded.seen_unit_amount,
        seen_currency = excluded.seen_currency, seen_available = excluded.seen_available,
        min_quantity = excluded.min_quantity, max_quantity = excluded.max_quantity,
        quantity_step = excluded.quantity_step`,
    statement`INSERT INTO guard SELECT iif(lines > ${MAX_LINES}, 'too_many_lines', 'attributes_too_large')
      FROM (SELECT count(*) AS lines, sum(length(CAST(attributes_key AS BLOB))) AS bytes FROM ${cartLines}
        WHERE cart_id = ${cartId})
      WHERE lines > ${MAX_LINES} OR bytes > ${MAX_ATTRIBUTE_BYTES}`,
    statement`${uncertain} WHERE cart_id = ${cartId}
      AND (variant_id, attributes_key) IN (SELECT value ->> '$.variantId', value ->> '$.attributesKey' FROM json_each(${json}))
      AND (seen_unit_amount IS NULL OR quantity > seen_available OR ${isNotAllowed}) ORDER BY 1 LIMIT 1`,
  ]
}

/** As the domain's `isAllowedQuantity` says, by the rule that the line remembers. */
const isNotAllowed = sql`(quantity < min_quantity OR quantity > coalesce(max_quantity, quantity) OR quantity % quantity_step <> 0)`

/** The reason of a refusal for each line it is read from; in their order a price that is missing comes first. */
const uncertain = sql`INSERT INTO guard SELECT CASE WHEN quantity > seen_available THEN 'stock_uncertain'
  WHEN ${isNotAllowed} THEN 'quantity_uncertain' ELSE 'no_price' END FROM ${cartLines}`

/** Refuses with `lines_changed` unless lines are as they were read, and none is where none was. */
export function refuseChangedLines(
  cartId: string,
  {
    known,
    absent,
  }: { known: readonly CartLineRow[]; absent: readonly Pick<CartLineRow, 'variantId' | 'attributesKey'>[] },
): Write[] {
  const wanted = (rows: readonly Partial<CartLineRow>[]) =>
    JSON.stringify(
      rows.map(({ id, variantId, attributesKey, quantity }) => ({ id, variantId, attributesKey, quantity })),
    )
  const here = sql`SELECT 1 FROM ${cartLines} WHERE cart_id = ${cartId} AND variant_id = j.value ->> '$.variantId'
    AND attributes_key = j.value ->> '$.attributesKey'`
  const same = sql`${here} AND id = j.value ->> '$.id' AND quantity = j.value ->> '$.quantity'`
  return [
    refuseWhen(
      'lines_changed',
      sql`EXISTS (SELECT 1 FROM json_each(${wanted(known)}) AS j WHERE NOT EXISTS (${same}))`,
    ),
    refuseWhen('lines_changed', sql`EXISTS (SELECT 1 FROM json_each(${wanted(absent)}) AS j WHERE EXISTS (${here}))`),
  ]
}

/** What was seen of a line's variant just now; null leaves what was seen before. */
export interface SeenStock {
  available: number | null
  minQuantity: number
  maxQuantity: number | null
  quantityStep: number
}

/** Sets what was seen of a line's variant, where anything was. */
const seenColumns = sql.join(
  [
    seenOr('seen_available', 'available'),
    seenOr('min_quantity', 'minQuantity'),
    seenOr('max_quantity', 'maxQuantity'),
    seenOr('quantity_step', 'quantityStep'),
  ],
  sql`, `,
)

/** Sets quantities by line id; 0 removes. Refusals: `line_not_found`, `stock_uncertain`, `quantity_uncertain`. */
export function setQuantities(
  cartId: string,
  lines: readonly { id: string; quantity: number; seen?: SeenStock | null }[],
): Write[] {
  const ids = JSON.stringify(lines.map(({ id }) => id))
  const kept = lines.filter(({ quantity }) => quantity > 0)
  const gone = lines.filter(({ quantity }) => quantity === 0)
  const keptIds = JSON.stringify(kept.map(({ id }) => id))
  return [
    statement`INSERT INTO guard SELECT 'line_not_found' WHERE (SELECT count(*) FROM ${cartLines}
      WHERE cart_id = ${cartId} AND id IN (SELECT value FROM json_each(${ids}))) <> ${lines.length}`,
    ...(kept.length > 0
      ? [
          statement`UPDATE ${cartLines} SET quantity = j.value ->> '$.quantity',
              ${seenColumns}
            FROM json_each(${JSON.stringify(kept)}) AS j
            WHERE ${cartLines.cartId} = ${cartId} AND ${cartLines.id} = j.value ->> '$.id'`,
          statement`${uncertain} WHERE cart_id = ${cartId} AND id IN (SELECT value FROM json_each(${keptIds}))
            AND (quantity > seen_available OR ${isNotAllowed}) ORDER BY 1 LIMIT 1`,
        ]
      : []),
    ...(gone.length > 0 ? [removeLines(cartId, listOf(gone.map(({ id }) => id)))] : []),
  ]
}

function seenOr(column: string, name: string): SQL {
  const at = sql.raw(`'$.seen.${name}'`)
  return sql`${sql.raw(column)} = CASE WHEN j.value ->> '$.seen' IS NULL THEN ${sql.raw(column)} ELSE j.value ->> ${at} END`
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
