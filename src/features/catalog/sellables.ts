import { eq, type SQL, sql } from 'drizzle-orm'
import type { QuantityRule } from '../../domain/cart.ts'
import type { Pricing } from '../../domain/price.ts'
import type { Translations } from '../../domain/translation.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { images, products, variants } from '../../platform/db/schema/catalog.ts'
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
export function listSellables(which: SQL, now: Date, ownOrderId: SQL | null = null): Query<SellableRow[]> {
  const firstImage = sql`(SELECT url FROM ${images} WHERE product_id = ${variants.productId} ORDER BY position LIMIT 1)`
  return q
    .select({
      variantId: sql<string>`${variants.id}`.as('variant_id'),
      productId: variants.productId,
      sku: variants.sku,
      handle: products.handle,
      title: sql<string>`${products.title}`.as('product_title'),
      variantTitle: sql<string>`${variants.title}`.as('variant_title'),
      optionNames: sql<string[]>`${products.options}`.mapWith(JSON.parse).as('option_names'),
      options: sql<Record<string, string>>`${variants.options}`.mapWith(JSON.parse).as('variant_options'),
      translations: translationsJson(sql`${products.id}`, ['title', 'options']).as('translations'),
      imageUrl: sql<
        string | null
      >`coalesce((SELECT url FROM ${images} WHERE id = ${variants.imageId}), ${firstImage})`.as('image_url'),
      requiresShipping: variants.requiresShipping,
      weightGrams: variants.weightGrams,
      minQuantity: variants.minQuantity,
      maxQuantity: variants.maxQuantity,
      quantityStep: variants.quantityStep,
      tags: sql<string>`${products.tags}`.as('product_tags'),
      collectionIds: collectionIdsJson(sql`${products.id}`).as('collection_ids'),
      taxable: variants.taxable,
      taxCategory: variants.taxCategory,
      pricing: pricingJson(sql`${variants.id}`, now).as('pricing'),
      levels: levelsJson(sql`${variants.id}`, now, ownOrderId).as('levels'),
      unpublishedAt: products.unpublishedAt,
    })
    .from(variants)
    .innerJoin(products, eq(products.id, variants.productId))
    .where(sql`${which} AND +${variants.archived} = 0 AND ${onSale('products', now)}`)
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
          ? sql` UNION ALL SELECT id FROM ${variants} WHERE sku IN ${listOf(skus)} AND archived = 0`
          : sql``
      return [listSellables(sql`${variants.id} IN (SELECT value FROM json_each(${JSON.stringify(keys)})${bySku})`, now)]
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
