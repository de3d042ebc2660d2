import { isGtin } from '../../domain/gtin.ts'
import { formatMoney } from '../../domain/money.ts'
import { cut, toPlainText } from '../../domain/plain-text.ts'
import { FOREVER, type Pricing, priceFor, type Unit, type UnitMeasure } from '../../domain/price.ts'
import { isBackordered } from '../../domain/stock.ts'
import { optionValue, type Translations, titleIn, translated } from '../../domain/translation.ts'
import { availableOf, type Named, toLevels, translatedVariantTitle } from '../catalog/product.ts'
import type { LevelJson } from '../inventory/queries.ts'
import type { MarketChoice } from '../markets/choose.ts'
import { element } from './xml.ts'

/** A product as a feed describes it, its texts in the feed's locale. */
export interface FeedProduct {
  id: string
  title: string
  /** Sanitised, perhaps cut off. */
  descriptionHtml: string
  vendor: string
  productType: string
  options: readonly string[]
  /** Its options in the feed's locale. */
  translations: Translations
  /** Absolute addresses, in the product's order. */
  images: readonly { id: string; url: string }[]
  breadcrumbs: readonly Named[]
  /** The product's page in the shop. */
  link: string
}

export interface FeedVariant {
  id: string
  options: Readonly<Record<string, string>>
  barcode: string | null
  weightGrams: number
  requiresShipping: boolean
  imageId: string | null
  unitMeasure: UnitMeasure | null
  pricing: Pricing
  levels: readonly LevelJson[]
}

// Limits of Google's product data specification.
const MAX_TITLE = 150
const MAX_DESCRIPTION = 5000
const MAX_BRAND = 70
const MAX_PRODUCT_TYPE = 750
const MAX_FURTHER_IMAGES = 10

// Options that the specification has attributes of its own for, by the usual names of them.
const ATTRIBUTES: readonly (readonly [RegExp, string])[] = [
  [/^size$/i, 'g:size'],
  [/^colou?r$/i, 'g:color'],
  [/^material$/i, 'g:material'],
  [/^pattern$/i, 'g:pattern'],
]

/**
 * An `<item>` of Google's product data specification, or nothing where the variant has no price for this buyer: what is not
 * sold in a currency is not in its feed.
 */
export function renderItem(product: FeedProduct, variant: FeedVariant, choice: MarketChoice, now: Date): string {
  const prices = renderPrices(variant.pricing, choice, now)
  if (prices === null) return ''
  const { locale } = choice
  const { options, translations } = product
  const choices =
    options.length > 0 ? ` - ${translatedVariantTitle(options, variant.options, translations, locale)}` : ''
  const title = cut(product.title + choices, MAX_TITLE)
  const category = product.breadcrumbs.map((each) => titleIn(each, locale))
  const gtin = variant.barcode?.trim() ?? ''
  return [
    '<item>',
    element('g:id', variant.id),
    element('g:item_group_id', product.id),
    element('title', title),
    // The specification wants one, and a title says more than nothing.
    element('description', cut(toPlainText(product.descriptionHtml), MAX_DESCRIPTION) || title),
    element('link', `${product.link}?variant=${variant.id}`),
    renderImages(product, variant),
    element('g:availability', availabilityOf(variant.levels)),
    prices,
    element('g:brand', cut(product.vendor, MAX_BRAND)),
    element('g:gtin', isGtin(gtin) ? gtin : null),
    element('g:product_type', cut(category.join(' > ') || product.productType, MAX_PRODUCT_TYPE)),
    renderChoices(product, variant, locale),
    element(
      'g:shipping_weight',
      variant.requiresShipping && variant.weightGrams > 0 ? `${variant.weightGrams} g` : null,
    ),
    renderMeasure(variant.unitMeasure),
    '</item>\n',
  ].join('')
}

/** What it costs, and where it is reduced what it cost before: `g:price` is always the higher one. */
function renderPrices(pricing: Pricing, choice: MarketChoice, now: Date): string | null {
  const price = priceFor(pricing, choice, 1, now)
  if (!price) return null
  const { currency } = choice
  const tell = (name: string, amount: number) => element(name, formatMoney({ amount, currency }))
  if (price.compareAtAmount === null) return tell('g:price', price.amount)
  const sale = pricing.offers.find(
    (offer) =>
      offer.priceListId === price.priceListId &&
      offer.currency === currency &&
      offer.minQuantity === 1 &&
      offer.amount === price.amount,
  )
  const period = sale && sale.endsAt < FOREVER ? `${minuteOf(sale.startsAt)}/${minuteOf(sale.endsAt)}` : null
  return (
    tell('g:price', price.compareAtAmount) +
    tell('g:sale_price', price.amount) +
    element('g:sale_price_effective_date', period)
  )
}

/** ISO 8601 to the minute, in UTC: `2026-11-24T18:00+0000`. */
function minuteOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16)}+0000`
}

function availabilityOf(levels: readonly LevelJson[]): string {
  const available = availableOf(levels)
  if (available !== null && available <= 0) return 'out_of_stock'
  return isBackordered(toLevels(levels), 1) ? 'backorder' : 'in_stock'
}

/** The variant's own image, else the product's first; then the others. */
function renderImages({ images }: FeedProduct, { imageId }: FeedVariant): string {
  const main = images.find(({ id }) => id === imageId) ?? images[0]
  const others = images.filter((image) => image !== main).slice(0, MAX_FURTHER_IMAGES)
  return [
    element('g:image_link', main?.url ?? null),
    ...others.map(({ url }) => element('g:additional_image_link', url)),
  ].join('')
}

function renderChoices({ options, translations }: FeedProduct, variant: FeedVariant, locale: string): string {
  const texts = translated(translations, locale, 'options')
  return options
    .map((name) => {
      const attribute = ATTRIBUTES.find(([pattern]) => pattern.test(name))?.[1]
      const value = variant.options[name] ?? ''
      return attribute ? element(attribute, optionValue(texts, name, value)) : ''
    })
    .join('')
}

// The specification's names of our units, and how many of ours make one of it.
const UNITS: Readonly<Record<Unit, readonly [string, number]>> = {
  mg: ['mg', 1],
  g: ['g', 1],
  kg: ['kg', 1],
  ml: ['ml', 1],
  cl: ['cl', 1],
  l: ['l', 1],
  m3: ['cbm', 1],
  mm: ['cm', 10],
  cm: ['cm', 1],
  m: ['m', 1],
  m2: ['sqm', 1],
  piece: ['ct', 1],
}

function renderMeasure(measure: UnitMeasure | null): string {
  if (!measure) return ''
  const tell = (quantity: number, unit: Unit) => `${quantity / UNITS[unit][1]}${UNITS[unit][0]}`
  return (
    element('g:unit_pricing_measure', tell(measure.quantity, measure.unit)) +
    element('g:unit_pricing_base_measure', tell(measure.referenceQuantity, measure.referenceUnit))
  )
}
