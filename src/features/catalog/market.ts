import { invalid } from '../../platform/http/problem.ts'
import type { PriceContext } from './contract.ts'
import type { Market } from './queries.ts'

export interface MarketChoice extends PriceContext {
  country: string
  locale: string
}

/**
 * Which market, currency and locale a request means. Any enabled currency is valid in any country; the country picks
 * tax and shipping. What is left out comes from the country's market, else from the default one (the first).
 * @param prefix where the wishes stood, for the pointer: '/query' or ''.
 * @throws {Problem} invalid_request naming what is allowed.
 */
export function chooseMarket(
  markets: readonly Market[],
  wish: { currency?: string | undefined; country?: string | undefined; locale?: string | undefined },
  prefix: string,
): MarketChoice {
  const [fallback] = markets
  if (!fallback) throw new Error('the shop has no market')
  const { country, currency, locale } = wish
  const own = country === undefined ? fallback : markets.find(({ countries }) => countries.includes(country))
  const market = own ?? fallback
  const currencies = [...new Set(markets.map((candidate) => candidate.currency))]
  if (currency !== undefined && !currencies.includes(currency)) {
    throw invalid(`${prefix}/currency`, `must be one of ${currencies.join(', ')}`)
  }
  const locales = [...new Set(markets.flatMap((candidate) => candidate.locales))]
  if (locale !== undefined && !locales.includes(locale)) {
    throw invalid(`${prefix}/locale`, `must be one of ${locales.join(', ')}`)
  }
  return {
    currency: currency ?? market.currency,
    marketId: own?.id ?? null,
    country: country ?? market.countries[0] ?? 'US',
    locale: locale ?? market.locales[0] ?? 'en',
  }
}
