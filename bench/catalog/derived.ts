import { sql } from 'drizzle-orm'
import { relist } from '../../src/features/listings/queries.ts'
import { newMeter, openDb } from '../../src/platform/db/client.ts'
import { GENERATED_NOW, generatedProductId, productStatements, shopStatements } from './generated.ts'

// Transactions of some tens of megabytes.
const CHUNK = 5000
// Indexes that nothing needs while products are added: deriving looks variants, tags and collections up by product.
const TAKEN_AWAY =
  "tbl_name IN ('listings', 'listing_prices') OR name IN ('variants_sku', 'variants_option_key', 'images_by_product')"

/** Puts the shop without products into a database that has the migrations and nothing else. */
export async function fillShop(database: D1Database): Promise<void> {
  await database.batch(shopStatements().map((statement) => database.prepare(statement)))
}

// An index of more rows than these products make is not built in one statement: workerd sorts in memory.
const MOST_AT_ONCE = 300_000

/**
 * Adds products `from` to `to`, and derives what lists read of them by the very statements that serve a shop. Indexes are
 * taken away meanwhile and built anew where that is faster: the schema afterwards is that of the migrations.
 * @param done is told how many products stand, chunk by chunk.
 */
export async function fillProducts(
  database: D1Database,
  from: number,
  to: number,
  done: (products: number) => void = () => {},
): Promise<void> {
  const { results: indexes } = await database
    .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND (${TAKEN_AWAY})`)
    .all<{ name: string; sql: string }>()
  const takenAway = to - from < MOST_AT_ONCE ? indexes : []
  for (const { name } of takenAway) await database.prepare(`DROP INDEX ${name}`).run()
  const db = openDb(database, { consistency: 'first-primary', meter: newMeter(), timeLimitMs: 120_000 })
  for (let first = from; first <= to; first += CHUNK) {
    const last = Math.min(to, first + CHUNK - 1)
    await database.batch(productStatements(first, last).map((statement) => database.prepare(statement)))
    const range = sql`BETWEEN ${generatedProductId(first)} AND ${generatedProductId(last)}`
    await db.commit(relist(sql`(SELECT id FROM products WHERE id ${range})`, new Date(GENERATED_NOW)))
    done(last)
  }
  for (const { sql: statement } of takenAway) await database.prepare(statement).run()
}
