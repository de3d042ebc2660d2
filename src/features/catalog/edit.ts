import type * as z from 'zod'
import { checkDraft, type ProductDraft } from '../../domain/product.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import { sanitizeHtml } from '../../platform/html/sanitize.ts'
import type { Context } from '../../platform/http/context.ts'
import { chooseHandle } from '../../platform/http/handle.ts'
import { Problem } from '../../platform/http/problem.ts'
import { toPicture } from '../../platform/http/shapes.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { mergeFields } from '../custom-fields/merge.ts'
import { type CustomFieldRow, listCustomFields } from '../custom-fields/queries.ts'
import { toDraft } from './draft.ts'
import type { CreateProduct, UpdateProduct } from './inputs.ts'
import type { Product } from './product.ts'
import { listProducts, productById, toProducts } from './queries.ts'
import { REFERENCE_FAULTS, refuseUnknownReferences } from './references.ts'
import { planSaves, type Save } from './save.ts'

type Create = z.output<ReturnType<typeof CreateProduct>>
type Update = z.output<ReturnType<typeof UpdateProduct>>

/** Makes a product. One trip, two with custom fields: the batch writes it and reads it back.
 *  @throws {Problem} invalid_request, handle_taken, sku_taken. */
export async function createProduct(context: Context, input: Create): Promise<Product> {
  const handle = chooseHandle(input.handle, input.title)
  const hasFields = Object.keys(input.custom_fields).length > 0
  const [definitions] = hasFields ? await context.db.read(listCustomFields('product')) : [[]]
  const draft: ProductDraft = {
    handle,
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
  return save(context, { draft, existing: null }, 201)
}

/** Changes what `input` names and leaves the rest. A change that changes nothing keeps the version.
 *  @throws {Problem} product_not_found, version_mismatch, invalid_request, handle_taken, sku_taken. */
export async function editProduct(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<Product> {
  const { db, now } = context
  const [definitions, ...rows] = await db.read(listCustomFields('product'), ...listProducts(productById(id), now))
  const existing = mustBe(toProducts(rows)[0], 'product_not_found', ifMatch)
  const old = toDraft(existing)
  const draft: ProductDraft = {
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
      ? mergeFields(old.customFields, input.custom_fields, definitions as CustomFieldRow[])
      : old.customFields,
    relatedIds: input.related_ids ?? old.relatedIds,
  }
  return save(context, { draft, existing }, null)
}

/** A product for staff, whatever its status. @throws {Problem} product_not_found */
export async function mustFindProduct(context: Context, id: string): Promise<Product> {
  const [product] = toProducts(await context.db.read(...listProducts(productById(id), context.now)))
  return mustBe(product, 'product_not_found')
}

/** Tags of the public answers that show this product. */
export function tagsOf(productId: string): string[] {
  return [CATALOG_TAG, `product:${productId}`]
}

async function save(context: Context, change: Save, status: number | null): Promise<Product> {
  const { draft, existing } = change
  const faults = checkDraft(draft)
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
  const { now, mint } = context
  const { writes, results } = planSaves([change], { reference: mint('adjustment'), stock: 'keep', now, mint })
  const [result] = results
  if (!result) throw new Error('planSaves answered nothing')
  const { productId, outcome } = result
  if (outcome === 'unchanged' && existing) return existing
  const rows = await commitStaffChange(context, {
    writes: [...refuseUnknownReferences(draft, existing && toDraft(existing)), ...writes],
    reads: listProducts(productById(productId), now),
    action: `product.${outcome}`,
    subjectId: productId,
    change: existing
      ? { fields: changedFields(toDraft(existing), draft), version: existing.version + 1 }
      : { handle: draft.handle },
    status,
    tags: tagsOf(productId),
    faults: REFERENCE_FAULTS,
  })
  const [saved] = toProducts(rows)
  if (!saved) throw new Error('the product just saved is gone')
  return saved
}

function toSeo(seo: NonNullable<Update['seo']>) {
  return { title: seo.title ?? null, description: seo.description ?? null }
}

function toVariants(list: NonNullable<Update['variants']>): ProductDraft['variants'] {
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
