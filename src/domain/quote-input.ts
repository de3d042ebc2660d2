import type { Item } from './item-filter.ts'
import type { PromotionCandidate, PromotionRefusal } from './promotion.ts'
import type { RoundingPolicy } from './rounding.ts'
import type { Parcel, ShippingRate } from './shipping.ts'
import type { QuotedTax, TaxZone } from './tax.ts'

export interface QuoteLine extends Item {
  id: string
  quantity: number
  /** The price of one, in minor units of the quote's currency. */
  unitAmount: number
  /** The price list that made the price, or null for the regular one. */
  priceListId: string | null
  /** Null for goods that are not taxed. */
  taxCategory: string | null
  requiresShipping: boolean
  weightGrams: number
}

/** What a tax provider has worked out instead of a zone's rates; amounts as `QuotedTax`. */
export interface ProvidedTaxes {
  lines: ReadonlyMap<string, readonly QuotedTax[]>
  shipping: readonly QuotedTax[]
}

export interface QuoteInput {
  currency: string
  lines: readonly QuoteLine[]
  promotions: readonly PromotionCandidate[]
  /** Limits of these promotions were met when the cart's own pending order claimed them. */
  limitsClaimed: boolean
  /** Promotion id, or `code:` and a code, -> why it may not be used here, found out by an earlier complete. */
  refusals: Readonly<Record<string, PromotionRefusal>>
  buyer: { marketId: string | null; country: string; groupIds: readonly string[] }
  /** The rates of the destination, and the one the shopper has chosen. */
  shipping: { rates: readonly ShippingRate[]; chosenId: string | null; carrierAmounts: Parcel['carrierAmounts'] }
  tax: TaxZone | null
  /** The buyer accounts for the tax: prices that contain it are asked without it. */
  taxExempt: boolean
  providedTaxes: ProvidedTaxes | null
  rounding: RoundingPolicy
  /** Tender in the order it is used; balances in minor units of the quote's currency. */
  giftCards: readonly { id: string; balance: number }[]
  now: Date
}
