import type { ImageDraft, PriceDraft, ProductDraft, VariantDraft } from '../../domain/product.ts'
import { toDraft } from '../catalog/draft.ts'
import { optionKey, type Product } from '../catalog/product.ts'
import type { Field } from './shopify-columns.ts'

/** What a file can say about products that are there already, beyond its drafts. */
export interface FileScope {
  /** Of every price in the file. */
  currency: string
  fields: ReadonlySet<Field>
  isWhole: boolean
}

/**
 * What `draft` makes of the product at its handle. The file has the last word on what it has a column for; the rest
 * stays: metadata, prices in other currencies, image sizes, and every field without a column. A variant that the file
 * does not name leaves the product, but only if all of the file could be read: a typo in a price takes nothing off sale.
 */
export function mergeDraft(draft: ProductDraft, product: Product, file: FileScope): ProductDraft {
  const old = toDraft(product)
  const { fields } = file
  const images = mergeImages(draft, old, fields)
  const urls = new Set(images.map(({ url }) => url))
  const known = new Map(old.variants.map((variant) => [optionKey(old.options, variant.options), variant]))
  const variants = draft.variants.map((variant) => {
    const key = optionKey(draft.options, variant.options)
    const before = known.get(key)
    known.delete(key)
    return before ? mergeVariant(variant, before, file, urls) : variant
  })
  const kept = file.isWhole || old.options.length !== draft.options.length ? [] : [...known.values()]
  return {
    handle: draft.handle,
    title: draft.title,
    descriptionHtml: fields.has('body') ? draft.descriptionHtml : old.descriptionHtml,
    vendor: fields.has('vendor') ? draft.vendor : old.vendor,
    productType: fields.has('type') ? draft.productType : old.productType,
    tags: fields.has('tags') ? draft.tags : old.tags,
    status: fields.has('status') || fields.has('published') ? draft.status : old.status,
    seo: {
      title: fields.has('seoTitle') ? draft.seo.title : old.seo.title,
      description: fields.has('seoDescription') ? draft.seo.description : old.seo.description,
    },
    options: draft.options,
    images,
    variants: [...variants, ...kept.map((variant) => renameOptions(variant, old.options, draft.options, urls))],
    metadata: old.metadata,
    privateMetadata: old.privateMetadata,
    publishedAt: old.publishedAt,
    unpublishedAt: old.unpublishedAt,
    categoryId: old.categoryId,
    customFields: old.customFields,
    relatedIds: old.relatedIds,
  }
}

/** An image known by its url keeps the size that the file cannot tell. */
function mergeImages(draft: ProductDraft, old: ProductDraft, fields: ReadonlySet<Field>): ImageDraft[] {
  const known = new Map(old.images.map((image) => [image.url, image]))
  const images = draft.images.map(({ url, alt, width, height }) => ({
    url,
    alt,
    width: width ?? known.get(url)?.width ?? null,
    height: height ?? known.get(url)?.height ?? null,
  }))
  return fields.has('image') ? images : [...old.images, ...images.filter(({ url }) => !known.has(url))]
}

function mergeVariant(
  variant: VariantDraft,
  old: VariantDraft,
  { currency, fields }: FileScope,
  urls: ReadonlySet<string>,
): VariantDraft {
  return {
    sku: fields.has('sku') ? variant.sku : old.sku,
    options: variant.options,
    prices: mergePrices(variant.prices, old.prices, currency, fields.has('compareAt')),
    barcode: fields.has('barcode') ? variant.barcode : old.barcode,
    weightGrams: fields.has('grams') ? variant.weightGrams : old.weightGrams,
    requiresShipping: fields.has('requiresShipping') ? variant.requiresShipping : old.requiresShipping,
    taxable: fields.has('taxable') ? variant.taxable : old.taxable,
    imageUrl: fields.has('variantImage') ? variant.imageUrl : imageAmong(urls, old),
    taxCategory: old.taxCategory,
    quantity: old.quantity,
    unitMeasure: old.unitMeasure,
    inventory: {
      policy: fields.has('tracker') ? variant.inventory.policy : old.inventory.policy,
      onHand: fields.has('quantity') ? variant.inventory.onHand : old.inventory.onHand,
    },
  }
}

/** The file's price beside the old ones: of other currencies, of single markets, of larger quantities. */
function mergePrices(
  prices: readonly PriceDraft[],
  old: readonly PriceDraft[],
  currency: string,
  saysCompareAt: boolean,
): PriceDraft[] {
  const isImported = (price: PriceDraft) =>
    price.currency === currency && price.marketId === '' && price.minQuantity === 1
  const before = old.find(isImported)?.compareAtAmount ?? null
  const imported = prices.map((price) =>
    saysCompareAt ? price : { ...price, compareAtAmount: before !== null && before > price.amount ? before : null },
  )
  return [...imported, ...old.filter((price) => !isImported(price))]
}

/** A variant that stays although the file does not name it, its choice under the names that its options have now. */
function renameOptions(
  variant: VariantDraft,
  before: readonly string[],
  now: readonly string[],
  urls: ReadonlySet<string>,
): VariantDraft {
  const options = Object.fromEntries(now.map((name, index) => [name, variant.options[before[index] ?? ''] ?? '']))
  return { ...variant, options, imageUrl: imageAmong(urls, variant) }
}

function imageAmong(urls: ReadonlySet<string>, { imageUrl }: VariantDraft): string | null {
  return imageUrl !== null && urls.has(imageUrl) ? imageUrl : null
}
