import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Promotion, PromotionCandidate } from '../../src/domain/promotion.ts'
import { type Quote, type QuoteInput, type QuoteLine, quote } from '../../src/domain/quote.ts'

const NOW = Date.UTC(2026, 0, 15)
const RUNS = { numRuns: 2500 }

const category = fc.constantFrom('standard', 'reduced', 'untaxed', null)
const line: fc.Arbitrary<QuoteLine> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 6 }),
  quantity: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9999 })),
  unitAmount: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 100_000_000 })),
  taxCategory: category,
  requiresShipping: fc.boolean(),
})
const promotion: fc.Arbitrary<Promotion> = fc.record({
  id: fc.constantFrom('promo_a', 'promo_b', 'promo_c', 'promo_d'),
  title: fc.constant('Sale'),
  effect: fc.record({
    type: fc.constant('percent' as const),
    target: fc.constant('order' as const),
    rate_ppm: fc.oneof(fc.constantFrom(100_000, 333_333, 1_000_000), fc.integer({ min: 1, max: 1_000_000 })),
  }),
  conditions: fc.oneof(
    fc.constant({}),
    fc.record({ minimum_subtotal: fc.dictionary(fc.constantFrom('USD', 'EUR'), fc.nat({ max: 100_000 })) }),
  ),
  priority: fc.integer({ min: 0, max: 2 }),
  startsAt: fc.option(fc.integer({ min: NOW - 1000, max: NOW + 1000 })),
  endsAt: fc.option(fc.integer({ min: NOW - 1000, max: NOW + 1000 })),
  usageLimit: fc.option(fc.nat({ max: 2 })),
  customerLimit: fc.constant(null),
  used: fc.nat({ max: 2 }),
})
// One promotion may be there by two codes, and by itself.
const candidates: fc.Arbitrary<PromotionCandidate[]> = fc
  .uniqueArray(fc.tuple(promotion, fc.subarray([null, 'ONE', 'TWO'], { minLength: 1 })), {
    selector: ([{ id }]) => id,
    maxLength: 4,
  })
  .map((wanted) => wanted.flatMap(([promo, codes]) => codes.map((code) => ({ promotion: promo, code }))))
const input: fc.Arbitrary<QuoteInput> = fc.record({
  currency: fc.constantFrom('USD', 'JPY'),
  lines: fc.uniqueArray(line, { selector: ({ id }) => id, maxLength: 8 }),
  promotions: candidates,
  limitsClaimed: fc.boolean(),
  refusals: fc.dictionary(fc.constantFrom('promo_a', 'promo_b'), fc.constant('customer_limit' as const)),
  shipping: fc.option(
    fc.record({
      id: fc.constant('rate_1'),
      name: fc.constant('Post'),
      description: fc.constant(''),
      amount: fc.nat(9999),
    }),
  ),
  tax: fc.option(
    fc.record({
      id: fc.constant('tax_1'),
      country: fc.constant('DE'),
      name: fc.constant('Germany'),
      included: fc.boolean(),
      shippingCategory: category,
      rates: fc.tuple(fc.nat(300_000), fc.nat(300_000)).map(([standard, reduced]) => [
        { category: 'standard', name: 'Full', ratePpm: standard },
        { category: 'reduced', name: 'Reduced', ratePpm: reduced },
      ]),
    }),
  ),
  rounding: fc.record({ mode: fc.constantFrom('half_up' as const, 'half_even' as const), level: fc.constant('line') }),
  giftCards: fc.uniqueArray(fc.record({ id: fc.string(), balance: fc.nat({ max: 1_000_000 }) }), {
    selector: ({ id }) => id,
    maxLength: 3,
  }),
  now: fc.constant(new Date(NOW)),
})

const sum = (amounts: readonly number[]) => amounts.reduce((left, right) => left + right, 0)
const byId = (lines: Quote['lines']) => new Map(lines.map((each) => [each.id, each]))

/** Holds for every cart of `input`, several thousand of them. */
function law(name: string, holds: (cart: QuoteInput, result: Quote) => void): void {
  it(name, () =>
    fc.assert(
      fc.property(input, (cart) => holds(cart, quote(cart))),
      RUNS,
    ),
  )
}

function permuted<Item>(items: readonly Item[], seed: number): Item[] {
  const rest = [...items]
  return items.flatMap((_, index) => rest.splice((seed * (index + 7)) % rest.length, 1))
}

describe('every quote', () => {
  law('adds up: its total is its parts', (_cart, { totals }) => {
    const tax = totals.tax_included ? 0 : totals.tax
    expect(totals.total).toBe(totals.subtotal - totals.discount + totals.shipping + tax)
  })

  law('adds up: its parts are those of its lines and of shipping', (_cart, { lines, shipping, totals }) => {
    expect(totals.subtotal).toBe(sum(lines.map(({ subtotal }) => subtotal)))
    expect(totals.discount).toBe(sum(lines.map(({ discount }) => discount)) + totals.shipping_discount)
    expect(totals.tax).toBe(sum(lines.map(({ tax }) => tax)) + totals.shipping_tax)
    expect(totals.shipping).toBe(shipping?.amount ?? 0)
    const shipped = totals.shipping - totals.shipping_discount + (totals.tax_included ? 0 : totals.shipping_tax)
    expect(totals.total).toBe(sum(lines.map(({ total }) => total)) + shipped)
  })

  law('adds up: each line is its unit price, its discounts and its taxes', (cart, result) => {
    const quoted = byId(result.lines)
    for (const { id, unitAmount, quantity } of cart.lines) {
      const { subtotal, discount, discounts, tax, taxes, total } = quoted.get(id) ?? expect.fail(`no line ${id}`)
      expect(subtotal).toBe(unitAmount * quantity)
      expect(discount).toBe(sum(discounts.map(({ amount }) => amount)))
      expect(tax).toBe(sum(taxes.map(({ amount }) => amount)))
      expect(total).toBe(subtotal - discount + (cart.tax?.included ? 0 : tax))
    }
  })

  law('gives away per promotion what its lines were given', (_cart, { applied, lines }) => {
    for (const { promotionId, amount } of applied) {
      const parts = lines.flatMap(({ discounts }) => discounts.filter((each) => each.promotion_id === promotionId))
      expect(sum(parts.map((part) => part.amount))).toBe(amount)
    }
    expect(sum(applied.map(({ amount }) => amount))).toBe(sum(lines.map(({ discount }) => discount)))
  })

  law('leaves 0 <= net <= gross on every line, and inclusive tax inside the net', (cart, { lines }) => {
    for (const { subtotal, discount, tax } of lines) {
      expect(discount).toBeGreaterThanOrEqual(0)
      expect(discount).toBeLessThanOrEqual(subtotal)
      expect(tax).toBeGreaterThanOrEqual(0)
      if (cart.tax?.included) expect(tax).toBeLessThanOrEqual(subtotal - discount)
    }
  })

  law('taxes each net amount at its rate, half a unit off at most', (cart, { lines, totals }) => {
    const included = cart.tax?.included ?? false
    const taxed = lines.map(({ subtotal, discount, tax, taxes }) => ({ net: subtotal - discount, tax, taxes }))
    for (const { net, tax, taxes } of taxed) {
      const rate = BigInt(taxes[0]?.rate_ppm ?? 0)
      const divisor = 1_000_000n + (included ? rate : 0n)
      const distance = 2n * (BigInt(tax) * divisor - BigInt(net) * rate)
      expect(distance >= -divisor && distance <= divisor).toBe(true)
    }
    if (!cart.tax) expect(totals.tax).toBe(0)
  })

  law('is whole minor units, never minus nothing', (_cart, result) => {
    const walk = (value: unknown): void => {
      if (typeof value === 'number') expect(Number.isSafeInteger(value) && !Object.is(value, -0)).toBe(true)
      else if (value && typeof value === 'object') Object.values(value).forEach(walk)
    }
    walk(result)
  })

  law('takes no more from gift cards than is due, and no more than is on them', (cart, { giftCards, totals }) => {
    const used = sum(giftCards.map(({ amount }) => amount))
    const balance = sum(cart.giftCards.map((card) => card.balance))
    expect(used).toBe(Math.min(totals.total, balance))
    expect(totals.amount_due).toBe(totals.total - used)
    for (const { id, amount } of giftCards) {
      expect(amount).toBeGreaterThan(0)
      expect(amount).toBeLessThanOrEqual(cart.giftCards.find((card) => card.id === id)?.balance ?? 0)
    }
  })

  law('answers for every promotion once: applied or refused', (cart, { applied, refused }) => {
    expect(applied.length + refused.length).toBe(cart.promotions.length)
    expect(new Set(applied.map(({ promotionId }) => promotionId)).size).toBe(applied.length)
  })

  law('ships nothing where nothing needs shipping', (cart, { shipping }) => {
    const needed = cart.shipping !== null && cart.lines.some(({ requiresShipping }) => requiresShipping)
    expect(shipping?.option_id).toBe(needed ? 'rate_1' : undefined)
  })

  law('is the same for the same cart, which it leaves as it was', (cart, result) => {
    const before = structuredClone(cart)
    expect(quote(cart)).toEqual(result)
    expect(cart).toEqual(before)
  })
})

describe('between two quotes', () => {
  it('the order of lines and promotions changes nothing but the order of lines', () => {
    const same = fc.property(input, fc.nat({ max: 1000 }), (cart, seed) => {
      const { lines: before, ...rest } = quote(cart)
      const moved = { ...cart, lines: permuted(cart.lines, seed), promotions: permuted(cart.promotions, seed) }
      const { lines: after, ...restAfter } = quote(moved)
      expect(restAfter).toEqual(rest)
      expect(byId(after)).toEqual(byId(before))
      expect(after.map(({ id }) => id)).toEqual(moved.lines.map(({ id }) => id))
    })
    fc.assert(same, RUNS)
  })

  it('a further line lowers no other line before discounts, nor the subtotal', () => {
    const grows = fc.property(input, line, (cart, more) => {
      fc.pre(cart.lines.every(({ id }) => id !== more.id))
      const before = quote(cart)
      const after = quote({ ...cart, lines: [...cart.lines, more] })
      const quoted = byId(after.lines)
      for (const { id, subtotal } of before.lines) expect(quoted.get(id)?.subtotal).toBe(subtotal)
      expect(after.totals.subtotal).toBeGreaterThanOrEqual(before.totals.subtotal)
    })
    fc.assert(grows, RUNS)
  })

  it('gift cards change what is due and nothing else', () => {
    const tender = fc.property(input, (cart) => {
      const { giftCards: _, totals, ...rest } = quote(cart)
      const { giftCards: none, totals: bare, ...bareRest } = quote({ ...cart, giftCards: [] })
      expect(none).toEqual([])
      expect(rest).toEqual(bareRest)
      expect({ ...totals, amount_due: 0 }).toEqual({ ...bare, amount_due: 0 })
    })
    fc.assert(tender, RUNS)
  })
})
