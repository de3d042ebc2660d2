import type { ItemFilter } from '../../src/domain/item-filter.ts'
import type { Promotion, PromotionEffect } from '../../src/domain/promotion.ts'
import type { QuoteInput, QuoteLine } from '../../src/domain/quote-input.ts'
import type { ShippingRate } from '../../src/domain/shipping.ts'
import type { TaxZone } from '../../src/domain/tax.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const ROUNDING = { mode: 'half_up', level: 'line' } as const
const EUR = (amount: number) => ({ EUR: amount })

/** The goods of one of ten collections, or of one of five tags. */
const collection = (index: number): ItemFilter => ({ collection_ids: [`col_${index % 10}`] })
const tagged = (index: number): ItemFilter => ({ tags: [`tag_${index % 5}`], exclude: { reduced: true } })

/** Every effect there is, on goods that change with `index`. */
const EFFECTS: readonly ((index: number) => PromotionEffect)[] = [
  (index) => ({ type: 'percent', target: 'items', items: collection(index), rate_ppm: 50_000 }),
  () => ({ type: 'percent', target: 'order', rate_ppm: 20_000, max_amounts: EUR(2000) }),
  (index) => ({ type: 'fixed_amount', target: 'items', items: tagged(index), per: 'unit', amounts: EUR(25) }),
  () => ({ type: 'fixed_amount', target: 'order', per: 'order', amounts: EUR(300) }),
  (index) => ({ type: 'fixed_price', items: collection(index), amounts: EUR(1500) }),
  (index) => ({
    type: 'buy_get',
    buy: { quantity: 2, items: collection(index) },
    get: { quantity: 1, items: tagged(index), rate_ppm: 500_000 },
  }),
  (index) => ({
    type: 'bundle',
    components: [
      { quantity: 2, items: collection(index) },
      { quantity: 1, items: tagged(index) },
    ],
    amounts: EUR(3500),
  }),
  (index) => ({
    type: 'tiered',
    target: 'items',
    items: tagged(index),
    tiers: [
      { from_quantity: 3, rate_ppm: 30_000 },
      { from_quantity: 10, rate_ppm: 60_000 },
    ],
  }),
  (index) => ({ type: 'gift', variant_ids: [`var_${index}`], quantity: 1 }),
  () => ({ type: 'shipping', rate_ppm: 300_000 }),
]

/** One in ten excludes its lane, and two the whole cart; one in five has a minimum. */
const promotions: readonly Promotion[] = Array.from({ length: 50 }, (_, index) => ({
  id: `promo_${String(index).padStart(2, '0')}`,
  title: `Promotion ${index}`,
  effect: (EFFECTS[index % EFFECTS.length] ?? EFFECTS[0])?.(index) ?? { type: 'shipping', rate_ppm: 0 },
  conditions: index % 5 === 0 ? { minimum_subtotal: EUR(2000), items: collection(index) } : {},
  priority: index % 7,
  exclusive: index % 25 === 24 ? 'cart' : index % 10 === 3 ? 'lane' : 'none',
  choice: 'best_deal',
  startsAt: null,
  endsAt: null,
  usageLimit: null,
  customerLimit: null,
  used: 0,
  budgets: {},
}))

export const PROMOTIONS = promotions.length

const tax: TaxZone = {
  id: 'zone_de',
  name: 'Germany',
  areas: [{ country: 'DE', region: null, postalPattern: null }],
  included: true,
  shipping: { rule: 'like_goods' },
  rounding: ROUNDING,
  reverseCharge: true,
  rates: [
    { category: 'standard', name: 'MwSt. 19 %', ratePpm: 190_000, compound: false },
    { category: 'reduced', name: 'MwSt. 7 %', ratePpm: 70_000, compound: false },
  ],
}

const rates: readonly ShippingRate[] = [490, 990, 1990].map((amount, index) => ({
  id: `rate_${index}`,
  name: `Rate ${index}`,
  description: '',
  kind: 'weight',
  steps: [0, 1000, 5000, 20_000].map((from) => ({ currency: 'EUR', from, amount: amount + from / 50 })),
  freeOver: EUR(1_000_000 * (index + 1)),
  rule: { without_items: { tags: ['bulky'] } },
  service: null,
  pickup: null,
}))

function lineOf(index: number): QuoteLine {
  return {
    id: `line_${String(index).padStart(3, '0')}`,
    quantity: 1 + (index % 4),
    unitAmount: 499 + ((index * 733) % 4000),
    priceListId: null,
    taxCategory: index % 3 === 0 ? 'reduced' : 'standard',
    requiresShipping: true,
    weightGrams: 150,
    productId: `prod_${index}`,
    variantId: `var_${index}`,
    collectionIds: [`col_${index % 10}`, `col_${(index + 3) % 10}`],
    tags: [`tag_${index % 5}`, 'new'],
    reduced: index % 8 === 0,
  }
}

/** A cart of so many lines, for which all promotions are active. */
export function cartOf(lines: number): QuoteInput {
  return {
    currency: 'EUR',
    lines: Array.from({ length: lines }, (_, index) => lineOf(index)),
    promotions: promotions.map((promotion) => ({ promotion, code: null, codeUses: null })),
    limitsClaimed: false,
    refusals: {},
    buyer: { marketId: 'market_eu', country: 'DE', groupIds: [] },
    shipping: { rates, chosenId: 'rate_0', carrierAmounts: new Map() },
    tax,
    taxExempt: false,
    providedTaxes: null,
    rounding: ROUNDING,
    giftCards: [],
    now: NOW,
  }
}
