import type { PriceDraft, ProductDraft } from '../../domain/product.ts'
import { optionKey, type Product, type ProductVariant } from './product.ts'

/** `keep` leaves counted stock of existing variants alone. */
export type StockPolicy = 'keep' | 'overwrite'

/** An existing product in the form of a draft, so that a change of some fields is a change of a draft. */
export function toDraft(product: Product): ProductDraft {
  const urlOf = new Map(product.images.map(({ id, url }) => [id, url]))
  return {
    handle: product.handle,
    title: product.title,
    descriptionHtml: product.descriptionHtml,
    vendor: product.vendor,
    productType: product.productType,
    tags: product.tags,
    status: product.status,
    publishedAt: product.publishedAt,
    unpublishedAt: product.unpublishedAt,
    categoryId: product.categoryId,
    seo: product.seo,
    options: product.options,
    images: product.images.map(({ url, alt, width, height }) => ({ url, alt, width, height })),
    variants: product.variants.map((variant) => ({
      sku: variant.sku,
      options: variant.options,
      prices: pricesOf(variant),
      barcode: variant.barcode,
      weightGrams: variant.weightGrams,
      requiresShipping: variant.requiresShipping,
      taxable: variant.taxable,
      taxCategory: variant.taxCategory,
      quantity: variant.quantity,
      imageUrl: variant.imageId === null ? null : (urlOf.get(variant.imageId) ?? null),
      unitMeasure: variant.unitMeasure,
      inventory: { policy: variant.levels[0]?.policy ?? 'deny', onHand: countOf(variant) },
    })),
    metadata: product.metadata,
    privateMetadata: product.privateMetadata,
    customFields: product.customFields,
    relatedIds: product.relatedIds,
  }
}

function pricesOf({ pricing }: ProductVariant): PriceDraft[] {
  return pricing.prices.map(({ since: _, ...price }) => price)
}

/** How many pieces stand on all shelves. */
export function countOf({ levels }: ProductVariant): number {
  return levels.reduce((sum, level) => sum + level.on_hand, 0)
}

/** Whether saving `draft` would change nothing. @param stock whether what is counted is compared too. */
export function isSame(existing: Product, draft: ProductDraft, stock: StockPolicy): boolean {
  return canonical(toDraft(existing), stock) === canonical(draft, stock)
}

function canonical(draft: ProductDraft, stock: StockPolicy): string {
  return JSON.stringify({
    ...parts(draft),
    images: draft.images,
    variants: draft.variants.map((variant) => variantForm(draft, variant)),
    prices: draft.variants.map(({ prices: list }) => sortPrices(list)),
    stock: draft.variants.map(({ inventory }) => [inventory.policy, stock === 'overwrite' ? inventory.onHand : 0]),
  })
}

/** The product's own fields in a fixed order. */
function parts(draft: ProductDraft) {
  const { handle, title, descriptionHtml, vendor, productType, status, options } = draft
  const { seo, metadata, privateMetadata, publishedAt, unpublishedAt, categoryId } = draft
  return {
    ...{ handle, title, descriptionHtml, vendor, productType, status, options, tags: sortTags(draft.tags) },
    ...{ publishedAt, unpublishedAt, categoryId, related: draft.relatedIds },
    seo: [seo.title, seo.description],
    metadata: sortEntries(metadata),
    privateMetadata: sortEntries(privateMetadata),
    customFields: sortEntries(draft.customFields),
  }
}

/** What a variant's own row says of it, in a fixed order. */
export function variantForm(draft: ProductDraft, variant: ProductDraft['variants'][number]) {
  const { sku, barcode, weightGrams, requiresShipping, taxable, imageUrl, unitMeasure } = variant
  const { quantity, unit, referenceQuantity, referenceUnit } = unitMeasure ?? {}
  const { min, max, step } = variant.quantity
  return [
    ...[optionKey(draft.options, variant.options), sku, barcode, weightGrams, requiresShipping, taxable, imageUrl],
    ...[quantity, unit, referenceQuantity, referenceUnit, variant.taxCategory, min, max, step],
  ]
}

/** Prices in a form in which equal ones are equal, whatever their order. */
export function sortPrices(list: readonly PriceDraft[]) {
  return list
    .map(
      ({ currency, marketId, minQuantity, amount, compareAtAmount }) =>
        [`${currency} ${marketId}`, minQuantity, amount, compareAtAmount] as const,
    )
    .sort(([left, one], [right, other]) => (left === right ? one - other : left < right ? -1 : 1))
}

/** Tags as they are stored: each once, in order. */
export function sortTags(tags: readonly string[]): string[] {
  return [...new Set(tags)].sort()
}

function sortEntries(metadata: Readonly<Record<string, unknown>>) {
  return Object.entries(metadata).sort(([left], [right]) => (left < right ? -1 : 1))
}
