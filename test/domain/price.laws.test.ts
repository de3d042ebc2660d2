import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Buyer,
  type Offer,
  type Price,
  type Pricing,
  priceFor,
  priceSteps,
  priorPrice,
} from '../../src/domain/price.ts'

const RUNS = { numRuns: 2000 }
const DAY = 24 * 3600 * 1000

// Few values of everything, so that ties, overlaps and equal moments are frequent.
const currency = fc.constantFrom('EUR', 'USD')
const market = fc.constantFrom('', 'mkt_a', 'mkt_b')
const minQuantity = fc.constantFrom(1, 1, 1, 5, 10)
const amount = fc.integer({ min: 0, max: 12 }).map((hundreds) => hundreds * 100)
const moment = fc.integer({ min: 0, max: 60 }).map((days) => days * DAY)

const price: fc.Arbitrary<Price> = fc.record({
  currency,
  marketId: market,
  minQuantity,
  amount,
  compareAtAmount: fc.option(amount),
  since: moment,
})
const offer: fc.Arbitrary<Offer> = fc
  .record({
    priceListId: fc.constantFrom('plist_a', 'plist_b', 'plist_c'),
    currency,
    marketId: market,
    customerGroupId: fc.constantFrom(null, null, 'group_a', 'group_b'),
    minQuantity,
    amount,
    startsAt: moment,
    length: fc.integer({ min: 1, max: 30 }),
    since: moment,
  })
  .map(({ length, ...rest }) => ({ ...rest, endsAt: rest.startsAt + length * DAY }))
const past = fc
  .record({
    currency,
    marketId: market,
    priceListId: fc.constantFrom(null, null, 'plist_d'),
    amount,
    fromAt: moment,
    length: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ length, ...rest }) => ({ ...rest, untilAt: rest.fromAt + length * DAY }))
// The key of each table: a variant has one row of it.
const prices = fc.uniqueArray(price, {
  selector: (row) => `${row.currency} ${row.marketId} ${row.minQuantity}`,
  maxLength: 8,
})
const offers = fc.uniqueArray(offer, {
  selector: (row) => `${row.priceListId} ${row.currency} ${row.minQuantity}`,
  maxLength: 8,
})
const pricing: fc.Arbitrary<Pricing> = fc.record({ prices, offers, history: fc.array(past, { maxLength: 5 }) })
const buyer: fc.Arbitrary<Buyer> = fc.record({
  currency,
  marketId: fc.constantFrom(null, 'mkt_a', 'mkt_b'),
  groupIds: fc.subarray(['group_a', 'group_b']),
})
const now = moment.map((at) => new Date(at))
const quantity = fc.integer({ min: 1, max: 12 })

describe('a price, whatever the prices and lists', () => {
  it('does not depend on their order', () => {
    const shuffled = pricing.chain((one) =>
      fc.record({
        one: fc.constant(one),
        other: fc.record({
          prices: fc.shuffledSubarray([...one.prices], { minLength: one.prices.length }),
          offers: fc.shuffledSubarray([...one.offers], { minLength: one.offers.length }),
          history: fc.shuffledSubarray([...one.history], { minLength: one.history.length }),
        }),
      }),
    )
    fc.assert(
      fc.property(shuffled, buyer, quantity, now, ({ one, other }, who, many, at) => {
        expect(priceFor(other, who, many, at)).toEqual(priceFor(one, who, many, at))
        expect(priceSteps(other, who, at)).toEqual(priceSteps(one, who, at))
        expect(priorPrice(other, who, at)).toEqual(priorPrice(one, who, at))
      }),
      RUNS,
    )
  })

  it('is never raised by one more offer, nor sold by it alone', () => {
    fc.assert(
      fc.property(pricing, offer, buyer, quantity, now, (before, added, who, many, at) => {
        const after = { ...before, offers: [...before.offers, added] }
        const [old, current] = [before, after].map((each) => priceFor(each, who, many, at))
        if (!old) {
          expect(current).toBeNull()
          return
        }
        expect(current?.amount).toBeLessThanOrEqual(old.amount)
      }),
      RUNS,
    )
  })

  it('is never dearer a piece for more pieces, nor for who is in more groups', () => {
    fc.assert(
      fc.property(pricing, buyer, quantity, now, (all, who, many, at) => {
        const one = priceFor(all, who, many, at)
        if (!one) return
        expect(priceFor(all, who, many + 1, at)?.amount).toBeLessThanOrEqual(one.amount)
        const groupIds = ['group_a', 'group_b']
        expect(priceFor(all, { ...who, groupIds }, many, at)?.amount).toBeLessThanOrEqual(one.amount)
      }),
      RUNS,
    )
  })

  it('is compared with a higher one or with none', () => {
    fc.assert(
      fc.property(pricing, buyer, quantity, now, (all, who, many, at) => {
        const found = priceFor(all, who, many, at)
        if (found?.compareAtAmount != null) expect(found.compareAtAmount).toBeGreaterThan(found.amount)
        if (found?.priceListId != null) expect(found.compareAtAmount).not.toBeNull()
      }),
      RUNS,
    )
  })

  it('has steps that fall strictly, from one piece on, and say what each quantity costs', () => {
    fc.assert(
      fc.property(pricing, buyer, quantity, now, (all, who, many, at) => {
        const steps = priceSteps(all, who, at)
        const price = priceFor(all, who, many, at)
        if (!price) {
          expect(steps).toEqual([])
          return
        }
        expect(steps[0]?.minQuantity).toBe(1)
        steps.slice(1).forEach((step, index) => {
          expect(step.minQuantity).toBeGreaterThan(steps[index]?.minQuantity ?? 0)
          expect(step.amount).toBeLessThan(steps[index]?.amount ?? 0)
        })
        expect(steps.filter(({ minQuantity }) => minQuantity <= many).at(-1)?.amount).toBe(price.amount)
      }),
      RUNS,
    )
  })
})

describe('the prior price, whatever the prices and lists', () => {
  // A second way to the same number: the price of every hour, asked of priceFor itself. Without past prices and with
  // offers as old as their lists, priceFor knows all that ever was.
  const known = fc.record({
    prices: fc.uniqueArray(
      price.map((row) => ({ ...row, since: 0, compareAtAmount: null })),
      { selector: (row) => `${row.currency} ${row.marketId} ${row.minQuantity}`, maxLength: 6 },
    ),
    offers: fc.uniqueArray(
      offer.map((row) => ({ ...row, since: 0 })),
      { selector: (row) => `${row.priceListId} ${row.currency} ${row.minQuantity}`, maxLength: 8 },
    ),
    history: fc.constant([]),
  })

  it('is the lowest of the days of its 30 days', () => {
    fc.assert(
      fc.property(known, buyer, now, (all, who, at) => {
        const everybody = { ...who, groupIds: [] }
        const costOf = (days: number) => priceFor(all, everybody, 1, new Date(days * DAY))
        const today = at.getTime() / DAY
        const current = costOf(today)
        if (current?.compareAtAmount == null) {
          expect(priorPrice(all, who, at)).toBeNull()
          return
        }
        let began = today
        while (
          began > 0 &&
          costOf(began - 1)?.amount === current.amount &&
          costOf(began - 1)?.compareAtAmount != null
        ) {
          began -= 1
        }
        const days = Array.from({ length: Math.min(began, 30) }, (_, index) => began - 1 - index)
        const amounts = days.flatMap((each) => costOf(each)?.amount ?? [])
        expect(priorPrice(all, who, at)).toBe(amounts.length > 0 ? Math.min(...amounts) : null)
      }),
      RUNS,
    )
  })
})
