import { toPlainText } from '../../domain/plain-text.ts'
import { type DocumentSources, makeDocument, type SearchDocument } from '../../domain/search-document.ts'
import { entryOf } from '../../domain/search-entry.ts'
import type { CategoryTitles, SourceRow } from './queries.ts'

/** What the index should have of a product that is on sale. */
export interface Entry extends SearchDocument {
  productId: string
  /** Of `listed_products`. */
  product: number
  entry: number
}

/** The entry that a product should have, or null where it should have none. */
export function toEntry(row: SourceRow, categories: ReadonlyMap<string, readonly string[]>): Entry | null {
  if (row.number === null) return null
  const document = makeDocument(toSources(row, categories))
  return { ...document, productId: row.productId, product: row.number, entry: entryOf(row.number, row.sold) }
}

/** Titles by category id. */
export function toTitles(rows: readonly CategoryTitles[]): Map<string, string[]> {
  return new Map(rows.map(({ id, titles }) => [id, listIn(titles)]))
}

type Texts = [title: string | null, descriptionHtml: string | null]

function toSources(row: SourceRow, categories: ReadonlyMap<string, readonly string[]>): DocumentSources {
  const texts = listIn<Texts>(row.translations)
  return {
    titles: [row.title, ...texts.flatMap(([title]) => title ?? [])],
    vendor: row.vendor,
    productType: row.productType,
    tags: listIn(row.tags),
    options: [...listIn<string>(row.options), ...listIn<string>(row.translatedOptions)],
    categories: listIn<string>(row.categories).flatMap((id) => categories.get(id) ?? []),
    descriptions: [row.descriptionHtml, ...texts.flatMap(([, html]) => html ?? [])].map(toPlainText),
    codes: listIn(row.codes),
    shelves: listIn(row.shelves),
  }
}

function listIn<Item>(json: string | null): Item[] {
  return JSON.parse(json ?? '[]') as Item[]
}
