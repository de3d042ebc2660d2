import type { Buyer } from '../../domain/price.ts'
import { invalid } from '../../platform/http/problem.ts'
import type { Market, MarketWish } from './queries.ts'

/** Whom an answer is for. */
export interface MarketChoice extends Buyer {
  country: string
  locale: string
}

/**
 * Which market, currency and locale a request means. Any enabled currency is valid in any country; the country picks
 * tax and shipping. What is left out comes from the country's market, else from the default one (the first).
 * @param prefix where the wishes stood, for the pointer: '/query' or ''.
 * @throws {Problem} invalid_request naming what is allowed.
 */
export function chooseMarket(markets: readonly Market[], wish: MarketWish, prefix: string): MarketChoice {
  const [fallback] = markets
  if (!fallback) throw new Error('the shop has no market')
  const { country, currency, locale } = wish
  const own = country === undefined ? fallback : markets.find(({ countries }) => countries.includes(country))
  const market = own ?? fallback
  const currencies = [...new Set(markets.map((candidate) => candidate.currency))]
  if (currency !== undefined && !currencies.includes(currency)) {
    throw invalid(`${prefix}/currency`, `must be one of ${currencies.join(', ')}`)
  }
  const locales = listLocales(markets)
  if (locale !== undefined && !locales.includes(locale)) {
    throw invalid(`${prefix}/locale`, `must be one of ${locales.join(', ')}`)
  }
  return {
    currency: currency ?? market.currency,
    marketId: pricingMarket(own, currency ?? market.currency),
    groupIds: [],
    country: country ?? market.countries[0] ?? 'US',
    locale: locale ?? market.locales[0] ?? 'en',
  }
}

/**
 * The market whose own prices and lists hold for a buyer: the one of its country, once its lists are derived, and in its
 * own currency alone. Null where everybody's prices hold: `buyerRow` says the same in SQL.
 */
export function pricingMarket(market: Market | undefined, currency: string): string | null {
  return market && market.ownPrices === 2 && market.currency === currency ? market.id : null
}

/** Every locale that some market speaks, the default one first. */
export function listLocales(markets: readonly Market[]): string[] {
  return [...new Set(markets.flatMap(({ locales }) => locales))]
}
