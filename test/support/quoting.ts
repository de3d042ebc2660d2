import type { Promotion, PromotionCandidate, PromotionEffect } from '../../src/domain/promotion.ts'
import { quote } from '../../src/domain/quote.ts'
import type { QuoteInput, QuoteLine } from '../../src/domain/quote-input.ts'
import type { Quote } from '../../src/domain/quoted.ts'
import { DEFAULT_ROUNDING, type RoundingPolicy } from '../../src/domain/rounding.ts'
import type { ShippingRate } from '../../src/domain/shipping.ts'
import type { TaxRate, TaxZone } from '../../src/domain/tax.ts'

export const NOW = new Date('2026-03-01T12:00:00Z')

/** A cart of the US in dollars, with nothing but its lines. */
export function cart(lines: readonly QuoteLine[], changes: Partial<QuoteInput> = {}): QuoteInput {
  return {
    currency: 'USD',
    lines,
    promotions: [],
    limitsClaimed: false,
    refusals: {},
    buyer: { marketId: 'market_us', country: 'US', groupIds: [] },
    shipping: NO_SHIPPING,
    tax: null,
    taxExempt: false,
    providedTaxes: null,
    rounding: changes.tax?.rounding ?? DEFAULT_ROUNDING,
    giftCards: [],
    now: NOW,
    ...changes,
  }
}

const NO_SHIPPING: QuoteInput['shipping'] = { rates: [], chosenId: null, carrierAmounts: new Map() }

/** `quantity` pieces of the variant `var_<id>`, taxed as standard, to be shipped, 100 g each. */
export function line(id: string, unitAmount: number, quantity = 1, changes: Partial<QuoteLine> = {}): QuoteLine {
  return {
    id,
    unitAmount,
    quantity,
    priceListId: null,
    taxCategory: 'standard',
    requiresShipping: true,
    weightGrams: 100,
    productId: `prod_${id}`,
    variantId: `var_${id}`,
    collectionIds: [],
    tags: [],
    reduced: false,
    ...changes,
  }
}

export function promotion(id: string, effect: PromotionEffect, changes: Partial<Promotion> = {}): Promotion {
  return {
    id,
    title: id,
    effect,
    conditions: {},
    priority: 0,
    exclusive: 'none',
    choice: 'best_deal',
    startsAt: null,
    endsAt: null,
    usageLimit: null,
    customerLimit: null,
    used: 0,
    budgets: {},
    ...changes,
  }
}

export function percent(rate_ppm: number): PromotionEffect {
  return { type: 'percent', target: 'order', rate_ppm }
}

/** Automatic promotions as candidates. */
export function automatic(...promotions: readonly Promotion[]): PromotionCandidate[] {
  return promotions.map((each) => ({ promotion: each, code: null, codeUses: null }))
}

export function rate(ratePpm: number, changes: Partial<TaxRate> = {}): TaxRate {
  return { category: 'standard', name: 'VAT', ratePpm, compound: false, ...changes }
}

/** Prices contain these taxes, or they come on top. Shipping is untaxed unless `changes` says otherwise. */
export function zone(included: boolean, rates: readonly TaxRate[], changes: Partial<TaxZone> = {}): TaxZone {
  return {
    id: 'zone_tax',
    name: 'Here',
    areas: [{ country: 'US', region: null, postalPattern: null }],
    included,
    shipping: { rule: 'untaxed' },
    rounding: DEFAULT_ROUNDING,
    reverseCharge: false,
    rates,
    ...changes,
  }
}

export function rounding(mode: RoundingPolicy['mode'], level: RoundingPolicy['level'] = 'line'): RoundingPolicy {
  return { mode, level }
}

/** A flat rate of `amount` in each of the usual currencies. */
export function shippingRate(id: string, amount: number, changes: Partial<ShippingRate> = {}): ShippingRate {
  return {
    id,
    name: id,
    description: '',
    kind: 'flat',
    steps: ['USD', 'EUR', 'JPY', 'KWD'].map((currency) => ({ currency, from: 0, amount })),
    freeOver: {},
    rule: {},
    service: null,
    pickup: null,
    ...changes,
  }
}

/** The first of `rates` is chosen. */
export function shipBy(...rates: readonly ShippingRate[]): QuoteInput['shipping'] {
  return { rates, chosenId: rates[0]?.id ?? null, carrierAmounts: new Map() }
}

/** What each line gives, by its id. */
export function discountsOf({ lines }: Quote): Record<string, number> {
  return Object.fromEntries(lines.map(({ id, discount }) => [id, discount]))
}

/** What each promotion gives, by its id, in the order in which they are worked out. */
export function appliedOf({ applied }: Quote): [string, number][] {
  return applied.map(({ promotionId, amount }) => [promotionId, amount])
}

/** Why each promotion does not apply, by its id. */
export function reasonsOf({ refused }: Quote): Record<string, string> {
  return Object.fromEntries(refused.map(({ promotionId, reason }) => [promotionId, reason]))
}

/** The quote of `lines` with automatic promotions, in the order of their list. */
export function quoteWith(
  lines: readonly QuoteLine[],
  promotions: readonly Promotion[],
  changes: Partial<QuoteInput> = {},
): Quote {
  return quote(cart(lines, { promotions: automatic(...promotions), ...changes }))
}
