import { type SQL, sql } from 'drizzle-orm'
import { type Query, q } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { products, variants } from '../../platform/db/schema/catalog.ts'
import { categories } from '../../platform/db/schema/categories.ts'
import { listedProducts, staleDocuments } from '../../platform/db/schema/listings.ts'
import { searchDocuments, searchTerms } from '../../platform/db/schema/search-index.ts'
import { translations } from '../../platform/db/schema/translations.ts'

/** A product that is marked, with what its document is made of and what the index has of it. Lists are JSON. */
export interface SourceRow {
  productId: string
  revision: number
  forced: number
  /** Null unless the product is on sale: then it has no document. */
  number: number | null
  sold: number
  shelves: string | null
  title: string
  vendor: string
  productType: string
  tags: string
  descriptionHtml: string
  /** [title, descriptionHtml] in each locale. */
  translations: string | null
  options: string | null
  /** Values of options, of all locales together. */
  translatedOptions: string | null
  codes: string | null
  /** Ids of its category and those above it. */
  categories: string | null
  entry: number | null
  digest: string | null
  words: string | null
}

// A page of text is what people search. D1 refuses a row above 2 MB, though not locally, and nothing would be indexed any more:
// a letter may be 3 bytes.
const DESCRIPTION = 8_000
const TRANSLATED = { locales: 80, description: 4_000, options: 1_000, option: 100 }
const CODES = 400
const OPTIONS = 300

/** Which products a chunk is of: the first ones that are marked, or those that are named. */
export type Chunk = { limit: number } | { productIds: readonly string[] }

function marked(chunk: Chunk): SQL {
  const columns = sql`SELECT product_id, revision, forced FROM ${staleDocuments}`
  if ('productIds' in chunk) return sql`${columns} WHERE product_id IN ${listOf(chunk.productIds)}`
  return sql`${columns} ORDER BY product_id LIMIT ${chunk.limit}`
}

/** The marks of a chunk, with everything that their documents are made of. */
export function listSources(chunk: Chunk): Query<SourceRow[]> {
  return listSourcesOf(marked(chunk))
}

/** The same for products that need not be marked. */
export function listSourcesNow(productIds: readonly string[]): Query<SourceRow[]> {
  return listSourcesOf(
    sql`SELECT value AS product_id, 0 AS revision, 0 AS forced FROM json_each(${JSON.stringify(productIds)})`,
  )
}

function listSourcesOf(marks: SQL): Query<SourceRow[]> {
  const whenOnSale = (text: SQL) => sql`CASE WHEN n.number IS NOT NULL THEN ${text} END`
  return q.all<SourceRow>(sql`WITH marks AS MATERIALIZED (${marks})
    SELECT m.product_id AS productId, m.revision, m.forced, n.number, coalesce(n.sold, 0) AS sold, n.shelves,
      p.title, p.vendor, p.product_type AS productType, p.tags,
      ${whenOnSale(sql`substr(p.description_html, 1, ${DESCRIPTION})`)} AS descriptionHtml,
      ${whenOnSale(sql`(SELECT json_group_array(json_array(t.fields ->> '$.title',
          substr(t.fields ->> '$.descriptionHtml', 1, ${TRANSLATED.description})))
        FROM (SELECT fields FROM ${translations} WHERE subject_id = p.id ORDER BY locale LIMIT ${TRANSLATED.locales}) AS t)`)} AS translations,
      ${whenOnSale(sql`(SELECT json_group_array(value) FROM (SELECT substr(x.value, 1, ${TRANSLATED.option}) AS value
        FROM ${translations} AS t, json_each(t.fields, '$.options') AS o, json_each(o.value, '$.values') AS x
        WHERE t.subject_id = p.id ORDER BY t.locale, o.id, x.id LIMIT ${TRANSLATED.options}))`)} AS translatedOptions,
      ${whenOnSale(sql`(SELECT json_group_array(value) FROM (SELECT DISTINCT o.value
        FROM ${variants} AS v, json_each(v.options) AS o WHERE v.product_id = p.id AND v.archived = 0 ORDER BY v.position, o.id LIMIT ${OPTIONS}))`)} AS options,
      ${whenOnSale(sql`(SELECT json_group_array(code) FROM (
          SELECT v.sku AS code FROM ${variants} AS v WHERE v.product_id = p.id AND v.archived = 0 AND v.sku IS NOT NULL
          UNION SELECT v.barcode FROM ${variants} AS v WHERE v.product_id = p.id AND v.archived = 0 AND v.barcode IS NOT NULL
        ORDER BY code LIMIT ${CODES}))`)} AS codes,
      ${whenOnSale(sql`(SELECT c.path FROM ${categories} AS c WHERE c.id = p.category_id)`)} AS categories,
      d.entry, d.digest, d.words
    FROM marks AS m CROSS JOIN ${products} AS p ON p.id = m.product_id
    LEFT JOIN ${listedProducts} AS n ON n.product_id = m.product_id AND n.on_sale = 1
    LEFT JOIN ${searchDocuments} AS d ON d.product_id = m.product_id
    ORDER BY m.product_id`)
}

/** What a category is called in every locale. `titles` is a JSON array. */
export interface CategoryTitles {
  id: string
  titles: string
}

/** The categories of a chunk's products and those above them. */
export function listCategoryTitles(chunk: Chunk): Query<CategoryTitles[]> {
  return listTitlesOf(marked(chunk))
}

/** The same for products that need not be marked. */
export function listCategoryTitlesNow(productIds: readonly string[]): Query<CategoryTitles[]> {
  return listTitlesOf(sql`SELECT value AS product_id FROM json_each(${JSON.stringify(productIds)})`)
}

function listTitlesOf(marks: SQL): Query<CategoryTitles[]> {
  return q.all<CategoryTitles>(sql`WITH marks AS MATERIALIZED (${marks}),
    above AS MATERIALIZED (SELECT DISTINCT a.value AS id FROM marks AS m CROSS JOIN ${products} AS p ON p.id = m.product_id
      CROSS JOIN ${categories} AS c ON c.id = p.category_id CROSS JOIN json_each(c.path) AS a)
    SELECT c.id, (SELECT json_group_array(title) FROM (SELECT c.title
        UNION ALL SELECT * FROM (SELECT t.fields ->> '$.title' AS title FROM ${translations} AS t
          WHERE t.subject_id = c.id AND title IS NOT NULL ORDER BY t.locale))) AS titles
    FROM above CROSS JOIN ${categories} AS c ON c.id = above.id`)
}

/** How many documents have each of these words; words that none has are left out. */
export function countDocuments(words: readonly string[]): Query<{ term: string; documents: number }[]> {
  return q.all<{ term: string; documents: number }>(
    sql`SELECT t.term, t.documents FROM json_each(${JSON.stringify(words)}) AS j
      CROSS JOIN ${searchTerms} AS t ON t.term = j.value`,
  )
}
