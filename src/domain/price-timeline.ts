/** An amount that was asked from `fromAt` until just before `untilAt` (Unix milliseconds). */
export interface Asked {
  amount: number
  fromAt: number
  untilAt: number
}

/** Everything that one piece of a variant was ever asked at, at one place. */
export interface AskedPrices {
  /** The market's own regular prices, which replace those everywhere while they hold. */
  own: readonly RegularPrice[]
  everywhere: readonly RegularPrice[]
  /** Of price lists for everybody. */
  offers: readonly Asked[]
}

export interface RegularPrice extends Asked {
  /** Whether it was announced as a reduction by itself, with a higher price beside it. */
  compared: boolean
}

/** A stretch of time in which one piece cost the same, and was announced in the same way. */
export interface Stretch extends Asked {
  reduced: boolean
}

/**
 * What one piece really cost, in order of time: at every moment the lowest of the regular price and of the offers that
 * held then, as `priceFor` had it. A stretch ends where the amount changes, where a reduction is first announced, and
 * where the piece was not sold at all.
 */
export function timelineOf(prices: AskedPrices): Stretch[] {
  const all: readonly Asked[] = [...prices.own, ...prices.everywhere, ...prices.offers]
  const moments = [...new Set(all.flatMap(({ fromAt, untilAt }) => [fromAt, untilAt]))].sort(
    (one, other) => one - other,
  )
  const stretches: Stretch[] = []
  moments.slice(0, -1).forEach((fromAt, index) => {
    const untilAt = moments[index + 1] ?? fromAt
    const cost = costAt(prices, fromAt)
    if (!cost) return
    const last = stretches.at(-1)
    const goesOn = last?.untilAt === fromAt && last.amount === cost.amount && last.reduced === cost.reduced
    if (last && goesOn) last.untilAt = untilAt
    else stretches.push({ ...cost, fromAt, untilAt })
  })
  return stretches
}

function costAt({ own, everywhere, offers }: AskedPrices, at: number): { amount: number; reduced: boolean } | null {
  const regular = cheapestAt(own, at) ?? cheapestAt(everywhere, at)
  if (!regular) return null
  const offer = cheapestAt(offers, at)
  if (offer && offer.amount < regular.amount) return { amount: offer.amount, reduced: true }
  return { amount: regular.amount, reduced: regular.compared }
}

function cheapestAt<Price extends Asked>(prices: readonly Price[], at: number): Price | null {
  return prices
    .filter(({ fromAt, untilAt }) => fromAt <= at && at < untilAt)
    .reduce<Price | null>((best, price) => (best === null || price.amount < best.amount ? price : best), null)
}
