import type { Lane, PromotionRefusal, Unlock } from './promotion.ts'
import type { RoundingPolicy } from './rounding.ts'
import type { PickupLocation, ShippingOption } from './shipping.ts'
import type { QuotedTax } from './tax.ts'

export interface LineDiscount {
  promotion_id: string
  code: string | null
  title: string
  amount: number
}

export interface QuotedLine {
  id: string
  /** What one piece costs here: without tax where the buyer is exempt from one that the price contains. */
  unitAmount: number
  /** The price list that made the price, or null for the regular one. */
  priceListId: string | null
  subtotal: number
  discount: number
  tax: number
  total: number
  discounts: LineDiscount[]
  taxes: QuotedTax[]
}

export interface QuotedShipping {
  option_id: string
  name: string
  source: ShippingOption['source']
  /** Where the goods were to be picked up when it was quoted: an order keeps it. */
  pickup: PickupLocation | null
  amount: number
  discount: number
  tax: number
  discounts: LineDiscount[]
  taxes: QuotedTax[]
}

/** Minor units. `total = subtotal - discount + shipping + (tax_included ? 0 : tax)`; `amount_due` is after gift cards. */
export interface Totals {
  subtotal: number
  discount: number
  shipping: number
  shipping_discount: number
  tax: number
  shipping_tax: number
  total: number
  tax_included: boolean
  amount_due: number
}

export interface AppliedPromotion {
  promotionId: string
  code: string | null
  title: string
  lane: Lane
  amount: number
}

export interface RefusedPromotion {
  promotionId: string
  code: string | null
  title: string
  reason: PromotionRefusal
  unlock: Unlock | null
}

/** A gift the cart has earned and does not hold yet. */
export interface EarnedGift {
  promotionId: string
  title: string
  variantIds: readonly string[]
  quantity: number
}

/** One tax over the whole cart. */
export interface TaxSum {
  name: string
  rate_ppm: number
  amount: number
}

export interface Quote {
  currency: string
  lines: QuotedLine[]
  shipping: QuotedShipping | null
  /** What can be chosen now, at its price before discounts. */
  shippingOptions: ShippingOption[]
  applied: AppliedPromotion[]
  refused: RefusedPromotion[]
  gifts: EarnedGift[]
  taxes: TaxSum[]
  taxExempt: boolean
  rounding: RoundingPolicy
  giftCards: { id: string; amount: number }[]
  totals: Totals
}
