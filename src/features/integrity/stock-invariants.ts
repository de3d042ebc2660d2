import { sql } from 'drizzle-orm'
import type { Invariant } from './invariant.ts'

/** What must be true of shelves, holds and locations, and of what orders take from them. */
export const STOCK_INVARIANTS: readonly Invariant[] = [
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
    name: 'incoming_is_sum_of_movements',
    violations: () => sql`SELECT l.variant_id || '@' || l.location_id AS subject,
        'incoming ' || l.incoming || ', movements ' || coalesce(sum(m.incoming_delta), 0) AS detail
      FROM stock_levels AS l LEFT JOIN stock_movements AS m ON m.variant_id = l.variant_id AND m.location_id = l.location_id
      GROUP BY l.variant_id, l.location_id HAVING l.incoming <> coalesce(sum(m.incoming_delta), 0)`,
  },
  {
    name: 'never_oversold',
    violations: () => sql`SELECT variant_id || '@' || location_id AS subject,
        'on_hand ' || on_hand || ', held ' || held || ', ' || policy || coalesce(' up to ' || backorder_limit, '') AS detail
      FROM stock_levels WHERE policy <> 'untracked'
        AND on_hand - held < CASE policy WHEN 'deny' THEN 0 ELSE -coalesce(backorder_limit, 9007199254740991) END`,
  },
  {
    name: 'closed_locations_are_empty',
    violations: () => sql`SELECT l.variant_id || '@' || l.location_id AS subject,
        'on_hand ' || l.on_hand || ', held ' || l.held || ', incoming ' || l.incoming
        || CASE l.active WHEN 1 THEN ', open' ELSE ', closed' END AS detail
      FROM stock_levels AS l JOIN locations AS p ON p.id = l.location_id
      WHERE l.active <> p.active OR (p.active = 0 AND (l.on_hand <> 0 OR l.held <> 0 OR l.incoming <> 0))`,
  },
  {
    name: 'one_default_location',
    violations: () => sql`SELECT 'locations' AS subject, defaults || ' default' AS detail
      FROM (SELECT count(*) AS total, sum(is_default AND active) AS defaults FROM locations)
      WHERE total > 0 AND defaults <> 1`,
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
    // Who pays in the last second of a session still finds the goods.
    name: 'holds_outlive_sessions',
    violations: () => sql`SELECT h.variant_id || ' for ' || h.order_id AS subject,
        'held until ' || h.expires_at || ', session until ' || p.session_expires_at AS detail
      FROM stock_holds AS h JOIN payments AS p ON p.order_id = h.order_id AND p.status IN ('created', 'requires_action', 'processing')
      WHERE h.expires_at < p.session_expires_at`,
  },
  {
    name: 'sales_belong_to_confirmed_orders',
    violations:
      () => sql`SELECT m.reference AS subject, m.variant_id || ': ' || m.delta || ', ' || coalesce(o.status, 'no order') AS detail
      FROM stock_movements AS m LEFT JOIN orders AS o ON o.id = m.reference WHERE m.reason = 'sale' AND o.number IS NULL`,
  },
  {
    name: 'no_more_comes_back_than_was_sold',
    violations: () => sql`SELECT o.id AS subject, m.variant_id || ': ' || sum(m.delta) || ' too many' AS detail
      FROM stock_movements AS m LEFT JOIN refunds AS r ON r.id = m.reference JOIN orders AS o ON o.id = coalesce(r.order_id, m.reference)
      WHERE m.reason IN ('sale', 'cancel', 'return') GROUP BY o.id, m.variant_id HAVING sum(m.delta) > 0`,
  },
]
