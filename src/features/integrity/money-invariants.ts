import { sql } from 'drizzle-orm'
import type { Invariant } from './invariant.ts'

const HOUR_MS = 3600 * 1000

/** What must be true of totals, payments, refunds, disputes and gift cards: every sum is its ledger. */
export const MONEY_INVARIANTS: readonly Invariant[] = [
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
    name: 'payments_are_of_their_order',
    violations:
      () => sql`SELECT p.id AS subject, p.amount || ' ' || p.currency || ', due ' || o.amount_due || ' ' || o.currency AS detail
      FROM payments AS p JOIN orders AS o ON o.id = p.order_id WHERE p.amount <> o.amount_due OR p.currency <> o.currency`,
  },
  {
    name: 'one_live_attempt',
    violations: () => sql`SELECT order_id AS subject, count(*) || ' attempts can be paid' AS detail FROM payments
      WHERE status IN ('created', 'requires_action', 'processing') GROUP BY order_id HAVING count(*) > 1`,
  },
  {
    name: 'payment_is_last_move',
    // That it was opened is no move.
    violations:
      () => sql`SELECT p.id AS subject, p.status || ', moved to ' || coalesce(m.to_status, 'nothing') AS detail
      FROM payments AS p LEFT JOIN payment_moves AS m ON m.payment_id = p.id AND m.seq = p.seq
      WHERE coalesce(m.to_status, 'created') <> p.status OR (p.seq > 0 AND m.seq IS NULL)`,
  },
  {
    name: 'captured_is_ledger',
    violations:
      () => sql`SELECT p.id AS subject, 'captured ' || p.captured || ', released ' || p.released || ', refunded ' || p.refunded
        || ', moves ' || sum(m.captured) || ', ' || sum(m.released) || ', ' || sum(m.refunded) AS detail
      FROM payments AS p JOIN payment_moves AS m ON m.payment_id = p.id GROUP BY p.id
      HAVING p.captured <> sum(m.captured) OR p.released <> sum(m.released)
        OR sum(m.refunded) <> (SELECT coalesce(sum(amount), 0) FROM refunds AS r WHERE r.payment_id = p.id AND r.status = 'succeeded')
        OR p.refunded <> (SELECT coalesce(sum(amount), 0) FROM refunds AS r WHERE r.payment_id = p.id AND r.status <> 'failed')`,
  },
  {
    name: 'money_is_within_bounds',
    violations:
      () => sql`SELECT id AS subject, 'amount ' || amount || ', captured ' || captured || ', released ' || released
        || ', refunded ' || refunded AS detail
      FROM payments WHERE refunded < 0 OR refunded > captured OR released < 0 OR captured + released > amount
        OR (status = 'captured' AND captured + released <> amount) OR (status = 'voided' AND captured <> 0)`,
  },
  {
    name: 'refunded_is_ledger',
    violations:
      () => sql`SELECT r.id AS subject, r.status || ', moves ' || coalesce(sum(m.refunded), 0) AS detail FROM refunds AS r
      LEFT JOIN payment_moves AS m ON m.payment_id = r.payment_id AND m.reference = r.id
      WHERE r.payment_id IS NOT NULL GROUP BY r.id
      HAVING coalesce(sum(m.refunded), 0) <> CASE r.status WHEN 'succeeded' THEN r.amount ELSE 0 END`,
  },
  {
    name: 'disputed_is_sum_of_disputes',
    violations: () => sql`SELECT p.id AS subject, 'disputed ' || p.disputed AS detail FROM payments AS p
      WHERE p.disputed <> (SELECT coalesce(sum(amount), 0) FROM disputes AS d WHERE d.payment_id = p.id AND d.status <> 'won')`,
  },
  {
    name: 'one_payment_pays',
    violations: () => sql`SELECT o.id AS subject, count(p.id) || ' accepted, ' || o.status AS detail
      FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id AND p.accepted = 1
      GROUP BY o.id HAVING count(p.id) > 1 OR (count(p.id) = 0 AND o.number IS NOT NULL AND o.amount_due > 0)`,
  },
  {
    name: 'paid_means_ordered',
    violations:
      () => sql`SELECT p.id AS subject, 'accepted, order ' || o.status || ' ' || coalesce(o.number, 'without a number') AS detail
      FROM payments AS p JOIN orders AS o ON o.id = p.order_id WHERE p.accepted = 1 AND (o.number IS NULL OR o.status = 'pending')`,
  },
  {
    // What no order was confirmed by, or one that was cancelled since, goes back: all of it, but for what the provider has
    // failed to give back and staff were told of, and for what banks decide about.
    name: 'unaccepted_money_goes_back',
    violations:
      () => sql`SELECT p.id AS subject, 'captured ' || p.captured || ', refunded ' || p.refunded || ', ' || p.status AS detail
      FROM payments AS p JOIN orders AS o ON o.id = p.order_id WHERE (p.accepted = 0 OR o.status = 'cancelled') AND (
        p.captured > p.refunded + (SELECT coalesce(sum(r.amount), 0) FROM refunds AS r WHERE r.payment_id = p.id AND r.status = 'failed')
          + (SELECT coalesce(sum(d.amount), 0) FROM disputes AS d WHERE d.payment_id = p.id AND d.status <> 'won')
        OR (p.status = 'authorized' AND NOT EXISTS (SELECT 1 FROM payment_operations AS v
          WHERE v.payment_id = p.id AND v.kind = 'void' AND v.status <> 'succeeded')))`,
  },
  {
    name: 'payment_status_is_its_money',
    violations:
      () => sql`SELECT id AS subject, payment_status || ', due ' || due || ', captured ' || captured || ', capturable '
        || capturable || ', tendered ' || tendered || ', returned ' || returned AS detail
      FROM (SELECT o.id, o.payment_status, o.amount_due AS due, o.total_amount - o.amount_due AS tendered,
          coalesce(sum(p.captured), 0) AS captured,
          coalesce(sum(CASE p.status WHEN 'authorized' THEN p.amount - p.captured - p.released ELSE 0 END), 0) AS capturable,
          (SELECT coalesce(sum(r.amount), 0) FROM refunds AS r WHERE r.order_id = o.id AND r.status = 'succeeded' AND (r.gift_card_id
            IS NOT NULL OR r.payment_id IN (SELECT id FROM payments WHERE order_id = o.id AND accepted = 1))) AS returned
        FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id AND p.accepted = 1
        WHERE o.number IS NOT NULL GROUP BY o.id)
      WHERE payment_status <> CASE WHEN capturable > 0 THEN 'authorized' WHEN captured = 0 AND due > 0 THEN 'voided'
        WHEN returned = 0 THEN 'paid' WHEN returned >= captured + tendered THEN 'refunded' ELSE 'partially_refunded' END`,
  },
  {
    name: 'refunded_lines_are_counted',
    // A cancelled order counts all of its pieces as given back.
    violations: () => sql`SELECT l.id AS subject, 'refunded ' || l.refunded_quantity || ', refunds ' || l.told AS detail
      FROM (SELECT l.id, o.status, o.number, l.quantity, l.refunded_quantity, (SELECT coalesce(sum(r.quantity), 0) FROM refund_lines AS r
          WHERE r.line_id = l.id AND r.refund_id IN (SELECT id FROM refunds WHERE order_id = l.order_id)) AS told
        FROM order_lines AS l JOIN orders AS o ON o.id = l.order_id) AS l
      WHERE refunded_quantity <> CASE WHEN status = 'cancelled' AND number IS NOT NULL THEN quantity ELSE told END`,
  },
  {
    name: 'refunded_shipping_is_counted',
    violations:
      () => sql`SELECT o.id AS subject, 'refunded ' || o.refunded_shipping || ', refunds ' || coalesce(sum(r.shipping_amount), 0) AS detail
      FROM orders AS o LEFT JOIN refunds AS r ON r.order_id = o.id GROUP BY o.id
      HAVING o.refunded_shipping <> coalesce(sum(r.shipping_amount), 0)`,
  },
  {
    name: 'events_settle_once',
    violations: () => sql`SELECT payment_id AS subject, count(*) || ' ends of one capture' AS detail FROM payment_moves
      WHERE to_status = 'captured' AND from_status <> 'captured' GROUP BY payment_id HAVING count(*) > 1`,
  },
  {
    // The secret of one provider must not pay for another.
    name: 'events_settle_their_own_payments',
    violations: () => sql`SELECT e.id AS subject, e.provider || ' about ' || coalesce(e.payment_id, 'nothing') || ' of '
        || coalesce(p.provider, 'nobody') AS detail
      FROM webhook_events AS e LEFT JOIN payments AS p ON p.id = e.payment_id
      WHERE e.status = 'processed' AND p.provider IS NOT e.provider`,
  },
  {
    // An event that is not done and has no time to be tried again would be forgotten.
    name: 'events_are_due_until_done',
    violations:
      () => sql`SELECT id AS subject, status || ', next attempt ' || coalesce(next_attempt_at, 'never') AS detail
      FROM webhook_events WHERE (status IN ('received', 'failed')) <> (next_attempt_at IS NOT NULL)`,
  },
  {
    // The cron matches within minutes what is unmatched and has its payment now.
    name: 'unmatched_events_have_no_payment',
    violations: (now) => sql`SELECT e.id AS subject, e.provider || ' about ' || p.id || ', ' || p.status AS detail
      FROM webhook_events AS e JOIN payments AS p ON p.id = e.payment_id AND p.provider = e.provider
      WHERE e.status = 'unmatched' AND e.updated_at < ${now.getTime() - HOUR_MS}`,
  },
  {
    name: 'flags_are_of_their_payment',
    violations: () => sql`SELECT subject_id AS subject, kind || ', said to be of ' || payment_id AS detail
      FROM payment_flags AS f WHERE subject_id <> payment_id
        AND NOT EXISTS (SELECT 1 FROM refunds AS r WHERE r.id = f.subject_id AND r.payment_id = f.payment_id)
        AND NOT EXISTS (SELECT 1 FROM payment_operations AS o WHERE o.id = f.subject_id AND o.payment_id = f.payment_id)`,
  },
  {
    name: 'gift_card_balance_is_ledger',
    violations:
      () => sql`SELECT g.id AS subject, 'balance ' || g.balance || ', entries ' || coalesce(sum(e.amount), 0) AS detail
      FROM gift_cards AS g LEFT JOIN gift_card_entries AS e ON e.gift_card_id = g.id
      GROUP BY g.id HAVING g.balance <> coalesce(sum(e.amount), 0) OR g.balance < 0`,
  },
  {
    // An order that was given up has given everything back; of any other, no more than it took.
    name: 'gift_card_claims_match_orders',
    violations:
      () => sql`WITH claims AS (SELECT order_id, -sum(amount) AS kept, -sum(iif(kind = 'claimed', amount, 0)) AS claimed
        FROM gift_card_entries WHERE order_id IS NOT NULL GROUP BY order_id)
      SELECT o.id AS subject, o.status || ', by gift cards ' || (o.total_amount - o.amount_due) || ', claimed '
        || coalesce(c.claimed, 0) || ', kept ' || coalesce(c.kept, 0) AS detail
      FROM orders AS o LEFT JOIN claims AS c ON c.order_id = o.id
      WHERE coalesce(c.claimed, 0) <> o.total_amount - o.amount_due
        OR (o.status = 'cancelled' AND c.kept <> 0) OR c.kept < 0
        OR EXISTS (SELECT 1 FROM json_each(o.gift_cards) AS g WHERE g.value ->> '$.amount' IS NOT (SELECT -e.amount
          FROM gift_card_entries AS e WHERE e.gift_card_id = g.value ->> '$.id' AND e.kind = 'claimed' AND e.reference = o.id))
        OR coalesce(c.claimed, 0) <> (SELECT coalesce(sum(g.value ->> '$.amount'), 0) FROM json_each(o.gift_cards) AS g)
      UNION ALL SELECT order_id, 'claimed ' || claimed || ', and is no order' FROM claims
      WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = order_id)`,
  },
]
