import type { Mint } from '../src/domain/id.ts'
import { insertCustomField } from '../src/features/custom-fields/queries.ts'
import { insertLocation } from '../src/features/inventory/queries.ts'
import { insertMarket } from '../src/features/markets/queries.ts'
import { insertPromotion } from '../src/features/promotions/queries.ts'
import { insertZone } from '../src/features/shipping/queries.ts'
import { insertTaxZone } from '../src/features/tax/queries.ts'
import type { Write } from '../src/platform/db/client.ts'
import { LOCATION, MARKETS, PRODUCT_FIELDS, PROMOTIONS, TAXES, ZONES } from './shop.ts'

/** Markets, shipping, taxes, the warehouse, the promotions and the custom fields: all of shop.ts but the prices. */
export function listTerms(mint: Mint, now: Date): Write[] {
  const at = now.getTime()
  return [
    insertLocation({ id: mint('location'), ...LOCATION }),
    ...MARKETS.flatMap((market, position) =>
      insertMarket({ id: mint('market'), ...market, position, ownPrices: 0, version: 1, createdAt: at, updatedAt: at }),
    ),
    ...ZONES.flatMap(({ rate, ...zone }) =>
      insertZone({ id: mint('zone'), ...zone, rates: [{ id: mint('rate'), ...rate }] }),
    ),
    ...TAXES.flatMap(({ country, name, ratePpm, included, onShipping }) =>
      insertTaxZone({
        id: mint('tax'),
        country,
        name: country,
        included,
        shippingCategory: onShipping ? 'standard' : null,
        rates: [{ category: 'standard', name, ratePpm }],
      }),
    ),
    ...PROMOTIONS.flatMap(({ title, codes, ratePpm, minimumSubtotal, customerLimit, priority }) =>
      insertPromotion(
        {
          id: mint('promotion'),
          title,
          status: 'active',
          method: codes.length > 0 ? 'code' : 'automatic',
          priority,
          effect: { type: 'percent', target: 'order', rate_ppm: ratePpm },
          conditions: { minimum_subtotal: minimumSubtotal },
          startsAt: null,
          endsAt: null,
          usageLimit: null,
          customerLimit,
          used: 0,
          version: 1,
          createdAt: at,
          updatedAt: at,
        },
        codes,
      ),
    ),
    ...PRODUCT_FIELDS.map((field) =>
      insertCustomField({
        ...{ id: mint('customField'), subject: 'product', ...field, options: {} },
        ...{ version: 1, createdAt: at, updatedAt: at },
      }),
    ),
  ]
}
