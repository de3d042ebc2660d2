import { type SQL, sql } from 'drizzle-orm'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { products } from '../../platform/db/schema/catalog.ts'
import { orderLines, orderNumbers, orders } from '../../platform/db/schema/orders.ts'
import { auditLog } from '../../platform/db/schema/platform.ts'
import {
  productSales,
  productSalesDays,
  salesCounts,
  salesReturns,
  unpublishedSales,
} from '../../platform/db/schema/sales.ts'
import { markStale } from '../listings/queries.ts'
import { dayOfOrder, startOf } from './window.ts'

// What one commit takes, written out: D1 binds numbers as REAL, and a limit has to be whole.
/** Orders that it counts. */
const ORDERS = sql.raw('500')
/** Orders that it passes over, where all of them are from before the window. */
const PASSED = sql.raw('10000')
/** Days of products that it lets go, or products that it publishes. */
const ROWS = sql.raw('500')
/** Entries of what staff have done that are read at once. */
export const ACTS = 5000
/** Products that are few. */
export const FEW = 50

/** What the count has come to, and what is left of it. */
export interface Progress {
  /** The last order that was counted, by its number. */
  number: number
  /** The last order there is. */
  last: number
  act: string
  publishedAt: number
  /** When the order was confirmed that stands as far ahead as can be passed over at once; null where there is none. */
  ahead: number | null
  /** Whether there are days from before `day`. */
  expired: 0 | 1
}

/** @param day the first of the window. */
export function findProgress(day: number): Query<Progress[]> {
  return q.all<Progress>(sql`SELECT c.number, n.last, c.act, c.published_at AS publishedAt,
      (SELECT confirmed_at FROM ${orders} WHERE number = c.number + ${PASSED}) AS ahead,
      (EXISTS (SELECT 1 FROM ${productSalesDays} WHERE day < ${day})
        OR EXISTS (SELECT 1 FROM ${salesReturns} WHERE day < ${day})) AS expired
    FROM ${salesCounts} AS c, ${orderNumbers} AS n WHERE n.name = 'order'`)
}

/**
 * Counts the next orders, by their numbers: all that is counted follows from the mark as it stands in the batch, which moves
 * in it. So it may be repeated, by whoever: that counts those which come then.
 * @param day the first of the window: orders from before it are passed over.
 */
export function countNext(day: number): Write[] {
  const from = sql`(SELECT number FROM ${salesCounts})`
  const upTo = sql`(SELECT min(c.number + ${ORDERS}, n.last) FROM ${salesCounts} AS c, ${orderNumbers} AS n
    WHERE n.name = 'order')`
  return [
    q.run(sql`INSERT INTO ${productSalesDays} (product_id, day, units)
      SELECT l.product_id, ${dayOfOrder}, sum(l.quantity)
      FROM ${orders} AS o CROSS JOIN ${orderLines} AS l ON l.order_id = o.id
      WHERE o.number > ${from} AND o.number <= ${upTo} AND o.confirmed_at >= ${startOf(day)} GROUP BY 1, 2
      ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units`),
    q.run(sql`UPDATE ${salesCounts} SET number = ${upTo}, since = max(since, ${day}) WHERE number < ${upTo}`),
  ]
}

/** Passes over orders from before the window, from where the count was read to stand. */
export function passOver(number: number, day: number): Write {
  return q.run(sql`UPDATE ${salesCounts} SET number = number + ${PASSED}, since = max(since, ${day})
    WHERE number = ${number}`)
}

/** What staff have done from some entry on, as far as one page goes. */
export interface Acts {
  /** Entries on the page. */
  entries: number
  /** The last of them; null where there is none. */
  last: string | null
  /** The last of them that is below `settled`. */
  settled: string | null
  /** Orders that pieces were taken out of, or given money back for: a JSON array. */
  orderIds: string
}

/**
 * What staff have done after the entry `act`. Whatever takes pieces out of a confirmed order, or gives money back for some,
 * stands here: it is the one ledger of it that is in the order of time.
 * @param settled an id that entries are told apart by.
 */
export function findActs(act: string, settled: string): Query<Acts[]> {
  return q.all<Acts>(sql`WITH page AS MATERIALIZED
      (SELECT id, action, subject_id FROM ${auditLog} WHERE id > ${act} ORDER BY id LIMIT ${sql.raw(String(ACTS))})
    SELECT count(*) AS entries, max(id) AS last, max(id) FILTER (WHERE id < ${settled}) AS settled,
      json_group_array(DISTINCT subject_id) FILTER
        (WHERE action IN ('order.cancelled', 'order.refund_requested')) AS orderIds
    FROM page`)
}

/**
 * Takes pieces off their days that money was given back for, or whose order was cancelled. What was taken off before is
 * known, so that nothing is twice; and it does not matter whether their order has been counted yet.
 * @param orderIds a JSON array, each once. @param act the entry up to which this need not be done again.
 */
export function takeBack(orderIds: string, act: string, day: number): Write[] {
  const taken = sql`SELECT ${dayOfOrder} AS day, o.id AS order_id, l.product_id, sum(${piecesGivenBack}) AS units
    FROM json_each(${orderIds}) AS j CROSS JOIN ${orders} AS o ON o.id = j.value
      CROSS JOIN ${orderLines} AS l ON l.order_id = o.id
    WHERE o.number IS NOT NULL AND o.confirmed_at >= ${startOf(day)} GROUP BY o.id, l.product_id`
  const news = sql`SELECT t.day, t.order_id, t.product_id, t.units, t.units - coalesce(r.units, 0) AS more
    FROM (${taken}) AS t LEFT JOIN ${salesReturns} AS r
      ON r.day = t.day AND r.order_id = t.order_id AND r.product_id = t.product_id
    WHERE t.units <> coalesce(r.units, 0)`
  const moved = q.run(sql`UPDATE ${salesCounts} SET act = max(act, ${act}), since = max(since, ${day})
    WHERE act < ${act} OR since < ${day}`)
  return [
    q.run(sql`INSERT INTO ${productSalesDays} (product_id, day, units)
      SELECT product_id, day, -sum(more) FROM (${news}) WHERE true GROUP BY product_id, day
      ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units`),
    q.run(sql`INSERT INTO ${salesReturns} (day, order_id, product_id, units)
      SELECT day, order_id, product_id, units FROM (${news}) WHERE true
      ON CONFLICT (day, order_id, product_id) DO UPDATE SET units = excluded.units`),
    moved,
  ]
}

/** Of a line `l` of an order `o`: pieces that do not count as sold any more. */
export const piecesGivenBack = sql.raw(`CASE o.status WHEN 'cancelled' THEN l.quantity ELSE l.refunded_quantity END`)

/** Lets go of days before `day`, the oldest first, so many at a time. */
export function dropDays(day: number): Write[] {
  const first = (key: SQL, table: SQL, order: SQL) =>
    sql`(SELECT ${key} FROM ${table} WHERE day < ${day} ORDER BY ${order} LIMIT ${ROWS})`
  const dayKey = sql`product_id, day`
  const returnKey = sql`day, order_id, product_id`
  return [
    q.run(sql`DELETE FROM ${productSalesDays}
      WHERE (${dayKey}) IN ${first(dayKey, sql`${productSalesDays}`, sql`day, product_id`)}`),
    q.run(sql`DELETE FROM ${salesReturns}
      WHERE (${returnKey}) IN ${first(returnKey, sql`${salesReturns}`, returnKey)}`),
    q.run(sql`UPDATE ${salesCounts} SET since = ${day} WHERE since < ${day}`),
  ]
}

/** How many products wait to be published, as far as that is few; one more where it is not. */
export function countUnpublished(): Query<{ products: number }[]> {
  const waiting = sql`SELECT 1 FROM ${unpublishedSales} LIMIT ${sql.raw(String(FEW + 1))}`
  return q.all<{ products: number }>(sql`SELECT count(*) AS products FROM (${waiting})`)
}

/**
 * Makes `product_sales` of the days of products that wait for it, so many at a time, and leaves those whose number it changes
 * to be derived again: lists and the search index take it over.
 */
export function publishNext(): Write[] {
  const waiting = sql`SELECT product_id FROM ${unpublishedSales} ORDER BY product_id LIMIT ${ROWS}`
  // What was given back may have been counted before what was sold, and a line may name a product that is gone.
  const sums = sql`SELECT p.id AS product_id, max(0, coalesce(
      (SELECT sum(d.units) FROM ${productSalesDays} AS d WHERE d.product_id = p.id), 0)) AS units
    FROM (${waiting}) AS u CROSS JOIN ${products} AS p ON p.id = u.product_id`
  const changed = sql`SELECT s.product_id, s.units FROM (${sums}) AS s
    LEFT JOIN ${productSales} AS known ON known.product_id = s.product_id WHERE s.units <> coalesce(known.units, 0)`
  return [
    markStale(sql`SELECT product_id FROM (${changed}) WHERE true`),
    q.run(sql`INSERT INTO ${productSales} (product_id, units) SELECT product_id, units FROM (${changed}) WHERE true
      ON CONFLICT (product_id) DO UPDATE SET units = excluded.units`),
    q.run(sql`DELETE FROM ${unpublishedSales} WHERE product_id IN (${waiting})`),
  ]
}

/** Notes that everything there was has been published. */
export function notePublished(now: Date): Write {
  return q.run(sql`UPDATE ${salesCounts} SET published_at = ${now.getTime()}`)
}
