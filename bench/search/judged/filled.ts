import { sql } from 'drizzle-orm'
import type { ProductDraft } from '../../../src/domain/product.ts'
import { listAlternatives } from '../../../src/domain/synonym.ts'
import { planSaves } from '../../../src/features/catalog/save.ts'
import { insertCategory } from '../../../src/features/categories/queries.ts'
import { insertLocation } from '../../../src/features/inventory/location-queries.ts'
import { relistProducts } from '../../../src/features/listings/relist.ts'
import { insertMarket } from '../../../src/features/markets/queries.ts'
import { drainDocuments } from '../../../src/features/search-index/drain.ts'
import { insertSynonym } from '../../../src/features/search-settings/queries.ts'
import { setTranslation } from '../../../src/features/translations/queries.ts'
import { q, type Write } from '../../../src/platform/db/client.ts'
import { productSales } from '../../../src/platform/db/schema/sales.ts'
import type { Context } from '../../../src/platform/http/context.ts'
import { CATEGORY_TITLES, JUDGED_PRODUCTS, type JudgedProduct } from './products.ts'
import { SYNONYMS } from './queries.ts'

/** Fills an empty database with the judged catalog, and has the index follow. */
export async function fillJudged(context: Context): Promise<void> {
  const { db, mint, now } = context
  const at = now.getTime()
  const stored = { version: 1, createdAt: at, updatedAt: at }
  const categories = new Map(Object.keys(CATEGORY_TITLES).map((handle) => [handle, mint('category') as string]))
  const drafts = JUDGED_PRODUCTS.map((product) => toDraft(product, categories.get(product.category) ?? null))
  const { writes, results } = planSaves(
    drafts.map((draft) => ({ draft, existing: null })),
    { reference: mint('adjustment'), stock: 'keep', now, mint },
  )
  const ids = results.map(({ productId }) => productId)
  const locales = ['en-US', 'de-DE', 'fr-FR', 'es-ES', 'ja-JP', 'zh-CN', 'th-TH']
  await db.commit([
    ...insertMarket({
      ...{ id: mint('market'), name: 'World', currency: 'USD', countries: ['US'], locales, ...stored },
      ...{ taxIncluded: true, position: 0, ownPrices: 0 },
    }),
    insertLocation({
      ...{
        id: mint('location'),
        name: 'Warehouse',
        country: 'US',
        isDefault: true,
        priority: 0,
        active: true,
        ...stored,
      },
    }),
    ...[...categories].flatMap(([handle, id], position) =>
      insertCategory({
        ...{ id, handle, title: CATEGORY_TITLES[handle] ?? handle, position, path: [id], parentId: null },
        ...{ descriptionHtml: '', image: null, seoTitle: null, seoDescription: null },
        ...{ metadata: {}, privateMetadata: {}, ...stored },
      }),
    ),
    ...writes,
    ...JUDGED_PRODUCTS.flatMap(({ translations }, index) => translate(ids[index] ?? '', translations, at)),
    countSold(JUDGED_PRODUCTS.map(({ sold }, index) => [ids[index] ?? '', sold])),
    ...SYNONYMS.flatMap((words) => {
      const synonym = { kind: 'equivalent' as const, input: null, words: [...words] }
      return insertSynonym({ id: mint('synonym'), ...synonym, ...stored }, listAlternatives(synonym))
    }),
    ...relistProducts(ids, now),
  ])
  await drainDocuments(context, Number.POSITIVE_INFINITY)
}

function translate(subjectId: string, titles: Record<string, string>, updatedAt: number): Write[] {
  return Object.entries(titles).flatMap(([locale, title]) =>
    setTranslation({ subjectId, locale, fields: { title }, updatedAt }),
  )
}

function countSold(units: readonly (readonly [productId: string, units: number])[]): Write {
  return q.run(sql`INSERT INTO ${productSales} (product_id, units)
    SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(units)})`)
}

function toDraft(product: JudgedProduct, categoryId: string | null): ProductDraft {
  const { handle, title, vendor, type, tags, options, text } = product
  return {
    ...{ handle, title, vendor, categoryId, tags, productType: type },
    descriptionHtml: `<p>${text}</p>`,
    status: 'active',
    publishedAt: null,
    unpublishedAt: null,
    seo: { title: null, description: null },
    options: options.map(({ name }) => name),
    images: [],
    variants: variantsOf(product),
    metadata: {},
    privateMetadata: {},
    customFields: {},
    relatedIds: [],
  }
}

function variantsOf({ options, sku, price }: JudgedProduct): ProductDraft['variants'] {
  const choices = options.reduce<Record<string, string>[]>(
    (all, { name, values }) => all.flatMap((choice) => values.map((value) => ({ ...choice, [name]: value }))),
    [{}],
  )
  return choices.map((chosen, index) => ({
    options: chosen,
    sku: index === 0 ? sku : `${sku}-${index + 1}`,
    prices: [{ currency: 'USD', marketId: '', minQuantity: 1, amount: price, compareAtAmount: null }],
    barcode: /^\d{13}$/.test(sku) ? sku : null,
    weightGrams: 0,
    requiresShipping: true,
    taxable: true,
    taxCategory: 'standard',
    quantity: { min: 1, max: null, step: 1 },
    imageUrl: null,
    unitMeasure: null,
    inventory: { policy: 'deny', onHand: 10 },
  }))
}
