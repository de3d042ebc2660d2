import { watchesStock } from '../src/domain/collection.ts'
import type { Mint } from '../src/domain/id.ts'
import { planSaves } from '../src/features/catalog/save.ts'
import { insertCategory } from '../src/features/categories/queries.ts'
import { newCollection } from '../src/features/collections/new-collection.ts'
import { fillCollection, insertCollection } from '../src/features/collections/queries.ts'
import { relistProducts } from '../src/features/listings/relist.ts'
import { listMarkets } from '../src/features/markets/queries.ts'
import { INDEXED_AT_ONCE } from '../src/features/search-index/chunk.ts'
import { drainDocuments } from '../src/features/search-index/drain.ts'
import { setTranslation } from '../src/features/translations/queries.ts'
import { createMint } from '../src/platform/crypto/mint.ts'
import type { Write } from '../src/platform/db/client.ts'
import { raiseGeneration } from '../src/platform/generations.ts'
import { sanitizeHtml } from '../src/platform/html/sanitize.ts'
import type { Context } from '../src/platform/http/context.ts'
import { type Catalog, type CatalogCategory, type CatalogTranslations, readCatalog } from './catalog.ts'
import { issueDemoCard } from './gift-card.ts'
import { type Goods, nameGoods, toDraft } from './goods.ts'
import { listRises, listSales } from './prices.ts'
import { OPENED_DAYS_AGO } from './shop.ts'
import { listStock, nameLocations } from './stock.ts'
import { listTerms } from './terms.ts'

const DAY_MS = 24 * 3600 * 1000

/**
 * Builds the demo shop in one transaction, so that there is never half of one, and then its search index, as every change
 * does. Does nothing where a market exists.
 * @returns what was made, or null.
 */
export async function seedDemo(context: Context): Promise<{ products: number; variants: number } | null> {
  const { db, now } = context
  const [markets] = await db.read(listMarkets())
  if (markets.length > 0) return null
  const { catalog, translations } = await readCatalog()
  const opened = new Date(now.getTime() - OPENED_DAYS_AGO * DAY_MS)
  const mint = ascendingMint(context)
  const categories = nameCategories(catalog.categories, mint)
  const collections = new Map(catalog.collections.map(({ handle }) => [handle, mint('collection') as string]))
  // The list shows the newest first, and all were published at once: the first product gets the last id.
  const goods = nameGoods([...catalog.products].reverse(), mint)
  const drafts = await Promise.all(goods.all.map((each) => toDraft(each, { goods, categories, now })))
  const { writes } = planSaves(
    drafts.map((draft) => ({ draft, existing: null })),
    { reference: mint('adjustment'), stock: 'keep', now: opened, mint: goods.handOut },
  )
  const locations = nameLocations(mint, opened)
  await db.commit([
    ...listTerms(goods, locations, mint, now),
    ...(await issueDemoCard(mint, opened)),
    ...plantTree(catalog.categories, categories, null, opened),
    ...writes,
    ...listStock(goods, locations, mint, opened),
    ...(await fillShelves(catalog, collections, opened)),
    ...listRises(goods, now),
    ...listSales(goods, { mint, now, opened }),
    ...translate(translations, { categories, collections, goods }, opened),
    ...relistProducts(
      goods.all.map(({ id }) => id),
      now,
    ),
    raiseGeneration(),
  ])
  await drainDocuments(context, Math.ceil(drafts.length / INDEXED_AT_ONCE))
  return { products: drafts.length, variants: drafts.reduce((sum, { variants }) => sum + variants.length, 0) }
}

/** The ids of the tree's categories by their handles. */
function nameCategories(nodes: readonly CatalogCategory[], mint: Mint): Map<string, string> {
  return new Map(
    nodes.flatMap(({ handle, children = [] }) => [
      [handle, mint('category') as string],
      ...nameCategories(children, mint),
    ]),
  )
}

/** Categories, parents before their children. */
function plantTree(
  nodes: readonly CatalogCategory[],
  ids: ReadonlyMap<string, string>,
  parent: { id: string; path: readonly string[] } | null,
  opened: Date,
): Write[] {
  const at = opened.getTime()
  return nodes.flatMap(({ handle, title, seo, children = [] }, position) => {
    const id = idOf(ids, handle)
    const path = [...(parent?.path ?? []), id]
    const row = {
      ...{ id, handle, title, position, path, parentId: parent?.id ?? null, descriptionHtml: '', image: null },
      ...{ seoTitle: seo?.title ?? null, seoDescription: seo?.description ?? null, metadata: {}, privateMetadata: {} },
      ...{ version: 1, createdAt: at, updatedAt: at },
    }
    return [...insertCategory(row), ...plantTree(children, ids, { id, path }, opened)]
  })
}

/** Collections with their products; the products must stand before these writes. */
async function fillShelves(catalog: Catalog, ids: ReadonlyMap<string, string>, opened: Date): Promise<Write[]> {
  const writes = catalog.collections.map(async (collection, position) => {
    const { handle, title, description_html, seo, products, rules, sort = 'manual' } = collection
    const id = idOf(ids, handle)
    const descriptionHtml = await sanitizeHtml(description_html)
    const fields = { id, handle, title, descriptionHtml, position, sort }
    const row = newCollection(
      {
        ...fields,
        ...(seo ? { seoTitle: seo.title, seoDescription: seo.description } : {}),
        ...(rules ? { kind: 'rules', rules, watchesStock: watchesStock(rules) } : {}),
      },
      opened,
    )
    return [...insertCollection(row), ...(products ? [fillCollection(id, products)] : [])]
  })
  return (await Promise.all(writes)).flat()
}

function translate(
  texts: CatalogTranslations,
  { categories, collections, goods }: { categories: Ids; collections: Ids; goods: Goods },
  opened: Date,
): Write[] {
  return Object.entries(texts).flatMap(([locale, of]) => {
    const titles = Object.entries(of.categories).map(
      ([handle, title]) => [idOf(categories, handle), { title }] as const,
    )
    const shelves = Object.entries(of.collections).map(
      ([handle, fields]) => [idOf(collections, handle), fields] as const,
    )
    const products = Object.entries(of.products).map(([handle, fields]) => [goods.product(handle).id, fields] as const)
    return [...titles, ...shelves, ...products].flatMap(([subjectId, fields]) =>
      setTranslation({ subjectId, locale, fields, updatedAt: opened.getTime() }),
    )
  })
}

type Ids = ReadonlyMap<string, string>

function idOf(ids: Ids, handle: string): string {
  const id = ids.get(handle)
  if (id === undefined) throw new Error(`demo: nothing has the handle ${handle}`)
  return id
}

/** Every id one millisecond after the one before, the last ones a moment ago. */
function ascendingMint({ now, random }: Context): Mint {
  let at = now.getTime() - 10_000
  return (kind) => {
    at += 1
    return createMint(new Date(at), random)(kind)
  }
}
