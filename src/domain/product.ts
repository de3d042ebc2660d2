/** What staff or an import say a product is, before it has ids. Prices are integer minor units of their currency. */
export interface ProductDraft {
  /** Lower-case words joined by hyphens; the product's address in the storefront. */
  handle: string
  title: string
  /** Already sanitised: see `sanitizeHtml` of the catalog. */
  descriptionHtml: string
  vendor: string
  productType: string
  tags: readonly string[]
  status: ProductStatus
  seo: Seo
  /** Option names in order, at most three. None means one variant without a choice. */
  options: readonly string[]
  images: readonly ImageDraft[]
  variants: readonly VariantDraft[]
  metadata: Metadata
  privateMetadata: Metadata
}

export interface VariantDraft {
  sku: string | null
  /** Option name -> chosen value; its keys are exactly the product's options. */
  options: Readonly<Record<string, string>>
  prices: readonly PriceDraft[]
  barcode: string | null
  weightGrams: number
  requiresShipping: boolean
  taxable: boolean
  /** The url of one of the product's images, or null. */
  imageUrl: string | null
  inventory: { policy: InventoryPolicy; onHand: number }
}

export interface PriceDraft {
  currency: string
  amount: number
  /** The price before a reduction, in the same currency, or null. */
  compareAtAmount: number | null
}

export interface ImageDraft {
  url: string
  alt: string
  width: number | null
  height: number | null
}

export type ProductStatus = 'draft' | 'active' | 'archived'
/** `deny` never sells more than there is, `backorder` may, `untracked` does not count at all. */
export type InventoryPolicy = 'deny' | 'backorder' | 'untracked'
export type Metadata = Readonly<Record<string, string>>
export interface Seo {
  title: string | null
  description: string | null
}
