import { and, eq, inArray } from 'drizzle-orm'
import type { ImportReport } from '../../domain/import.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products, variants } from '../../platform/db/schema/catalog.ts'
import { imports } from '../../platform/db/schema/imports.ts'

export function insertImport(id: string, report: ImportReport, now: Date): Write {
  return q.insert(imports).values({ id, report, createdAt: now.getTime() })
}

export function findImport(id: string): Query<(typeof imports.$inferSelect)[]> {
  return q.select().from(imports).where(eq(imports.id, id))
}

export interface SkuOwner {
  sku: string | null
  handle: string
}

/** Which product has each of these SKUs now, whatever its status. Archived variants own none. */
export function listSkuOwners(skus: readonly string[]): Query<SkuOwner[]> {
  return q
    .select({ sku: variants.sku, handle: products.handle })
    .from(variants)
    .innerJoin(products, eq(products.id, variants.productId))
    .where(and(inArray(variants.sku, listOf(skus)), eq(variants.archived, false)))
}
