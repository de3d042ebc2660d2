import { type Destination, findZone, isEstimate } from '../../domain/area.ts'
import { type MissingPart, missingParts, type Warning } from '../../domain/cart.ts'
import { decideGiftCard, type GiftCard } from '../../domain/gift-card.ts'
import type { Promotion, PromotionCandidate, PromotionRefusal } from '../../domain/promotion.ts'
import { quote } from '../../domain/quote.ts'
import type { ProvidedTaxes } from '../../domain/quote-input.ts'
import type { Quote } from '../../domain/quoted.ts'
import { DEFAULT_ROUNDING } from '../../domain/rounding.ts'
import { listRates, type ShippingOption, type ShippingZone } from '../../domain/shipping.ts'
import type { TaxZone } from '../../domain/tax.ts'
import { isExempt } from '../../domain/vat-id.ts'
import type { Sellable } from '../catalog/sellables.ts'
import type { Market } from '../markets/queries.ts'
import { buyerOf, destinationOf, supplyOf } from './destination.ts'
import { explainPromotions } from './explanations.ts'
import { findLines, type PricedLine, toPricedLine, toQuoteLine } from './priced-lines.ts'
import type { CartLineRow, CartRow } from './queries.ts'
import { warnCart, warnGiftCards, warnLine } from './warnings.ts'

/** What the shop says about a cart's content: from the cache for display, from the primary to charge. */
export interface ShopData {
  markets: readonly Market[]
  zones: readonly ShippingZone[]
  taxZones: readonly TaxZone[]
  automatic: readonly Promotion[]
  /** By normalised code. */
  codes: ReadonlyMap<string, PromotionCandidate>
  /** By variant id. A variant that is absent is not for sale. */
  sellables: ReadonlyMap<string, Sellable>
}

/** What providers outside the shop have said of a cart; without them zones and rates hold. */
export interface OutsideData {
  carrierAmounts: ReadonlyMap<string, number>
  taxes: ProvidedTaxes | null
  /** A tax provider was asked and gave no answer: the zone's rates stand in. */
  taxesMissing: boolean
}

export const NOTHING_OUTSIDE: OutsideData = { carrierAmounts: new Map(), taxes: null, taxesMissing: false }

export interface PricedCart {
  cart: CartRow
  lines: PricedLine[]
  quote: Quote
  country: string
  shippingOptions: ShippingOption[]
  shippingOption: ShippingOption | null
  /** A fuller address could be offered other options. */
  shippingEstimated: boolean
  /** The cart's gift cards in the order they pay; minor units of the cart's currency, and of the card's. */
  giftCards: { card: GiftCard; used: number }[]
  /** The cart's codes; `message` says why one is not applied. */
  discountCodes: { code: string; applied: boolean; reason: PromotionRefusal | null; message: string }[]
  warnings: Warning[]
  missing: MissingPart[]
  requiresShipping: boolean
  /** The whole address that the goods are supplied at; null while only the country is known. */
  supply: (Destination & { city: string }) | null
}

/**
 * A cart with its quote and everything worth telling about it. Pure: display and checkout differ only in where `shop`
 * was read, so that a cart shows what complete will charge.
 */
export function priceCart(
  cart: CartRow,
  rows: readonly CartLineRow[],
  shop: ShopData,
  now: Date,
  outside: OutsideData = NOTHING_OUTSIDE,
): PricedCart {
  const found = findLines(buyerOf(cart, shop.markets), rows, shop.sellables, now)
  const goods = found.flatMap((line) => toQuoteLine(line) ?? [])
  const requiresShipping = goods.some((line) => line.requiresShipping)
  const destination = destinationOf(cart)
  const { rates, estimated: shippingEstimated } = listRates(shop.zones, destination)
  const chosen = requiresShipping ? rates.find(({ id }) => id === cart.shippingOptionId) : undefined
  const supply = supplyOf(cart, requiresShipping, chosen?.pickup ?? null)
  const tax = findZone(shop.taxZones, supply)
  const market = shop.markets.find(({ countries }) => countries.includes(destination.country))
  const quoted = quote({
    currency: cart.currency,
    lines: goods,
    promotions: candidatesOf(cart, shop),
    // The pending order of this very cart has claimed its uses: they are not somebody else's.
    limitsClaimed: cart.orderId !== null,
    refusals: cart.refusals,
    buyer: { marketId: market?.id ?? null, country: destination.country, groupIds: cart.groupIds },
    shipping: { rates, chosenId: cart.shippingOptionId, carrierAmounts: outside.carrierAmounts },
    tax,
    taxExempt: isExempt(tax, supply.country, cart.vatId),
    providedTaxes: outside.taxes,
    rounding: tax?.rounding ?? DEFAULT_ROUNDING,
    giftCards: spendableCards(cart, now),
    now,
  })
  const byId = new Map(quoted.lines.map((line) => [line.id, line]))
  const netZone = quoted.taxExempt && tax?.included ? tax : null
  const lines = found.map((line) => toPricedLine(line, cart, byId.get(line.row.id), { now, netZone }))
  const shippingOption = quoted.shippingOptions.find(({ id }) => id === cart.shippingOptionId) ?? null
  const usedOf = new Map(quoted.giftCards.map(({ id, amount }) => [id, amount]))
  const discountCodes = codesOf(cart, quoted, shop)
  const taxEstimated = outside.taxesMissing || (tax !== null && isEstimate(shop.taxZones, supply))
  return {
    cart,
    lines,
    quote: quoted,
    country: destination.country,
    shippingOptions: quoted.shippingOptions,
    shippingOption,
    shippingEstimated,
    giftCards: cart.giftCards.map((card) => ({ card, used: usedOf.get(card.id) ?? 0 })),
    discountCodes,
    warnings: [
      ...lines.flatMap(warnLine),
      ...warnCart(cart, { isRemoved: requiresShipping && shippingOption === null, codes: discountCodes, taxEstimated }),
      ...warnGiftCards(cart, now),
    ],
    missing: missingParts({
      email: cart.email,
      hasShippingAddress: cart.shippingAddress !== null || chosen?.pickup != null,
      hasShippingOption: shippingOption !== null,
      requiresShipping,
    }),
    requiresShipping,
    supply: supply.city === null ? null : { ...supply, city: supply.city },
  }
}

/** Tender in the order in which the shopper added it: what pays next is never a riddle, and theirs to choose. */
function spendableCards(cart: CartRow, now: Date): GiftCard[] {
  return cart.giftCards.filter((card) => decideGiftCard(card, cart, now).ok)
}

/** The keys under which a cart's variants are cached. */
export function variantKeys(rows: readonly CartLineRow[]): string[] {
  return [...new Set(rows.map(({ variantId }) => variantId))]
}

/** Every promotion that could apply: the automatic ones, and those behind the cart's codes. */
export function candidatesOf(cart: Pick<CartRow, 'discountCodes'>, shop: ShopData): PromotionCandidate[] {
  const byCode = cart.discountCodes.flatMap((code) => shop.codes.get(code) ?? [])
  return [...shop.automatic.map((promotion) => ({ promotion, code: null, codeUses: null })), ...byCode]
}

function codesOf(cart: CartRow, quoted: Quote, shop: ShopData): PricedCart['discountCodes'] {
  if (cart.discountCodes.length === 0) return []
  const explained = explainPromotions(quoted, candidatesOf(cart, shop), cart.discountCodes, cart.refusals)
  const byCode = new Map(explained.map((explanation) => [explanation.code, explanation]))
  return cart.discountCodes.flatMap((code) => {
    const found = byCode.get(code)
    return found ? [{ code, applied: found.applied, reason: found.reason, message: found.message }] : []
  })
}
