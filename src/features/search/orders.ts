import { type SQL, sql } from 'drizzle-orm'
import type { ListSort } from '../../domain/collection.ts'
import type { Position } from '../../platform/db/page.ts'

/**
 * How a list is put in order: by a value, then by the numbers of its products, both in one direction. `walked` is the column
 * of `listings` or `listing_prices` (`e`) whose index is in that order, `known` the same value of a candidate: a listed
 * product `n` with its listing `l` or its price `pp`.
 */
export interface Order {
  walked: SQL
  known: SQL
  descending: boolean
  /** Of which table its index is. */
  of: 'listings' | 'listing_prices'
}

const ORDERS: Readonly<Record<ListSort, Order>> = {
  newest: listed('published_at', sql`n.published_at`, true),
  best_selling: listed('sold', sql`n.sold`, true),
  title: listed('title', sql`l.title`, false),
  manual: listed('rank', sql`l.rank`, true),
  price_asc: priced(false),
  price_desc: priced(true),
}

function listed(column: string, known: SQL, descending: boolean): Order {
  return { walked: sql.raw(`e.${column}`), known, descending, of: 'listings' }
}

function priced(descending: boolean): Order {
  return { walked: sql`e.min_amount`, known: sql`pp.min_amount`, descending, of: 'listing_prices' }
}

/** The order of a list that reads a column. @throws {Error} of relevance: what is ranked has a score. */
export function orderOf(sort: ListSort | 'relevance'): Order {
  if (sort === 'relevance') throw new Error('relevance is the order of ranked products alone')
  return ORDERS[sort]
}

/** ORDER BY of an order. */
export function inOrder({ descending }: Order, value: SQL, product: SQL): SQL {
  return descending ? sql`${value} DESC, ${product} DESC` : sql`${value}, ${product}`
}

/** What comes behind a position in an order. */
export function behind({ descending }: Order, value: SQL, product: SQL, [first, second]: Position): SQL {
  return sql`(${value}, ${product}) ${sql.raw(descending ? '<' : '>')} (${first}, ${second})`
}

/** What the values of a cursor must be. By relevance it also keeps how many candidates its first page had. */
export function kindsOf(sort: ListSort | 'relevance'): readonly ('integer' | 'text')[] {
  if (sort === 'relevance') return ['integer', 'integer', 'integer']
  return [sort === 'title' ? 'text' : 'integer', 'integer']
}
