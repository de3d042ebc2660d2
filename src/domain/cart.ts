import type { Metadata } from './product.ts'
import type { PromotionRefusal } from './promotion.ts'

export type CartStatus = 'open' | 'completed' | 'merged' | 'expired'

/** How many pieces of a variant an order may have: from `min` on, in steps of `step`, up to `max`; null without end. */
export interface QuantityRule {
  min: number
  max: number | null
  step: number
}

export const MAX_LINES = 200
export const MAX_QUANTITY = 9999
/**
 * The attributes of all lines together, as the bytes of their keys: a merge and an order write them in one statement, and
 * D1 takes 2 MB a value. There a quote in a text is escaped twice, once in each of two columns.
 */
export const MAX_ATTRIBUTE_BYTES = 256 * 1024
export const MAX_DISCOUNT_CODES = 10
export const MAX_GIFT_CARDS = 10

/** A cart nobody touches for this long is over. */
export const CART_LIFETIME_MS = 30 * 24 * 3600 * 1000

/** What complete cannot do without; the names are the cart's own fields. */
export type MissingPart = 'email' | 'shipping_address' | 'billing_address' | 'shipping_option'

/** Warnings inform and never block; problems block. */
export type WarningCode =
  | 'PRICE_CHANGED'
  | 'QUANTITY_REDUCED'
  | 'OUT_OF_STOCK'
  | 'LOW_STOCK'
  | 'ITEM_UNAVAILABLE'
  | 'QUANTITY_NOT_ALLOWED'
  | 'BACKORDERED'
  | `DISCOUNT_${Uppercase<PromotionRefusal>}`
  | 'GIFT_CARD_UNUSABLE'
  | 'SHIPPING_OPTION_REMOVED'
  | 'TAX_ESTIMATED'
  | 'CART_MERGED'

export interface Warning {
  code: WarningCode
  message: string
  /** The line, code, gift card, option or other cart it is about, after a recovery the variant; null for the whole cart. */
  target: string | null
}

/** Whether so many pieces may be ordered. */
export function isAllowedQuantity(quantity: number, { min, max, step }: QuantityRule): boolean {
  return quantity >= min && (max === null || quantity <= max) && quantity % step === 0
}

/** The most that may be ordered of at most `quantity` pieces; 0 where that is less than the least. */
export function largestAllowed(quantity: number, { min, max, step }: QuantityRule): number {
  const most = Math.min(quantity, max ?? quantity)
  const whole = most - (most % step)
  return whole >= min ? whole : 0
}

/** How many pieces a line gets of those that are wished; `quantity` is less where there is no more to be had. */
export type QuantityDecision = { ok: true; quantity: number } | { ok: false; why: 'sold_out' | 'not_allowed' }

/**
 * Decides a line's quantity: more than the rule, the stock or a line allows is cut to the most that may be ordered; too
 * few, or a number between two steps, is nobody's wish that can be guessed, and is refused.
 * @param wished what the line would hold, 1 or more. @param available how many can be sold now; null is without limit.
 */
export function decideQuantity(wished: number, rule: QuantityRule, available: number | null): QuantityDecision {
  if (available === 0) return { ok: false, why: 'sold_out' }
  const most = Math.min(rule.max ?? MAX_QUANTITY, MAX_QUANTITY)
  if (wished <= most && !isAllowedQuantity(wished, rule)) return { ok: false, why: 'not_allowed' }
  const quantity = largestAllowed(Math.min(wished, most, available ?? most), rule)
  return quantity === 0 ? { ok: false, why: 'sold_out' } : { ok: true, quantity }
}

/** What a rule allows, as the end of a sentence: `must be at least 6, at most 24, in steps of 6`. */
export function describeRule({ min, max, step }: QuantityRule): string {
  // The least that is a whole number of steps: of `min` 10 in steps of 6 that is 12.
  const least = Math.ceil(min / step) * step
  const parts = [`at least ${least}`]
  if (max !== null) parts.push(`at most ${max - (max % step)}`)
  if (step > 1) parts.push(`in steps of ${step}`)
  return `must be ${parts.join(', ')}`
}

/** Which quantity a line gets that is in both of two carts. Lines that are in one of them only are kept whatever it says. */
export const MERGE_STRATEGIES = ['sum', 'max', 'keep_target', 'keep_source'] as const
export type MergeStrategy = (typeof MERGE_STRATEGIES)[number]

export function mergedQuantity(strategy: MergeStrategy, target: number, source: number): number {
  switch (strategy) {
    case 'sum':
      return target + source
    case 'max':
      return Math.max(target, source)
    case 'keep_target':
      return target
    case 'keep_source':
      return source
  }
}

/** One key for equal attributes, whatever their order: the same variant with the same attributes is one line. */
export function attributesKey(attributes: Metadata): string {
  const entries = Object.entries(attributes).sort(([left], [right]) => (left < right ? -1 : 1))
  return entries.length === 0 ? '' : JSON.stringify(entries)
}

/** What is still missing before `complete`. Goods that need no shipping need neither address nor option. */
export function missingParts(cart: {
  email: string | null
  hasShippingAddress: boolean
  hasShippingOption: boolean
  requiresShipping: boolean
}): MissingPart[] {
  const missing: MissingPart[] = []
  if (!cart.email) missing.push('email')
  if (cart.requiresShipping && !cart.hasShippingAddress) missing.push('shipping_address')
  if (cart.requiresShipping && !cart.hasShippingOption) missing.push('shipping_option')
  return missing
}
