import type { Metadata } from './product.ts'
import type { PromotionRefusal } from './promotion.ts'

export type CartStatus = 'open' | 'completed' | 'merged' | 'expired'

export const MAX_LINES = 200
export const MAX_QUANTITY = 9999
export const MAX_DISCOUNT_CODES = 10

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
  | 'BACKORDERED'
  | `DISCOUNT_${Uppercase<PromotionRefusal>}`
  | 'SHIPPING_OPTION_REMOVED'
  | 'TAX_ESTIMATED'

export interface Warning {
  code: WarningCode
  message: string
  /** The line, code or option it is about, or null for the whole cart. */
  target: string | null
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
