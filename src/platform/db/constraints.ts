import type { ProblemCode } from '../http/problem.ts'

/**
 * The public problem behind each constraint and guard of the schema, for commits whose use case does not answer it
 * itself. What is missing here is a fault of ours and answered 500.
 */
export const CONSTRAINT_PROBLEM: Readonly<Record<string, ProblemCode>> = {
  stock_not_oversold: 'out_of_stock',
  promotion_exhausted: 'promotion_exhausted',
  promotion_customer_limit: 'promotion_exhausted',
  'promotion_codes.code': 'code_taken',
  'products.handle': 'handle_taken',
  'variants.sku': 'sku_taken',
  cart_conflict: 'cart_conflict',
  cart_not_found: 'cart_not_found',
  version_mismatch: 'version_mismatch',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
}
