import { type SQL, sql } from 'drizzle-orm'
import { products } from '../../platform/db/schema/catalog.ts'
import { orderLines, orders } from '../../platform/db/schema/orders.ts'
import { auditLog } from '../../platform/db/schema/platform.ts'
import {
  productSales,
  productSalesDays,
  salesCounts,
  salesReturns,
  unpublishedSales,
} from '../../platform/db/schema/sales.ts'
import { piecesGivenBack } from './queries.ts'
import { dayOfOrder } from './window.ts'

// What was counted beside a recount, as far as the count has come: `subject` and `detail` of each that differs.

const since = sql`(SELECT since FROM ${salesCounts})`

/** Days that are not what the orders say that were counted, less what is noted as given back. */
export function salesDrift(): SQL {
  const wanted = sql`SELECT product_id, day, sum(units) AS units FROM (
      SELECT l.product_id, ${dayOfOrder} AS day, l.quantity AS units
      FROM ${orders} AS o JOIN ${orderLines} AS l ON l.order_id = o.id WHERE o.number <= (SELECT number FROM ${salesCounts})
      UNION ALL SELECT product_id, day, -units FROM ${salesReturns})
    WHERE day >= ${since} GROUP BY product_id, day`
  return sql`SELECT coalesce(d.product_id, w.product_id) || ' on ' || coalesce(d.day, w.day) AS subject,
      'counted ' || coalesce(d.units, 0) || ', orders ' || coalesce(w.units, 0) AS detail
    FROM (SELECT * FROM ${productSalesDays} WHERE day >= ${since}) AS d
      FULL JOIN (${wanted}) AS w ON w.product_id = d.product_id AND w.day = d.day
    WHERE coalesce(d.units, 0) <> coalesce(w.units, 0)`
}

/** Orders of which other pieces were given back than is noted, and that staff have done nothing to that is still to be seen. */
export function returnsDrift(): SQL {
  const wanted = sql`SELECT ${dayOfOrder} AS day, o.id AS order_id, l.product_id, sum(${piecesGivenBack}) AS units
    FROM ${orders} AS o JOIN ${orderLines} AS l ON l.order_id = o.id
    WHERE o.number IS NOT NULL AND ${dayOfOrder} >= ${since} GROUP BY o.id, l.product_id`
  return sql`SELECT coalesce(r.order_id, w.order_id) AS subject, coalesce(r.product_id, w.product_id)
      || ': noted ' || coalesce(r.units, 0) || ', given back ' || coalesce(w.units, 0) AS detail
    FROM (SELECT * FROM ${salesReturns} WHERE day >= ${since}) AS r
      FULL JOIN (${wanted}) AS w ON w.day = r.day AND w.order_id = r.order_id AND w.product_id = r.product_id
    WHERE coalesce(r.units, 0) <> coalesce(w.units, 0) AND NOT EXISTS (SELECT 1 FROM ${auditLog} AS a
      WHERE a.subject_id = coalesce(r.order_id, w.order_id) AND a.id > (SELECT act FROM ${salesCounts}))`
}

/** Products whose number is not the sum of their days; those that wait for it are left out. */
export function publishedSalesDrift(): SQL {
  return sql`SELECT p.id AS subject, 'published ' || coalesce(s.units, 0) || ', days ' || coalesce(d.units, 0) AS detail
    FROM ${products} AS p LEFT JOIN ${productSales} AS s ON s.product_id = p.id
      LEFT JOIN (SELECT product_id, sum(units) AS units FROM ${productSalesDays} GROUP BY product_id) AS d
        ON d.product_id = p.id
    WHERE coalesce(s.units, 0) <> max(0, coalesce(d.units, 0))
      AND p.id NOT IN (SELECT product_id FROM ${unpublishedSales})`
}
