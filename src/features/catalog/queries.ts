import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Family } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import {
  collectionProducts,
  collections,
  images,
  markets,
  prices,
  products,
  variants,
} from '../../platform/db/schema/catalog.ts'
import { type LevelJson, levelsJson } from '../inventory/queries.ts'
import type { Price, Product, ProductImage, ProductVariant } from './product.ts'

export type Market = typeof markets.$inferSelect

interface VariantRow extends Omit<ProductVariant, 'prices' | 'levels'> {
  productId: string
  prices: string
  levels: string
}

/**
 * Whole products in five statements, archived variants left out.
 * @param which a condition on `products`: staff see every status, storefronts add `status = 'active'`.
 */
export function listProducts(which: SQL, now: Date): Query[] {
  const ids = sql`(SELECT ${products.id} FROM ${products} WHERE ${which})`
  return [
    q.select().from(products).where(which),
    q
      .select({
        id: variants.id,
        productId: variants.productId,
        sku: variants.sku,
        title: variants.title,
        options: variants.options,
        barcode: variants.barcode,
        weightGrams: variants.weightGrams,
        requiresShipping: variants.requiresShipping,
        taxable: variants.taxable,
        taxCategory: variants.taxCategory,
        imageId: variants.imageId,
        prices: pricesJson(sql`${variants.id}`).as('prices'),
        levels: levelsJson(sql`${variants.id}`, now).as('levels'),
      })
      .from(variants)
      .where(and(inArray(variants.productId, ids), eq(variants.archived, false)))
      .orderBy(asc(variants.productId), asc(variants.position)),
    q.select().from(images).where(inArray(images.productId, ids)).orderBy(asc(images.productId), asc(images.position)),
    q
      .select({
        productId: collectionProducts.productId,
        handle: collections.handle,
        title: collections.title,
      })
      .from(collectionProducts)
      .innerJoin(collections, eq(collections.id, collectionProducts.collectionId))
      .where(inArray(collectionProducts.productId, ids))
      .orderBy(asc(collections.position), asc(collections.id)),
  ]
}

/** Puts the results of `listProducts` together. */
export function toProducts(results: readonly unknown[]): Product[] {
  const rows = results[0] as (typeof products.$inferSelect)[]
  const variantsOf = groupBy(results[1] as VariantRow[], ({ productId }) => productId)
  const imagesOf = groupBy(results[2] as (typeof images.$inferSelect)[], ({ productId }) => productId)
  const collectionsOf = groupBy(
    results[3] as { productId: string; handle: string; title: string }[],
    ({ productId }) => productId,
  )
  return rows.map(({ seoTitle, seoDescription, ...row }) => ({
    ...row,
    seo: { title: seoTitle, description: seoDescription },
    images: (imagesOf.get(row.id) ?? []).map(toImage),
    variants: (variantsOf.get(row.id) ?? []).map(toVariant),
    collections: (collectionsOf.get(row.id) ?? []).map(({ handle, title }) => ({ handle, title })),
  }))
}

function toVariant({ productId: _, prices: priceList, levels, ...row }: VariantRow): ProductVariant {
  return { ...row, prices: JSON.parse(priceList) as Price[], levels: JSON.parse(levels) as LevelJson[] }
}

function toImage({ id, url, alt, width, height }: typeof images.$inferSelect): ProductImage {
  return { id, url, alt, width, height }
}

/** Published products by id or handle. Drafts are invisible here, and so is what only staff may see. */
export function publishedProducts(now: Date): Family<Product> {
  return {
    name: 'product',
    memoryMs: 5_000,
    freshMs: 60_000,
    queries: (refs) =>
      listProducts(
        // The plus keeps SQLite from walking all active products: it finds them by id and by handle instead.
        sql`+${products.status} = 'active' AND (${products.id} IN ${listOf(refs)} OR ${products.handle} IN ${listOf(refs)})`,
        now,
      ),
    collect: (results, refs) => {
      const asked = new Set(refs)
      const found = new Map<string, Product>()
      for (const product of toProducts(results)) {
        const open = { ...product, privateMetadata: {} }
        for (const ref of [product.id, product.handle]) if (asked.has(ref)) found.set(ref, open)
      }
      return found
    },
  }
}

/** What a cart or a checkout needs to know of a variant that is for sale. */
export interface Sellable {
  variantId: string
  productId: string
  sku: string | null
  handle: string
  title: string
  variantTitle: string
  imageUrl: string | null
  requiresShipping: boolean
  /** Null for goods that are not taxed. */
  taxCategory: string | null
  prices: Price[]
  levels: LevelJson[]
}

interface SellableRow extends Omit<Sellable, 'prices' | 'levels' | 'taxCategory'> {
  taxable: boolean
  taxCategory: string
  prices: string
  levels: string
}

/**
 * Variants that can be sold now: of published products, not archived.
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
      imageUrl: sql<
        string | null
      >`coalesce((SELECT url FROM ${images} WHERE id = ${variants.imageId}), ${firstImage})`.as('image_url'),
      requiresShipping: variants.requiresShipping,
      taxable: variants.taxable,
      taxCategory: variants.taxCategory,
      prices: pricesJson(sql`${variants.id}`).as('prices'),
      levels: levelsJson(sql`${variants.id}`, now, ownOrderId).as('levels'),
    })
    .from(variants)
    .innerJoin(products, eq(products.id, variants.productId))
    .where(sql`${which} AND +${variants.archived} = 0 AND +${products.status} = 'active'`)
}

export function toSellable({ taxable, taxCategory, prices: priceList, levels, ...row }: SellableRow): Sellable {
  return {
    ...row,
    taxCategory: taxable ? taxCategory : null,
    prices: JSON.parse(priceList) as Price[],
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
    memoryMs: 5_000,
    freshMs: 60_000,
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

/** A variant's prices as one JSON array of `Price`. */
function pricesJson(variantId: SQL): SQL<string> {
  return sql<string>`(SELECT json_group_array(json_object('currency', currency, 'market_id', market_id,
    'amount', amount, 'compare_at_amount', compare_at_amount)) FROM ${prices} WHERE variant_id = ${variantId})`
}

export function listMarkets(): Query<Market[]> {
  return q.select().from(markets).orderBy(asc(markets.position), asc(markets.id))
}

/** All markets, the default one first, under the one key `all`. */
export const marketsFamily: Family<Market[]> = {
  name: 'markets',
  memoryMs: 5_000,
  freshMs: 60_000,
  queries: () => [listMarkets()],
  collect: ([rows]) => new Map([['all', rows as Market[]]]),
}

export function insertMarket(row: Market): Write {
  return q.insert(markets).values(row)
}

export interface Collection {
  id: string
  handle: string
  title: string
  descriptionHtml: string
  position: number
  updatedAt: number
}

/** Collections in the shop's order. */
export function listCollections(): Query<Collection[]> {
  return q
    .select({
      id: collections.id,
      handle: collections.handle,
      title: collections.title,
      descriptionHtml: collections.descriptionHtml,
      position: collections.position,
      updatedAt: collections.updatedAt,
    })
    .from(collections)
    .orderBy(asc(collections.position), asc(collections.id))
}

/** All collections under the one key `all`: a shop has tens of them, rarely hundreds. */
export const collectionsFamily: Family<Collection[]> = {
  name: 'collections',
  memoryMs: 5_000,
  freshMs: 60_000,
  queries: () => [listCollections()],
  collect: ([rows]) => new Map([['all', rows as Collection[]]]),
}

export function insertCollection(row: typeof collections.$inferInsert): Write {
  return q.insert(collections).values(row)
}

/** Puts products into a collection, in this order, by their handles. */
export function fillCollection(collectionId: string, handles: readonly string[]): Write {
  return q.run(sql`INSERT INTO ${collectionProducts} (collection_id, product_id, position)
    SELECT ${collectionId}, p.id, j.key FROM json_each(${JSON.stringify(handles)}) AS j
    JOIN ${products} AS p ON p.handle = j.value`)
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return groups
}

/** Product ids for staff, newest first, whatever their status. */
export function pageOfProducts(before: string | null, limit: number): SQL {
  const newest = sql`SELECT id FROM ${products} ${before === null ? sql`` : sql`WHERE id < ${before}`} ORDER BY id DESC LIMIT ${limit}`
  return sql`${products.id} IN (${newest})`
}

/** One product for staff, whatever its status. */
export function productById(id: string): SQL {
  return sql`${products.id} = ${id}`
}

/** Products for staff by their handles, whatever their status. */
export function productsByHandle(handles: readonly string[]): SQL {
  return sql`${products.handle} IN ${listOf(handles)}`
}
