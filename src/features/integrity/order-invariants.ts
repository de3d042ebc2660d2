import { sql } from 'drizzle-orm'
import type { Invariant } from './invariant.ts'

/** What must be true between an order and its cart, number, moves, parcels and keys. */
export const ORDER_INVARIANTS: readonly Invariant[] = [
  {
    // A pending order that its cart does not know of can neither be paid nor given up by its shopper.
    name: 'orders_have_their_cart',
    violations:
      () => sql`SELECT o.id AS subject, o.status || ', cart ' || c.status || ' with ' || coalesce(c.order_id, 'no order') AS detail
      FROM orders AS o JOIN carts AS c ON c.id = o.cart_id
      WHERE (o.status = 'pending' AND (c.order_id IS NOT o.id OR c.status <> 'open'))
        OR (o.number IS NOT NULL AND (c.order_id IS NOT o.id OR c.status <> 'completed'))`,
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
    // That it was placed is no move.
    violations: () => sql`SELECT id AS subject, lifecycle || ' ' || status || ', moved to ' || last AS detail
      FROM (SELECT o.id, l.value AS lifecycle, CASE l.value WHEN 'order' THEN o.status WHEN 'payment' THEN o.payment_status
          ELSE o.fulfillment_status END AS status, coalesce((SELECT m.to_status FROM order_moves AS m WHERE m.order_id = o.id
            AND m.lifecycle = l.value ORDER BY m.seq DESC LIMIT 1), CASE l.value WHEN 'fulfillment' THEN 'unfulfilled' ELSE 'pending' END) AS last
        FROM orders AS o JOIN json_each('["order","payment","fulfillment"]') AS l)
      WHERE status <> last`,
  },
  {
    name: 'fulfilled_is_sum_of_fulfillments',
    violations:
      () => sql`SELECT l.id AS subject, 'fulfilled ' || l.fulfilled_quantity || ', parcels ' || coalesce(sum(f.quantity), 0) AS detail
      FROM order_lines AS l
      LEFT JOIN (SELECT order_id, line_id, sum(quantity) AS quantity FROM fulfillment_lines GROUP BY order_id, line_id) AS f
        ON f.order_id = l.order_id AND f.line_id = l.id
      GROUP BY l.order_id, l.id HAVING l.fulfilled_quantity <> coalesce(sum(f.quantity), 0)
      UNION ALL SELECT f.id, 'holds nothing' FROM fulfillments AS f
      WHERE NOT EXISTS (SELECT 1 FROM fulfillment_lines AS l WHERE l.order_id = f.order_id AND l.fulfillment_id = f.id)`,
  },
  {
    name: 'fulfillment_status_is_its_lines',
    violations:
      () => sql`SELECT o.id AS subject, o.fulfillment_status || ', shipped ' || sum(l.fulfilled_quantity) || ', left '
        || sum(l.quantity - l.fulfilled_quantity - l.removed_quantity) AS detail
      FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id GROUP BY o.id
      HAVING o.fulfillment_status <> CASE WHEN sum(l.fulfilled_quantity) = 0 THEN 'unfulfilled'
        WHEN sum(l.quantity - l.fulfilled_quantity - l.removed_quantity) = 0 THEN 'fulfilled' ELSE 'partially_fulfilled' END`,
  },
  {
    name: 'only_confirmed_orders_are_shipped',
    violations: () => sql`SELECT o.id AS subject, o.status || ', ' || o.fulfillment_status AS detail FROM orders AS o
      WHERE o.status IN ('pending', 'cancelled') AND o.fulfillment_status <> 'unfulfilled'`,
  },
  {
    // Lists of orders go by it: an order waits for its payment, and no other does.
    name: 'pending_orders_wait_for_payment',
    violations: () => sql`SELECT id AS subject, status || ', payment ' || payment_status AS detail FROM orders
      WHERE (status = 'pending') <> (payment_status IN ('pending', 'failed'))`,
  },
  {
    // Paid and shipped is completed, at once and by itself; nothing else is.
    name: 'finished_orders_are_completed',
    violations: () => sql`SELECT id AS subject, status || ', ' || payment_status || ', ' || fulfillment_status AS detail
      FROM orders WHERE status IN ('confirmed', 'completed') AND (status = 'completed') <>
        (fulfillment_status = 'fulfilled' AND payment_status IN ('paid', 'partially_refunded', 'refunded'))`,
  },
  {
    // Each move begins where the one before it ended, the first one where orders begin: that an order was placed is a move
    // of its own only of those from before it was told by the order itself.
    name: 'moves_follow_each_other',
    violations: () => sql`SELECT m.order_id AS subject, m.lifecycle || ' ' || m.seq || ' from '
        || coalesce(m.from_status, 'nothing') || ' after ' || coalesce(p.to_status, 'none') AS detail
      FROM order_moves AS m LEFT JOIN order_moves AS p
        ON p.order_id = m.order_id AND p.lifecycle = m.lifecycle AND p.seq = m.seq - 1
      WHERE NOT (m.seq = 1 AND m.from_status IS NULL) AND m.from_status IS NOT CASE WHEN m.seq > 1 THEN p.to_status
        ELSE CASE m.lifecycle WHEN 'fulfillment' THEN 'unfulfilled' ELSE 'pending' END END`,
  },
  {
    // A key is claimed in the commit that places what it stands for: without that, its retry would never be answered.
    name: 'keys_lead_to_orders',
    violations:
      () => sql`SELECT k.resource_id AS subject, 'claimed by a key, and is no order' AS detail FROM idempotency_keys AS k
      WHERE k.resource_id LIKE 'ord\\_%' ESCAPE '\\'
        AND NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = substr(k.resource_id, 1, instr(k.resource_id || '/', '/') - 1))`,
  },
]
