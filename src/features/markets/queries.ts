import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen, updateVersion } from '../../platform/db/rows.ts'
import { marketCountries, markets } from '../../platform/db/schema/markets.ts'
import { priceListPrices, priceLists, prices } from '../../platform/db/schema/prices.ts'
import { jsonRows } from '../../platform/db/statement.ts'

type MarketRow = typeof markets.$inferSelect

/** A market with its countries, in the staff's order. */
export interface Market extends MarketRow {
  countries: string[]
}

/** All markets, the default one first. */
export function listMarkets(): Query<Market[]> {
  return selectMarkets().orderBy(asc(markets.position), asc(markets.id))
}

export function findMarket(id: string): Query<Market[]> {
  return selectMarkets().where(eq(markets.id, id))
}

function selectMarkets() {
  return q
    .select({
      id: markets.id,
      name: markets.name,
      currency: markets.currency,
      locales: markets.locales,
      taxIncluded: markets.taxIncluded,
      position: markets.position,
      ownPrices: markets.ownPrices,
      version: markets.version,
      createdAt: markets.createdAt,
      updatedAt: markets.updatedAt,
      countries: sql<string[]>`(SELECT json_group_array(country) FROM
          (SELECT country FROM ${marketCountries} WHERE market_id = markets.id ORDER BY position))`
        .mapWith((text: string) => JSON.parse(text) as string[])
        .as('countries'),
    })
    .from(markets)
}

const marketRows = jsonRows(markets)
const countryRows = jsonRows(marketCountries)

/** All that `listMarkets` reads as one JSON array, to be a column of another statement. */
export const marketsJson = sql`json_array(${marketRows.json(sql`ORDER BY position, id`)},
  ${countryRows.json(sql`ORDER BY market_id, position`)})`

/** What `marketsJson` answers. */
export function parseMarkets(text: string): Market[] {
  const [rows = [], places = []] = JSON.parse(text) as unknown[][][]
  const placesOf = Map.groupBy(countryRows.toRows(places), ({ marketId }) => marketId)
  return marketRows.toRows(rows).map((market) => ({
    ...market,
    countries: (placesOf.get(market.id) ?? []).map(({ country }) => country),
  }))
}

/** All markets, the default one first, under the one key `all`. */
export const marketsFamily: Family<Market[]> = {
  name: 'markets',
  ...USUAL_TIMES,
  queries: () => [listMarkets()],
  collect: ([rows]) => new Map([['all', rows as Market[]]]),
}

/** What a request says about whom it is for; what it leaves out comes from its market. */
export interface MarketWish {
  currency?: string | undefined
  country?: string | undefined
  locale?: string | undefined
}

/**
 * The body of a CTE with one row `(currency, market_id, locale)`: `chooseMarket` in SQL, so that a list is priced in the
 * trip that also reads the markets. market_id is that of a market with prices of its own in this currency, else ''.
 * Nothing is validated here: an unknown currency finds no price.
 */
export function buyerRow({ currency, country, locale }: MarketWish): SQL {
  const first = sql`(SELECT id FROM ${markets} ORDER BY position, id LIMIT 1)`
  const own = country === undefined ? first : sql`(SELECT market_id FROM ${marketCountries} WHERE country = ${country})`
  return sql`SELECT coalesce(${currency ?? null}, f.currency) AS currency,
      coalesce((SELECT m.id FROM ${markets} AS m WHERE m.id = ${own} AND m.own_prices = 2
        AND m.currency = coalesce(${currency ?? null}, f.currency)), '') AS market_id,
      coalesce(${locale ?? null}, f.locales ->> 0) AS locale
    FROM ${markets} AS f WHERE f.id = coalesce(${own}, ${first})`
}

/** Commits break `market_countries.country` when another market has one of the countries. */
export function insertMarket({ countries, ...row }: Market): Write[] {
  return [...insertRows(markets, [row]), ...insertRows(marketCountries, toCountryRows(row.id, countries))]
}

/**
 * Changes a market from what it was at `version`. Breaks `version_mismatch`, and `market_countries.country` when another
 * market has one of the countries.
 * @param ownPrices null leaves the switch as it stands in the database: the cron may have opened it meanwhile.
 */
export function updateMarket(
  { countries, ownPrices: _, ...row }: Market,
  version: number,
  ownPrices: Market['ownPrices'] | null,
): Write[] {
  return [
    ...updateVersion(markets, { id: row.id, version }, { ...row, ...(ownPrices === null ? {} : { ownPrices }) }),
    q.delete(marketCountries).where(eq(marketCountries.marketId, row.id)),
    ...insertRows(marketCountries, toCountryRows(row.id, countries)),
  ]
}

/** Refuses `market_has_prices` where a product or a price list has a price for this market alone. */
export function refusePricesOf(marketId: string): Write {
  return refuseWhen(
    'market_has_prices',
    sql`EXISTS (SELECT 1 FROM ${prices} WHERE market_id = ${marketId} AND market_id <> '')
      OR EXISTS (SELECT 1 FROM ${priceLists} AS l JOIN ${priceListPrices} AS o ON o.price_list_id = l.id
        WHERE l.market_id = ${marketId})`,
  )
}

/** Which of `countries` are in another market than `marketId`. */
export function listTakenCountries(marketId: string, countries: readonly string[]): Query<{ country: string }[]> {
  return q
    .select({ country: marketCountries.country })
    .from(marketCountries)
    .where(sql`${marketCountries.country} IN ${listOf(countries)} AND ${marketCountries.marketId} <> ${marketId}`)
}

/** A page of markets in their order. @param after position and id of the last one shown. */
export function pageOfMarkets(after: readonly [position: number, id: string] | null, limit: number): Query<Market[]> {
  return selectMarkets()
    .where(after ? sql`(${markets.position}, ${markets.id}) > (${after[0]}, ${after[1]})` : undefined)
    .orderBy(asc(markets.position), asc(markets.id))
    .limit(limit)
}

function toCountryRows(marketId: string, countries: readonly string[]) {
  return countries.map((country, position) => ({ country, marketId, position }))
}

/** Markets that wait for their lists to be derived, and have them: nothing is left to derive where `done` holds. */
export function listPreparedMarkets(done: SQL): Query<{ id: string }[]> {
  return q.select({ id: markets.id }).from(markets).where(sql`${markets.ownPrices} = 1 AND ${done}`)
}

/** Lets those markets sell at their own prices. */
export function openOwnPrices(done: SQL): Write {
  return q.update(markets).set({ ownPrices: 2 }).where(sql`${markets.ownPrices} = 1 AND ${done}`)
}
