import { sql } from 'drizzle-orm'
import type { ProductDraft } from '../../src/domain/product.ts'
import { planSaves } from '../../src/features/catalog/save.ts'
import { insertCategory } from '../../src/features/categories/queries.ts'
import { newCollection } from '../../src/features/collections/new-collection.ts'
import { insertCollection } from '../../src/features/collections/queries.ts'
import { insertLocation } from '../../src/features/inventory/location-queries.ts'
import { relistProducts } from '../../src/features/listings/relist.ts'
import { insertMarket } from '../../src/features/markets/queries.ts'
import { drainDocuments } from '../../src/features/search-index/drain.ts'
import { setTranslation } from '../../src/features/translations/queries.ts'
import { q } from '../../src/platform/db/client.ts'
import type { Context } from '../../src/platform/http/context.ts'
import { randomFrom } from './random.ts'

const DAY = 24 * 3600 * 1000

/** A product of the shop, as far as lists look at it. */
export interface Stocked {
  id: string
  /** Among the listed products; 0 where it is not listed. */
  number: number
  title: string
  vendor: string
  tags: readonly string[]
  /** Handles, those above its own among them, and its own. */
  categories: readonly string[]
  ownCategory: string | null
  /** Handle -> place. */
  collections: ReadonlyMap<string, number>
  /** `[name, value]` of its variants. */
  options: readonly (readonly [string, string])[]
  sold: number
  isOnSale: boolean
  publishedAt: number
  available: boolean
  /** By currency and country of the buyer: `EUR DE`. */
  prices: Readonly<Record<string, { min: number; max: number } | null>>
}

export const CATEGORIES = { home: null, lamps: 'home', mugs: 'home', garden: null } as const
export const COLLECTIONS = ['spring', 'steady', 'rare', 'hidden'] as const
export const VENDORS = ['Acme', 'Bolt & Co', 'Ça va', 'd/e'] as const
export const TAGS = ['new', 'sale', 'a,b', 'ünique'] as const
export const COLORS = ['Red', 'Blue', 'Sea green', 'say "hi"', '100%'] as const
export const SIZES = ['S', 'M', 'L'] as const
export const BUYERS = ['USD US', 'EUR DE', 'EUR US', 'JPY US'] as const

/** Fills an empty database with a shop of `size` products that differ in all that lists are filtered and sorted by. */
export async function fillFiltered(context: Context, size: number, seed: number): Promise<Stocked[]> {
  const { db, mint, now } = context
  const below = randomFrom(seed)
  const chance = (share: number) => below(1000) < share * 1000
  const some = <Item>(items: readonly Item[], share: number) => items.filter(() => chance(share))
  const one = <Item>(items: readonly Item[]) => items[below(items.length)] as Item
  const at = now.getTime()
  const stored = { version: 1, createdAt: at, updatedAt: at }
  const texts = { descriptionHtml: '', image: null, seoTitle: null, seoDescription: null, metadata: {} }
  const categoryIds = new Map(Object.keys(CATEGORIES).map((handle) => [handle, mint('category') as string]))
  const collectionIds = new Map(COLLECTIONS.map((handle) => [handle as string, mint('collection') as string]))
  const pathOf = (handle: string): string[] => {
    const parent = CATEGORIES[handle as keyof typeof CATEGORIES]
    return [...(parent ? pathOf(parent) : []), handle]
  }
  const germany = mint('market')
  const market = { version: 1, createdAt: at, updatedAt: at, taxIncluded: false }
  await db.commit([
    ...insertMarket({
      ...market,
      id: mint('market'),
      name: 'US',
      currency: 'USD',
      countries: ['US'],
      locales: ['en'],
      position: 0,
      ownPrices: 0,
    }),
    ...insertMarket({
      ...market,
      id: germany,
      name: 'DE',
      currency: 'EUR',
      countries: ['DE'],
      locales: ['de'],
      position: 1,
      ownPrices: 2,
    }),
    ...insertMarket({
      ...market,
      id: mint('market'),
      name: 'JP',
      currency: 'JPY',
      countries: ['JP'],
      locales: ['ja'],
      position: 2,
      ownPrices: 0,
    }),
    insertLocation({
      id: mint('location'),
      name: 'W',
      country: 'US',
      isDefault: true,
      priority: 0,
      active: true,
      ...stored,
    }),
    ...[...categoryIds].flatMap(([handle, id], position) =>
      insertCategory({
        ...{ id, handle, title: `Category ${handle}`, position, ...texts, privateMetadata: {}, ...stored },
        ...{
          path: pathOf(handle).map((each) => categoryIds.get(each) ?? ''),
          parentId: categoryIds.get(pathOf(handle).at(-2) ?? '') ?? null,
        },
      }),
    ),
    ...[...collectionIds].flatMap(([handle, id]) =>
      insertCollection(
        newCollection(
          { id, handle, title: `Collection ${handle}`, status: handle === 'hidden' ? 'draft' : 'active' },
          now,
        ),
      ),
    ),
    ...setTranslation({
      subjectId: collectionIds.get('spring') ?? '',
      locale: 'de',
      fields: { title: 'Frühling' },
      updatedAt: at,
    }),
  ])

  const products: Stocked[] = []
  for (let first = 0; first < size; first += 100) {
    const chunk = Array.from({ length: Math.min(100, size - first) }, (_, index) => makeDraft(first + index))
    const drafts = chunk.map(({ draft }) => ({ draft, existing: null }))
    const { writes, results } = planSaves(drafts, { reference: mint('adjustment'), stock: 'keep', now, mint })
    const ids = results.map(({ productId }) => productId)
    const members = chunk.flatMap(({ collections }, index) =>
      [...collections].map(([handle, position]) => [collectionIds.get(handle), ids[index], position]),
    )
    const sales = chunk.map(({ sold }, index) => [ids[index], sold])
    await db.commit([
      ...writes,
      q.run(sql`INSERT INTO collection_products (collection_id, product_id, position)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${JSON.stringify(members)})`),
      q.run(sql`INSERT INTO product_sales (product_id, units)
        SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(sales)}) WHERE value ->> 1 > 0`),
      ...relistProducts(ids, now),
    ])
    for (const [index, { draft, collections, sold }] of chunk.entries()) {
      products.push(toStocked(ids[index] ?? '', draft, collections, sold))
    }
  }
  await drainDocuments(context, Number.POSITIVE_INFINITY)
  const [numbers] = await db.read(
    q.all<{ number: number; id: string }>(sql`SELECT number, product_id AS id FROM listed_products`),
  )
  const numberOf = new Map(numbers.map(({ number, id }) => [id, number]))
  return products.map((product) => ({ ...product, number: numberOf.get(product.id) ?? 0 }))

  function makeDraft(index: number) {
    const colors = some(COLORS, 0.35)
    const sizes = chance(0.6) ? some(SIZES, 0.6) : []
    const options = [...(colors.length > 0 ? ['Color'] : []), ...(sizes.length > 0 ? ['Size'] : [])]
    const choices = (colors.length > 0 ? colors : [null]).flatMap((color) =>
      (sizes.length > 0 ? sizes : [null]).map((size) => ({
        ...(color && { Color: color }),
        ...(size && { Size: size }),
      })),
    )
    const isSoldOut = chance(0.3)
    const currencies = [
      ...(chance(0.9) ? ['USD'] : []),
      ...(chance(0.6) ? ['EUR'] : []),
      ...(chance(0.05) ? ['JPY'] : []),
    ]
    const hasOwn = currencies.includes('EUR') && chance(0.3)
    const draft: ProductDraft = {
      ...{
        handle: `product-${index}`,
        title: `${one(['Amber', 'amber', 'Zinc', 'Ünder', '𝔘'])} ${below(40)}`,
        vendor: one(['', ...VENDORS]),
      },
      ...{
        categoryId: categoryIds.get(one(['', ...categoryIds.keys()])) ?? null,
        tags: some(TAGS, 0.4),
        productType: 'thing',
      },
      ...{ descriptionHtml: '', status: chance(0.9) ? 'active' : 'draft', seo: { title: null, description: null } },
      publishedAt: at + (chance(0.1) ? 1 : -1) * DAY * (1 + below(30)),
      unpublishedAt: chance(0.1) ? at - DAY : null,
      ...{ options, images: [], metadata: {}, privateMetadata: {}, customFields: {}, relatedIds: [] },
      variants: choices.map((chosen, place) => {
        const amount = 500 + 250 * below(40)
        const price = (currency: string, marketId: string, each: number) => ({
          ...{ currency, marketId, minQuantity: 1, amount: each, compareAtAmount: null },
        })
        return {
          ...{
            options: chosen,
            sku: `SKU-${index}-${place}`,
            barcode: null,
            weightGrams: 0,
            requiresShipping: true,
            taxable: true,
          },
          ...{ taxCategory: 'standard', quantity: { min: 1, max: null, step: 1 }, imageUrl: null, unitMeasure: null },
          prices: [
            ...currencies.map((currency) => price(currency, '', amount)),
            ...(hasOwn ? [price('EUR', germany, amount + 1000)] : []),
          ],
          inventory: { policy: 'deny', onHand: isSoldOut ? 0 : below(3) },
        }
      }),
    }
    const collections = new Map(some(COLLECTIONS, 0.4).map((handle) => [handle as string, below(50)]))
    return { draft, collections, sold: chance(0.5) ? below(60) : 0 }
  }

  function toStocked(id: string, draft: ProductDraft, collections: ReadonlyMap<string, number>, sold: number): Stocked {
    const own = [...categoryIds].find(([, categoryId]) => categoryId === draft.categoryId)?.[0] ?? null
    const range = (currency: string, inGermany: boolean) => {
      const amounts = draft.variants.flatMap(({ prices }) => {
        const mine = prices.filter((price) => price.currency === currency)
        const asked =
          mine.find(({ marketId }) => inGermany && marketId !== '') ?? mine.find(({ marketId }) => marketId === '')
        return asked ? [asked.amount] : []
      })
      return amounts.length === 0 ? null : { min: Math.min(...amounts), max: Math.max(...amounts) }
    }
    return {
      ...{ id, number: 0, title: draft.title, vendor: draft.vendor, tags: draft.tags, sold, collections },
      ...{ categories: own ? pathOf(own) : [], ownCategory: own },
      options: draft.variants.flatMap(({ options }) => Object.entries(options)),
      isOnSale: draft.status === 'active' && (draft.publishedAt ?? at) <= at && (draft.unpublishedAt ?? at + 1) > at,
      publishedAt: draft.publishedAt ?? 0,
      available: draft.variants.some(({ inventory }) => inventory.onHand > 0),
      prices: {
        'USD US': range('USD', false),
        'EUR DE': range('EUR', true),
        'EUR US': range('EUR', false),
        'JPY US': range('JPY', false),
      },
    }
  }
}
