import type { ListSort } from '../../src/domain/collection.ts'
import { toFilter } from '../../src/features/search/filter.ts'
import { cutPage, type Position } from '../../src/platform/db/page.ts'
import { GENERATED_NOW, OWN_PRICES_COUNTRY } from './generated.ts'

/** One list of products: its filters, its order, and whom it is for. */
export interface ListCase {
  sort: ListSort
  filter: { collection?: string; category?: string; descendants?: 'false'; vendor?: string; tag?: string }
  wish?: { currency?: string; country?: string; locale?: string }
}

/** Where in a list a page begins: at its start, in its middle, with its last full page, with its last few rows. */
export const PAGES = ['first', 'middle', 'last', 'end'] as const
export type PageName = (typeof PAGES)[number]

/** How many products the last page has. */
export const END_ROWS = 12

/** The number of the shelf that a list walks. */
const shelfOf = (list: ListCase) => `(SELECT number FROM shelves WHERE name = ${nameOf(list)})`

/** Its name, as docs/storage.md and migrations/0034 tell it. */
function nameOf({ filter: { collection, category, descendants, vendor, tag } }: ListCase): string {
  if (collection) return `(SELECT id FROM collections WHERE handle = '${collection}')`
  if (category)
    return `${descendants === 'false' ? "'own:' || " : ''}(SELECT id FROM categories WHERE handle = '${category}')`
  if (vendor) return `'vendor:${vendor}'`
  return tag ? `'tag:${tag}'` : "'all'"
}

const now = `l.published_at <= ${GENERATED_NOW} AND l.unpublished_at > ${GENERATED_NOW}`

/** What the list has, row by row, told in other words than those of the statements under test. */
function rowsOf(list: ListCase): { from: string; columns: string; order: string; backwards: string } {
  const shelf = shelfOf(list)
  const priced = list.sort.startsWith('price')
  const currency = list.wish?.currency ?? 'USD'
  const market = list.wish?.country === OWN_PRICES_COUNTRY ? '(SELECT id FROM markets WHERE own_prices = 2)' : "''"
  const from = priced
    ? `listing_prices AS p JOIN listings AS l ON l.product = p.product AND l.shelf = p.shelf
        WHERE p.shelf = ${shelf} AND p.currency = '${currency}' AND p.market_id = ${market}
        AND p.valid_from <= ${GENERATED_NOW} AND p.valid_until > ${GENERATED_NOW} AND ${now}`
    : `listings AS l WHERE l.shelf = ${shelf} AND ${now}`
  const by = {
    newest: ['l.published_at', 'DESC', 'DESC'],
    best_selling: ['l.sold', 'DESC', 'DESC'],
    title: ['l.title', 'ASC', 'ASC'],
    manual: ['l.rank', 'DESC', 'DESC'],
    price_asc: ['p.min_amount', 'ASC', 'ASC'],
    price_desc: ['p.min_amount', 'DESC', 'DESC'],
  }[list.sort]
  const [column, direction, ofNumbers] = by
  const turned = (each: string | undefined) => (each === 'ASC' ? 'DESC' : 'ASC')
  return {
    from,
    columns: `${column} AS value, l.product AS number`,
    order: `${column} ${direction}, l.product ${ofNumbers}`,
    backwards: `${column} ${turned(direction)}, l.product ${turned(ofNumbers)}`,
  }
}

/** How many products the list has. */
export async function sizeOf(database: D1Database, list: ListCase): Promise<number> {
  const row = await database.prepare(`SELECT count(*) AS size FROM ${rowsOf(list).from}`).first<{ size: number }>()
  return row?.size ?? 0
}

/** A cursor to a page of the list, as its walk from the start would come to it; null for the first page. */
export async function cursorAt(
  database: D1Database,
  list: ListCase,
  page: PageName,
  { size, limit }: { size: number; limit: number },
): Promise<string | null> {
  const before = { first: 0, middle: Math.floor(size / 2), last: size - limit - 1, end: size - END_ROWS }[page]
  if (before < 0) throw new Error(`a list of ${size} has no page of ${limit}`)
  if (before === 0) return null
  const { from, columns, order, backwards } = rowsOf(list)
  // The last row before the page, counted from the nearer end.
  const [way, skipped] = before <= size / 2 ? [order, before - 1] : [backwards, size - before]
  const row = await database
    .prepare(`SELECT ${columns} FROM ${from} ORDER BY ${way} LIMIT 1 OFFSET ${skipped}`)
    .first<{ value: string | number; number: number }>()
  if (!row) throw new Error(`a list of ${size} has no row ${before}`)
  return seal(list, [row.value, row.number])
}

/** The cursor that the API gives with a page whose last row stands at `position`. */
async function seal({ sort, filter, wish = {} }: ListCase, position: Position): Promise<string> {
  const some = (value: string | undefined) => (value === undefined ? undefined : [value])
  const { collection, category, descendants, vendor, tag } = filter
  const asked = toFilter({
    ...{ collection: some(collection), category: some(category), vendor: some(vendor), tag: some(tag) },
    ...{ descendants, sort, limit: 1 },
  })
  const { currency, country, locale } = wish
  const list = JSON.stringify(['products', asked, { currency, country, locale }])
  const { nextCursor } = await cutPage([position, position], 1, list, (row) => row)
  if (nextCursor === null) throw new Error('a page of two rows cut after one goes on')
  return nextCursor
}
