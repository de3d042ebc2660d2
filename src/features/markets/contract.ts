import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CountryCode, CurrencyCode, isDistinct, LocaleCode, timestamp } from '../../platform/http/shapes.ts'
import type { Market } from './queries.ts'

/** `currency`, `country` and `locale` of every storefront read; who leaves them out gets the default market's. */
export const localeQuery = () => ({
  currency: CurrencyCode()
    .meta({ description: 'One that some market has; else that of the country’s market', example: 'EUR' })
    .optional(),
  country: CountryCode()
    .meta({ description: 'Picks the market, and with it tax and shipping; else the default market', example: 'DE' })
    .optional(),
  locale: LocaleCode()
    .meta({ description: 'One that some market speaks; else the first of the country’s market', example: 'de-DE' })
    .optional(),
})

export const LocaleQuery = shape(() => z.strictObject(localeQuery()))

const marketView = () => ({
  id: z.string(),
  name: z.string(),
  currency: z.string(),
  countries: z.array(z.string()),
  locales: z.array(z.string()),
  tax_included: z.boolean().meta({ description: 'Whether prices are shown with tax in them' }),
  default: z.boolean().meta({ description: 'The market of a request that names no country' }),
})

export const MarketView = shape(() => z.object(marketView()).meta({ id: 'Market' }))

export const AdminMarketView = shape(() =>
  z
    .object({
      ...marketView(),
      position: z.int(),
      own_prices: z
        .enum(['off', 'preparing', 'on'])
        .meta({ description: 'While they are prepared, everybody’s prices hold in this market' }),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .omit({ default: true })
    .meta({ id: 'AdminMarket' }),
)

const marketFields = () => ({
  name: z.string().trim().min(1).max(100),
  currency: CurrencyCode(),
  countries: z.array(CountryCode()).max(250).refine(isDistinct, 'must name each country once'),
  locales: z.array(LocaleCode()).min(1).max(50).refine(isDistinct, 'must name each locale once'),
  tax_included: z.boolean(),
  position: z.int().min(0).max(1_000_000).meta({ description: 'The lowest one is the default market' }),
  own_prices: z.boolean().meta({
    description: 'Whether variants may have prices for this market alone; its lists are derived before they show',
  }),
})

export const CreateMarket = shape(() => {
  const fields = marketFields()
  return z
    .strictObject({
      ...fields,
      tax_included: fields.tax_included.default(false),
      position: fields.position.default(1000),
      own_prices: fields.own_prices.default(false),
    })
    .meta({ id: 'CreateMarket' })
})

export const UpdateMarket = shape(() => z.strictObject(marketFields()).partial().meta({ id: 'UpdateMarket' }))

export const MarketParams = shape(() => z.object({ market: idSchema('market') }))

export function toMarketView(market: Market, index: number) {
  const { id, name, currency, countries, locales, taxIncluded } = market
  return { id, name, currency, countries, locales, tax_included: taxIncluded, default: index === 0 }
}

const OWN_PRICES = ['off', 'preparing', 'on'] as const

export function toAdminMarketView(market: Market) {
  const { id, name, currency, countries, locales, taxIncluded, position, ownPrices, version } = market
  return {
    ...{ id, name, currency, countries, locales, position, version },
    tax_included: taxIncluded,
    own_prices: OWN_PRICES[ownPrices],
    created_at: timestamp(market.createdAt),
    updated_at: timestamp(market.updatedAt),
  }
}
