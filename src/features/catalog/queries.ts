import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { publicFields } from '../../domain/custom-field.ts'
import { earliest, FOREVER, nextPriceChange, type UnitMeasure } from '../../domain/price.ts'
import { type Family, USUAL_TIMES } from '../../platform/cache/cache.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf, updateVersion } from '../../platform/db/rows.ts'
import { images, productHandles, products, relatedProducts, variants } from '../../platform/db/schema/catalog.ts'
import { collectionProducts, collections } from '../../platform/db/schema/collections.ts'
import { type Fragment, fragment } from '../../platform/db/statement.ts'
import { breadcrumbsJson } from '../categories/queries.ts'
import { type CustomFieldRow, listCustomFields } from '../custom-fields/queries.ts'
import { type LevelJson, levelsJson } from '../inventory/queries.ts'
import { listedCollections, markDocuments } from '../listings/queries.ts'
import { parsePricing, pricingJson } from '../prices/queries.ts'
import { parseTranslations, translationsJson } from '../translations/queries.ts'
import type { Named, Product, ProductImage, ProductVariant } from './product.ts'

type ProductRow = typeof products.$inferSelect & {
  breadcrumbs: string
  relatedIds: string
  translations: string | null
}
type QuantityColumns = Pick<typeof variants.$inferSelect, 'minQuantity' | 'maxQuantity' | 'quantityStep'>
type UnitColumns = Pick<typeof variants.$inferSelect, 'unitQuantity' | 'unit' | 'referenceQuantity' | 'referenceUnit'>

interface VariantRow
  extends Omit<ProductVariant, 'pricing' | 'levels' | 'unitMeasure' | 'quantity'>,
    UnitColumns,
    QuantityColumns {
  productId: string
  pricing: string
  levels: string
}

interface NamedRow extends Omit<Named, 'translations'> {
  productId: string
  translations: string | null
}

/** How many results `listProducts` has. */
const PRODUCT_READS = 4

/**
 * Whole products in four statements, archived variants left out.
 * @param which a condition on `products`: staff see every status, storefronts add `onSale`.
 */
export function listProducts(which: SQL, now: Date): Query[] {
  const ids = sql`(SELECT ${products.id} FROM ${products} WHERE ${which})`
  return [
    q
      .select({
        id: products.id,
        handle: products.handle,
        title: products.title,
        descriptionHtml: products.descriptionHtml,
        vendor: products.vendor,
        productType: products.productType,
        status: products.status,
        options: products.options,
        tags: products.tags,
        seoTitle: products.seoTitle,
        seoDescription: products.seoDescription,
        metadata: products.metadata,
        privateMetadata: products.privateMetadata,
        version: products.version,
        createdAt: products.createdAt,
        updatedAt: products.updatedAt,
        publishedAt: products.publishedAt,
        unpublishedAt: products.unpublishedAt,
        categoryId: products.categoryId,
        customFields: products.customFields,
        breadcrumbs: breadcrumbsJson(sql`(SELECT path FROM categories WHERE id = products.category_id)`).as(
          'breadcrumbs',
        ),
        relatedIds: sql<string>`(SELECT json_group_array(r.related_id) FROM (SELECT related_id FROM ${relatedProducts}
          WHERE product_id = products.id ORDER BY position) AS r)`.as('related_ids'),
        translations: translationsJson(sql`products.id`).as('translations'),
      })
      .from(products)
      .where(which),
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
        unitQuantity: variants.unitQuantity,
        unit: variants.unit,
        referenceQuantity: variants.referenceQuantity,
        referenceUnit: variants.referenceUnit,
        minQuantity: variants.minQuantity,
        maxQuantity: variants.maxQuantity,
        quantityStep: variants.quantityStep,
        pricing: pricingJson(sql`variants.id`, now).as('pricing'),
        levels: levelsJson(sql`variants.id`, now).as('levels'),
      })
      .from(variants)
      .where(and(inArray(variants.productId, ids), eq(variants.archived, false)))
      .orderBy(asc(variants.productId), asc(variants.position)),
    q.select().from(images).where(inArray(images.productId, ids)).orderBy(asc(images.productId), asc(images.position)),
    // Those that staff put it into, drafts too, and those whose rules it meets while it is listed.
    q.all<NamedRow>(sql`SELECT m.product_id AS productId, c.id, c.handle, c.title,
        ${translationsJson(sql`c.id`, ['title'])} AS translations
      FROM (SELECT product_id, collection_id FROM ${collectionProducts} WHERE product_id IN ${ids}
        UNION ${listedCollections(ids)}) AS m
      JOIN ${collections} AS c ON c.id = m.collection_id WHERE c.status = 'active'
      ORDER BY c.position, c.id`),
  ]
}

/** The collections a product is in, as a JSON array of ids. @param productId the outer query's column. */
export function collectionIdsJson(productId: SQL): SQL<string> {
  return sql<string>`(SELECT json_group_array(collection_id) FROM (
    SELECT collection_id FROM ${collectionProducts} WHERE product_id = ${productId}
    UNION SELECT collection_id FROM (${listedCollections(sql`(${productId})`)})))`
}

/** Puts the results of `listProducts` together. */
export function toProducts(results: readonly unknown[]): Product[] {
  const rows = results[0] as ProductRow[]
  const variantsOf = Map.groupBy(results[1] as VariantRow[], ({ productId }) => productId)
  const imagesOf = Map.groupBy(results[2] as (typeof images.$inferSelect)[], ({ productId }) => productId)
  const collectionsOf = Map.groupBy(results[3] as NamedRow[], ({ productId }) => productId)
  return rows.map(({ seoTitle, seoDescription, breadcrumbs, relatedIds, translations, ...row }) => ({
    ...row,
    seo: { title: seoTitle, description: seoDescription },
    breadcrumbs: JSON.parse(breadcrumbs) as Named[],
    relatedIds: JSON.parse(relatedIds) as string[],
    translations: parseTranslations(translations),
    images: (imagesOf.get(row.id) ?? []).map(toImage),
    variants: (variantsOf.get(row.id) ?? []).map(toVariant),
    collections: (collectionsOf.get(row.id) ?? []).map(toNamed),
    publicFields: {},
  }))
}

function toNamed({ id, handle, title, translations }: NamedRow): Named {
  return { id, handle, title, translations: parseTranslations(translations) }
}

function toVariant({ productId: _, pricing, levels, ...row }: VariantRow): ProductVariant {
  const { unitQuantity, unit, referenceQuantity, referenceUnit, minQuantity, maxQuantity, quantityStep, ...rest } = row
  return {
    ...rest,
    quantity: { min: minQuantity, max: maxQuantity, step: quantityStep },
    unitMeasure: toUnitMeasure({ unitQuantity, unit, referenceQuantity, referenceUnit }),
    pricing: parsePricing(pricing),
    levels: JSON.parse(levels) as LevelJson[],
  }
}

/** What a variant contains, as its row has it. */
export function toUnitMeasure({
  unitQuantity,
  unit,
  referenceQuantity,
  referenceUnit,
}: UnitColumns): UnitMeasure | null {
  if (unitQuantity === null || referenceQuantity === null) return null
  return { quantity: unitQuantity, unit, referenceQuantity, referenceUnit } as UnitMeasure
}

function toImage({ id, url, alt, width, height }: typeof images.$inferSelect): ProductImage {
  return { id, url, alt, width, height }
}

/** True where the outer query's product may be seen and bought now. @param product its alias or table. */
export function onSale(product: string, now: Date): Fragment {
  const p = sql.raw(product)
  // The plus keeps SQLite from walking an index of what nearly every product is.
  return fragment`(+${p}.status = 'active' AND +${p}.published_at <= ${now.getTime()}
    AND coalesce(${p}.unpublished_at, ${FOREVER}) > ${now.getTime()})`
}

/** Published products by id, handle, or a handle they had before. Drafts are invisible here, and what only staff may see. */
export function publishedProducts(now: Date): Family<Product> {
  return {
    name: 'product',
    ...USUAL_TIMES,
    currentUntil: ({ unpublishedAt, variants: all }, readAt) => firstChange(unpublishedAt, all, readAt),
    queries: (refs) => [
      ...listProducts(
        sql`products.id IN (SELECT value FROM json_each(${JSON.stringify(refs)})
          UNION ALL SELECT id FROM ${products} WHERE handle IN ${listOf(refs)}
          UNION ALL SELECT product_id FROM ${productHandles} WHERE handle IN ${listOf(refs)})
        AND ${onSale('products', now)}`,
        now,
      ),
      q
        .select({ handle: productHandles.handle, productId: productHandles.productId })
        .from(productHandles)
        .where(sql`${productHandles.handle} IN ${listOf(refs)}`),
      listCustomFields('product'),
    ],
    collect: (results, refs) => {
      const asked = new Set(refs)
      const found = new Map<string, Product>()
      const definitions = results[PRODUCT_READS + 1] as CustomFieldRow[]
      const byId = new Map<string, Product>()
      for (const product of toProducts(results)) {
        const { id, handle, customFields } = product
        const open = {
          ...product,
          variants: product.variants.map(withoutGroups),
          privateMetadata: {},
          customFields: {},
          publicFields: publicFields(customFields, definitions),
        }
        byId.set(id, open)
        for (const ref of [id, handle]) if (asked.has(ref)) found.set(ref, open)
      }
      for (const { handle, productId } of results[PRODUCT_READS] as { handle: string; productId: string }[]) {
        const product = byId.get(productId)
        if (product && !found.has(handle)) found.set(handle, product)
      }
      return found
    },
  }
}

/** What everybody may know of a variant: what a list asks its group is not among it. */
function withoutGroups(variant: ProductVariant): ProductVariant {
  const { pricing } = variant
  const offers = pricing.offers.filter(({ customerGroupId }) => customerGroupId === null)
  return { ...variant, pricing: { ...pricing, offers } }
}

/** When a product next looks otherwise by its schedule: it goes off sale, or one of its prices changes. */
function firstChange(unpublishedAt: number | null, all: readonly ProductVariant[], readAt: number): number | null {
  const changes = all.flatMap(({ pricing }) => nextPriceChange(pricing, new Date(readAt)) ?? [])
  return earliest([unpublishedAt ?? FOREVER, ...changes])
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

/** A product's version, and its options with the values that its variants choose. */
export function findTranslatable(id: string): Query<{ version: number; options: Record<string, string[]> }[]> {
  const values = sql`(SELECT json_group_array(DISTINCT e.value) FROM ${variants} AS v, json_each(v.options) AS e
    WHERE v.product_id = products.id AND v.archived = 0 AND e.key = o.value)`
  return q
    .select({
      version: products.version,
      options: sql<
        Record<string, string[]>
      >`(SELECT json_group_object(o.value, json(${values})) FROM json_each(products.options) AS o)`
        .mapWith(JSON.parse)
        .as('options'),
    })
    .from(products)
    .where(eq(products.id, id))
}

/** Raises the version of a product whose texts change, and has them indexed. Breaks `version_mismatch`. */
export function touchProduct(id: string, version: number, now: Date): Write[] {
  return [...updateVersion(products, { id, version }, { updatedAt: now.getTime() }), markDocuments(listOf([id]))]
}
