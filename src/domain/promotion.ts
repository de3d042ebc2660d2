import { type Item, type ItemFilter, matchesItem } from './item-filter.ts'
import type { Amounts } from './money.ts'

/**
 * What a promotion gives. Rates are parts per million (10 % = 100_000). Amounts are by currency: in one that is missing the
 * promotion does not apply.
 */
export type PromotionEffect = GoodsEffect | ShippingEffect

/** `order` takes from everything and spreads it over the lines; `items` takes from each line of the goods named. */
export type Scope = { target: 'order' } | { target: 'items'; items?: ItemFilter }

export type GoodsEffect =
  | (Scope & { type: 'percent'; rate_ppm: number; max_amounts?: Amounts })
  /** `per`: once off all the goods together, off each line of them, or off each piece. */
  | (Scope & { type: 'fixed_amount'; amounts: Amounts; per: 'order' | 'line' | 'unit' })
  /** Each piece for this price, where it costs more. */
  | { type: 'fixed_price'; amounts: Amounts; items?: ItemFilter }
  /** Whoever buys `buy.quantity` gets `get.quantity`, the cheapest, at `rate_ppm` off; every n-th is buy n - 1, get 1. */
  | {
      type: 'buy_get'
      buy: { quantity: number; items?: ItemFilter }
      get: { quantity: number; items?: ItemFilter; rate_ppm: number }
      max_sets?: number
    }
  /** A set of goods for one price. A piece is of one component; one that could be of several is counted where it is needed. */
  | { type: 'bundle'; components: { quantity: number; items?: ItemFilter }[]; amounts: Amounts; max_sets?: number }
  /** The highest tier that the goods reach, by their value or number. */
  | (Scope & { type: 'tiered'; tiers: Tier[] })
  /** That many pieces of any of these variants, the cheapest, cost nothing once they are in the cart. */
  | { type: 'gift'; variant_ids: string[]; quantity: number }

/** From this many pieces, or this value before discounts, on: a rate off, or an amount off the goods together. */
export type Tier = ({ from_quantity: number } | { from_subtotal: Amounts }) &
  ({ rate_ppm: number } | { amounts: Amounts })

export type ShippingEffect = { type: 'shipping'; rate_ids?: string[]; max_amounts?: Amounts } & (
  | { rate_ppm: number }
  | { amounts: Amounts }
)

/** What a cart must be like. All that is given must hold; minimums count goods before discounts. */
export interface PromotionConditions {
  minimum_subtotal?: Amounts
  minimum_quantity?: number
  /** The goods that the minimums count; all by default. */
  items?: ItemFilter
  customer_group_ids?: readonly string[]
  /** Only for somebody who has not ordered before. Complete finds out, by the hash of the normalised e-mail. */
  first_order?: boolean
  market_ids?: readonly string[]
  currencies?: readonly string[]
  /** Where the goods go: ISO 3166-1 alpha-2. */
  countries?: readonly string[]
}

/** Promotions are worked out lane by lane, in this order: each on what the lanes before have left. */
export const LANES = ['product', 'order', 'shipping'] as const
export type Lane = (typeof LANES)[number]

export interface Promotion {
  id: string
  title: string
  effect: PromotionEffect
  conditions: PromotionConditions
  /** The lower one is worked out first; of two equal ones that with the lower id. */
  priority: number
  /** What it does not combine with: nothing, all others of its lane, or all others. */
  exclusive: 'none' | 'lane' | 'cart'
  /** How an exclusive one is chosen: where the shopper pays the least, or by priority before all that come after it. */
  choice: 'best_deal' | 'priority'
  startsAt: number | null
  endsAt: number | null
  usageLimit: number | null
  customerLimit: number | null
  used: number
  /** By currency, what it may give away in all and what it has given. Empty is without a budget. */
  budgets: Readonly<Record<string, { amount: number; spent: number }>>
}

/** A promotion that may apply to a cart: automatic ones carry no code. */
export interface PromotionCandidate {
  promotion: Promotion
  code: string | null
  /** How often this very code may be used, and was; null without limit. */
  codeUses: { limit: number; used: number } | null
}

export const PROMOTION_REFUSALS = [
  'not_found',
  'expired',
  'not_started',
  'minimum_not_met',
  'usage_limit',
  'customer_limit',
  'not_eligible',
  'not_combinable',
  'no_entitled_items',
] as const
export type PromotionRefusal = (typeof PROMOTION_REFUSALS)[number]

/** What would unlock a promotion that was refused; amounts in minor units of the cart's currency. */
export type Unlock =
  | { kind: 'spend'; amount: number; items?: ItemFilter | undefined }
  | { kind: 'add'; quantity: number; items?: ItemFilter | undefined }
  | { kind: 'wait'; until: number }
  | { kind: 'choose_shipping'; rate_ids: readonly string[] }
  | { kind: 'remove_promotion'; promotion_ids: readonly string[] }

export type PromotionDecision = { ok: true } | { ok: false; why: PromotionRefusal; unlock: Unlock | null }

/** What a decision looks at of a line: before discounts. */
export interface ConditionLine extends Item {
  quantity: number
  unitAmount: number
}

/** Whom a promotion is for, and whether its limits still matter. */
export interface PromotionBuyer {
  currency: string
  marketId: string | null
  country: string
  groupIds: readonly string[]
  now: Date
  /** The cart's own pending order has already claimed its uses, so that limits were met then. */
  limitsClaimed: boolean
}

/** The lane that an effect is worked out in. */
export function laneOf(effect: PromotionEffect): Lane {
  if (effect.type === 'shipping') return 'shipping'
  return 'target' in effect && effect.target === 'order' ? 'order' : 'product'
}

/** Whether the promotion of `candidate` may apply to a cart of `lines`, before it is worked out what it gives. */
export function decidePromotion(
  candidate: PromotionCandidate,
  lines: readonly ConditionLine[],
  buyer: PromotionBuyer,
): PromotionDecision {
  const { promotion } = candidate
  const { startsAt, endsAt, conditions } = promotion
  const at = buyer.now.getTime()
  if (startsAt !== null && at < startsAt) return refuse('not_started', { kind: 'wait', until: startsAt })
  if (endsAt !== null && at >= endsAt) return refuse('expired')
  if (!isEligible(promotion, buyer)) return refuse('not_eligible')
  if (!buyer.limitsClaimed && isUsedUp(candidate)) return refuse('usage_limit')
  const items = countedBy(promotion)
  const counted = lines.filter((line) => matchesItem(items, line))
  const minimum = conditions.minimum_subtotal?.[buyer.currency] ?? 0
  const subtotal = counted.reduce((left, { quantity, unitAmount }) => left + quantity * unitAmount, 0)
  if (subtotal < minimum) {
    return refuse('minimum_not_met', { kind: 'spend', amount: minimum - subtotal, items })
  }
  const pieces = counted.reduce((left, { quantity }) => left + quantity, 0)
  const wanted = conditions.minimum_quantity ?? 0
  if (pieces < wanted) return refuse('minimum_not_met', { kind: 'add', quantity: wanted - pieces, items })
  return { ok: true }
}

/** Whether nobody may use it any more: it has reached its limit, or the code its own. */
export function isUsedUp({ promotion: { usageLimit, used }, codeUses }: PromotionCandidate): boolean {
  return (usageLimit !== null && used >= usageLimit) || (codeUses !== null && codeUses.used >= codeUses.limit)
}

function refuse(why: PromotionRefusal, unlock: Unlock | null = null): PromotionDecision {
  return { ok: false, why, unlock }
}

function isEligible({ conditions, effect, budgets }: Promotion, buyer: PromotionBuyer): boolean {
  const { currency, marketId, country, groupIds } = buyer
  const priced = Object.keys(conditions.minimum_subtotal ?? {})
  return (
    currenciesOf(effect).every((currencies) => currencies.includes(currency)) &&
    (priced.length === 0 || priced.includes(currency)) &&
    (Object.keys(budgets).length === 0 || currency in budgets) &&
    isAmong(conditions.currencies, currency) &&
    isAmong(conditions.countries, country) &&
    isAmong(conditions.market_ids, marketId) &&
    (!conditions.customer_group_ids?.length || conditions.customer_group_ids.some((id) => groupIds.includes(id)))
  )
}

function isAmong(allowed: readonly string[] | undefined, value: string | null): boolean {
  return !allowed || allowed.length === 0 || (value !== null && allowed.includes(value))
}

/** The currencies that each of an effect's amounts is given in; rates are for all, where nothing caps them. */
function currenciesOf(effect: PromotionEffect): string[][] {
  const capped = 'max_amounts' in effect ? Object.keys(effect.max_amounts ?? {}) : []
  const caps = capped.length > 0 ? [capped] : []
  if ('amounts' in effect) return [Object.keys(effect.amounts), ...caps]
  if (effect.type !== 'tiered') return caps
  return effect.tiers.flatMap((tier) => [
    ...('from_subtotal' in tier ? [Object.keys(tier.from_subtotal)] : []),
    ...('amounts' in tier ? [Object.keys(tier.amounts)] : []),
  ])
}

/** The goods that a promotion's minimums count. A gift does not help to reach the minimum it is given for. */
function countedBy({ conditions: { items }, effect }: Promotion): ItemFilter | undefined {
  if (effect.type !== 'gift') return items
  const variant_ids = [...(items?.exclude?.variant_ids ?? []), ...effect.variant_ids]
  return { ...items, exclude: { ...items?.exclude, variant_ids } }
}

/** Uses by one customer: whoever may use it on the first order only may use it once. */
export function customerLimitOf({
  customerLimit,
  conditions,
}: Pick<Promotion, 'customerLimit' | 'conditions'>): number | null {
  return conditions.first_order ? 1 : customerLimit
}

/** Codes are compared trimmed, upper case and in NFC: `welcome10` is `WELCOME10`, and an accent is one however it is typed. */
export function normaliseCode(code: string): string {
  return code.trim().toUpperCase().normalize('NFC')
}
