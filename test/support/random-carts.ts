import fc from 'fast-check'
import type { ItemFilter } from '../../src/domain/item-filter.ts'
import type { Promotion, PromotionCandidate, PromotionEffect, Scope, Tier } from '../../src/domain/promotion.ts'
import type { ProvidedTaxes, QuoteInput, QuoteLine } from '../../src/domain/quote-input.ts'
import type { ShippingRate } from '../../src/domain/shipping.ts'
import type { TaxRate, TaxZone } from '../../src/domain/tax.ts'
import { NOW, shippingRate } from './quoting.ts'

const AT = NOW.getTime()
const CATEGORIES = ['standard', 'reduced', 'zero', 'exempt', 'books']

/** Amounts where rounding hurts: next to nothing, equal ones, and now and then the largest. */
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 5, 10) },
  { weight: 4, arbitrary: fc.constantFrom(99, 100, 333, 999, 1000) },
  { weight: 2, arbitrary: fc.nat({ max: 20 }) },
  { weight: 1, arbitrary: fc.nat({ max: 2_000_000_000 }) },
)
const quantity = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom(9998, 9999) },
)
const few = fc.integer({ min: 1, max: 3 })
const ratePpm = fc.constantFrom(0, 1, 499, 100_000, 333_333, 500_000, 666_667, 999_999, 1_000_000)
const amounts = fc.oneof(
  { weight: 15, arbitrary: fc.record({ USD: amount, JPY: amount }) },
  { weight: 1, arbitrary: fc.record({ EUR: amount }) },
)

const products = fc.subarray(['prod_1', 'prod_2'], { minLength: 1 })
const variants = fc.subarray(['var_1', 'var_2', 'var_3'], { minLength: 1 })
const collections = fc.subarray(['col_1', 'col_2', 'col_3'], { minLength: 1 })
const tags = fc.subarray(['tea', 'mug'], { minLength: 1 })

const line: fc.Arbitrary<QuoteLine> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 3 }),
  quantity,
  unitAmount: amount,
  priceListId: fc.constant(null),
  taxCategory: fc.constantFrom(...CATEGORIES, null),
  requiresShipping: fc.boolean(),
  weightGrams: fc.constantFrom(0, 1, 500),
  productId: fc.constantFrom('prod_1', 'prod_2'),
  variantId: fc.constantFrom('var_1', 'var_2', 'var_3'),
  collectionIds: fc.subarray(['col_1', 'col_2', 'col_3']),
  tags: fc.subarray(['tea', 'mug']),
  reduced: fc.boolean(),
})

/** One more line than any cart has; its id is its own. */
export const furtherLine = line.map((each) => ({ ...each, id: `more ${each.id}` }))

const items: fc.Arbitrary<ItemFilter> = fc.oneof(
  fc.constant({}),
  fc.record({ collection_ids: collections }),
  fc.record({ tags }),
  fc.record({ product_ids: products }),
  fc.record({ variant_ids: variants }),
  fc.record({ tags, collection_ids: collections, exclude: fc.record({ variant_ids: variants }) }),
  fc.record({ exclude: fc.record({ reduced: fc.boolean(), tags }) }),
)
const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant({ target: 'order' as const }),
  fc.record({ target: fc.constant('items' as const), items }),
)

const tiers: fc.Arbitrary<Tier[]> = fc.oneof(
  fc.array(fc.record({ from_quantity: fc.integer({ min: 0, max: 4 }), rate_ppm: ratePpm }), {
    minLength: 1,
    maxLength: 3,
  }),
  fc.array(fc.record({ from_quantity: few, amounts }), { minLength: 1, maxLength: 3 }),
  fc.array(fc.record({ from_subtotal: amounts, rate_ppm: ratePpm }), { minLength: 1, maxLength: 3 }),
  fc.array(fc.record({ from_subtotal: amounts, amounts }), { minLength: 1, maxLength: 3 }),
)

const maxSets = fc.option(few, { nil: undefined }).map((max_sets) => (max_sets === undefined ? {} : { max_sets }))
const effect: fc.Arbitrary<PromotionEffect> = fc.oneof(
  fc.tuple(scope, ratePpm).map(([of, rate_ppm]) => ({ ...of, type: 'percent' as const, rate_ppm })),
  fc.tuple(scope, ratePpm, amounts).map(([of, rate_ppm, max_amounts]) => ({
    ...{ ...of, type: 'percent' as const, rate_ppm, max_amounts },
  })),
  fc
    .tuple(scope, amounts, fc.constantFrom('order' as const, 'line' as const, 'unit' as const))
    .map(([of, off, per]) => ({
      ...{ ...of, type: 'fixed_amount' as const, amounts: off, per },
    })),
  fc.record({ type: fc.constant('fixed_price' as const), amounts, items }),
  fc
    .tuple(fc.record({ quantity: few, items }), fc.record({ quantity: few, items, rate_ppm: ratePpm }), maxSets)
    .map(([buy, get, most]) => ({ type: 'buy_get' as const, buy, get, ...most })),
  fc
    .tuple(fc.array(fc.record({ quantity: few, items }), { minLength: 1, maxLength: 3 }), amounts, maxSets)
    .map(([components, price, most]) => ({ type: 'bundle' as const, components, amounts: price, ...most })),
  fc.tuple(scope, tiers).map(([of, steps]) => ({ ...of, type: 'tiered' as const, tiers: steps })),
  fc.record({ type: fc.constant('gift' as const), variant_ids: variants, quantity: few }),
  fc.record({ type: fc.constant('shipping' as const), rate_ppm: ratePpm }),
  fc.record({ type: fc.constant('shipping' as const), amounts, rate_ids: fc.subarray(['rate_1', 'rate_2']) }),
  fc.record({ type: fc.constant('shipping' as const), rate_ppm: ratePpm, max_amounts: amounts }),
)

const conditions: fc.Arbitrary<Promotion['conditions']> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ minimum_subtotal: amounts, items }) },
  { weight: 1, arbitrary: fc.record({ minimum_quantity: fc.nat({ max: 6 }), items }) },
  { weight: 1, arbitrary: fc.record({ customer_group_ids: fc.subarray(['group_1', 'group_2']) }) },
  { weight: 1, arbitrary: fc.record({ market_ids: fc.subarray(['market_us', 'market_eu']) }) },
  { weight: 1, arbitrary: fc.record({ currencies: fc.subarray(['USD', 'JPY']) }) },
  { weight: 1, arbitrary: fc.record({ countries: fc.subarray(['US', 'DE']), first_order: fc.boolean() }) },
)

const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 1 })
const promotion: fc.Arbitrary<Promotion> = fc.record({
  id: fc.constantFrom(...'abcdefgh'.split('').map((letter) => `promo_${letter}`)),
  title: fc.constant('Sale'),
  effect,
  conditions,
  priority: fc.constantFrom(0, 0, 1, 2),
  exclusive: fc.constantFrom(...Array.from({ length: 8 }, () => 'none' as const), 'lane', 'cart'),
  choice: fc.constantFrom('best_deal', 'best_deal', 'priority'),
  startsAt: fc.constantFrom(...Array.from({ length: 20 }, () => null), AT, AT + 1),
  endsAt: fc.constantFrom(...Array.from({ length: 20 }, () => null), AT, AT + 1),
  usageLimit: fc.constantFrom(...Array.from({ length: 10 }, () => null), 2),
  customerLimit: fc.constant(null),
  used: fc.nat({ max: 2 }),
  budgets: fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.record({ USD: fc.record({ amount, spent: fc.nat({ max: 3 }) }) }) },
  ),
})

/** One promotion may be there by two codes, of which one may be used up. */
const candidates: fc.Arbitrary<PromotionCandidate[]> = fc
  .uniqueArray(
    fc.tuple(
      promotion,
      fc.constantFrom([null], [null], ['ONE'], ['ONE', 'TWO']),
      fc.constantFrom(null, null, { limit: 1, used: 0 }, { limit: 1, used: 1 }),
    ),
    { selector: ([{ id }]) => id, maxLength: 6, size: 'max' },
  )
  .map((wanted) =>
    wanted.flatMap(([each, codes, codeUses]) =>
      codes.map((code) => ({
        promotion: each,
        code: code && `${each.id} ${code}`,
        codeUses: code === 'ONE' ? codeUses : null,
      })),
    ),
  )

const steps = fc.array(
  fc.record({ currency: fc.constantFrom('USD', 'JPY'), from: fc.constantFrom(0, 1, 3, 1000), amount }),
  {
    maxLength: 4,
  },
)
const shippingRates: fc.Arbitrary<ShippingRate[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        'flat' as const,
        'weight' as const,
        'price' as const,
        'quantity' as const,
        'carrier' as const,
      ),
      steps: fc.oneof(fc.constant([{ currency: 'USD', from: 0, amount: 490 }]), steps),
      freeOver: fc.oneof(fc.constant({}), amounts),
      rule: fc.oneof(
        { weight: 5, arbitrary: fc.constant({}) },
        { weight: 1, arbitrary: fc.record({ minimum_subtotal: amounts }) },
        { weight: 1, arbitrary: fc.record({ maximum_subtotal: amounts, maximum_grams: fc.constantFrom(1, 5000) }) },
        { weight: 1, arbitrary: fc.record({ only_items: items, without_items: items }) },
      ),
    }),
    { maxLength: 3 },
  )
  .map((rates) => rates.map((rate, index) => shippingRate(`rate_${index + 1}`, 0, rate)))

const taxRates: fc.Arbitrary<TaxRate[]> = fc.array(
  fc.record({
    category: fc.constantFrom('standard', 'standard', 'reduced', 'zero'),
    name: fc.constantFrom('VAT', 'GST'),
    ratePpm: fc.constantFrom(0, 1, 50_000, 70_000, 99_750, 190_000, 200_000, 333_333, 1_000_000),
    compound: fc.boolean(),
  }),
  { maxLength: 4 },
)
const taxZone: fc.Arbitrary<TaxZone> = fc.record({
  id: fc.constant('zone_tax'),
  name: fc.constant('Here'),
  areas: fc.constant([]),
  included: fc.boolean(),
  shipping: fc.oneof(
    fc.constant({ rule: 'untaxed' as const }),
    fc.constant({ rule: 'like_goods' as const }),
    fc.record({ rule: fc.constant('category' as const), category: fc.constantFrom(...CATEGORIES) }),
  ),
  rounding: fc.record({
    mode: fc.constantFrom('half_up' as const, 'half_even' as const),
    level: fc.constantFrom('line' as const, 'unit' as const),
  }),
  reverseCharge: fc.boolean(),
  rates: taxRates,
})

/** What a provider says of the lines: anything of its own, for those that it knows. */
function providedFor(lines: readonly QuoteLine[], taxes: readonly number[]): ProvidedTaxes {
  const told = (value: number) => [
    { zone_id: null, category: 'standard', name: 'Told', rate_ppm: 1, compound: false, base: 0, amount: value },
  ]
  return {
    lines: new Map(lines.slice(1).map(({ id }, index) => [id, told(taxes[index] ?? 0)])),
    shipping: told(taxes[0] ?? 0),
  }
}

/** Carts that go wherever quotes may go wrong. */
export const randomCart: fc.Arbitrary<QuoteInput> = fc
  .record({
    currency: fc.constantFrom('USD', 'USD', 'USD', 'JPY'),
    lines: fc.uniqueArray(line, { selector: ({ id }) => id, maxLength: 6, size: 'max' }),
    promotions: candidates,
    limitsClaimed: fc.constantFrom(false, false, false, true),
    refusals: fc.constantFrom<QuoteInput['refusals']>(
      {},
      {},
      {},
      { promo_a: 'customer_limit' as const },
      { 'code:promo_b ONE': 'usage_limit' as const },
    ),
    buyer: fc.record({
      marketId: fc.constantFrom('market_us', null),
      country: fc.constantFrom('US', 'DE'),
      groupIds: fc.subarray(['group_1', 'group_2']),
    }),
    rates: shippingRates,
    chosenId: fc.constantFrom('rate_1', 'rate_1', 'rate_2', 'rate_9', null),
    carrierAmount: seldom(amount),
    tax: fc.option(taxZone),
    taxExempt: fc.constantFrom(false, false, true),
    provided: seldom(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 })),
    giftCards: fc.uniqueArray(fc.record({ id: fc.string({ maxLength: 2 }), balance: amount }), {
      selector: ({ id }) => id,
      maxLength: 2,
    }),
    now: fc.constant(NOW),
  })
  .map(({ rates, chosenId, carrierAmount, provided, ...cart }) => ({
    ...cart,
    shipping: {
      rates,
      chosenId,
      carrierAmounts: new Map<string, number>(carrierAmount === null ? [] : [['rate_1', carrierAmount]]),
    },
    providedTaxes: provided && providedFor(cart.lines, provided),
    rounding: cart.tax?.rounding ?? { mode: 'half_up', level: 'line' },
  }))
