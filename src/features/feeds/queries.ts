import { type SQL, sql } from 'drizzle-orm'
import type { Family } from '../../platform/cache/cache.ts'
import { type Query, q } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { images, products, variants } from '../../platform/db/schema/catalog.ts'
import { categories } from '../../platform/db/schema/categories.ts'
import { listedProducts, listings } from '../../platform/db/schema/listings.ts'
import { breadcrumbsJson } from '../categories/queries.ts'
import { levelsJson } from '../inventory/queries.ts'
import { shelfNumber } from '../listings/queries.ts'
import { pricingJson } from '../prices/queries.ts'
import { translatedText } from '../translations/queries.ts'

/** A place among all published products, the oldest first: new ones come at the end and move none of the others. */
export interface Place {
  publishedAt: number
  /** Its number among the listed products. */
  product: number
}

const ORDER = sql`l.published_at, l.product`
const everything = shelfNumber(sql`'all'`)

/** Published products in their order, behind `after` or from `from` on. The index `listings_newest` is that order. */
function walk({ from, after, to }: { from?: Place; after?: Place | null; to?: Place | null }, now: Date): SQL {
  const bounds = [
    sql`l.shelf = ${everything} AND l.published_at <= ${now.getTime()} AND l.unpublished_at > ${now.getTime()}`,
    ...(from ? [sql`(${ORDER}) >= (${from.publishedAt}, ${from.product})`] : []),
    ...(after ? [sql`(${ORDER}) > (${after.publishedAt}, ${after.product})`] : []),
    ...(to ? [sql`(${ORDER}) < (${to.publishedAt}, ${to.product})`] : []),
  ]
  return sql`${listings} AS l CROSS JOIN ${listedProducts} AS n ON n.number = l.product
    CROSS JOIN ${products} AS p ON p.id = n.product_id WHERE ${sql.join(bounds, sql` AND `)}`
}

/**
 * The first place of each stretch of `size` products, in no order: hops from one to the next along an index that holds all
 * it needs, which reads each entry once.
 */
export function listStretches(size: number, now: Date): Query<Place[]> {
  const published = sql`n.shelf = ${everything} AND n.published_at <= ${now.getTime()}`
  const next = sql`ORDER BY n.published_at, n.product LIMIT 1`
  return q.all<Place>(sql`WITH RECURSIVE hops (id) AS (
      SELECT (SELECT n.product FROM ${listings} AS n WHERE ${published} ${next})
      UNION ALL SELECT (SELECT n.product FROM ${listings} AS n WHERE ${published}
          AND (n.published_at, n.product) > (l.published_at, l.product) ${next} OFFSET ${size - 1})
        FROM hops CROSS JOIN ${listings} AS l ON l.product = hops.id AND l.shelf = ${everything})
    SELECT l.published_at AS publishedAt, l.product AS product
    FROM hops CROSS JOIN ${listings} AS l ON l.product = hops.id AND l.shelf = ${everything}`)
}

function byPlace(left: Place, right: Place): number {
  return left.publishedAt - right.publishedAt || left.product - right.product
}

/**
 * Where the sitemap's files of products begin; the key is how many products a file has. Kept for longer than other values:
 * old bounds make a file a little shorter or longer, and finding them walks an index of the whole catalog.
 */
export function stretchesFamily(size: number, now: Date): Family<Place[]> {
  return {
    name: 'sitemap',
    memoryMs: 60_000,
    softMs: 600_000,
    freshMs: 3_600_000,
    queries: () => [listStretches(size, now)],
    collect: ([places], [key]) => new Map([[key ?? '', (places as Place[]).sort(byPlace)]]),
  }
}

/** What a sitemap says of the products of one stretch, `limit` of them at most. */
export function listStretch(
  from: Place,
  to: Place | null,
  { limit, now }: { limit: number; now: Date },
): Query<{ handle: string; updatedAt: number }[]> {
  return q.all<{ handle: string; updatedAt: number }>(sql`SELECT p.handle, p.updated_at AS updatedAt
    FROM ${walk({ from, to }, now)} ORDER BY ${ORDER} LIMIT ${limit}`)
}

/** A product as a feed reads it, its texts in one locale. */
export interface FeedProductRow extends Place {
  productId: string
  handle: string
  title: string
  /** The beginning of it. */
  descriptionHtml: string
  vendor: string
  productType: string
  /** JSON: names in order. */
  options: string
  /** JSON: the options' texts in the locale, or null. */
  optionTexts: string | null
  /** JSON: `{id, url}` in order. */
  images: string
  /** JSON: the category and those above it, the root first. */
  breadcrumbs: string
  variantCount: number
}

// Feeds take 5,000 characters of text; a description that is ten times as long costs no more than this.
const MAX_HTML = 12_000

/** The next published products behind `after`. */
export function listFeedProducts(
  after: Place | null,
  { limit, locale, now }: { limit: number; locale: string; now: Date },
): Query<FeedProductRow[]> {
  const text = (field: 'title' | 'descriptionHtml' | 'options') => translatedText(sql`p.id`, field, sql`${locale}`)
  return q.all<FeedProductRow>(sql`SELECT l.published_at AS publishedAt, l.product, p.id AS productId, p.handle,
      coalesce(${text('title')}, p.title) AS title,
      substr(coalesce(${text('descriptionHtml')}, p.description_html), 1, ${MAX_HTML}) AS descriptionHtml,
      p.vendor, p.product_type AS productType, p.options, ${text('options')} AS optionTexts,
      (SELECT json_group_array(json_object('id', i.id, 'url', i.url)) FROM (SELECT id, url FROM ${images}
        WHERE product_id = p.id ORDER BY position) AS i) AS images,
      ${breadcrumbsJson(sql`(SELECT path FROM ${categories} WHERE id = p.category_id)`)} AS breadcrumbs,
      (SELECT count(*) FROM ${variants} AS v WHERE v.product_id = p.id AND v.archived = 0) AS variantCount
    FROM ${walk({ after }, now)} ORDER BY ${ORDER} LIMIT ${limit}`)
}

/** A variant as a feed reads it. */
export interface FeedVariantRow {
  id: string
  productId: string
  /** JSON: option name -> value. */
  options: string
  barcode: string | null
  weightGrams: number
  requiresShipping: number
  imageId: string | null
  unitQuantity: number | null
  unit: string | null
  referenceQuantity: number | null
  referenceUnit: string | null
  /** JSON of the form `Pricing`. */
  pricing: string
  /** JSON: an array of `LevelJson`. */
  levels: string
}

/** The variants of these products, each product's in its order. */
export function listFeedVariants(productIds: readonly string[], now: Date): Query<FeedVariantRow[]> {
  return q.all<FeedVariantRow>(sql`SELECT v.id, v.product_id AS productId, v.options, v.barcode,
      v.weight_grams AS weightGrams, v.requires_shipping AS requiresShipping, v.image_id AS imageId,
      v.unit_quantity AS unitQuantity, v.unit, v.reference_quantity AS referenceQuantity,
      v.reference_unit AS referenceUnit, ${pricingJson(sql`v.id`, now)} AS pricing, ${levelsJson(sql`v.id`, now)} AS levels
    FROM ${variants} AS v WHERE v.product_id IN ${listOf(productIds)} AND +v.archived = 0
    ORDER BY v.product_id, v.position`)
}
