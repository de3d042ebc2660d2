import * as z from 'zod'
import type { Price } from '../../domain/price.ts'
import { shape } from '../../platform/http/schema.ts'
import { MetadataShape, timestamp } from '../../platform/http/shapes.ts'
import { ProductView, toOptionsView, toUnitMeasureView, UnitMeasureView } from './contract.ts'
import { availableOf, type Product, type ProductVariant } from './product.ts'

const AdminPriceView = shape(() =>
  z.object({
    amount: z.int(),
    currency: z.string(),
    compare_at_amount: z.int().nullable(),
    market_id: z.string().nullable(),
    min_quantity: z.int(),
  }),
)

const AdminVariantView = shape(() =>
  z.object({
    id: z.string(),
    sku: z.string().nullable(),
    title: z.string(),
    options: z.record(z.string(), z.string()),
    prices: z.array(AdminPriceView()),
    barcode: z.string().nullable(),
    weight_grams: z.int(),
    requires_shipping: z.boolean(),
    taxable: z.boolean(),
    tax_category: z.string(),
    image_id: z.string().nullable(),
    unit_measure: UnitMeasureView().nullable(),
    min_quantity: z.int(),
    max_quantity: z.int().nullable(),
    quantity_step: z.int(),
    inventory: z.object({
      policy: z.enum(['deny', 'backorder', 'untracked']),
      on_hand: z.int(),
      held: z.int(),
      available: z.int().nullable(),
    }),
  }),
)

export const AdminProductView = shape(() =>
  ProductView()
    .omit({ variants: true, variants_next_cursor: true, price_range: true, available: true, category: true })
    .extend({
      status: z.enum(['draft', 'active', 'archived']),
      version: z.int(),
      category_id: z.string().nullable(),
      private_metadata: MetadataShape(),
      custom_fields: z.record(z.string(), z.unknown()),
      related_ids: z.array(z.string()),
      variants: z.array(AdminVariantView()),
      published_at: z.string().nullable(),
      unpublished_at: z.string().nullable(),
      created_at: z.string(),
    })
    .meta({ id: 'AdminProduct' }),
)

export function toAdminProductView(product: Product) {
  const at = (milliseconds: number | null) => (milliseconds === null ? null : timestamp(milliseconds))
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
    collections: product.collections.map(({ handle, title }) => ({ handle, title })),
    category_id: product.categoryId,
    seo: product.seo,
    metadata: product.metadata,
    private_metadata: product.privateMetadata,
    custom_fields: product.customFields,
    related_ids: product.relatedIds,
    status: product.status,
    version: product.version,
    published_at: at(product.publishedAt),
    unpublished_at: at(product.unpublishedAt),
    created_at: timestamp(product.createdAt),
    updated_at: timestamp(product.updatedAt),
    variants: product.variants.map(toAdminVariantView),
  }
}

function toAdminVariantView(variant: ProductVariant) {
  return {
    id: variant.id,
    sku: variant.sku,
    title: variant.title,
    options: variant.options,
    prices: variant.pricing.prices.map(toAdminPriceView),
    barcode: variant.barcode,
    weight_grams: variant.weightGrams,
    requires_shipping: variant.requiresShipping,
    taxable: variant.taxable,
    tax_category: variant.taxCategory,
    image_id: variant.imageId,
    unit_measure: variant.unitMeasure ? toUnitMeasureView(variant.unitMeasure) : null,
    min_quantity: variant.quantity.min,
    max_quantity: variant.quantity.max,
    quantity_step: variant.quantity.step,
    inventory: {
      policy: variant.levels[0]?.policy ?? 'deny',
      on_hand: variant.levels.reduce((sum, level) => sum + level.on_hand, 0),
      held: variant.levels.reduce((sum, level) => sum + level.held - level.freeable, 0),
      available: availableOf(variant.levels),
    },
  }
}

function toAdminPriceView({ amount, currency, compareAtAmount, marketId, minQuantity }: Price) {
  return {
    amount,
    currency,
    compare_at_amount: compareAtAmount,
    market_id: marketId === '' ? null : marketId,
    min_quantity: minQuantity,
  }
}
