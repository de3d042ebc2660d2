import { type SQL, sql } from 'drizzle-orm'
import { type Query, q } from '../../platform/db/client.ts'
import { listingDrift, listingPriceDrift, priceDrift } from '../listings/drift.ts'

/** One promise as a query: every row it finds is a violation. */
export interface Invariant {
  name: string
  /** Selects `subject` and `detail` of each violation. */
  violations: (now: Date) => SQL
}

export interface ViolationRow {
  subject: string
  detail: string
}

/**
 * Everything that must be true of money and stock, recomputed from the ledgers. A promise that cannot be written as a
 * query over stored rows is not kept, only hoped for.
 */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'stock_is_sum_of_movements',
    violations: () => sql`SELECT l.variant_id || '@' || l.location_id AS subject,
        'on_hand ' || l.on_hand || ', movements ' || coalesce(sum(m.delta), 0) AS detail
      FROM stock_levels AS l LEFT JOIN stock_movements AS m ON m.variant_id = l.variant_id AND m.location_id = l.location_id
      GROUP BY l.variant_id, l.location_id HAVING l.on_hand <> coalesce(sum(m.delta), 0)`,
  },
  {
    name: 'held_is_sum_of_holds',
    violations: () => sql`SELECT l.variant_id || '@' || l.location_id AS subject,
        'held ' || l.held || ', holds ' || coalesce(sum(h.quantity), 0) AS detail
      FROM stock_levels AS l LEFT JOIN stock_holds AS h ON h.variant_id = l.variant_id AND h.location_id = l.location_id
      GROUP BY l.variant_id, l.location_id HAVING l.held <> coalesce(sum(h.quantity), 0)`,
  },
  {
    name: 'never_oversold',
    violations:
      () => sql`SELECT variant_id || '@' || location_id AS subject, 'on_hand ' || on_hand || ', held ' || held AS detail
      FROM stock_levels WHERE policy = 'deny' AND (on_hand < 0 OR held > on_hand)`,
  },
  {
    name: 'holds_belong_to_pending_orders',
    violations:
      () => sql`SELECT h.variant_id || ' for ' || h.order_id AS subject, coalesce(o.status, 'no order') AS detail
      FROM stock_holds AS h LEFT JOIN orders AS o ON o.id = h.order_id WHERE o.status IS NOT 'pending'`,
  },
  {
    name: 'sold_stock_equals_order',
    violations: () => sql`SELECT o.id AS subject, l.variant_id || ': ordered ' || sum(l.quantity) AS detail
      FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id
      WHERE o.status IN ('confirmed', 'completed')
        AND EXISTS (SELECT 1 FROM stock_levels AS s WHERE s.variant_id = l.variant_id AND s.policy <> 'untracked')
      GROUP BY o.id, l.variant_id
      HAVING sum(l.quantity) <> (SELECT coalesce(-sum(m.delta), 0) FROM stock_movements AS m
        WHERE m.variant_id = l.variant_id AND m.reference = o.id AND m.reason = 'sale')
        AND (SELECT count(*) FROM stock_movements AS m WHERE m.variant_id = l.variant_id AND m.reference = o.id) > 0`,
  },
  {
    name: 'order_is_sum_of_parts',
    violations: () => sql`SELECT o.id AS subject, 'total ' || o.total_amount || ', parts ' || (
          sum(l.subtotal - l.discount) + coalesce(o.shipping ->> '$.amount', 0) - coalesce(o.shipping ->> '$.discount', 0)
          + CASE WHEN o.totals ->> '$.tax_included' THEN 0 ELSE sum(l.tax) + coalesce(o.shipping ->> '$.tax', 0) END) AS detail
      FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id GROUP BY o.id
      HAVING o.total_amount <> sum(l.subtotal - l.discount) + coalesce(o.shipping ->> '$.amount', 0) - coalesce(o.shipping ->> '$.discount', 0)
          + CASE WHEN o.totals ->> '$.tax_included' THEN 0 ELSE sum(l.tax) + coalesce(o.shipping ->> '$.tax', 0) END
        OR o.total_amount <> o.totals ->> '$.total'
        OR sum(l.subtotal) <> sum(l.unit_amount * l.quantity)`,
  },
  {
    // Orders from before taxes were told apart have none to add up.
    name: 'order_taxes_add_up',
    violations: () => sql`SELECT o.id AS subject, 'tax ' || (o.totals ->> '$.tax') || ', taxes ' || o.taxes AS detail
      FROM orders AS o
      WHERE (o.tax_exempt AND o.totals ->> '$.tax' <> 0) OR (o.taxes <> '[]' AND (
        o.totals ->> '$.tax' <> (SELECT sum(t.value ->> '$.amount') FROM json_each(o.taxes) AS t)
        OR EXISTS (SELECT 1 FROM order_lines AS l WHERE l.order_id = o.id
          AND l.tax <> (SELECT coalesce(sum(t.value ->> '$.amount'), 0) FROM json_each(l.taxes) AS t))))`,
  },
  {
    name: 'one_order_per_cart',
    violations: () => sql`SELECT cart_id AS subject, count(*) || ' orders' AS detail FROM orders
      WHERE status <> 'cancelled' GROUP BY cart_id HAVING count(*) > 1`,
  },
  {
    name: 'cart_and_order_agree',
    violations:
      () => sql`SELECT c.id AS subject, 'cart ' || c.status || ', order ' || coalesce(o.status, 'none') AS detail
      FROM carts AS c LEFT JOIN orders AS o ON o.id = c.order_id
      WHERE (c.status = 'completed' AND (o.status IS NULL OR o.status = 'pending'))
        OR (c.status = 'open' AND c.order_id IS NOT NULL AND o.status IS NOT 'pending')`,
  },
  {
    name: 'order_numbers_have_no_gaps',
    violations:
      () => sql`SELECT 'order_numbers' AS subject, 'last ' || n.last || ', highest ' || coalesce(max(o.number), 0)
        || ', count ' || count(o.number) AS detail
      FROM order_numbers AS n LEFT JOIN orders AS o ON o.number IS NOT NULL GROUP BY n.name
      HAVING count(o.number) > 0 AND (max(o.number) <> n.last OR max(o.number) - min(o.number) + 1 <> count(o.number))`,
  },
  {
    name: 'numbered_when_confirmed',
    violations: () => sql`SELECT id AS subject, status || ' without a number' AS detail FROM orders
      WHERE status IN ('confirmed', 'completed') AND number IS NULL`,
  },
  {
    name: 'status_is_last_move',
    violations: () => sql`SELECT o.id AS subject, m.lifecycle || ' ' || m.to_status AS detail
      FROM orders AS o JOIN order_moves AS m ON m.order_id = o.id
      WHERE m.seq = (SELECT max(seq) FROM order_moves AS x WHERE x.order_id = m.order_id AND x.lifecycle = m.lifecycle)
        AND m.to_status <> CASE m.lifecycle WHEN 'order' THEN o.status WHEN 'payment' THEN o.payment_status
          ELSE o.fulfillment_status END`,
  },
  {
    name: 'payment_is_last_move',
    violations: () => sql`SELECT p.id AS subject, p.status || ', moved to ' || m.to_status AS detail
      FROM payments AS p LEFT JOIN payment_moves AS m ON m.payment_id = p.id AND m.seq = p.seq
      WHERE m.to_status IS NOT p.status`,
  },
  {
    name: 'captured_is_ledger',
    violations: () => sql`SELECT p.id AS subject, 'captured ' || p.captured || ', refunded ' || p.refunded AS detail
      FROM payments AS p
      WHERE p.captured <> (SELECT coalesce(sum(amount), 0) FROM payment_entries AS e WHERE e.payment_id = p.id AND e.kind = 'captured')
        OR p.refunded <> (SELECT coalesce(sum(amount), 0) FROM refunds AS r WHERE r.payment_id = p.id AND r.status <> 'failed')
        OR p.refunded > p.captured OR p.captured > p.amount`,
  },
  {
    name: 'refunded_is_ledger',
    violations: () => sql`SELECT r.id AS subject, r.status AS detail FROM refunds AS r
      LEFT JOIN payment_entries AS e ON e.payment_id = r.payment_id AND e.kind = 'refunded' AND e.reference = r.id
      WHERE (r.status = 'succeeded') <> (e.reference IS NOT NULL) OR (e.amount IS NOT NULL AND e.amount <> r.amount)`,
  },
  {
    name: 'paid_means_ordered',
    violations:
      () => sql`SELECT p.id AS subject, 'captured ' || (p.captured - p.refunded) || ', order ' || o.status || ' ' || o.payment_status AS detail
      FROM payments AS p JOIN orders AS o ON o.id = p.order_id
      WHERE p.captured > p.refunded AND (o.status NOT IN ('confirmed', 'completed') OR o.number IS NULL)`,
  },
  {
    name: 'paid_order_has_its_money',
    violations: () => sql`SELECT o.id AS subject, 'due ' || o.amount_due || ', captured '
        || (SELECT coalesce(sum(captured - refunded), 0) FROM payments AS p WHERE p.order_id = o.id) AS detail
      FROM orders AS o WHERE o.payment_status = 'paid'
        AND o.amount_due <> (SELECT coalesce(sum(captured - refunded), 0) FROM payments AS p WHERE p.order_id = o.id)`,
  },
  {
    name: 'promotion_uses_are_counted',
    violations: () => sql`SELECT p.id AS subject, 'used ' || p.used || ', uses ' || count(u.order_id) AS detail
      FROM promotions AS p LEFT JOIN promotion_uses AS u ON u.promotion_id = p.id GROUP BY p.id
      HAVING p.used <> count(u.order_id) OR (p.usage_limit IS NOT NULL AND p.used > p.usage_limit)`,
  },
  {
    name: 'code_uses_are_counted',
    violations: () => sql`SELECT c.code AS subject, 'used ' || c.used || ', uses ' || coalesce(u.uses, 0)
        || coalesce(', limit ' || c.usage_limit, '') AS detail
      FROM promotion_codes AS c LEFT JOIN (SELECT promotion_id, code, count(*) AS uses FROM promotion_uses
        WHERE code IS NOT NULL GROUP BY promotion_id, code) AS u ON u.code = c.code AND u.promotion_id = c.promotion_id
      WHERE c.used <> coalesce(u.uses, 0) OR c.used > c.usage_limit
      UNION ALL SELECT code, 'used by ' || order_id || ', and is no code of ' || promotion_id FROM promotion_uses AS u
      WHERE code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM promotion_codes AS c
        WHERE c.code = u.code AND c.promotion_id = u.promotion_id)`,
  },
  {
    name: 'codes_are_counted',
    violations: () => sql`SELECT p.id AS subject, 'code_count ' || p.code_count || ', codes ' || count(c.code) AS detail
      FROM promotions AS p LEFT JOIN promotion_codes AS c ON c.promotion_id = p.id GROUP BY p.id
      HAVING p.code_count <> count(c.code)`,
  },
  {
    name: 'budgets_are_sum_of_uses',
    violations: () => sql`SELECT b.promotion_id || ' in ' || b.currency AS subject,
        'spent ' || b.spent || ' of ' || b.amount || ', uses ' || coalesce(sum(u.amount), 0) AS detail
      FROM promotion_budgets AS b LEFT JOIN promotion_uses AS u
        ON u.promotion_id = b.promotion_id AND u.currency = b.currency
      GROUP BY b.promotion_id, b.currency HAVING b.spent <> coalesce(sum(u.amount), 0) OR b.spent > b.amount`,
  },
  {
    name: 'customer_uses_are_counted',
    violations: () => sql`SELECT c.promotion_id || ' by ' || c.customer_key AS subject,
        'used ' || c.used || ', uses ' || coalesce(u.uses, 0) AS detail
      FROM promotion_customers AS c LEFT JOIN (SELECT promotion_id, customer_key, count(*) AS uses FROM promotion_uses
        GROUP BY promotion_id, customer_key) AS u ON u.promotion_id = c.promotion_id AND u.customer_key = c.customer_key
      WHERE c.used <> coalesce(u.uses, 0)`,
  },
  {
    name: 'promotion_uses_belong_to_orders',
    violations:
      () => sql`SELECT u.promotion_id || ' for ' || u.order_id AS subject, coalesce(o.status, 'no order') AS detail
      FROM promotion_uses AS u LEFT JOIN orders AS o ON o.id = u.order_id WHERE o.id IS NULL OR o.status = 'cancelled'`,
  },
  {
    name: 'events_settle_once',
    violations: () => sql`SELECT payment_id AS subject, count(*) || ' captures' AS detail FROM payment_moves
      WHERE to_status = 'captured' GROUP BY payment_id HAVING count(*) > 1`,
  },
  { name: 'listings_are_derived', violations: () => listingDrift() },
  { name: 'price_ranges_are_derived', violations: priceDrift },
  { name: 'listing_prices_are_derived', violations: () => listingPriceDrift() },
]

export function findViolations({ violations }: Invariant, now: Date): Query<ViolationRow[]> {
  return q.all<ViolationRow>(sql`${violations(now)} LIMIT 100`)
}
