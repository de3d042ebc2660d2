import type { ProblemCode } from '../http/problem.ts'

/**
 * The public problem behind each constraint and guard of the schema, for commits whose use case does not answer it
 * itself. What is missing here is a fault of ours and answered 500.
 */
export const CONSTRAINT_PROBLEM: Readonly<Record<string, ProblemCode>> = {
  stock_not_oversold: 'out_of_stock',
  promotion_exhausted: 'promotion_exhausted',
  promotion_code_exhausted: 'promotion_exhausted',
  promotion_budget_exhausted: 'promotion_exhausted',
  promotion_customer_limit: 'promotion_exhausted',
  promotion_first_order: 'promotion_exhausted',
  promotion_gone: 'promotion_exhausted',
  promotion_in_use: 'promotion_in_use',
  code_in_use: 'code_in_use',
  code_not_found: 'code_not_found',
  'promotion_codes.code': 'code_taken',
  'products.handle': 'handle_taken',
  'collections.handle': 'handle_taken',
  'categories.handle': 'handle_taken',
  parent_changed: 'category_conflict',
  category_not_empty: 'category_not_empty',
  'variants.sku': 'sku_taken',
  market_has_prices: 'market_has_prices',
  customer_group_in_use: 'customer_group_in_use',
  pickup_location_in_use: 'pickup_location_in_use',
  'custom_fields.subject': 'key_taken',
  cart_conflict: 'cart_conflict',
  cart_ordered: 'cart_conflict',
  stock_uncertain: 'cart_conflict',
  quantity_uncertain: 'cart_conflict',
  source_changed: 'cart_conflict',
  // Races that were lost more often than is worth another try.
  'payment_moves.payment_id': 'cart_conflict',
  'order_moves.order_id': 'cart_conflict',
  attempts_changed: 'cart_conflict',
  order_not_pending: 'cart_conflict',
  holds_changed: 'cart_conflict',
  cart_not_found: 'cart_not_found',
  version_mismatch: 'version_mismatch',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
}
