import type { Metadata, ProductStatus, Seo } from '../../domain/product.ts'
import { availableQuantity, type StockLevel } from '../../domain/stock.ts'
import type { LevelJson } from '../inventory/queries.ts'

/** A product with everything a storefront or staff may see of it, in every currency. */
export interface Product {
  id: string
  handle: string
  title: string
  descriptionHtml: string
  vendor: string
  productType: string
  tags: string[]
  status: ProductStatus
  options: string[]
  seo: Seo
  images: ProductImage[]
  variants: ProductVariant[]
  collections: { handle: string; title: string }[]
  metadata: Metadata
  privateMetadata: Metadata
  version: number
  createdAt: number
  updatedAt: number
}

export interface ProductImage {
  id: string
  url: string
  alt: string
  width: number | null
  height: number | null
}

export interface ProductVariant {
  id: string
  sku: string | null
  title: string
  options: Record<string, string>
  barcode: string | null
  weightGrams: number
  requiresShipping: boolean
  taxable: boolean
  taxCategory: string
  imageId: string | null
  prices: Price[]
  levels: LevelJson[]
}

export interface Price {
  currency: string
  /** '' is the price everywhere; a market's own price wins over it. */
  market_id: string
  amount: number
  compare_at_amount: number | null
}

/** The price of a market in a currency: its own, else the one that holds everywhere, else none. */
export function priceIn(prices: readonly Price[], currency: string, marketId: string | null): Price | null {
  const inCurrency = prices.filter((price) => price.currency === currency)
  return (
    inCurrency.find((price) => price.market_id === marketId) ??
    inCurrency.find((price) => price.market_id === '') ??
    null
  )
}

/** How many of a variant can be sold now; null is without limit. A variant without a shelf cannot be sold. */
export function availableOf(levels: readonly LevelJson[]): number | null {
  return availableQuantity(toLevels(levels))
}

/** Levels as they are read with a variant, in the form the rules of stock take. */
export function toLevels(levels: readonly LevelJson[]): Omit<StockLevel, 'variantId'>[] {
  return levels.map(({ location_id, policy, backorder_limit, on_hand, held, freeable }) => ({
    locationId: location_id,
    policy,
    backorderLimit: backorder_limit,
    onHand: on_hand,
    held,
    freeable,
  }))
}

/** The title of a variant: its chosen values in the order of the options. */
export function variantTitle(options: readonly string[], chosen: Readonly<Record<string, string>>): string {
  return options.length === 0 ? 'Default' : options.map((name) => chosen[name] ?? '').join(' / ')
}

/** One key for equal choices, whatever their order. */
export function optionKey(options: readonly string[], chosen: Readonly<Record<string, string>>): string {
  return JSON.stringify(options.map((name) => chosen[name] ?? ''))
}
