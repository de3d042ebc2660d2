import { discountGoods, discountShipping, isForRate } from './discount.ts'
import type { DiscountLine } from './entitled.ts'
import { type Rounding, sum } from './money.ts'
import {
  LANES,
  type Lane,
  laneOf,
  type Promotion,
  type PromotionCandidate,
  type PromotionRefusal,
  type Unlock,
} from './promotion.ts'

/** A promotion that applies: what it takes off each line by its place, and off shipping. */
export interface Application {
  candidate: PromotionCandidate
  lane: Lane
  parts: number[]
  shipping: number
  /** What of it the cart could still take. */
  unlock: Unlock | null
}

export interface Refusal {
  candidate: PromotionCandidate
  why: PromotionRefusal
  unlock: Unlock | null
}

/** What is discounted: goods, and a shipping price that may depend on what the discounts leave of them. */
export interface Discountable {
  currency: string
  rounding: Rounding
  /** In a fixed order; `rest` is the whole line. */
  lines: readonly DiscountLine[]
  /** The chosen option's price for goods worth `rest`; null while none is chosen; `none` where nothing is shipped. */
  shippingFor: (rest: number) => ChosenShipping
  /** Budgets do not matter any more: the cart's pending order has claimed its part. */
  limitsClaimed: boolean
}

export type ChosenShipping = { rateId: string; amount: number } | null | 'none'

interface Plan {
  applied: Application[]
  refused: Refusal[]
  /** Goods and shipping after the discounts: what competing promotions are compared by. */
  payable: number
}

/** What a lane finds: what the lanes before it left, and who took the rest. */
interface Found {
  lane: Lane
  lines: readonly DiscountLine[]
  shipping: ChosenShipping
  before: readonly Application[]
}

/**
 * Decides which of the promotions that may apply do, and what each gives: lane by lane, by priority within a lane, each on
 * what those before it left. An exclusive promotion competes with all it does not combine with, first within its lane,
 * then those that are alone in the cart; whoever loses is refused as `not_combinable`, with what stands in the way.
 * @param ordered by priority, then id.
 */
export function stackPromotions(
  ordered: readonly PromotionCandidate[],
  goods: Discountable,
): { applied: Application[]; refused: Refusal[] } {
  return compete(
    ordered,
    ({ promotion }) => promotion.exclusive === 'cart',
    (candidates) => runLanes(candidates, goods),
  )
}

/** Whether a promotion could apply beside all of `applied`. */
export function combinesWith({ exclusive, effect }: Promotion, applied: readonly Application[]): boolean {
  return applied.every(({ candidate: { promotion }, lane }) => {
    if (exclusive === 'cart' || promotion.exclusive === 'cart') return false
    return lane !== laneOf(effect) || (exclusive === 'none' && promotion.exclusive === 'none')
  })
}

function runLanes(candidates: readonly PromotionCandidate[], goods: Discountable): Plan {
  const applied: Application[] = []
  const refused: Refusal[] = []
  let lines = goods.lines
  let shipping: ChosenShipping = null
  let payable = restOf(lines)
  for (const lane of LANES) {
    const here = candidates.filter(({ promotion }) => laneOf(promotion.effect) === lane)
    if (lane === 'shipping') {
      shipping = goods.shippingFor(payable)
      payable += priceOf(shipping)
    }
    if (here.length === 0) continue
    const found = { lane, lines, shipping, before: [...applied] }
    const plan = compete(
      here,
      ({ promotion }) => promotion.exclusive === 'lane',
      (some) => stackLane(some, found, goods),
    )
    applied.push(...plan.applied)
    refused.push(...plan.refused)
    for (const { parts, shipping: off } of plan.applied) {
      lines = takeOff(lines, parts)
      payable -= sum(parts) + off
    }
  }
  return { applied, refused, payable }
}

function stackLane(candidates: readonly PromotionCandidate[], found: Found, goods: Discountable): Plan {
  let { lines } = found
  let shippingRest = priceOf(found.shipping)
  const applied: Application[] = []
  const refused: Refusal[] = []
  for (const candidate of candidates) {
    const given = give(candidate, lines, shippingRest, found.shipping, goods)
    const amount = sum(given.parts) + given.shipping
    // A code for free shipping is good before there is anything to ship it by: it waits for the shopper's choice.
    const waits = found.lane === 'shipping' && found.shipping === null
    if (amount === 0 && !waits) {
      // Where nothing is left to take from, it is the promotions before that stand in the way.
      const alone =
        lines === goods.lines ? given : give(candidate, goods.lines, priceOf(found.shipping), found.shipping, goods)
      const taken = sum(alone.parts) + alone.shipping > 0
      refused.push(
        taken
          ? { candidate, why: 'not_combinable', unlock: removal(idsOf([...found.before, ...applied])) }
          : { candidate, why: 'no_entitled_items', unlock: given.unlock },
      )
      continue
    }
    if (!goods.limitsClaimed && isBeyondBudget(candidate, goods.currency, amount)) {
      refused.push({ candidate, why: 'usage_limit', unlock: null })
      continue
    }
    lines = takeOff(lines, given.parts)
    shippingRest -= given.shipping
    applied.push({ candidate, lane: found.lane, ...given })
  }
  return { applied, refused, payable: restOf(lines) + shippingRest }
}

/** What a promotion takes off goods of which `lines` are left and shipping of which `rest` is left. */
function give(
  { promotion: { effect } }: PromotionCandidate,
  lines: readonly DiscountLine[],
  rest: number,
  shipping: ChosenShipping,
  goods: Discountable,
): Pick<Application, 'parts' | 'shipping' | 'unlock'> {
  if (effect.type !== 'shipping') return { ...discountGoods(effect, lines, goods), shipping: 0 }
  if (shipping === 'none') return { parts: [], shipping: 0, unlock: null }
  const choice: Unlock = { kind: 'choose_shipping', rate_ids: effect.rate_ids ?? [] }
  if (shipping === null) return { parts: [], shipping: 0, unlock: choice }
  const off = discountShipping(effect, shipping.rateId, rest, goods)
  return { parts: [], shipping: off, unlock: isForRate(effect, shipping.rateId) ? null : choice }
}

/** The best of: all that combine, together; each exclusive one, alone. */
function compete(
  ordered: readonly PromotionCandidate[],
  isExclusive: (candidate: PromotionCandidate) => boolean,
  run: (candidates: readonly PromotionCandidate[]) => Plan,
): Plan {
  const together = run(ordered.filter((candidate) => !isExclusive(candidate)))
  const alone = ordered.filter(isExclusive).map((candidate) => ({ candidate, plan: run([candidate]) }))
  if (alone.length === 0) return together
  const works = alone.filter(({ plan }) => plan.applied.length > 0)
  const winner = chooseBetween(ordered, together, works)
  const losers = [together, ...alone.map(({ plan }) => plan)].filter((plan) => plan !== winner)
  const lost = new Set(losers.flatMap(({ applied }) => idsOf(applied)))
  const won = idsOf(winner.applied)
  const refused = losers.flatMap((plan) => [
    ...plan.applied.map(({ candidate }): Refusal => ({ candidate, why: 'not_combinable', unlock: removal(won) })),
    // Refused for a reason of their own they keep it; what stood in the way may itself have lost.
    ...plan.refused.map((refusal) => {
      if (refusal.unlock?.kind !== 'remove_promotion') return refusal
      const others = refusal.unlock.promotion_ids.filter((id) => !lost.has(id))
      return { ...refusal, unlock: removal([...new Set([...others, ...won])]) }
    }),
  ])
  return { ...winner, refused: [...winner.refused, ...refused] }
}

/**
 * A promotion that goes by priority beats all that come after it, and loses to any that comes before. Of the rest it is
 * where the shopper pays the least; ties go to those that combine, then to the earlier one. Nothing at all is no deal:
 * an exclusive promotion does not lose to it.
 */
function chooseBetween(
  ordered: readonly PromotionCandidate[],
  together: Plan,
  alone: readonly { candidate: PromotionCandidate; plan: Plan }[],
): Plan {
  const places = new Map(ordered.map((candidate, place) => [candidate, place]))
  const placeOf = (candidate: PromotionCandidate) => places.get(candidate) ?? ordered.length
  const first = alone.find(({ candidate }) => candidate.promotion.choice === 'priority')
  const end = first ? placeOf(first.candidate) : Number.POSITIVE_INFINITY
  const deals = [
    ...(together.applied.some(({ candidate }) => placeOf(candidate) < end) ? [together] : []),
    ...alone.flatMap(({ candidate, plan }) => (placeOf(candidate) < end ? [plan] : [])),
  ]
  const otherwise = first?.plan ?? together
  return (
    deals.reduce<Plan | null>((best, plan) => (best && best.payable <= plan.payable ? best : plan), null) ?? otherwise
  )
}

function takeOff(lines: readonly DiscountLine[], parts: readonly number[]): readonly DiscountLine[] {
  return lines.map((line, place) => (parts[place] ? { ...line, rest: line.rest - parts[place] } : line))
}

function idsOf(applied: readonly Application[]): string[] {
  return applied.map(({ candidate }) => candidate.promotion.id)
}

function removal(promotion_ids: readonly string[]): Unlock {
  return { kind: 'remove_promotion', promotion_ids }
}

function isBeyondBudget({ promotion }: PromotionCandidate, currency: string, amount: number): boolean {
  const budget = promotion.budgets[currency]
  // One that waits for shipping will give something: nothing left is too little for it.
  return budget !== undefined && budget.spent + Math.max(amount, 1) > budget.amount
}

function priceOf(shipping: ChosenShipping): number {
  return shipping === null || shipping === 'none' ? 0 : shipping.amount
}

function restOf(lines: readonly DiscountLine[]): number {
  return lines.reduce((left, { rest }) => left + rest, 0)
}
