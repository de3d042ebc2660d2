import { defaultDeps } from '../../src/app.ts'
import { drainDocuments } from '../../src/features/search-index/drain.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { addProducts, deriveProducts } from '../catalog/derived.ts'
import { GENERATED_NOW } from '../catalog/generated.ts'
import { productRows, shopRows } from './rows.ts'

/** Puts the shop without products into a database that has the migrations and nothing else. */
export async function fillSearchShop({ DB }: Bindings): Promise<void> {
  await DB.batch(shopRows(DB))
}

/**
 * Adds products `from` to `to` of the shop that `seed` makes. What lists read of them and their entries in the search index
 * are made by the very code that serves a shop.
 * @param done is told how many products stand, chunk by chunk.
 */
export async function fillSearchProducts(
  bindings: Bindings,
  { from, to, seed }: { from: number; to: number; seed: number },
  done: (products: number) => void = () => {},
): Promise<void> {
  const { DB } = bindings
  const insert = (first: number, last: number) => productRows(DB, { from: first, to: last, seed })
  await addProducts(DB, { from, to }, insert, async (products) => {
    await indexAll(bindings)
    done(products)
  })
}

/** How many products stand, after whatever had been interrupted is finished: of a chunk that is not listed or not indexed. */
export async function finishFilled(bindings: Bindings): Promise<number> {
  const { DB } = bindings
  const row = await DB.prepare(
    'SELECT (SELECT count(*) FROM products) AS products, (SELECT max(product_id) FROM listed_products) AS listed',
  ).first<{ products: number; listed: string | null }>()
  const { products = 0, listed = null } = row ?? {}
  const last = listed === null ? 0 : Number(listed.slice('prod_'.length))
  if (last < products) await deriveProducts(DB, last + 1, products)
  await indexAll(bindings)
  return products
}

/** Has the search index follow everything that is marked. */
export async function indexAll(bindings: Bindings): Promise<void> {
  const work: Promise<unknown>[] = []
  const deps = defaultDeps({ clock: () => new Date(GENERATED_NOW) })
  const context = systemContext('bench', bindings, deps, (promise) => work.push(promise))
  await drainDocuments(context, Number.POSITIVE_INFINITY)
  await Promise.all(work)
}
