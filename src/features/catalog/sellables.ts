import { sql } from 'drizzle-orm'
import type { QuantityRule } from '../../domain/cart.ts'
import type { Pricing } from '../../domain/price.ts'
import type { Translations } from '../../domain/translation.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import type { Query } from '../../platform/db/client.ts'
import { images, products, variants } from '../../platform/db/schema/catalog.ts'
import { type Fragment, fragment, query } from '../../platform/db/statement.ts'
import { type LevelJson, levelsJson } from '../inventory/queries.ts'
import { parsePricing, pricingJson } from '../prices/queries.ts'
import { parseTranslations, translationsJson } from '../translations/queries.ts'
import { collectionIdsJson, onSale } from './queries.ts'

/** What a cart or a checkout needs to know of a variant that is for sale. */
export interface Sellable {
  variantId: string
  productId: string
  sku: string | null
  handle: string
  title: string
  variantTitle: string
  /** The product's option names in order, and what the variant is of each. */
  optionNames: string[]
  options: Record<string, string>
  /** Titles and options in other locales. */
  translations: Translations
  imageUrl: string | null
  requiresShipping: boolean
  weightGrams: number
  /** How many an order may have: from `min` on in steps of `step`, up to `max`; null without end. */
  quantityRule: QuantityRule
  /** What promotions and shipping rules tell its product by. */
  tags: string[]
  collectionIds: string[]
  /** Null for goods that are not taxed. */
  taxCategory: string | null
  pricing: Pricing
  levels: LevelJson[]
  /** From then on it is not for sale. */
  unpublishedAt: number | null
}

interface SellableRow
  extends Omit<
    Sellable,
    'pricing' | 'levels' | 'taxCategory' | 'translations' | 'quantityRule' | 'tags' | 'collectionIds'
  > {
  taxable: boolean
  taxCategory: string
  pricing: string
  levels: string
  translations: string | null
  minQuantity: number
  maxQuantity: number | null
  quantityStep: number
  tags: string
  collectionIds: string
}

/**
 * Variants that can be sold now: of products on sale, not archived.
 * @param which a condition on `variants`. @param ownOrderId holds of this order count as free.
 */
export function listSellables(which: Fragment, now: Date, ownOrderId: Fragment | null = null): Query<SellableRow[]> {
  return query(
    toRow,
  )`SELECT variants.id, variants.product_id, sku, handle, products.title AS product_title, variants.title,
      products.options AS option_names, variants.options,
      ${translationsJson(sql`products.id`, ['title', 'options'])} AS translations,
      coalesce((SELECT url FROM ${images} WHERE id = variants.image_id),
        (SELECT url FROM ${images} WHERE product_id = variants.product_id ORDER BY position LIMIT 1)) AS image_url,
      requires_shipping, weight_grams, min_quantity, max_quantity, quantity_step, tags,
      ${collectionIdsJson(sql`products.id`)} AS collection_ids, taxable, tax_category,
      ${pricingJson(sql`variants.id`, now)} AS pricing, ${levelsJson(sql`variants.id`, now, ownOrderId)} AS levels,
      unpublished_at
    FROM ${variants} JOIN ${products} ON products.id = variants.product_id
    WHERE ${which} AND +variants.archived = 0 AND ${onSale('products', now)}`
}

function toRow(row: Record<string, unknown>): SellableRow {
  return {
    variantId: row.id as string,
    productId: row.product_id as string,
    sku: row.sku as string | null,
    handle: row.handle as string,
    title: row.product_title as string,
    variantTitle: row.title as string,
    optionNames: JSON.parse(row.option_names as string) as string[],
    options: JSON.parse(row.options as string) as Record<string, string>,
    translations: row.translations as string | null,
    imageUrl: row.image_url as string | null,
    requiresShipping: row.requires_shipping === 1,
    weightGrams: row.weight_grams as number,
    minQuantity: row.min_quantity as number,
    maxQuantity: row.max_quantity as number | null,
    quantityStep: row.quantity_step as number,
    tags: row.tags as string,
    collectionIds: row.collection_ids as string,
    taxable: row.taxable === 1,
    taxCategory: row.tax_category as string,
    pricing: row.pricing as string,
    levels: row.levels as string,
    unpublishedAt: row.unpublished_at as number | null,
  }
}

export function toSellable(stored: SellableRow): Sellable {
  const { taxable, taxCategory, pricing, levels, translations, tags, collectionIds, ...rest } = stored
  const { minQuantity, maxQuantity, quantityStep, ...row } = rest
  return {
    ...row,
    quantityRule: { min: minQuantity, max: maxQuantity, step: quantityStep },
    tags: JSON.parse(tags) as string[],
    collectionIds: JSON.parse(collectionIds) as string[],
    taxCategory: taxable ? taxCategory : null,
    translations: parseTranslations(translations),
    pricing: parsePricing(pricing),
    levels: JSON.parse(levels) as LevelJson[],
  }
}

/** The key of a variant by its SKU in the family `sellable`; by its id the key is the id itself. */
export function skuKey(sku: string): string {
  return `sku:${sku}`
}

/** Variants for sale, by id or by `skuKey`. Never what money or stock moves by: checkout reads them fresh. */
export function sellables(now: Date): Family<Sellable> {
  return {
    name: 'sellable',
    ...USUAL_TIMES,
    currentUntil: ({ unpublishedAt }) => unpublishedAt,
    queries: (keys) => {
      const skus = keys.filter((key) => key.startsWith('sku:')).map((key) => key.slice(4))
      // One list of ids, not an OR: each half has its own index, and together they would have none.
      const bySku =
        skus.length > 0
          ? fragment` UNION ALL SELECT id FROM ${variants} WHERE sku IN (SELECT value FROM json_each(${JSON.stringify(skus)}))
              AND archived = 0`
          : sql``
      return [
        listSellables(fragment`variants.id IN (SELECT value FROM json_each(${JSON.stringify(keys)})${bySku})`, now),
      ]
    },
    collect: ([rows], keys) => {
      const asked = new Set(keys)
      const found = new Map<string, Sellable>()
      for (const row of (rows as SellableRow[]).map(toSellable)) {
        found.set(row.variantId, row)
        if (row.sku !== null && asked.has(skuKey(row.sku))) found.set(skuKey(row.sku), row)
      }
      return found
    },
  }
}
