import { sql } from 'drizzle-orm'
import { relist } from '../../src/features/listings/relist.ts'
import { newMeter, openDb } from '../../src/platform/db/client.ts'
import { GENERATED_NOW, generatedProductId, productStatements, shopStatements } from './generated.ts'

// Transactions of some tens of megabytes.
const CHUNK = 5000
// Indexes that nothing needs while products are added: deriving looks variants, tags and collections up by product.
const TAKEN_AWAY =
  "tbl_name IN ('listings', 'listing_prices', 'facet_counts') OR name IN ('variants_sku', 'variants_option_key', 'images_by_product')"

/** Puts the shop without products into a database that has the migrations and nothing else. */
export async function fillShop(database: D1Database): Promise<void> {
  await database.batch(shopStatements().map((statement) => database.prepare(statement)))
}

// An index of more rows than so many products make is not built in one statement: workerd sorts in memory.
const MOST_AT_ONCE = 300_000

/**
 * Adds products `from` to `to`, and derives what lists read of them by the very statements that serve a shop. Indexes are
 * taken away meanwhile and built anew where that is faster: the schema afterwards is that of the migrations.
 * @param done is told how many products stand, chunk by chunk.
 */
export function fillProducts(
  database: D1Database,
  from: number,
  to: number,
  done: (products: number) => void = () => {},
): Promise<void> {
  const insert = (first: number, last: number) =>
    productStatements(first, last).map((statement) => database.prepare(statement))
  return addProducts(database, { from, to }, insert, done)
}

/**
 * The same for products of another kind, whose ids are those of generatedProductId.
 * @param insert makes what stands behind the products of a chunk.
 */
export async function addProducts(
  database: D1Database,
  { from, to }: { from: number; to: number },
  insert: (first: number, last: number) => D1PreparedStatement[],
  done: (products: number) => void | Promise<void>,
): Promise<void> {
  const { results: indexes } = await database
    .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND (${TAKEN_AWAY})`)
    .all<{ name: string; sql: string }>()
  const takenAway = to < MOST_AT_ONCE ? indexes : []
  for (const { name } of takenAway) await database.prepare(`DROP INDEX ${name}`).run()
  for (let first = from; first <= to; first += CHUNK) {
    const last = Math.min(to, first + CHUNK - 1)
    await database.batch(insert(first, last))
    await deriveProducts(database, first, last)
    await done(last)
  }
  for (const { sql: statement } of takenAway) await database.prepare(statement).run()
}

/** Derives what lists read of products `first` to `last`, which stand already. */
export async function deriveProducts(database: D1Database, first: number, last: number): Promise<void> {
  const db = openDb(database, { consistency: 'first-primary', meter: newMeter(), timeLimitMs: 120_000 })
  const range = sql`BETWEEN ${generatedProductId(first)} AND ${generatedProductId(last)}`
  await db.commit(relist(sql`(SELECT id FROM products WHERE id ${range})`, new Date(GENERATED_NOW)))
}

/**
 * Puts the shelves of products that the search index does not know into it, and nothing else: all that lists ask it for. A
 * rowid is that of src/domain/search-entry.ts. Nothing is left to be indexed afterwards.
 */
export async function indexShelves(database: D1Database): Promise<void> {
  const tier = `(SELECT count(*) FROM (WITH RECURSIVE bits(bit) AS (SELECT 1 UNION ALL SELECT bit * 2 FROM bits
    WHERE bit < 1073741824) SELECT bit FROM bits) WHERE bit <= n.sold)`
  const entry = `(31 - ${tier}) * 4294967296 + 4294967295 - n.number`
  const terms = "(SELECT group_concat('s:' || value, ' ') FROM json_each(n.shelves))"
  await database.batch(
    [
      `INSERT INTO search_index (rowid, terms) SELECT ${entry}, ${terms} FROM listed_products AS n
        WHERE n.product_id IN (SELECT product_id FROM stale_documents) ORDER BY 1`,
      'DELETE FROM stale_documents',
    ].map((statement) => database.prepare(statement)),
  )
}
