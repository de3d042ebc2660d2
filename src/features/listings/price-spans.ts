import { type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { variants } from '../../platform/db/schema/catalog.ts'
import { markets } from '../../platform/db/schema/markets.ts'
import { priceListPrices, priceLists, prices } from '../../platform/db/schema/prices.ts'

/**
 * The rows that `product_prices` should have for these products: their lowest and highest public price of one piece in
 * each currency, everywhere and in each market with prices of its own, for each span of time between two known changes.
 * It is `priceFor` of domain/price.ts for everybody and one piece, in SQL; a test holds the two together.
 *
 * A sale that begins or ends is a new span, known in advance: nothing has to happen at that moment.
 *
 * CROSS JOIN and MATERIALIZED keep SQLite from starting at the wrong end: it knows nothing of how few these products are.
 */
export function priceSpans(ids: SQL, now: Date): SQL {
  return sql`WITH
    own AS MATERIALIZED (SELECT id AS variant_id, product_id FROM ${variants} WHERE product_id IN ${ids} AND archived = 0),
    places AS MATERIALIZED (SELECT DISTINCT p.currency, '' AS market_id
        FROM own CROSS JOIN ${prices} AS p ON p.variant_id = own.variant_id
      UNION ALL SELECT currency, id FROM ${markets} WHERE own_prices > 0),
    regular AS MATERIALIZED (SELECT own.product_id, own.variant_id, places.currency, places.market_id,
        coalesce(m.amount, e.amount) AS amount,
        CASE WHEN m.amount IS NULL THEN e.compare_at_amount ELSE m.compare_at_amount END AS compare_at
      FROM own JOIN places
      LEFT JOIN ${prices} AS e ON e.variant_id = own.variant_id AND e.currency = places.currency
        AND e.market_id = '' AND e.min_quantity = 1
      LEFT JOIN ${prices} AS m ON places.market_id <> '' AND m.variant_id = own.variant_id
        AND m.currency = places.currency AND m.market_id = places.market_id AND m.min_quantity = 1
      WHERE coalesce(m.amount, e.amount) IS NOT NULL),
    offers AS MATERIALIZED (SELECT own.variant_id, o.currency, l.market_id, o.amount, l.starts_at, l.ends_at
      FROM own CROSS JOIN ${priceListPrices} AS o ON o.variant_id = own.variant_id
      CROSS JOIN ${priceLists} AS l ON l.id = o.price_list_id
      WHERE l.status = 'active' AND l.customer_group_id IS NULL AND o.min_quantity = 1 AND l.ends_at > ${now.getTime()}),
    fitting AS MATERIALIZED (SELECT r.product_id, r.variant_id, r.currency, r.market_id, o.amount, o.starts_at, o.ends_at
      FROM offers AS o JOIN regular AS r ON r.variant_id = o.variant_id AND r.currency = o.currency
      WHERE o.market_id IN ('', r.market_id)),
    moments AS (SELECT product_id, currency, market_id, 0 AS at FROM regular
      UNION SELECT product_id, currency, market_id, starts_at FROM fitting
      UNION SELECT product_id, currency, market_id, ends_at FROM fitting WHERE ends_at < ${FOREVER}),
    spans AS (SELECT product_id, currency, market_id, at, coalesce(lead(at) OVER
        (PARTITION BY product_id, currency, market_id ORDER BY at), ${FOREVER}) AS until FROM moments),
    reduced AS (SELECT s.at, f.variant_id, f.currency, f.market_id, min(f.amount) AS amount
      FROM fitting AS f JOIN spans AS s ON s.product_id = f.product_id AND s.currency = f.currency
        AND s.market_id = f.market_id AND f.starts_at <= s.at AND s.at < f.ends_at
      GROUP BY s.at, f.variant_id, f.currency, f.market_id),
    priced AS (SELECT r.product_id, r.currency, r.market_id, s.at, s.until, min(r.amount, coalesce(o.amount, r.amount)) AS amount,
        max(coalesce(r.compare_at, 0), CASE WHEN o.amount < r.amount THEN r.amount ELSE 0 END) AS before
      FROM regular AS r JOIN spans AS s ON s.product_id = r.product_id AND s.currency = r.currency AND s.market_id = r.market_id
      LEFT JOIN reduced AS o ON o.at = s.at AND o.variant_id = r.variant_id AND o.currency = r.currency
        AND o.market_id = r.market_id
      WHERE s.until > ${now.getTime()})
    SELECT product_id, currency, market_id, at AS valid_from, until AS valid_until,
      min(amount) AS min_amount, max(amount) AS max_amount,
      min(CASE WHEN before > amount THEN before END) AS min_compare_at_amount,
      max(CASE WHEN before > amount THEN before END) AS max_compare_at_amount
    FROM priced GROUP BY product_id, currency, market_id, at, until`
}
