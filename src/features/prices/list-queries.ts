import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { products, variants } from '../../platform/db/schema/catalog.ts'
import { customerGroups } from '../../platform/db/schema/customers.ts'
import { markets } from '../../platform/db/schema/markets.ts'
import { priceHistory, priceListPrices, priceLists } from '../../platform/db/schema/prices.ts'
import { markStale } from '../listings/queries.ts'
import { relist } from '../listings/relist.ts'

export type PriceListRow = typeof priceLists.$inferSelect
export type PriceListPriceRow = typeof priceListPrices.$inferSelect
export type ListPrice = Omit<PriceListPriceRow, 'priceListId' | 'since'>
/** Which price of a list: it has one a variant, currency and quantity. */
export type ListPriceKey = Omit<ListPrice, 'amount'>

export function insertPriceList(row: PriceListRow): Write[] {
  return [...refuseUnknownPlace(row), q.insert(priceLists).values(row)]
}

/**
 * Changes a list from what it was. Breaks `version_mismatch`, and the guards of an insert where it is for others than before:
 * a list of a market that has turned its own prices off can still be ended.
 * @param asksOtherwise whether it may ask something else of somebody from now on, by its status, period, market or group:
 * then what it has asked until now is written down, and what it asks from now on begins now.
 */
export function updatePriceList(row: PriceListRow, before: PriceListRow, asksOtherwise: boolean, now: Date): Write[] {
  const { version } = before
  const update = updateVersion(priceLists, { id: row.id, version }, row)
  if (!asksOtherwise) return update
  const at = now.getTime()
  const asksNow = row.status === 'active' && row.customerGroupId === null && row.startsAt < at
  const isMoved = row.marketId !== before.marketId || row.customerGroupId !== before.customerGroupId
  return [
    ...(isMoved ? refuseUnknownPlace(row) : []),
    rememberOffers(row.id, sql`true`, now),
    ...update,
    ...(asksNow ? [q.update(priceListPrices).set({ since: at }).where(eq(priceListPrices.priceListId, row.id))] : []),
    refuseForeignCurrency(row.id, sql`SELECT currency FROM ${priceListPrices} WHERE price_list_id = ${row.id}`),
  ]
}

/** Refuses `unknown_group`, and `unknown_market`: a list is of a market that has prices of its own. */
function refuseUnknownPlace({ marketId, customerGroupId }: PriceListRow): Write[] {
  const market = sql`NOT EXISTS (SELECT 1 FROM ${markets} WHERE id = ${marketId} AND own_prices > 0)`
  const group = sql`NOT EXISTS (SELECT 1 FROM ${customerGroups} WHERE id = ${customerGroupId})`
  return [
    ...(marketId === '' ? [] : [refuseWhen('unknown_market', market)]),
    ...(customerGroupId === null ? [] : [refuseWhen('unknown_group', group)]),
  ]
}

/** Refuses `foreign_currency` where the list is of a market and `currencies` has another than the market's. */
function refuseForeignCurrency(priceListId: string, currencies: SQL): Write {
  return refuseWhen(
    'foreign_currency',
    sql`EXISTS (SELECT 1 FROM ${priceLists} AS l JOIN ${markets} AS m ON m.id = l.market_id
      WHERE l.id = ${priceListId} AND EXISTS (SELECT 1 FROM (${currencies}) AS c WHERE c.currency <> m.currency))`,
  )
}

/**
 * Changes prices of a list from what it was at `version`: those of `remove` go, those of `set` come or take another amount.
 * An amount that stays keeps the time it began. Breaks `version_mismatch` and `foreign_currency`.
 */
export function changeListPrices(
  { id, version }: Pick<PriceListRow, 'id' | 'version'>,
  { set, remove }: { set: readonly ListPrice[]; remove: readonly ListPriceKey[] },
  now: Date,
): Write[] {
  const at = now.getTime()
  const wanted = JSON.stringify(set.map((row) => [row.variantId, row.currency, row.minQuantity, row.amount]))
  const gone = JSON.stringify(remove.map((row) => [row.variantId, row.currency, row.minQuantity]))
  const key = sql`(o.variant_id, o.currency, o.min_quantity)`
  const isGone = sql`${key} IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${gone}))`
  const isOther = sql`${key} IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${wanted}))
    AND (o.variant_id, o.currency, o.min_quantity, o.amount) NOT IN
      (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(${wanted}))`
  return [
    ...updateVersion(priceLists, { id, version }, { updatedAt: at }),
    refuseForeignCurrency(id, sql`SELECT value ->> 1 AS currency FROM json_each(${wanted})`),
    rememberOffers(id, sql`(${isGone} OR ${isOther})`, now),
    q.run(sql`DELETE FROM ${priceListPrices} AS o WHERE o.price_list_id = ${id} AND ${isGone}`),
    q.run(sql`INSERT INTO ${priceListPrices} (variant_id, price_list_id, currency, min_quantity, amount, since)
      SELECT value ->> 0, ${id}, value ->> 1, value ->> 2, value ->> 3, ${at} FROM json_each(${wanted}) WHERE true
      ON CONFLICT (variant_id, price_list_id, currency, min_quantity) DO UPDATE
        SET amount = excluded.amount, since = excluded.since WHERE amount <> excluded.amount`),
  ]
}

/**
 * Writes down what a list has asked everybody until now, or until it ended: of entries that change, and of products that
 * were ever published. Comes before the change.
 */
function rememberOffers(priceListId: string, which: SQL, now: Date): Write {
  const from = sql`max(o.since, l.starts_at)`
  const until = sql`min(l.ends_at, ${now.getTime()})`
  return q.run(sql`INSERT INTO ${priceHistory} (variant_id, until_at, currency, market_id, price_list_id, from_at, amount)
    SELECT o.variant_id, ${until}, o.currency, l.market_id, l.id, ${from}, o.amount
    FROM ${priceListPrices} AS o JOIN ${priceLists} AS l ON l.id = o.price_list_id
    JOIN ${variants} AS v ON v.id = o.variant_id JOIN ${products} AS p ON p.id = v.product_id
    WHERE o.price_list_id = ${priceListId} AND l.status = 'active' AND l.customer_group_id IS NULL AND o.min_quantity = 1
      AND p.published_at IS NOT NULL AND ${from} < ${until} AND ${which} ON CONFLICT DO NOTHING`)
}

export function findPriceList(id: string): Query<PriceListRow[]> {
  return q.select().from(priceLists).where(eq(priceLists.id, id))
}

/** The currency of the market that a list is of; none where it is of every market. */
export function findListCurrency(id: string): Query<{ currency: string }[]> {
  return q
    .select({ currency: markets.currency })
    .from(priceLists)
    .innerJoin(markets, eq(markets.id, priceLists.marketId))
    .where(eq(priceLists.id, id))
}

/** Price lists, the newest first. @param before the last id shown. */
export function listPriceLists(before: string | null, limit: number): Query<PriceListRow[]> {
  return q
    .select()
    .from(priceLists)
    .where(before === null ? undefined : lt(priceLists.id, before))
    .orderBy(desc(priceLists.id))
    .limit(limit)
}

/** A page of a list's prices in order of variant, currency and quantity. @param after the last one shown. */
export function listPricesOf(
  priceListId: string,
  after: readonly [variantId: string, currency: string, minQuantity: number] | null,
  limit: number,
): Query<(PriceListPriceRow & { sku: string | null })[]> {
  const position = after
    ? sql`(${priceListPrices.variantId}, ${priceListPrices.currency}, ${priceListPrices.minQuantity}) > (${after[0]}, ${after[1]}, ${after[2]})`
    : undefined
  return q
    .select({
      variantId: priceListPrices.variantId,
      priceListId: priceListPrices.priceListId,
      currency: priceListPrices.currency,
      minQuantity: priceListPrices.minQuantity,
      amount: priceListPrices.amount,
      since: priceListPrices.since,
      sku: variants.sku,
    })
    .from(priceListPrices)
    .innerJoin(variants, eq(variants.id, priceListPrices.variantId))
    .where(and(eq(priceListPrices.priceListId, priceListId), position))
    .orderBy(priceListPrices.variantId, priceListPrices.currency, priceListPrices.minQuantity)
    .limit(limit)
}

export interface VariantRef {
  id: string
  sku: string | null
  productId: string
}

/** Which variants the wishes of a price list mean, by id or SKU, and which product each belongs to; none that is archived. */
export function listVariantRefs(ids: readonly string[], skus: readonly string[]): Query<VariantRef[]> {
  return q
    .select({ id: variants.id, sku: variants.sku, productId: variants.productId })
    .from(variants)
    .where(
      sql`${variants.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)})
        UNION ALL SELECT id FROM ${variants} WHERE sku IN ${listOf(skus)} AND archived = 0) AND +${variants.archived} = 0`,
    )
}

/** The products that a list has prices for: those whose listings follow its changes. */
function productsOfList(priceListId: string): SQL {
  return sql`SELECT DISTINCT v.product_id FROM ${priceListPrices} AS o JOIN ${variants} AS v ON v.id = o.variant_id
    WHERE o.price_list_id = ${priceListId}`
}

/** Derives the listings of a list's products, however many they are: for those that fit a batch. */
export function relistList(priceListId: string, now: Date): Write[] {
  return relist(sql`(${productsOfList(priceListId)})`, now)
}

/** Leaves them to be derived soon. */
export function markStaleList(priceListId: string): Write {
  return markStale(productsOfList(priceListId))
}

/** How many products a list has prices for, counted up to `limit`. */
export function countProductsOfList(priceListId: string, limit: number): Query<{ count: number }[]> {
  return q.all<{ count: number }>(sql`SELECT count(*) AS count FROM (${productsOfList(priceListId)} LIMIT ${limit})`)
}
