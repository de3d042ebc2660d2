import * as z from 'zod'
import type { QuantityRule } from '../../domain/cart.ts'
import { priceFor, priceSteps, priorPrice, type UnitMeasure, unitPrice } from '../../domain/price.ts'
import { optionName, optionValue, titleIn, translated, translateOptions } from '../../domain/translation.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import {
  HandleParam,
  ImageView,
  MetadataShape,
  MoneyShape,
  money,
  SeoView,
  timestamp,
} from '../../platform/http/shapes.ts'
import { PublicFieldsView } from '../custom-fields/contract.ts'
import type { MarketChoice } from '../markets/choose.ts'
import { toTextsView } from '../translations/contract.ts'
import { availableOf, type Named, type Product, type ProductVariant, translatedVariantTitle } from './product.ts'

export const PriceRange = shape(() => z.object({ min: MoneyShape(), max: MoneyShape() }).meta({ id: 'PriceRange' }))

export const UnitMeasureView = shape(() =>
  z
    .object({ quantity: z.int(), unit: z.string(), reference_quantity: z.int(), reference_unit: z.string() })
    .meta({ id: 'UnitMeasure', description: 'What one piece contains, and the quantity that its unit price is for' }),
)

export const VariantView = shape(() =>
  z
    .object({
      id: z.string(),
      sku: z.string().nullable(),
      title: z.string(),
      options: z.record(z.string(), z.string()).meta({ description: 'What it is of each option, in the locale' }),
      price: MoneyShape()
        .nullable()
        .meta({ description: 'What one piece costs now, sales included; null where it is not sold in this currency' }),
      compare_at_price: MoneyShape()
        .nullable()
        .meta({ description: 'The price before the reduction; null where nothing is reduced' }),
      lowest_price_30_days: MoneyShape().nullable().meta({
        description:
          'The lowest price of the 30 days before the reduction, which a reduction is told from in the EU (Directive 98/6/EC, article 6a); where it is not above the price, there is none to announce',
      }),
      unit_price: z
        .object({ price: MoneyShape(), measure: UnitMeasureView() })
        .nullable()
        .meta({ description: 'The price per kilogram, litre and so on' }),
      quantity_prices: z
        .array(z.object({ min_quantity: z.int(), price: MoneyShape() }))
        .meta({ description: 'What a piece costs from a larger quantity on; empty where it is always the same' }),
      quantity: z.object({ min: z.int(), max: z.int().nullable(), step: z.int() }).nullable().meta({
        description: 'How many an order may have: from min on in steps of step, up to max; null is any number',
      }),
      available: z.boolean(),
      image_id: z.string().nullable(),
    })
    .meta({ id: 'Variant' }),
)

const OptionView = shape(() => z.object({ name: z.string(), values: z.array(z.string()) }).meta({ id: 'Option' }))
const NamedView = shape(() => z.object({ handle: z.string(), title: z.string() }))

export const ProductView = shape(() =>
  z
    .object({
      id: z.string(),
      handle: z.string(),
      title: z.string(),
      description_html: z.string(),
      vendor: z.string(),
      product_type: z.string(),
      tags: z.array(z.string()),
      options: z.array(OptionView()),
      variants: z.array(VariantView()),
      variants_next_cursor: z
        .string()
        .nullable()
        .meta({ description: 'Where a product has more variants than stand here: cursor of its /variants' }),
      images: z.array(ImageView()),
      price_range: PriceRange().nullable().meta({
        description: 'Of all variants, also those that do not stand here; null where it is not sold in this currency',
      }),
      available: z.boolean().meta({ description: 'Whether any variant can be bought now' }),
      category: z
        .object({ handle: z.string(), title: z.string(), breadcrumbs: z.array(NamedView()) })
        .nullable()
        .meta({ description: 'breadcrumbs go from the root of the tree down to the category itself' }),
      collections: z.array(NamedView()),
      seo: SeoView(),
      metadata: MetadataShape(),
      custom_fields: PublicFieldsView(),
      updated_at: z.string(),
    })
    .meta({ id: 'Product' }),
)

export const ProductParams = shape(() => z.object({ product: HandleParam() }))
export const ProductIdParams = shape(() => z.object({ product: idSchema('product') }))

/**
 * A product for a market, in its currency and locale.
 * @param page the variants to show, and the cursor to those behind them. Ranges and availability are of all of them.
 */
export function toProductView(
  product: Product,
  choice: MarketChoice,
  now: Date,
  page: { variants: readonly ProductVariant[]; nextCursor: string | null },
) {
  const { locale, currency } = choice
  const { title: seoTitle, description: seoDescription } = product.seo
  const prices = product.variants.flatMap(({ pricing }) => priceFor(pricing, choice, 1, now)?.amount ?? [])
  const category = product.breadcrumbs.at(-1)
  return {
    id: product.id,
    handle: product.handle,
    ...toTextsView({ ...product, seoTitle, seoDescription }, locale),
    vendor: product.vendor,
    product_type: product.productType,
    tags: product.tags,
    options: toOptionsView(product, locale),
    variants: page.variants.map((variant) => toVariantView(product, variant, choice, now)),
    variants_next_cursor: page.nextCursor,
    images: product.images,
    price_range: toRange(prices, currency),
    available: product.variants.some((variant) => isAvailable(variant, choice, now)),
    category: category
      ? { ...toNamedView(category, locale), breadcrumbs: product.breadcrumbs.map((each) => toNamedView(each, locale)) }
      : null,
    collections: product.collections.map((collection) => toNamedView(collection, locale)),
    metadata: product.metadata,
    custom_fields: product.publicFields,
    updated_at: timestamp(product.updatedAt),
  }
}

export function toVariantView(product: Product, variant: ProductVariant, choice: MarketChoice, now: Date) {
  const { currency, locale } = choice
  const { pricing, unitMeasure } = variant
  const price = priceFor(pricing, choice, 1, now)
  const prior = priorPrice(pricing, choice, now)
  const steps = priceSteps(pricing, choice, now)
  return {
    id: variant.id,
    sku: variant.sku,
    title: translatedVariantTitle(product.options, variant.options, product.translations, locale),
    options: translateOptions(variant.options, product.translations, locale),
    price: price ? money(price.amount, currency) : null,
    compare_at_price: price?.compareAtAmount == null ? null : money(price.compareAtAmount, currency),
    lowest_price_30_days: prior === null ? null : money(prior, currency),
    unit_price:
      price && unitMeasure
        ? { price: money(unitPrice(price.amount, unitMeasure), currency), measure: toUnitMeasureView(unitMeasure) }
        : null,
    quantity_prices: steps
      .slice(1)
      .map(({ minQuantity, amount }) => ({ min_quantity: minQuantity, price: money(amount, currency) })),
    quantity: isAnyQuantity(variant.quantity) ? null : variant.quantity,
    available: isAvailable(variant, choice, now),
    image_id: variant.imageId,
  }
}

/** Most are sold in any number, and a product of a hundred variants need not say so a hundred times. */
function isAnyQuantity({ min, max, step }: QuantityRule): boolean {
  return min === 1 && max === null && step === 1
}

/** What has no price in the asked currency cannot be bought in it. */
function isAvailable({ pricing, levels }: ProductVariant, choice: MarketChoice, now: Date): boolean {
  const available = availableOf(levels)
  return priceFor(pricing, choice, 1, now) !== null && (available === null || available > 0)
}

export function toUnitMeasureView({ quantity, unit, referenceQuantity, referenceUnit }: UnitMeasure) {
  return { quantity, unit, reference_quantity: referenceQuantity, reference_unit: referenceUnit }
}

/** The product's options with the values that its variants choose, in `locale` or as staff wrote them. */
export function toOptionsView({ options, variants, translations }: Product, locale?: string) {
  const texts = locale === undefined ? null : translated(translations, locale, 'options')
  return options.map((name) => ({
    name: optionName(texts, name),
    values: [...new Set(variants.flatMap(({ options: chosen }) => chosen[name] ?? []))].map((value) =>
      optionValue(texts, name, value),
    ),
  }))
}

function toNamedView(named: Named, locale: string) {
  return { handle: named.handle, title: titleIn(named, locale) }
}

/** The lowest and highest of `amounts`, or null when there is none. */
function toRange(amounts: readonly number[], currency: string) {
  if (amounts.length === 0) return null
  return { min: money(Math.min(...amounts), currency), max: money(Math.max(...amounts), currency) }
}
