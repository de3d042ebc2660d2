import { type MissingPart, missingParts, type Warning } from '../../domain/cart.ts'
import { type Buyer, priceFor, priceSteps } from '../../domain/price.ts'
import type { Promotion, PromotionCandidate, PromotionRefusal } from '../../domain/promotion.ts'
import { DEFAULT_ROUNDING, type Quote, type QuotedLine, quote } from '../../domain/quote.ts'
import { listShippingOptions, type ShippingOption, type ShippingZone } from '../../domain/shipping.ts'
import { isBackordered } from '../../domain/stock.ts'
import type { TaxZone } from '../../domain/tax.ts'
import { titleIn } from '../../domain/translation.ts'
import { availableOf, toLevels, translatedVariantTitle } from '../catalog/product.ts'
import type { Sellable } from '../catalog/sellables.ts'
import { pricingMarket } from '../markets/choose.ts'
import type { Market } from '../markets/queries.ts'
import type { CartLineRow, CartRow } from './queries.ts'

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

export interface PricedLine {
  row: CartLineRow
  /** Null when the variant is not for sale any more, or not in this currency. */
  sellable: Sellable | null
  /** In the cart's locale; null when the variant is not for sale any more. */
  title: string | null
  variantTitle: string | null
  unitAmount: number
  compareAtUnitAmount: number | null
  previousUnitAmount: number | null
  /** How many can be sold now; null is without limit. */
  available: number | null
  quoted: QuotedLine
}

export interface PricedCart {
  cart: CartRow
  lines: PricedLine[]
  quote: Quote
  country: string
  shippingOptions: ShippingOption[]
  shippingOption: ShippingOption | null
  discountCodes: { code: string; applied: boolean; reason: PromotionRefusal | null }[]
  warnings: Warning[]
  missing: MissingPart[]
  requiresShipping: boolean
}

/**
 * A cart with its quote and everything worth telling about it. Pure: display and checkout differ only in where `shop`
 * was read, so that a cart shows what complete will charge.
 */
export function priceCart(cart: CartRow, rows: readonly CartLineRow[], shop: ShopData, now: Date): PricedCart {
  const country = destinationOf(cart)
  const buyer = buyerOf(cart, shop)
  const found = rows.map((row) => {
    const known = shop.sellables.get(row.variantId)
    const sellable = known && (known.unpublishedAt ?? Number.POSITIVE_INFINITY) > now.getTime() ? known : null
    const price = sellable ? priceFor(sellable.pricing, buyer, row.quantity, now) : null
    return { row, sellable: price ? sellable : null, price }
  })
  const requiresShipping = found.some(({ sellable }) => sellable?.requiresShipping ?? false)
  const shippingOptions = requiresShipping ? listShippingOptions(shop.zones, country, cart.currency) : []
  const shippingOption = shippingOptions.find(({ id }) => id === cart.shippingOptionId) ?? null
  const candidates = candidatesOf(cart, shop)
  const quoted = quote({
    currency: cart.currency,
    lines: found.flatMap(({ row, sellable, price }) =>
      sellable && price
        ? [
            {
              id: row.id,
              quantity: row.quantity,
              unitAmount: price.amount,
              taxCategory: sellable.taxCategory,
              requiresShipping: sellable.requiresShipping,
            },
          ]
        : [],
    ),
    promotions: candidates,
    // The pending order of this very cart has claimed its uses: they are not somebody else's.
    limitsClaimed: cart.orderId !== null,
    refusals: cart.refusals,
    shipping: shippingOption,
    tax: shop.taxZones.find((zone) => zone.country === country) ?? null,
    rounding: DEFAULT_ROUNDING,
    giftCards: [],
    now,
  })
  const byId = new Map(quoted.lines.map((line) => [line.id, line]))
  const lines = found.map(({ row, sellable, price }): PricedLine => {
    const current = price?.amount ?? row.seenUnitAmount ?? 0
    const seen = row.seenCurrency === cart.currency ? row.seenUnitAmount : null
    // The price of another quantity is no other price: whoever takes more knows that a piece gets cheaper.
    const steps = sellable ? priceSteps(sellable.pricing, buyer, now) : []
    const isNews = price !== null && seen !== null && steps.every(({ amount }) => amount !== seen)
    return {
      row,
      sellable,
      ...titlesOf(sellable, cart.locale),
      unitAmount: current,
      compareAtUnitAmount: price?.compareAtAmount ?? null,
      previousUnitAmount: isNews ? seen : null,
      available: sellable ? availableOf(sellable.levels) : 0,
      quoted: byId.get(row.id) ?? { id: row.id, subtotal: 0, discount: 0, tax: 0, total: 0, discounts: [], taxes: [] },
    }
  })
  const discountCodes = codesOf(cart, quoted, shop)
  return {
    cart,
    lines,
    quote: quoted,
    country,
    shippingOptions,
    shippingOption,
    discountCodes,
    warnings: [...lines.flatMap(warnLine), ...warnCart(cart, shippingOption, discountCodes)],
    missing: missingParts({
      email: cart.email,
      hasShippingAddress: cart.shippingAddress !== null,
      hasShippingOption: shippingOption !== null,
      requiresShipping,
    }),
    requiresShipping,
  }
}

/** Where the goods go: the address, once there is one. It picks tax and shipping. */
export function destinationOf(cart: Pick<CartRow, 'country' | 'shippingAddress'>): string {
  return cart.shippingAddress?.country ?? cart.country
}

/** Whom the cart's prices are for: its currency, the market of its destination, its owner's groups. */
export function buyerOf(
  cart: Pick<CartRow, 'country' | 'shippingAddress' | 'currency' | 'groupIds'>,
  { markets }: Pick<ShopData, 'markets'>,
): Buyer {
  const country = destinationOf(cart)
  const market = markets.find(({ countries }) => countries.includes(country))
  return { currency: cart.currency, marketId: pricingMarket(market, cart.currency), groupIds: cart.groupIds }
}

function titlesOf(sellable: Sellable | null, locale: string): { title: string | null; variantTitle: string | null } {
  if (!sellable) return { title: null, variantTitle: null }
  const { translations, optionNames, options } = sellable
  return {
    title: titleIn(sellable, locale),
    variantTitle: translatedVariantTitle(optionNames, options, translations, locale),
  }
}

/** The keys under which a cart's variants are cached. */
export function variantKeys(rows: readonly CartLineRow[]): string[] {
  return [...new Set(rows.map(({ variantId }) => variantId))]
}

function candidatesOf(cart: CartRow, shop: ShopData): PromotionCandidate[] {
  const byCode = cart.discountCodes.flatMap((code) => shop.codes.get(code) ?? [])
  return [...shop.automatic.map((promotion) => ({ promotion, code: null })), ...byCode]
}

function codesOf(cart: CartRow, quoted: Quote, shop: ShopData): PricedCart['discountCodes'] {
  return cart.discountCodes.map((code) => {
    if (!shop.codes.has(code)) return { code, applied: false, reason: 'not_found' }
    const applied = quoted.applied.some((promotion) => promotion.code === code)
    const refused = quoted.refused.find((promotion) => promotion.code === code)
    return { code, applied, reason: applied ? null : (refused?.reason ?? 'not_eligible') }
  })
}

function warnLine(line: PricedLine): Warning[] {
  const { row, sellable, available } = line
  const warn = (code: Warning['code'], message: string): Warning => ({ code, message, target: row.id })
  if (!sellable) return [warn('ITEM_UNAVAILABLE', 'This item is no longer for sale; remove it to go on.')]
  const warnings: Warning[] = []
  if (line.previousUnitAmount !== null) {
    const direction = line.unitAmount > line.previousUnitAmount ? 'risen' : 'fallen'
    warnings.push(warn('PRICE_CHANGED', `The price has ${direction} since you last looked.`))
  }
  if (available === 0) warnings.push(warn('OUT_OF_STOCK', 'This item is sold out.'))
  else if (available !== null && available < row.quantity) {
    warnings.push(warn('LOW_STOCK', `Only ${available} left.`))
  }
  const backordered = isBackordered(toLevels(sellable.levels), row.quantity)
  if (backordered) warnings.push(warn('BACKORDERED', 'Part of this item ships when it is in stock again.'))
  return warnings
}

function warnCart(cart: CartRow, shippingOption: ShippingOption | null, codes: PricedCart['discountCodes']): Warning[] {
  const warnings: Warning[] = codes.flatMap(({ code, reason }) =>
    reason === null
      ? []
      : [
          {
            code: `DISCOUNT_${reason.toUpperCase() as Uppercase<PromotionRefusal>}` as const,
            message: `The code ${code} is not applied.`,
            target: code,
          },
        ],
  )
  if (cart.shippingOptionId !== null && shippingOption === null) {
    const message = 'The chosen shipping option is not offered any more.'
    warnings.push({ code: 'SHIPPING_OPTION_REMOVED', message, target: cart.shippingOptionId })
  }
  return warnings
}
