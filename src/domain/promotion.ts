/** What a promotion gives. Rates are parts per million (10 % = 100_000). */
export type PromotionEffect = { type: 'percent'; target: 'order'; rate_ppm: number }

export interface PromotionConditions {
  /** Currency -> minor units of goods before discounts. Where it names any currency, others do not qualify. */
  minimum_subtotal?: Readonly<Record<string, number>>
}

export interface Promotion {
  id: string
  title: string
  effect: PromotionEffect
  conditions: PromotionConditions
  priority: number
  startsAt: number | null
  endsAt: number | null
  usageLimit: number | null
  customerLimit: number | null
  used: number
}

/** A promotion that may apply to a cart: automatic ones carry no code. */
export interface PromotionCandidate {
  promotion: Promotion
  code: string | null
}

export type PromotionRefusal =
  | 'not_found'
  | 'expired'
  | 'not_started'
  | 'minimum_not_met'
  | 'usage_limit'
  | 'customer_limit'
  | 'not_eligible'
  | 'not_combinable'
  | 'no_entitled_items'

export type PromotionDecision = { ok: true } | { ok: false; why: PromotionRefusal }

/**
 * Whether `promotion` applies to goods of `subtotal` minor units at `now`.
 * @param limitsClaimed the cart's own pending order has already claimed its uses, so that limits were met then.
 */
export function decidePromotion(
  promotion: Promotion,
  cart: { subtotal: number; currency: string; now: Date; limitsClaimed: boolean },
): PromotionDecision {
  const at = cart.now.getTime()
  if (promotion.startsAt !== null && at < promotion.startsAt) return { ok: false, why: 'not_started' }
  if (promotion.endsAt !== null && at >= promotion.endsAt) return { ok: false, why: 'expired' }
  const exhausted = promotion.usageLimit !== null && promotion.used >= promotion.usageLimit
  if (exhausted && !cart.limitsClaimed) return { ok: false, why: 'usage_limit' }
  const minimums = promotion.conditions.minimum_subtotal
  if (minimums && Object.keys(minimums).length > 0) {
    const minimum = minimums[cart.currency]
    if (minimum === undefined) return { ok: false, why: 'not_eligible' }
    if (cart.subtotal < minimum) return { ok: false, why: 'minimum_not_met' }
  }
  return { ok: true }
}

/** Codes are compared trimmed and upper case, so that `welcome10` is `WELCOME10`. */
export function normaliseCode(code: string): string {
  return code.trim().toUpperCase()
}
