import { eq, sql } from 'drizzle-orm'
import { type Query, q, type Write } from './db/client.ts'
import { generations } from './db/schema/platform.ts'
import { query } from './db/statement.ts'

/** Raises the catalog's generation, in the batch of the change that a storefront can see. */
export function raiseGeneration(): Write {
  return q
    .update(generations)
    .set({ value: sql`${generations.value} + 1` })
    .where(eq(generations.name, 'catalog'))
}

/** The generation of this snapshot: read it in the same batch as what is going to be cached. */
export function findGeneration(): Query<{ value: number }[]> {
  return query((row) => ({ value: row.value as number }))`SELECT value FROM ${generations} WHERE name = 'catalog'`
}
