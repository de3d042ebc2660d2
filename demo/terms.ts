import type { Mint } from '../src/domain/id.ts'
import { DEFAULT_ROUNDING } from '../src/domain/rounding.ts'
import { insertCustomField } from '../src/features/custom-fields/queries.ts'
import { insertLocation } from '../src/features/inventory/location-queries.ts'
import { insertMarket } from '../src/features/markets/queries.ts'
import { insertPromotion } from '../src/features/promotions/queries.ts'
import { insertPickup } from '../src/features/shipping/pickup-queries.ts'
import { insertZone } from '../src/features/shipping/queries.ts'
import { insertTaxZone } from '../src/features/tax/queries.ts'
import type { Write } from '../src/platform/db/client.ts'
import type { Goods } from './goods.ts'
import { listDemoPromotions } from './promotions.ts'
import { MARKETS, PRODUCT_FIELDS } from './shop.ts'
import type { DemoLocations } from './stock.ts'
import { PICKUP, TAXES, ZONES } from './zones.ts'

/** Markets, shipping, taxes, the warehouses, the promotions and the custom fields: all of the shop but goods and prices. */
export function listTerms(goods: Goods, locations: DemoLocations, mint: Mint, now: Date): Write[] {
  const at = now.getTime()
  const stored = { version: 1, createdAt: at, updatedAt: at }
  return [
    ...locations.all.map(insertLocation),
    ...MARKETS.flatMap((market, position) =>
      insertMarket({ id: mint('market'), ...market, position, ownPrices: 0, ...stored }),
    ),
    ...listShipping(mint, stored),
    ...listTaxes(mint, stored),
    ...listDemoPromotions(goods).flatMap(({ codes, ...promotion }) =>
      insertPromotion(
        {
          ...{ id: mint('promotion'), ...promotion, status: 'active', exclusive: 'none', choice: 'best_deal' },
          ...{ method: codes.length > 0 ? 'code' : 'automatic', startsAt: null, endsAt: null, usageLimit: null },
          ...{ used: 0, ...stored },
        },
        codes,
      ),
    ),
    ...PRODUCT_FIELDS.map((field) =>
      insertCustomField({ id: mint('customField'), subject: 'product', ...field, options: {}, ...stored }),
    ),
  ]
}

interface Stored {
  version: number
  createdAt: number
  updatedAt: number
}

function listShipping(mint: Mint, stored: Stored): Write[] {
  const pickupId = mint('pickup')
  return [
    insertPickup({ id: pickupId, ...PICKUP, line2: null, region: null, ...stored }),
    ...ZONES.flatMap(({ name, areas, rates }, position) =>
      insertZone({
        ...{ id: mint('zone'), name, position, ...stored },
        areas: areas.flatMap(({ country, regions = [null] }) =>
          regions.map((region) => ({ country, region, postalPattern: null })),
        ),
        rates: rates.map(({ steps, freeOver = {}, rule = {}, pickup = false, ...rate }) => ({
          ...{ id: mint('rate'), ...rate, freeOver, rule, service: null, pickupLocationId: pickup ? pickupId : null },
          steps: steps.flatMap(([from, prices]) =>
            Object.entries(prices).map(([currency, amount]) => ({ currency, from, amount })),
          ),
        })),
      }),
    ),
  ]
}

function listTaxes(mint: Mint, stored: Stored): Write[] {
  return TAXES.flatMap(({ country, region = null, rates, ...tax }, position) =>
    insertTaxZone({
      ...{ id: mint('tax'), name: region === null ? country : `${country}-${region}`, position, ...stored },
      ...tax,
      areas: [{ country, region, postalPattern: null }],
      rounding: DEFAULT_ROUNDING,
      rates: Object.entries(rates).map(([category, [name, ratePpm]]) => ({ category, name, ratePpm, compound: false })),
    }),
  )
}
