import * as z from 'zod'
import { MAX_PRICE } from '../../domain/money.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import {
  CountryCode,
  CurrencyCode,
  LocaleCode,
  MetadataShape,
  MoneyShape,
  money,
  timestamp,
} from '../../platform/http/shapes.ts'
import { isHandle } from './handle.ts'
import { availableOf, type Product, type ProductVariant, priceIn } from './product.ts'
import type { Collection, Market } from './queries.ts'

/** `currency`, `country` and `locale` of every storefront read; who leaves them out gets the default market's. */
export const localeQuery = () => ({
  currency: CurrencyCode().optional(),
  country: CountryCode().optional(),
  locale: LocaleCode().optional(),
})

export const LocaleQuery = shape(() => z.strictObject(localeQuery()))

const ImageView = shape(() =>
  z
    .object({
      id: z.string(),
      url: z.string(),
      alt: z.string(),
      width: z.int().nullable(),
      height: z.int().nullable(),
    })
    .meta({ id: 'Image' }),
)

const PriceRange = shape(() => z.object({ min: MoneyShape(), max: MoneyShape() }).meta({ id: 'PriceRange' }))

const VariantView = shape(() =>
  z
    .object({
      id: z.string(),
      sku: z.string().nullable(),
      title: z.string(),
      options: z.record(z.string(), z.string()),
      price: MoneyShape().nullable(),
      compare_at_price: MoneyShape().nullable(),
      available: z.boolean(),
      image_id: z.string().nullable(),
    })
    .meta({ id: 'Variant' }),
)

const OptionView = shape(() => z.object({ name: z.string(), values: z.array(z.string()) }).meta({ id: 'Option' }))
const SeoView = shape(() =>
  z.object({ title: z.string().nullable(), description: z.string().nullable() }).meta({ id: 'Seo' }),
)

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
      images: z.array(ImageView()),
      price_range: PriceRange().nullable(),
      available: z.boolean(),
      collections: z.array(z.object({ handle: z.string(), title: z.string() })),
      seo: SeoView(),
      metadata: MetadataShape(),
      updated_at: z.string(),
    })
    .meta({ id: 'Product' }),
)

export const CardView = shape(() =>
  z
    .object({
      id: z.string(),
      handle: z.string(),
      title: z.string(),
      vendor: z.string(),
      price_range: PriceRange().nullable(),
      compare_at_price_range: PriceRange().nullable(),
      image: ImageView().nullable(),
      available: z.boolean(),
      tags: z.array(z.string()),
    })
    .meta({ id: 'ProductCard' }),
)

export const CollectionView = shape(() =>
  z
    .object({
      id: z.string(),
      handle: z.string(),
      title: z.string(),
      description_html: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'Collection' }),
)

export const MarketView = shape(() =>
  z
    .object({
      id: z.string(),
      name: z.string(),
      currency: z.string(),
      countries: z.array(z.string()),
      locales: z.array(z.string()),
      tax_included: z.boolean(),
      default: z.boolean(),
    })
    .meta({ id: 'Market' }),
)

const HandleInput = shape(() =>
  z.string().refine(isHandle, 'must be lower-case words of letters and digits joined by hyphens'),
)
const SkuInput = shape(() => z.string().trim().min(1).max(100))
const PriceInput = shape(() =>
  z.strictObject({
    amount: z.int().min(0).max(MAX_PRICE),
    currency: CurrencyCode(),
    compare_at_amount: z.int().min(0).max(MAX_PRICE).nullish(),
  }),
)

const VariantInput = shape(() =>
  z
    .strictObject({
      sku: SkuInput().nullish(),
      options: z.record(z.string(), z.string().trim().min(1).max(255)).default({}),
      prices: z.array(PriceInput()).max(50),
      barcode: z.string().max(100).nullish(),
      weight_grams: z.int().min(0).max(1_000_000_000).default(0),
      requires_shipping: z.boolean().default(true),
      taxable: z.boolean().default(true),
      image_url: z.string().max(2000).nullish(),
      inventory: z
        .strictObject({
          policy: z.enum(['deny', 'backorder', 'untracked']).default('deny'),
          on_hand: z.int().min(0).max(1_000_000_000).default(0),
        })
        .prefault({}),
    })
    .meta({ id: 'VariantInput' }),
)

const ImageInput = shape(() =>
  z.strictObject({
    url: z
      .string()
      .max(2000)
      .regex(/^(https?:\/\/|\/)\S+$/, 'must be an http(s) URL or a path of this site'),
    alt: z.string().max(500).default(''),
    width: z.int().min(1).max(100_000).nullish(),
    height: z.int().min(1).max(100_000).nullish(),
  }),
)

const productFields = () => ({
  title: z.string().trim().min(1).max(255),
  handle: HandleInput(),
  description_html: z.string().max(50_000),
  vendor: z.string().trim().max(255),
  product_type: z.string().trim().max(255),
  status: z.enum(['draft', 'active', 'archived']),
  tags: z.array(z.string().trim().min(1).max(255)).max(250),
  options: z
    .array(z.string().trim().min(1).max(100))
    .max(3)
    .refine((names) => new Set(names).size === names.length, 'must differ from each other'),
  images: z.array(ImageInput()).max(250),
  variants: z.array(VariantInput()).min(1).max(2000),
  seo: z.strictObject({ title: z.string().max(255).nullish(), description: z.string().max(1000).nullish() }),
  metadata: MetadataShape(),
  private_metadata: MetadataShape(),
})

export const CreateProduct = shape(() => {
  const fields = productFields()
  return z
    .strictObject({
      ...fields,
      handle: fields.handle.optional(),
      description_html: fields.description_html.default(''),
      vendor: fields.vendor.default(''),
      product_type: fields.product_type.default(''),
      status: fields.status.default('draft'),
      tags: fields.tags.default([]),
      options: fields.options.default([]),
      images: fields.images.default([]),
      seo: fields.seo.default({}),
      metadata: fields.metadata.default({}),
      private_metadata: fields.private_metadata.default({}),
    })
    .meta({ id: 'CreateProduct' })
})

/** What is left out stays as it is; `variants` and `images`, where given, replace the whole list. */
export const UpdateProduct = shape(() => z.strictObject(productFields()).partial().meta({ id: 'UpdateProduct' }))

export const AdminProductView = shape(() =>
  ProductView()
    .omit({ variants: true, price_range: true, available: true })
    .extend({
      status: z.enum(['draft', 'active', 'archived']),
      version: z.int(),
      private_metadata: MetadataShape(),
      variants: z.array(
        z.object({
          id: z.string(),
          sku: z.string().nullable(),
          title: z.string(),
          options: z.record(z.string(), z.string()),
          prices: z.array(z.object({ amount: z.int(), currency: z.string(), compare_at_amount: z.int().nullable() })),
          barcode: z.string().nullable(),
          weight_grams: z.int(),
          requires_shipping: z.boolean(),
          taxable: z.boolean(),
          image_id: z.string().nullable(),
          inventory: z.object({
            policy: z.enum(['deny', 'backorder', 'untracked']),
            on_hand: z.int(),
            held: z.int(),
            available: z.int().nullable(),
          }),
        }),
      ),
      created_at: z.string(),
    })
    .meta({ id: 'AdminProduct' }),
)

export const ProductParams = shape(() => z.object({ product: z.string().min(1).max(255) }))
export const ProductIdParams = shape(() => z.object({ product: idSchema('product') }))
export const CollectionParams = shape(() => z.object({ collection: z.string().min(1).max(255) }))

/** Which prices a reader sees. */
export interface PriceContext {
  currency: string
  marketId: string | null
}

export function toProductView(product: Product, context: PriceContext) {
  const variants = product.variants.map((variant) => toVariantView(variant, context))
  return {
    id: product.id,
    handle: product.handle,
    title: product.title,
    description_html: product.descriptionHtml,
    vendor: product.vendor,
    product_type: product.productType,
    tags: product.tags,
    options: toOptionsView(product),
    variants,
    images: product.images,
    price_range: toRange(
      variants.flatMap(({ price }) => (price ? [price.amount] : [])),
      context.currency,
    ),
    available: variants.some(({ available }) => available),
    collections: product.collections,
    seo: product.seo,
    metadata: product.metadata,
    updated_at: timestamp(product.updatedAt),
  }
}

function toVariantView(variant: ProductVariant, { currency, marketId }: PriceContext) {
  const price = priceIn(variant.prices, currency, marketId)
  const available = availableOf(variant.levels)
  return {
    id: variant.id,
    sku: variant.sku,
    title: variant.title,
    options: variant.options,
    price: price ? money(price.amount, currency) : null,
    compare_at_price: price?.compare_at_amount == null ? null : money(price.compare_at_amount, currency),
    // A product without a price in the asked currency cannot be bought in it.
    available: price !== null && (available === null || available > 0),
    image_id: variant.imageId,
  }
}

function toOptionsView({ options, variants }: Product) {
  return options.map((name) => ({
    name,
    values: [...new Set(variants.flatMap(({ options: chosen }) => chosen[name] ?? []))],
  }))
}

/** The lowest and highest of `amounts`, or null when there is none. */
export function toRange(amounts: readonly number[], currency: string) {
  if (amounts.length === 0) return null
  return { min: money(Math.min(...amounts), currency), max: money(Math.max(...amounts), currency) }
}

export function toAdminProductView(product: Product) {
  return {
    id: product.id,
    handle: product.handle,
    title: product.title,
    description_html: product.descriptionHtml,
    vendor: product.vendor,
    product_type: product.productType,
    tags: product.tags,
    options: toOptionsView(product),
    images: product.images,
    collections: product.collections,
    seo: product.seo,
    metadata: product.metadata,
    private_metadata: product.privateMetadata,
    status: product.status,
    version: product.version,
    created_at: timestamp(product.createdAt),
    updated_at: timestamp(product.updatedAt),
    variants: product.variants.map((variant) => ({
      id: variant.id,
      sku: variant.sku,
      title: variant.title,
      options: variant.options,
      prices: variant.prices.filter(({ market_id }) => market_id === ''),
      barcode: variant.barcode,
      weight_grams: variant.weightGrams,
      requires_shipping: variant.requiresShipping,
      taxable: variant.taxable,
      image_id: variant.imageId,
      inventory: {
        policy: variant.levels[0]?.policy ?? 'deny',
        on_hand: variant.levels.reduce((sum, level) => sum + level.on_hand, 0),
        held: variant.levels.reduce((sum, level) => sum + level.held - level.freeable, 0),
        available: availableOf(variant.levels),
      },
    })),
  }
}

export function toCollectionView(collection: Collection) {
  return {
    id: collection.id,
    handle: collection.handle,
    title: collection.title,
    description_html: collection.descriptionHtml,
    updated_at: timestamp(collection.updatedAt),
  }
}

export function toMarketView(market: Market, index: number) {
  const { id, name, currency, countries, locales, taxIncluded } = market
  return { id, name, currency, countries, locales, tax_included: taxIncluded, default: index === 0 }
}
