import type * as z from 'zod'
import type { CustomFieldDefinition } from '../../domain/custom-field.ts'
import type { ProductDraft } from '../../domain/product.ts'
import { sanitizeHtml } from '../../platform/html/sanitize.ts'
import { chooseHandle } from '../../platform/http/handle.ts'
import { toPicture } from '../../platform/http/shapes.ts'
import { mergeFields } from '../custom-fields/merge.ts'
import type { CreateProduct, UpdateProduct } from './inputs.ts'

export type ProductInput = z.output<ReturnType<typeof CreateProduct>>
export type ProductChanges = z.output<ReturnType<typeof UpdateProduct>>

/** What staff send as a new product. @throws {Problem} invalid_request */
export async function newDraft(
  input: ProductInput,
  definitions: readonly CustomFieldDefinition[],
): Promise<ProductDraft> {
  return {
    handle: chooseHandle(input.handle, input.title),
    title: input.title,
    descriptionHtml: await sanitizeHtml(input.description_html),
    vendor: input.vendor,
    productType: input.product_type,
    tags: input.tags,
    status: input.status,
    publishedAt: input.published_at ?? null,
    unpublishedAt: input.unpublished_at ?? null,
    categoryId: input.category_id ?? null,
    seo: toSeo(input.seo),
    options: input.options,
    images: input.images.map(toPicture),
    variants: toVariants(input.variants),
    metadata: input.metadata,
    privateMetadata: input.private_metadata,
    customFields: mergeFields({}, input.custom_fields, definitions),
    relatedIds: input.related_ids,
  }
}

/** `old` with what `input` names; the rest stays. @throws {Problem} invalid_request */
export async function changedDraft(
  old: ProductDraft,
  input: ProductChanges,
  definitions: readonly CustomFieldDefinition[],
): Promise<ProductDraft> {
  return {
    handle: input.handle ?? old.handle,
    title: input.title ?? old.title,
    descriptionHtml:
      input.description_html === undefined ? old.descriptionHtml : await sanitizeHtml(input.description_html),
    vendor: input.vendor ?? old.vendor,
    productType: input.product_type ?? old.productType,
    tags: input.tags ?? old.tags,
    status: input.status ?? old.status,
    publishedAt: input.published_at === undefined ? old.publishedAt : input.published_at,
    unpublishedAt: input.unpublished_at === undefined ? old.unpublishedAt : input.unpublished_at,
    categoryId: input.category_id === undefined ? old.categoryId : input.category_id,
    seo: input.seo ? toSeo(input.seo) : old.seo,
    options: input.options ?? old.options,
    images: input.images ? input.images.map(toPicture) : old.images,
    variants: input.variants ? toVariants(input.variants) : old.variants,
    metadata: input.metadata ?? old.metadata,
    privateMetadata: input.private_metadata ?? old.privateMetadata,
    customFields: input.custom_fields
      ? mergeFields(old.customFields, input.custom_fields, definitions)
      : old.customFields,
    relatedIds: input.related_ids ?? old.relatedIds,
  }
}

function toSeo(seo: NonNullable<ProductChanges['seo']>) {
  return { title: seo.title ?? null, description: seo.description ?? null }
}

function toVariants(list: NonNullable<ProductChanges['variants']>): ProductDraft['variants'] {
  return list.map((variant) => ({
    sku: variant.sku ?? null,
    options: variant.options,
    prices: variant.prices.map(({ currency, amount, compare_at_amount, market_id, min_quantity }) => ({
      currency,
      marketId: market_id ?? '',
      minQuantity: min_quantity,
      amount,
      compareAtAmount: compare_at_amount ?? null,
    })),
    barcode: variant.barcode ?? null,
    weightGrams: variant.weight_grams,
    requiresShipping: variant.requires_shipping,
    taxable: variant.taxable,
    taxCategory: variant.tax_category,
    quantity: {
      min: variant.min_quantity ?? variant.quantity_step,
      max: variant.max_quantity ?? null,
      step: variant.quantity_step,
    },
    imageUrl: variant.image_url ?? null,
    unitMeasure: variant.unit_measure
      ? {
          quantity: variant.unit_measure.quantity,
          unit: variant.unit_measure.unit,
          referenceQuantity: variant.unit_measure.reference_quantity,
          referenceUnit: variant.unit_measure.reference_unit,
        }
      : null,
    inventory: { policy: variant.inventory.policy, onHand: variant.inventory.on_hand },
  }))
}
