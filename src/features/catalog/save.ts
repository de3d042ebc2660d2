import { sql } from 'drizzle-orm'
import type { Mint } from '../../domain/id.ts'
import type { ProductDraft } from '../../domain/product.ts'
import { q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen, upsertRows } from '../../platform/db/rows.ts'
import {
  images,
  productHandles,
  products,
  productTags,
  relatedProducts,
  variants,
} from '../../platform/db/schema/catalog.ts'
import { openStock, overwriteStock, setPolicies } from '../inventory/shelf-queries.ts'
import { relistProducts } from '../listings/relist.ts'
import { type PriceSet, rememberPrices, setPrices } from '../prices/queries.ts'
import { countOf, isSame, type StockPolicy, sortPrices, sortTags, toDraft, variantForm } from './draft.ts'
import { optionKey, type Product, variantTitle } from './product.ts'

/** One product to save: as it should be, and as it is (null for a new one). */
export interface Save {
  draft: ProductDraft
  existing: Product | null
}

export interface SaveOptions {
  /** Names the cause in the stock ledger: an import, or the product itself. */
  reference: string
  stock: StockPolicy
  now: Date
  mint: Mint
}

export interface SavePlan {
  writes: Write[]
  /** In the order of the saves. */
  results: { productId: string; outcome: 'created' | 'updated' | 'unchanged' }[]
}

/** The rows of one product that changes, and which of its parts do. */
interface Change {
  id: string
  version: number
  product: typeof products.$inferInsert
  tags: readonly string[] | null
  images: (typeof images.$inferInsert)[] | null
  variants: (typeof variants.$inferInsert)[] | null
  prices: PriceSet[] | null
  related: readonly string[] | null
  /** The handle it had until now, where it gets another. */
  oldHandle: string | null
  opened: { variantId: string; policy: ProductDraft['variants'][number]['inventory']['policy']; onHand: number }[]
  policies: { variantId: string; policy: ProductDraft['variants'][number]['inventory']['policy'] }[]
  counts: { variantId: string; onHand: number }[]
}

/**
 * Saves any number of products with the same few statements. Ids stay: a variant is known again by its choice of
 * options, an image by its url. What is equal to what is there writes nothing, not even a version.
 * Committing breaks `version_mismatch` when a product was changed meanwhile, and the UNIQUE of handle or SKU.
 */
export function planSaves(saves: readonly Save[], options: SaveOptions): SavePlan {
  const results: SavePlan['results'] = []
  const changes: Change[] = []
  for (const save of saves) {
    if (save.existing && isSame(save.existing, save.draft, options.stock)) {
      results.push({ productId: save.existing.id, outcome: 'unchanged' })
      continue
    }
    const change = toChange(save, options)
    changes.push(change)
    results.push({ productId: change.id, outcome: save.existing ? 'updated' : 'created' })
  }
  return { writes: toWrites(changes, options), results }
}

function toChange({ draft, existing }: Save, { now, mint, stock }: SaveOptions): Change {
  const at = now.getTime()
  const id = existing?.id ?? mint('product')
  const before = existing ? toDraft(existing) : null
  const imageIds = new Map(existing?.images.map((image) => [image.url, image.id]))
  const imageRows = draft.images.map((image, position) => {
    const imageId = imageIds.get(image.url) ?? mint('image')
    imageIds.set(image.url, imageId)
    return { id: imageId, productId: id, position, ...image }
  })
  const known = new Map(existing?.variants.map((variant) => [optionKey(existing.options, variant.options), variant]))
  const rows = draft.variants.map((variant, position) => {
    const key = optionKey(draft.options, variant.options)
    const old = known.get(key)
    const row = {
      id: old?.id ?? mint('variant'),
      productId: id,
      position,
      sku: variant.sku,
      title: variantTitle(draft.options, variant.options),
      options: { ...variant.options },
      optionKey: key,
      barcode: variant.barcode,
      weightGrams: variant.weightGrams,
      requiresShipping: variant.requiresShipping,
      taxable: variant.taxable,
      taxCategory: variant.taxCategory,
      imageId: variant.imageUrl === null ? null : (imageIds.get(variant.imageUrl) ?? null),
      archived: false,
      unitQuantity: variant.unitMeasure?.quantity ?? null,
      unit: variant.unitMeasure?.unit ?? null,
      referenceQuantity: variant.unitMeasure?.referenceQuantity ?? null,
      referenceUnit: variant.unitMeasure?.referenceUnit ?? null,
      minQuantity: variant.quantity.min,
      maxQuantity: variant.quantity.max,
      quantityStep: variant.quantity.step,
    }
    return { row, old, variant }
  })
  const differs = (form: (candidate: ProductDraft) => unknown) =>
    before === null || JSON.stringify(form(before)) !== JSON.stringify(form(draft))
  return {
    id,
    version: existing?.version ?? 0,
    product: {
      id,
      handle: draft.handle,
      title: draft.title,
      descriptionHtml: draft.descriptionHtml,
      vendor: draft.vendor,
      productType: draft.productType,
      status: draft.status,
      options: [...draft.options],
      tags: sortTags(draft.tags),
      seoTitle: draft.seo.title,
      seoDescription: draft.seo.description,
      metadata: draft.metadata,
      privateMetadata: draft.privateMetadata,
      version: (existing?.version ?? 0) + 1,
      createdAt: existing?.createdAt ?? at,
      updatedAt: at,
      // What becomes active without a date is on sale at once.
      publishedAt: draft.status === 'active' ? (draft.publishedAt ?? at) : draft.publishedAt,
      unpublishedAt: draft.unpublishedAt,
      categoryId: draft.categoryId,
      customFields: draft.customFields,
    },
    tags: differs(({ tags }) => sortTags(tags)) ? sortTags(draft.tags) : null,
    images: differs((candidate) => candidate.images) ? imageRows : null,
    variants: differs((candidate) => [candidate.options, candidate.variants.map((v) => variantForm(candidate, v))])
      ? rows.map(({ row }) => row)
      : null,
    prices: differs((candidate) => candidate.variants.map((v) => [v.options, sortPrices(v.prices)]))
      ? rows.map(({ row, variant }) => ({ variantId: row.id, prices: variant.prices }))
      : null,
    related: differs(({ relatedIds }) => relatedIds) ? draft.relatedIds : null,
    oldHandle: existing && existing.handle !== draft.handle ? existing.handle : null,
    opened: rows.flatMap(({ row, old, variant }) => (old ? [] : [{ variantId: row.id, ...variant.inventory }])),
    policies: rows.flatMap(({ row, old, variant: { inventory } }) =>
      old && old.levels[0]?.policy !== inventory.policy ? [{ variantId: row.id, policy: inventory.policy }] : [],
    ),
    counts: rows.flatMap(({ row, old, variant: { inventory } }) =>
      old && stock === 'overwrite' && countOf(old) !== inventory.onHand
        ? [{ variantId: row.id, onHand: inventory.onHand }]
        : [],
    ),
  }
}

function toWrites(changes: readonly Change[], { reference, now }: SaveOptions): Write[] {
  if (changes.length === 0) return []
  const existing = changes.filter(({ version }) => version > 0)
  const withImages = changes.flatMap((change) => (change.images ? [{ id: change.id, images: change.images }] : []))
  const withVariants = changes.filter((change) => change.variants !== null && change.version > 0)
  const withTags = changes.flatMap((change) => (change.tags ? [{ id: change.id, tags: change.tags }] : []))
  const withRelated = changes.flatMap((change) => (change.related ? [{ id: change.id, related: change.related }] : []))
  const prices = changes.flatMap((change) => change.prices ?? [])
  return [
    ...(existing.length > 0 ? [refuseChanged(existing)] : []),
    ...rememberPrices(prices, now),
    ...upsertRows(
      products,
      changes.map(({ product }) => product),
      [products.id],
    ),
    ...keepHandles(changes, now),
    ...when(withTags, (ids) => q.delete(productTags).where(sql`${productTags.productId} IN ${ids}`)),
    ...insertRows(
      productTags,
      withTags.flatMap(({ id, tags }) => tags.map((tag) => ({ tag, productId: id }))),
    ),
    ...when(withImages, (ids) => q.delete(images).where(sql`${images.productId} IN ${ids}`)),
    ...insertRows(
      images,
      withImages.flatMap((change) => change.images),
    ),
    // Set aside first: two variants may swap SKUs or choices, and what the draft no longer names stays set aside.
    ...when(withVariants, (ids) =>
      q.update(variants).set({ archived: true }).where(sql`${variants.productId} IN ${ids}`),
    ),
    ...upsertRows(
      variants,
      changes.flatMap((change) => change.variants ?? []),
      [variants.id],
    ),
    ...setPrices(prices, now),
    ...openStock(
      changes.flatMap(({ opened }) => opened),
      reference,
      now,
    ),
    ...setPolicies(
      changes.flatMap(({ policies }) => policies),
      now,
    ),
    ...overwriteStock(
      changes.flatMap(({ counts }) => counts),
      reference,
      now,
    ),
    ...when(withRelated, (ids) => q.delete(relatedProducts).where(sql`${relatedProducts.productId} IN ${ids}`)),
    ...insertRows(
      relatedProducts,
      withRelated.flatMap(({ id, related }) =>
        related.map((relatedId, position) => ({ productId: id, relatedId, position })),
      ),
    ),
    ...relistProducts(
      changes.map(({ id }) => id),
      now,
    ),
  ]
}

/** An old handle leads to its product until another product takes it. */
function keepHandles(changes: readonly Change[], now: Date): Write[] {
  const taken = changes.flatMap(({ product, version, oldHandle }) =>
    version === 0 || oldHandle !== null ? [product.handle] : [],
  )
  const left = changes.flatMap(({ id, oldHandle }) => (oldHandle === null ? [] : [{ id, handle: oldHandle }]))
  return [
    ...when(
      taken.map((id) => ({ id })),
      (handles) => q.delete(productHandles).where(sql`${productHandles.handle} IN ${handles}`),
    ),
    ...upsertRows(
      productHandles,
      left.map(({ id, handle }) => ({ handle, productId: id, replacedAt: now.getTime() })),
      [productHandles.handle],
    ),
  ]
}

/** Refuses when one of the products no longer has the version it was read at. */
function refuseChanged(changes: readonly Change[]): Write {
  const expected = JSON.stringify(changes.map(({ id, version }) => ({ id, version })))
  return refuseWhen(
    'version_mismatch',
    sql`EXISTS (SELECT 1 FROM json_each(${expected}) AS j LEFT JOIN ${products} AS p ON p.id = j.value ->> '$.id'
      WHERE p.version IS NOT j.value ->> '$.version')`,
  )
}

function when<Row extends { id: string }>(
  rows: readonly Row[],
  build: (ids: ReturnType<typeof listOf>) => Write,
): Write[] {
  return rows.length === 0 ? [] : [build(listOf(rows.map(({ id }) => id)))]
}
