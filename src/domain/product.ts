import type { CustomFieldValues } from './custom-field.ts'
import { isComparable, type UnitMeasure } from './price.ts'

/** What staff or an import say a product is, before it has ids. Prices are integer minor units of their currency. */
export interface ProductDraft {
  /** Lower-case words joined by hyphens; the product's address in the storefront. */
  handle: string
  title: string
  /** Already sanitised: see `sanitizeHtml` of platform/html. */
  descriptionHtml: string
  vendor: string
  productType: string
  tags: readonly string[]
  status: ProductStatus
  /** Unix milliseconds. An active product is on sale from then on; null where it was never published. */
  publishedAt: number | null
  /** Unix milliseconds from which on it is not on sale any more, or null. */
  unpublishedAt: number | null
  categoryId: string | null
  seo: Seo
  /** Option names in order, at most three. None means one variant without a choice. */
  options: readonly string[]
  images: readonly ImageDraft[]
  variants: readonly VariantDraft[]
  metadata: Metadata
  privateMetadata: Metadata
  /** Checked against the shop's custom fields before it gets here. */
  customFields: CustomFieldValues
  /** Ids of products that staff say go with this one, in their order. */
  relatedIds: readonly string[]
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
  /** What tax zones tell it by: `standard`, `reduced`, `zero`, `exempt` or the shop's own word. */
  taxCategory: string
  /** How many pieces an order may have: from `min` on in steps of `step`, up to `max`; null without end. */
  quantity: { min: number; max: number | null; step: number }
  /** The url of one of the product's images, or null. */
  imageUrl: string | null
  unitMeasure: UnitMeasure | null
  inventory: { policy: InventoryPolicy; onHand: number }
}

export interface PriceDraft {
  currency: string
  /** '' is everywhere; a market's own prices are in its currency and replace those that hold everywhere. */
  marketId: string
  /** The price holds from this many pieces on; 1 is the price of a piece. */
  minQuantity: number
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

/** What is wrong with a draft beyond the shape of its fields; pointers are into the JSON of a product. */
export function checkDraft(draft: ProductDraft): { pointer: string; detail: string }[] {
  const faults: { pointer: string; detail: string }[] = []
  const urls = new Set(draft.images.map(({ url }) => url))
  const combinations = new Map<string, number>()
  draft.variants.forEach((variant, index) => {
    const names = Object.keys(variant.options)
    const complete =
      names.length === draft.options.length && draft.options.every((name) => Object.hasOwn(variant.options, name))
    if (!complete) {
      const expected = draft.options.length === 0 ? 'no option' : `exactly ${draft.options.join(', ')}`
      faults.push({ pointer: `/variants/${index}/options`, detail: `must choose ${expected}` })
    }
    const key = JSON.stringify(draft.options.map((name) => variant.options[name]))
    const first = combinations.get(key)
    if (first !== undefined) {
      faults.push({ pointer: `/variants/${index}/options`, detail: `is the same choice as /variants/${first}` })
    }
    combinations.set(key, first ?? index)
    if (variant.imageUrl !== null && !urls.has(variant.imageUrl)) {
      faults.push({ pointer: `/variants/${index}/image_url`, detail: 'must be the url of one of the images' })
    }
    const places = variant.prices.map(({ currency, marketId, minQuantity }) =>
      JSON.stringify([currency, marketId, minQuantity]),
    )
    if (new Set(places).size !== places.length) {
      const detail = 'must have one price a currency, market and min_quantity'
      faults.push({ pointer: `/variants/${index}/prices`, detail })
    }
    const singles = new Set(variant.prices.flatMap((price) => (price.minQuantity === 1 ? [scopeOf(price)] : [])))
    variant.prices.forEach((price, at) => {
      if (singles.has(scopeOf(price))) return
      const detail = 'is a quantity break without a price of one piece beside it'
      faults.push({ pointer: `/variants/${index}/prices/${at}/min_quantity`, detail })
    })
    faults.push(...checkQuantity(variant.quantity, index))
    if (variant.unitMeasure && !isComparable(variant.unitMeasure)) {
      const detail = 'must measure the same as unit: mass, volume, length, area or count'
      faults.push({ pointer: `/variants/${index}/unit_measure/reference_unit`, detail })
    }
  })
  if (draft.publishedAt !== null && draft.unpublishedAt !== null && draft.unpublishedAt <= draft.publishedAt) {
    faults.push({ pointer: '/unpublished_at', detail: 'must be after published_at' })
  }
  const skus = draft.variants.flatMap(({ sku }) => (sku === null ? [] : [sku]))
  skus.forEach((sku, index) => {
    if (skus.indexOf(sku) !== index) faults.push({ pointer: '/variants', detail: `SKU ${sku} stands there twice` })
  })
  return faults
}

/** The least and the most that may be ordered are steps themselves: otherwise neither could be. */
function checkQuantity(
  { min, max, step }: VariantDraft['quantity'],
  index: number,
): { pointer: string; detail: string }[] {
  const faults: { pointer: string; detail: string }[] = []
  const pointer = (field: string) => `/variants/${index}/${field}`
  const detail = `must be a multiple of quantity_step, which is ${step}`
  if (min % step !== 0) faults.push({ pointer: pointer('min_quantity'), detail })
  if (max !== null && max % step !== 0) faults.push({ pointer: pointer('max_quantity'), detail })
  else if (max !== null && max < min) {
    faults.push({ pointer: pointer('max_quantity'), detail: `must not be below min_quantity, which is ${min}` })
  }
  return faults
}

function scopeOf({ currency, marketId }: PriceDraft): string {
  return JSON.stringify([currency, marketId])
}
