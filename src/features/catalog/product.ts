import type { RankedLevel } from '../../domain/allocation.ts'
import type { QuantityRule } from '../../domain/cart.ts'
import type { CustomFieldType, CustomFieldValues } from '../../domain/custom-field.ts'
import type { Pricing, UnitMeasure } from '../../domain/price.ts'
import type { Metadata, ProductStatus, Seo } from '../../domain/product.ts'
import { availableQuantity } from '../../domain/stock.ts'
import { type Translations, translated, translateOptions } from '../../domain/translation.ts'
import type { LevelJson } from '../inventory/queries.ts'

/** A product with everything a storefront or staff may see of it, in every currency and locale. */
export interface Product {
  id: string
  handle: string
  title: string
  descriptionHtml: string
  vendor: string
  productType: string
  tags: string[]
  status: ProductStatus
  publishedAt: number | null
  unpublishedAt: number | null
  categoryId: string | null
  /** The product's category and those above it, the root first. */
  breadcrumbs: Named[]
  options: string[]
  seo: Seo
  images: ProductImage[]
  variants: ProductVariant[]
  collections: Named[]
  metadata: Metadata
  privateMetadata: Metadata
  customFields: CustomFieldValues
  /** Those of the custom fields that everybody may see; filled for storefronts. */
  publicFields: Record<string, { type: CustomFieldType; value: unknown }>
  /** What staff say goes with it. */
  relatedIds: string[]
  translations: Translations
  version: number
  createdAt: number
  updatedAt: number
}

/** A category or collection as a product names it. */
export interface Named {
  id: string
  handle: string
  title: string
  translations: Translations
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
  /** How many pieces an order may have: from `min` on in steps of `step`, up to `max`; null without end. */
  quantity: QuantityRule
  imageId: string | null
  unitMeasure: UnitMeasure | null
  pricing: Pricing
  levels: LevelJson[]
}

/** How many of a variant can be sold now; null is without limit. A variant without a shelf cannot be sold. */
export function availableOf(levels: readonly LevelJson[]): number | null {
  return availableQuantity(toLevels(levels))
}

/** Levels as they are read with a variant, in the form the rules of stock take. */
export function toLevels(levels: readonly LevelJson[]): Omit<RankedLevel, 'variantId'>[] {
  return levels.map(({ location_id, policy, backorder_limit, on_hand, held, freeable, country, priority }) => ({
    locationId: location_id,
    policy,
    backorderLimit: backorder_limit,
    onHand: on_hand,
    held,
    freeable,
    country: country ?? null,
    priority: priority ?? 0,
  }))
}

/** The title of a variant: its chosen values in the order of the options. */
export function variantTitle(options: readonly string[], chosen: Readonly<Record<string, string>>): string {
  return options.length === 0 ? 'Default' : options.map((name) => chosen[name] ?? '').join(' / ')
}

/** The same in a locale. */
export function translatedVariantTitle(
  options: readonly string[],
  chosen: Readonly<Record<string, string>>,
  translations: Translations,
  locale: string,
): string {
  if (options.length === 0 || !translated(translations, locale, 'options')) return variantTitle(options, chosen)
  const inOrder = Object.fromEntries(options.map((name) => [name, chosen[name] ?? '']))
  return Object.values(translateOptions(inOrder, translations, locale)).join(' / ')
}

/** One key for equal choices, whatever their order. */
export function optionKey(options: readonly string[], chosen: Readonly<Record<string, string>>): string {
  return JSON.stringify(options.map((name) => chosen[name] ?? ''))
}
