import type { Id, IdKind, Mint } from '../src/domain/id.ts'
import type { PriceDraft, ProductDraft } from '../src/domain/product.ts'
import { sanitizeHtml } from '../src/platform/html/sanitize.ts'
import type { CatalogProduct, CatalogVariant } from './catalog.ts'

const DAY_MS = 24 * 3600 * 1000

export interface NamedVariant extends CatalogVariant {
  id: string
}

export interface NamedProduct extends CatalogProduct {
  id: string
  variants: NamedVariant[]
}

/** The products with ids that were made before they are saved, because sales and other products name them. */
export interface Goods {
  all: NamedProduct[]
  /** @throws {Error} for a handle that no product has. */
  product(handle: string): NamedProduct
  /** Hands out the ids of products and variants in the order in which they are saved, and mints all others. */
  handOut: Mint
}

export function nameGoods(products: readonly CatalogProduct[], mint: Mint): Goods {
  const all = products.map((product) => ({
    ...product,
    id: mint('product') as string,
    variants: product.variants.map((variant) => ({ ...variant, id: mint('variant') as string })),
  }))
  const waiting = {
    product: all.map(({ id }) => id),
    variant: all.flatMap(({ variants }) => variants.map(({ id }) => id)),
  }
  const byHandle = new Map(all.map((product) => [product.handle, product]))
  return {
    all,
    product(handle) {
      const product = byHandle.get(handle)
      if (!product) throw new Error(`demo: no product has the handle ${handle}`)
      return product
    },
    handOut: <Kind extends IdKind>(kind: Kind) => {
      const line = kind === 'product' ? waiting.product : kind === 'variant' ? waiting.variant : []
      const made = line.shift()
      return (made ?? mint(kind)) as Id<Kind>
    },
  }
}

export async function toDraft(
  product: CatalogProduct,
  { goods, categories, now }: { goods: Goods; categories: ReadonlyMap<string, string>; now: Date },
): Promise<ProductDraft> {
  const { handle, title, vendor, tags, seo, options, images, published_in_days: days, related = [] } = product
  const categoryId = categories.get(product.category)
  if (categoryId === undefined) throw new Error(`demo: ${handle} is in no category: ${product.category}`)
  return {
    ...{ handle, title, vendor, tags, seo, options, images, categoryId },
    descriptionHtml: await sanitizeHtml(product.description_html),
    productType: product.product_type,
    status: 'active',
    variants: product.variants.map(toVariantDraft),
    metadata: {},
    privateMetadata: {},
    publishedAt: days === undefined ? null : now.getTime() + days * DAY_MS,
    unpublishedAt: null,
    customFields: product.custom_fields ?? {},
    relatedIds: related.map((each) => goods.product(each).id),
  }
}

function toVariantDraft(variant: CatalogVariant): ProductDraft['variants'][number] {
  const { sku, options, unit_measure: measure } = variant
  return {
    ...{ sku, options },
    prices: toPrices(variant.prices),
    barcode: null,
    weightGrams: variant.weight_grams,
    requiresShipping: variant.requires_shipping,
    taxable: true,
    taxCategory: variant.tax_category ?? 'standard',
    quantity: { min: 1, max: null, step: 1 },
    imageUrl: null,
    unitMeasure: measure
      ? {
          ...{ quantity: measure.quantity, unit: measure.unit },
          ...{ referenceQuantity: measure.reference_quantity, referenceUnit: measure.reference_unit },
        }
      : null,
    inventory: { policy: variant.policy, onHand: variant.on_hand },
  }
}

/** Prices that hold everywhere. */
export function toPrices(prices: CatalogVariant['prices']): PriceDraft[] {
  return prices.map(({ currency, min_quantity: minQuantity = 1, amount, compare_at_amount }) => ({
    ...{ currency, minQuantity, amount },
    marketId: '',
    compareAtAmount: compare_at_amount,
  }))
}
