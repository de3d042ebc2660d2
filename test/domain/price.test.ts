import { describe, expect, it } from 'vitest'
import {
  type Buyer,
  FOREVER,
  isComparable,
  nextPriceChange,
  type Offer,
  type PastPrice,
  type Price,
  type Pricing,
  priceFor,
  priceSteps,
  priorPrice,
  type UnitMeasure,
  unitPrice,
} from '../../src/domain/price.ts'

/** Midnight of a day of 2026: `day(11, 5)` is the 5th of November. */
const day = (month: number, date: number) => Date.UTC(2026, month - 1, date)
const on = (month: number, date: number) => new Date(day(month, date))

const price = (fields: Partial<Price> = {}): Price => ({
  currency: 'EUR',
  marketId: '',
  minQuantity: 1,
  amount: 1000,
  compareAtAmount: null,
  since: day(1, 1),
  ...fields,
})
const offer = (fields: Partial<Offer> = {}): Offer => ({
  priceListId: 'plist_1',
  currency: 'EUR',
  marketId: '',
  customerGroupId: null,
  minQuantity: 1,
  amount: 800,
  startsAt: day(11, 1),
  endsAt: day(11, 30),
  since: day(10, 1),
  ...fields,
})
const past = (fields: Partial<PastPrice> = {}): PastPrice => ({
  currency: 'EUR',
  marketId: '',
  priceListId: null,
  amount: 900,
  fromAt: day(1, 1),
  untilAt: day(11, 1),
  ...fields,
})
const pricing = (parts: Partial<Pricing>): Pricing => ({ prices: [price()], offers: [], history: [], ...parts })
const buyer = (fields: Partial<Buyer> = {}): Buyer => ({ currency: 'EUR', marketId: null, groupIds: [], ...fields })

describe('the price of a buyer', () => {
  const at = on(11, 10)
  const amountOf = (parts: Partial<Pricing>, who: Partial<Buyer> = {}, quantity = 1, now = at) =>
    priceFor(pricing(parts), buyer(who), quantity, now)?.amount ?? null

  it('is the lowest of the regular price and of what lists ask now', () => {
    expect(amountOf({})).toBe(1000)
    expect(amountOf({ offers: [offer()] })).toBe(800)
    expect(amountOf({ offers: [offer({ amount: 1100 })] })).toBe(1000)
    expect(amountOf({ offers: [offer(), offer({ priceListId: 'plist_2', amount: 750 })] })).toBe(750)
  })

  it('switches at the millisecond at which a list begins and ends', () => {
    const offers = [offer()]
    const around = (moment: number) => [moment - 1, moment].map((now) => amountOf({ offers }, {}, 1, new Date(now)))
    expect(around(day(11, 1))).toEqual([1000, 800])
    expect(around(day(11, 30))).toEqual([800, 1000])
  })

  it('is of the buyer’s currency, and none where there is no regular one', () => {
    expect(amountOf({}, { currency: 'USD' })).toBeNull()
    // A list alone does not sell a variant in a currency.
    expect(amountOf({ offers: [offer({ currency: 'USD' })] }, { currency: 'USD' })).toBeNull()
    expect(amountOf({ prices: [price({ minQuantity: 10 })] })).toBeNull()
  })

  it('is the market’s own where it has one, dearer or not, and everybody’s elsewhere', () => {
    const prices = [price(), price({ marketId: 'mkt_de', amount: 1200 })]
    expect(amountOf({ prices }, { marketId: 'mkt_de' })).toBe(1200)
    expect(amountOf({ prices }, { marketId: 'mkt_fr' })).toBe(1000)
    expect(amountOf({ prices })).toBe(1000)
    // Breaks of everywhere do not go with a price of the market.
    const broken = [...prices, price({ minQuantity: 10, amount: 500 })]
    expect(amountOf({ prices: broken }, { marketId: 'mkt_de' }, 10)).toBe(1200)
  })

  it('knows lists of a market and of a group only for those they are for', () => {
    const offers = [offer({ marketId: 'mkt_de', amount: 900 }), offer({ customerGroupId: 'group_vip', amount: 700 })]
    expect(amountOf({ offers })).toBe(1000)
    expect(amountOf({ offers }, { marketId: 'mkt_de' })).toBe(900)
    expect(amountOf({ offers }, { marketId: 'mkt_fr' })).toBe(1000)
    expect(amountOf({ offers }, { groupIds: ['group_vip'] })).toBe(700)
    expect(amountOf({ offers }, { groupIds: ['group_other'] })).toBe(1000)
  })

  it('takes quantity breaks and sales together: whichever is lower at that quantity', () => {
    const prices = [price(), price({ minQuantity: 10, amount: 850 }), price({ minQuantity: 100, amount: 600 })]
    const offers = [offer(), offer({ minQuantity: 50, amount: 700 })]
    const steps = [1, 9, 10, 49, 50, 99, 100].map((quantity) => amountOf({ prices, offers }, {}, quantity))
    // The sale asks 800 from the first piece on, 700 from 50, and from 100 on the regular 600 is lower.
    expect(steps).toEqual([800, 800, 800, 800, 700, 700, 600])
    expect(priceSteps(pricing({ prices, offers }), buyer(), at)).toEqual([
      { minQuantity: 1, amount: 800 },
      { minQuantity: 50, amount: 700 },
      { minQuantity: 100, amount: 600 },
    ])
  })

  it('is compared with what it would be without the sale, or with what staff say it was', () => {
    const compared = (parts: Partial<Pricing>, quantity = 1) =>
      priceFor(pricing(parts), buyer(), quantity, at)?.compareAtAmount
    expect(compared({})).toBeNull()
    expect(compared({ offers: [offer()] })).toBe(1000)
    expect(compared({ prices: [price({ compareAtAmount: 1200 })], offers: [offer()] })).toBe(1200)
    expect(compared({ prices: [price({ compareAtAmount: 1200 })] })).toBe(1200)
    // Not higher than the price: no comparison, neither of one piece nor of many.
    const flat = [price({ compareAtAmount: 950 }), price({ minQuantity: 10, amount: 900 })]
    expect(compared({ prices: flat })).toBeNull()
    expect(compared({ prices: flat }, 10)).toBeNull()
    // A quantity break is no reduction; with a sale it is compared with the break.
    expect(compared({ prices: [price(), price({ minQuantity: 10, amount: 850 })], offers: [offer()] }, 10)).toBe(850)
  })
})

describe('the prior price (Directive 98/6/EC, article 6a)', () => {
  const priorOf = (parts: Partial<Pricing>, now: Date, who: Partial<Buyer> = {}) =>
    priorPrice(pricing(parts), buyer(who), now)

  it('is there only where something is reduced', () => {
    expect(priorOf({}, on(11, 10))).toBeNull()
    expect(priorOf({ offers: [offer()] }, on(10, 31))).toBeNull()
    expect(priorOf({ offers: [offer()] }, on(11, 1))).toBe(1000)
    expect(priorOf({ offers: [offer()] }, on(11, 29))).toBe(1000)
    expect(priorOf({ offers: [offer()] }, on(11, 30))).toBeNull()
  })

  it('is the lowest of the 30 days before the reduction, not of those before today', () => {
    // 900 until October 5th, then 1000, the sale from November 1st: its 30 days began on October 2nd.
    const within = { prices: [price({ since: day(10, 5) })], history: [past({ untilAt: day(10, 5) })] }
    expect(priorOf({ ...within, offers: [offer()] }, on(11, 10))).toBe(900)
    // 900 until October 2nd, when the 30 days begin: it is out of them.
    const without = { prices: [price({ since: day(10, 2) })], history: [past({ untilAt: day(10, 2) })] }
    expect(priorOf({ ...without, offers: [offer()] }, on(11, 10))).toBe(1000)
  })

  it('is not raised by a price that was raised for a day before the sale', () => {
    // 1000 all year, 1500 on October 31st, then "1500 -> 1000".
    const parts = {
      prices: [price({ amount: 1500, since: day(10, 31) })],
      history: [past({ amount: 1000, untilAt: day(10, 31) })],
      offers: [offer({ amount: 1000 })],
    }
    expect(priceFor(pricing(parts), buyer(), 1, on(11, 2))).toMatchObject({ amount: 1000, compareAtAmount: 1500 })
    expect(priorOf(parts, on(11, 2))).toBe(1000)
  })

  it('unmasks a comparison that is written beside a price which does not change', () => {
    // 1000 all year; "was 1200" is written beside it on November 5th, which begins a row of its own.
    const parts = {
      prices: [price({ compareAtAmount: 1200, since: day(11, 5) })],
      history: [past({ amount: 1000, untilAt: day(11, 5) })],
    }
    expect(priorOf(parts, on(11, 10))).toBe(1000)
  })

  it('is the old price where staff lower the price and write the old one beside it', () => {
    const parts = {
      prices: [price({ amount: 800, compareAtAmount: 1000, since: day(11, 5) })],
      history: [past({ amount: 1000, untilAt: day(11, 5) })],
    }
    expect(priorOf(parts, on(11, 10))).toBe(1000)
  })

  it('counts goods that are new from their first day, and has none for what begins reduced', () => {
    // On the market since October 22nd at 1000: ten days, then the sale.
    expect(priorOf({ prices: [price({ since: day(10, 22) })], offers: [offer()] }, on(11, 2))).toBe(1000)
    expect(priorOf({ prices: [price({ since: day(11, 1) })], offers: [offer()] }, on(11, 2))).toBeNull()
  })

  it('of a sale that follows another counts the first one, unless it goes on at the same price', () => {
    // 800 in the first ten days of November, 1000 for a day, 850 from the 12th on: the 30 days hold the 800.
    const first = offer({ endsAt: day(11, 11) })
    const next = (fields: Partial<Offer>) => offer({ priceListId: 'plist_2', ...fields })
    expect(priorOf({ offers: [first, next({ amount: 850, startsAt: day(11, 12) })] }, on(11, 13))).toBe(800)
    // The same amount after a day's break: a new reduction, from 800 to 800, which is none.
    expect(priorOf({ offers: [first, next({ startsAt: day(11, 12) })] }, on(11, 13))).toBe(800)
    // Without a break it is one sale, extended: the price before it was 1000.
    expect(priorOf({ offers: [first, next({ startsAt: day(11, 11) })] }, on(11, 13))).toBe(1000)
    // A further step down, without a break, counts from that step.
    expect(priorOf({ offers: [first, next({ amount: 700, startsAt: day(11, 11) })] }, on(11, 13))).toBe(800)
  })

  it('of overlapping sales counts what was really asked', () => {
    // 800 all November, 700 from the 10th to the 12th.
    const offers = [offer(), offer({ priceListId: 'plist_2', amount: 700, startsAt: day(11, 10), endsAt: day(11, 13) })]
    expect(priorOf({ offers }, on(11, 5))).toBe(1000)
    expect(priorOf({ offers }, on(11, 11))).toBe(800)
    // Back at 800: the 30 days before the 13th hold the 700, so that 800 is no reduction to announce.
    expect(priorOf({ offers }, on(11, 20))).toBe(700)
    // Two sales at once, of which the dearer one is never asked.
    const hidden = [offer(), offer({ priceListId: 'plist_2', amount: 900 })]
    expect(priorOf({ offers: hidden }, on(11, 20))).toBe(1000)
  })

  it('stays while the regular price behind a sale is changed', () => {
    // 1000, the sale from November 1st; on the 5th the regular price becomes 1300, which nobody is asked.
    const parts = {
      prices: [price({ amount: 1300, since: day(11, 5) })],
      history: [past({ amount: 1000, untilAt: day(11, 5) })],
      offers: [offer()],
    }
    expect(priceFor(pricing(parts), buyer(), 1, on(11, 10))?.compareAtAmount).toBe(1300)
    expect(priorOf(parts, on(11, 10))).toBe(1000)
  })

  it('knows a sale that was ended early, and one whose amount was changed while it ran', () => {
    // 750 from October 10th until it was stopped on the 15th.
    const stopped = past({ priceListId: 'plist_0', amount: 750, fromAt: day(10, 10), untilAt: day(10, 15) })
    expect(priorOf({ history: [stopped], offers: [offer()] }, on(11, 10))).toBe(750)
    // The running list asked 850 until the 5th, and 800 since: the step counts.
    const step = past({ priceListId: 'plist_1', amount: 850, fromAt: day(11, 1), untilAt: day(11, 5) })
    expect(priorOf({ history: [step], offers: [offer({ since: day(11, 5) })] }, on(11, 10))).toBe(850)
    // Only its period was edited: the same amount went on, and the sale began on the 1st.
    const edited = past({ priceListId: 'plist_1', amount: 800, fromAt: day(11, 1), untilAt: day(11, 5) })
    expect(priorOf({ history: [edited], offers: [offer({ since: day(11, 5) })] }, on(11, 10))).toBe(1000)
  })

  it('is of the market: what it asked itself, and before that what everybody was asked', () => {
    const here = { marketId: 'mkt_de' }
    // Everywhere 1000; the market asks 1100 of its own since October 20th, and is on sale from November 1st.
    const prices = [price(), price({ marketId: 'mkt_de', amount: 1100, since: day(10, 20) })]
    const offers = [offer({ marketId: 'mkt_de', amount: 900 })]
    expect(priorOf({ prices, offers }, on(11, 10), here)).toBe(1000)
    expect(priorOf({ prices, offers }, on(11, 10))).toBeNull()
    // Its own price was there all the time: the lower one of everywhere was never asked in it.
    const longer = [price(), price({ marketId: 'mkt_de', amount: 1100 })]
    expect(priorOf({ prices: longer, offers }, on(11, 10), here)).toBe(1100)
    // It had 700 of its own until October 25th and sells at everybody's 1000 since.
    const gone = past({ marketId: 'mkt_de', amount: 700, untilAt: day(10, 25) })
    expect(priorOf({ history: [gone], offers: [offer()] }, on(11, 10), here)).toBe(700)
    expect(priorOf({ history: [gone], offers: [offer()] }, on(11, 10))).toBe(1000)
  })

  it('leaves groups and quantity breaks out: they are not everybody’s price of a piece', () => {
    const group = offer({ customerGroupId: 'group_vip', amount: 500, startsAt: day(10, 1) })
    const many = offer({ minQuantity: 10, amount: 400, startsAt: day(10, 1) })
    const prices = [price(), price({ minQuantity: 10, amount: 300 })]
    expect(priorOf({ prices, offers: [group, many, offer()] }, on(11, 10))).toBe(1000)
    expect(priorOf({ prices, offers: [group] }, on(11, 10), { groupIds: ['group_vip'] })).toBeNull()
  })
})

describe('the next change of price', () => {
  it('is the next moment at which a list begins or ends', () => {
    const offers = [offer(), offer({ startsAt: day(11, 5), endsAt: FOREVER })]
    const next = (now: Date) => nextPriceChange(pricing({ offers }), now)
    expect(next(on(10, 1))).toBe(day(11, 1))
    expect(next(on(11, 1))).toBe(day(11, 5))
    expect(next(on(11, 6))).toBe(day(11, 30))
    expect(next(on(11, 30))).toBeNull()
  })
})

describe('the unit price', () => {
  const measure = (quantity: number, unit: string, referenceQuantity: number, referenceUnit: string) =>
    ({ quantity, unit, referenceQuantity, referenceUnit }) as UnitMeasure

  it.each([
    // 3.49 for 500 g: 349 * 1000 g / 500 g = 698 a kilogram.
    [349, measure(500, 'g', 1, 'kg'), 698],
    // 1.99 for 330 ml: 199 * 1000 / 330 = 603.03.
    [199, measure(330, 'ml', 1, 'l'), 603],
    // 2.99 for 75 cl per 100 ml: 299 * 100 / 750 = 39.87.
    [299, measure(75, 'cl', 100, 'ml'), 40],
    // 5 for 2 pieces, a piece: 2.5, half up.
    [5, measure(2, 'piece', 1, 'piece'), 3],
    // 129.00 for 240 cm, a metre: 12900 * 1000 mm / 2400 mm = 5375.
    [12_900, measure(240, 'cm', 1, 'm'), 5375],
  ])('of %i minor units is exact', (amount, content, expected) => {
    expect(isComparable(content)).toBe(true)
    expect(unitPrice(amount, content)).toBe(expected)
  })

  it('compares what measures the same, as long as the result is an exact integer', () => {
    expect(isComparable(measure(1, 'g', 1, 'l'))).toBe(false)
    expect(isComparable(measure(1, 'mg', 1, 'kg'))).toBe(true)
    expect(unitPrice(2_000_000_000, measure(1, 'mg', 1, 'kg'))).toBe(2e15)
    expect(isComparable(measure(1, 'mg', 1_000_000, 'kg'))).toBe(false)
  })
})
