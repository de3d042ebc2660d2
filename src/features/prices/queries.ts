import { type SQL, sql } from 'drizzle-orm'
import { PRIOR_PRICE_DAYS, type Pricing } from '../../domain/price.ts'
import { q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products, variants } from '../../platform/db/schema/catalog.ts'
import { priceHistory, priceListPrices, priceLists, prices } from '../../platform/db/schema/prices.ts'
import { type Fragment, fragment } from '../../platform/db/statement.ts'

// How far what was asked is read back from the oldest reduction that holds now: the days of the directive, and as many
// again and more for a sale that was edited while it ran.
const REACH_MS = 3 * PRIOR_PRICE_DAYS * 24 * 3600 * 1000

/**
 * Everything that decides what a variant costs, as one JSON object of the form `Pricing`: regular prices, offers of lists
 * that are active, or ended not long ago, and what was asked before.
 * @param variantId the outer query's column. CROSS JOIN starts at the variant, whatever SQLite knows of the sizes of the tables.
 */
export function pricingJson(variantId: SQL, now: Date): Fragment<string> {
  const back = readBackTo(variantId, now)
  return fragment<string>`json_object(
    'prices', (SELECT json_group_array(json_object('currency', x.currency, 'marketId', x.market_id,
        'minQuantity', x.min_quantity, 'amount', x.amount, 'compareAtAmount', x.compare_at_amount, 'since', x.since))
      FROM ${prices} AS x WHERE x.variant_id = ${variantId}),
    'offers', (SELECT json_group_array(json_object('priceListId', l.id, 'currency', o.currency, 'marketId', l.market_id,
        'customerGroupId', l.customer_group_id, 'minQuantity', o.min_quantity, 'amount', o.amount,
        'startsAt', l.starts_at, 'endsAt', l.ends_at, 'since', o.since))
      FROM ${priceListPrices} AS o CROSS JOIN ${priceLists} AS l ON l.id = o.price_list_id
      WHERE o.variant_id = ${variantId} AND l.status = 'active' AND l.ends_at > ${back}),
    'history', (SELECT json_group_array(json_object('currency', h.currency, 'marketId', h.market_id,
        'priceListId', nullif(h.price_list_id, ''), 'amount', h.amount, 'fromAt', h.from_at, 'untilAt', h.until_at))
      FROM ${priceHistory} AS h WHERE h.variant_id = ${variantId} AND h.until_at > ${back}))`
}

/** The moment from which on it matters what a variant was asked at: a sale may be a year old and still be one. */
function readBackTo(variantId: SQL, now: Date): Fragment {
  const at = now.getTime()
  return fragment`(SELECT min(began) FROM (SELECT ${at} AS began
      UNION ALL SELECT since FROM ${prices} WHERE variant_id = ${variantId} AND compare_at_amount > amount
      UNION ALL SELECT max(o.since, l.starts_at) FROM ${priceListPrices} AS o CROSS JOIN ${priceLists} AS l ON l.id = o.price_list_id
        WHERE o.variant_id = ${variantId} AND o.min_quantity = 1 AND l.status = 'active' AND l.customer_group_id IS NULL
          AND l.starts_at <= ${at} AND l.ends_at > ${at})) - ${REACH_MS}`
}

export function parsePricing(text: string): Pricing {
  return JSON.parse(text) as Pricing
}

/** A variant's regular prices as they should be. */
export interface PriceSet {
  variantId: string
  prices: readonly {
    currency: string
    marketId: string
    minQuantity: number
    amount: number
    compareAtAmount: number | null
  }[]
}

/**
 * Writes down what regular prices that `setPrices` is about to change or take away were asked at until now. It goes before
 * every other change of their products, because it looks at whether a product was ever published: what a draft says nobody
 * was asked, and what was asked once is not forgotten by publishing anew.
 */
export function rememberPrices(sets: readonly PriceSet[], now: Date): Write[] {
  if (sets.length === 0) return []
  const at = now.getTime()
  return [
    q.run(sql`INSERT INTO ${priceHistory} (variant_id, until_at, currency, market_id, price_list_id, from_at, amount)
      SELECT x.variant_id, ${at}, x.currency, x.market_id, '', x.since, x.amount
      FROM ${prices} AS x CROSS JOIN ${variants} AS v ON v.id = x.variant_id CROSS JOIN ${products} AS p ON p.id = v.product_id
      WHERE x.variant_id IN ${idsOf(sets)} AND x.min_quantity = 1 AND x.since < ${at} AND p.published_at IS NOT NULL
        AND (x.variant_id, x.currency, x.market_id, x.min_quantity, ${said('x.')}) NOT IN
          (SELECT ${KEY}, ${said('')} FROM (${wantedPrices(sets)})) ON CONFLICT DO NOTHING`),
  ]
}

/**
 * Replaces the regular prices of variants. One that stays keeps the time it began; one that becomes a reduction by what is
 * written beside it begins anew, whatever its amount.
 */
export function setPrices(sets: readonly PriceSet[], now: Date): Write[] {
  if (sets.length === 0) return []
  const wanted = wantedPrices(sets)
  return [
    q.run(
      sql`DELETE FROM ${prices} WHERE variant_id IN ${idsOf(sets)} AND (${KEY}) NOT IN (SELECT ${KEY} FROM (${wanted}))`,
    ),
    q.run(sql`INSERT INTO ${prices} (${KEY}, amount, compare_at_amount, since)
      SELECT ${KEY}, amount, compare_at_amount, ${now.getTime()} FROM (${wanted}) WHERE true
      ON CONFLICT (${KEY}) DO UPDATE SET amount = excluded.amount, compare_at_amount = excluded.compare_at_amount,
        since = CASE WHEN (${said('prices.')}) = (${said('excluded.')}) THEN prices.since ELSE excluded.since END
      WHERE (prices.amount, prices.compare_at_amount) IS NOT (excluded.amount, excluded.compare_at_amount)`),
  ]
}

const KEY = sql`variant_id, currency, market_id, min_quantity`

/** What a price tells a shopper: its amount, and whether that is a reduction by itself. */
function said(row: '' | 'x.' | 'prices.' | 'excluded.'): SQL {
  return sql.raw(`${row}amount, coalesce(${row}compare_at_amount > ${row}amount, 0)`)
}

function idsOf(sets: readonly PriceSet[]): SQL {
  return listOf(sets.map(({ variantId }) => variantId))
}

function wantedPrices(sets: readonly PriceSet[]): SQL {
  const rows = sets.flatMap(({ variantId, prices: list }) => list.map((price) => ({ variantId, ...price })))
  return sql`SELECT value ->> '$.variantId' AS variant_id, value ->> '$.currency' AS currency,
    value ->> '$.marketId' AS market_id, value ->> '$.minQuantity' AS min_quantity, value ->> '$.amount' AS amount,
    value ->> '$.compareAtAmount' AS compare_at_amount FROM json_each(${JSON.stringify(rows)})`
}
