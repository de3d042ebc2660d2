import { MAX_PRICE, multiplyRatio } from './money.ts'
import { timelineOf } from './price-timeline.ts'

/** "No end": the largest integer that JavaScript and SQLite both hold exactly. */
export const FOREVER = Number.MAX_SAFE_INTEGER

/** Directive 98/6/EC, article 6a (the "Omnibus" change): the prior price is the lowest of the last 30 days. */
export const PRIOR_PRICE_DAYS = 30
const PRIOR_PRICE_MS = PRIOR_PRICE_DAYS * 24 * 3600 * 1000

/** A variant's regular price, from `minQuantity` pieces on. Amounts are minor units of `currency`. */
export interface Price {
  currency: string
  /** '' is the price everywhere; a market's own prices replace it there. */
  marketId: string
  minQuantity: number
  amount: number
  compareAtAmount: number | null
  /** Unix milliseconds at which `amount` began to be asked, or to be announced as reduced, whichever came later. */
  since: number
}

/** What a price list asks for a variant, while the list holds. */
export interface Offer {
  priceListId: string
  currency: string
  /** '' is every market. */
  marketId: string
  /** Null is everybody. */
  customerGroupId: string | null
  minQuantity: number
  amount: number
  startsAt: number
  endsAt: number
  /** Unix milliseconds at which the list began to say this. */
  since: number
}

/** What one piece was asked at from `fromAt` until just before `untilAt`, in so far as it is not told by what holds now. */
export interface PastPrice {
  currency: string
  marketId: string
  /** The list for everybody that asked it, or null for a regular price. */
  priceListId: string | null
  amount: number
  fromAt: number
  untilAt: number
}

/** Everything that decides what a variant costs, in every currency. */
export interface Pricing {
  prices: readonly Price[]
  offers: readonly Offer[]
  history: readonly PastPrice[]
}

/** Whom a price is for. */
export interface Buyer {
  currency: string
  /** Null outside every market: then the prices that hold everywhere are asked. */
  marketId: string | null
  /** Groups the buyer has proved to be in; empty for an answer that everybody may see. */
  groupIds: readonly string[]
}

export interface EffectivePrice {
  amount: number
  /** The price before the reduction; always above `amount`. */
  compareAtAmount: number | null
  /** The price list that made the price, or null for the regular one. */
  priceListId: string | null
}

/**
 * What `quantity` pieces cost a buyer, each: the lowest of the regular price and of every offer that holds now. The order
 * of prices and offers changes nothing. Null without a regular price of one piece: what has none is not sold here.
 *
 * Compared with is what the buyer would pay without the offer, or a price that staff have put beside the regular one,
 * whichever is higher. It is a claim of the shop, for display; the price that Directive 98/6/EC, article 6a, has a
 * reduction told from is `priorPrice` (Court of Justice, C-330/23).
 */
export function priceFor(pricing: Pricing, buyer: Buyer, quantity: number, now: Date): EffectivePrice | null {
  const scope = regularScope(pricing.prices, buyer)
  const single = lowest(scope.filter(({ minQuantity }) => minQuantity === 1))
  if (!single) return null
  const regular = lowest(scope.filter(({ minQuantity }) => minQuantity <= quantity)) ?? single
  const at = now.getTime()
  const offer = lowest(
    pricing.offers.filter(
      (candidate) =>
        isFor(candidate, buyer) &&
        candidate.minQuantity <= quantity &&
        candidate.startsAt <= at &&
        at < candidate.endsAt,
    ),
  )
  const reduced = offer && offer.amount < regular.amount ? offer : null
  const amount = reduced?.amount ?? regular.amount
  const before = Math.max(comparedWith(single), comparedWith(regular), reduced ? regular.amount : 0)
  return {
    amount,
    compareAtAmount: before > amount ? before : null,
    priceListId: reduced?.priceListId ?? null,
  }
}

/** The higher price that a regular one is announced beside, or 0: what stands beside it and is not higher says nothing. */
function comparedWith({ amount, compareAtAmount }: Price): number {
  return compareAtAmount !== null && compareAtAmount > amount ? compareAtAmount : 0
}

function isFor(offer: Offer, { currency, marketId, groupIds }: Buyer): boolean {
  return (
    offer.currency === currency &&
    (offer.marketId === '' || offer.marketId === marketId) &&
    (offer.customerGroupId === null || groupIds.includes(offer.customerGroupId))
  )
}

/** The prices of a buyer's market in its currency where it has any of its own, else those that hold everywhere. */
function regularScope(prices: readonly Price[], { currency, marketId }: Buyer): Price[] {
  const inCurrency = prices.filter((price) => price.currency === currency)
  const own = inCurrency.filter((price) => marketId !== null && price.marketId === marketId && price.minQuantity === 1)
  const market = own.length > 0 ? (marketId ?? '') : ''
  return inCurrency.filter((price) => price.marketId === market)
}

type Candidate = { amount: number; minQuantity: number; priceListId?: string }

/** The lowest; of several, the one for fewest pieces, then of the oldest list: ids sort by time. */
function lowest<Kind extends Candidate>(candidates: readonly Kind[]): Kind | null {
  return candidates.reduce<Kind | null>(
    (best, candidate) => (best === null || isBefore(candidate, best) ? candidate : best),
    null,
  )
}

function isBefore(one: Candidate, other: Candidate): boolean {
  if (one.amount !== other.amount) return one.amount < other.amount
  if (one.minQuantity !== other.minQuantity) return one.minQuantity < other.minQuantity
  return (one.priceListId ?? '') < (other.priceListId ?? '')
}

/** What one piece costs from which quantity on, each step lower than the one before; the first is one piece. */
export function priceSteps(pricing: Pricing, buyer: Buyer, now: Date): { minQuantity: number; amount: number }[] {
  const quantities = [...pricing.prices, ...pricing.offers].map(({ minQuantity }) => minQuantity)
  const steps: { minQuantity: number; amount: number }[] = []
  for (const minQuantity of [...new Set([1, ...quantities])].sort((left, right) => left - right)) {
    const price = priceFor(pricing, buyer, minQuantity, now)
    if (price && price.amount < (steps.at(-1)?.amount ?? Number.POSITIVE_INFINITY)) {
      steps.push({ minQuantity, amount: price.amount })
    }
  }
  return steps
}

/**
 * The prior price of the reduction that holds now: the lowest that one piece cost everybody in the 30 days before it
 * began. Null where nothing is reduced, or nothing was asked in those days (goods that are new).
 *
 * A reduction begins where its amount began without a break, whichever lists or prices carried it: a sale that is extended
 * is one reduction, a sale that comes back after a day is another, compared with the first. Reductions that grow step by
 * step count from the latest step; article 6a (5) leaves the other way to each member state. Raising the price for a day
 * first, or writing a higher one beside it, changes nothing: then the prior price is not above the price, and there is no
 * reduction to announce.
 */
export function priorPrice(pricing: Pricing, buyer: Buyer, now: Date): number | null {
  const everybody = { ...buyer, groupIds: [] }
  const current = priceFor(pricing, everybody, 1, now)
  if (!current || current.compareAtAmount === null) return null
  const at = now.getTime()
  const timeline = timelineOf(askedPrices(pricing, everybody))
  const reduction = timeline.find(({ fromAt, untilAt }) => fromAt <= at && at < untilAt)
  if (!reduction) return null
  const end = reduction.fromAt
  const amounts = timeline
    .filter(({ fromAt, untilAt }) => fromAt < end && untilAt > end - PRIOR_PRICE_MS)
    .map(({ amount }) => amount)
  return amounts.length > 0 ? Math.min(...amounts) : null
}

/** Every amount that one piece was asked at of `buyer`, with its time. */
function askedPrices({ prices, offers, history }: Pricing, buyer: Buyer) {
  const past = history.filter(({ currency }) => currency === buyer.currency)
  const regularAt = (marketId: string) => [
    ...prices
      .filter((price) => price.currency === buyer.currency && price.marketId === marketId && price.minQuantity === 1)
      .map((price) => ({
        amount: price.amount,
        fromAt: price.since,
        untilAt: FOREVER,
        compared: comparedWith(price) > 0,
      })),
    ...past
      .filter((price) => price.priceListId === null && price.marketId === marketId)
      .map((price) => ({ ...price, compared: false })),
  ]
  return {
    own: buyer.marketId === null ? [] : regularAt(buyer.marketId),
    everywhere: regularAt(''),
    offers: [
      ...offers
        .filter((offer) => offer.minQuantity === 1 && isFor(offer, buyer))
        .map(({ amount, startsAt, endsAt, since }) => ({ amount, fromAt: Math.max(startsAt, since), untilAt: endsAt })),
      ...past.filter(
        ({ priceListId, marketId }) => priceListId !== null && (marketId === '' || marketId === buyer.marketId),
      ),
    ],
  }
}

/** The next moment after `now` at which an offer begins or ends, or null. */
export function nextPriceChange({ offers }: Pricing, now: Date): number | null {
  const at = now.getTime()
  return earliest(offers.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]).filter((moment) => moment > at))
}

/** The first of some moments; null where there is none but FOREVER. */
export function earliest(moments: Iterable<number>): number | null {
  let first = FOREVER
  for (const moment of moments) if (moment < first) first = moment
  return first === FOREVER ? null : first
}

// Each unit in the smallest of its kind, so that every comparison is a ratio of integers.
const UNITS = {
  mg: ['mass', 1],
  g: ['mass', 1_000],
  kg: ['mass', 1_000_000],
  ml: ['volume', 1],
  cl: ['volume', 10],
  l: ['volume', 1_000],
  m3: ['volume', 1_000_000],
  mm: ['length', 1],
  cm: ['length', 10],
  m: ['length', 1_000],
  m2: ['area', 1],
  piece: ['count', 1],
} as const satisfies Record<string, readonly [string, number]>

export type Unit = keyof typeof UNITS
export const UNIT_NAMES = Object.keys(UNITS) as [Unit, ...Unit[]]

/** What one piece contains, and the quantity that its price is compared by: 500 g, per 1 kg. */
export interface UnitMeasure {
  quantity: number
  unit: Unit
  referenceQuantity: number
  referenceUnit: Unit
}

/**
 * Whether the unit price can be told: both units measure the same (grams do not compare with litres), and that of the
 * highest price is still an exact integer.
 */
export function isComparable(measure: UnitMeasure): boolean {
  const { content, reference } = inSmallestUnits(measure)
  return (
    UNITS[measure.unit][0] === UNITS[measure.referenceUnit][0] &&
    reference <= (content * Number.MAX_SAFE_INTEGER) / (2 * MAX_PRICE)
  )
}

/** The price of the reference quantity, rounded half up to the minor unit (Directive 98/6/EC, article 2 b).
 *  @throws {RangeError} for a measure that is not comparable. */
export function unitPrice(amount: number, measure: UnitMeasure): number {
  const { content, reference } = inSmallestUnits(measure)
  return multiplyRatio(amount, reference, content, 'half_up')
}

function inSmallestUnits({ quantity, unit, referenceQuantity, referenceUnit }: UnitMeasure) {
  return { content: quantity * UNITS[unit][1], reference: referenceQuantity * UNITS[referenceUnit][1] }
}
