import * as z from 'zod'
import { MAX_QUANTITY } from '../../domain/cart.ts'
import { MAX_PRICE } from '../../domain/money.ts'
import { UNIT_NAMES } from '../../domain/price.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import {
  CurrencyCode,
  HandleInput,
  ImageInput,
  isDistinct,
  MetadataShape,
  SeoInput,
  Timestamp,
} from '../../platform/http/shapes.ts'
import { fieldValues } from '../custom-fields/contract.ts'
import { TaxCategory } from '../tax/contract.ts'

// What staff send: unknown keys are refused, texts trimmed, what may be left out has a default.

const SkuInput = shape(() => z.string().trim().min(1).max(100))
const PriceInput = shape(() =>
  z.strictObject({
    amount: z.int().min(0).max(MAX_PRICE),
    currency: CurrencyCode(),
    compare_at_amount: z.int().min(0).max(MAX_PRICE).nullish(),
    market_id: idSchema('market')
      .nullish()
      .meta({ description: 'Only in this market, which has own_prices and this currency; null is everywhere' }),
    min_quantity: z.int().min(1).max(9999).default(1).meta({ description: 'Holds from this many pieces on' }),
  }),
)

const UnitMeasureInput = shape(() =>
  z.strictObject({
    quantity: z.int().min(1).max(1_000_000_000).meta({ description: 'What one piece contains: 500' }),
    unit: z.enum(UNIT_NAMES).meta({ description: 'of this: g' }),
    reference_quantity: z.int().min(1).max(1_000_000).default(1).meta({ description: 'Its price is told per 1' }),
    reference_unit: z.enum(UNIT_NAMES).meta({ description: 'of this: kg' }),
  }),
)

const VariantInput = shape(() =>
  z
    .strictObject({
      sku: SkuInput().nullish(),
      options: z.record(z.string(), z.string().trim().min(1).max(255)).default({}),
      prices: z.array(PriceInput()).max(200),
      barcode: z.string().max(100).nullish(),
      weight_grams: z.int().min(0).max(1_000_000_000).default(0),
      requires_shipping: z.boolean().default(true),
      taxable: z.boolean().default(true),
      tax_category: TaxCategory().default('standard'),
      image_url: z.string().max(2000).nullish(),
      unit_measure: UnitMeasureInput().nullish(),
      min_quantity: z
        .int()
        .min(1)
        .max(MAX_QUANTITY)
        .optional()
        .meta({ description: 'The least an order may have, a multiple of quantity_step; left out, one step' }),
      max_quantity: z
        .int()
        .min(1)
        .max(MAX_QUANTITY)
        .nullish()
        .meta({ description: 'The most an order may have, a multiple of quantity_step; null is without end' }),
      quantity_step: z
        .int()
        .min(1)
        .max(MAX_QUANTITY)
        .default(1)
        .meta({ description: 'It is sold in multiples of this' }),
      inventory: z
        .strictObject({
          policy: z.enum(['deny', 'backorder', 'untracked']).default('deny'),
          on_hand: z.int().min(0).max(1_000_000_000).default(0),
        })
        .prefault({}),
    })
    .meta({ id: 'VariantInput' }),
)

const productFields = () => ({
  title: z.string().trim().min(1).max(255),
  handle: HandleInput(),
  description_html: z.string().max(50_000),
  vendor: z.string().trim().max(255),
  product_type: z.string().trim().max(255),
  status: z.enum(['draft', 'active', 'archived']),
  published_at: Timestamp()
    .nullable()
    .meta({ description: 'An active product is on sale from then on; left out, from when it becomes active' }),
  unpublished_at: Timestamp().nullable().meta({ description: 'From then on it is not on sale any more' }),
  category_id: idSchema('category').nullable(),
  tags: z.array(z.string().trim().min(1).max(200)).max(250),
  options: z.array(z.string().trim().min(1).max(100)).max(3).refine(isDistinct, 'must differ from each other'),
  images: z.array(ImageInput()).max(250),
  variants: z.array(VariantInput()).min(1).max(2000),
  seo: SeoInput(),
  metadata: MetadataShape(),
  private_metadata: MetadataShape(),
  custom_fields: fieldValues('products'),
  related_ids: z
    .array(idSchema('product'))
    .max(24)
    .refine(isDistinct, 'must name each product once')
    .meta({ description: 'What goes with it, in this order' }),
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
      published_at: fields.published_at.optional(),
      unpublished_at: fields.unpublished_at.optional(),
      category_id: fields.category_id.optional(),
      tags: fields.tags.default([]),
      options: fields.options.default([]),
      images: fields.images.default([]),
      seo: fields.seo.default({}),
      metadata: fields.metadata.default({}),
      private_metadata: fields.private_metadata.default({}),
      custom_fields: fields.custom_fields.default({}),
      related_ids: fields.related_ids.default([]),
    })
    .meta({ id: 'CreateProduct' })
})

/** What is left out stays as it is; `variants` and `images`, where given, replace the whole list. */
export const UpdateProduct = shape(() => z.strictObject(productFields()).partial().meta({ id: 'UpdateProduct' }))
