import { sql } from 'drizzle-orm'
import type { Invariant } from './invariant.ts'

/** What must be true of promotions, their codes and budgets, and of who has used them. */
export const PROMOTION_INVARIANTS: readonly Invariant[] = [
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
    name: 'order_promotions_are_claimed',
    violations: () => sql`SELECT o.id AS subject, a.value ->> '$.promotionId' || ' has no use' AS detail
      FROM orders AS o, json_each(o.promotions) AS a
      WHERE o.status <> 'cancelled' AND NOT EXISTS (SELECT 1 FROM promotion_uses AS u
        WHERE u.promotion_id = a.value ->> '$.promotionId' AND u.order_id = o.id)`,
  },
]
