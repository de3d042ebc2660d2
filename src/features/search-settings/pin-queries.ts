import { desc, eq, lt, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { deleteVersion, insertRows, listOf, updateVersion } from '../../platform/db/rows.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { searchPinnedProducts, searchPins } from '../../platform/db/schema/search-settings.ts'

export type PinRow = typeof searchPins.$inferSelect

export function findPin(id: string): Query<PinRow[]> {
  return q.select().from(searchPins).where(eq(searchPins.id, id))
}

/** Pins, the newest first. @param before the last id shown. */
export function listPins(before: string | null, limit: number): Query<PinRow[]> {
  return q
    .select()
    .from(searchPins)
    .where(before === null ? undefined : lt(searchPins.id, before))
    .orderBy(desc(searchPins.id))
    .limit(limit)
}

/** Those of `ids` that are products, drafts too. */
export function listKnownProducts(ids: readonly string[]): Query<{ id: string }[]> {
  return q
    .select({ id: products.id })
    .from(products)
    .where(sql`${products.id} IN ${listOf(ids)}`)
}

/** Breaks `search_pins.phrase` when there is a pin for these words. */
export function insertPin(row: PinRow): Write[] {
  return [...insertRows(searchPins, [row]), ...insertPinnedProducts(row)]
}

/** Breaks `version_mismatch` when the pin was changed since it was `before`, and `search_pins.phrase`. */
export function updatePin(row: PinRow, before: PinRow): Write[] {
  return [
    removePinnedProducts(before.phrase),
    ...updateVersion(searchPins, { id: row.id, version: before.version }, row),
    ...insertPinnedProducts(row),
  ]
}

/** Breaks `version_mismatch` when the pin was changed since it was `before`. */
export function removePin({ id, version, phrase }: PinRow): Write[] {
  return [removePinnedProducts(phrase), ...deleteVersion(searchPins, { id, version })]
}

function removePinnedProducts(phrase: string): Write {
  return q.delete(searchPinnedProducts).where(eq(searchPinnedProducts.phrase, phrase))
}

function insertPinnedProducts({ phrase, productIds }: PinRow): Write[] {
  return insertRows(
    searchPinnedProducts,
    productIds.map((productId, position) => ({ phrase, productId, position })),
  )
}
